from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lgnet.core.errors import DomainError
from lgnet.files.services import missing, sweep, wrap_keys_anew


class Command(BaseCommand):
    help = "Remove stored files that nothing needs: left by a crash, or destroyed; for the nightly job."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--new-key", action="store_true", help="put all files under the present LGNET_FILE_KEY")
        parser.add_argument("--check", action="store_true", help="read every file, and fail if one cannot be read")

    def handle(self, *, new_key: bool, check: bool, **options: Any) -> None:
        try:
            self.stdout.write(f"{sweep()} files removed that nothing needs.")
        except DomainError as error:
            raise CommandError(str(error)) from error
        if new_key:
            self.stdout.write(f"{wrap_keys_anew()} files put under the present key.")
        if check and (lost := missing()):
            raise CommandError(f"{len(lost)} files cannot be read: {', '.join(map(str, lost))}")
