"""Writes about persons: every one with its actor, its audit row and, where something happened, its journey event."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Team
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.periods import moment_of
from lgnet.network.access import can
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission
from lgnet.people import journey, names
from lgnet.people.models import (
    ContactPoint,
    EligibilityCheck,
    FileMember,
    FileOpening,
    Household,
    Identifier,
    JourneyEvent,
    JourneyKind,
    NameKey,
    NoticeGiven,
    Person,
    PersonLanguage,
)  # fmt: skip
from lgnet.people.numbers import normal_number, normal_phone
from lgnet.people.policies import is_in_team_of_file

OPENING_LASTS = timedelta(hours=8)  # one working day
LONGEST_NUMBER = 60  # characters of Identifier.value
OLDEST = 120  # years: nobody is older, no paper of anybody is


@dataclass(frozen=True)
class PersonDetails:
    """What is known of a person; everything may be empty. `languages` are (code, literacy), the preferred one first."""

    nickname: str = ""
    given_names: str = ""
    family_names: str = ""
    birth_date: date | None = None
    birth_precision: str = ""
    age_band: str = ""
    gender: str = ""
    citizenship: str = ""
    interpreter_needed: bool = False
    note: str = ""
    languages: tuple[tuple[str, str], ...] = ()


_FIELDS = (
    "nickname", "given_names", "family_names", "birth_date", "birth_precision", "age_band", "gender", "citizenship",
    "interpreter_needed", "note",
)  # fmt: skip


@transaction.atomic
def register_person(
    *, by: User, team: Team, details: PersonDetails, basis: FileMember.Basis | str = FileMember.Basis.DESK,
    occurred_at: datetime | None = None, record_id: uuid.UUID | None = None,
) -> Person:  # fmt: skip
    """Register a person, perhaps with the id `record_id`, for the partner of `team`; the file is open for that team.

    Raises DomainError when nothing at all is known of the person, or a date is impossible.
    """
    require(by, Permission.REGISTER_PERSON, team.partner)
    if not (details.nickname or details.given_names or details.family_names):
        raise DomainError(_("Write at least a name or what the person is called."), field="nickname")
    _check_birth(details, first_event=occurred_at)
    known = {name: getattr(details, name) for name in _FIELDS}
    person = Person(pk=record_id or uuid7(), partner=team.partner, registered_by=by, **known)
    person.save(force_insert=True)
    _set_languages(person, details.languages)
    rebuild_name_keys(person)
    open_file_for(person, team=team, basis=basis)
    journey.record(
        JourneyKind.REGISTERED, by=by, partner=team.partner, team=team, site=team.site, source=person, person=person,
        occurred_at=occurred_at or timezone.now(),
    )  # fmt: skip
    log_write(AuditEntry.Action.CREATE, by, person, person, detail={"team": str(team)})
    return person


@transaction.atomic
def update_person(
    *, by: User, person: Person, details: PersonDetails, seen_version: datetime | None = None
) -> Person:  # fmt: skip
    """Add to or correct what is known.

    `seen_version` is `person.updated_at` as the writer saw it. Raises DomainError for an impossible date, when nothing
    would be left, or when a colleague has changed the person since.
    """
    require(by, Permission.REGISTER_PERSON, person.partner)
    Person.objects.select_for_update().get(pk=person.pk)  # a colleague who saves at this moment waits here
    person.refresh_from_db()
    if seen_version is not None and person.updated_at != seen_version:
        raise DomainError(
            _("A colleague changed this person while you were writing. Compare, then save again to keep your version.")
        )
    if not (details.nickname or details.given_names or details.family_names):
        raise DomainError(_("Write at least a name or what the person is called."), field="nickname")
    first = JourneyEvent.objects.filter(person=person, voided_at__isnull=True).order_by("occurred_at").first()
    _check_birth(details, first_event=first.occurred_at if first else None)
    before = {name: getattr(person, name) for name in _FIELDS} | {"languages": _spoken(person)}
    for name in _FIELDS:
        setattr(person, name, getattr(details, name))
    person.save()
    _set_languages(person, details.languages)
    rebuild_name_keys(person)
    after = {name: getattr(person, name) for name in _FIELDS} | {"languages": _spoken(person)}
    changed = audit.changes(before, after)
    log_write(AuditEntry.Action.UPDATE, by, person, person, detail={"changes": changed})
    return person


@transaction.atomic
def add_contact_point(*, by: User, person: Person, kind: str, value: str, safe: str, note: str = "") -> ContactPoint:
    """Add a way to reach the person; the same one is not added twice. A phone is kept without spaces, with prefix."""
    require(by, Permission.REGISTER_PERSON, person.partner)
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

    Raises DomainError for impossible dates and a verdict that contradicts the title.
    """
    require(by, Permission.CHECK_ELIGIBILITY, person.partner)
    _check_day(checked_on, "checked_on", person)
    if issued_on:
        if issued_on > checked_on:
            raise DomainError(_("The title cannot be issued after the day it was seen."), field="issued_on")
        _check_day(issued_on, "issued_on", person)
    if issued_on and expires_on and expires_on < issued_on:
        raise DomainError(_("The title cannot expire before it was issued."), field="expires_on")
    if verdict == EligibilityCheck.Verdict.ELIGIBLE and title_type == "none":
        raise DomainError(_("Without a title to stay the verdict cannot be eligible."), field="verdict")
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


@transaction.atomic
def open_file_with_reason(*, by: User, person: Person, reason: str) -> FileOpening:
    """Open a file from outside its team for one working day; the coordinator sees it. A restricted file never opens.

    Raises DomainError without a reason in some words.
    """
    require(by, Permission.OPEN_FILE, person.partner)
    if person.restricted:
        raise PermissionDenied
    if len(reason.strip()) < 10:
        raise DomainError(_("Say in a few words why you need to open this file."), field="reason")
    opening = FileOpening.objects.create(
        person=person, partner=person.partner, user=by, reason=reason.strip(), ends_at=timezone.now() + OPENING_LASTS
    )
    log_write(AuditEntry.Action.OPEN, by, opening, person, reason=reason)
    return opening


@transaction.atomic
def acknowledge_opening(*, by: User, opening: FileOpening) -> FileOpening:
    """The coordinator or data protection officer has seen why the file was opened."""
    require(by, Permission.VIEW_FILE_OPENINGS, opening.partner)
    if opening.user_id == by.pk:
        raise DomainError(_("Somebody else has to look at what you opened."))
    if opening.seen_at is None:
        opening.seen_by, opening.seen_at = by, timezone.now()
        opening.save(update_fields=["seen_by", "seen_at"])
        log_write(AuditEntry.Action.UPDATE, by, opening, opening.person)
    return opening


@transaction.atomic
def restrict_file(*, by: User, person: Person, restricted: bool, reason: str) -> Person:
    """Hide the file from all but its team, or show it again; needs a reason, and somebody of the team.

    Who restricts from outside the team would never see the file again, and perhaps nobody who may lift it.
    """
    require(by, Permission.RESTRICT_FILE, person.partner)
    if not is_in_team_of_file(by, person):
        raise DomainError(
            _("Only somebody in the team of the file can restrict it. Refer the person to the team that follows it.")
        )
    if not reason.strip():
        raise DomainError(_("Say why."), field="reason")
    person.restricted, person.restricted_reason = restricted, reason.strip() if restricted else ""
    person.save(update_fields=["restricted", "restricted_reason", "updated_at"])
    log_write(AuditEntry.Action.UPDATE, by, person, person, reason=reason, detail={"restricted": restricted})
    return person


def open_file_for(
    person: Person, *, basis: FileMember.Basis | str, team: Team | None = None, user: User | None = None
) -> None:
    """Let a team or a user into the file; nothing happens if they are in on the same basis already."""
    FileMember.objects.get_or_create(person=person, team=team, user=user, basis=basis, ends_at=None)


def close_file_for(
    person: Person, *, basis: FileMember.Basis | str, users: Iterable[User] = (), team: Team | None = None
) -> None:
    """End access on that basis of these users, or of the team."""
    members = FileMember.objects.filter(person=person, basis=basis, ends_at__isnull=True)
    members = members.filter(team=team) if team else members.filter(user__in=list(users))
    members.update(ends_at=timezone.now())


def rebuild_name_keys(person: Person) -> None:
    """Write the keys under which the person is found; called whenever a name changes."""
    person.name_keys.all().delete()
    keys = names.search_keys(person.given_names, person.family_names, person.nickname)
    NameKey.objects.bulk_create(NameKey(person=person, partner_id=person.partner_id, key=key) for key in sorted(keys))


def require(user: User, permission: Permission, partner: Partner | uuid.UUID) -> None:
    """Raise PermissionDenied unless `user` holds `permission` at `partner`."""
    if not can(user, permission, partner=partner):
        raise PermissionDenied(str(permission))


def log_write(
    action: AuditEntry.Action | str, by: User, record: Any, person: Person, *, reason: str = "",
    detail: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write the audit row of a change to `record`, which belongs to the file of `person`."""
    audit.record(
        action, by=by, object_type=record._meta.label_lower, object_id=record.pk, partner_id=person.partner_id,
        person_id=person.pk, reason=reason, detail=detail,
    )  # fmt: skip


def _spoken(person: Person) -> str:
    return ", ".join(f"{one.language} {one.literacy}".strip() for one in person.languages.all())


def _set_languages(person: Person, languages: tuple[tuple[str, str], ...]) -> None:
    person.languages.all().delete()
    PersonLanguage.objects.bulk_create(
        PersonLanguage(person=person, language=code, literacy=literacy, is_preferred=index == 0)
        for index, (code, literacy) in enumerate(dict(languages).items())
    )


def _check_birth(details: PersonDetails, *, first_event: datetime | None) -> None:
    if details.birth_date is None:
        return
    today = timezone.localdate()
    if details.birth_date > today:
        raise DomainError(_("The date of birth is in the future."), field="birth_date")
    if details.birth_date.year < today.year - OLDEST:
        raise DomainError(_("The date of birth is more than 120 years ago."), field="birth_date")
    if first_event and details.birth_date > timezone.localdate(first_event):
        raise DomainError(_("The person was met before this date of birth."), field="birth_date")


def _check_day(day: date, field: str, person: Person) -> None:
    """Raise DomainError for a day in the future, before the person's birth, or beyond all memory."""
    today = timezone.localdate()
    if day > today:
        raise DomainError(_("This day is in the future."), field=field)
    if person.birth_date and day < person.birth_date:
        raise DomainError(_("This day is before the person's birth."), field=field)
    if day.year < today.year - OLDEST:
        raise DomainError(_("This day is more than 120 years ago."), field=field)
