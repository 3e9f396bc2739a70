"""Somebody with two files, each with a history; and everything the database knows of persons, to compare."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from lgnet.catalogue.models import Team, Zone
from lgnet.desks.services import record_arrival
from lgnet.network.models import Partner, User
from lgnet.outreach.services import Sighting, record_contact
from lgnet.people import moving
from lgnet.people.merging import merge_persons
from lgnet.people.models import JourneyEvent, Person, PersonMerge
from lgnet.people.records import add_contact_point, add_identifier, record_eligibility, record_notice
from lgnet.people.services import PersonDetails, register_person
from tests.conftest import team_of

REASON = "same papers seen at the desk"


def register(by: User, partner: Partner, **known: Any) -> Person:
    """Somebody registered at the desk, by default Amina."""
    usual: dict[str, Any] = {
        "given_names": "Amina", "family_names": "Doppiavista", "birth_date": date(1990, 5, 3), "birth_precision": "day",
        "gender": "f", "citizenship": "MA",
    }  # fmt: skip
    desk = team_of(partner, Team.Kind.DESK)
    return register_person(by=by, team=desk, details=PersonDetails(**usual | known))


def live_a_little(by: User, person: Person, *, phone: str = "320 1112223", title: str = "asylum_request") -> None:
    """An arrival, a notice, a check of the title, a phone and a document."""
    record_arrival(by=by, team=team_of(person.partner, Team.Kind.DESK), person=person)
    today = timezone.localdate()
    record_notice(by=by, person=person, kind="privacy", method="spoken", language="ar", given_on=today)
    record_eligibility(by=by, person=person, checked_on=today, title_type=title, verdict="eligible")
    add_contact_point(by=by, person=person, kind="phone", value=phone, safe="yes")
    add_identifier(by=by, person=person, kind="stp", value=f"STP{phone[-6:]}")


def meet(by: User, person: Person, *, days_ago: int = 3) -> None:
    """A contact in the street."""
    unit = team_of(person.partner, Team.Kind.MOBILE_UNIT)
    zone = Zone.objects.filter(partner=person.partner).first()
    assert zone is not None
    moment = timezone.now() - timedelta(days=days_ago)
    record_contact(by=by, team=unit, zone=zone, occurred_at=moment, sighting=Sighting(), person=person)


def join(by: User, kept: Person, absorbed: Person, **options: Any) -> PersonMerge:
    """Join two files, with the reason of these tests."""
    return merge_persons(by=by, kept=kept, absorbed=absorbed, reason=REASON, **options)


def everything() -> dict[str, Any]:
    """Whose every row is, what persons and their rows say, and the live journey; without moments of writing."""
    told: dict[str, Any] = {}
    for model, one in moving.fields_to_persons():
        if moving.name_of(model, one) not in moving.LEFT_ALONE and model is not Person:
            skipped = {"updated_at"}
            names = [f.attname for f in model._meta.concrete_fields if f.name not in skipped]
            told[moving.name_of(model, one)] = sorted(model._base_manager.values_list(*names), key=str)
    fields = [f.attname for f in Person._meta.concrete_fields if f.name not in {"updated_at", "compared_at"}]
    told["persons"] = sorted(Person.objects.values_list(*fields), key=str)
    told["keys"] = sorted(Person.objects.values_list("pk", "name_keys__key"), key=str)
    told["journey"] = journey_now()
    return told


def journey_now() -> list[Any]:
    """The live rows of the journey, without their ids and who wrote them down."""
    columns = ("person_id", "kind", "occurred_at", "source_id", "team_id", "site_id", "quantity", "trace")
    return sorted(JourneyEvent.objects.filter(voided_at=None).values_list(*columns), key=str)
