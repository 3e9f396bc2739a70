from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from lgnet.indicators.services import refresh
from lgnet.people.models import Person
from lgnet.workspace.demo_staff import load_staff
from lgnet.workspace.progress import progress_bar
from lgnet.workspace.simulator import Simulation

DAYS = 270


class Command(BaseCommand):
    help = "Load invented staff and people, all or nothing; does nothing when they are there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scale", type=float, default=0.25, help="1 is about the size of the real network")

    def handle(self, *args: Any, **options: Any) -> None:
        if Person.objects.exists():
            self.stdout.write("There are people already: nothing to do.")
            return
        with transaction.atomic():
            created = load_staff(since=timezone.localdate() - timedelta(days=DAYS + 30))
            simulation = Simulation(seed=3, scale=options["scale"], days=DAYS)
            progress_bar(simulation.run(), label="Loading demo data", stream=self.stderr)
        refresh()
        self.stdout.write(f"Loaded {created} invented colleagues and {Person.objects.count()} invented people.")
