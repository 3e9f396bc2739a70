from importlib import import_module

from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "lgnet.outreach"
    label = "outreach"

    def ready(self) -> None:
        """Register what this app tells of tonight and to anybody: it reads models, so they have to be there."""
        import_module("lgnet.outreach.tonight")
        import_module("lgnet.outreach.public_stops")
