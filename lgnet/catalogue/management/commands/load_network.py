from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lgnet.catalogue.network_entries import NetworkFileError
from lgnet.catalogue.network_loader import load_network


class Command(BaseCommand):
    help = "Load the project, its partners and its services from lgnet/network/data; again changes only what changed."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = load_network(demo=settings.DEMO)
        except NetworkFileError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Network loaded: {report.created} created, {report.changed} changed, {report.unchanged} unchanged."
        )
