"""Arrivals at the one-stop shop."""

import uuid
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Referral
from lgnet.cases.referrals import mark_arrived
from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.core.periods import is_too_old
from lgnet.desks.appointment_outcomes import link_visit
from lgnet.desks.models import Visit
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people import journey
from lgnet.people.models import FileMember, JourneyKind, Person
from lgnet.people.registration import Newcomer, add_what_was_told
from lgnet.people.services import PersonDetails, log_write, open_file_for, register_person, require


@transaction.atomic
def record_arrival(
    *, by: User, team: Team, person: Person, arrived_at: datetime | None = None, referral: Referral | None = None,
    topic: str = "", note: str = "", record_id: uuid.UUID | None = None,
) -> Visit:  # fmt: skip
    """A registered person came to the desk; with a card, its history becomes the person's.

    `record_id` is made with the form, so that a form sent twice gives one arrival. Raises DomainError for a moment in
    the future or a card that does not fit.
    """
    _require_at_desk(by, team)
    moment = arrival_moment(arrived_at)
    return write_once(
        Visit, record_id, is_mine=lambda visit: (visit.recorded_by_id, visit.person_id) == (by.pk, person.pk),
        write=lambda: _arrive(by, team, person, moment, referral, topic, note, record_id),
    )  # fmt: skip


@transaction.atomic
def receive_new_person(
    *, by: User, team: Team, details: PersonDetails, arrived_at: datetime | None = None,
    referral: Referral | None = None, topic: str = "", note: str = "", record_id: uuid.UUID | None = None,
    told: Newcomer | None = None,
) -> Visit:  # fmt: skip
    """Register somebody who came to the desk and record the arrival, in one go; sent twice, it registers once.

    `told` has phone, document and notice, where they are known. Raises DomainError as `register_person`.
    """
    _require_at_desk(by, team)
    moment = arrival_moment(arrived_at)

    def register_and_arrive() -> Visit:
        person = register_person(by=by, team=team, details=details, occurred_at=moment)
        if told:
            add_what_was_told(by=by, person=person, newcomer=told)
        return _arrive(by, team, person, moment, referral, topic, note, record_id)

    return write_once(Visit, record_id, is_mine=lambda visit: visit.recorded_by_id == by.pk, write=register_and_arrive)


def _require_at_desk(by: User, team: Team) -> None:
    require(by, Permission.RECORD_VISIT, team.partner)
    if team.pk not in team_ids_of(by):
        raise PermissionDenied(str(Permission.RECORD_VISIT))


def arrival_moment(arrived_at: datetime | None) -> datetime:
    """Now, or the moment stated. Raises DomainError when it is in the future or too long ago."""
    now = timezone.now()
    if arrived_at and arrived_at > now:
        raise DomainError(_("This moment is in the future."), field="arrived_at")
    if arrived_at and is_too_old(arrived_at):
        raise DomainError(_("Check the year: this is too long ago."), field="arrived_at")
    return arrived_at or now


def _arrive(
    by: User, team: Team, person: Person, arrived_at: datetime, referral: Referral | None, topic: str, note: str,
    record_id: uuid.UUID | None,
) -> Visit:  # fmt: skip
    if person.partner_id != team.partner_id:
        raise DomainError(_("This person is registered in another city."))
    if person.birth_date and timezone.localdate(arrived_at) < person.birth_date:
        raise DomainError(_("This day is before the person's birth."), field="arrived_at")
    if referral is not None:
        mark_arrived(by=by, referral=referral, person=person, arrived_at=arrived_at)
    visit = Visit.objects.create(
        pk=record_id or uuid7(), partner=team.partner, site=team.site, team=team, person=person, referral=referral,
        arrived_at=arrived_at, topic=topic, note=note, recorded_by=by,
    )  # fmt: skip
    journey.record(
        JourneyKind.ARRIVAL, by=by, partner=team.partner, site=team.site, team=team, source=visit, person=person,
        occurred_at=arrived_at,
    )  # fmt: skip
    open_file_for(person, team=team, basis=FileMember.Basis.DESK)
    log_write(AuditEntry.Action.CREATE, by, visit, person)
    link_visit(by=by, visit=visit)  # the appointment of that day has come
    return visit
