"""How long people wait: who still does is counted, and not left out."""

import re
import statistics
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from hypothesis import given, settings
from hypothesis import strategies as st

from lgnet.cases import waiting
from lgnet.cases.waiting_models import Step
from lgnet.indicators.waits import Point, Spell, estimate, spells_of, together
from lgnet.indicators.waits_tables import by_cause
from tests.queries import count_queries

URL = reverse("indicator_waits")


def by_hand(spells):
    """Kaplan and Meier's estimate, written out: {days: share that has reached it}."""
    at_risk, waiting, found = sum(spells.values()), 1.0, {}
    for day in sorted({spell.days for spell in spells}):
        reached = spells.get(Spell(day, True), 0)
        waiting *= 1 - reached / at_risk
        found[day] = 1 - waiting
        at_risk -= reached + spells.get(Spell(day, False), 0)
    return found


counted = st.dictionaries(
    st.builds(Spell, st.integers(0, 400), st.booleans()), st.integers(1, 20), min_size=1, max_size=25
)  # fmt: skip


@settings(deadline=None)  # SciPy takes a second to import
@given(counted)
def test_it_is_what_kaplan_and_meier_say(spells):
    told = estimate(spells)
    if told.reached:
        assert {point.days: point.share for point in told.points} == pytest.approx(by_hand(spells))
        assert all(point.low - 1e-9 <= point.share <= point.high + 1e-9 for point in told.points)
    assert told.reached + told.waiting == sum(spells.values())
    shares = [point.share for point in told.points]
    assert shares == sorted(shares)


@settings(deadline=None)
@given(st.lists(st.integers(0, 300), min_size=1, max_size=60))
def test_when_nobody_waits_any_more_it_is_the_plain_median(days):
    spells = together([{Spell(day, True): 1} for day in days])
    assert estimate(spells).median == statistics.median_low(days)
    assert estimate(spells).waiting == 0


def test_who_still_waits_makes_it_longer():
    reached = {Spell(10, True): 5}
    assert estimate(reached).median == 10
    assert estimate(reached | {Spell(40, False): 6}).median is None
    assert estimate(reached | {Spell(40, False): 6}).at(30).share == pytest.approx(5 / 11)
    assert estimate({Spell(5, False): 3}).points == [Point(5, 0.0, 0.0, 0.0)]
    assert estimate({}).points == []


@pytest.fixture
def city(record):
    """Three who were met; one taken in charge after 10 days, one who has left, one who waits."""
    start = timezone.now() - timedelta(days=50)
    people = [record.person() for _number in range(3)]
    for person in people:
        record.event("contact", start, person)
    record.event("case_opened", start + timedelta(days=10), people[0])
    _person, episode, step = waiting.get_waiting(record.by, people[1].pk, "case")
    waiting.state_cause(by=record.by, person=people[1], episode=episode, step=step, cause="left")
    return record


def test_spells_follow_from_episodes_and_causes(city, partner):
    found = spells_of([partner.pk], Step.CASE)
    assert found == {partner.pk: {Spell(10, True): 1, Spell(50, False): 2}}
    assert spells_of([partner.pk], Step.PLAN) == {partner.pk: {Spell(40, False): 1}}
    assert spells_of([partner.pk], Step.CASE, since=timezone.now() - timedelta(days=5)) == {partner.pk: {}}
    later = spells_of([partner.pk], Step.CASE, now=timezone.now() + timedelta(days=30))[partner.pk]
    assert later == {Spell(10, True): 1, Spell(50, False): 1, Spell(80, False): 1}  # who has left waits no longer


def test_the_page(sign_in, city, coordinator, network_user, partner, other_partner):
    client = sign_in(coordinator)
    page = client.get(URL)
    assert (page.context["whole"].reached, page.context["whole"].waiting) == (1, 2)
    charts = page.context["charts"]
    assert all(escape(url) in page.content.decode() for url in charts.values())
    drawn = {width: client.get(url) for width, url in charts.items()}
    assert {answer["Content-Type"] for answer in drawn.values()} == {"image/svg+xml"}
    widths = {one: int(re.search(r'width="(\d+)', answer.content.decode())[1]) for one, answer in drawn.items()}
    assert widths["narrow"] < 340  # it fits a small phone
    assert widths["wide"] > 700
    assert client.get(URL, {"step": "plan"}).context["whole"].reached == 0
    assert client.get(URL, {"span": "90", "format": "csv"}).status_code == 200
    assert "Nobody has waited" in client.get(URL, {"step": "service"}).content.decode()
    page = sign_in(network_user).get(URL)
    lines = {line.label: list(line.values) for table, _links in page.context["tables"] for line in table.lines}
    assert lines[partner.short_name] == [None, None, 1, 2, 100]
    assert other_partner.short_name not in lines
    steps = sign_in(network_user).get(page.context["steps_url"])
    lines = {line.label: list(line.values) for table, _links in steps.context["tables"] for line in table.lines}
    assert lines[str(Step.CASE.label)] == [100, "60", None, None, 1, 2]
    assert lines["the person has left the city"] == [1, 1, 0, 0, 0]
    assert sign_in(network_user).get(URL, {"partner": partner.slug}).context["whole"].reached == 1
    assert client.get(URL, {"partner": other_partner.slug}).status_code == 404


def lost(city, since=None):
    """By cause: how many at each step."""
    table = by_cause([city.partner.pk], since=since)
    return {line.label: list(line.values) for line in table.lines}


def state(city, person, step, cause):
    _person, episode, _step = waiting.get_waiting(city.by, person.pk, step)
    waiting.state_cause(by=city.by, person=person, episode=episode, step=step, cause=cause)


LEFT, CLOSED = "the person has left the city", "the case was closed before"


def test_who_is_lost_counts_once(city):
    start = timezone.now() - timedelta(days=40)
    closed, declined, assessed = (city.person() for _number in range(3))
    for person in (closed, declined, assessed):
        city.event("contact", start, person)
        city.event("case_opened", start + timedelta(days=1), person)
    city.event("assessed", start + timedelta(days=2), assessed)
    assert lost(city) == {LEFT: [1, 1, 0, 0, 0]}, "who waits still is not lost"
    state(city, declined, "plan", "declined")
    for person in (closed, declined, assessed):
        city.event("outcome", start + timedelta(days=20), person)
        city.event("case_closed", start + timedelta(days=20), person)
    told = {LEFT: [1, 1, 0, 0, 0], "the person does not want it": [1, 0, 0, 1, 0], CLOSED: [2, 0, 1, 1, 0]}
    assert lost(city) == told
    assert lost(city, since=timezone.now() - timedelta(days=45)) == {
        one: numbers for one, numbers in told.items() if one != LEFT
    }, "by when the waiting began, not by when the cause was stated"
    city.event("contact", start + timedelta(days=30), closed)
    assert lost(city)[CLOSED] == [1, 0, 0, 1, 0], "who came back waits again"


def test_a_cause_is_over_once_the_step_is_reached(city):
    start = timezone.now() - timedelta(days=40)
    person = city.person()
    city.event("contact", start, person)
    state(city, person, "case", "declined")
    city.event("case_opened", start + timedelta(days=30), person)
    assert lost(city) == {LEFT: [1, 1, 0, 0, 0]}


def test_few_queries(sign_in, city, coordinator):
    client = sign_in(coordinator)
    few = count_queries(client, URL)
    for _number in range(5):
        city.event("contact", timezone.now() - timedelta(days=9), city.person())
    assert count_queries(client, URL) == few
