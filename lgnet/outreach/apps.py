from importlib import import_module

from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "lgnet.outreach"
    label = "outreach"

    def ready(self) -> None:
        """Register what this app tells of tonight and what it imports: they read models, so they have to be there."""
        for name in ("tonight", "stop_imports", "outing_imports", "contact_imports"):
            import_module(f"lgnet.outreach.{name}")
