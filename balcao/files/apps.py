from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "balcao.files"
    label = "files"
