from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lgnet.indicators.services import refresh
from lgnet.workspace.progress import progress_bar
from lgnet.workspace.simulator import Simulation


class Command(BaseCommand):
    help = "Simulate invented people and the work with them, day by day up to today. Only in a demo."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=3, help="the same seed gives the same people")
        parser.add_argument("--scale", type=float, default=0.25, help="1 is about the size of the real network")
        parser.add_argument("--days", type=int, default=270, help="days before today to begin with")
        parser.add_argument("--partner", help="only this city (slug)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Invented people are only for a demo: set LGNET_DEMO=1.")
        if options["days"] < 1 or options["scale"] <= 0:
            raise CommandError("--days must be at least 1 and --scale more than 0.")
        simulation = Simulation(
            seed=options["seed"], scale=options["scale"], days=options["days"], only=options["partner"]
        )
        if not simulation.cities:
            raise CommandError("There is no such city: load the network first (lgnet load_network).")
        progress_bar(simulation.run(), label="Simulating", stream=self.stderr)
        refresh()
        self.stdout.write(f"Simulated {simulation.count} events in {len(simulation.cities)} cities.")
