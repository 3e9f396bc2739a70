"""Turns at writing, on the engine that has no queue for them."""

import time

from django.db import connection

BREATH = 0.12  # seconds; whoever waits for SQLite's lock looks at least every tenth of a second


def let_others_write() -> None:
    """Between two transactions of a long work: on SQLite, pause so that whoever waits to write gets a turn.

    Its lock goes to who asks at the right moment, and work that begins the next transaction at once always does.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        time.sleep(BREATH)
