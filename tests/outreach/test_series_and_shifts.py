"""A weekly series is changed as a whole, and of the crew somebody comes later or leaves earlier."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.core.periods import at_clock
from lgnet.network.roles import Role
from lgnet.outreach.models import Outing
from lgnet.outreach.outing_log import LogEntry, end_outing, start_outing
from lgnet.outreach.outing_series import cancel_series, change_series, following, restore_series, set_shifts
from lgnet.outreach.outings import Halt, Plan, cancel_outing, change_outing, plan_of, plan_outing
from lgnet.outreach.shifts import Shift, clashes_of, next_shifts
from tests.queries import count_queries


def at(name, row):
    return reverse(name, args=[row.pk])


def clocks(outings):
    return [f"{timezone.localtime(one.starts_at):%d/%m %H:%M}" for one in outings]


@pytest.fixture
def weekly(outreach_operator, unit, square):
    """Five weeks from Tuesday 9 March 2027 at 20:00; the clock is put forward on 28 March."""
    with time_machine.travel("2027-03-09 10:00:00+01:00"):
        day = date(2027, 3, 9)
        plan = Plan(
            at_clock(day, time(20)), at_clock(day, time(23)), [outreach_operator], ["Ada Prova"],
            [Halt(square, at_clock(day, time(21)))],
        )  # fmt: skip
        plan_outing(by=outreach_operator, team=unit, plan=plan, weeks=5)
        yield list(Outing.objects.order_by("starts_at"))


@pytest.fixture
def street(weekly, sign_in, outreach_operator):
    return sign_in(outreach_operator)  # in that week: a session of today would have ended


def test_what_is_changed_of_one_is_changed_of_the_following_and_nothing_else(weekly, outreach_operator, mate):
    _first, second, third, fourth, last = weekly
    change_outing(by=outreach_operator, outing=fourth, plan=plan_of_with(fourth, volunteers=["Bruno Prova"]))
    cancel_outing(by=outreach_operator, outing=last, reason="festa")
    moved = plan_of(second)
    day = date(2027, 3, 17)  # a day and a half hour later
    plan = Plan(
        at_clock(day, time(20, 30)), at_clock(day, time(23, 30)), [mate], moved.volunteers, list(moved.halts)[:0]
    )
    changed = change_series(by=outreach_operator, outing=second, plan=plan)
    assert {one.pk for one in changed} == {second.pk, third.pk, fourth.pk}
    rows = list(Outing.objects.order_by("starts_at"))
    # the hour on the wall stays, over the change of the clock
    assert clocks(rows) == ["09/03 20:00", "17/03 20:30", "24/03 20:30", "31/03 20:30", "06/04 20:00"]
    assert [[str(one) for one in row.crew.all()] for row in rows[1:4]] == [
        [mate.full_name, "Ada Prova"], [mate.full_name, "Ada Prova"], [mate.full_name, "Bruno Prova"],
    ]  # fmt: skip
    assert [row.stops.count() for row in rows] == [1, 0, 0, 0, 1]
    logged = AuditEntry.objects.filter(action="update", object_id__in=[second.pk, third.pk])
    assert logged.count() == 2


def plan_of_with(outing, **changes):
    plan = plan_of(outing)
    return Plan(
        plan.starts_at, plan.ends_at, plan.crew, changes.get("volunteers", plan.volunteers), plan.halts, plan.shifts
    )


def test_stops_of_the_following_move_with_the_day_and_stay_with_new_hours(weekly, outreach_operator, square):
    first = weekly[0]
    day = date(2027, 3, 10)
    halts = [Halt(square, at_clock(day, time(21)))]
    plan = Plan(at_clock(day, time(19)), at_clock(day, time(23)), [outreach_operator], ["Ada Prova"], halts)
    change_series(by=outreach_operator, outing=first, plan=plan)
    arrivals = [timezone.localtime(row.stops.get().arrives_at) for row in Outing.objects.order_by("starts_at")]
    assert [f"{moment:%d/%m %H:%M}" for moment in arrivals] == [
        "10/03 21:00", "17/03 21:00", "24/03 21:00", "31/03 21:00", "07/04 21:00",
    ]  # fmt: skip


def test_a_series_may_move_over_itself(weekly, outreach_operator):
    for days in (7, -7):
        plan = plan_of(Outing.objects.get(pk=weekly[1].pk)).later(days)
        change_series(by=outreach_operator, outing=Outing.objects.get(pk=weekly[1].pk), plan=plan)
    assert clocks(Outing.objects.order_by("starts_at")) == clocks(weekly)


def test_if_one_of_the_following_will_not_do_none_is_changed(weekly, outreach_operator, unit):
    taken = at_clock(date(2027, 3, 23), time(23, 30))
    plan_outing(by=outreach_operator, team=unit, plan=Plan(taken, taken + timedelta(hours=2)))
    late = plan_of(weekly[0])
    later = Plan(late.starts_at, at_clock(date(2027, 3, 10), time(0, 30)), late.crew, late.volunteers, late.halts)
    with pytest.raises(DomainError, match=r"23/03/2027|03/23/2027") as error:
        change_series(by=outreach_operator, outing=weekly[0], plan=later)
    assert error.value.field == "day"
    assert clocks(Outing.objects.filter(series__isnull=False).order_by("starts_at")) == clocks(weekly)


def test_cancelled_in_one_go_and_taken_up_in_one_go(weekly, outreach_operator):
    first, second, third, fourth, last = weekly
    cancel_outing(by=outreach_operator, outing=fourth, reason="per conto suo")
    start_outing(by=outreach_operator, outing=first, started_at=timezone.now())
    cancel_series(by=outreach_operator, outing=second, reason="camper fermo")
    states = [row.state.value for row in Outing.objects.order_by("starts_at")]
    assert states == ["running", "cancelled", "cancelled", "cancelled", "cancelled"]
    restored = restore_series(by=outreach_operator, outing=second)
    assert {one.pk for one in restored} == {second.pk, third.pk, last.pk}
    states = [row.state.value for row in Outing.objects.order_by("starts_at")]
    assert states == ["running", "planned", "planned", "cancelled", "planned"]
    assert AuditEntry.objects.filter(object_id=third.pk, action="update").count() == 2


def test_only_who_runs_the_unit(weekly, desk_operator, make_user, other_partner):
    for user in (desk_operator, make_user(Role.COORDINATOR, other_partner)):
        for service, given in (
            (change_series, {"plan": plan_of(weekly[0])}), (cancel_series, {"reason": "x"}), (restore_series, {}),
            (set_shifts, {"shifts": {}}),
        ):  # fmt: skip
            with pytest.raises(PermissionDenied):
                service(by=user, outing=weekly[0], **given)


def test_the_pages_ask_for_which_outings(street, weekly, unit):
    first, second = weekly[:2]
    form = street.get(at("outing_edit", second)).context["form"]
    assert [label for _value, label in form.fields["scope"].choices] == [
        "this one only", "this one and the 3 that follow",
    ]  # fmt: skip
    assert "scope" not in street.get(at("outing_edit", weekly[-1])).context["form"].fields
    data = {"team": unit.pk, "day": "2027-03-16", "since": "19:00", "until": "22:00", "seen": form.initial["seen"]}
    street.post(at("outing_edit", second), data | {"scope": "following"})
    assert clocks(Outing.objects.order_by("starts_at")) == [
        "09/03 20:00", "16/03 19:00", "23/03 19:00", "30/03 19:00", "06/04 19:00",
    ]  # fmt: skip
    street.post(at("outing_cancel", first), {"reason": "pioggia", "scope": "one"})
    street.post(at("outing_cancel", second), {"reason": "camper fermo", "scope": "following"})
    assert not following(first).exists()
    page = street.get(at("outing_detail", second)).content.decode()
    assert "Undo for the 3 cancelled with it too" in page
    street.post(at("outing_restore", second), {"together": ""})
    assert Outing.objects.filter(cancelled_at=None).count() == 4


# -- shifts --------------------------------------------------------------------------------------------------------------


def test_shifts_through_the_page_and_everywhere_they_are_told(street, weekly, outreach_operator):
    outing = weekly[0]
    form = street.get(at("outing_shifts", outing)).context["form"]
    data = {"seen": form.initial["seen"], "joins_0": "21:00", "leaves_0": "", "joins_1": "", "leaves_1": "22:30"}
    assert street.post(at("outing_shifts", outing), data | {"scope": "one"}).url == at("outing_detail", outing)
    for page in (
        at("outing_detail", outing), reverse("outing_calendar") + "?day=2027-03-09", at("outing_log", outing),
        reverse("outing_list"),
    ):  # fmt: skip
        text = street.get(page).content.decode()
        assert "21:00–23:00" in text, page
        assert "20:00–22:30" in text, page
    text = street.get(reverse("outing_list"), {"format": "csv"}).content.decode("utf-8-sig")
    assert f"{outreach_operator.full_name} 2:00, Ada Prova 2:30" in text
    assert ";4,5;" in text
    assert AuditEntry.objects.filter(object_id=outing.pk, action="update").count() == 1
    again = street.get(at("outing_shifts", outing)).context["form"]
    assert (again["joins_0"].value(), again["leaves_1"].value()) == (time(21), time(22, 30))


def test_who_joins_before_the_unit_really_left_is_still_of_that_day(street, weekly, outreach_operator):
    outing, day = weekly[0], date(2027, 3, 9)
    joins = at_clock(day, time(20, 5))
    set_shifts(by=outreach_operator, outing=outing, shifts={str(outreach_operator.pk): Shift(joins)})
    Outing.objects.filter(pk=outing.pk).update(started_at=at_clock(day, time(20, 7)))
    form = street.get(at("outing_shifts", outing)).context["form"]
    number = [member.user_id for member in form.members].index(outreach_operator.pk)
    data = {"seen": form.initial["seen"], f"joins_{number}": "20:05", "scope": "one"}
    assert street.post(at("outing_shifts", outing), data).status_code == 302
    assert outing.crew.get(user=outreach_operator).joins_at == joins


def test_shifts_of_the_following_too_and_they_move_with_the_outing(street, weekly, outreach_operator):
    first, second = weekly[0], weekly[3]  # of the first day of summer time
    me = str(outreach_operator.pk)
    shift = Shift(at_clock(date(2027, 3, 9), time(21)), None)
    set_shifts(by=outreach_operator, outing=first, shifts={me: shift}, with_following=True)
    joins = [timezone.localtime(row.crew.get(user=outreach_operator).joins_at).hour for row in Outing.objects.all()]
    assert joins == [21] * 5
    plan = plan_of(Outing.objects.get(pk=second.pk)).later(1)
    change_outing(
        by=outreach_operator, outing=second, plan=Plan(plan.starts_at, plan.ends_at, plan.crew, plan.volunteers)
    )
    member = second.crew.get(user=outreach_operator)
    assert timezone.localtime(member.joins_at) == datetime(2027, 3, 31, 21, tzinfo=timezone.get_current_timezone())
    late = Plan(plan.starts_at + timedelta(hours=2), plan.ends_at + timedelta(hours=2), plan.crew)
    change_outing(by=outreach_operator, outing=second, plan=late)
    assert second.crew.get(user=outreach_operator).is_whole  # the outing begins later than the shift did


def test_shifts_that_cannot_be_are_told_at_their_field(street, weekly, outreach_operator):
    outing = weekly[0]
    for wrong, field in (
        ({"joins_0": "19:00"}, "joins_0"), ({"leaves_0": "23:30"}, "leaves_0"), ({"joins_1": "22:00", "leaves_1": "21:00"}, "leaves_1"),
        ({"joins_0": "25:00"}, "joins_0"),
    ):  # fmt: skip
        answer = street.post(at("outing_shifts", outing), wrong)
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field], wrong
    with pytest.raises(DomainError, match="outside"):
        set_shifts(by=outreach_operator, outing=outing, shifts={"Ada Prova": Shift(outing.ends_at)})
    cancelled = cancel_outing(by=outreach_operator, outing=weekly[1], reason="x")
    assert street.get(at("outing_shifts", cancelled)).status_code == 302
    with pytest.raises(DomainError, match="no longer changed"):
        set_shifts(by=outreach_operator, outing=cancelled, shifts={})


def test_a_colleague_who_changed_it_meanwhile_is_told(street, weekly, outreach_operator):
    seen = street.get(at("outing_shifts", weekly[0])).context["form"].initial["seen"]
    set_shifts(
        by=outreach_operator, outing=weekly[0], shifts={"Ada Prova": Shift(weekly[0].starts_at + timedelta(hours=1))}
    )
    answer = street.post(at("outing_shifts", weekly[0]), {"seen": seen, "joins_0": "21:00"})
    assert answer.status_code == 422
    assert "colleague changed" in answer.content.decode()


def test_who_is_in_two_places_is_told_by_shift(street, weekly, outreach_operator, coordinator, second_unit):
    second_unit.memberships.create(user=outreach_operator, starts_on=date(2027, 1, 1))
    one, me = weekly[0], str(outreach_operator.pk)
    start = one.starts_at + timedelta(hours=2)
    other = plan_outing(
        by=coordinator, team=second_unit, plan=Plan(start, start + timedelta(hours=3), [outreach_operator])
    )
    assert len(clashes_of(other)) == len(clashes_of(one)) == 1
    assert "Somebody would be in two places" in street.get(at("outing_detail", one)).content.decode()
    set_shifts(by=outreach_operator, outing=one, shifts={me: Shift(None, start)})
    one, other = Outing.objects.get(pk=one.pk), Outing.objects.get(pk=other.pk)
    assert clashes_of(one) == clashes_of(other) == []


def test_at_the_start_a_shift_that_is_over_keeps_nobody(planned, outreach_operator, coordinator, second_unit):
    second_unit.memberships.create(user=outreach_operator, starts_on=timezone.localdate() - timedelta(days=9))
    first = planned(start=-3, length=6)
    start_outing(by=outreach_operator, outing=first, started_at=first.starts_at)
    second = planned(start=-1, length=3, by=coordinator, team=second_unit)
    with pytest.raises(DomainError, match="still out with"):
        start_outing(by=coordinator, outing=second, started_at=second.starts_at)
    left = Shift(None, first.starts_at + timedelta(hours=1))
    set_shifts(by=outreach_operator, outing=first, shifts={str(outreach_operator.pk): left})
    start_outing(by=coordinator, outing=second, started_at=second.starts_at)
    end_outing(by=outreach_operator, outing=first, ended_at=timezone.now(), entry=LogEntry())


def test_my_shifts_are_on_my_day(street, sign_in, weekly, mate, outreach_operator):
    set_shifts(
        by=outreach_operator, outing=weekly[0],
        shifts={str(outreach_operator.pk): Shift(weekly[0].starts_at + timedelta(hours=1))},
    )  # fmt: skip
    day = street.get("/").context["day"]
    (mine,) = [section for section in day.sections if section.title == "My shifts"]
    assert [item.title.split(", ")[-1] for item in mine.items] == ["21:00–23:00", "20:00–23:00"]  # 14 days, not more
    assert mine.items[0].url == at("outing_detail", weekly[0])
    others = sign_in(mate).get("/").context["day"]
    assert "My shifts" not in {section.title for section in others.sections}
    assert next_shifts(outreach_operator, 40).count() == 5


def test_how_many_queries_the_pages_cost(street, weekly):
    assert count_queries(street, at("outing_shifts", weekly[0])) <= 16
    assert count_queries(street, reverse("outing_calendar"), {"day": "2027-03-09"}) <= 14
