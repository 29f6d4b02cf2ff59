from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "balcao.reports"
    label = "reports"
