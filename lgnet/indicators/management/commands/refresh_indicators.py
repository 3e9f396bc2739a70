import time
from typing import Any

from django.core.management.base import BaseCommand

from lgnet.indicators.services import refresh


class Command(BaseCommand):
    help = "Compute the stored figures anew. Run it every night; pages take in what changed since by themselves."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        count = refresh()
        self.stdout.write(f"{count} figures computed in {time.monotonic() - started:.1f} s.")
