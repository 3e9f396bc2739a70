"""A case goes to another city: proposed, agreed, sent, and answered there within a clock.

Each city is the controller of its own data: what goes along is a copy, the file of the sender stays where it is.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Case, Transfer
from lgnet.cases.policies import require_open, require_works_on
from lgnet.cases.transfer_content import fingerprint, gather, initials_of, needs_of
from lgnet.cases.transfer_models import ANSWER_DAYS, Part
from lgnet.cases.transfer_selectors import receiving_partners, teams_that_take_in_charge
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission
from lgnet.people.models import Document
from lgnet.people.services import log_write, require

MOST_DAYS = 60


@dataclass(frozen=True)
class Proposal:
    """To which city, why, what goes along, and until when the other city answers."""

    to_partner: Partner
    why: str
    parts: Sequence[str] = ()
    document_classes: Sequence[str] = ()
    answer_days: int = ANSWER_DAYS


@dataclass(frozen=True)
class Agreement:
    """The person was asked and agrees: on which day, in which language, with an interpreter, perhaps on paper."""

    agreed_on: date
    language: str
    with_interpreter: bool = False
    paper: Document | None = None


@transaction.atomic
def propose_transfer(*, by: User, case: Case, proposal: Proposal, record_id: uuid.UUID | None = None) -> Transfer:
    """Begin a transfer; nothing leaves yet. Sent twice (`record_id`), one begins.

    Raises DomainError for the same city, one where nobody takes in charge, a closed case, or when one is under way.
    """
    require(by, Permission.CLOSE_CASE, case.partner)
    require_works_on(by, case)

    def write() -> Transfer:
        require_open(case)
        if Transfer.objects.filter(case=case, status__in=Transfer.OPEN).exists():
            raise DomainError(_("A transfer of this case is under way already."))
        transfer = Transfer.objects.create(
            pk=record_id or uuid7(), partner=case.partner, person=case.person, case=case, proposed_by=by,
            **_checked(case, proposal),
        )  # fmt: skip
        log_write(AuditEntry.Action.CREATE, by, transfer, case.person, detail={"to": proposal.to_partner.slug})
        return transfer

    return write_once(
        Transfer, record_id, is_mine=lambda one: (one.proposed_by_id, one.case_id) == (by.pk, case.pk), write=write
    )


@transaction.atomic
def change_transfer(*, by: User, transfer: Transfer, proposal: Proposal) -> Transfer:
    """Change what was proposed, before it is sent. For another city, or for more, the person is asked anew."""
    locked = _lock_draft(by, transfer)
    agreed = {*locked.parts, *locked.document_classes}
    values = _checked(locked.case, proposal)
    if proposal.to_partner.pk != locked.to_partner_id or {*proposal.parts, *proposal.document_classes} - agreed:
        locked.asked_by = locked.agreed_on = locked.agreed_paper = None
        locked.agreed_language, locked.agreed_with_interpreter = "", False
    for name, value in values.items():
        setattr(locked, name, value)
    locked.save()
    log_write(AuditEntry.Action.UPDATE, by, locked, locked.person, detail={"to": proposal.to_partner.slug})
    return locked


@transaction.atomic
def record_agreement(*, by: User, transfer: Transfer, agreement: Agreement) -> Transfer:
    """Write down that the person agrees. Raises DomainError for a day in the future or before the case, or no language.

    A paper has to be one of the person's documents.
    """
    locked, today = _lock_draft(by, transfer), timezone.localdate()
    if agreement.agreed_on > today:
        raise DomainError(_("This day is in the future."), field="agreed_on")
    if agreement.agreed_on < locked.case.opened_on:
        raise DomainError(_("The case was opened only after this day."), field="agreed_on")
    if not agreement.language:
        raise DomainError(_("Say in which language the person was asked."), field="language")
    if agreement.paper and agreement.paper.person_id != locked.person_id:
        raise DomainError(_("This paper is not of this person."), field="paper")
    locked.asked_by, locked.agreed_on, locked.agreed_language = by, agreement.agreed_on, agreement.language
    locked.agreed_with_interpreter, locked.agreed_paper = agreement.with_interpreter, agreement.paper
    locked.save()
    log_write(AuditEntry.Action.UPDATE, by, locked, locked.person, detail={"agreed_on": str(agreement.agreed_on)})
    return locked


@transaction.atomic
def send_transfer(*, by: User, transfer: Transfer, seen: str | None = None) -> Transfer:
    """Send what is ticked; sent twice, it leaves once. `seen` is the fingerprint of the preview.

    Raises DomainError without the person's agreement, or when the file has changed since the preview.
    """
    if Transfer.objects.filter(pk=transfer.pk, status=Transfer.Status.SENT, sent_by=by).exists():
        return transfer
    locked = _lock_draft(by, transfer)
    if locked.agreed_on is None:
        raise DomainError(_("First write down that the person agrees: without it nothing is sent."))
    _check_city(locked.case, locked.to_partner)
    content = gather(by, locked)
    locked.content_sha256 = fingerprint(content)
    if seen is not None and seen != locked.content_sha256:
        raise DomainError(_("The file has changed since you looked. Read once more what is sent, then send it."))
    case, today = locked.case, timezone.localdate()
    locked.content, locked.restricted = content, case.person.restricted
    locked.initials = "" if locked.restricted else initials_of(case.person)
    locked.languages = [one.language for one in case.person.languages.all()]
    locked.needs = needs_of(case)
    locked.status, locked.sent_by, locked.sent_at = Transfer.Status.SENT, by, timezone.now()
    locked.due_on = today + timedelta(days=locked.answer_days)
    locked.save()
    detail = {"to": locked.to_partner.slug, "parts": [*content], "sha256": locked.content_sha256}
    log_write(AuditEntry.Action.EXPORT, by, locked, case.person, detail=detail)
    return locked


@transaction.atomic
def withdraw_transfer(*, by: User, transfer: Transfer) -> Transfer:
    """Take it back before it is answered; what was sent is deleted. Taken back already, it stays so."""
    locked = lock_transfer(transfer)
    require_works_on(by, locked.case)
    if locked.status == Transfer.Status.WITHDRAWN:
        return locked
    if locked.status not in Transfer.OPEN:
        raise DomainError(_("The other city has answered already."))
    end_transfer(locked, by, Transfer.Status.WITHDRAWN)
    log_write(AuditEntry.Action.UPDATE, by, locked, locked.person, detail={"status": locked.status})
    return locked


@transaction.atomic
def refuse_transfer(*, by: User, transfer: Transfer, reason: str) -> Transfer:
    """The other city cannot take it, and says why; what was sent is deleted. The case goes on where it is."""
    locked = lock_transfer(transfer)
    if locked.to_partner_id not in receiving_partners(by):
        raise PermissionDenied(str(Permission.OPEN_CASE))
    require_waiting(locked)
    if not reason.strip():
        raise DomainError(_("Say why, so that the other city can look for another way."), field="reason")
    locked.refusal = reason.strip()[:500]
    end_transfer(locked, by, Transfer.Status.REFUSED)
    log_write(AuditEntry.Action.UPDATE, by, locked, locked.person, detail={"status": locked.status})
    log_answer(by, locked)
    return locked


def log_answer(by: User, transfer: Transfer) -> None:
    """What was answered, in the log of the receiving city too."""
    audit.record(
        AuditEntry.Action.UPDATE, by=by, object_type="cases.transfer", object_id=transfer.pk,
        partner_id=transfer.to_partner_id, person_id=None, detail={"status": transfer.status},
    )  # fmt: skip


def end_transfer(transfer: Transfer, by: User, status: str) -> None:
    """Answered or taken back: nothing of the person stays in it but that it was, and the hash of what was sent."""
    transfer.status, transfer.ended_at, transfer.ended_by = status, timezone.now(), by
    transfer.content, transfer.initials, transfer.languages, transfer.needs = {}, "", [], []
    transfer.save()


def require_waiting(transfer: Transfer) -> None:
    """Raise DomainError when it was answered or taken back meanwhile."""
    if transfer.status == Transfer.Status.WITHDRAWN:
        raise DomainError(_("The other city has taken this back."))
    if transfer.status != Transfer.Status.SENT:
        raise DomainError(_("A colleague has answered this already."))


def lock_transfer(transfer: Transfer) -> Transfer:
    """The transfer and its case as they are now; who answers it, or closes the case, at the same moment waits.

    The case comes first, as where a case is closed and its transfer withdrawn with it.
    """
    Case.objects.select_for_update(of=("self",)).get(pk=transfer.case_id)
    rows = Transfer.objects.select_for_update(of=("self",))
    return rows.select_related("case__person__partner", "person", "partner", "to_partner", "sent_by").get(
        pk=transfer.pk
    )


def _lock_draft(by: User, transfer: Transfer) -> Transfer:
    locked = lock_transfer(transfer)
    require(by, Permission.CLOSE_CASE, locked.partner)
    require_works_on(by, locked.case)
    if not locked.is_draft:
        raise DomainError(_("This was sent already: it is not changed any more."))
    require_open(locked.case)
    return locked


def _check_city(case: Case, city: Partner) -> None:
    if city.pk == case.partner_id:
        raise DomainError(_("This is your own city. For a colleague, hand the case over."), field="to_partner")
    if not teams_that_take_in_charge(city.pk):
        raise DomainError(_("Nobody takes in charge in this city yet. Ask its coordinator."), field="to_partner")


def _checked(case: Case, proposal: Proposal) -> dict[str, object]:
    _check_city(case, proposal.to_partner)
    if not proposal.why.strip():
        raise DomainError(_("Say why the person moves."), field="why")
    if not 1 <= proposal.answer_days <= MOST_DAYS:
        raise DomainError(_("Between 1 and %(most)s days.") % {"most": MOST_DAYS}, field="answer_days")
    if set(proposal.parts) - set(Part.values):
        raise DomainError(_("Choose from the list."), field="parts")
    if set(proposal.document_classes) - set(Document.Access.values):
        raise DomainError(_("Choose from the list."), field="document_classes")
    parts = [part for part in Part.values if part in {*proposal.parts, Part.IDENTITY}]
    classes = [one for one in Document.Access.values if one in proposal.document_classes]
    return {
        "to_partner": proposal.to_partner, "why": proposal.why.strip(), "answer_days": proposal.answer_days,
        "parts": parts, "document_classes": classes,
    }  # fmt: skip
