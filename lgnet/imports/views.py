"""Pages of an import: file, columns, preview, what came of it, undo; and the list of imports."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.core.errors import DomainError
from lgnet.core.forms import done, run_service
from lgnet.core.tables import Table, table_response
from lgnet.imports import selectors, services
from lgnet.imports.files import template_response, wrong_response
from lgnet.imports.forms import MappingForm, UploadForm
from lgnet.imports.kinds import ImportKind, kind_of, kinds_for
from lgnet.imports.models import ImportRun, RunState
from lgnet.imports.reading import Examined, grid_of, preview_of
from lgnet.imports.tables import RUN_KINDS, RunFilter, run_columns
from lgnet.network.access import can
from lgnet.network.exports import log_export
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission

SHOWN_GOOD, SHOWN_WRONG, SHOWN_EXISTING = 8, 100, 30


@require_GET
def import_list(request: StaffRequest) -> HttpResponse:
    """Imports of the city: filters, export, and what can be imported."""
    user = request.user
    kinds = kinds_for(user)
    if not kinds and not can(user, Permission.VIEW_AUDIT):
        raise PermissionDenied
    table = Table(
        request, selectors.visible_runs(user), run_columns(), title=_("Imports"), default_sort="-created_at",
        filters=RunFilter(request.GET or None),
        empty_text=_("Here are the spreadsheets that were loaded, and what came of them."),
    )  # fmt: skip
    return table_response(
        request, table, "imports/import_list.html", {"kinds": kinds},
        on_export=lambda count: log_export(user, selectors.RUN, Permission.VIEW_PARTNERS, count),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request: StaffRequest, kind: str) -> HttpResponse:
    """First step: the file."""
    wanted = _kind_for(request, kind)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*sent, user=request.user, kind=wanted)
    if form.is_valid():
        run = run_service(form, services.start_import, by=request.user, kind=wanted, **form.arguments())
        if run:
            return redirect("import_columns", run.pk)
    context = {"form": form, "kind": wanted, "step": 1}
    return render(request, "imports/import_new.html", context, status=422 if form.is_bound else 200)


@require_GET
def import_template(request: StaffRequest, kind: str) -> HttpResponse:
    """An empty spreadsheet with the right headings, which explains itself."""
    wanted = _kind_for(request, kind)
    partner = selectors.partners_for(request.user, wanted)[0]
    return template_response(wanted, wanted.prepare(request.user, partner), partner)


@require_GET
def import_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """What came of an import, and what one can still do."""
    run = selectors.get_run(request.user, pk)
    is_own = run.started_by_id == request.user.pk
    context = {
        "run": run, "kind": kind_of(run.kind), "state_kind": RUN_KINDS[run.state], "is_own": is_own,
        "is_open": run.state == RunState.OPEN, "may_undo": selectors.may_undo(request.user, run),
        "kept": run.records.exclude(kept_why="")[:SHOWN_WRONG],
        "to_mend": len(selectors.wrong_rows_of(run)) if is_own and run.imported_at else 0,
    }  # fmt: skip
    return render(request, "imports/import_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def import_columns(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Second step: which column is what."""
    run = selectors.get_own_run(request.user, pk)
    kind, sheets = _kind_of(run), selectors.sheets_of(run)
    if run.state != RunState.OPEN or not sheets:
        return _no_longer(request, run)
    asked = (request.POST if request.method == "POST" else request.GET).get("sheet", "")
    sheet = selectors.chosen_sheet(run, kind, sheets, asked)
    grid = grid_of(kind, sheet)
    mapping = selectors.mapping_for(run, kind, grid)
    form = MappingForm(request.POST or None, kind=kind, grid=grid, mapping=mapping, initial={"sheet": sheet.name})
    if form.is_valid():
        given = {"sheet": sheet.name, "mapping": form.mapping()}
        if done(form, services.choose_columns, by=request.user, run=run, **given):
            return redirect("import_preview", pk)
    context = {
        "form": form, "run": run, "kind": kind, "sheets": sheets, "sheet": sheet, "rows": len(grid.rows), "step": 2,
        "twice": selectors.same_file_before(run),
    }  # fmt: skip
    return render(request, "imports/import_columns.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def import_preview(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Third step: what will become of each row; then the good ones are imported."""
    run = selectors.get_own_run(request.user, pk)
    if request.method == "POST" and run.state == RunState.OPEN:
        return _carry_out(request, run)
    result = selectors.examined(request.user, run) if run.state == RunState.OPEN else None
    if result is None:
        return _no_longer(request, run)
    _grid, rows, _known = result
    selectors.note_rows_read(request.user, run, rows.total)
    context = {"run": run, "kind": _kind_of(run), "step": 3, "twice": selectors.same_file_before(run)}
    return render(request, "imports/import_preview.html", context | _preview(_kind_of(run), run, rows))


@require_GET
def import_to_mend(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The wrong rows as a spreadsheet that says why: before the import as they would be, afterwards as they were."""
    run = selectors.get_own_run(request.user, pk)
    headings, rows = selectors.kept_headings(run), selectors.wrong_rows_of(run)
    if not rows and run.state == RunState.OPEN and (result := selectors.examined(request.user, run)):
        headings = result[0].headings
        rows = [selectors.WrongRow(line.number, line.cells, services.why(line)) for line in result[1].wrong]
    if not rows:
        return redirect("import_detail", pk)
    selectors.note_rows_read(request.user, run, len(rows), action="export")
    return wrong_response(run, headings, rows)


@require_POST
def import_leave(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Do not import: the rows are deleted."""
    run = selectors.get_own_run(request.user, pk)
    try:
        services.leave_import(by=request.user, run=run)
        messages.success(request, _("Nothing was imported. The rows of the file are deleted."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("import_list")


@require_http_methods(["GET", "HEAD", "POST"])
def import_undo(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Take away what the import made."""
    run = selectors.get_run(request.user, pk)
    if not selectors.may_undo(request.user, run):
        return redirect("import_detail", pk)
    if request.method == "POST":
        try:
            undone = services.undo_import(by=request.user, run=run)
            _tell_undone(request, undone)
        except DomainError as error:
            messages.error(request, str(error))
        return redirect("import_detail", pk)
    return render(request, "imports/import_undo.html", {"run": run, "left": run.made - run.undone})


def _kind_for(request: StaffRequest, key: str) -> ImportKind:
    kind = kind_of(key)
    if kind is None:
        raise Http404
    if not kind.partners(request.user):
        raise PermissionDenied
    return kind


def _kind_of(run: ImportRun) -> ImportKind:
    kind = kind_of(run.kind)
    if kind is None:
        raise Http404
    return kind


def _carry_out(request: StaffRequest, run: ImportRun) -> HttpResponse:
    try:
        run = services.carry_out(by=request.user, run=run)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("import_preview", run.pk)
    text = ngettext("%(count)s row is imported.", "%(count)s rows are imported.", run.made)
    messages.success(request, text % {"count": run.made})
    return redirect("import_detail", run.pk)


def _no_longer(request: StaffRequest, run: ImportRun) -> HttpResponse:
    """Where one goes whose file is decided about, or gone, or whose columns are not told yet."""
    if run.state == RunState.OPEN and not run.mapping and selectors.sheets_of(run):
        return redirect("import_columns", run.pk)
    if run.state == RunState.OPEN:
        messages.warning(request, _("The rows of this file are no longer kept. Load it again."))
    return redirect("import_detail", run.pk)


def _tell_undone(request: StaffRequest, undone: services.Undone) -> None:
    if undone.taken:
        text = ngettext("%(count)s record is taken away.", "%(count)s records are taken away.", undone.taken)
        messages.success(request, text % {"count": undone.taken})
    if undone.kept:
        text = ngettext(
            "%(count)s record stays: below is why.", "%(count)s records stay: below is why.", undone.kept
        )  # fmt: skip
        messages.warning(request, text % {"count": undone.kept})


def _preview(kind: ImportKind, run: ImportRun, rows: Examined) -> dict[str, Any]:
    fields = [field for name in run.mapping if name and (field := kind.field(name))]
    shown = [
        (line.number, [preview_of(field, line.values.get(field.name)) for field in fields])
        for line in rows.good[:SHOWN_GOOD]
    ]
    wrong = [(line.number, problem) for line in rows.wrong for problem in line.problems]
    return {
        "fields": fields, "shown": shown, "good": len(rows.good), "existing": len(rows.existing),
        "wrong": len(rows.wrong), "problems": wrong[:SHOWN_WRONG], "more_problems": len(wrong) > SHOWN_WRONG,
        "there": [(line.number, line.existing) for line in rows.existing[:SHOWN_EXISTING]],
    }  # fmt: skip
