from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from lgnet.cases.instruments import services
from lgnet.cases.instruments.shipped import SHIPPED

DATA = Path(services.__file__).parent / "data"


class Command(BaseCommand):
    help = "Load the instruments of assessment that come with the platform; one that has changed gets its next version."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Load each of them."""
        for name, kind in SHIPPED.items():
            content = (DATA / f"{name}.csv").read_bytes()
            version = services.load_instrument(by=None, partner=None, kind=kind, content=content)
            self.stdout.write(f"{version.instrument.code}: version {version.number}")
