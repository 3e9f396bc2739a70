"""Hours of mediators, offered to the own city or the whole network, and mediators who are at the desk now."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Team
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.core.words import one_line
from lgnet.desks.mediation_models import MediationBooking, MediationOffer, MediatorHere, Way
from lgnet.desks.mediation_slots import overlap, runs_on, slots_on
from lgnet.desks.policies import works_at
from lgnet.desks.queue_models import Ticket
from lgnet.network.access import access_of
from lgnet.network.models import Membership, Partner, User
from lgnet.network.roles import Permission

OFFER, HERE = "desks.mediationoffer", "desks.mediatorhere"
MOST_LANGUAGES = 6


@dataclass(frozen=True)
class Hours:
    """What is offered. Without `weekdays` it is on `starts_on` alone; with them, every week, to `ends_on` if known."""

    name: str
    languages: Sequence[str]
    ways: Sequence[str]
    reach: str
    starts_on: date
    opens: time
    closes: time
    slot_minutes: int
    weekdays: Sequence[int] = ()
    ends_on: date | None = None
    how_to_join: str = ""
    mediator: User | None = None


@transaction.atomic
def offer_mediation(
    *, by: User, partner: Partner, hours: Hours, record_id: uuid.UUID | None = None
) -> MediationOffer:  # fmt: skip
    """Offer hours of a mediator; a form sent twice offers once.

    Raises DomainError for hours that make no slot, for what is missing, and for a mediator who is offered then already.
    """
    _require_offers(by, partner)
    Partner.objects.select_for_update().get(pk=partner.pk)

    def write() -> MediationOffer:
        is_weekly = bool(hours.weekdays)
        offer = MediationOffer(
            pk=record_id or uuid7(), partner=partner, mediator=hours.mediator,
            name=one_line(hours.name) or (hours.mediator.full_name if hours.mediator else ""),
            languages=list(dict.fromkeys(hours.languages)), ways=list(hours.ways), reach=hours.reach,
            starts_on=hours.starts_on, ends_on=hours.ends_on if is_weekly else hours.starts_on,
            weekdays=sorted(set(hours.weekdays)), opens=hours.opens, closes=hours.closes,
            slot_minutes=hours.slot_minutes, how_to_join=one_line(hours.how_to_join), made_by=by,
        )  # fmt: skip
        _check(offer)
        offer.save(force_insert=True)
        _log(AuditEntry.Action.CREATE, by, OFFER, offer, {"languages": offer.languages, "reach": offer.reach})
        return offer

    return write_once(MediationOffer, record_id, is_mine=lambda found: found.partner_id == partner.pk, write=write)


@transaction.atomic
def stop_offer(*, by: User, offer: MediationOffer) -> MediationOffer:
    """Offer these hours no more. What is booked stays so until it is cancelled. Stopped already, nothing changes."""
    _require_offers(by, offer.partner)
    offer = MediationOffer.objects.select_for_update().get(pk=offer.pk)
    if offer.stopped_at is None:
        offer.stopped_at, offer.stopped_by = timezone.now(), by
        offer.save(update_fields=["stopped_at", "stopped_by"])
        _log(AuditEntry.Action.UPDATE, by, OFFER, offer, {"stopped": True})
    return offer


@transaction.atomic
def leave_out_day(*, by: User, offer: MediationOffer, day: date) -> MediationOffer:
    """The mediator is not there on this day. Raises DomainError while a slot of it is booked."""
    _require_offers(by, offer.partner)
    offer = MediationOffer.objects.select_for_update().get(pk=offer.pk)
    if not runs_on(offer, day):
        return offer
    slots = [slot.starts_at for slot in slots_on(offer, day)]
    if offer.bookings.filter(starts_at__in=slots).exclude(status=MediationBooking.Status.CANCELLED).exists():
        raise DomainError(_("Somebody has booked on this day. Cancel those bookings first: who booked is told."))
    offer.days_off = sorted({*offer.days_off, day.isoformat()})
    offer.save(update_fields=["days_off"])
    _log(AuditEntry.Action.UPDATE, by, OFFER, offer, {"day_off": day.isoformat()})
    return offer


# -- at the desk now -------------------------------------------------------------------------------------------------


@transaction.atomic
def say_here(
    *, by: User, team: Team, name: str, languages: Sequence[str], until: time, record_id: uuid.UUID | None = None
) -> MediatorHere:  # fmt: skip
    """A mediator is at the desk until this time of today. Raises DomainError for a time gone by, or no language."""
    _require_works(by, team)
    languages = list(dict.fromkeys(code for code in languages if code))[:MOST_LANGUAGES]
    ends = timezone.make_aware(datetime.combine(timezone.localdate(), until))
    if not one_line(name):
        raise DomainError(_("Write the name of the mediator."), field="name")
    if not languages:
        raise DomainError(_("Choose at least one language."), field="language_1")
    if ends <= timezone.now():
        raise DomainError(_("This time is over."), field="until")

    def write() -> MediatorHere:
        here = MediatorHere.objects.create(
            pk=record_id or uuid7(), partner_id=team.partner_id, team=team, name=one_line(name), languages=languages,
            until=ends, marked_by=by,
        )  # fmt: skip
        _log(AuditEntry.Action.CREATE, by, HERE, here, {"languages": languages})
        return here

    return write_once(MediatorHere, record_id, is_mine=lambda found: found.team_id == team.pk, write=write)


@transaction.atomic
def say_gone(*, by: User, here: MediatorHere) -> None:
    """The mediator is not at the desk any more. Gone already, nothing changes."""
    _require_works(by, here.team)
    if MediatorHere.objects.filter(pk=here.pk, ended_at__isnull=True).update(ended_at=timezone.now()):
        _log(AuditEntry.Action.UPDATE, by, HERE, here, {"gone": True})


@transaction.atomic
def wait_for_mediator(*, by: User, ticket: Ticket, language: str) -> Ticket:
    """Say that a number waits for a mediator of this language, or of none any more. DomainError once it is done."""
    _require_works(by, ticket.team)
    ticket = Ticket.objects.select_for_update().get(pk=ticket.pk)
    if ticket.status not in Ticket.OPEN:
        raise DomainError(_("This number does not wait any more."))
    ticket.mediator_language = language
    ticket.save(update_fields=["mediator_language"])
    _log(AuditEntry.Action.UPDATE, by, "desks.ticket", ticket, {"mediator_language": language})
    return ticket


# -- rules -----------------------------------------------------------------------------------------------------------


def _require_offers(by: User, partner: Partner) -> None:
    if partner.pk not in access_of(by).partner_ids(Permission.OFFER_MEDIATION):
        raise PermissionDenied(_("Your role does not offer mediators here."))


def _require_works(by: User, desk: Team) -> None:
    if not works_at(by, desk):
        raise PermissionDenied(_("You do not work at this desk."))


def _check(offer: MediationOffer) -> None:
    if not offer.name:
        raise DomainError(_("Write the name of the mediator, or choose a colleague."), field="name")
    if not 0 < len(offer.languages) <= MOST_LANGUAGES:
        raise DomainError(_("Choose at least one language."), field="language_1")
    if not offer.ways or not set(offer.ways) <= set(Way.values):
        raise DomainError(_("Choose how the mediator takes part."), field="ways")
    if offer.reach not in MediationOffer.Reach.values:
        raise DomainError(_("Choose for whom it is."), field="reach")
    if offer.reach == MediationOffer.Reach.NETWORK and set(offer.ways) == {Way.IN_PERSON}:
        raise DomainError(_("Other cities are served by telephone or video: choose one of them."), field="ways")
    _check_time(offer)
    colleague = offer.mediator
    if colleague is None:
        return
    if not Membership.objects.current().filter(user=colleague, partner=offer.partner_id).exists():
        raise DomainError(_("This colleague does not work here."), field="mediator")
    others = MediationOffer.objects.filter(mediator=colleague, stopped_at__isnull=True).exclude(pk=offer.pk)
    if any(overlap(offer, other) for other in others):
        raise DomainError(_("This mediator is offered at this time already."), field="opens")


def _check_time(offer: MediationOffer) -> None:
    if not 5 <= offer.slot_minutes <= 240:
        raise DomainError(_("A slot lasts from 5 to 240 minutes."), field="slot_minutes")
    length = datetime.combine(date.min, offer.closes) - datetime.combine(date.min, offer.opens)
    if length < timedelta(minutes=offer.slot_minutes):
        raise DomainError(_("These hours are too short for one slot."), field="closes")
    if offer.ends_on is not None and offer.ends_on < offer.starts_on:
        raise DomainError(_("The last day is before the first."), field="ends_on")
    today = timezone.localdate()
    if (offer.ends_on or today) < today:
        raise DomainError(_("This day is over."), field="ends_on" if offer.weekdays else "starts_on")
    if (offer.starts_on - today).days > 366:
        raise DomainError(_("Check the year: this is more than a year ahead."), field="starts_on")
    if not set(offer.weekdays) <= set(range(7)):
        raise DomainError(_("Choose days of the week."), field="weekdays")


def _log(
    action: AuditEntry.Action,
    by: User,
    kind: str,
    row: MediationOffer | MediatorHere | Ticket,
    detail: dict[str, object],
) -> None:
    audit.record(action, by=by, object_type=kind, object_id=row.pk, partner_id=row.partner_id, detail=detail)
