from django.apps import AppConfig


class RulebookConfig(AppConfig):
    name = "balcao.rulebook"
    label = "rulebook"

    def ready(self) -> None:
        from balcao.events import registry
        from balcao.rulebook.queries import WITNESS

        registry.witness(WITNESS)
