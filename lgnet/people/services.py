"""Writes about persons: every one with its actor, its audit row and, where something happened, its journey event."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Team
from lgnet.core.errors import DomainError
from lgnet.core.ids import unused, uuid7
from lgnet.network.access import can
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission
from lgnet.people import journey, names
from lgnet.people.models import (
    FileMember,
    FileOpening,
    JourneyEvent,
    JourneyKind,
    NameKey,
    Person,
    PersonLanguage,
    new_pseudonym,
)  # fmt: skip
from lgnet.people.policies import is_in_team_of_file

OPENING_LASTS = timedelta(hours=8)  # one working day
STAYS_OPEN = timedelta(days=90)  # without a contact for 90 days somebody counts as gone (DOMAIN 3, Outreach; ADR 7)
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
    check_birth(details, first_event=occurred_at)
    known = {name: getattr(details, name) for name in _FIELDS}
    pseudonym = unused(Person, "pseudonym", new_pseudonym)
    person = Person(
        pk=record_id or uuid7(), partner=team.partner, registered_by=by, pseudonym=pseudonym, **known
    )  # fmt: skip
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
    check_birth(details, first_event=first_event_of(person))
    before = known_of(person)
    for name in _FIELDS:
        setattr(person, name, getattr(details, name))
    person.save()
    _set_languages(person, details.languages)
    rebuild_name_keys(person)
    changed = audit.changes(before, known_of(person))
    if "note" in changed:
        changed["note"] = []  # that it changed is kept for ever, not what was written of the person
    log_write(AuditEntry.Action.UPDATE, by, person, person, detail={"changes": changed})
    return person


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
    if person.restricted == restricted:
        return person
    if not is_in_team_of_file(by, person):
        raise DomainError(
            _("Only somebody in the team of the file can restrict it. Refer the person to the team that follows it.")
        )
    if not reason.strip():
        raise DomainError(_("Say why."), field="reason")
    person.restricted, person.restricted_reason = restricted, reason.strip() if restricted else ""
    person.save(update_fields=["restricted", "restricted_reason", "updated_at"])
    if restricted:  # its team must not lose it with time: nobody else could find it again
        _keep_members(person)
    log_write(AuditEntry.Action.UPDATE, by, person, person, reason=reason, detail={"restricted": restricted})
    return person


@transaction.atomic
def identify_trace(*, by: User, trace: uuid.UUID, person: Person, field: str | None = None) -> None:
    """Give everything recorded of an anonymous trace to `person`, each record with its audit row.

    Raises DomainError (at `field`) when the trace was met before the person was born.
    """
    lock(person)
    first = JourneyEvent.objects.filter(trace=trace, voided_at__isnull=True).order_by("occurred_at").first()
    if first and person.birth_date and timezone.localdate(first.occurred_at) < person.birth_date:
        raise DomainError(_("Who got this card was met before this person's date of birth."), field=field)
    for record in journey.identify(by=by, trace=trace, person=person):
        log_write(AuditEntry.Action.UPDATE, by, record, person, detail={"identified": True})


def open_file_for(
    person: Person, *, basis: FileMember.Basis | str, team: Team | None = None, user: User | None = None,
    for_part: bool = False,
) -> None:  # fmt: skip
    """Let a team or a user into the file: for 90 days from now, in a case until it is closed (ADR 7).

    Who is in on the same basis already stays in for longer. The team of a restricted file has no end. `for_part`: a
    user who works on a part of the case reads no more of the file than belongs to it.
    """
    lock(person)
    lasts = basis == FileMember.Basis.CASE or person.restricted
    ends_at = None if lasts else timezone.now() + STAYS_OPEN
    there = members_now(person).filter(team=team, user=user, basis=basis).first()
    if there is None:
        FileMember.objects.create(person=person, team=team, user=user, basis=basis, ends_at=ends_at, for_part=for_part)
    elif there.ends_at is not None or there.for_part != for_part:
        there.ends_at, there.for_part = (ends_at if there.ends_at else None), for_part
        there.save(update_fields=["ends_at", "for_part"])


def members_now(person: Person) -> QuerySet[FileMember]:
    """Teams and users the file is open for now."""
    return FileMember.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=timezone.now()), person=person)


def lock(person: Person) -> None:
    """Let whoever else writes about this person wait until the transaction ends.

    Raises DomainError when the file was joined with another one meanwhile (people.merging): what is written now would
    be seen by nobody.
    """
    rows = Person.objects.select_for_update(of=("self",)).filter(pk=person.pk)
    if rows.values_list("merged_into_id", flat=True).first():
        raise DomainError(_("This file was joined with another one of the same person. Open it again and write there."))


def close_file_for(
    person: Person, *, basis: FileMember.Basis | str, users: Iterable[User] = (), team: Team | None = None,
    after: timedelta = timedelta(),
) -> None:  # fmt: skip
    """End access on that basis of these users, or of the team: now, or `after` some time."""
    members = members_now(person).filter(basis=basis)
    members = members.filter(team=team) if team else members.filter(user__in=list(users))
    members.update(ends_at=timezone.now() + after)


def _keep_members(person: Person) -> None:
    """Let whoever has the file now keep it without end, each once on each basis."""
    lock(person)
    kept: set[tuple[Any, ...]] = set()
    for member in members_now(person).order_by("starts_at"):
        who = (member.team_id, member.user_id, member.basis)
        if who in kept:
            member.ends_at = timezone.now()
        else:
            kept.add(who)
            member.ends_at = None
        member.save(update_fields=["ends_at"])


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
    action: AuditEntry.Action | str, by: User | None, record: Any, person: Person, *, reason: str = "",
    detail: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write the audit row of a change to `record`, which belongs to the file of `person`."""
    audit.record(
        action, by=by, object_type=record._meta.label_lower, object_id=record.pk, partner_id=person.partner_id,
        person_id=person.pk, reason=reason, detail=detail,
    )  # fmt: skip


def known_of(person: Person) -> dict[str, Any]:
    """What is known of a person, field by field, as the log compares it."""
    return {name: getattr(person, name) for name in _FIELDS} | {"languages": _spoken(person)}


def _spoken(person: Person) -> str:
    return ", ".join(f"{one.language} {one.literacy}".strip() for one in person.languages.all())


def _set_languages(person: Person, languages: tuple[tuple[str, str], ...]) -> None:
    person.languages.all().delete()
    PersonLanguage.objects.bulk_create(
        PersonLanguage(person=person, language=code, literacy=literacy, is_preferred=index == 0)
        for index, (code, literacy) in enumerate(dict(languages).items())
    )


def first_event_of(person: Person) -> datetime | None:
    """When something first happened to the person."""
    events = JourneyEvent.objects.filter(person=person, voided_at__isnull=True).order_by("occurred_at")
    return events.values_list("occurred_at", flat=True).first()


def check_birth(details: PersonDetails, *, first_event: datetime | None) -> None:
    """Raise DomainError for a date of birth in the future, too long ago, or after the first event."""
    if details.birth_date is None:
        return
    today = timezone.localdate()
    if details.birth_date > today:
        raise DomainError(_("The date of birth is in the future."), field="birth_date")
    if details.birth_date.year < today.year - OLDEST:
        raise DomainError(_("The date of birth is more than 120 years ago."), field="birth_date")
    if first_event and details.birth_date > timezone.localdate(first_event):
        raise DomainError(_("The person was met before this date of birth."), field="birth_date")
