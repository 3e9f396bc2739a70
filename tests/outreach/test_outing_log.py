"""The log of an outing: started, ended, mended; which contacts belong to it; moments and numbers that make no sense."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Zone
from lgnet.core.errors import DomainError
from lgnet.network.models import User
from lgnet.outreach.corrections import change_contact
from lgnet.outreach.models import Contact, Outing, OutingState
from lgnet.outreach.outing_log import LogEntry, end_outing, mend_log, start_outing
from lgnet.outreach.outing_selectors import given_on, outing_at
from lgnet.outreach.selectors import zone_now
from lgnet.outreach.services import Sighting, record_contact
from tests.outreach.conftest import hours_from_now


@pytest.fixture
def met(outreach_operator, unit, zone):
    """Return `met(hours, ...)`: a contact of the unit so many hours from now."""

    def record(hours, *, by=outreach_operator, team=unit, **seen):
        moment = timezone.now() if hours == 0 else hours_from_now(hours)
        return record_contact(by=by, team=team, zone=zone, occurred_at=moment, sighting=Sighting(**seen))

    return record


@pytest.fixture
def out(planned, outreach_operator):
    """An outing planned three hours ago that started then, at 1000 km."""
    outing = planned(start=-3, length=6)
    return start_outing(by=outreach_operator, outing=outing, started_at=hours_from_now(-3), km_start=1000)


@pytest.fixture
def over(out, outreach_operator):
    return end_outing(by=outreach_operator, outing=out, ended_at=hours_from_now(-1), entry=LogEntry(km_end=1020))


def refused(field, words, call, **given):
    before = list(Outing.objects.values("started_at", "ended_at", "km_end")), AuditEntry.objects.count()
    with pytest.raises(DomainError) as error, transaction.atomic():
        call(**given)
    assert (error.value.field, words in str(error.value)) == (field, True), str(error.value)
    assert (list(Outing.objects.values("started_at", "ended_at", "km_end")), AuditEntry.objects.count()) == before


def test_started_ended_and_written_down(out, outreach_operator):
    assert out.state == OutingState.RUNNING
    entry = LogEntry(1042, {"blanket": 3, "food": 0}, "rain", "Una gomma a terra.", "Portare più coperte.")
    end_outing(by=outreach_operator, outing=out, ended_at=timezone.now(), entry=entry)
    outing = Outing.objects.get()
    assert (outing.state, outing.kilometres, outing.supplies) == (OutingState.OVER, 42, {"blanket": 3})
    assert (outing.weather, outing.incidents, outing.note) == ("rain", "Una gomma a terra.", "Portare più coperte.")
    changes = AuditEntry.objects.filter(object_type="outreach.outing", action="update").latest("created_at").detail
    assert changes["changes"]["km_end"] == ["", "1042"]
    assert "gomma" not in str(changes)  # what may speak of somebody is not copied into the log


def test_who_is_not_of_the_unit_neither_starts_nor_ends_it(planned, out, desk_operator, stranger, coordinator):
    later = planned(start=10)
    for user in (desk_operator, stranger):
        with pytest.raises(PermissionDenied):
            start_outing(by=user, outing=later, started_at=timezone.now())
        with pytest.raises(PermissionDenied):
            end_outing(by=user, outing=out, ended_at=timezone.now(), entry=LogEntry())
    assert end_outing(by=coordinator, outing=out, ended_at=timezone.now(), entry=LogEntry()).ended_at


def test_starts_that_make_no_sense(planned, out, outreach_operator):
    given = {"by": outreach_operator}
    refused(None, "started already", start_outing, outing=out, started_at=timezone.now(), **given)
    later = planned(start=10, crew=[])
    refused(None, "still out since", start_outing, outing=later, started_at=timezone.now(), **given)
    end_outing(by=outreach_operator, outing=out, ended_at=hours_from_now(-1), entry=LogEntry())
    refused("started_at", "in the future", start_outing, outing=later, started_at=hours_from_now(2), **given)
    refused("started_at", "Check the day", start_outing, outing=later, started_at=hours_from_now(-48), **given)
    refused("started_at", "too long ago", start_outing, outing=later, started_at=hours_from_now(-24 * 8000), **given)
    refused("started_at", "another outing then", start_outing, outing=later, started_at=hours_from_now(-2), **given)
    assert start_outing(outing=later, started_at=timezone.now(), **given).started_at


def test_ends_that_make_no_sense(out, outreach_operator):
    given = {"by": outreach_operator, "outing": out}
    refused("ended_at", "cannot end before", end_outing, ended_at=hours_from_now(-4), entry=LogEntry(), **given)
    refused("ended_at", "in the future", end_outing, ended_at=hours_from_now(24 * 700), entry=LogEntry(), **given)
    now = timezone.now()
    refused("km_end", "cannot have fewer", end_outing, ended_at=now, entry=LogEntry(km_end=999), **given)
    refused("km_end", "in one outing", end_outing, ended_at=now, entry=LogEntry(km_end=9999), **given)
    refused("supplies", "Check the numbers", end_outing, ended_at=now, entry=LogEntry(supplies={"food": -1}), **given)
    refused(
        "supplies", "Check the numbers", end_outing, ended_at=now, entry=LogEntry(supplies={"food": 10_001}), **given
    )


def test_an_outing_that_was_forgotten_ends_within_its_day(planned, outreach_operator):
    outing = planned(start=-100)
    start_outing(by=outreach_operator, outing=outing, started_at=hours_from_now(-100))
    given = {"by": outreach_operator, "outing": outing, "entry": LogEntry()}
    refused("ended_at", "more than a day", end_outing, ended_at=timezone.now(), **given)
    assert end_outing(ended_at=hours_from_now(-95), **given).state == OutingState.OVER
    refused(None, "out now", end_outing, ended_at=hours_from_now(-95), **given)


def test_nobody_of_the_crew_is_still_out_with_another_unit(planned, out, coordinator, second_unit, outreach_operator):
    second_unit.memberships.create(user=outreach_operator, starts_on=timezone.localdate() - timedelta(days=9))
    other = planned(by=coordinator, team=second_unit, start=4)  # after the planned end of the first, which goes on
    refused(None, "still out with", start_outing, by=coordinator, outing=other, started_at=timezone.now())


# -- contacts ----------------------------------------------------------------------------------------------------------


def test_a_contact_belongs_to_the_outing_its_unit_is_on(met, planned, out, unit, second_unit, outreach_operator):
    second_unit.memberships.create(user=outreach_operator, starts_on=timezone.localdate() - timedelta(days=9))
    assert met(0).outing == out
    assert met(-2).outing == out  # recorded a little later than it happened
    assert met(-4).outing is None  # before it started
    assert met(0, by=User.objects.get(pk=outreach_operator.pk), team=second_unit).outing is None
    assert outing_at(unit, timezone.now()) == out


def test_a_contact_whose_moment_is_corrected_changes_its_outing(out, met, outreach_operator):
    contact = met(-4)
    assert contact.outing is None
    change_contact(by=outreach_operator, contact=contact, changes={"occurred_at": hours_from_now(-2)})
    contact.refresh_from_db()
    assert contact.outing == out


def test_start_end_and_mending_gather_the_contacts_of_their_hours(met, planned, outreach_operator):
    outing = planned(start=-3, length=6)
    early, late, last = met(-3), met(-1), met(0)
    assert early.outing is None
    start_outing(by=outreach_operator, outing=outing, started_at=hours_from_now(-2))
    contacts = {"early": early, "late": late, "last": last}

    def inside():
        rows = Contact.objects.filter(outing=outing).values_list("pk", flat=True)
        return {name for name, contact in contacts.items() if contact.pk in set(rows)}

    assert inside() == {"late", "last"}
    end_outing(by=outreach_operator, outing=outing, ended_at=hours_from_now(-0.5), entry=LogEntry())
    assert inside() == {"late"}
    given = {"started_at": hours_from_now(-3), "km_start": None, "ended_at": hours_from_now(-2), "entry": LogEntry()}
    mend_log(by=outreach_operator, outing=outing, **given)
    assert inside() == {"early"}


def test_one_that_was_never_ended_does_not_take_contacts_of_other_days(met, planned, outreach_operator):
    outing = planned(start=-30)
    start_outing(by=outreach_operator, outing=outing, started_at=hours_from_now(-30))
    assert met(0).outing is None
    assert met(-20).outing == outing


def test_what_contacts_say_was_given_is_counted_by_heads(met, out):
    met(-1, given=["food", "blanket"])
    met(-1, given=["food"], head_count=4)
    met(-4, given=["food"])  # before it started
    assert given_on(out) == {"food": 5, "blanket": 1}


# -- mended ------------------------------------------------------------------------------------------------------------


def test_a_log_is_mended_and_the_old_words_stay_in_the_log_of_changes(over, outreach_operator):
    given = {"started_at": over.started_at, "km_start": 1000, "ended_at": over.ended_at, "by": outreach_operator}
    mend_log(outing=over, entry=LogEntry(km_end=1030), **given)
    assert Outing.objects.get().kilometres == 30
    changes = AuditEntry.objects.filter(object_type="outreach.outing").latest("created_at").detail["changes"]
    assert changes == {"km_end": ["1020", "1030"]}
    before = AuditEntry.objects.count()
    mend_log(outing=over, entry=LogEntry(km_end=1030), **given)
    assert AuditEntry.objects.count() == before


def test_what_is_out_now_is_ended_not_mended(out, outreach_operator):
    given = {"started_at": out.started_at, "km_start": 1, "ended_at": timezone.now(), "entry": LogEntry()}
    refused(None, "not over yet", mend_log, by=outreach_operator, outing=out, **given)


# -- the zone of a new contact -------------------------------------------------------------------------------------------


def test_the_zone_is_that_of_the_stop_of_the_moment_unless_the_crew_says_otherwise(
    planned, outreach_operator, unit, zone, square, partner, met
):
    other = Zone.objects.create(partner=partner, name="Altra zona")
    assert zone_now(outreach_operator, [unit]) is None
    outing = planned(start=-2, length=5, halts=[(square, 0.5)])
    assert zone_now(outreach_operator, [unit]) is None  # planned, not started
    start_outing(by=outreach_operator, outing=outing, started_at=hours_from_now(-2))
    assert zone_now(outreach_operator, [unit]) == zone
    record_contact(by=outreach_operator, team=unit, zone=other, occurred_at=timezone.now(), sighting=Sighting())
    assert zone_now(outreach_operator, [unit]) == other
