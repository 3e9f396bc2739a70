"""The report of the desks: numbers that agree with the rows, waits in minutes, who may see what, few queries."""

from datetime import timedelta
from statistics import median

import pytest
import time_machine
from django.urls import reverse

from lgnet.audit.models import AuditEntry
from lgnet.cases.referrals import send_referral
from lgnet.catalogue.models import ServiceType
from lgnet.core.periods import at_clock
from lgnet.core.spreads import NINE_IN_TEN, percentile
from lgnet.core.week_hours import Slot
from lgnet.desks import queue, screens
from lgnet.desks.appointment_booking import book_appointment
from lgnet.desks.appointment_outcomes import mark_missed
from lgnet.desks.appointment_slots import free_slots
from lgnet.desks.models import Appointment, Ticket
from lgnet.desks.request_services import Answer, Question, answer_request, make_request, void_request
from lgnet.desks.services import record_arrival
from lgnet.network.models import Partner
from lgnet.network.roles import Role
from tests.conftest import team_of
from tests.desks.planned import a_kind, an_opening
from tests.indicators.conftest import rome
from tests.queries import count_queries

URL = reverse("desk_report")
DAY = "2026-10-14"  # a Wednesday


@pytest.fixture(autouse=True)
def _afternoon():
    with time_machine.travel(rome(DAY, 16), tick=False):
        yield


@pytest.fixture
def counter(desk, desk_operator, coordinator):
    made = screens.create_counter(by=coordinator, team=desk, name="Postazione 1")
    return queue.take_counter(by=desk_operator, counter=made)


def wait(desk, counter, by, *, at, minutes, **asked):
    """Somebody takes a number and is called so many minutes later; None: goes away instead."""
    with time_machine.travel(at, tick=False):
        ticket = queue.issue_ticket(team=desk, **asked)
    with time_machine.travel(at + timedelta(minutes=minutes or 5), tick=False):
        if minutes is None:
            queue.finish_ticket(by=by, ticket=ticket, status=Ticket.Status.LEFT)
        else:
            queue.call_ticket(by=by, ticket=ticket, counter=counter)
            queue.finish_ticket(by=by, ticket=ticket, status=Ticket.Status.SERVED)


@pytest.fixture
def morning(desk, counter, desk_operator, person):
    minutes = [3, 8, 8, 21, 40]
    for number, waited in enumerate(minutes):
        at = rome(DAY, 9 + number // 2, 7)
        wait(desk, counter, desk_operator, at=at, minutes=waited, topic="legal", language="ar")
    wait(desk, counter, desk_operator, at=rome(DAY, 11, 30), minutes=None, topic="work")
    record_arrival(by=desk_operator, team=desk, person=person, arrived_at=rome(DAY, 9, 20))
    record_arrival(by=desk_operator, team=desk, person=person, arrived_at=rome("2026-10-13", 10))
    return minutes


def figures(page):
    return {figure.label: (figure.value, figure.note) for figure in page.context["figures"]}


def table(page, name):
    found = [one for one, _links in page.context["tables"] if one.name == name]
    return {line.label: list(line.values) for one in found for line in one.lines}


def test_the_numbers_are_those_of_the_rows(sign_in, desk_operator, desk, morning):
    page = sign_in(desk_operator).get(URL)
    told = figures(page)
    assert told["Arrivals"][0] == "2"
    assert told["Numbers given"] == ("6", "Went away before being called: 1")
    assert float(told["Minutes waited: half of the people at most"][0]) == median(morning)
    nine = float(percentile({value: morning.count(value) for value in morning}, NINE_IN_TEN))
    assert float(told["Minutes waited: 9 in 10 at most"][0]) == pytest.approx(nine, abs=0.05)
    assert table(page, "places")[desk.name] == [2, 6, 8, 32.4, 1]
    assert table(page, "hours")["09–10"] == [2, 5.5, 7.5]
    assert table(page, "topics") == {"Legal help and documents": [5, 83], "Work and training": [1, 17]}
    assert table(page, "languages") == {"Arabic": [5, 0, 0], "Not said": [1, 0, 0]}
    week = table(page, "week")
    assert (week["Wednesday"], week["Tuesday"]) == ([1, 0], [0, 1])


def test_what_was_asked_booked_and_sent(sign_in, desk_operator, desk, person, partner, service_type):
    visit = record_arrival(by=desk_operator, team=desk, person=person, arrived_at=rome(DAY, 9, 20))
    for outcome in ("answered", "answered", "later"):
        asked = make_request(
            by=desk_operator, visit=visit, question=Question(service_type, mediation="phone", language="bn")
        )
        answer_request(by=desk_operator, request=asked, answer=Answer(outcome))
    answer_request(by=desk_operator, request=asked, answer=Answer("answered"))  # the promise was kept
    wrong = make_request(by=desk_operator, visit=visit, question=Question(service_type))
    void_request(by=desk_operator, request=wrong, reason="Doppia")
    send_referral(by=desk_operator, from_team=desk, to_team=team_of(partner, "multidisciplinary"), person=person)
    kind = a_kind(desk_operator, desk)
    with time_machine.travel(rome(DAY, 7), tick=False):
        hours = an_opening(desk_operator, desk, kind, desk_operator)
        slots = free_slots(kind, rome(DAY).date(), rome(DAY).date())
        book_appointment(by=desk_operator, person=person, kind=kind, opening_id=hours.pk, starts_at=slots[0].starts_at)
    mark_missed(by=desk_operator, appointment=Appointment.objects.get())
    page = sign_in(desk_operator).get(URL)
    area = str(ServiceType.Area(service_type.area).label).capitalize()
    assert table(page, "requests") == {area: [3, 2, 0, 0, 0, 0, 3]}
    assert table(page, "appointments") == {"Consulenza": [0, 1, 0, 100]}
    assert table(page, "referrals") == {f"Équipe {partner.short_name}": [1, 0, 0]}
    assert table(page, "languages") == {"Bangla": [0, 3, 3]}
    assert figures(page)["Requests"] == ("3", "Answered on the spot: 2")
    assert figures(page)["Appointments kept"] == ("0", "Missed: 1")


def test_other_days_other_desks_other_cities(sign_in, desk_operator, morning, stranger):
    client = sign_in(desk_operator)
    page = client.get(URL, {"since": "2026-10-13", "until": "2026-10-13"})
    assert (figures(page)["Arrivals"][0], figures(page)["Numbers given"][0]) == ("1", "0")
    assert "Nothing in these days" in client.get(URL, {"since": "2026-09-01", "until": "2026-09-02"}).content.decode()
    assert "Nothing in these days" in sign_in(stranger).get(URL).content.decode()
    assert "The last day is before" in client.get(URL, {"since": "2026-10-13", "until": "2026-10-01"}).content.decode()


@pytest.mark.parametrize("role", [Role.FINANCE_OFFICER, Role.AUDITOR, Role.DPO])
def test_who_has_nothing_to_do_with_desks(sign_in, make_user, partner, role):
    assert sign_in(make_user(role, partner)).get(URL).status_code == 403


def test_the_network_sees_whole_quarters_and_no_small_number(sign_in, make_user, morning, partner):
    lead = Partner.objects.create(slug="lead", name="Ministero", short_name="Ministero", kind=Partner.Kind.LEAD)
    client = sign_in(make_user(Role.LEAD_AUTHORITY, lead))
    page = client.get(URL, {"since": "2026-10-10", "partner": partner.slug, "team": team_of(partner, "desk").pk})
    assert page.context["selection"].first.isoformat() == "2026-10-01"
    assert "team" not in page.context["form"].fields
    assert figures(page)["Arrivals"][0] == "hidden"
    assert figures(page)["Numbers given"] == ("6", "Went away before being called: hidden")
    assert table(page, "hours")["09–10"] == ["hidden", "hidden", "hidden"]
    assert table(page, "week") == {}
    csv = client.get(URL, {"partner": partner.slug, "since": "2026-10-01", "format": "csv", "table": "hours"})
    assert "hidden" in csv.content.decode("utf-8-sig")


def test_every_table_is_exported_as_it_is_seen_and_logged(sign_in, desk_operator, morning, partner):
    client = sign_in(desk_operator)
    page = client.get(URL)
    for _table, links in page.context["tables"]:
        for _kind, link in links:
            assert client.get(link).status_code == 200
    entries = AuditEntry.objects.filter(action="export", object_type="desks.report", partner_id=partner.pk)
    exported = [(entry.detail["table"], entry.detail["rows"]) for entry in entries]
    assert sorted(exported) == sorted(2 * [(one.name, len(one.lines)) for one, _links in page.context["tables"]])


def test_the_hour_that_comes_twice(sign_in, desk_operator, desk, counter):
    with time_machine.travel(rome("2026-10-26", 9), tick=False):
        before = at_clock(rome("2026-10-25").date(), rome("2026-10-25", 2, 30).time())
        wait(desk, counter, desk_operator, at=before, minutes=60)  # from 2.30 to 2.30, an hour later
        page = sign_in(desk_operator).get(URL)
    assert table(page, "hours") == {"02–03": [1, 60, 60]}
    assert page.context["report"].week == {}
    assert Slot(6, 2).hour == 2


def test_as_many_queries_for_many_rows(sign_in, desk_operator, desk, counter, morning):
    client = sign_in(desk_operator)
    few = count_queries(client, URL)
    for number in range(8):
        wait(desk, counter, desk_operator, at=rome("2026-10-12", 9, number), minutes=2, language="fr", topic="health")
    assert count_queries(client, URL) == few
