"""What a phone may hold: the least that recording in the street needs, nothing restricted, no notes, no documents."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils import timezone

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.cases.forms import receiver_name
from lgnet.cases.selectors import place_of, teams_of_city
from lgnet.catalogue.models import ServiceType, Team
from lgnet.catalogue.selectors import service_types
from lgnet.core.languages import language_choices
from lgnet.core.qr import qr_code
from lgnet.network.models import User
from lgnet.outreach.forms import GIVEN_AREAS, Who
from lgnet.outreach.models import Contact, Device
from lgnet.outreach.selectors import RECENT, latest_of_everybody, names_of, units_of, zones_for
from lgnet.outreach.sync.devices import codes_of
from lgnet.outreach.sync.kinds import KINDS
from lgnet.people.codes import AgeBand, Gender
from lgnet.people.models import Person
from lgnet.people.selectors import log_listing

MOST_PEOPLE = 1000  # the latest; older ones are found online
# Everything about people that leaves for the phone; a test holds it against PRIVACY: nothing sensitive.
CONTACT_FIELDS = ("id", "person", "trace", "team", "nickname", "zone", "occurred_at", "language")
PERSON_FIELDS = ("id", "nickname", "given_names", "family_names", "pseudonym")


def make_bundle(user: User, device: Device) -> dict[str, Any]:
    """Units, zones, codes with labels in the reader's language, and the people these units met in the last 90 days.

    Logged as a listing of the persons, and as one of the device with the number of people.
    """
    units = list(units_of(user))
    people = _people(user, units)
    _log(user, device, people)
    return {
        "units": [{"id": str(unit.pk), "name": unit.name, "city": unit.partner.short_name} for unit in units],
        "zones": [
            {"id": str(zone.pk), "name": zone.name, "unit_ids": _units_in(zone.partner_id, units)}
            for zone in zones_for(units)
        ],
        "receivers": _receivers(units),
        "cards": [_blank(code) for code in codes_of(device)],
        "codes": _codes(),
        "kinds": {code: list(kind.fields) for code, kind in KINDS.items()},
        "people": [_face(contact) for contact in people],
        "people_days": RECENT.days,
        "people_complete": len(people) < MOST_PEOPLE,
    }  # fmt: skip


def _people(user: User, units: list[Team]) -> list[Contact]:
    unrestricted = Q(person__isnull=True) | Q(person__restricted=False)
    return list(names_of(latest_of_everybody(user, units).filter(unrestricted))[:MOST_PEOPLE])


def _face(contact: Contact) -> dict[str, Any]:
    """One person met, by what the fields of CONTACT_FIELDS and PERSON_FIELDS tell."""
    return {
        "earlier": str(contact.pk),
        "person": str(contact.person_id) if contact.person_id else None,
        "trace": str(contact.trace) if contact.trace else None,
        "unit": str(contact.team_id),
        "called": contact.called,
        "zone": str(contact.zone_id),
        "last_day": timezone.localdate(contact.occurred_at).isoformat(),
        "language": contact.language,
    }


def _codes() -> dict[str, list[dict[str, str]]]:
    given = [(service.code, service.name) for service in service_types() if service.area in GIVEN_AREAS]
    lists: dict[str, Iterable[tuple[Any, Any]]] = {
        "who": Who.choices, "needs": ServiceType.Area.choices, "given": given, "gender": Gender.choices,
        "age_band": AgeBand.choices, "language": language_choices(),
    }  # fmt: skip
    return {name: [{"code": str(code), "label": str(label)} for code, label in rows] for name, rows in lists.items()}


def _receivers(units: list[Team]) -> list[dict[str, Any]]:
    rows = []
    for partner_id in {unit.partner_id for unit in units}:
        here = _units_in(partner_id, units)
        for team in teams_of_city(partner_id):
            others = [unit_id for unit_id in here if unit_id != str(team.pk)]
            row = {"id": str(team.pk), "name": receiver_name(team), "kind": team.kind, "unit_ids": others}
            rows.append(row | place_of(team))
    return rows


def _blank(code: str) -> dict[str, Any]:
    """A card that the phone fills in: its code, and the QR code of it to draw."""
    drawn = qr_code(code)
    return {"code": code, "size": drawn.size, "path": drawn.path}


def _units_in(partner_id: Any, units: list[Team]) -> list[str]:
    return [str(unit.pk) for unit in units if unit.partner_id == partner_id]


def _log(user: User, device: Device, people: list[Contact]) -> None:
    persons: list[Person] = [contact.person for contact in people if contact.person]
    log_listing(user, persons, query=f"device {device.pk}")
    audit.note_read(
        by=user, object_type="outreach.device", object_id=device.pk, partner_id=device.partner_id,
        action=AuditEntry.Action.LIST, detail={"people": len(people)},
    )  # fmt: skip
