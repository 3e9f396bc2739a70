"""The published services of a city in the words of Open Referral's Human Services Data Specification, version 3.

A page of full services, as its API gives them. Facts that are not known are left out. Times are those on the clocks of
Rome, without an offset: it changes twice a year, and a weekly rule with one would be wrong for half of it. Where a
protected place is, is not in it: its service has no location, and its schedules are its own.
"""

import uuid
from collections.abc import Iterable
from typing import Any

from django.utils import translation

from lgnet.catalogue.directory_codes import CHOICES, Trait
from lgnet.catalogue.directory_places import postal_code
from lgnet.catalogue.models import Offer, OfferException, OfferHours, OfferPlace, ServiceType
from lgnet.core.languages import language_name
from lgnet.network.models import Partner

BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
CLOCKS = "Europe/Rome"
STATUS = {"active": "active", "suspended": "temporarily closed", "ended": "defunct"}
AREAS, TYPES, AUDIENCES = "LGNet areas", "LGNet service types", "LGNet audiences"
_ROOT = uuid.UUID("0192f5e0-0000-7000-8000-000000000d1c")  # of ids made of codes, the same in every export


def hsds_page(partner: Partner, offers: Iterable[Offer]) -> dict[str, Any]:
    """Every published service of a city on one page. Words are in Italian, as the city wrote them."""
    with translation.override("it"):
        contents = [_service(partner, offer) for offer in offers]
    count = len(contents)
    return {
        "total_items": count, "total_pages": 1, "page_number": 1, "size": count, "first_page": True, "last_page": True,
        "empty": not count, "contents": contents,
    }  # fmt: skip


def _service(partner: Partner, offer: Offer) -> dict[str, Any]:
    told = [place for place in offer.places.all() if not place.is_secret]
    hidden = [place for place in offer.places.all() if place.is_secret]
    english = next((text.name for text in offer.texts.all() if text.language == "en"), "")
    status = STATUS[offer.state]
    return _known(
        id=str(offer.pk), name=offer.name, alternate_name=english, description=offer.description, url=offer.web,
        email=offer.email, status=status, application_process=_words(offer, Trait.ACCESS),
        fees_description="Gratuito" if offer.is_free else offer.cost, eligibility_description=_who(offer),
        assured_date=offer.checked_on.isoformat(), organization=_organization(partner, offer),
        phones=[_known(id=_id(offer, "phone"), number=offer.phone, type="voice")] if offer.phone else [],
        languages=[
            {"id": _id(offer, f"language:{code}"), "name": language_name(code), "code": code}
            for code in offer.codes(Trait.LANGUAGE)
        ],
        contacts=[_known(id=_id(offer, "contact"), name=offer.provider_name, email=offer.email)],
        cost_options=[_cost(offer)] if offer.is_free or offer.cost else [],
        required_documents=[{"id": _id(offer, "documents"), "document": offer.documents}] if offer.documents else [],
        service_areas=[{"id": _id(offer, "area"), "name": partner.short_name}],
        schedules=[one for place in hidden for one in _schedules(place)],
        service_at_locations=[_at_location(partner, offer, place) for place in told],
        attributes=_attributes(offer),
    )  # fmt: skip


def _organization(partner: Partner, offer: Offer) -> dict[str, Any]:
    """The body that offers it. Its id is the same for all that it offers in the city."""
    name = offer.provider_name
    pk = str(offer.team_id) if offer.team_id else str(uuid.uuid5(partner.pk, f"organization:{name}"))
    if name == partner.name:
        return {"id": str(partner.pk), "name": name, "description": partner.name}
    return {"id": pk, "name": name, "description": f"{name}, {partner.short_name}"}


def _at_location(partner: Partner, offer: Offer, place: OfferPlace) -> dict[str, Any]:
    address = place.told_address
    spot: Any = place if place.latitude is not None else None
    location = _known(
        id=_id(place, "location"), location_type="physical" if address else "virtual", url="" if address else offer.web,
        name=place.title, description=place.zone.name if place.zone else "", transportation=place.directions,
        latitude=spot.latitude if spot else None, longitude=spot.longitude if spot else None,
        addresses=[_address(partner, place, address)] if address else [],
        accessibility=[
            {"id": _id(place, f"accessibility:{code}"), "description": str(CHOICES[Trait.ACCESSIBILITY](code).label)}
            for code in offer.codes(Trait.ACCESSIBILITY)
        ],
    )  # fmt: skip
    return _known(id=str(place.pk), location=location, schedules=_schedules(place))


def _address(partner: Partner, place: OfferPlace, address: str) -> dict[str, Any]:
    """The address; the standard wants a postal code, which is empty where the city did not write it."""
    return {
        "id": _id(place, "address"), "address_1": address, "city": partner.short_name, "region": partner.region,
        "state_province": partner.province, "postal_code": postal_code(address), "country": "IT",
        "address_type": "physical",
    }  # fmt: skip


def _schedules(place: OfferPlace) -> list[dict[str, Any]]:
    """Weekly rules, one for each time on its days, and then the days that are different."""
    rules: dict[Any, list[OfferHours]] = {}
    for one in place.hours.all():
        rules.setdefault((one.opens, one.closes, one.first_day, one.last_day), []).append(one)
    found = [_rule(place, key, rows) for key, rows in rules.items()]
    for row in place.exceptions.all():
        found += _exception(place, row)
    return found


def _rule(place: OfferPlace, key: Any, rows: list[OfferHours]) -> dict[str, Any]:
    opens, closes, first_day, last_day = key
    days = ",".join(BYDAY[day] for day in sorted({row.weekday for row in rows}))
    holidays = "anche nei giorni festivi" if place.opens_on_holidays else "chiuso nei giorni festivi"
    return _known(
        id=_id(place, f"{days}:{opens}:{closes}:{first_day}"), freq="WEEKLY", interval=1, wkst="MO", byday=days,
        opens_at=f"{opens:%H:%M}", closes_at=f"{closes:%H:%M}", valid_from=first_day and first_day.isoformat(),
        valid_to=last_day and last_day.isoformat(), notes=f"{CLOCKS}; {holidays}",
        dtstart=first_day and first_day.isoformat(), until=last_day and last_day.isoformat(),
    )  # fmt: skip


def _exception(place: OfferPlace, row: OfferException) -> list[dict[str, Any]]:
    """Days that are different. The standard has no rule for being closed: such a row has words, and no times."""
    days = {"valid_from": row.first_day.isoformat(), "valid_to": row.last_day.isoformat()}
    if not row.spans:
        words = f"Chiuso: {row.note}" if row.note else "Chiuso"
        return [{"id": _id(place, f"{row.pk}"), "description": words, "notes": CLOCKS} | days]
    return [
        _known(id=_id(place, f"{row.pk}:{opens}"), opens_at=opens, closes_at=closes, notes=CLOCKS,
               description=f"Orario diverso: {row.note}" if row.note else "Orario diverso") | days
        for opens, closes in row.spans
    ]  # fmt: skip


def _cost(offer: Offer) -> dict[str, Any]:
    if offer.is_free:
        return {"id": _id(offer, "cost"), "option": "Per tutti", "currency": "EUR", "amount": 0}
    return {"id": _id(offer, "cost"), "amount_description": offer.cost, "currency": "EUR"}


def _attributes(offer: Offer) -> list[dict[str, Any]]:
    """Links to the terms of our own taxonomies: areas and types of services, and for whom they are."""
    found = []
    for kind in offer.types.all():
        area = ServiceType.Area(kind.area)
        found.append(_attribute(offer, AREAS, area.value, str(area.label)))
        found.append(_attribute(offer, TYPES, kind.code, kind.name_it, parent=_term_id(AREAS, area.value)))
    words = {code: str(CHOICES[Trait.AUDIENCE](code).label) for code in offer.codes(Trait.AUDIENCE)}
    found += [_attribute(offer, AUDIENCES, code, name) for code, name in words.items()]
    return list({one["id"]: one for one in found}.values())


def _attribute(offer: Offer, taxonomy: str, code: str, name: str, parent: str = "") -> dict[str, Any]:
    detail = {"id": str(uuid.uuid5(_ROOT, taxonomy)), "name": taxonomy, "description": taxonomy}
    term = _known(
        id=_term_id(taxonomy, code), code=code, name=name, description=name, taxonomy=taxonomy, language="it",
        parent_id=parent, taxonomy_detail=detail,
    )  # fmt: skip
    return {
        "id": _id(offer, f"{taxonomy}:{code}"), "link_id": str(offer.pk), "link_entity": "service",
        "link_type": "eligibility" if taxonomy == AUDIENCES else "service_type", "taxonomy_term": term,
    }  # fmt: skip


def _term_id(taxonomy: str, code: str) -> str:
    return str(uuid.uuid5(_ROOT, f"{taxonomy}:{code}"))


def _who(offer: Offer) -> str:
    return ". ".join(part for part in (_words(offer, Trait.AUDIENCE), offer.eligibility) if part)


def _words(offer: Offer, kind: Trait) -> str:
    return ", ".join(str(CHOICES[kind](code).label) for code in offer.codes(kind))


def _id(record: Offer | OfferPlace, part: str) -> str:
    """The id of something that is no record of ours, the same in every export."""
    return str(uuid.uuid5(record.pk, part))


def _known(**facts: Any) -> dict[str, Any]:
    """The facts that are known."""
    return {name: value for name, value in facts.items() if value not in (None, "", [])}
