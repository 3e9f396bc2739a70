"""The quick screen: counted once per tap, with or without a name, undone within the day, never counted by others."""

import threading
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import ServiceType, Team
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.desks.counted_selectors import counted_types
from lgnet.desks.counted_services import count_service, set_counted, undo_count
from lgnet.desks.models import CountedService
from lgnet.people.models import FileMember, JourneyEvent
from lgnet.people.records import record_eligibility
from lgnet.people.services import open_file_for, restrict_file
from tests.conftest import team_of
from tests.queries import count_queries

PANEL, TAP, LIST, SETUP = (reverse(f"counted_{name}") for name in ("panel", "tap", "list", "setup"))
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "counted"}


@pytest.fixture
def shower(db):
    return ServiceType.objects.create(code="shower", area="practical", name_it="Doccia", name_en="Shower")


@pytest.fixture
def counter(sign_in, desk_operator):
    return sign_in(desk_operator)


def test_a_shower_is_in_the_journey_of_the_person(desk_operator, desk, shower, person):
    row = count_service(by=desk_operator, team=desk, service_type=shower, person=person)
    event = JourneyEvent.objects.get(source_id=row.pk)
    assert (event.kind, event.person, event.service_type, event.quantity) == ("service_delivered", person, shower, 1)
    assert (event.team, event.site) == (desk, desk.site)


def test_without_a_name_it_is_counted_and_nobody_is_reached(desk_operator, desk, shower):
    row = count_service(by=desk_operator, team=desk, service_type=shower, quantity=3)
    event = JourneyEvent.objects.get(source_id=row.pk)
    assert (event.person, event.trace, event.quantity) == (None, None, 3)


def test_a_tap_sent_twice_is_one(desk_operator, desk, shower, person):
    key = uuid7()
    for _ in range(2):
        count_service(by=desk_operator, team=desk, service_type=shower, person=person, record_id=key)
    assert CountedService.objects.count() == JourneyEvent.objects.filter(kind="service_delivered").count() == 1
    with pytest.raises(DomainError, match="used already"):
        count_service(by=desk_operator, team=desk, service_type=shower, record_id=key)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite in memory has one connection")
@pytest.mark.django_db(transaction=True)
def test_a_doubled_tap_at_one_moment_is_one(make_user, partner, shower):
    desk, operator, key = team_of(partner, Team.Kind.DESK), make_user("desk_operator", partner), uuid7()
    barrier, problems = threading.Barrier(6), []

    def tap():
        try:
            barrier.wait()
            count_service(by=operator, team=desk, service_type=shower, record_id=key)
        except Exception as problem:  # told below
            problems.append(repr(problem))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tap) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert CountedService.objects.count() == JourneyEvent.objects.filter(kind="service_delivered").count() == 1


def test_a_tap_is_undone_within_the_day(desk_operator, desk, shower, person):
    row = count_service(by=desk_operator, team=desk, service_type=shower, person=person)
    with time_machine.travel(timezone.now() + timedelta(days=1)), pytest.raises(DomainError, match="today"):
        undo_count(by=desk_operator, row=row)
    undo_count(by=desk_operator, row=row)
    undo_count(by=desk_operator, row=row)
    assert not JourneyEvent.objects.filter(source_id=row.pk, voided_at=None).exists()


def test_the_city_says_what_is_counted(desk_operator, desk, partner, shower, service_type):
    assert [one.service_type for one in counted_types(partner.pk)] == [shower]
    with pytest.raises(DomainError, match="not counted"):
        count_service(by=desk_operator, team=desk, service_type=service_type)
    set_counted(by=desk_operator, partner_id=partner.pk, service_type=service_type, is_counted=True, daily_limit=2)
    set_counted(by=desk_operator, partner_id=partner.pk, service_type=shower, is_counted=False, daily_limit=None)
    assert [(one.service_type, one.daily_limit) for one in counted_types(partner.pk)] == [(service_type, 2)]
    count_service(by=desk_operator, team=desk, service_type=service_type)
    for limit in (0, 100):
        with pytest.raises(DomainError):
            set_counted(
                by=desk_operator, partner_id=partner.pk, service_type=shower, is_counted=True, daily_limit=limit
            )


def test_what_cannot_be_is_refused(desk_operator, desk, shower, other_partner, stranger, case_worker, person):
    with pytest.raises(DomainError, match="99"):
        count_service(by=desk_operator, team=desk, service_type=shower, quantity=100)
    tomorrow = timezone.now() + timedelta(days=1)
    with pytest.raises(DomainError, match="future"):
        count_service(by=desk_operator, team=desk, service_type=shower, counted_at=tomorrow)
    for outsider in (stranger, case_worker):
        with pytest.raises(PermissionDenied):
            count_service(by=outsider, team=desk, service_type=shower, person=person)
    row = count_service(by=desk_operator, team=desk, service_type=shower)
    for outsider in (stranger, case_worker):
        with pytest.raises(PermissionDenied):
            undo_count(by=outsider, row=row)


def test_the_screen_counts_warns_and_undoes(counter, desk, shower, person, desk_operator, partner):
    set_counted(by=desk_operator, partner_id=partner.pk, service_type=shower, is_counted=True, daily_limit=1)
    assert "Nothing today yet." in counter.get(PANEL).content.decode()
    common = {"team": desk.pk, "service": "shower", "service_type": shower.pk}
    said = counter.post(TAP, common | {"record_id": uuid7()}, **HTMX).content.decode()
    assert "Counted: Shower, name not asked." in said
    found = counter.get(PANEL, {"q": person.pseudonym.lower(), "service": "shower"}).content.decode()
    assert 'id="counted-only"' in found
    assert "already" not in found
    said = counter.post(TAP, common | {"person": person.pk, "record_id": uuid7()}, **HTMX).content.decode()
    assert f"Counted: Shower, {person.name_as_used}." in said
    found = counter.get(PANEL, {"q": "Provadati", "service": "shower"}).content.decode()
    assert "had 1 today already" in found
    assert "Count all the same" in found
    counter.post(TAP, common | {"person": person.pk}, **HTMX)  # warned, and done all the same
    assert CountedService.objects.count() == 3
    row = CountedService.objects.first()
    undone = counter.post(reverse("counted_undo", args=[row.pk]), {"service": "shower"}, **HTMX).content.decode()
    assert f"Undone: Shower, {person.name_as_used}." in undone
    assert CountedService.objects.filter(voided_at=None).count() == 2
    plain = counter.post(TAP, common | {"quantity": "0"}, follow=True)
    assert "greater than or equal to 1" in plain.content.decode()


def test_who_sees_the_screen_and_its_list(
    sign_in, desk_operator, desk, shower, person, stranger, outreach_operator, case_worker
):
    row = count_service(by=desk_operator, team=desk, service_type=shower, person=person)
    undo = reverse("counted_undo", args=[row.pk])
    for outsider in (stranger, case_worker):  # they count at their own team
        client = sign_in(outsider)
        assert client.get(PANEL, {"team": desk.pk}).status_code == 200
        found = client.get(PANEL, {"q": "Provadati", "team": desk.pk}).content.decode()
        assert (person.pseudonym in found) == (outsider == case_worker)
        assert client.get(LIST).context["table"].count == 0
        assert client.post(undo).status_code == 404
        client.post(TAP, {"team": desk.pk, "service": "shower", "service_type": shower.pk})
    assert CountedService.objects.count() == 1
    assert sign_in(outreach_operator).get(PANEL).status_code == 403
    assert sign_in(outreach_operator).get(LIST).status_code == 403


def test_a_restricted_file_is_not_found_by_others(sign_in, desk_operator, desk, shower, person, case_worker):
    row = count_service(by=desk_operator, team=desk, service_type=shower, person=person)
    open_file_for(person, user=case_worker, basis=FileMember.Basis.CASE)
    restrict_file(by=case_worker, person=person, restricted=True, reason="danger")
    FileMember.objects.filter(person=person, team=desk).delete()
    client = sign_in(desk_operator)
    page = client.get(PANEL, {"q": person.pseudonym}).content.decode()
    assert "Nobody found." in page
    assert person.name_as_used not in page
    assert client.get(LIST).context["table"].count == 0
    assert client.post(reverse("counted_undo", args=[row.pk])).status_code == 404
    client.post(TAP, {"team": desk.pk, "service_type": shower.pk, "person": person.pk})
    assert CountedService.objects.count() == 1


def test_the_list_is_narrowed_and_exported(counter, desk_operator, desk, shower, person):
    count_service(by=desk_operator, team=desk, service_type=shower, person=person)
    count_service(by=desk_operator, team=desk, service_type=shower, quantity=2)
    for asked, number in (({}, 2), ({"who": "unknown"}, 1), ({"q": "provadati"}, 1), ({"until": "2020-01-01"}, 0)):
        sheet = load_workbook(BytesIO(counter.get(LIST, asked | {"format": "xlsx"}).content)).active
        assert len(list(sheet.values)) - 1 == number, asked
    assert AuditEntry.objects.filter(action="export", object_type="desks.countedservice").exists()


def test_setting_up(sign_in, coordinator, stranger, partner, shower, colleague):
    boss = sign_in(coordinator)
    assert "Shower" in boss.get(SETUP).content.decode()
    change = reverse("counted_change", args=[partner.slug, "shower"])
    assert boss.post(change, {"is_counted": "on", "daily_limit": "1"}).url == SETUP
    assert "1 time a day" in boss.get(SETUP).content.decode()
    assert boss.post(change, {"is_counted": "on", "daily_limit": "-3"}).status_code == 422
    assert boss.post(change, {}).url == SETUP
    assert counted_types(partner.pk) == []
    assert sign_in(stranger).get(change).status_code == 404
    assert sign_in(colleague).get(SETUP).status_code == 403


def test_the_screen_asks_as_much_for_many_as_for_few(counter, desk_operator, desk, shower, person):
    count_service(by=desk_operator, team=desk, service_type=shower, person=person)
    few = count_queries(counter, PANEL, {"q": person.pseudonym})
    for _ in range(5):
        count_service(by=desk_operator, team=desk, service_type=shower, person=person)
    assert count_queries(counter, PANEL, {"q": person.pseudonym}) == few <= 22


def test_a_shower_makes_no_participant_of_the_fund(desk_operator, desk, shower, person, service_type):
    """Served means within a case: what is counted at the desk is not."""
    from lgnet.indicators.definitions.counts import participants
    from lgnet.indicators.journeys import Scope, read_journeys

    person.birth_date, person.birth_precision = timezone.localdate().replace(year=1990), "day"
    person.save()
    record_eligibility(
        by=desk_operator, person=person, checked_on=timezone.localdate(), verdict="eligible", title_type="refugee"
    )
    count_service(by=desk_operator, team=desk, service_type=shower, person=person)
    (mine,) = [one for one in read_journeys(Scope((desk.partner_id,))) if one.is_person]
    assert mine.identity is not None
    assert list(participants(mine)) == []
