import logging
import os
import signal
import threading
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, close_old_connections

from lgnet.messaging.delivery import deliver_due

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Send the text messages and e-mails that are due: once, or again and again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=int, default=0, metavar="SECONDS", help="go on, so many seconds apart")
        parser.add_argument("--parent", type=int, default=0, metavar="PID", help="end when this process has ended")

    def handle(self, *, every: int, parent: int, **options: Any) -> None:
        ending = threading.Event()
        if every > 0:
            for number in (signal.SIGTERM, signal.SIGINT):  # the message in hand is finished first
                signal.signal(number, lambda *_: ending.set())

        def stopped() -> bool:
            return ending.is_set() or (parent > 0 and os.getppid() != parent)

        while not stopped():
            self._round(stopped, goes_on=every > 0)
            if every <= 0:
                return
            ending.wait(every)

    def _round(self, stopped: Any, *, goes_on: bool) -> None:
        if goes_on:
            close_old_connections()
        try:
            done = deliver_due(stopped=stopped)
        except ImproperlyConfigured as problem:
            raise CommandError(str(problem)) from problem
        except OperationalError:
            if not goes_on:
                raise
            log.exception("the database did not answer; the messages wait for the next round")
        else:
            if done:
                self.stdout.write(", ".join(f"{state}: {number}" for state, number in sorted(done.items())))
