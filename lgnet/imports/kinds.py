"""What can be imported. An app declares a kind with its fields, and functions on top of its own services.

    register(ImportKind(key="stops", fields=(ImportField("name", _("Name"), …), …), make=…, undo=…))

The engine does the rest: reading, mapping, preview, import, undo, list, template.
"""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.functional import Promise

from lgnet.core.errors import DomainError
from lgnet.core.spreadsheets import MOST_ROWS, Cell
from lgnet.network.models import Partner, User

Values = dict[str, Any]  # of one row, by the name of the field; an empty cell, or a field without column, is None
Made = uuid.UUID | DomainError
Make = Callable[[User, Any, Sequence[Values]], Sequence[Made]]
Undo = Callable[[User, Sequence[uuid.UUID]], Mapping[uuid.UUID, str]]


@dataclass(frozen=True)
class ImportField:
    """One thing that a column can be.

    `read(cell, known)` gives its value or raises cells.Unreadable. `names` are headings by which it is guessed beside
    its label, in Italian and English, split by |. `help` and `allowed(known)`, the words that may be written, explain
    it in the template; `show(value)` is the value in the preview.
    """

    name: str
    label: str | Promise
    read: Callable[[Cell, Any], Any]
    names: str = ""
    required: bool = False
    help: str | Promise = ""
    allowed: Callable[[Any], Sequence[str]] | None = None
    show: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class ImportKind:
    """Something that a city has in a spreadsheet.

    - `partners(user)`: where the user may import it; `url_name`: the list in which it is found afterwards.
    - `prepare(user, partner)`: everything that reading needs to know, looked up at once (`known` of the others).
    - `find_existing(known, rows)`: for each row, in words, the record that is there already, or an empty text.
    - `check(known, values)`: raises DomainError for what the service would refuse; it may remember rows in `known`.
    - `make(by, known, rows)`: makes the records by the services that the pages call, and returns for each its id, or
      the DomainError that refused it. `one_by_one` makes it of a function of one row.
    - `undo(by, record_ids)`: takes them away again by services, the latest first; returns why for each that stays.
      `each_undone` makes it of a function of one record.
    - `most_rows`: how many can be imported at once, in one transaction.
    """

    key: str
    label: str | Promise
    lead: str | Promise
    object_type: str
    fields: tuple[ImportField, ...]
    url_name: str
    partners: Callable[[User], Collection[uuid.UUID]]
    prepare: Callable[[User, Partner], Any]
    find_existing: Callable[[Any, Sequence[Values]], Sequence[str]]
    check: Callable[[Any, Values], None]
    make: Make
    undo: Undo
    order: int = 100
    most_rows: int = MOST_ROWS

    def field(self, name: str) -> ImportField | None:
        """Its field of this name."""
        return next((field for field in self.fields if field.name == name), None)


def one_by_one(make: Callable[[User, Any, Values], uuid.UUID]) -> Make:
    """Of a function that makes one record and may raise DomainError: a row that is refused leaves the others alone."""

    def make_all(by: User, known: Any, rows: Sequence[Values]) -> list[Made]:
        made: list[Made] = []
        for values in rows:
            try:
                with transaction.atomic():
                    made.append(make(by, known, values))
            except DomainError as error:
                made.append(error)
        return made

    return make_all


def each_undone(undo: Callable[[User, uuid.UUID], None]) -> Undo:
    """Of a function that takes one record away and may raise DomainError or PermissionDenied."""

    def undo_all(by: User, record_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
        kept = {}
        for record_id in record_ids:
            try:
                with transaction.atomic():
                    undo(by, record_id)
            except DomainError as error:
                kept[record_id] = str(error)
            except PermissionDenied:
                kept[record_id] = ""  # its text names a permission
        return kept

    return undo_all


_kinds: dict[str, ImportKind] = {}


def register(kind: ImportKind) -> ImportKind:
    """Add a kind. Raises ValueError for a key that is taken."""
    if _kinds.get(kind.key, kind) is not kind:
        raise ValueError(f"imports: {kind.key} is there already")
    _kinds[kind.key] = kind
    return kind


def every_kind() -> list[ImportKind]:
    """All kinds, in order."""
    return sorted(_kinds.values(), key=lambda kind: kind.order)


def kind_of(key: str) -> ImportKind | None:
    """The kind with this key."""
    return _kinds.get(key)


def kinds_for(user: User) -> list[ImportKind]:
    """What the user may import somewhere."""
    return [kind for kind in every_kind() if kind.partners(user)]
