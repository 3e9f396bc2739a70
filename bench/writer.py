"""Rows written in bulk, the fastest way each engine has."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Model


class Writer:
    """Collects rows of one model and writes them with the fastest way the engine has."""

    def __init__(self, model: type[Model], columns: Sequence[str], chunk: int = 50_000) -> None:
        self.table = model._meta.db_table
        self.columns = [model._meta.get_field(name).column for name in columns]  # type: ignore[union-attr]
        self.rows: list[tuple[Any, ...]] = []
        self.chunk = chunk

    def add(self, *values: Any) -> None:
        """Add one row; `values` in the order of the columns."""
        self.rows.append(values)
        if len(self.rows) >= self.chunk:
            self.flush()

    def flush(self) -> None:
        """Write what is collected."""
        names = ", ".join(f'"{name}"' for name in self.columns)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f'COPY "{self.table}" ({names}) FROM STDIN') as copy:
                    for row in self.rows:
                        copy.write_row(row)
            else:
                marks = ", ".join("?" for _name in self.columns)
                raw = cursor.cursor
                raw.connection.executemany(
                    f'INSERT INTO "{self.table}" ({names}) VALUES ({marks})', map(_for_sqlite, self.rows)
                )
        self.rows.clear()


def _for_sqlite(row: Iterable[Any]) -> list[Any]:
    plain: list[Any] = []
    for value in row:
        if isinstance(value, uuid.UUID):
            plain.append(value.hex)
        elif isinstance(value, datetime):
            plain.append(str(value.astimezone(UTC).replace(tzinfo=None)))
        elif isinstance(value, date | Decimal):
            plain.append(str(value))
        else:
            plain.append(value)
    return plain
