from typing import Any

from django.core.management.base import BaseCommand

from lgnet.cases.referral_reminders import remind_referrals


class Command(BaseCommand):
    help = "Remind bodies outside the network of referrals that are late. Run it every day: each limit is told once."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{remind_referrals()} referrals outside the network are late and were reminded.")
