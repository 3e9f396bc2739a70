"""A directory of services to test with."""

from collections.abc import Callable
from typing import Any

import pytest

from lgnet.catalogue.directory import OfferDetails
from lgnet.catalogue.directory_places import PlaceDetails, create_offer_at
from lgnet.catalogue.hours_text import read_hours
from lgnet.catalogue.models import Offer

MakeOffer = Callable[..., Offer]


@pytest.fixture
def make_offer(coordinator, partner, service_type) -> MakeOffer:
    """Return `make(name, hours=…, **said)`: a published service of the city at Via Prova 1, open as said."""

    def make(
        name: str = "Corso di prova", *, hours: str = "lun-ven 9-13", by: Any = None, where: Any = None, **said: Any
    ) -> Offer:
        place = {"name": "Centro Prova", "address": "Via Prova 1, 16100 Provaltina", "directions": "Bus 1"} | (
            where or {}
        )
        details = {"types": [service_type], "audiences": ["everybody"], "languages": ["it", "ar"], "access": ["walk_in"],
                   "is_published": True, "phone": "010 557 1234"} | said  # fmt: skip
        read = read_hours(hours) if hours else None
        return create_offer_at(
            by=by or coordinator, partner=partner, details=OfferDetails(name=name, **details),
            place=PlaceDetails(hours=read.spans if read else (), **place),
        )  # fmt: skip

    return make
