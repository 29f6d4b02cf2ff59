from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "balcao.knowledge"
    label = "knowledge"
