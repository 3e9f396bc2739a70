from importlib import import_module

from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "lgnet.outreach"
    label = "outreach"

    def ready(self) -> None:
        """Register what this app tells of tonight, tells anybody and imports: it needs the models."""
        for name in ("tonight", "public_stops", "stop_imports", "outing_imports", "contact_imports"):
            import_module(f"lgnet.outreach.{name}")
