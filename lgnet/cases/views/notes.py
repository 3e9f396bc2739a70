"""Pages of the notes on a case."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.cases import notes
from lgnet.cases.models import Case
from lgnet.cases.note_models import CaseNote
from lgnet.cases.note_selectors import NOTE, get_note, notes_of, versions_of
from lgnet.cases.note_tables import EditForm, NoteFilter, NoteForm, ShowForm, TakeBackForm, note_columns
from lgnet.cases.selectors import get_case, get_case_to_work_on
from lgnet.cases.visibility import Sees, sees_case
from lgnet.core.forms import done, run_service
from lgnet.core.ids import uuid7
from lgnet.core.tables import Table
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.closed_files import asks_for_closed_file, only_posts
from lgnet.people.lists import person_table_response

SHOWN = 10  # on the page of the case; all are one tap away


def notes_block(case: Case, sees: Sees) -> dict[str, Any]:
    """What the page of a case shows of its notes."""
    rows = list(notes_of(case, sees)[: SHOWN + 1])
    writes = case.is_open and (sees.in_team or sees.in_part)
    return {
        "notes": rows[:SHOWN], "more_notes": len(rows) > SHOWN,
        "note_form": NoteForm(auto_id="note_%s") if writes else None,
    }  # fmt: skip


@require_GET
@asks_for_closed_file
def note_list(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The notes of a case that the reader sees: searched, filtered, printed, exported."""
    case = get_case(request.user, pk, part=True)
    rows = notes_of(case, sees_case(request.user, case))
    table = Table(
        request, rows, note_columns(), title=_("Notes"), filters=NoteFilter(request.GET or None, notes=rows),
        default_sort="-occurred_on", empty_text=_("No note yet that you read. Notes are written on the case."),
        person_of=lambda _note: case.person,
    )  # fmt: skip
    context = {"case": case, "person": case.person}
    return person_table_response(
        request, table, "cases/note_list.html", object_type=NOTE, permission=Permission.VIEW_CASES, context=context
    )


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def note_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Write a note; the form stands on the page of the case too."""
    case = get_case_to_work_on(request.user, pk, part=True)
    form = NoteForm(request.POST or None, auto_id="note_%s")
    if form.is_valid() and done(form, notes.write_note, by=request.user, case=case, **form.arguments()):
        messages.success(request, _("The note is saved."))
        return redirect(f"{reverse('case_detail', args=[pk])}#notes")
    context = {"form": form, "case": case, "person": case.person}
    return render(request, "cases/note_new.html", context, status=422 if form.is_bound else 200)


@require_GET
@asks_for_closed_file
def note_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A note, how it came to what it says, and what its author can do with it."""
    note, sees = get_note(request.user, pk)
    return _detail(request, note, sees, ShowForm(initial=_shown(note)), TakeBackForm())


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def note_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Write a note anew; what a colleague writes at the same time is kept too."""
    note, _sees = get_note(request.user, pk)
    if not notes.may_edit(request.user, note):
        return redirect("note_detail", pk)
    form = EditForm(request.POST or None, initial=_typed(note))
    if form.is_valid():
        data = {"draft": form.draft(), "base": form.cleaned_data["base"], "version_id": form.cleaned_data["record_id"]}
        if saved := run_service(form, notes.edit_note, by=request.user, note=note, **data):
            return _after_edit(request, saved, data["draft"].words)
    context = {"form": form, "note": note, "case": note.case, "person": note.case.person}
    return render(request, "cases/note_edit.html", context, status=422 if form.is_bound else 200)


def _after_edit(request: StaffRequest, saved: CaseNote, typed: str) -> HttpResponse:
    if saved.has_both:
        messages.warning(request, _("A colleague wrote in the same lines. Both texts are saved: settle what stays."))
        return redirect("note_edit", saved.pk)
    joined = saved.words.split() != typed.split()
    messages.success(request, _("Saved, with what a colleague wrote meanwhile.") if joined else _("The note is saved."))
    return redirect("note_detail", saved.pk)


@only_posts
@require_POST
@asks_for_closed_file
def note_show(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Say for whose eyes a note is."""
    note, sees = get_note(request.user, pk)
    form = ShowForm(request.POST)
    if form.is_valid() and done(form, notes.show_note_to, by=request.user, note=note, **form.cleaned_data):
        messages.success(request, _("Noted who reads it."))
        return redirect("note_detail", pk)
    return _detail(request, note, sees, form, TakeBackForm(), status=422)


@only_posts
@require_POST
@asks_for_closed_file
def note_take_back(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a note back, with a reason."""
    note, sees = get_note(request.user, pk)
    form = TakeBackForm(request.POST)
    if form.is_valid() and done(form, notes.take_note_back, by=request.user, note=note, **form.cleaned_data):
        messages.success(request, _("Taken back. Only you still read it."))
        return redirect("note_detail", pk)
    return _detail(request, note, sees, ShowForm(initial=_shown(note)), form, status=422)


def _detail(
    request: StaffRequest, note: CaseNote, sees: Sees, show: ShowForm, back: TakeBackForm, status: int = 200
) -> HttpResponse:
    is_author = note.author_id == request.user.pk and note.withdrawn_at is None
    context = {
        "note": note, "case": note.case, "person": note.case.person, "kept": versions_of(note, sees),
        "may_edit": notes.may_edit(request.user, note), "show": show if is_author else None,
        "back": back if is_author else None,
    }  # fmt: skip
    return render(request, "cases/note_detail.html", context, status=status)


def _shown(note: CaseNote) -> dict[str, Any]:
    return {"visibility": note.visibility, "for_bodies": note.for_bodies}


def _typed(note: CaseNote) -> dict[str, Any]:
    values = {name: getattr(note, name) for name in ("words", "occurred_on", "way")}
    return values | {"base": note.number, "record_id": uuid7()}
