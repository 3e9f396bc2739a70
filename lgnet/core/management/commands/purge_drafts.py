from typing import Any

from django.core.management.base import BaseCommand

from lgnet.core.drafts import KEPT, purge_drafts


class Command(BaseCommand):
    help = f"Delete what was typed in forms and not sent for {KEPT.days} days; for the nightly job."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{purge_drafts()} old drafts deleted.")
