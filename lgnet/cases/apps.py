from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "lgnet.cases"
    label = "cases"

    def ready(self) -> None:
        """Say in words what the mails of this app are about."""
        from lgnet.messaging.wording import name_kind

        name_kind("task_reminder", _("tasks due today, to a colleague"))
