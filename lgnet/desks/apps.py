from importlib import import_module

from django.apps import AppConfig


class DesksConfig(AppConfig):
    name = "lgnet.desks"
    label = "desks"

    def ready(self) -> None:
        """Register appointments as what actions of a plan can be linked to: it needs the models."""
        import_module("lgnet.desks.appointment_plans")
