from typing import Any

from django.core.management.base import BaseCommand

from lgnet.core.catalogues import update_catalogue


class Command(BaseCommand):
    help = "Bring the catalogues up to the texts in code and templates; print what still needs a translation."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        missing = update_catalogue("it")
        for text in missing:
            self.stdout.write(f"  {text}")
        self.stdout.write(f"it: {len(missing)} texts without a translation.")
