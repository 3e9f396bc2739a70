from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "lgnet.indicators"
    label = "indicators"
