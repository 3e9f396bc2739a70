"""Database triggers that keep a table append-only, on both engines; used by migrations."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import migrations


def append_only(table: str, *, may_set_once: Sequence[str] = (), columns: Sequence[str] = ()) -> migrations.RunPython:
    """Return a migration operation after which rows of `table` can be inserted but not deleted or changed.

    `may_set_once` names columns that an update may fill while the first of them is still empty; `columns` are then
    all the other columns of the table, which must not change.
    """
    fixed = " OR ".join(
        [f"OLD.{may_set_once[0]} IS NOT NULL", *(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns)]
        if may_set_once
        else ["TRUE"]
    )
    return migrations.RunPython(_creator(table, fixed), _dropper(table))


def _creator(table: str, fixed: str) -> Callable[[Any, Any], None]:
    def create(apps: Any, schema_editor: Any) -> None:
        vendor = schema_editor.connection.vendor
        for statement in (_sqlite if vendor == "sqlite" else _postgresql)(table, fixed):
            schema_editor.execute(statement)

    return create


def _dropper(table: str) -> Callable[[Any, Any], None]:
    def drop(apps: Any, schema_editor: Any) -> None:
        on = "" if schema_editor.connection.vendor == "sqlite" else f" ON {table}"
        for event in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event}{on}")

    return drop


def _sqlite(table: str, fixed: str) -> list[str]:
    fixed = fixed.replace("IS DISTINCT FROM", "IS NOT")
    refuse = f"SELECT RAISE(ABORT, '{table} is append-only')"
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN {fixed} BEGIN {refuse}; END",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN {refuse}; END",
    ]


def _postgresql(table: str, fixed: str) -> list[str]:
    refuse, error = f"{table}_refuse", f"RAISE EXCEPTION '{table} is append-only'"
    function = f"FUNCTION {refuse}()"
    return [
        f"CREATE OR REPLACE FUNCTION {refuse}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {error}; END $$",
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({fixed}) EXECUTE {function}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE {function}",
    ]
