"""Writes of notes. Nothing typed is lost: versions are kept, texts written at the same time are joined."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.cases.line_merging import Both, lines_of, merge_lines
from lgnet.cases.models import Case
from lgnet.cases.note_models import CaseNote, CaseNoteVersion, NoteWords
from lgnet.cases.policies import require_open, require_works_in
from lgnet.cases.visibility import BOUND, sees_case
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.core.words import one_line
from lgnet.network.models import User
from lgnet.people.services import log_write

MARK = "***"  # begins the lines between which two texts stand for somebody to settle
Visibility = NoteWords.Visibility


@dataclass(frozen=True)
class NoteDraft:
    """A note as typed."""

    words: str
    occurred_on: date
    way: str = NoteWords.Way.TALK


@transaction.atomic
def write_note(
    *, by: User, case: Case, draft: NoteDraft, visibility: str = Visibility.TEAM, for_bodies: bool = False,
    record_id: uuid.UUID | None = None,
) -> CaseNote:  # fmt: skip
    """Write a note on a case; sent twice, it is written once.

    Raises DomainError without words, for a day outside the case, and for a secret that bodies should read.
    """
    require_works_in(by, case)
    require_open(case)
    _check(case, draft)
    _check_visibility(visibility, for_bodies=for_bodies)
    words = {
        "words": _clean(draft.words), "occurred_on": draft.occurred_on, "way": draft.way, "visibility": visibility,
        "for_bodies": for_bodies,
    }  # fmt: skip
    return write_once(
        CaseNote, record_id, is_mine=lambda note: (note.author_id, note.case_id) == (by.pk, case.pk),
        write=lambda: _write(by, case, record_id, **words),
    )  # fmt: skip


@transaction.atomic
def write_first_note(*, by: User, case: Case, words: str, record_id: uuid.UUID) -> CaseNote:
    """The note that a case of an older register begins with, on its first day, for its team.

    Whoever has opened the case writes it, as the reason for opening; she or he may not work on it afterwards.
    """
    if case.opened_by_id != by.pk or CaseNote.objects.filter(case=case).exists():
        raise PermissionDenied(_("Only who has opened the case begins its notes."))
    require_open(case)
    draft = NoteDraft(words, case.opened_on, NoteWords.Way.OTHER)
    _check(case, draft)
    kept = {"words": _clean(words), "occurred_on": draft.occurred_on, "way": draft.way}
    return _write(by, case, record_id, **kept)


@transaction.atomic
def edit_note(
    *, by: User, note: CaseNote, draft: NoteDraft, base: int, version_id: uuid.UUID | None = None
) -> CaseNote:  # fmt: skip
    """Write a note anew that was read as its version `base`; sent twice, it is written once.

    When a colleague has saved meanwhile, what both changed is joined. Where both changed the same lines, both texts
    stand in the note, marked (`has_both`), until somebody settles it. Raises DomainError as `write_note`.
    """
    now = _lock(note)
    if not may_edit(by, now):
        raise PermissionDenied(_("Only the author and the team of the case change this note."))
    require_open(now.case)
    _check(now.case, draft)
    if version_id and now.versions.filter(pk=version_id).exists():
        return now
    seen = now.versions.filter(number=base).first()
    if seen is None:
        raise DomainError(_("This form is too old. Open the note again, and write again what you typed."))
    words, both = _joined(now, seen.words, _clean(draft.words), by)
    day = draft.occurred_on if draft.occurred_on != seen.occurred_on else now.occurred_on
    way = draft.way if draft.way != seen.way else now.way
    if (words, day, way) != (now.words, now.occurred_on, now.way):
        now.words, now.occurred_on, now.way, now.has_both = words, day, way, both
        now.number, now.written_by, now.written_at = now.number + 1, by, timezone.now()
        now.save()
        _keep(now, by, version_id)
        log_write(AuditEntry.Action.UPDATE, by, now, now.case.person, detail={"version": now.number})
    return now


@transaction.atomic
def show_note_to(
    *, by: User, note: CaseNote, visibility: str, for_bodies: bool = False, confirmed: bool = False
) -> CaseNote:  # fmt: skip
    """Change for whose eyes a note is: its author does it, and confirms it.

    What was written under the old visibility stays so: earlier versions are read by whom they were for. Raises
    DomainError when it is not confirmed, and for a secret that bodies should read; PermissionDenied for others.
    """
    now = _lock(note)
    if by.pk != now.author_id:
        raise PermissionDenied(_("Only who wrote the note says who reads it."))
    _check_visibility(visibility, for_bodies=for_bodies)
    before = {"visibility": now.visibility, "for_bodies": now.for_bodies}
    changed = audit.changes(before, {"visibility": visibility, "for_bodies": for_bodies})
    if not changed:
        return now
    if not confirmed:
        raise DomainError(_("Say that you want it: other people will read this note."), field="confirmed")
    now.visibility, now.for_bodies = visibility, for_bodies
    now.number, now.written_by, now.written_at = now.number + 1, by, timezone.now()
    now.save()
    _keep(now, by)
    log_write(AuditEntry.Action.UPDATE, by, now, now.case.person, detail={"changes": changed})
    return now


@transaction.atomic
def take_note_back(*, by: User, note: CaseNote, reason: str) -> CaseNote:
    """Take a note back: only its author still reads it. Taken back already, it stays so. Raises DomainError."""
    now = _lock(note)
    if by.pk != now.author_id:
        raise PermissionDenied(_("Only who wrote the note takes it back."))
    if not (why := one_line(reason)[:300]):
        raise DomainError(_("Say why you take it back."), field="reason")
    if now.withdrawn_at is None:
        now.withdrawn_at, now.withdrawn_reason = timezone.now(), why
        now.save(update_fields=["withdrawn_at", "withdrawn_reason"])
        log_write(AuditEntry.Action.UPDATE, by, now, now.case.person, detail={"withdrawn": True})
    return now


def may_edit(user: User, note: CaseNote) -> bool:
    """Whether the user, who works on the case, may write the note anew: the author, and the team that reads it."""
    sees = sees_case(user, note.case)
    if note.withdrawn_at or not note.case.is_open or not (sees.in_team or sees.in_part):
        return False
    return note.author_id == user.pk or (sees.in_team and CaseNote.objects.filter(sees.notes(), pk=note.pk).exists())


def _write(by: User, case: Case, record_id: uuid.UUID | None, **kept: Any) -> CaseNote:
    note = CaseNote.objects.create(
        pk=record_id or uuid7(), partner=case.partner, case=case, author=by, written_by=by, **kept
    )  # fmt: skip
    _keep(note, by)
    log_write(AuditEntry.Action.CREATE, by, note, case.person)
    return note


def _lock(note: CaseNote) -> CaseNote:
    """The note as it stands now; whoever else writes in it waits."""
    return CaseNote.objects.select_for_update(of=("self",)).select_related("case__person").get(pk=note.pk)


def _keep(note: CaseNote, by: User, version_id: uuid.UUID | None = None) -> None:
    CaseNoteVersion.objects.create(
        pk=version_id or uuid7(), note=note, number=note.number, written_by=by, words=note.words, way=note.way,
        occurred_on=note.occurred_on, visibility=note.visibility, for_bodies=note.for_bodies,
    )  # fmt: skip


def _joined(now: CaseNote, base: str, typed: str, by: User) -> tuple[str, bool]:
    """The words when `typed` was made of `base` and `now` stands, and whether two texts are in them to be settled."""
    lines: list[str] = []
    both = False
    for part in merge_lines(lines_of(base), lines_of(now.words), lines_of(typed)):
        if isinstance(part, Both):
            both = True
            lines += [f"{MARK} {now.written_by.full_name}:", *part.saved]
            lines += [f"{MARK} {by.full_name}:", *part.sent, MARK]
        else:
            lines += part
    unsettled = now.has_both and any(line.startswith(MARK) for line in lines)
    return "\n".join(lines), both or unsettled


def _clean(words: str) -> str:
    return "\n".join(lines_of(words)).strip()


def _check(case: Case, draft: NoteDraft) -> None:
    if not draft.words.strip():
        raise DomainError(_("Write the note."), field="words")
    if draft.occurred_on > timezone.localdate():
        raise DomainError(_("This day is in the future."), field="occurred_on")
    if draft.occurred_on < case.opened_on:
        raise DomainError(_("The case was opened only after this day."), field="occurred_on")


def _check_visibility(visibility: str, *, for_bodies: bool) -> None:
    if for_bodies and visibility in BOUND:
        raise DomainError(_("What is under professional secrecy is not for other bodies."), field="for_bodies")
