from django.apps import AppConfig


class EntitlementsConfig(AppConfig):
    name = "balcao.entitlements"
    label = "entitlements"
