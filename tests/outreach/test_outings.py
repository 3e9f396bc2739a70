"""Planning outings: who may, what makes no sense, nobody in two places, midnight and the change of hour."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Team, TeamMembership, Zone
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.periods import at_clock, days_later
from lgnet.network.models import User
from lgnet.network.roles import Role
from lgnet.outreach.models import CrewMember, Outing, OutingState, PlannedStop, Stop
from lgnet.outreach.outing_log import start_outing
from lgnet.outreach.outings import (
    Halt,
    Plan,
    cancel_outing,
    change_outing,
    plan_of,
    plan_outing,
    restore_outing,
)
from lgnet.outreach.shifts import clashes_of
from lgnet.outreach.stops import change_stop, create_stop, describe_unit
from tests.conftest import team_of
from tests.outreach.conftest import hours_from_now

ROME = ZoneInfo("Europe/Rome")


def refused(field, words, call, **given):
    """The call is refused at that field, with these words, and nothing is written."""
    before = (Outing.objects.count(), CrewMember.objects.count(), AuditEntry.objects.count())
    with pytest.raises(DomainError) as error, transaction.atomic():
        call(**given)
    assert (error.value.field, words in str(error.value)) == (field, True), str(error.value)
    assert (Outing.objects.count(), CrewMember.objects.count(), AuditEntry.objects.count()) == before


# -- planned -----------------------------------------------------------------------------------------------------------


def test_the_unit_plans_and_everything_is_kept(planned, outreach_operator, mate, square, unit):
    outing = planned(crew=[outreach_operator, mate], volunteers=["Ada Volontaria"], halts=[(square, 1)])
    assert outing.state == OutingState.PLANNED
    assert sorted(str(one) for one in outing.crew.all()) == sorted(
        [outreach_operator.full_name, mate.full_name, "Ada Volontaria"]
    )
    assert [row.stop for row in outing.stops.all()] == [square]
    entry = AuditEntry.objects.get(object_type="outreach.outing", object_id=outing.pk)
    assert (entry.action, entry.actor_id, entry.partner_id) == ("create", outreach_operator.pk, unit.partner_id)
    assert "Ada Volontaria" in entry.detail["crew"]


def test_the_coordinator_plans_for_every_unit_of_the_city_and_nobody_else_does(
    planned, coordinator, outreach_operator, second_unit, desk_operator, stranger, make_user, other_partner
):
    assert planned(by=coordinator, crew=[]).planned_by == coordinator
    boss_elsewhere = make_user(Role.COORDINATOR, other_partner)
    for user, team in (
        (outreach_operator, second_unit), (desk_operator, second_unit), (stranger, second_unit), (boss_elsewhere, second_unit),
    ):  # fmt: skip
        with pytest.raises(PermissionDenied):
            planned(by=user, team=team, crew=[])


def test_a_form_sent_twice_plans_once(planned):
    pk = uuid7()
    assert planned(record_id=pk).pk == planned(record_id=pk).pk == pk
    assert Outing.objects.count() == 1


def test_only_an_active_mobile_unit_goes_out(planned, coordinator, partner, second_unit):
    refused("team", "active mobile unit", planned, by=coordinator, team=team_of(partner, "desk"), crew=[])
    Team.objects.filter(pk=second_unit.pk).update(is_active=False)
    second_unit.refresh_from_db()
    refused("team", "active mobile unit", planned, by=coordinator, team=second_unit, crew=[])


def test_hours_that_make_no_sense_are_refused(planned):
    refused("until", "not after", planned, length=0)
    refused("until", "not after", planned, length=-1)
    refused("until", "a day at most", planned, length=25)
    refused("day", "too long ago", planned, start=-24 * 366 * 20)
    refused("day", "too far ahead", planned, start=24 * 500)


def test_who_is_not_in_the_unit_on_that_day_does_not_go(planned, outreach_operator, desk_operator, mate, unit):
    refused("crew", "not in this unit", planned, crew=[desk_operator])
    TeamMembership.objects.filter(user=mate).update(ends_on=timezone.localdate() + timedelta(days=3))
    planned(crew=[mate])
    refused("crew", "not in this unit", planned, start=24 * 5, crew=[mate])
    TeamMembership.objects.filter(user=mate).update(ends_on=None, ended_at=timezone.now() - timedelta(days=2))
    refused("crew", "not in this unit", planned, start=24, crew=[mate])
    planned(start=-24 * 4, crew=[mate])  # written down afterwards: the colleague was there on that day


# -- nobody in two places ------------------------------------------------------------------------------------------------


def test_a_unit_is_on_one_outing_at_a_time(planned):
    planned(start=1, length=4)
    refused("day", "another outing", planned, start=4, length=4, crew=[])
    refused("day", "another outing", planned, start=2, length=1, crew=[])
    planned(start=5, length=2, crew=[])  # one ends when the other begins


def test_who_would_be_on_two_outings_at_once_is_told_and_not_refused(
    planned, second_unit, coordinator, outreach_operator
):
    second_unit.memberships.create(user=outreach_operator, starts_on=timezone.localdate() - timedelta(days=9))
    first = planned(start=1, crew=[outreach_operator], volunteers=["Ada Volontaria"])
    given = {"by": coordinator, "team": second_unit}
    second = planned(start=3, crew=[outreach_operator], volunteers=["ADA volontaria"], **given)
    told = clashes_of(second)
    assert [text.split(" is on")[0] for text in told] == [outreach_operator.full_name, "Ada Volontaria"]
    assert all(first.team.name in text for text in told)
    assert clashes_of(planned(start=24, crew=[outreach_operator], **given)) == []


def test_of_another_city_only_that_it_is_so_is_told(planned, outreach_operator, make_user, other_partner):
    elsewhere = team_of(other_partner, Team.Kind.MOBILE_UNIT)
    elsewhere.memberships.create(user=outreach_operator, starts_on=timezone.localdate() - timedelta(days=9))
    boss = make_user(Role.COORDINATOR, other_partner)
    planned(by=boss, team=elsewhere, start=1)
    assert clashes_of(planned(start=2)) == [f"{outreach_operator.full_name} is on another outing then."]


def test_a_cancelled_outing_keeps_nobody_busy(planned, outreach_operator):
    first = planned(start=1)
    cancel_outing(by=outreach_operator, outing=first, reason="allerta meteo")
    planned(start=2)
    with pytest.raises(DomainError, match="another outing"):
        restore_outing(by=outreach_operator, outing=first)


# -- stops of the plan -----------------------------------------------------------------------------------------------------


def test_stops_lie_in_the_hours_and_in_the_city(planned, square, make_user, other_partner, outreach_operator, unit):
    refused("halts", "outside of the hours", planned, halts=[(square, -1)])
    refused("halts", "outside of the hours", planned, halts=[(square, 4)])
    boss = make_user(Role.COORDINATOR, other_partner)
    far = create_stop(by=boss, zone=Zone.objects.get(partner=other_partner), name="Altrove")
    refused("halts", "another city", planned, halts=[(far, 1)])
    start = hours_from_now(1)
    backwards = Halt(square, start + timedelta(hours=2), start + timedelta(hours=1))
    plan = Plan(start, start + timedelta(hours=4), halts=[backwards])
    refused("halts", "before it begins", plan_outing, by=outreach_operator, team=unit, plan=plan)


# -- weeks, midnight, the change of hour -----------------------------------------------------------------------------------


def local(*numbers):
    return datetime(*numbers, tzinfo=ROME)


def test_weeks_repeat_the_hours_on_the_wall_over_the_change_of_hour(outreach_operator, unit, square):
    with time_machine.travel(local(2027, 3, 1, 12), tick=False):
        start = local(2027, 3, 20, 22)  # the clock is put forward on 28 March at 2
        plan = Plan(start, local(2027, 3, 21, 4), [outreach_operator], [], [Halt(square, local(2027, 3, 21, 1, 30))])
        first = plan_outing(by=outreach_operator, team=unit, plan=plan, weeks=3)
    rows = list(Outing.objects.order_by("starts_at"))
    assert rows[0] == first
    assert len({row.series for row in rows}) == 1
    shown = [timezone.localtime(row.starts_at).strftime("%d %H:%M") for row in rows]
    assert shown == ["20 22:00", "27 22:00", "03 22:00"]
    assert [timezone.localtime(row.ends_at).strftime("%d %H:%M") for row in rows] == [
        "21 04:00",
        "28 04:00",
        "04 04:00",
    ]
    assert [(row.ends_at - row.starts_at) / timedelta(hours=1) for row in rows] == [6, 5, 6]
    stops = [timezone.localtime(row.arrives_at).strftime("%H:%M") for row in PlannedStop.objects.order_by("arrives_at")]
    assert stops == ["01:30", "01:30", "01:30"]


def test_the_night_in_which_an_hour_comes_twice_is_an_hour_longer(outreach_operator, unit):
    with time_machine.travel(local(2027, 10, 1, 12), tick=False):
        plan = Plan(local(2027, 10, 30, 22), local(2027, 10, 31, 4), [outreach_operator])
        outing = plan_outing(by=outreach_operator, team=unit, plan=plan)
    assert outing.ends_at - outing.starts_at == timedelta(hours=7)


def test_clock_times_that_are_skipped_or_come_twice():
    assert at_clock(date(2027, 3, 28), time(2, 30)) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)  # 3:30 in Rome
    assert at_clock(date(2027, 10, 31), time(2, 30)) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert days_later(local(2027, 3, 27, 18), 7) == datetime(2027, 4, 3, 16, tzinfo=UTC)


def test_if_one_week_will_not_do_none_is_planned(planned, outreach_operator, unit):
    planned(start=24 * 14 + 2)
    refused("day", "another outing", planned, start=1, length=4, weeks=4)
    assert planned(start=1, weeks=2).series is not None


def test_an_absurd_number_of_weeks_is_refused(planned):
    for weeks in (0, -1, 27):
        refused("weeks", "between 1 and 26", planned, weeks=weeks)


# -- moved, cancelled, taken up again ----------------------------------------------------------------------------------------


def test_an_outing_is_moved_with_crew_and_stops(planned, outreach_operator, mate, square):
    outing = planned(crew=[outreach_operator], halts=[(square, 1)])
    later = plan_of(outing).later(1)
    later = Plan(later.starts_at, later.ends_at, [mate], ["Ada"], later.halts)
    change_outing(by=outreach_operator, outing=outing, plan=later)
    outing.refresh_from_db()
    assert outing.starts_at == later.starts_at
    assert [str(one) for one in outing.crew.all()] == [mate.full_name, "Ada"]
    assert outing.stops.get().arrives_at == later.halts[0].arrives_at
    changes = AuditEntry.objects.filter(object_id=outing.pk, action="update").get().detail["changes"]
    assert set(changes) == {"from", "to", "crew"}  # the stop is at the same time of its day
    change_outing(by=outreach_operator, outing=outing, plan=later)
    assert AuditEntry.objects.filter(object_id=outing.pk, action="update").count() == 1


def test_an_outing_that_has_started_keeps_its_planned_hours(planned, outreach_operator, mate):
    outing = planned(start=-1)
    start_outing(by=outreach_operator, outing=outing, started_at=hours_from_now(-1))
    moved = Plan(hours_from_now(30), hours_from_now(34), [mate])
    change_outing(by=outreach_operator, outing=outing, plan=moved)
    assert Outing.objects.get().starts_at == outing.starts_at
    assert [one.user for one in outing.crew.all()] == [mate]


def test_what_is_cancelled_or_not_cancelled_is_told_so(planned, outreach_operator):
    outing = planned()
    refused("reason", "Say why", cancel_outing, by=outreach_operator, outing=outing, reason="  ")
    refused(None, "not cancelled", restore_outing, by=outreach_operator, outing=outing)
    cancel_outing(by=outreach_operator, outing=outing, reason="pioggia")
    refused(None, "already", cancel_outing, by=outreach_operator, outing=outing, reason="pioggia")
    refused(None, "no longer changed", change_outing, by=outreach_operator, outing=outing, plan=plan_of(outing))
    refused(None, "cancelled", start_outing, by=outreach_operator, outing=outing, started_at=timezone.now())
    restore_outing(by=outreach_operator, outing=outing)
    outing.refresh_from_db()
    assert (outing.state, outing.cancel_reason) == (OutingState.PLANNED, "")
    reasons = [e.detail.get("reason") for e in AuditEntry.objects.filter(object_id=outing.pk, action="update")]
    assert "pioggia" in reasons


def test_a_running_outing_is_not_cancelled_and_a_past_one_not_taken_up(planned, outreach_operator):
    outing = planned(start=-1)
    start_outing(by=outreach_operator, outing=outing, started_at=hours_from_now(-1))
    refused(None, "end it instead", cancel_outing, by=outreach_operator, outing=outing, reason="pioggia")
    past = planned(start=-30)
    assert past.state == OutingState.MISSED
    cancel_outing(by=outreach_operator, outing=past, reason="nessuno")
    refused(None, "have passed", restore_outing, by=outreach_operator, outing=past)


def test_the_database_keeps_what_must_hold(planned, outreach_operator):
    outing = planned()
    for wrong in (
        {"ends_at": outing.starts_at}, {"ended_at": timezone.now()}, {"km_start": 5, "km_end": 4},
        {"started_at": timezone.now(), "cancelled_at": timezone.now()},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Outing.objects.filter(pk=outing.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        CrewMember.objects.create(outing=outing)
    with pytest.raises(IntegrityError), transaction.atomic():
        CrewMember.objects.create(outing=outing, user=outreach_operator, name="twice")


# -- stops and units -----------------------------------------------------------------------------------------------------------


def test_stops_are_made_and_changed_by_units_and_coordinator(
    outreach_operator, coordinator, desk_operator, zone, other_partner, make_user
):
    stop = create_stop(by=coordinator, zone=zone, name="  Largo   Prova ", directions="Bus 1")
    assert stop.name == "Largo Prova"
    refused("name", "already", create_stop, by=outreach_operator, zone=zone, name="LARGO prova")
    refused("name", "Give the stop a name", create_stop, by=outreach_operator, zone=zone, name=" ")
    pk = uuid7()
    made = [create_stop(by=coordinator, zone=zone, name="Due", record_id=pk) for _turn in range(2)]
    assert {one.pk for one in made} == {pk}
    given = {"name": "Largo Prova", "directions": "", "is_published": True}
    change_stop(by=outreach_operator, stop=stop, zone=zone, is_active=True, position=None, **given)
    assert Stop.objects.get(pk=stop.pk).is_published
    change_stop(by=outreach_operator, stop=stop, zone=zone, is_active=False, position=None, **given)
    assert not Stop.objects.get(pk=stop.pk).is_published  # what is out of use is not published
    far = Zone.objects.get(partner=other_partner)
    refused(
        "zone", "another city", change_stop, by=coordinator, stop=stop, zone=far, is_active=True, position=None, **given
    )
    for user in (desk_operator, make_user(Role.COORDINATOR, other_partner)):
        with pytest.raises(PermissionDenied):
            create_stop(by=user, zone=zone, name="Tre")
        with pytest.raises(PermissionDenied):
            change_stop(by=user, stop=stop, zone=zone, is_active=True, position=None, **given)


def test_who_manages_the_teams_describes_a_unit(coordinator, outreach_operator, unit, partner):
    given = {"vehicle": "Furgone", "plate": "AA 000 AA", "equipment": "Tablet"}
    described = describe_unit(by=coordinator, team=unit, **given)
    assert (described.vehicle, unit.mobile_unit.plate) == ("Furgone", "AA 000 AA")
    assert AuditEntry.objects.filter(object_type="outreach.mobileunit", object_id=described.pk).count() == 1
    describe_unit(by=coordinator, team=unit, **given)
    assert AuditEntry.objects.filter(object_type="outreach.mobileunit").count() == 1
    with pytest.raises(PermissionDenied):
        describe_unit(by=User.objects.get(pk=outreach_operator.pk), team=unit, **given)
    with pytest.raises(DomainError, match="no mobile unit"):
        describe_unit(by=coordinator, team=team_of(partner, "desk"), **given)
