import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from lgnet.workspace.demo_staff import demo_users, one_per_role


class Command(BaseCommand):
    help = "Print the sign-ins of the demo."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="every sign-in, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(demo_users(), indent=1))
            return
        for user in one_per_role():
            self.stdout.write(f"{user['role']:<22} {user['username']:<28} {user['password']}")
