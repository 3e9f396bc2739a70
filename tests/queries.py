"""How many queries a page costs."""

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def count_queries(client: Client, url: str, asked: dict[str, Any] | None = None) -> int:
    """Open `url` once to warm what is remembered, then count the queries of the second time."""
    assert client.get(url, asked).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        client.get(url, asked)
    return len(queries)
