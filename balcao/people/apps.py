from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "balcao.people"
    label = "people"
