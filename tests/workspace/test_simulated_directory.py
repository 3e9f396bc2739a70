"""The directory of services of the demo: written by the services of the pages, the same for the same seed."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.directory_codes import Access, Accessibility, Audience
from lgnet.catalogue.hours_text import read_hours
from lgnet.catalogue.models import Offer, OfferException, ServiceType
from lgnet.workspace.simulated_directory import SERVICES, Directory


def run(partner, staff, scale=1.0):
    """Do everything at its moment, as the simulation does."""
    events = []
    Directory(partner, staff, seed=7, scale=scale, at=lambda at, act: events.append((at, act))).plan(
        timezone.now(), 240
    )
    for moment, act in sorted(events, key=lambda event: event[0]):
        with time_machine.travel(moment, tick=False):
            act()


def test_every_invented_service_can_be_read():
    for said in SERVICES:
        assert read_hours(said["hours"]).spans
        assert set(said["audiences"]) <= set(Audience.values)
        assert set(said["access"]) <= set(Access.values)
        assert set(said.get("accessibility", ())) <= set(Accessibility.values)


@pytest.fixture
def catalogue(db):
    call_command("load_network", verbosity=0)


def test_a_city_has_its_directory(catalogue, partner, desk_operator, coordinator):
    run(partner, [desk_operator, coordinator])
    offers = Offer.objects.filter(partner=partner)
    assert offers.count() == len(SERVICES)
    codes = {code for said in SERVICES for code in said["types"]}
    assert set(ServiceType.objects.filter(offers__in=offers).values_list("code", flat=True)) == codes
    assert offers.filter(status="suspended").count() == 1
    assert any(offer.is_stale for offer in offers)
    assert OfferException.objects.count() == 1
    written = AuditEntry.objects.filter(object_type="catalogue.offer", action="create").earliest("created_at")
    assert written.created_at < timezone.now() - timedelta(days=200)


def test_a_small_demo_has_a_few(catalogue, partner, desk_operator):
    run(partner, [desk_operator], scale=0.1)
    assert Offer.objects.count() == 3
