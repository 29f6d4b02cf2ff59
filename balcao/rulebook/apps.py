from django.apps import AppConfig


class RulebookConfig(AppConfig):
    name = "balcao.rulebook"
    label = "rulebook"
