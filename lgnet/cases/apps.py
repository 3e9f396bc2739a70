from importlib import import_module

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "lgnet.cases"
    label = "cases"

    def ready(self) -> None:
        """Register what actions can be linked to, and what is open when a case closes: both need the models."""
        import_module("lgnet.cases.plan_kinds")
        import_module("lgnet.cases.transfer_closing")
