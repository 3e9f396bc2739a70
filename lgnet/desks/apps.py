from importlib import import_module

from django.apps import AppConfig


class DesksConfig(AppConfig):
    name = "lgnet.desks"
    label = "desks"

    def ready(self) -> None:
        """Let plans, handovers and the closing of a case know of appointments: models have to be there."""
        import_module("lgnet.desks.appointment_closing").look_when_cases_close()
        import_module("lgnet.desks.appointment_plans")
        import_module("lgnet.desks.handover_appointments")
