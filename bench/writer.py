"""Rows written in bulk, the fastest way each engine has."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, Model


class Writer:
    """Collects rows of one model and writes them with the fastest way the engine has.

    A column that must have a value and is not among those named gets the default of its field.
    """

    def __init__(self, model: type[Model], columns: Sequence[str], chunk: int = 50_000) -> None:
        self.table = model._meta.db_table
        named = [model._meta.get_field(name) for name in columns]
        self.others = [field for field in model._meta.concrete_fields if field not in named and _needs_value(field)]
        self.columns = [field.column for field in (*named, *self.others)]  # type: ignore[union-attr]
        self.rows: list[tuple[Any, ...]] = []
        self.chunk = chunk

    def add(self, *values: Any) -> None:
        """Add one row; `values` in the order of the columns."""
        self.rows.append((*values, *(_default(field) for field in self.others)))
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


def _needs_value(field: Field) -> bool:
    return not (field.null or isinstance(field, AutoField))


def _default(field: Field) -> Any:
    return field.get_db_prep_save(field.get_default(), connection)


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
