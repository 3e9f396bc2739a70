"""Reads of notes: those of a case that is open to the user, and of these what `visibility` says."""

import uuid
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404

from lgnet.audit import services as audit
from lgnet.cases.line_merging import differences
from lgnet.cases.models import Case
from lgnet.cases.note_models import CaseNote, CaseNoteVersion
from lgnet.cases.selectors import get_case
from lgnet.cases.visibility import Sees, sees_case
from lgnet.network.models import User

NOTE = "cases.casenote"


def notes_of(case: Case, sees: Sees) -> QuerySet[CaseNote]:
    """The notes of a case that the user has opened, as far as she or he `sees` them, newest first."""
    return CaseNote.objects.filter(sees.notes(), case=case).select_related("author", "written_by", "case__person")


def get_note(user: User, pk: uuid.UUID) -> tuple[CaseNote, Sees]:
    """A note that the user reads, with what else of the case; logged. Raises Http404, FileClosed."""
    found = CaseNote.objects.filter(pk=pk).only("case_id").first()
    if found is None:
        raise Http404
    case = get_case(user, found.case_id, part=True)
    sees = sees_case(user, case)
    note = notes_of(case, sees).filter(pk=pk).first()
    if note is None:
        raise Http404
    note.case = case
    audit.note_read(by=user, object_type=NOTE, object_id=note.pk, partner_id=note.partner_id, person_id=case.person_id)
    return note, sees


@dataclass(frozen=True)
class Kept:
    """A version of a note, with what it changed of the one before that the reader sees."""

    version: CaseNoteVersion
    changed: list[tuple[str, str]]


def versions_of(note: CaseNote, sees: Sees) -> list[Kept]:
    """The versions of a note that the reader sees, latest first."""
    rows = note.versions.select_related("written_by").order_by("number")
    found: list[Kept] = []
    before = ""
    for version in (row for row in rows if sees.version(note, row)):
        found.append(Kept(version, differences(before, version.words) if found else []))
        before = version.words
    return found[::-1]
