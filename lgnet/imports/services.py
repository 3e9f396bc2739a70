"""Importing, step by step: a file is loaded, its columns told apart, its good rows made, and perhaps taken away."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.core.cells import as_text
from lgnet.core.errors import DomainError
from lgnet.core.sealed import seal
from lgnet.core.spreadsheets import read_spreadsheet
from lgnet.imports.kinds import ImportKind, kind_of
from lgnet.imports.models import ImportedRecord, ImportFile, ImportRun
from lgnet.imports.reading import Grid, Line, best_sheet, grid_of, problem_of
from lgnet.imports.selectors import KEPT, PURPOSE, RUN, chosen_sheet, examined, may_undo, packed, sheets_of
from lgnet.network.models import Partner, User


@dataclass(frozen=True)
class Undone:
    """How many records an undo took away, and how many it could not."""

    taken: int
    kept: int


@transaction.atomic
def start_import(*, by: User, kind: ImportKind, partner: Partner, file_name: str, content: bytes) -> ImportRun:
    """Read a file and keep its rows, sealed, until it is decided about; old ones are dropped.

    Raises PermissionDenied for who does not import this there, DomainError for a file that cannot be read.
    """
    _require(by, kind, partner.pk)
    sheets = read_spreadsheet(content)
    reasons = [_why_not(kind, grid_of(kind, sheet)) for sheet in sheets]
    if all(reasons):
        raise DomainError(reasons[best_sheet(kind, sheets)], field="file")
    drop_old_files()
    run = ImportRun.objects.create(
        partner=partner, kind=kind.key, started_by=by, file_name=file_name[-200:].replace("\0", ""),
        sha256=hashlib.sha256(content).hexdigest(),
    )  # fmt: skip
    _keep(run, {"sheets": [{"name": sheet.name, "rows": sheet.rows} for sheet in sheets]})
    _log(AuditEntry.Action.CREATE, by, run, {})
    return run


@transaction.atomic
def choose_columns(*, by: User, run: ImportRun, sheet: str, mapping: Sequence[str]) -> ImportRun:
    """Say which column is what; it is remembered for files of the city with the same headings.

    Raises DomainError for a field chosen twice (at `column_N`) or a needed one left out, and when the rows are gone.
    """
    kind, run = _locked(by, run)
    sheets = sheets_of(run)
    if not sheets:
        raise DomainError(_("The rows of this file are no longer kept. Load it again."))
    found = chosen_sheet(run, kind, sheets, sheet)
    grid = grid_of(kind, found)
    if reason := _why_not(kind, grid):
        raise DomainError(reason)
    _check_mapping(kind, grid, mapping)
    run.sheet, run.headings_key, run.mapping = found.name, grid.key, list(mapping)
    run.total = len(grid.rows)
    run.save(update_fields=["sheet", "headings_key", "mapping", "total"])
    return run


@transaction.atomic
def carry_out(*, by: User, run: ImportRun) -> ImportRun:
    """Make the good rows, all in this transaction; keep the wrong ones, sealed, for seven days.

    Raises DomainError when there is nothing to make, or the import is decided about already.
    """
    kind, run = _locked(by, run)
    _require(by, kind, run.partner_id)
    result = examined(by, run)
    if result is None:
        raise DomainError(_("The rows of this file are no longer kept. Load it again."))
    grid, rows, known = result
    records, refused = _make(by, kind, run, grid, known, rows.good)
    if not records:
        raise DomainError(_("There is no row to import."))
    ImportedRecord.objects.bulk_create(records, batch_size=500)
    wrong = sorted([*rows.wrong, *refused], key=lambda line: line.number)
    run.imported_at, run.made, run.existing = timezone.now(), len(records), len(rows.existing)
    run.total, run.wrong = rows.total, len(wrong)
    run.save(update_fields=["imported_at", "made", "existing", "wrong", "total"])
    if wrong:
        _keep(run, {"headings": grid.headings, "wrong": [[line.number, line.cells, why(line)] for line in wrong]})
    else:
        ImportFile.objects.filter(run=run).delete()
    _log(AuditEntry.Action.UPDATE, by, run, {"rows": run.made})
    return run


@transaction.atomic
def leave_import(*, by: User, run: ImportRun) -> None:
    """Do not import the file: its rows are deleted at once."""
    _kind, run = _locked(by, run)
    run.left_at = timezone.now()
    run.save(update_fields=["left_at"])
    ImportFile.objects.filter(run=run).delete()
    _log(AuditEntry.Action.UPDATE, by, run, {"changes": {"state": ["open", "left"]}})


@transaction.atomic
def undo_import(*, by: User, run: ImportRun) -> Undone:
    """Take away what the import made, unless something was built on it since: each record left says why.

    Raises PermissionDenied for who does not import this there, DomainError when there is nothing to take away.
    """
    kind = kind_of(run.kind)
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if kind is None or run.imported_at is None or not run.undone < run.made:
        raise DomainError(_("There is nothing to undo."))
    if not may_undo(by, run):
        raise PermissionDenied(_("You do not import this here."))
    changed = _changed_since(run, kind)
    records = list(run.records.filter(undone_at__isnull=True).order_by("-number", "-pk"))
    kept = {pk: _("%(name)s changed it since.") % {"name": name} for pk, name in changed.items()}
    untouched = [record.record_id for record in records if record.record_id not in kept]
    kept |= {pk: why or _("You may not change it.") for pk, why in kind.undo(by, untouched).items()}
    for record in records:
        record.kept_why = kept.get(record.record_id, "")[:300]
        record.undone_at = None if record.kept_why else timezone.now()
    ImportedRecord.objects.bulk_update(records, ["kept_why", "undone_at"], batch_size=200)
    taken = sum(record.undone_at is not None for record in records)
    if taken:
        run.undone, run.undone_at, run.undone_by = run.undone + taken, timezone.now(), by
        run.save(update_fields=["undone", "undone_at", "undone_by"])
    _log(AuditEntry.Action.UPDATE, by, run, {"changes": {"undone": ["", str(taken)]}})
    return Undone(taken, len(records) - taken)


def drop_old_files() -> int:
    """Delete rows of files that were kept for seven days; return of how many files."""
    count, _by_model = ImportFile.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    return count


def why(line: Line) -> str:
    """Everything that is wrong with a row, in one text."""
    said = [f"{problem.heading}: {problem.reason}" if problem.heading else problem.reason for problem in line.problems]
    return " · ".join(said)


def _require(by: User, kind: ImportKind, partner_id: uuid.UUID) -> None:
    if partner_id not in kind.partners(by):
        raise PermissionDenied(_("You do not import this here."))


def _locked(by: User, run: ImportRun) -> tuple[ImportKind, ImportRun]:
    """The kind and the run, kept from a second press of the button. Only who started it decides about it, once."""
    kind = kind_of(run.kind)
    locked = ImportRun.objects.select_for_update(of=("self",)).select_related("partner", "started_by").get(pk=run.pk)
    if kind is None or locked.started_by_id != by.pk:
        raise PermissionDenied(_("Only who loaded the file sees its rows."))
    if locked.imported_at or locked.left_at:
        raise DomainError(_("This file is decided about already."))
    return kind, locked


def _why_not(kind: ImportKind, grid: Grid) -> str:
    """Why a sheet cannot be imported. Without headings its first row, somebody's, would be taken for them."""
    if not grid.named:
        return _("No headings are known. Write them above the columns, as in the template, and load the file again.")
    if not grid.rows:
        return _("There are headings, but no rows below them.")
    if len(grid.rows) > kind.most_rows:
        return _("There are more than %(most)s rows. Load them in parts.") % {"most": kind.most_rows}
    return ""


def _check_mapping(kind: ImportKind, grid: Grid, mapping: Sequence[str]) -> None:
    if len(mapping) != len(grid.headings):
        raise DomainError(_("The file has other columns by now. Look at them again."))
    for at, name in enumerate(mapping):
        if name and name in mapping[:at]:
            text = _("“%(field)s” is chosen for two columns.")
            field = kind.field(name)
            raise DomainError(text % {"field": field.label if field else name}, field=f"column_{at}")
    missing = [str(field.label) for field in kind.fields if field.required and field.name not in mapping]
    if missing:
        raise DomainError(_("Say which column is: %(fields)s.") % {"fields": ", ".join(missing)})


def _make(
    by: User, kind: ImportKind, run: ImportRun, grid: Grid, known: Any, lines: Sequence[Line]
) -> tuple[list[ImportedRecord], list[Line]]:
    """Make a record of each row; a row that a service refuses becomes a wrong one, and the others go on."""
    records, refused = [], []
    made = kind.make(by, known, [line.values for line in lines])
    for line, one in zip(lines, made, strict=True):
        if isinstance(one, DomainError):
            line.problems.append(problem_of(one, kind, grid, run.mapping, line))
            refused.append(line)
        else:
            records.append(ImportedRecord(run=run, number=line.number, record_id=one))
    return records, refused


def _changed_since(run: ImportRun, kind: ImportKind) -> dict[uuid.UUID | None, str]:
    """Records that somebody changed after the import, with the name of who did."""
    rows = AuditEntry.objects.filter(
        object_type=kind.object_type, object_id__in=run.records.values("record_id"), created_at__gt=run.imported_at,
        action__in=(AuditEntry.Action.UPDATE, AuditEntry.Action.DELETE),
    )  # fmt: skip
    return dict(rows.order_by("created_at").values_list("object_id", "actor_name"))


def _keep(run: ImportRun, content: dict[str, Any]) -> None:
    sealed = seal(packed(content), purpose=PURPOSE)
    ImportFile.objects.update_or_create(run=run, defaults={"sealed": sealed, "created_at": timezone.now()})


def _log(action: AuditEntry.Action, by: User, run: ImportRun, detail: dict[str, Any]) -> None:
    audit.record(
        action, by=by, object_type=RUN, object_id=run.pk, partner_id=run.partner_id,
        detail={"what": f"{run.kind}: {as_text(run.file_name)}"} | detail,
    )  # fmt: skip
