"""Results 1 to 3: the scale, goals, work, helpfulness, housing, people by age and gender; and the page of groups."""

import uuid
from datetime import date, timedelta
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from lgnet.cases import after, services
from lgnet.cases.ethos import change_of_housing, housing_at_entry
from lgnet.cases.models import Assessment, Case, FollowUp, Goal, Helpfulness, Plan
from lgnet.catalogue.models import ServiceType
from lgnet.core.periods import Quarter
from lgnet.indicators.boards import SECTIONS
from lgnet.indicators.definitions import housing, integration
from lgnet.indicators.definitions.counts import participants
from lgnet.indicators.figures import all_figures, partner_figures
from lgnet.indicators.journeys import Check, Event, Identity, Journey, Scope, read_journeys
from lgnet.indicators.registry import find_indicator
from lgnet.indicators.services import SETTLED, refresh
from lgnet.indicators.waits import Spell
from lgnet.indicators.waits_tables import share_within
from lgnet.people.codes import HousingSituation
from lgnet.people.journey_values import AREAS, HELP, housing_number
from lgnet.people.models import JourneyEvent, JourneyKind
from lgnet.people.selectors import timeline
from lgnet.people.services import open_file_for
from tests.conftest import team_of
from tests.indicators.conftest import rome
from tests.people.doubles import join
from tests.queries import count_queries

CITY = uuid.uuid4()


def journey(*events, identity=None, checks=()):
    """A journey of events (kind, day, value, source, help) in order of time."""
    made = []
    for number, (kind, day, *more) in enumerate(events):
        value, source, help_code = [*more, *[0, "", ""][len(more) :]]
        made.append(Event(kind, f"{day} 10:00:00", f"{number:032}", 0, source, 0, value, help_code))
    return Journey(CITY, "x", True, made, list(checks), identity)


def told(rows):
    return [(str(row.event.day), row.days, row.group) for row in rows]


# -- result 1 ---------------------------------------------------------------------------------------------------------


def test_the_scale_compares_the_first_and_the_last_time_of_each_case():
    one = journey(
        ("case_opened", "2026-01-05"), ("scale_rated", "2026-01-10", 2.3), ("scale_rated", "2026-03-01", 1.0),
        ("scale_rated", "2026-05-01", 3.05), ("case_opened", "2026-07-01"), ("scale_rated", "2026-07-02", 4),
        ("scale_rated", "2026-07-02", 1), ("case_opened", "2026-09-01"), ("scale_rated", "2026-09-02", 3),
        ("scale_rated", "2026-09-12", 2.5),
    )  # fmt: skip
    assert told(integration.scale_change(one)) == [("2026-05-01", 75, ""), ("2026-09-12", -50, "")]
    assert told(integration.scale_compared(one)) == [("2026-05-01", 0, "better"), ("2026-09-12", 0, "worse")]


def test_only_once_rated_is_not_compared():
    assert not told(integration.scale_change(journey(("case_opened", "2026-01-05"), ("scale_rated", "2026-01-10", 2))))


def test_what_people_say_and_goals_are_told_apart():
    one = journey(
        ("goal_reached", "2026-01-05", AREAS["work"]), ("help_rated", "2026-02-01", HELP["refused"]),
        ("help_rated", "2026-02-02", HELP["some"]), ("followed_up", "2026-03-01", 6), ("at_work", "2026-03-01", 6),
    )  # fmt: skip
    assert [row.group for row in integration.goals_reached(one)] == ["work"]
    assert [row.group for row in integration.help_asked(one)] == ["refused", "some"]
    assert [str(row.event.day) for row in integration.help_helpful(one)] == ["2026-02-02"]
    assert [row.group for row in integration.followed_up(one)] == ["6"]
    assert [row.group for row in integration.at_work(one)] == ["6"]


@pytest.mark.parametrize(
    ("birth", "group"),
    [
        (date(2008, 7, 2), "f_under_18"), (date(2008, 7, 1), "f_18_to_60"), (date(1965, 7, 2), "f_18_to_60"),
        (date(1965, 7, 1), "f_over_60"),
    ],
)  # fmt: skip
def test_age_is_the_one_of_the_day_of_entry(birth, group):
    check = Check(date(2026, 6, 1), timezone.now(), "eligible")
    one = journey(("service_delivered", "2026-07-01"), identity=Identity("f", birth), checks=[check])
    assert [row.group for row in participants(one)] == [group]


def test_help_of_the_fund_is_told_apart_and_needs_a_title():
    check = Check(date(2026, 4, 1), timezone.now(), "eligible")
    events = [("service_delivered", "2026-01-01", 0, "", "civic"), ("service_delivered", "2026-05-01", 0, "", "civic")]
    one = journey(*events, identity=Identity("x", date(1990, 1, 1)), checks=[check])
    assert told(integration.supported_civic(one)) == [("2026-05-01", 0, "x_18_to_60")]
    assert not told(integration.supported_guidance(one))
    assert not told(integration.supported_civic(journey(*events, checks=[check])))


# -- result 3 ---------------------------------------------------------------------------------------------------------


def test_every_situation_has_its_step():
    assert sorted(code for codes in housing.LADDER for code in codes) == sorted(HousingSituation.values)
    assert set(AREAS) == set(ServiceType.Area.values)
    assert set(HELP) == set(Helpfulness.Answer.values)


@pytest.mark.parametrize(
    ("begin", "end", "group"), [("1", "0", "better"), ("1", "3", "better"), ("8", "10", "same"), ("0", "13", "worse")]
)
def test_housing_at_the_end_against_the_beginning(begin, end, group):
    one = journey(
        ("case_opened", "2026-01-01", 1, "c"), ("housing_seen", "2026-01-02", housing_number(begin), "a"),
        ("housing_seen", "2026-03-02", housing_number("9"), "b"), ("case_closed", "2026-05-01", 1, "c"),
        ("housing_seen", "2026-05-01", housing_number(end), "c"),
    )  # fmt: skip
    assert told(housing.housing_compared(one)) == [("2026-05-01", 0, group)]


def test_an_end_without_a_beginning_is_not_compared():
    one = journey(
        ("case_opened", "2026-01-01", 1, "c"),
        ("case_closed", "2026-05-01", 1, "c"),
        ("housing_seen", "2026-05-01", 1, "c"),
    )
    assert not told(housing.housing_compared(one))


def test_what_was_seen_at_the_end_of_another_case_or_after_it_is_no_beginning():
    first = [
        ("case_opened", "2026-01-01", 1, "a1"), ("housing_seen", "2026-02-01", housing_number("1"), "a2"),
        ("case_closed", "2026-02-01", 1, "a1"), ("housing_seen", "2026-02-01", housing_number("5"), "a1"),
    ]  # fmt: skip
    again = ("case_opened", "2026-02-01", 1, "b1")
    asked = [("followed_up", "2026-03-01", 3, "a3"), ("housing_seen", "2026-03-01", housing_number("1"), "a3")]
    end = [("case_closed", "2026-05-01", 1, "b1"), ("housing_seen", "2026-05-01", housing_number("0"), "b1")]
    one = [("2026-02-01", 0, "better")]
    assert told(housing.housing_compared(journey(*first, again, *asked, *end))) == one
    own = ("housing_seen", "2026-02-01", housing_number("11"), "b2")
    assert told(housing.housing_compared(journey(*first, again, own, *asked, *end))) == [
        *one, ("2026-05-01", 0, "better"),
    ]  # fmt: skip
    assert not told(housing.housing_compared(journey(first[0], *first[2:], again, own)))


def test_still_housed_asks_those_who_were():
    end = [
        ("case_opened", "2025-01-01", 1, "c"),
        ("case_closed", "2025-05-01", 1, "c"),
        ("housing_seen", "2025-05-01", 1, "c"),
    ]
    asked = [("followed_up", "2025-11-02", 6, "f"), ("housing_seen", "2025-11-02", 1, "f"),
             ("followed_up", "2026-05-02", 12, "g"), ("housing_seen", "2026-05-02", 2, "g")]  # fmt: skip
    assert [row.group for row in housing.housed_asked(journey(*end, *asked))] == ["6", "12"]
    assert [row.group for row in housing.still_housed(journey(*end, *asked))] == ["6"]
    end[2] = ("housing_seen", "2025-05-01", 9, "c")
    assert not told(housing.housed_asked(journey(*end, *asked)))


# -- result 2 ---------------------------------------------------------------------------------------------------------


def test_who_waits_for_less_than_the_limit_is_not_judged():
    one, other = uuid.uuid4(), uuid.uuid4()
    spells = {
        one: {Spell(10, True): 3, Spell(61, True): 1, Spell(20, False): 50, Spell(90, False): 2},
        other: {Spell(40, True): 4},
    }
    assert share_within({one: 60, other: 30}, spells) == 30
    assert share_within({one: 60}, {one: {Spell(20, False): 5}}) is None


# -- through the services ---------------------------------------------------------------------------------------------


@pytest.fixture
def closed(person, case_worker, desk_operator, partner):
    """A case of ten months ago, with housing and a goal, closed and followed up."""
    with time_machine.travel(rome("2026-01-10"), tick=True):
        team = team_of(partner, "multidisciplinary")
        case = services.open_case(by=desk_operator, person=person, team=team, manager=case_worker, basis="desk")
        today = timezone.localdate()
        services.record_assessment(by=case_worker, case=case, kind="preliminary", done_on=today, note="", housing="1")
        plan = services.save_plan(by=case_worker, case=case, goals=[services.GoalDraft("work", "Un lavoro")])
        services.sign_plan(by=case_worker, plan=plan, signed_on=today, language="it")
        services.close_case(
            by=case_worker, case=case, closed_on=today, outcome="goal_reached", housing_at_exit="0",
            results=[(plan.goals.get(), "reached")],
        )  # fmt: skip
    with time_machine.travel(rome("2026-07-15"), tick=True):
        after.record_follow_up(
            by=case_worker, follow_up=case.follow_ups.get(months=6), done_on=timezone.localdate(), result="stable",
            housing="0", has_work=True,
        )  # fmt: skip
    return case


def now(code, partner, quarter):
    return partner_figures(partner.pk).value(find_indicator(code), quarter.first_day, partner.pk).count


def test_services_tell_the_journey(closed, partner, person):
    winter, summer = Quarter(2026, 1), Quarter(2026, 3)
    assert now("goals_reached-work", partner, winter) == now("housing_compared-better", partner, winter) == 1
    assert now("at_work-6", partner, summer) == now("still_housed-6", partner, summer) == 1
    kinds = {event.kind for event in timeline(person)}
    assert "goal_reached" in kinds
    assert not kinds & {"housing_seen", "at_work", "scale_rated", "help_rated"}, "only figures read these"


@pytest.mark.parametrize("seen", [(), ("5",), ("", "2", "8"), ("0", "")])
@pytest.mark.parametrize("reopened", ["2026-01-10", "2026-07-15", "2026-09-01"])  # closed, followed up, another day
def test_the_beginning_is_the_one_on_the_page_of_the_case(closed, case_worker, partner, seen, reopened):
    with time_machine.travel(rome(reopened, 17), tick=True):
        again = after.reopen_case(by=case_worker, case=closed, reason="Ha perso la stanza")
        day = timezone.localdate()
    written = [rome(reopened, 18), rome("2026-10-01"), rome("2026-10-02")]  # all of the first day, written later
    for moment, code in zip(written, seen, strict=False):
        with time_machine.travel(moment, tick=True):
            services.record_assessment(
                by=case_worker, case=again, kind="preliminary", done_on=day, note="", housing=code
            )
    with time_machine.travel(rome("2026-10-05"), tick=True):
        services.close_case(
            by=case_worker, case=again, closed_on=timezone.localdate(), outcome="goal_reached", housing_at_exit="0"
        )
    scope = Scope((partner.pk,), tuple(housing.LOOKS_AT))
    rows = [row for one in read_journeys(scope) for row in housing.housing_compared(one)]
    counted = {uuid.UUID(row.event.source): (row.first.value, row.group) for row in rows}
    on_page = {
        case.pk: (housing_number(entry), str(change_of_housing(entry, case.housing_at_exit)))
        for case in Case.objects.filter(status="closed")
        if (entry := housing_at_entry(case))
    }
    assert counted == on_page
    assert len(on_page) == 1 + any(seen)


def test_what_is_said_later_takes_its_place_and_what_was_known_stays(closed, partner, case_worker):
    autumn = Quarter(2026, 4)
    after.record_helpfulness(by=case_worker, case=closed, answer="refused")
    between = timezone.now()
    after.record_helpfulness(by=None, case=closed, answer="much", language="ar")
    assert now("help_asked", partner, autumn) == now("help_helpful", partner, autumn) == 1
    then = all_figures([partner.pk], as_known=between)[partner.pk]
    assert then.spread("help_asked-refused", autumn.first_day) == {0: 1}
    assert not then.spread("help_helpful", autumn.first_day)


def test_reopening_and_joining_keep_every_figure(closed, partner, case_worker, desk_operator, record):
    codes = ("goals_reached-work", "housing_compared-better", "taken_in_charge")
    before = [now(code, partner, Quarter(2026, 1)) for code in codes]
    refresh(now=timezone.now() + SETTLED)
    after.reopen_case(by=case_worker, case=closed, reason="Ha perso la stanza")
    assert [now(code, partner, Quarter(2026, 1)) for code in codes] == before
    other = record.person(given_names="Mohamed", gender="m")
    for one in (closed.person, other):
        open_file_for(one, team=team_of(partner, "desk"), basis="desk")
    join(desk_operator, other, closed.person)
    assert [now(code, partner, Quarter(2026, 1)) for code in codes] == before


def test_what_was_there_before_is_told_by_the_migration(closed, case_worker):
    """Rows as they were written before the journey carried values."""
    JourneyEvent.objects.filter(kind__in=("housing_seen", "goal_reached", "followed_up", "at_work")).update(
        voided_at=timezone.now()
    )
    Helpfulness.objects.create(case=closed, answer="some", asked_by=case_worker)
    import_module("lgnet.cases.migrations.0014_values_in_the_journey").fill(apps, None)
    live = JourneyEvent.objects.filter(voided_at=None).values_list("kind", "source_id", "quantity")
    found = {(kind, source): float(value) for kind, source, value in live}
    follow_up = FollowUp.objects.get(months=6)
    assert found["housing_seen", Assessment.objects.get().pk] == 2
    assert found["housing_seen", closed.pk] == found["housing_seen", follow_up.pk] == 1
    assert found["followed_up", follow_up.pk] == found["at_work", follow_up.pk] == 6
    assert found["goal_reached", Goal.objects.get().pk] == AREAS["work"]
    assert found["help_rated", Helpfulness.objects.get().pk] == HELP["some"]
    assert (Case.objects.count(), Plan.objects.count(), FollowUp.objects.count()) == (1, 1, 3)


# -- the page of groups -----------------------------------------------------------------------------------------------

PAGE = reverse("indicator_groups", args=["participants"])


@pytest.fixture
def served(record, record_abroad):
    for recorder, count in ((record, 3), (record_abroad, 1)):
        for number in range(count):
            who = recorder.person(birth_date=date(1950 + 30 * number, 1, 1), gender="fmx"[number])
            recorder.event(JourneyKind.SERVICE_DELIVERED, rome("2026-07-01"), who)
            recorder.check(who, date(2026, 7, 2), "eligible")


def cells(response):
    table = response.context["tables"][0][0]
    return {line.label: list(line.values) for line in table.lines}


@pytest.mark.parametrize("stored", [True, False])
def test_a_city_and_the_network_by_age_and_gender(sign_in, coordinator, network_user, served, stored):
    if stored:
        refresh(now=timezone.now() + SETTLED)
    mine = cells(sign_in(coordinator).get(PAGE))
    assert mine == {"Provaltina": [3, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0]}
    whole = cells(sign_in(network_user).get(PAGE, {"quarter": "2026-Q3"}))
    assert whole["Whole network"][:4] == [4, 0, 0, 2]
    assert set(whole) == {"Whole network", "Provaltina", "Esempiana"}
    assert cells(sign_in(network_user).get(PAGE, {"quarter": "2026-Q1"}))["Whole network"][0] == 0


def test_the_rule_the_four_counts_and_the_spreadsheet(sign_in, coordinator, served):
    client = sign_in(coordinator)
    text = client.get(PAGE).content.decode()
    assert "People who are eligible, identified and served" in text
    assert "Four counts that are never mixed" in text
    content = client.get(PAGE, {"format": "csv"}).content.decode()
    assert "woman, over 60" in content
    assert "Zanzibarra" not in text + content
    assert client.get(PAGE, {"format": "csv", "table": "counts"}).status_code == 200


def test_exactly_four_are_never_mixed_and_who_is_not_eligible_is_told_apart(
    sign_in, coordinator, served, record, partner
):  # fmt: skip
    record.event(JourneyKind.SERVICE_DELIVERED, rome("2026-10-02"), record.person())
    client = sign_in(coordinator)
    four, apart = (table for table, _links in client.get(PAGE, {"quarter": "2026-Q4"}).context["tables"][1:])
    assert four.heads == ["City", "Contacts", "Persons reached", "Taken in charge", "Participants for the fund"]
    assert apart.heads == ["City", "Participants for the fund", "Helped and not eligible"]
    assert [line.values for line in apart.lines] == [[0, 1]]
    content = client.get(PAGE, {"quarter": "2026-Q4", "format": "csv", "table": "apart"}).content.decode()
    assert "Helped and not eligible" in content
    shown = {section.area: [one.code for one in section.indicators] for section in SECTIONS}
    assert shown["counts"] == ["contacts", "persons_reached", "taken_in_charge", "participants"]
    assert list(shown)[:2] == ["counts", "counted_apart"]
    rules = client.get(reverse("methodology")).content.decode()
    assert rules.count('<li><a href="#') == 4


def test_who_sees_it(sign_in, coordinator, stranger, outreach_operator, served, partner):
    assert sign_in(coordinator).get(reverse("indicator_groups", args=["contacts"])).status_code == 404
    assert sign_in(coordinator).get(reverse("indicator_groups", args=["nothing"])).status_code == 404
    assert sign_in(stranger).get(PAGE, {"partner": partner.slug}).status_code in {403, 404}


def test_few_queries(sign_in, coordinator, served, record):
    client = sign_in(coordinator)
    few = count_queries(client, PAGE)
    for day in range(5):
        who = record.person()
        record.event(JourneyKind.SERVICE_DELIVERED, rome("2026-07-01") + timedelta(days=day), who)
    assert count_queries(client, PAGE) <= few
