from importlib import import_module

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "lgnet.indicators"
    label = "indicators"

    def ready(self) -> None:
        """Fill the register: definitions name kinds of events, so models have to be there."""
        import_module("lgnet.indicators.definitions")
