from typing import Any

from django.core.management.base import BaseCommand

from lgnet.cases.titles import remind_of_titles


class Command(BaseCommand):
    help = "Write to people whose title to stay ends in 60 or 30 days. Run it every day: each step is told once."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{remind_of_titles()} messages about titles that end are queued, or were before.")
