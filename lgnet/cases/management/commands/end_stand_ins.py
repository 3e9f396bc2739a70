from typing import Any

from django.core.management.base import BaseCommand

from lgnet.cases.handovers import end_stand_ins


class Command(BaseCommand):
    help = "Hand back the cases in which somebody stood in until yesterday. Run it every night."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{end_stand_ins()} handovers for a time were handed back.")
