"""Reads of mediators: who is free now and in the next days, what is booked, how much was held. Scoped."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404
from django.utils import timezone

from lgnet.catalogue.models import Team
from lgnet.core.languages import language_name
from lgnet.core.periods import midnight
from lgnet.desks.mediation_models import MediationBooking, MediationOffer, MediatorHere, Way
from lgnet.desks.mediation_slots import Slot, days_from, free, slot_at, slots_on
from lgnet.desks.policies import mediation_partners, works_at
from lgnet.desks.queue_models import Ticket
from lgnet.network.access import access_of
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission
from lgnet.people.policies import not_hidden_from

DAYS, SOON = 7, 2  # days shown of free slots; days in which somebody who waits now can be helped
MOST_DAYS_AHEAD = 60
UNDERSTOOD = frozenset({"", "it"})  # no mediator is needed for these


@dataclass(frozen=True)
class FreeHours:
    """The slots of one offer that are free on one day."""

    offer: MediationOffer
    slots: list[Slot]


@dataclass
class Need:
    """A language of people who wait now, and who could mediate: at the desk, in a slot now, or next."""

    language: str
    waiting: int
    here: list[MediatorHere] = field(default_factory=list)
    now: Slot | None = None
    next: Slot | None = None


def visible_offers(user: User) -> QuerySet[MediationOffer]:
    """Running offers that the user may book or keep: of the own cities, and those to the whole network."""
    own = mediation_partners(user)
    if not own:
        return MediationOffer.objects.none()
    mine = Q(partner__in=own) | Q(reach=MediationOffer.Reach.NETWORK)
    running = Q(ends_on__isnull=True) | Q(ends_on__gte=timezone.localdate())
    return MediationOffer.objects.filter(mine, running, stopped_at__isnull=True).select_related("partner")


def free_hours(
    user: User, *, language: str = "", way: str = "", first: date | None = None, days: int = DAYS
) -> dict[date, list[FreeHours]]:  # fmt: skip
    """Free slots of each day, earliest offer first; days without any are left out. Two queries."""
    own, now = mediation_partners(user), timezone.now()
    offers = [one for one in visible_offers(user) if _suits(one, language, way, own)]
    start = max(first or timezone.localdate(), timezone.localdate())
    taken = _taken(offers, start, days)
    found: dict[date, list[FreeHours]] = {}
    for day in days_from(start, days):
        hours = [FreeHours(offer, free(slots_on(offer, day), taken, now)) for offer in offers]
        if some := sorted((one for one in hours if one.slots), key=lambda one: one.slots[0].starts_at):
            found[day] = some
    return found


def offered_languages(user: User) -> list[tuple[str, str]]:
    """(code, name) of the languages that some mediator offers to the user, by name."""
    codes = {code for languages in visible_offers(user).values_list("languages", flat=True) for code in languages}
    return sorted(((code, language_name(code)) for code in codes), key=lambda pair: pair[1])


def needs_of(user: User, desk: Team, waiting: Iterable[Ticket]) -> list[Need]:
    """The languages of those who wait, with who could mediate now or soon. Three queries if somebody needs one."""
    wanted = Counter(ticket.mediator_language or ticket.language for ticket in waiting)
    needs = [Need(language, number) for language, number in wanted.items() if language not in UNDERSTOOD]
    if not needs:
        return []
    now, here, hours = timezone.now(), mediators_here(desk), free_hours(user, days=SOON)
    slots = [slot for day in hours.values() for one in day for slot in one.slots]
    slots.sort(key=lambda slot: slot.starts_at)
    for need in needs:
        need.here = [one for one in here if need.language in one.languages]
        fitting = [slot for slot in slots if need.language in slot.offer.languages]
        need.now = next((slot for slot in fitting if slot.is_now(now)), None)
        need.next = next((slot for slot in fitting if slot.starts_at > now), None)
    return sorted(needs, key=lambda need: (-need.waiting, language_name(need.language)))


def mediators_here(desk: Team) -> list[MediatorHere]:
    """Mediators who are at a desk now."""
    return list(MediatorHere.objects.filter(team=desk, ended_at__isnull=True, until__gt=timezone.now()))


def get_here(user: User, pk: uuid.UUID) -> MediatorHere:
    """A mediator at a desk where the user works. Raises Http404 in another city, PermissionDenied at another desk."""
    here = MediatorHere.objects.filter(pk=pk).select_related("team__partner").first()
    if here is None or here.partner_id not in access_of(user).partner_ids(Permission.RECORD_VISIT):
        raise Http404
    if not works_at(user, here.team):
        raise PermissionDenied
    return here


# -- offers ----------------------------------------------------------------------------------------------------------


def own_offers(user: User) -> QuerySet[Any]:
    """Offers of the cities for which the user offers mediators, with how many slots are booked from now on."""
    ahead = Q(bookings__starts_at__gte=timezone.now(), bookings__status=MediationBooking.Status.BOOKED)
    found = MediationOffer.objects.filter(partner__in=access_of(user).partner_ids(Permission.OFFER_MEDIATION))
    return found.select_related("partner", "mediator").annotate(ahead=Count("bookings", filter=ahead))


def get_own_offer(user: User, pk: uuid.UUID) -> MediationOffer:
    """An offer that the user keeps. Raises Http404."""
    offer = own_offers(user).filter(pk=pk).first()
    if offer is None:
        raise Http404
    return offer


def offering_partners(user: User) -> QuerySet[Partner]:
    """The cities and bodies for which the user offers mediators."""
    return Partner.objects.filter(pk__in=access_of(user).partner_ids(Permission.OFFER_MEDIATION)).order_by("short_name")


def booking_partners(user: User) -> QuerySet[Partner]:
    """The cities for which the user books mediators."""
    return Partner.objects.filter(pk__in=access_of(user).partner_ids(Permission.BOOK_MEDIATION)).order_by("short_name")


def get_slot(user: User, pk: uuid.UUID, starts_at: datetime | None) -> Slot | None:
    """The slot that begins then, free or not, or None. Raises Http404 for an offer that the user may not book."""
    offer = visible_offers(user).filter(pk=pk).first()
    if offer is None:
        raise Http404
    return slot_at(offer, timezone.localdate(starts_at), starts_at) if starts_at else None


def days_of(offer: MediationOffer, days: int = 28) -> list[tuple[date, list[MediationBooking], int]]:
    """The next days of an offer: what is booked, and how many slots there are."""
    today = timezone.localdate()
    since, until = midnight(today), midnight(today, days_later=days)
    rows = offer.bookings.exclude(status=MediationBooking.Status.CANCELLED).select_related("partner")
    booked: dict[date, list[MediationBooking]] = {}
    for row in rows.filter(starts_at__gte=since, starts_at__lt=until).order_by("starts_at"):
        booked.setdefault(timezone.localdate(row.starts_at), []).append(row)
    days_found = [(day, booked.get(day, []), len(slots_on(offer, day))) for day in days_from(today, days)]
    return [(day, rows_of, number) for day, rows_of, number in days_found if number or rows_of]


# -- bookings --------------------------------------------------------------------------------------------------------


def visible_bookings(user: User) -> QuerySet[Any]:
    """Bookings that the user's cities asked for or give; those about a restricted file only for its team."""
    own = mediation_partners(user)
    asked = Q(not_hidden_from(user), partner__in=own)
    given = Q(offer__partner__in=own) & ~Q(partner__in=own)
    rows = MediationBooking.objects.filter(asked | given)
    return rows.select_related("offer__partner", "partner", "person", "booked_by")


def bookings_as_mediator(user: User) -> QuerySet[Any]:
    """The user's own conversations as a mediator, from today on, in their order. Who is helped is not told."""
    rows = MediationBooking.objects.filter(offer__mediator=user, ends_at__gte=midnight(timezone.localdate()))
    rows = rows.exclude(status=MediationBooking.Status.CANCELLED)
    return rows.select_related("offer__partner", "partner").order_by("starts_at")


def get_booking(user: User, pk: uuid.UUID) -> MediationBooking:
    """A booking of the user's cities, or one in which she or he is the mediator. Raises Http404."""
    booking = visible_bookings(user).select_related("offer__mediator", "closed_by").filter(pk=pk).first()
    if booking is None:
        mine = bookings_as_mediator(user).select_related("offer__mediator", "booked_by", "closed_by")
        booking = mine.filter(pk=pk).first()
    if booking is None:
        raise Http404
    return booking


def knows_person(user: User, booking: MediationBooking) -> bool:
    """Whether the booking may tell the user for whom it is: the own city asked, and the file is not hidden."""
    if booking.person_id is None or booking.partner_id not in access_of(user).partner_ids(Permission.VIEW_PEOPLE):
        return False
    return MediationBooking.objects.filter(not_hidden_from(user), pk=booking.pk).exists()


def mediation_counts(user: User, since: date | None = None, until: date | None = None) -> list[dict[str, Any]]:
    """Bookings by language, the city that asked and the one that gave: how many, held, and for how many minutes."""
    own = mediation_partners(user)
    rows = MediationBooking.objects.filter(Q(partner__in=own) | Q(offer__partner__in=own))
    if since:
        rows = rows.filter(starts_at__gte=midnight(since))
    if until:
        rows = rows.filter(starts_at__lt=midnight(until, days_later=1))
    held = Q(status=MediationBooking.Status.HELD)
    not_held = Q(status=MediationBooking.Status.NOT_HELD)
    groups = rows.order_by().values("language", "partner__short_name", "offer__partner__short_name")
    counted = groups.annotate(booked=Count("pk"), held=Count("pk", filter=held), missed=Count("pk", filter=not_held))
    found: list[Any] = list(counted.annotate(total=Sum("minutes")))
    return sorted(found, key=lambda row: (language_name(row["language"]), row["partner__short_name"]))


def _suits(offer: MediationOffer, language: str, way: str, own: Collection[uuid.UUID]) -> bool:
    ways = set(offer.ways) if offer.partner_id in own else set(offer.ways) - {Way.IN_PERSON}
    return (not language or language in offer.languages) and (way in ways if way else bool(ways))


def _taken(offers: list[MediationOffer], start: date, days: int) -> set[tuple[object, datetime]]:
    since, until = midnight(start), midnight(start, days_later=days) + timedelta(hours=1)
    rows = MediationBooking.objects.filter(offer__in=offers, starts_at__gte=since, starts_at__lt=until)
    return set(rows.exclude(status=MediationBooking.Status.CANCELLED).values_list("offer_id", "starts_at"))
