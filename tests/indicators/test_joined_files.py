"""Two files of one person that are joined count once from then on, twice again when it is undone; the past stays."""

from contextlib import suppress
from datetime import date

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lgnet.core.errors import DomainError
from lgnet.core.periods import Quarter
from lgnet.desks.services import record_arrival
from lgnet.indicators.figures import all_figures, partner_figures
from lgnet.indicators.registry import all_indicators, find_indicator
from lgnet.indicators.services import refresh
from lgnet.people import moving
from lgnet.people.merging import undo_merge
from lgnet.people.models import JourneyEvent, Person
from lgnet.people.selectors import living_id
from lgnet.people.services import open_file_for
from tests.conftest import team_of
from tests.indicators.conftest import rome
from tests.people.doubles import everything, join

SUMMER = Quarter(2026, 3)
FROZEN = rome("2026-10-05", 8)


@pytest.fixture(autouse=True)
def _november():
    with time_machine.travel(rome("2026-11-20"), tick=True):
        yield


@pytest.fixture
def somebody(record, partner):
    """Return `somebody(name, eligible)`: served in July, with a check of the title."""

    def made(name="Amina", *, day=1, verdict="eligible"):
        person = record.person(given_names=name)
        record.event("arrival", rome(date(2026, 7, day)), person)
        record.event("case_opened", rome(date(2026, 7, day + 1)), person)
        record.event("service_delivered", rome(date(2026, 7, day + 3)), person)
        record.check(person, date(2026, 7, day + 2), verdict)
        open_file_for(person, team=team_of(partner, "desk"), basis="desk")
        return person

    return made


def figures(partner, moment):
    """Every figure of the city as known at a moment."""
    found = all_figures([partner.pk], as_known=moment)[partner.pk]
    told = {(one.code, q): dict(found.spread(one.code, q)) for one in all_indicators() for q in found.quarters()}
    return {key: spread for key, spread in told.items() if spread}


def now(code, partner):
    """A figure of the page: what is stored, and what was written since."""
    return partner_figures(partner.pk).value(find_indicator(code), SUMMER.first_day, partner.pk).count


@pytest.mark.parametrize("stored", [True, False])
def test_one_less_and_back_and_the_frozen_figures_stay(stored, record, partner, somebody):
    one, other = somebody(), somebody("Amena", day=9)
    if stored:
        refresh()
    frozen = figures(partner, FROZEN)
    codes = ("persons_reached", "taken_in_charge", "participants")
    assert [now(code, partner) for code in codes] == [2, 2, 2]
    merge = join(record.by, one, other)
    between = timezone.now()
    assert [now(code, partner) for code in codes] == [1, 1, 1]
    assert figures(partner, FROZEN) == frozen
    undo_merge(by=record.by, merge=merge, reason="two sisters")
    assert [now(code, partner) for code in codes] == [2, 2, 2]
    assert figures(partner, FROZEN) == frozen == figures(partner, timezone.now())
    assert len(figures(partner, between)["participants", SUMMER.first_day]) == 1
    assert figures(partner, between)["persons_reached", SUMMER.first_day] != frozen["persons_reached", SUMMER.first_day]


def test_a_participant_by_a_check_of_the_other_file_was_none_before(record, partner, somebody):
    one, other = somebody(verdict="not_eligible"), record.person(given_names="Amena")
    open_file_for(other, team=team_of(partner, "desk"), basis="desk")
    record.check(other, date(2026, 7, 20), "eligible")
    assert now("participants", partner) == 0
    refresh()
    merge = join(record.by, one, other)
    assert now("participants", partner) == 1
    assert ("participants", SUMMER.first_day) not in figures(partner, FROZEN)
    with time_machine.travel(rome("2026-11-21"), tick=True):
        refresh()
        assert now("participants", partner) == 1
        undo_merge(by=record.by, merge=merge, reason="two sisters")
        assert now("participants", partner) == 0


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("join"), st.integers(0, 3), st.integers(0, 3)),
        st.tuples(st.just("undo"), st.integers(0, 5), st.just(0)),
        st.tuples(st.just("arrive"), st.integers(0, 3), st.just(0)),
    ),
    min_size=1, max_size=7,
)  # fmt: skip


@given(steps=STEPS, kinds=st.lists(st.sampled_from(["contact", "arrival", "assessed", "plan_signed"]), max_size=6))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_joined_and_parted_the_past_stays_and_nobody_is_counted_twice(
    steps, kinds, record, partner, somebody
):
    with transaction.atomic():
        _live(steps, kinds, record, partner, somebody)
        transaction.set_rollback(True)


def _live(steps, kinds, record, partner, somebody):
    people = [somebody(name, day=day) for day, name in enumerate(("Amina", "Amena", "Ameena", "Aminah"), start=1)]
    for number, kind in enumerate(kinds):
        record.event(kind, rome(date(2026, 8, 1 + number)), people[number % 4])
    merges, before, written = [], [], JourneyEvent.objects.filter(voided_at=None).count()
    snapshots = [(timezone.now(), figures(partner, timezone.now()))]
    for what, one, other in steps:
        if what == "arrive":
            person = Person.objects.get(pk=living_id(people[one].pk))
            record_arrival(by=record.by, team=team_of(partner, "desk"), person=person)
            written, before = written + 1, [None] * len(before)  # what is recorded between is not as before
        elif what == "join":
            kept, gone = (Person.objects.get(pk=living_id(people[number].pk)) for number in (one, other))
            state = everything()
            with suppress(DomainError):
                merges.append(join(record.by, kept, gone))
                before.append(state)
        elif merges and merges[one % len(merges)] is merges[-1]:
            undo_merge(by=record.by, merge=merges.pop(), reason="two people")
            state = before.pop()
            assert state is None or everything() == state
        snapshots.append((timezone.now(), figures(partner, timezone.now())))
        _check_now(partner, people, written)
    for moment, told in snapshots:
        assert figures(partner, moment) == told


def _check_now(partner, people, written):
    live = JourneyEvent.objects.filter(voided_at=None)
    standing = Person.objects.filter(merged_into=None, pk__in=[person.pk for person in people])
    assert live.count() == written
    assert not live.filter(person__merged_into__isnull=False).exists()
    assert now("persons_reached", partner) == standing.count()
    for model, one in moving.fields_to_persons():
        name = moving.name_of(model, one)
        if name not in moving.LEFT_ALONE and name != "people.FileMember.person":
            assert not model._base_manager.filter(**{f"{one.name}__merged_into__isnull": False}).exists(), name
