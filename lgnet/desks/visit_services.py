"""A visit after the arrival: somebody who does not say who it is, the end of the visit, the name told later."""

import uuid
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Team
from lgnet.core.dates import whole_minutes
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.desks.models import Request, Ticket, Visit
from lgnet.desks.policies import records_requests_at, works_at
from lgnet.desks.services import arrival_moment
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people import journey
from lgnet.people.models import FileMember, JourneyEvent, JourneyKind, Person
from lgnet.people.policies import is_hidden_from
from lgnet.people.services import PersonDetails, open_file_for, register_person

LONGEST_VISIT = 600  # minutes; more is a slip of the finger
MEASURED = timedelta(hours=4)  # a visit closed later than this was forgotten, not long


@transaction.atomic
def receive_anonymous(
    *, by: User, team: Team, arrived_at: datetime | None = None, topic: str = "", note: str = "",
    record_id: uuid.UUID | None = None,
) -> Visit:  # fmt: skip
    """Somebody came to the desk who does not want to say who it is; sent twice, it is one visit.

    It is an arrival, and no person reached: nobody can tell whether it is somebody who came before. Raises DomainError
    for a moment in the future or too long ago.
    """
    if not works_at(by, team):
        raise PermissionDenied(str(Permission.RECORD_VISIT))
    moment = arrival_moment(arrived_at)

    def write() -> Visit:
        visit = Visit.objects.create(
            pk=record_id or uuid7(), partner_id=team.partner_id, site_id=team.site_id, team=team, arrived_at=moment,
            topic=topic, note=note, recorded_by=by,
        )  # fmt: skip
        journey.record(
            JourneyKind.ARRIVAL, by=by, partner=team.partner, site=team.site, team=team, source=visit,
            occurred_at=moment,
        )  # fmt: skip
        _log(AuditEntry.Action.CREATE, by, visit, {})
        return visit

    return write_once(
        Visit, record_id, is_mine=lambda visit: visit.recorded_by_id == by.pk and visit.person_id is None, write=write
    )


@transaction.atomic
def identify_visit(*, by: User, visit: Visit, person: Person) -> Visit:
    """Who had not said who it is does: the visit and what was asked become part of the person's history.

    Raises DomainError when it is known already, for somebody of another city, and for who was born after the visit;
    PermissionDenied at another desk and for a restricted file of others.
    """
    if not works_at(by, visit.team) or is_hidden_from(by, person):
        raise PermissionDenied(str(Permission.RECORD_VISIT))
    Visit.objects.select_for_update().get(pk=visit.pk)  # a colleague who does the same waits here
    visit.refresh_from_db()
    if visit.person_id is not None:
        if visit.person_id == person.pk:
            return visit
        raise DomainError(_("It is known already who this was."), field="who")
    if person.partner_id != visit.partner_id:
        raise DomainError(_("This person is registered in another city."), field="who")
    if person.birth_date and timezone.localdate(visit.arrived_at) < person.birth_date:
        raise DomainError(_("This day is before the person's birth."), field="who")
    visit.person = person
    visit.save(update_fields=["person"])
    requests = list(Request.objects.select_for_update().filter(visit=visit).values_list("pk", flat=True))
    Request.objects.filter(pk__in=requests).update(person=person)
    for event in JourneyEvent.objects.filter(source_id__in=[visit.pk, *requests], voided_at__isnull=True):
        journey.correct(event, by=by, reason="identified", person=person)
    open_file_for(person, team=visit.team, basis=FileMember.Basis.DESK)
    _log(AuditEntry.Action.UPDATE, by, visit, {"identified": True})
    return visit


@transaction.atomic
def identify_as_new(*, by: User, visit: Visit, details: PersonDetails) -> Visit:
    """Register who had not said who it is, and give the visit to that person. Raises DomainError as both do."""
    if not works_at(by, visit.team):
        raise PermissionDenied(str(Permission.RECORD_VISIT))
    person = register_person(by=by, team=visit.team, details=details, occurred_at=visit.arrived_at)
    return identify_visit(by=by, visit=visit, person=person)


@transaction.atomic
def close_visit(*, by: User, visit: Visit, minutes: int | None = None) -> Visit:
    """The visit is over, and took so many minutes: those measured if none are given. Said again, it is corrected.

    Raises DomainError while something asked has no outcome, and for minutes below 0 or above ten hours.
    """
    if not records_requests_at(by, visit.team) or (visit.person and is_hidden_from(by, visit.person)):
        raise PermissionDenied(str(Permission.RECORD_REQUESTS))
    Visit.objects.select_for_update().get(pk=visit.pk)
    visit.refresh_from_db()
    if Request.objects.filter(visit=visit, outcome=Request.Outcome.OPEN, voided_at__isnull=True).exists():
        raise DomainError(_("Something asked is not answered yet: say how it ended, or take it for later."))
    if minutes is not None and not 0 <= minutes <= LONGEST_VISIT:
        raise DomainError(_("Write the minutes as a number from 0 to 600."), field="minutes")
    before = visit.minutes
    visit.minutes = measured_minutes(visit) if minutes is None else minutes
    if visit.closed_at is None:
        visit.closed_at, visit.closed_by = timezone.now(), by
    visit.save(update_fields=["minutes", "closed_at", "closed_by"])
    changes = audit.changes({"minutes": before}, {"minutes": visit.minutes})
    _log(AuditEntry.Action.UPDATE, by, visit, {"closed": True, "changes": changes})
    return visit


def measured_minutes(visit: Visit) -> int | None:
    """Minutes from the call of the ticket, or else from the arrival, until now or the end; None when nobody can say.

    A visit written down afterwards, or closed hours later, was not measured.
    """
    ticket = Ticket.objects.filter(visit=visit).only("called_at").first()
    began = (ticket.called_at if ticket else None) or visit.arrived_at
    lasted = (visit.closed_at or timezone.now()) - began
    return whole_minutes(lasted) if timedelta() <= lasted <= MEASURED else None


def _log(action: AuditEntry.Action, by: User, visit: Visit, detail: dict[str, object]) -> None:
    audit.record(
        action, by=by, object_type="desks.visit", object_id=visit.pk, partner_id=visit.partner_id,
        person_id=visit.person_id, detail=detail,
    )  # fmt: skip
