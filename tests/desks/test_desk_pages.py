"""The desk through the pages: received by card or by name, known or new, once."""

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Referral
from lgnet.cases.referrals import refuse_referral, send_referral, withdraw_referral
from lgnet.catalogue.models import Team, Zone
from lgnet.desks import appointment_selectors
from lgnet.desks.appointment_booking import book_appointment
from lgnet.desks.appointment_selectors import expected_today
from lgnet.desks.models import Visit
from lgnet.desks.services import record_arrival
from lgnet.desks.views import SHOWN
from lgnet.network.roles import Role
from lgnet.outreach.services import Sighting, record_contact, refer_contact
from lgnet.people.models import FileMember, JourneyEvent, Person
from lgnet.people.services import PersonDetails, open_file_for, register_person, restrict_file
from tests.conftest import team_of
from tests.desks.planned import a_kind, an_opening, at
from tests.queries import count_queries

NOBODY = "01900000-0000-7000-8000-000000000000"  # well-formed, but the id of nothing


@pytest.fixture
def counter(sign_in, desk_operator):
    return sign_in(desk_operator)


@pytest.fixture
def card(partner, outreach_operator, desk):
    unit = team_of(partner, Team.Kind.MOBILE_UNIT)
    contact = record_contact(
        by=outreach_operator, team=unit, zone=Zone.objects.get(partner=partner),
        occurred_at=timezone.now() - timedelta(hours=3), sighting=Sighting(nickname="Radio"),
    )  # fmt: skip
    return refer_contact(by=outreach_operator, contact=contact, to_team=desk, need="legal", reason="a permit to renew")


def typed(desk, **changes):
    return {"record_id": str(uuid.uuid4()), "team": desk.pk, "who": "new"} | changes


NEW = {"person-given_names": "Aicha", "person-family_names": "Provavento", "person-gender": "f"}


def test_the_card_shows_what_the_unit_wrote_and_the_history_follows(counter, desk, card):
    page = counter.get(reverse("visit_new"), {"code": card.code.lower()})
    text = page.content.decode()
    assert "a permit to renew" in text
    assert "Radio" in text
    response = counter.post(reverse("visit_new"), typed(desk, code=card.code, topic="legal", **NEW))
    visit = Visit.objects.get()
    assert response.url == reverse("person_detail", args=[visit.person_id])
    card.refresh_from_db()
    assert (card.status, card.person, visit.referral, visit.topic) == ("arrived", visit.person, card, "legal")
    kinds = list(JourneyEvent.objects.filter(person=visit.person, voided_at=None).values_list("kind", flat=True))
    assert sorted(kinds) == ["arrival", "contact", "referral_sent", "registered"]


def test_the_quick_box_takes_a_code_or_a_name(counter, card, person):
    assert (
        "a permit to renew"
        in counter.get(reverse("visit_new"), {"q": f" {card.code[:3]} {card.code[3:]}"}).content.decode()
    )
    assert person.pseudonym in counter.get(reverse("visit_new"), {"q": "Muhammad Provadati"}).content.decode()
    nobody = counter.get(reverse("visit_new"), {"q": "Zebedeo Inesistente"})
    assert nobody.context["chosen"] == "new"
    assert nobody.context["person_form"]["family_names"].value() == "Inesistente"


def test_somebody_registered_is_received(counter, desk, person, desk_operator):
    response = counter.post(reverse("visit_new"), typed(desk, who=person.pk, note="asks for the course"))
    assert response.status_code == 302
    visit = Visit.objects.get()
    assert (visit.person, visit.note, visit.recorded_by) == (person, "asks for the course", desk_operator)
    assert FileMember.objects.filter(person=person, team=desk, basis="desk").exists()


def test_an_arrival_sent_twice_is_recorded_once_and_registers_once(counter, desk, card):
    data = typed(desk, code=card.code, **NEW)
    first, second = counter.post(reverse("visit_new"), data), counter.post(reverse("visit_new"), data)
    assert first.url == second.url
    assert Visit.objects.count() == 1
    assert Person.objects.count() == 1


def test_somebody_like_a_registered_person_is_offered_first(counter, desk, person):
    person.birth_date, person.birth_precision = date(1990, 5, 3), "day"
    person.save()
    same = {
        "person-given_names": "Mohamed", "person-family_names": "Provadati", "person-gender": "m",
        "person-birth_date": "03/05/1990",
    }  # fmt: skip
    response = counter.post(reverse("visit_new"), typed(desk, **same))
    assert response.status_code == 422
    assert person.pseudonym in response.content.decode()
    assert Visit.objects.count() == 0
    confirmed = counter.post(reverse("visit_new"), typed(desk, not_the_same="on", **same))
    assert confirmed.status_code == 302
    assert Person.objects.count() == 2


def test_a_card_that_was_taken_back_says_so_and_records_nothing(counter, desk, card, outreach_operator):
    withdraw_referral(by=outreach_operator, referral=card)
    page = counter.get(reverse("visit_new"), {"code": card.code})
    assert str(Referral.objects.get().get_status_display()) in page.context["reception"].problem
    answer = counter.post(reverse("visit_new"), typed(desk, code=card.code, **NEW))
    assert answer.status_code == 422
    assert not Visit.objects.exists()
    assert not Person.objects.exists()


def test_a_card_used_already_or_wrong_records_nothing(counter, desk, card):
    assert counter.post(reverse("visit_new"), typed(desk, code=card.code, **NEW)).status_code == 302
    for code in (card.code, "333333"):
        assert counter.post(reverse("visit_new"), typed(desk, code=code, **NEW)).status_code == 422
    assert Visit.objects.count() == 1


def test_who_comes_with_a_refused_card_is_received(counter, desk, card, desk_operator):
    refuse_referral(by=desk_operator, referral=card, answer="not our city")
    assert counter.get(reverse("visit_new"), {"code": card.code}).context["reception"].card == card
    assert counter.post(reverse("visit_new"), typed(desk, code=card.code, **NEW)).status_code == 302
    assert Referral.objects.get().status == "arrived"


def test_another_desk_receives_with_the_card_but_does_not_read_what_was_asked(sign_in, make_user, partner, card):
    Referral.objects.update(reason="segreto", need="psychological")
    other = Team.objects.create(partner=partner, kind=Team.Kind.DESK, name="Altro sportello")
    client = sign_in(make_user(Role.DESK_OPERATOR, partner, team=other))
    page = client.get(reverse("visit_new"), {"q": card.code})
    assert page.context["reception"].card == card
    assert "segreto" not in page.content.decode()
    assert page.context["form"]["topic"].value() == ""
    assert AuditEntry.objects.filter(action="read", object_id=card.pk).exists()
    assert client.post(reverse("visit_new"), typed(other, code=card.code, **NEW)).status_code == 302


@pytest.mark.parametrize("code", ["LG-7KX3-9QPA", "LG-ABCD-EFGH"])
def test_the_code_of_a_person_finds_and_ticks_the_person(counter, person, code):
    Person.objects.filter(pk=person.pk).update(pseudonym=code)
    person.refresh_from_db()
    page = counter.get(reverse("visit_new"), {"q": person.pseudonym})
    assert page.context["chosen"] == str(person.pk)
    assert not page.context["person_form"]["given_names"].value()


def test_the_same_form_for_somebody_else_is_not_taken_for_done(counter, desk, desk_operator, person):
    other = register_person(by=desk_operator, team=desk, details=PersonDetails(nickname="Nuvola"))
    data = typed(desk, who=person.pk)
    assert counter.post(reverse("visit_new"), data).status_code == 302
    assert counter.post(reverse("visit_new"), data | {"who": other.pk}).status_code == 422
    assert Visit.objects.count() == 1


def test_only_the_year_of_birth_is_shown_when_only_the_year_is_known(counter, person):
    person.birth_date, person.birth_precision = date(1990, 1, 1), "year"
    person.save()
    text = counter.get(reverse("visit_new"), {"q": "Mohammed"}).content.decode()
    assert "1990" in text
    assert "01/01/1990" not in text


def test_a_card_of_somebody_else_is_refused(counter, desk, person, partner, outreach_operator):
    unit = team_of(partner, Team.Kind.MOBILE_UNIT)
    card = send_referral(by=outreach_operator, from_team=unit, to_team=desk, person=person)
    response = counter.post(reverse("visit_new"), typed(desk, code=card.code, note="kept", **NEW))
    assert response.status_code == 422
    assert "kept" in response.content.decode()
    assert Visit.objects.count() == 0
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("arrived_at", "2999-01-01T10:00"),
        ("arrived_at", "nonsense"),
        ("arrived_at", "0001-01-01T00:00"),
        ("who", ""),
        ("who", "not-an-id"),
        ("who", NOBODY),
        ("topic", "none-such"),
        ("note", "a\x00b"),
        ("team", NOBODY),
        ("person-birth_date", "2999"),
        ("person-birth_date", "31/31/1990"),
        ("person-given_names", "x" * 200),
    ],
)
def test_bad_input_is_told_and_nothing_typed_is_lost(counter, desk, field, value):
    data = typed(desk, **NEW) | {"note": "what was asked"} | {field: value}
    response = counter.post(reverse("visit_new"), data)
    assert response.status_code == 422
    form, person_form = response.context["form"], response.context["person_form"]
    assert form.errors or person_form.errors
    if field != "note":
        assert "what was asked" in response.content.decode()
    assert Visit.objects.count() == 0
    assert Person.objects.count() == 0


def test_somebody_without_any_name_is_told_what_is_needed(counter, desk):
    response = counter.post(reverse("visit_new"), typed(desk))
    assert response.status_code == 422
    assert "nickname" in response.context["person_form"].errors


def test_strangers_and_other_roles(
    sign_in, stranger, colleague, make_user, partner, other_partner, person, desk, card, counter
):
    for user in (stranger, colleague, make_user(Role.DESK_OPERATOR, partner, team=None)):
        for name in ("desk_today", "visit_new", "visit_people"):
            assert sign_in(user).get(reverse(name)).status_code == 403
    assert sign_in(colleague).get(reverse("visit_list")).status_code == 403
    abroad = make_user(Role.DESK_OPERATOR, other_partner)
    client = sign_in(abroad)
    assert card.code not in client.get(reverse("desk_today")).content.decode()
    assert client.get(reverse("visit_new"), {"code": card.code}).context["reception"].card is None
    response = client.post(reverse("visit_new"), typed(team_of(other_partner, "desk"), who=person.pk))
    assert response.status_code == 422
    assert Visit.objects.count() == 0


def test_a_restricted_file_of_others_is_not_found_at_the_desk(counter, desk, person, case_worker, desk_operator):
    FileMember.objects.filter(person=person).update(ends_at=timezone.now())
    open_file_for(person, user=case_worker, basis=FileMember.Basis.CASE)
    restrict_file(by=case_worker, person=person, restricted=True, reason="at risk")
    page = counter.get(reverse("visit_new"), {"q": "Mohammed Provadati"}).content.decode()
    assert person.pseudonym not in page
    assert counter.post(reverse("visit_new"), typed(desk, who=person.pk)).status_code == 422


def test_today_shows_who_came_and_who_is_expected(counter, desk, card, person, desk_operator):
    record_arrival(by=desk_operator, team=desk, person=person)
    text = counter.get(reverse("desk_today")).content.decode()
    assert "Radio" in text
    assert "Mohammed Provadati" in text
    listed = counter.get(reverse("visit_list"), {"card": "no"}).context["table"].page_rows
    assert [visit.person for visit in listed] == [person]
    assert counter.get(reverse("visit_list"), {"card": "yes"}).context["table"].count == 0


def test_the_queries_of_the_pages_do_not_grow(counter, desk, desk_operator, partner, outreach_operator, person):
    unit = team_of(partner, Team.Kind.MOBILE_UNIT)

    def add(number):
        for _turn in range(number):
            record_arrival(by=desk_operator, team=desk, person=person)
            send_referral(by=outreach_operator, from_team=unit, to_team=desk, person=person)

    add(3)
    pages = [("desk_today", {}), ("visit_list", {}), ("visit_new", {"q": "Provadati"})]
    few = [count_queries(counter, reverse(name), asked) for name, asked in pages]
    add(27)
    few[0] += 2  # of lists longer than what is shown, the length is asked
    assert [count_queries(counter, reverse(name), asked) for name, asked in pages] == few


def test_of_a_crowd_the_latest_are_shown_and_all_are_counted(counter, desk, person, desk_operator):
    now = timezone.now()
    Visit.objects.bulk_create(
        Visit(partner=desk.partner, team=desk, person=person, arrived_at=now, recorded_by=desk_operator)
        for _number in range(60)
    )
    page = counter.get(reverse("desk_today"))
    assert "Arrived today: 60" in page.content.decode()
    assert len(page.context["arrivals"]) == SHOWN


def test_of_very_many_appointments_those_of_about_now_are_shown(desk_operator, desk, person, monkeypatch):
    kind = a_kind(desk_operator, desk)
    with time_machine.travel(at(date(2026, 11, 30), "07:00"), tick=False):
        opening = an_opening(desk_operator, desk, kind, desk_operator)
        for clock in ("09:00", "10:00", "11:30"):
            starts_at = at(date(2026, 11, 30), clock)
            book_appointment(by=desk_operator, person=person, kind=kind, opening_id=opening.pk, starts_at=starts_at)
    with time_machine.travel(at(date(2026, 11, 30), "10:30"), tick=False):
        assert len(expected_today(desk_operator, [desk])[0]) == 3
        monkeypatch.setattr(appointment_selectors, "TODAY_SHOWN", 2)
        shown, count = expected_today(desk_operator, [desk])
    assert ([f"{timezone.localtime(one.starts_at):%H:%M}" for one in shown], count) == (["10:00", "11:30"], 3)
