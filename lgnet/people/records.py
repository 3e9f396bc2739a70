"""Writes of what is added to a person's file: ways to be reached, documents, household, title to stay, notices."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.core.periods import moment_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people import journey
from lgnet.people.models import (
    ContactPoint,
    EligibilityCheck,
    Household,
    Identifier,
    JourneyKind,
    NoticeGiven,
    Person,
)
from lgnet.people.numbers import normal_number, normal_phone
from lgnet.people.services import LONGEST_NUMBER, OLDEST, lock, log_write, require


@transaction.atomic
def add_contact_point(*, by: User, person: Person, kind: str, value: str, safe: str, note: str = "") -> ContactPoint:
    """Add a way to reach the person; the same one is not added twice. A phone is kept without spaces, with prefix."""
    require(by, Permission.REGISTER_PERSON, person.partner)
    lock(person)
    value = normal_phone(value) if kind == ContactPoint.Kind.PHONE else value.strip()
    if person.contact_points.filter(kind=kind, value=value, ended_on__isnull=True).exists():
        raise DomainError(_("This contact is already there."), field="value")
    point = ContactPoint.objects.create(person=person, kind=kind, value=value, safe=safe, note=note)
    log_write(AuditEntry.Action.CREATE, by, point, person)
    return point


@transaction.atomic
def end_contact_point(*, by: User, point: ContactPoint) -> ContactPoint:
    """Stop using a way to reach the person; it stays in the history. Ended already, nothing changes."""
    require(by, Permission.REGISTER_PERSON, point.person.partner)
    if point.ended_on is not None:
        return point
    point.ended_on = timezone.localdate()
    point.save(update_fields=["ended_on"])
    log_write(AuditEntry.Action.UPDATE, by, point, point.person, detail={"ended_on": str(point.ended_on)})
    return point


@transaction.atomic
def add_identifier(*, by: User, person: Person, kind: str, value: str) -> Identifier:
    """Add a number given by an authority; stored without spaces, in capitals."""
    require(by, Permission.REGISTER_PERSON, person.partner)
    lock(person)
    value = normal_number(value)
    if not 0 < len(value) <= LONGEST_NUMBER:
        raise DomainError(_("This number is too long."), field="value")
    if person.identifiers.filter(kind=kind, value=value).exists():
        raise DomainError(_("This number is already there."), field="value")
    number = Identifier.objects.create(person=person, kind=kind, value=value)
    log_write(AuditEntry.Action.CREATE, by, number, person, detail={"kind": kind})
    return number


@transaction.atomic
def put_in_household(
    *, by: User, person: Person, role: str = "", household: Household | None = None, new_name: str = ""
) -> Household:
    """Put the person in a household of the same partner, or in a new one called `new_name`."""
    require(by, Permission.REGISTER_PERSON, person.partner)
    if household is None:
        if not new_name:
            raise DomainError(_("Choose a household or name a new one."), field="household")
        household = Household.objects.create(partner=person.partner, name=new_name)
    elif household.partner_id != person.partner_id:
        raise DomainError(_("The household belongs to another city."), field="household")
    person.household, person.household_role = household, role
    person.save(update_fields=["household", "household_role", "updated_at"])
    log_write(AuditEntry.Action.UPDATE, by, household, person, detail={"role": role})
    return household


@transaction.atomic
def leave_household(*, by: User, person: Person) -> Person:
    """Take the person out of the household; the others stay in it."""
    require(by, Permission.REGISTER_PERSON, person.partner)
    left = person.household
    if left is not None:
        person.household, person.household_role = None, ""
        person.save(update_fields=["household", "household_role", "updated_at"])
        log_write(AuditEntry.Action.UPDATE, by, left, person, detail={"left": True})
    return person


@transaction.atomic
def record_eligibility(
    *, by: User, person: Person, checked_on: date, title_type: str, verdict: str, issued_on: date | None = None,
    expires_on: date | None = None, is_renewal_receipt: bool = False, number_masked: str = "", evidence: str = "",
    note: str = "",
) -> EligibilityCheck:  # fmt: skip
    """Record a dated look at the title to stay (DESIGN 4.2); sent twice, it is written once.

    Raises DomainError for impossible dates, and for "eligible" without a title or with an expired one that is not
    being renewed.
    """
    require(by, Permission.CHECK_ELIGIBILITY, person.partner)
    lock(person)
    _check_day(checked_on, "checked_on", person)
    if issued_on:
        if issued_on > checked_on:
            raise DomainError(_("The title cannot be issued after the day it was seen."), field="issued_on")
        _check_day(issued_on, "issued_on", person)
    if issued_on and expires_on and expires_on < issued_on:
        raise DomainError(_("The title cannot expire before it was issued."), field="expires_on")
    if verdict == EligibilityCheck.Verdict.ELIGIBLE and title_type == "none":
        raise DomainError(_("Without a title to stay the verdict cannot be eligible."), field="verdict")
    is_over = expires_on is not None and expires_on < checked_on and not is_renewal_receipt
    if verdict == EligibilityCheck.Verdict.ELIGIBLE and is_over:
        raise DomainError(
            _("On that day the title had expired: the person is eligible only with the receipt of a renewal."),
            field="expires_on",
        )
    check, is_new = EligibilityCheck.objects.get_or_create(
        person=person, partner=person.partner, checked_by=by, checked_on=checked_on, title_type=title_type,
        verdict=verdict, issued_on=issued_on, expires_on=expires_on, is_renewal_receipt=is_renewal_receipt,
        number_masked=number_masked, evidence=evidence, note=note,
    )  # fmt: skip
    if not is_new:
        return check
    journey.record(
        JourneyKind.ELIGIBILITY_CHECKED, by=by, partner=person.partner, source=check, person=person,
        occurred_at=moment_of(checked_on),
    )  # fmt: skip
    log_write(AuditEntry.Action.CREATE, by, check, person, detail={"verdict": verdict})
    return check


@transaction.atomic
def record_notice(*, by: User, person: Person, kind: str, method: str, language: str, given_on: date) -> NoticeGiven:
    """Record that a notice was given in a language the person understands; sent twice, it is written once."""
    require(by, Permission.REGISTER_PERSON, person.partner)
    lock(person)
    _check_day(given_on, "given_on", person)
    notice, is_new = NoticeGiven.objects.get_or_create(
        person=person, partner=person.partner, kind=kind, method=method, language=language, given_on=given_on,
        given_by=by,
    )  # fmt: skip
    if not is_new:
        return notice
    journey.record(
        JourneyKind.NOTICE_GIVEN, by=by, partner=person.partner, source=notice, person=person,
        occurred_at=moment_of(given_on),
    )  # fmt: skip
    log_write(AuditEntry.Action.CREATE, by, notice, person, detail={"kind": kind})
    return notice


def _check_day(day: date, field: str, person: Person) -> None:
    """Raise DomainError for a day in the future, before the person's birth, or beyond all memory."""
    today = timezone.localdate()
    if day > today:
        raise DomainError(_("This day is in the future."), field=field)
    if person.birth_date and day < person.birth_date:
        raise DomainError(_("This day is before the person's birth."), field=field)
    if day.year < today.year - OLDEST:
        raise DomainError(_("This day is more than 120 years ago."), field=field)
