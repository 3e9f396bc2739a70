"""How many queries a page costs."""

from typing import Any

import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone


def count_queries(client: Client, url: str, asked: dict[str, Any] | None = None) -> int:
    """Open `url` once to warm what is remembered, then count the queries of the second time.

    The clock stands still: a session is written once a minute, and that must not fall between the two.
    """
    with time_machine.travel(timezone.now(), tick=False):
        assert client.get(url, asked).status_code == 200
        with CaptureQueriesContext(connection) as queries:
            client.get(url, asked)
    return len(queries)
