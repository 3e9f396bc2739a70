from importlib import import_module

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "lgnet.cases"
    label = "cases"

    def ready(self) -> None:
        """Register what actions of a plan can be linked to: it needs the models."""
        import_module("lgnet.cases.plan_kinds")
