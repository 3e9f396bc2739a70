"""Where something was: coarse, never refused for being far, never finer than 100 m wherever it came from."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Zone
from lgnet.core.ids import uuid7
from lgnet.outreach.mistakes import void_contact
from lgnet.outreach.models import Contact, Operation, Stop
from lgnet.outreach.positions import DegreeField, Position, kilometres
from lgnet.outreach.services import Sighting, record_contact
from tests.outreach.street import a_contact, as_shown, change, contact, met, results, send

HERE, FAR = Position(Decimal("44.405"), Decimal("8.935")), Position(Decimal("45.070"), Decimal("7.687"))


@pytest.fixture
def city(partner, zone):
    """The zones of the city have a middle: two places in Genoa. One that is no longer in use does not count."""
    Zone.objects.filter(pk=zone.pk).update(latitude=44.40, longitude=8.90)
    Zone.objects.create(partner=partner, name="Levante", latitude=44.42, longitude=8.96)
    Zone.objects.create(partner=partner, name="Zona chiusa", latitude=38.1, longitude=13.3, is_active=False)
    return zone


def typed(street, **changes):
    page = reverse("contact_new")
    data = as_shown(street, page) | {"who": "anonymous", "record_id": str(uuid7())}
    zone = data.get("zone") or str(Zone.objects.filter(partner__slug="provaltina").order_by("name").first().pk)
    return street.post(page, data | {"zone": zone, **changes})


def at(city, unit, by, position):
    return record_contact(
        by=by, team=unit, zone=city, occurred_at=timezone.now(), sighting=Sighting(), position=position
    )


def test_a_position_is_rounded_before_it_is_stored(street, city):
    assert typed(street, latitude="44.405678912", longitude="8.93449999").status_code == 302
    row = Contact.objects.get()
    assert (row.latitude, row.longitude, row.is_far) == (Decimal("44.406"), Decimal("8.934"), False)
    page = street.get(reverse("contact_detail", args=[row.pk])).content.decode()
    assert "44.406, 8.934" in page
    assert "more than 30 km" not in page


def test_a_position_outside_the_city_is_kept_and_flagged(street, city):
    assert typed(street, latitude="45.07", longitude="7.687").status_code == 302
    row = Contact.objects.get()
    assert row.is_far
    assert "more than 30 km" in street.get(reverse("contact_detail", args=[row.pk])).content.decode()
    typed(street, latitude="44.6", longitude="8.95")  # 21 km
    typed(street)
    assert Contact.objects.filter(is_far=True).count() == 1
    listed = [
        street.get(reverse("contact_list"), {"place": place}).context["table"].count for place in ("far", "noted", "")
    ]
    assert listed == [1, 2, 3]


def test_where_the_city_is_not_known_nothing_is_far(unit, zone, outreach_operator):
    assert not at(zone, unit, outreach_operator, Position(Decimal(-90), Decimal(180))).is_far


NONSENSE = [("200", "8.9"), ("44.4", "181"), ("-90.001", "0"), ("north", "8.9"), ("NaN", "8.9"), ("Infinity", "1"),
            ("1e400", "1"), ("9" * 400, "1"), ("44.4", ""), ("", "8.9"), ("44.4", "\x00"), ("٤٤٫٤", "8.9")]  # fmt: skip


@pytest.mark.parametrize(("latitude", "longitude"), NONSENSE)
def test_nonsense_is_refused_at_the_field_and_nothing_typed_is_lost(street, city, latitude, longitude):
    answer = typed(street, latitude=latitude, longitude=longitude, note="resta")
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) <= {"latitude", "longitude"}
    assert "resta" in answer.content.decode()
    assert 'class="lg-error"' in answer.content.decode()
    assert not Contact.objects.exists()


def test_the_database_takes_no_half_position_and_none_off_the_earth(city, unit, outreach_operator):
    row = at(city, unit, outreach_operator, HERE)
    for wrong in ({"longitude": None}, {"latitude": 91}, {"latitude": None, "longitude": None, "is_far": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Contact.objects.filter(pk=row.pk).update(**wrong)


def test_the_app_sends_texts_or_numbers_and_not_even_the_log_keeps_more(phone, unit, city):
    for latitude, longitude in (("44.40567891", "8.93412345"), (44.40567891, 8.93412345), (44, "8.934")):
        made = contact(unit, latitude=latitude, longitude=longitude)
        assert results(send(phone, made)) == ["applied"]
        assert Contact.objects.get(pk=made["record_id"]).longitude == Decimal("8.934")
    wrong = contact(unit, latitude="144.40567891", longitude=8.93412345)
    assert results(send(phone, wrong)) == ["refused"]
    assert "no such place" in send(phone, wrong)[0]["errors"]["latitude"]
    kept = Operation.objects.get(pk=wrong["id"]).changes
    assert (kept["latitude"], kept["longitude"]) == ("144.406", "8.934")
    assert not [row for row in Operation.objects.all() if "67891" in str(row.changes) or "12345" in str(row.changes)]


def test_what_cannot_be_read_as_a_number_is_not_kept_either(phone, unit, city):
    comma = contact(unit, latitude="44,4123456", longitude=" 8,9312345 ")
    assert results(send(phone, comma)) == ["applied"]
    assert Contact.objects.get(pk=comma["record_id"]).place == "44.412, 8.931"
    odd = contact(unit, latitude="44.4123456 N", longitude="8°55'52.123\" E") | {"base": {"latitude": "1.23456;2"}}
    assert results(send(phone, odd)) == ["refused"]
    kept = Operation.objects.get(pk=odd["id"])
    assert (kept.changes["latitude"], kept.changes["longitude"], kept.base["latitude"]) == ("?", "?", "?")


def test_close_to_zero_it_is_rounded_as_well():
    assert str(DegreeField(most=90).clean("0.0004123")) == "0.000"


def test_a_position_that_was_refused_is_mended_on_the_page(phone, unit, city, street):
    made = contact(unit, latitude="144.4", longitude="8.9")
    send(phone, made)
    page = reverse("operation_mend", args=[made["id"]])
    data = as_shown(street, page)
    assert data["latitude"] == "144.400"
    assert street.post(page, data | {"latitude": "44.4"}).status_code == 302
    assert Contact.objects.get().latitude == Decimal("44.400")


def test_it_is_not_corrected_field_by_field_and_stays_when_others_are(phone, unit, city, street, outreach_operator):
    row = a_contact(phone, unit, latitude="44.405", longitude="8.935")
    refused = change(row.pk, {"latitude": "44.405"}, {"latitude": "44.1"})
    assert results(send(phone, refused)) == ["applied"]  # not a field of corrections: kept in the log, told as unknown
    assert send(phone, refused)[0]["unknown_fields"] == ["latitude"]
    page = reverse("contact_change", args=[row.pk])
    assert street.post(page, as_shown(street, page) | {"note": "altro"}).status_code == 302
    row.refresh_from_db()
    assert (row.latitude, row.longitude, row.note) == (*HERE, "altro")


def test_it_is_removed_by_the_unit_alone_and_the_log_does_not_tell_it(
    unit, city, street, office, elsewhere, outreach_operator
):
    row = at(city, unit, outreach_operator, FAR)
    address = reverse("position_remove", args=[row.pk])
    assert office.post(address).status_code == 403
    assert elsewhere.post(address).status_code == 404
    for _turn in range(2):
        assert street.post(address).status_code == 302
    row.refresh_from_db()
    assert (row.latitude, row.longitude, row.is_far) == (None, None, False)
    logged = AuditEntry.objects.get(action="update", object_id=row.pk)
    assert logged.detail == {"position": "removed"}


def test_it_is_removed_from_a_contact_recorded_by_mistake_too(unit, city, street, outreach_operator):
    row = at(city, unit, outreach_operator, FAR)
    void_contact(by=outreach_operator, contact=row, reason="x")
    address = reverse("position_remove", args=[row.pk])
    assert address in street.get(reverse("contact_detail", args=[row.pk])).content.decode()
    assert street.post(address).status_code == 302
    row.refresh_from_db()
    assert (row.latitude, row.longitude, row.is_far) == (None, None, False)


def test_who_may_not_read_the_contact_does_not_see_where_it_was(unit, city, office, person, outreach_operator):
    row = met(outreach_operator, unit, person=person)
    Contact.objects.filter(pk=row.pk).update(latitude=HERE.latitude, longitude=HERE.longitude)
    assert "44.405" not in office.get(reverse("contact_detail", args=[row.pk])).content.decode()
    assert "44.405" not in office.get(reverse("contact_list"), {"format": "csv"}).content.decode()


def test_stops_have_a_position_too(street, city):
    page = reverse("stop_new")
    data = as_shown(street, page) | {"zone": str(city.pk), "name": "Piazza Lontana"}
    assert street.post(page, data | {"latitude": "44.4", "longitude": ""}).status_code == 422
    assert street.post(page, data | {"latitude": "45.07012", "longitude": "7.687"}).status_code == 302
    stop = Stop.objects.get()
    assert (stop.place, stop.is_far) == ("45.070, 7.687", True)
    edit = reverse("stop_edit", args=[stop.pk])
    assert "more than 30 km" in street.get(edit).content.decode()
    assert street.post(edit, as_shown(street, edit)).status_code == 302
    stop.refresh_from_db()
    assert stop.place == "45.070, 7.687"
    assert street.post(edit, as_shown(street, edit) | {"latitude": "44.405", "longitude": "8.935"}).status_code == 302
    stop.refresh_from_db()
    assert (stop.place, stop.is_far) == ("44.405, 8.935", False)
    assert AuditEntry.objects.filter(object_id=stop.pk, action="update").count() == 1
    exported = street.get(reverse("stop_list"), {"format": "csv"}).content.decode()
    assert "44.405" in exported.replace(",", ".")


def test_distances():
    genoa, turin = (44.405, 8.946), (45.070, 7.687)
    assert round(kilometres(genoa, turin)) == 124
    assert kilometres(genoa, genoa) == 0
    assert round(kilometres((0, 179.9), (0, -179.9))) == 22
    assert round(kilometres((90, 0), (-90, 0))) == 20015
