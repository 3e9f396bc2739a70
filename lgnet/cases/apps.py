from importlib import import_module

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "lgnet.cases"
    label = "cases"

    def ready(self) -> None:
        """Register what actions link to, what is open when a case closes, what is imported: they need the models."""
        import_module("lgnet.cases.plan_kinds")
        import_module("lgnet.cases.transfer_closing")
        import_module("lgnet.cases.case_imports")
