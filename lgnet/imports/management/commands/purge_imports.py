from typing import Any

from django.core.management.base import BaseCommand

from lgnet.imports.selectors import KEPT
from lgnet.imports.services import drop_old_files


class Command(BaseCommand):
    help = f"Delete the rows of imported spreadsheets that were kept for {KEPT.days} days; for the nightly job."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Rows of {drop_old_files()} files deleted.")
