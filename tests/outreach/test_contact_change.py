"""Correcting a contact on its page."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Zone
from lgnet.outreach.corrections import change_contact
from lgnet.people.models import JourneyEvent
from tests.outreach.street import as_shown, met


def test_a_contact_is_corrected_by_its_unit(street, unit, outreach_operator):
    row = met(outreach_operator, unit, nickname="Stela", note="prima")
    address = reverse("contact_change", args=[row.pk])
    before = row.occurred_at
    data = as_shown(street, address)
    street_answer = street.post(address, data | {"nickname": "Stella", "note": "dopo"})
    assert street_answer.url == reverse("contact_detail", args=[row.pk])
    row.refresh_from_db()
    assert (row.nickname, row.note, row.occurred_at) == ("Stella", "dopo", before)
    logged = AuditEntry.objects.get(action="update", object_id=row.pk)
    assert logged.detail["changes"] == {"nickname": ["Stela", "Stella"], "note": ["prima", "dopo"]}


def test_nothing_changed_writes_nothing(street, unit, outreach_operator):
    row = met(outreach_operator, unit, nickname="Stella", needs=["health"], sleeping_rough=False, language="wo")
    address = reverse("contact_change", args=[row.pk])
    assert street.post(address, as_shown(street, address)).status_code == 302
    assert not AuditEntry.objects.filter(action="update", object_id=row.pk).exists()
    assert JourneyEvent.objects.count() == 1


def test_who_was_slower_sees_what_is_saved_now_and_saves_again(street, unit, outreach_operator, tablet):
    row = met(outreach_operator, unit, note="prima")
    address = reverse("contact_change", args=[row.pk])
    data = as_shown(street, address) | {"note": "mia"}
    change_contact(by=tablet.user, contact=row, changes={"note": "di un altro"})
    answer = street.post(address, data)
    assert answer.status_code == 422
    assert "di un altro" in answer.content.decode()
    row.refresh_from_db()
    assert row.note == "di un altro"
    again = data | {"version": answer.context["form"].data["version"]}
    assert street.post(address, again).status_code == 302
    row.refresh_from_db()
    assert row.note == "mia"


def test_a_correction_without_a_version_is_not_believed(street, unit, outreach_operator):
    row = met(outreach_operator, unit, note="prima")
    address = reverse("contact_change", args=[row.pk])
    data = as_shown(street, address)
    del data["version"]
    assert street.post(address, data | {"note": "x"}).status_code == 422


def test_impossible_corrections(street, unit, outreach_operator, other_partner):
    row = met(outreach_operator, unit)
    address = reverse("contact_change", args=[row.pk])
    data = as_shown(street, address)
    tomorrow = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    for wrong in ({"occurred_at": tomorrow}, {"occurred_at": ""}, {"occurred_at": "0001-01-01T00:00"}, {"gender": "?"},
                  {"zone": Zone.objects.get(partner=other_partner).pk}):  # fmt: skip
        assert street.post(address, data | wrong).status_code == 422


def test_a_nickname_given_later_starts_a_trace(unit, outreach_operator):
    row = met(outreach_operator, unit)
    changed = change_contact(by=outreach_operator, contact=row, changes={"nickname": "Stella"})
    assert changed.trace is not None
    assert JourneyEvent.objects.get(voided_at=None).trace == changed.trace


def test_others_do_not_correct(office, elsewhere, unit, outreach_operator, coordinator):
    row = met(outreach_operator, unit)
    address = reverse("contact_change", args=[row.pk])
    assert (office.get(address).status_code, elsewhere.get(address).status_code) == (403, 404)
    assert (office.post(address).status_code, elsewhere.post(address).status_code) == (403, 404)
    with pytest.raises(PermissionDenied):
        change_contact(by=coordinator, contact=row, changes={"note": "x"})
