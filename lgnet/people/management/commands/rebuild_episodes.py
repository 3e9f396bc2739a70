from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from lgnet.people import episodes
from lgnet.people.models import Person


class Command(BaseCommand):
    help = "Write the episodes of everybody anew from the journeys: after an upgrade or a bulk load; safe at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through all persons, some at a time."""
        persons, count = Person.objects.order_by("pk").values_list("pk", flat=True).iterator(), 0
        while some := list(islice(persons, episodes.CHUNK)):
            with transaction.atomic():
                episodes.follow(some)
            count += len(some)
        self.stdout.write(f"{count} persons.")
