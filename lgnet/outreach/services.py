"""Recording street contacts. Nothing but team, zone and time is needed (DESIGN 4.1)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Referral
from lgnet.cases.referrals import send_referral
from lgnet.catalogue.models import Team, Zone
from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.core.periods import is_too_old
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.outreach.models import Contact
from lgnet.outreach.outing_selectors import outing_at
from lgnet.outreach.positions import Position, is_far_from_city
from lgnet.people import journey
from lgnet.people.models import FileMember, JourneyEvent, JourneyKind, Person
from lgnet.people.policies import is_hidden_from
from lgnet.people.services import identify_trace, open_file_for, require


@dataclass(frozen=True)
class Sighting:
    """What the unit saw and did; everything may be empty. `needs` and `given` are areas and codes of the catalogue."""

    nickname: str = ""
    head_count: int = 1
    gender: str = ""
    age_band: str = ""
    language: str = ""
    needs: Sequence[str] = ()
    given: Sequence[str] = ()
    sleeping_rough: bool | None = None
    next_step: str = ""
    note: str = ""


@transaction.atomic
def record_contact(
    *, by: User, team: Team, zone: Zone, occurred_at: datetime, sighting: Sighting, person: Person | None = None,
    earlier: Contact | None = None, record_id: uuid.UUID | None = None, position: Position | None = None,
) -> Contact:  # fmt: skip
    """Record that the unit met somebody: `person` if registered, the one of the `earlier` contact, or anybody.

    A nickname starts a trace, so that later contacts join it. The contact belongs to the outing on which the unit was
    at that moment, if there is one. `record_id` is made with the form, so that a form sent twice gives one contact.
    Raises DomainError for a moment in the future, a zone of another city, or an identity given to a group.
    """
    require_records(by, team)
    check_when_and_where(team, zone, occurred_at)
    return write_once(
        Contact,
        record_id,
        is_mine=lambda contact: contact.recorded_by_id == by.pk,
        write=lambda: _record_contact(by, team, zone, occurred_at, sighting, person, earlier, record_id, position),
    )


def require_records(by: User, team: Team) -> None:
    """Raise PermissionDenied for who does not record contacts of this unit."""
    require(by, Permission.RECORD_CONTACT, team.partner)
    if team.pk not in team_ids_of(by):
        raise PermissionDenied(str(Permission.RECORD_CONTACT))


def check_when_and_where(team: Team, zone: Zone, occurred_at: datetime) -> None:
    """Raise DomainError for a moment in the future or too long ago, and for a zone of another city."""
    if occurred_at > timezone.now():
        raise DomainError(_("This moment is in the future."), field="occurred_at")
    if is_too_old(occurred_at):
        raise DomainError(_("Check the year: this is too long ago."), field="occurred_at")
    if zone.partner_id != team.partner_id:
        raise DomainError(_("The zone belongs to another city."), field="zone")


def check_heads(sighting: Sighting) -> None:
    """Raise DomainError for nobody at all, and for a group with a name."""
    if sighting.head_count < 1:
        raise DomainError(_("At least one person."), field="head_count")
    if sighting.head_count > 1 and sighting.nickname:
        raise DomainError(_("A group has no name: record a contact for each person you know."), field="head_count")


@transaction.atomic
def refer_contact(
    *, by: User, contact: Contact, to_team: Team, need: str = "", reason: str = "", code: str = "",
    given_at: datetime | None = None,
) -> Referral:  # fmt: skip
    """Send the person of a contact to another team. Somebody unknown gets a card and can be told again by it.

    `code` and `given_at` are of a card that a phone has shown already.
    """
    Contact.objects.select_for_update().get(pk=contact.pk)  # a second press of the button waits here
    contact.refresh_from_db(fields=["person", "trace", "referral", "voided_at"])
    _require_standing(contact)
    if contact.head_count > 1:
        raise DomainError(_("A card is for one person: record a contact for each person first."))
    if contact.referral and contact.referral.status in Referral.OPEN:
        raise DomainError(_("This contact has an open card already: %(code)s.") % {"code": contact.referral.code})
    if contact.person_id is None and contact.trace is None:
        contact.trace = uuid7()
        event = JourneyEvent.objects.get(source_id=contact.pk, kind=JourneyKind.CONTACT, voided_at__isnull=True)
        journey.correct(event, by=by, reason="given a card", trace=contact.trace)
    contact.referral = send_referral(
        by=by, from_team=contact.team, to_team=to_team, person=contact.person, trace=contact.trace,
        called=contact.nickname, language=contact.language, need=need, reason=reason, code=code,
        sent_at=max(contact.occurred_at, given_at or timezone.now()), follows=_came_to_nothing(contact),
    )  # fmt: skip
    contact.save(update_fields=["referral", "trace"])
    return contact.referral


def _came_to_nothing(contact: Contact) -> Referral | None:
    """The card before this one, if it was refused or nobody came with it."""
    before = contact.referral
    return before if before and before.status in {Referral.Status.REFUSED, Referral.Status.NOT_ARRIVED} else None


def _record_contact(
    by: User, team: Team, zone: Zone, occurred_at: datetime, sighting: Sighting, person: Person | None,
    earlier: Contact | None, record_id: uuid.UUID | None, position: Position | None,
) -> Contact:  # fmt: skip
    if earlier is not None:
        earlier = Contact.objects.select_for_update().get(pk=earlier.pk)  # a colleague may just have told who it was
    person, trace, nickname = _who(team, sighting, person, earlier)
    if person and is_hidden_from(by, person):
        raise PermissionDenied(str(Permission.RECORD_CONTACT))
    if person and person.birth_date and timezone.localdate(occurred_at) < person.birth_date:
        raise DomainError(_("This day is before the person's birth."), field="occurred_at")
    contact = Contact.objects.create(
        pk=record_id or uuid7(), partner=team.partner, team=team, zone=zone, occurred_at=occurred_at, person=person,
        trace=trace, nickname=nickname, head_count=sighting.head_count, gender=sighting.gender,
        age_band=sighting.age_band, language=sighting.language, needs=list(sighting.needs), given=list(sighting.given),
        sleeping_rough=sighting.sleeping_rough, next_step=sighting.next_step, note=sighting.note, recorded_by=by,
        outing=outing_at(team, occurred_at), is_far=is_far_from_city(position, team.partner_id),
        latitude=position and position.latitude, longitude=position and position.longitude,
    )  # fmt: skip
    journey.record(
        JourneyKind.CONTACT, by=by, partner=team.partner, team=team, source=contact, person=person, trace=trace,
        quantity=sighting.head_count, occurred_at=occurred_at,
    )  # fmt: skip
    if person:
        open_file_for(person, team=team, basis=FileMember.Basis.CONTACT)
    audit.record(
        AuditEntry.Action.CREATE, by=by, object_type="outreach.contact", object_id=contact.pk,
        partner_id=team.partner_id, person_id=person.pk if person else None,
    )  # fmt: skip
    return contact


@transaction.atomic
def identify_contact(*, by: User, contact: Contact, person: Person) -> Contact:
    """Somebody met without a name is `person`: the contact, and all of its trace, become part of the person's history.

    Raises DomainError when it is known who it was, for a group, for somebody of another city, and for a person born
    after the meeting; PermissionDenied for a unit of others and for a restricted file of others.
    """
    require(by, Permission.RECORD_CONTACT, contact.partner)
    if contact.team_id not in team_ids_of(by) or is_hidden_from(by, person):
        raise PermissionDenied(str(Permission.RECORD_CONTACT))
    Contact.objects.select_for_update().get(pk=contact.pk)  # a colleague who does the same waits here
    contact.refresh_from_db(fields=["person", "trace", "voided_at"])
    _require_standing(contact)
    if contact.person_id or contact.head_count > 1:
        raise DomainError(_("It is known already who this was, or it was a group."))
    if person.partner_id != contact.partner_id:
        raise DomainError(_("This person was met in another city."), field="person")
    if contact.trace is None:
        contact.trace = uuid7()
        contact.save(update_fields=["trace"])
        event = JourneyEvent.objects.get(source_id=contact.pk, kind=JourneyKind.CONTACT, voided_at__isnull=True)
        journey.correct(event, by=by, reason="identified", trace=contact.trace)
    identify_trace(by=by, trace=contact.trace, person=person, field="person")
    open_file_for(person, team=contact.team, basis=FileMember.Basis.CONTACT)
    contact.refresh_from_db()
    return contact


def _require_standing(contact: Contact) -> None:
    if contact.voided_at:
        raise DomainError(_("This contact was recorded by mistake: it is no longer changed."))


def _who(
    team: Team, sighting: Sighting, person: Person | None, earlier: Contact | None
) -> tuple[Person | None, uuid.UUID | None, str]:
    check_heads(sighting)
    if (earlier and earlier.partner_id != team.partner_id) or (person and person.partner_id != team.partner_id):
        raise DomainError(_("This person was met in another city."), field="earlier")
    if sighting.head_count > 1:
        if person or earlier:
            raise DomainError(_("A group has no name: record a contact for each person you know."), field="head_count")
        return None, None, ""
    if person is None and earlier is not None:
        person = earlier.person
    trace = earlier.trace if earlier else None
    nickname = sighting.nickname or (earlier.nickname if earlier else "")
    if person is None and trace is None and nickname:
        trace = uuid7()
    return person, trace, nickname
