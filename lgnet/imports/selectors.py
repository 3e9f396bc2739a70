"""Reads of imports, scoped, and what is kept of their files."""

import json
import uuid
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.core.sealed import Broken, unseal
from lgnet.core.spreadsheets import Cell, Sheet
from lgnet.imports.kinds import ImportKind, every_kind, kind_of
from lgnet.imports.models import ImportFile, ImportRun
from lgnet.imports.reading import Examined, Grid, best_sheet, examine, grid_of, guess
from lgnet.network.access import access_of
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission

KEPT = timedelta(days=7)
RUN = "imports.importrun"
PURPOSE = "import"


@dataclass(frozen=True)
class WrongRow:
    """A row that was not imported: its number and cells, and why."""

    number: int
    cells: list[Cell]
    why: str


def visible_runs(user: User) -> QuerySet[ImportRun]:
    """Imports of what the user may import, and those of the cities whose log the user reads."""
    wanted = Q(partner__in=access_of(user).partner_ids(Permission.VIEW_AUDIT))
    for kind in every_kind():
        wanted |= Q(kind=kind.key, partner__in=kind.partners(user))
    return ImportRun.objects.filter(wanted).select_related("partner", "started_by", "undone_by")


def get_run(user: User, pk: uuid.UUID) -> ImportRun:
    """An import that the user may know of. Raises Http404."""
    run = visible_runs(user).filter(pk=pk).first()
    if run is None or kind_of(run.kind) is None:
        raise Http404
    return run


def get_own_run(user: User, pk: uuid.UUID) -> ImportRun:
    """An import of the user's own: nobody else reads its rows. Raises Http404, PermissionDenied for a colleague's."""
    run = get_run(user, pk)
    if run.started_by_id != user.pk:
        raise PermissionDenied(_("Only who loaded the file sees its rows."))
    return run


def may_undo(user: User, run: ImportRun) -> bool:
    """Whether there is something to take away, and the user may."""
    kind = kind_of(run.kind)
    return kind is not None and run.undone < run.made and run.partner_id in kind.partners(user)


def partners_for(user: User, kind: ImportKind) -> QuerySet[Partner]:
    """The cities for which the user may import this."""
    return Partner.objects.filter(pk__in=kind.partners(user)).order_by("short_name")


def same_file_before(run: ImportRun) -> ImportRun | None:
    """The latest import of the very same file that was carried out and not wholly undone."""
    same = ImportRun.objects.filter(partner=run.partner_id, kind=run.kind, sha256=run.sha256)
    same = same.filter(imported_at__isnull=False, undone__lt=F("made")).exclude(pk=run.pk)
    return same.select_related("started_by").order_by("-imported_at").first()


def sheets_of(run: ImportRun) -> list[Sheet]:
    """The rows of the file, or nothing when they are no longer kept."""
    kept = _kept(run)
    return [Sheet(one["name"], _cells(one["rows"])) for one in kept.get("sheets", [])]


def wrong_rows_of(run: ImportRun) -> list[WrongRow]:
    """The rows that were not imported, as long as they are kept."""
    return [WrongRow(number, _row(cells), why) for number, cells, why in _kept(run).get("wrong", [])]


def kept_headings(run: ImportRun) -> list[str]:
    """The headings above the rows that were not imported, as long as those are kept."""
    return list(_kept(run).get("headings", []))


def note_rows_read(user: User, run: ImportRun, count: int, action: str = "read") -> None:
    """Log that rows of a file were looked at, or given out as a file."""
    audit.note_read(
        by=user, action=action, object_type=RUN, object_id=run.pk, partner_id=run.partner_id, detail={"rows": count}
    )


def chosen_sheet(run: ImportRun, kind: ImportKind, sheets: Sequence[Sheet], asked: str = "") -> Sheet:
    """The sheet asked for by name, the one chosen before, or the likeliest."""
    by_name = {sheet.name: sheet for sheet in sheets}
    return by_name.get(asked) or by_name.get(run.sheet if run.mapping else "\0") or sheets[best_sheet(kind, sheets)]


def mapping_for(run: ImportRun, kind: ImportKind, grid: Grid) -> list[str]:
    """The mapping chosen for this run, or in this city for the last file with these headings, or guessed."""
    if run.mapping and run.headings_key == grid.key:
        return list(run.mapping)
    known = {field.name for field in kind.fields} | {""}
    before = ImportRun.objects.filter(partner=run.partner_id, kind=run.kind, headings_key=grid.key)
    for mapping in before.order_by("-created_at").values_list("mapping", flat=True)[:5]:
        if len(mapping) == len(grid.headings) and set(mapping) <= known and any(mapping):
            return list(mapping)
    return guess(kind, grid.headings)


def examined(user: User, run: ImportRun) -> tuple[Grid, Examined, Any] | None:
    """What would become of the rows now, with what was known for it; None when they are no longer kept."""
    kind, sheets = kind_of(run.kind), sheets_of(run)
    if kind is None or not sheets or not run.mapping:
        return None
    grid = grid_of(kind, chosen_sheet(run, kind, sheets))
    known = kind.prepare(user, run.partner)
    return grid, examine(kind, known, grid, run.mapping), known


# -- how rows are kept -----------------------------------------------------------------------------------------------


def packed(content: dict[str, Any]) -> bytes:
    """Sheets or wrong rows as they are kept, before they are sealed."""
    return zlib.compress(json.dumps(content, default=_tagged, ensure_ascii=False).encode(), 6)


def _kept(run: ImportRun) -> dict[str, Any]:
    file = ImportFile.objects.filter(run=run, created_at__gte=timezone.now() - KEPT).first()
    try:
        return json.loads(zlib.decompress(unseal(bytes(file.sealed), purpose=PURPOSE))) if file else {}
    except Broken:
        return {}


def _tagged(value: Any) -> dict[str, str]:
    for kind in (datetime, date, time):
        if isinstance(value, kind):
            return {kind.__name__: value.isoformat()}
    raise TypeError(type(value).__name__)


def _cells(rows: list[Any]) -> list[tuple[int, list[Cell]]]:
    return [(number, _row(cells)) for number, cells in rows]


def _row(cells: list[Any]) -> list[Cell]:
    return [_untagged(cell) if isinstance(cell, dict) else cell for cell in cells]


def _untagged(cell: dict[str, str]) -> Cell:
    (kind, text), *_rest = cell.items()
    readers: dict[str, Any] = {"datetime": datetime, "date": date, "time": time}
    return readers[kind].fromisoformat(text)
