from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from lgnet.cases.meeting_selectors import meetings_to_fill
from lgnet.cases.meetings import fill_agenda

AHEAD = timedelta(days=3)


class Command(BaseCommand):
    help = "Fill the agendas of the team meetings of the next three days. Run it every morning: what is there stays."

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("it"):
            new = sum(len(fill_agenda(by=None, meeting=meeting)) for meeting in meetings_to_fill(within=AHEAD))
        self.stdout.write(f"{new} points were added.")
