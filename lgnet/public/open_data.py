"""The published places of a city for programs (docs/open-data.md says what each field means)."""

from typing import Any

from django.utils import timezone

from lgnet.core.help_places import HelpPlace
from lgnet.network.models import Partner
from lgnet.public.cities import CityHelp


def city_data(city: Partner, known: CityHelp) -> dict[str, Any]:
    """What the page of the city tells, in plain facts; moments with the offset of Rome."""
    return {
        "version": 1,
        "city": {"slug": city.slug, "name": city.short_name, "partner": city.name, "istat_code": city.istat_code},
        "known_at": timezone.localtime(known.known_at).isoformat(timespec="seconds"),
        "emergency_number": "112",
        "sections": {key: [_place(place) for place in places] for key, places in known.places.items()},
    }


def _place(place: HelpPlace) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "name": place.name, "kind": place.kind, "area": place.area, "address": place.address,
        "directions": place.directions, "hours": place.hours,
    }  # fmt: skip
    openings = [
        {
            "starts_at": timezone.localtime(opening.starts_at).isoformat(timespec="minutes"),
            "ends_at": timezone.localtime(opening.ends_at).isoformat(timespec="minutes") if opening.ends_at else None,
        }
        for opening in place.openings
    ]
    facts |= _service(place) if place.key else {}
    return {key: value for key, value in facts.items() if value not in ("", [], {}, None)} | {"openings": openings}


def _service(place: HelpPlace) -> dict[str, Any]:
    """What a service of the directory tells beside; whether it is open, and when that changes, as known at the time."""
    changes_at = timezone.localtime(place.changes_at) if place.changes_at else None
    return {
        "id": place.key, "names": dict(place.names), "provider": place.provider, "phone": place.phone,
        "topics": list(place.topics), "audiences": list(place.audiences), "languages": list(place.languages),
        "access": list(place.access), "is_open": place.is_open,
        "changes_at": changes_at.isoformat(timespec="minutes") if changes_at else "",
    }  # fmt: skip
