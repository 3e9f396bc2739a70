from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lgnet.network.models import Partner
from lgnet.people.duplicates import find_duplicates


class Command(BaseCommand):
    help = (
        "Compare who is new or changed with the others of the same city, and propose who may be registered twice; "
        "for the nightly job, or more often."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--partner", help="only this city (slug)")

    def handle(self, *args: Any, **options: Any) -> None:
        partners = Partner.objects.order_by("slug")
        if options["partner"]:
            partners = partners.filter(slug=options["partner"])
            if not partners:
                raise CommandError(f"There is no partner {options['partner']}.")
        found = sum(find_duplicates(partner) for partner in partners)
        self.stdout.write(f"{found} pairs may be one person.")
