"""Writes of what is added to a person's file: ways to be reached, numbers, household, title, notices."""

import uuid
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.periods import moment_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people import journey
from lgnet.people.checks import record_eligibility
from lgnet.people.days import check_day
from lgnet.people.models import (
    ContactPoint,
    Household,
    Identifier,
    JourneyKind,
    NoticeGiven,
    Person,
)
from lgnet.people.numbers import normal_number, normal_phone
from lgnet.people.services import LONGEST_NUMBER, lock, log_write, require

__all__ = [
    "add_contact_point", "add_identifier", "end_contact_point", "leave_household", "put_in_household",
    "record_eligibility", "record_notice",
]  # fmt: skip


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
def record_notice(
    *, by: User, person: Person, kind: str, method: str, language: str, given_on: date,
    record_id: uuid.UUID | None = None,
) -> NoticeGiven:  # fmt: skip
    """Record that a notice was given in a language the person understands; sent twice, it is written once."""
    require(by, Permission.REGISTER_PERSON, person.partner)
    lock(person)
    check_day(given_on, "given_on", person)
    notice, is_new = NoticeGiven.objects.get_or_create(
        person=person, partner=person.partner, kind=kind, method=method, language=language, given_on=given_on,
        given_by=by, defaults={"pk": record_id or uuid7()},
    )  # fmt: skip
    if not is_new:
        return notice
    journey.record(
        JourneyKind.NOTICE_GIVEN, by=by, partner=person.partner, source=notice, person=person,
        occurred_at=moment_of(given_on),
    )  # fmt: skip
    log_write(AuditEntry.Action.CREATE, by, notice, person, detail={"kind": kind})
    return notice


@transaction.atomic
def take_back_notice(*, by: User, notice: NoticeGiven, reason: str) -> None:
    """Take away a notice that was recorded by mistake, with its event; it stays in the log."""
    require(by, Permission.REGISTER_PERSON, notice.partner)
    journey.void_many([notice.pk], by=by, reason=reason)
    log_write(AuditEntry.Action.DELETE, by, notice, notice.person, detail={"kind": notice.kind, "reason": reason})
    notice.delete()
