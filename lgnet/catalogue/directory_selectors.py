"""Reads of the directory of services: each city's whole for its own staff, its published part for the network."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.directory_models import STALE
from lgnet.catalogue.models import Offer, OfferException, OfferPlace, ServiceType, Site, Team, Zone
from lgnet.catalogue.opening import OpenState, is_open_at, state_at
from lgnet.network.access import access_of, can
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission

OFFER = "catalogue.offer"
HISTORY = 20  # changes shown on the page of a service
# Who works with people may know where a protected place is, to take somebody there; the others need not.
_TAKES_PEOPLE = (Permission.KEEP_DIRECTORY, Permission.SEND_REFERRAL, Permission.ANSWER_REFERRAL)


def own_partner_ids(user: User) -> frozenset[uuid.UUID]:
    """Partners at which the user works."""
    return frozenset(grant.partner_id for grant in access_of(user).grants)


def keeps_directory_of(user: User, partner_id: uuid.UUID) -> bool:
    """Whether the user keeps the directory of this city."""
    return partner_id in access_of(user).partner_ids(Permission.KEEP_DIRECTORY)


def kept_partners(user: User) -> QuerySet[Partner]:
    """The cities whose directory the user keeps."""
    ids = access_of(user).partner_ids(Permission.KEEP_DIRECTORY)
    return Partner.objects.filter(pk__in=ids).order_by("short_name")


def visible_offers(user: User) -> QuerySet[Offer]:
    """All services of the user's own cities, and of the others what is published and has not ended."""
    told = Q(is_published=True) & ~Q(status=Offer.Status.ENDED)
    return with_all(Offer.objects.filter(Q(partner__in=own_partner_ids(user)) | told))


def offers_to_check(user: User) -> QuerySet[Offer]:
    """Services of the cities whose directory the user keeps that nobody has confirmed for six months."""
    kept = Offer.objects.filter(partner__in=access_of(user).partner_ids(Permission.KEEP_DIRECTORY))
    return kept.filter(checked_on__lt=timezone.localdate() - STALE).exclude(status=Offer.Status.ENDED)


def published_offers(partner_id: uuid.UUID) -> QuerySet[Offer]:
    """What a city tells anybody: published, and not ended."""
    found = Offer.objects.filter(partner=partner_id, is_published=True).exclude(status=Offer.Status.ENDED)
    return with_all(found).order_by("name", "pk")


def with_all(offers: QuerySet[Offer]) -> QuerySet[Offer]:
    """The services with everything that is told of them, in a number of queries that does not grow with them."""
    places = OfferPlace.objects.select_related("site", "zone", "offer__partner").prefetch_related("hours", "exceptions")
    return offers.select_related("partner", "team", "checked_by").prefetch_related(
        "types", "texts", "traits", Prefetch("places", places)
    )


def get_offer(user: User, pk: uuid.UUID) -> Offer:
    """A service that the user may read. Raises Http404."""
    offer = visible_offers(user).filter(pk=pk).first()
    if offer is None:
        raise Http404
    return offer


def get_kept_offer(user: User, pk: uuid.UUID) -> Offer:
    """A service that the user may change. Raises Http404 in other cities, PermissionDenied in the own one."""
    offer = with_all(Offer.objects.filter(partner__in=own_partner_ids(user))).filter(pk=pk).first()
    if offer is None:
        raise Http404
    if not keeps_directory_of(user, offer.partner_id):
        raise PermissionDenied(_("Only who keeps the directory of a city changes it."))
    return offer


def get_kept_place(user: User, pk: uuid.UUID) -> OfferPlace:
    """A place of a service that the user may change. Raises as `get_kept_offer`."""
    place = OfferPlace.objects.filter(pk=pk).first()
    if place is None:
        raise Http404
    offer = get_kept_offer(user, place.offer_id)
    return next(one for one in offer.places.all() if one.pk == pk)


def get_kept_exception(user: User, pk: uuid.UUID) -> OfferException:
    """Days with other hours at a place that the user may change. Raises as `get_kept_offer`."""
    exception = OfferException.objects.filter(pk=pk).select_related("place__offer__partner").first()
    if exception is None:
        raise Http404
    get_kept_offer(user, exception.place.offer_id)
    return exception


def knows_where(user: User, place: OfferPlace) -> bool:
    """Whether the user may know where the place is: a secret one only who takes people there, in the own city."""
    if not place.is_secret:
        return True
    partner_id = place.offer.partner_id
    return partner_id in own_partner_ids(user) and any(can(user, one, partner=partner_id) for one in _TAKES_PEOPLE)


def open_state(offer: Offer, moment: datetime) -> OpenState | None:
    """Whether any of its places is open, and when that changes; None where no hours are known."""
    states = [state_at(place.timetable, moment) for place in offer.places.all() if place.timetable.is_known]
    if not states:
        return None
    is_open = any(state.is_open for state in states)
    ends = [state.changes_at for state in states if state.is_open == is_open]
    known = [end for end in ends if end is not None]
    if is_open:
        return OpenState(True, max(known) if len(known) == len(ends) else None)
    return OpenState(False, min(known, default=None))


def open_offers(offers: Iterable[Offer], moment: datetime) -> list[Offer]:
    """Those of which a place is open."""
    return [one for one in offers if any(is_open_at(place.timetable, moment) for place in one.places.all())]


def history_of(user: User, offer: Offer) -> list[AuditEntry]:
    """The last changes of a service, latest first, for who keeps the directory of its city."""
    if not keeps_directory_of(user, offer.partner_id):
        return []
    rows = AuditEntry.objects.filter(object_type=OFFER, object_id=offer.pk).exclude(action=AuditEntry.Action.EXPORT)
    return list(rows.order_by("-created_at", "-pk")[:HISTORY])


def sites_of(partner: Partner) -> QuerySet[Site]:
    """Active sites of a city."""
    return Site.objects.filter(partner=partner, is_active=True).order_by("name")


def teams_of(partner: Partner) -> QuerySet[Team]:
    """Active teams of a city, also services outside of the network."""
    return Team.objects.filter(partner=partner, is_active=True).order_by("name")


def zones_of(partner: Partner) -> QuerySet[Zone]:
    """Active zones of a city."""
    return Zone.objects.filter(partner=partner, is_active=True).order_by("name")


def types_by_area() -> dict[str, list[ServiceType]]:
    """Active services of the catalogue by area, each by its name in the reader's language."""
    found: dict[str, list[ServiceType]] = {}
    for one in sorted(ServiceType.objects.filter(is_active=True), key=lambda kind: kind.name.casefold()):
        found.setdefault(one.area, []).append(one)
    return {area: found[area] for area in ServiceType.Area.values if area in found}


def areas_of(offer: Offer) -> list[Any]:
    """The areas of its service types, each once, in the order of the catalogue."""
    areas = {kind.area for kind in offer.types.all()}
    return [area for area in ServiceType.Area if area in areas]
