"""Writing down a look at the title to stay: the rules propose a verdict, who looks confirms it or says why not."""

import uuid
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.core.periods import moment_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people import journey
from lgnet.people.codes import TitleType
from lgnet.people.days import check_day
from lgnet.people.document_models import Document
from lgnet.people.document_selectors import present_documents
from lgnet.people.eligibility import Proposal, facts_of, is_minor_on, last_day_of_minor_age, propose
from lgnet.people.models import EligibilityCheck, JourneyKind, Person
from lgnet.people.services import lock, log_write, require

Verdict = EligibilityCheck.Verdict
PAST = ("issued_on", "renewal_asked_on", "conversion_asked_on", "converted_on")  # days that have been, on the day of it


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was read on the papers."""

    title_type: str
    issued_on: date | None = None
    expires_on: date | None = None
    is_renewal_receipt: bool = False
    renewal_asked_on: date | None = None
    receipt_ends_on: date | None = None
    converted_from: str = ""
    conversion_asked_on: date | None = None
    converted_on: date | None = None
    number_masked: str = ""


def proposed_for(person: Person, seen: Seen, day: date) -> Proposal:
    """What the rules say of what was seen on a day."""
    return propose(facts_of(_unsaved(person, seen, day)), day, is_minor=is_minor_on(person, day))


@transaction.atomic
def record_eligibility(
    *, by: User, person: Person, checked_on: date, verdict: str, evidence: str = "", note: str = "",
    document: Document | None = None, decided_reason: str = "", record_id: uuid.UUID | None = None, **seen: object,
) -> EligibilityCheck:  # fmt: skip
    """Record a dated look at the title to stay (DESIGN 4.2) with what was `seen`; sent twice, it is written once.

    Raises DomainError for impossible dates, for "eligible" without a title or with one that has ended and is not being
    renewed, and for a verdict other than the one of the rules without a reason; that it is to be completed needs none.
    """
    require(by, Permission.CHECK_ELIGIBILITY, person.partner)
    lock(person)
    check = _unsaved(person, Seen(**seen), checked_on)  # type: ignore[arg-type]
    _check_days(check)
    _check_verdict(check, verdict)
    if document and not present_documents(by).filter(pk=document.pk, person=person).exists():
        raise DomainError(_("This document is not one of the person's that you can read."), field="document")
    _decide(check, verdict, decided_reason.strip())
    check.evidence, check.note, check.document, check.checked_by = evidence, note, document, by
    if same := _same(check):
        return same

    def write() -> EligibilityCheck:
        check.pk = record_id or uuid7()
        check.save(force_insert=True)
        journey.record(
            JourneyKind.ELIGIBILITY_CHECKED, by=by, partner=person.partner, source=check, person=person,
            occurred_at=moment_of(checked_on),
        )  # fmt: skip
        log_write(AuditEntry.Action.CREATE, by, check, person, detail={"verdict": verdict, "proposed": check.proposed})
        return check

    def is_mine(there: EligibilityCheck) -> bool:
        return (there.checked_by_id, there.person_id) == (by.pk, person.pk)

    return write_once(EligibilityCheck, record_id, is_mine=is_mine, write=write)


def _unsaved(person: Person, seen: Seen, day: date) -> EligibilityCheck:
    check = EligibilityCheck(person=person, partner=person.partner, checked_on=day, **asdict(seen))
    if check.title_type == TitleType.MINOR_AGE and check.expires_on is None:
        check.expires_on = last_day_of_minor_age(person)
    return check


def _decide(check: EligibilityCheck, verdict: str, reason: str) -> None:
    """Write the verdict beside what the rules propose."""
    proposal = propose(facts_of(check), check.checked_on, is_minor=is_minor_on(check.person, check.checked_on))
    is_other = verdict not in {proposal.verdict, Verdict.PENDING}
    if is_other and not reason:
        words = {"verdict": Verdict(proposal.verdict).label, "rule": proposal.rule.label}
        raise DomainError(
            _("The rules say “%(verdict)s”: %(rule)s. Say why you decide otherwise.") % words, field="decided_reason"
        )
    check.verdict, check.proposed, check.rule = verdict, proposal.verdict, proposal.rule
    check.decided_reason = reason if is_other else ""


def _same(check: EligibilityCheck) -> EligibilityCheck | None:
    """What was written last of the person, if it is the same look by the same user on the same day."""
    last = EligibilityCheck.objects.filter(person=check.person).order_by("-created_at", "-pk").first()
    names = [field.attname for field in check._meta.concrete_fields if field.name not in {"id", "created_at"}]
    return last if last and all(getattr(last, name) == getattr(check, name) for name in names) else None


def _check_days(check: EligibilityCheck) -> None:
    check_day(check.checked_on, "checked_on", check.person)
    for name in PAST:
        day: date | None = getattr(check, name)
        if day is None:
            continue
        if day > check.checked_on:
            words = _("This day is after the one on which it was seen.")
            if name == "issued_on":
                words = _("The title cannot be issued after the day it was seen.")
            raise DomainError(words, field=name)
        check_day(day, name, check.person)
    if check.issued_on and check.expires_on and check.expires_on < check.issued_on:
        raise DomainError(_("The title cannot expire before it was issued."), field="expires_on")
    asked, ends = check.renewal_asked_on, check.receipt_ends_on
    if asked and ends and ends < asked:
        raise DomainError(_("The receipt cannot end before the renewal was asked for."), field="receipt_ends_on")
    if ends and not (asked or check.conversion_asked_on or check.is_renewal_receipt):
        raise DomainError(_("Only with a receipt there is an end of it."), field="receipt_ends_on")
    if check.converted_on and check.conversion_asked_on and check.converted_on < check.conversion_asked_on:
        raise DomainError(_("It cannot be granted before it was asked for."), field="converted_on")
    if (check.converted_on or check.conversion_asked_on) and not check.converted_from:
        raise DomainError(_("Say from which title it is converted."), field="converted_from")


def _check_verdict(check: EligibilityCheck, verdict: str) -> None:
    if verdict != Verdict.ELIGIBLE:
        return
    if check.title_type == TitleType.NONE:
        raise DomainError(_("Without a title to stay the verdict cannot be eligible."), field="verdict")
    facts = facts_of(check)
    ends = facts.expires_on if check.title_type != TitleType.LONG_TERM else None
    if ends is not None and ends < check.checked_on and not facts.has_receipt:
        raise DomainError(
            _("On that day the title had expired: the person is eligible only with the receipt of a renewal."),
            field="expires_on",
        )
