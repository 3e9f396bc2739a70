"""What the two sides of a referral write to each other. Nothing is deleted: a note is corrected by a new one."""

import uuid
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Referral, ReferralNote, ReferralStep, Side
from lgnet.cases.policies import works_with
from lgnet.cases.referral_moves import Author, Outside, side_of
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.network.models import User
from lgnet.network.roles import Permission

LONGEST_NOTE = 4000
NOTES_AN_HOUR = 20  # of a body outside: nobody writes more, a program does


@transaction.atomic
def write_note(
    *, by: Author, referral: Referral, text: str, corrects: ReferralNote | None = None,
    record_id: uuid.UUID | None = None,
) -> ReferralNote:  # fmt: skip
    """Write to the other side; a form sent twice writes once.

    For a user the right is asked here, for the body outside by `referral_links`. Raises DomainError for an empty text,
    a referral that was taken back, and a note that is the other side's or was corrected already.
    """
    if isinstance(by, User) and not works_with(by, referral):
        raise PermissionDenied(str(Permission.ANSWER_REFERRAL))
    text, side = text.strip()[:LONGEST_NOTE], side_of(by, referral)
    if not text:
        raise DomainError(_("Write something."), field="text")

    def write() -> ReferralNote:
        locked = Referral.objects.select_for_update().get(pk=referral.pk)
        if locked.status == Referral.Status.WITHDRAWN:
            raise DomainError(_("The referral was taken back: nobody reads what is written here."), field="text")
        _check_correction(referral, side, corrects)
        if isinstance(by, Outside):
            _check_pace(referral)
        note = ReferralNote.objects.create(
            pk=record_id or uuid7(), referral=referral, side=side, by=by if isinstance(by, User) else None,
            by_name=by.get_full_name()[:120], text=text, corrects=corrects,
        )  # fmt: skip
        audit.record(
            AuditEntry.Action.CREATE, by=by, object_type="cases.referralnote", object_id=note.pk,
            partner_id=referral.partner_id, person_id=referral.person_id, detail={"referral": str(referral.pk)},
        )  # fmt: skip
        return note

    return write_once(
        ReferralNote, record_id, is_mine=lambda note: (note.referral_id, note.side) == (referral.pk, side), write=write
    )


@transaction.atomic
def mark_notes_read(*, by: Author, referral: Referral) -> int:
    """What the other side wrote is read now; return how many notes were not before. It is no change: nothing is logged.

    Whoever works for neither side, but has the file open, leaves no mark.
    """
    if isinstance(by, User) and not works_with(by, referral):
        return 0
    unread = unread_notes(referral, side_of(by, referral))
    return unread.update(read_at=timezone.now(), read_by=by.get_full_name()[:120])


def unread_notes(referral: Referral, side: Side) -> QuerySet[ReferralNote]:
    """What the other side wrote and nobody of `side` has read."""
    return ReferralNote.objects.filter(referral=referral, read_at__isnull=True).exclude(side=side)


def thread_of(referral: Referral) -> QuerySet[ReferralNote]:
    """What was written, oldest first, each note with the one that corrects it."""
    return referral.notes.select_related("corrected_by").order_by("created_at", "pk")


def steps_of(referral: Referral) -> QuerySet[ReferralStep]:
    """The states the referral went through, first things first."""
    return referral.steps.order_by("created_at", "pk")


def _check_correction(referral: Referral, side: Side, corrects: ReferralNote | None) -> None:
    if corrects is None:
        return
    if corrects.referral_id != referral.pk or corrects.side != side:
        raise DomainError(_("Only what your side wrote can be corrected by you."), field="text")
    if ReferralNote.objects.filter(corrects=corrects).exists():
        raise DomainError(_("This was corrected already: correct the newer one."), field="text")


def _check_pace(referral: Referral) -> None:
    since = timezone.now() - timedelta(hours=1)
    if referral.notes.filter(by__isnull=True, created_at__gte=since).count() >= NOTES_AN_HOUR:
        raise DomainError(_("You wrote a lot in the last hour. Wait a little, or telephone."), field="text")
