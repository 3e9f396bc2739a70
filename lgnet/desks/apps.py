from django.apps import AppConfig


class DesksConfig(AppConfig):
    name = "lgnet.desks"
    label = "desks"

    def ready(self) -> None:
        """Let the checklist of a handover know the appointments ahead."""
        from lgnet.desks import handover_appointments  # noqa: F401, PLC0415
