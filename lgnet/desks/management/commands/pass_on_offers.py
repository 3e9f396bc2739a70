from typing import Any

from django.core.management.base import BaseCommand

from lgnet.desks.appointment_waiting import pass_on_ended_offers


class Command(BaseCommand):
    help = "Offer times of the waiting lists that nobody took in time to who waits next; run it every five minutes."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Offers passed on: {pass_on_ended_offers()}.")
