"""The published services of a city, for anybody. Where a protected place is, is never among what is told."""

import uuid
from collections.abc import Iterator
from datetime import datetime

from lgnet.catalogue.directory_codes import Trait
from lgnet.catalogue.directory_selectors import areas_of, open_state, published_offers
from lgnet.catalogue.hours_text import write_hours
from lgnet.catalogue.models import Offer, OfferPlace
from lgnet.core.help_places import HelpPlace, offers_help


@offers_help("services", order=30)
def service_places(partner: uuid.UUID, now: datetime) -> Iterator[HelpPlace]:
    """Each published service once, at its first place; those that are open first."""
    told = [_told(offer, now) for offer in published_offers(partner)]
    yield from sorted(told, key=lambda place: (not place.is_open, place.name.casefold()))


def told_places(offer: Offer) -> list[OfferPlace]:
    """Its places that may be told to anybody."""
    return [place for place in offer.places.all() if not place.is_secret]


def is_hidden(offer: Offer) -> bool:
    """Whether it has a place, and nobody may be told where."""
    return offer.is_protected or any(place.is_secret for place in offer.places.all())


def _told(offer: Offer, now: datetime) -> HelpPlace:
    places, state = told_places(offer), open_state(offer, now)
    first = places[0] if places else None
    hours = [
        write_hours(one.as_span() for one in place.hours.all() if not one.first_day) for place in offer.places.all()
    ]
    return HelpPlace(
        offer.name,
        area=first.zone.name if first and first.zone else "",
        directions=first.directions if first else "",
        address=first.told_address if first else "",
        hours=next((one for one in hours if one), ""),
        key=str(offer.pk),
        names={text.language: text.name for text in offer.texts.all() if text.name},
        provider=offer.provider_name,
        phone=offer.phone,
        topics=tuple(area.value for area in areas_of(offer)),
        audiences=tuple(offer.codes(Trait.AUDIENCE)),
        languages=tuple(offer.codes(Trait.LANGUAGE)),
        access=tuple(offer.codes(Trait.ACCESS)),
        is_open=state.is_open if state else None,
        changes_at=state.changes_at if state else None,
    )
