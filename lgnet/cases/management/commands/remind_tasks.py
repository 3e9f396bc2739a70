from typing import Any

from django.core.management.base import BaseCommand

from lgnet.cases.task_reminders import remind_tasks


class Command(BaseCommand):
    help = "Tell colleagues who wish it by e-mail that tasks are due. Run it every day early in the morning."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{remind_tasks()} colleagues have tasks due today and wish an e-mail.")
