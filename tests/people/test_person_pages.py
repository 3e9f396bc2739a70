"""Persons through the pages: found in any spelling, registered once, corrected by two at a time."""

import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Team, Zone
from lgnet.outreach.services import Sighting, record_contact
from lgnet.people.models import ContactPoint, FileMember, Identifier, JourneyEvent, NoticeGiven, Person
from lgnet.people.records import add_identifier
from lgnet.people.selectors import CANDIDATES
from lgnet.people.services import PersonDetails, register_person, restrict_file
from tests.conftest import team_of
from tests.queries import count_queries

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
GENTLY = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


@pytest.fixture
def desk(partner):
    return team_of(partner, Team.Kind.DESK)


@pytest.fixture
def counter(sign_in, desk_operator):
    return sign_in(desk_operator)


def found(client, text, **more):
    response = client.get(reverse("person_list"), {"q": text, **more})
    assert response.status_code == 200
    return [person.pk for person in response.context["table"].page_rows]


def typed(desk, **changes):
    return {"record_id": str(uuid.uuid4()), "team": desk.pk, **changes}


@pytest.mark.parametrize(
    "text",
    ["Muhamad Provadati", "provadati mohamed", "Mohammed", "MUHAMMAD  PROVADATTI", "محمد", "AB12345", "ab 123-45"],
)
def test_a_person_is_found_in_any_spelling_order_script_or_number(counter, desk, desk_operator, person, text):
    add_identifier(by=desk_operator, person=person, kind="passport", value="AB 12345")
    register_person(by=desk_operator, team=desk, details=PersonDetails(given_names="Olena", family_names="Esempienko"))
    assert found(counter, text) == [person.pk]


@pytest.mark.parametrize(
    ("text", "is_found"),
    [("01/01/1995", True), ("1995", True), ("1/1/95 provadati", True), ("1996", False), ("02/03/1995", False)],
)
def test_a_birth_on_1_january_is_found_as_the_year_it_means(counter, person, text, is_found):
    person.birth_date, person.birth_precision = date(1995, 1, 1), "year"
    person.save()
    assert found(counter, text) == ([person.pk] if is_found else [])


def test_a_pseudonym_finds_its_person_and_why_nobody_else_is_said(counter, person):
    assert found(counter, person.pseudonym.lower()) == [person.pk]
    Person.objects.filter(pk=person.pk).update(pseudonym="LG-ABCD-EFGH")  # no digit at all
    assert found(counter, "lg-abcd-efgh") == [person.pk]
    page = counter.get(reverse("person_list"), {"q": "zzzz"})
    assert "Nothing found" in page.content.decode()


def test_of_very_many_with_one_name_the_first_are_shown_and_said_to_be_so(counter, desk, desk_operator):
    for _number in range(CANDIDATES):
        register_person(by=desk_operator, team=desk, details=PersonDetails(nickname="Lanterna"))
    page = counter.get(reverse("person_list"), {"q": "Lanterna"}).content.decode()
    assert "The first 100: write more to find the others." in page


def test_filters_narrow_and_the_export_holds_what_is_seen(counter, desk, desk_operator, person):
    woman = register_person(by=desk_operator, team=desk, details=PersonDetails(given_names="Amina", gender="f"))
    assert found(counter, "", gender="f") == [woman.pk]
    assert found(counter, "", citizenship="MA") == [person.pk]
    assert set(found(counter, "", eligible="none")) == {woman.pk, person.pk}
    exported = counter.get(reverse("person_list"), {"gender": "f", "format": "csv"})
    lines = exported.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert woman.pseudonym in lines[1]
    assert AuditEntry.objects.filter(action="export", object_type="people.person", detail__rows=1).exists()


def test_the_verdict_on_a_title_filters_open_files_only(sign_in, colleague, counter, person):
    assert found(counter, "", eligible="none") == [person.pk]
    assert found(sign_in(colleague), "", eligible="none") == []


def test_who_is_shown_in_a_list_is_logged_with_what_was_searched(counter, desk_operator, person):
    found(counter, "Muhamad")
    entry = AuditEntry.objects.filter(action="list", actor_id=desk_operator.pk, object_type="people.person").first()
    assert entry.detail == {"persons": [str(person.pk)], "query": "Muhamad"}


def test_registering_needs_only_a_name_and_everything_told_is_kept(counter, desk):
    data = typed(
        desk, given_names="Amina", family_names="Provadoro", birth_date="05/1990", gender="f", citizenship="senegal",
        language_1="wolof", literacy_1="no", language_2="Francese", interpreter_needed="on", phone="320 000 1234",
        phone_safe="no", identifier_kind="stp", identifier="stp 0300 1", notice_method="spoken", note="Gentile.",
    )  # fmt: skip
    counter.post(reverse("set_language"), {"language": "it", "next": "/"})
    response = counter.post(reverse("person_new"), data)
    assert response.status_code == 302, response.context["form"].errors
    person = Person.objects.get()
    assert response.url == reverse("person_detail", args=[person.pk])
    assert (person.birth_date, person.birth_precision) == (date(1990, 5, 1), "month")
    assert (person.citizenship, person.interpreter_needed) == ("SN", True)
    assert [(one.language, one.literacy) for one in person.languages.all()] == [("wo", "no"), ("fr", "")]
    assert ContactPoint.objects.get().value == "+393200001234"
    assert ContactPoint.objects.get().safe == "no"
    assert Identifier.objects.get().value == "STP03001"
    assert NoticeGiven.objects.get().language == "wo"
    assert FileMember.objects.get().team == desk
    assert sorted(JourneyEvent.objects.values_list("kind", flat=True)) == ["notice_given", "registered"]
    assert AuditEntry.objects.filter(action="create", object_type="people.person", object_id=person.pk).exists()


def test_a_form_sent_twice_registers_once(counter, desk):
    data = typed(desk, nickname="Lanterna")
    first, second = (counter.post(reverse("person_new"), data) for _turn in range(2))
    assert first.url == second.url
    assert Person.objects.count() == 1


def test_likely_duplicates_are_told_while_typing_and_before_saving(counter, desk, person):
    person.birth_date, person.birth_precision = date(1990, 5, 3), "day"
    person.save()
    same = {"given_names": "Muhammed", "family_names": "Provadati", "birth_date": "03/05/1990", "gender": "m"}
    fragment = counter.post(reverse("person_duplicates"), typed(desk, **same)).content.decode()
    assert person.pseudonym in fragment
    assert "same date of birth" in fragment
    assert Person.objects.count() == 1
    refused = counter.post(reverse("person_new"), typed(desk, **same))
    assert refused.status_code == 422
    assert person.pseudonym in refused.content.decode()
    assert "Muhammed" in refused.content.decode()
    assert Person.objects.count() == 1
    accepted = counter.post(reverse("person_new"), typed(desk, not_the_same="on", **same))
    assert accepted.status_code == 302
    assert Person.objects.count() == 2


def test_a_restricted_file_of_others_is_never_proposed(
    counter, sign_in, desk, desk_operator, make_user, person, partner
):
    restrict_file(by=desk_operator_who_may(make_user, partner, desk), person=person, restricted=True, reason="at risk")
    other_desk = Team.objects.create(partner=partner, kind=Team.Kind.DESK, name="Altro sportello")
    other = sign_in(make_user("desk_operator", partner, team=other_desk))
    same = {"given_names": "Mohammed", "family_names": "Provadati", "gender": "m"}
    answer = other.post(reverse("person_new"), typed(other_desk, **same))
    assert answer.status_code == 302
    assert found(other, "Mohammed Provadati") != [person.pk]
    assert person.pk in found(counter, "Mohammed Provadati")


def desk_operator_who_may(make_user, partner, desk):
    """Somebody in the team of the file whose role may restrict it."""
    return make_user("case_worker", partner, team=desk)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("birth_date", "31/02/1990"), ("birth_date", "12/2999"), ("birth_date", "1700"), ("birth_date", "yesterday"),
        ("given_names", "x" * 121), ("given_names", "a\x00b"), ("gender", "none-such"), ("citizenship", "Atlantide"),
        ("language_1", "klingonese"), ("phone", "12"), ("identifier", "1" * 61), ("identifier", "12"),
        ("identifier_kind", "passport"), ("notice_method", "spoken"), ("note", "x" * 20_001),
        ("team", "01900000-0000-7000-8000-000000000000"),
    ],
)  # fmt: skip
def test_bad_input_is_told_at_the_field_and_nothing_typed_is_lost(counter, desk, field, value):
    response = counter.post(reverse("person_new"), typed(desk, nickname="Sciarpa 7") | {field: value})
    assert response.status_code == 422
    assert response.context["form"].errors
    assert "Sciarpa 7" in response.content.decode()
    assert Person.objects.count() == 0


def test_without_any_name_the_field_says_what_is_needed(counter, desk):
    response = counter.post(reverse("person_new"), typed(desk, note="somebody"))
    assert response.status_code == 422
    assert response.context["form"].errors["nickname"]


@GENTLY
@given(name=ANY_TEXT, note=ANY_TEXT, birth=ANY_TEXT)
@example(name="\u202eabc", note="\u0645\u0631\u062d\u0628\u0627", birth="1/1/1")
@example(name="\U0001f600" * 40, note="n" * 10_000, birth="٠١/٠١/١٩٩٥")
@example(name="\x00", note="\x00", birth="\x00")
def test_any_text_is_stored_whole_or_refused(sign_in, desk_operator, partner, name, note, birth):
    desk, client = team_of(partner, Team.Kind.DESK), sign_in(desk_operator)
    data = typed(desk, nickname=name, note=note, birth_date=birth, not_the_same="on")
    response = client.post(reverse("person_new"), data)
    assert response.status_code in {302, 422}
    if response.status_code == 302:
        person = Person.objects.latest("created_at")
        assert person.nickname == name.strip()
        assert client.get(response.url).status_code == 200
    assert client.get(reverse("person_list"), {"q": name, "sort": note, "page": birth}).status_code == 200


def test_two_who_correct_at_a_time_see_each_other(counter, sign_in, case_worker, desk, person, partner):
    form = counter.get(reverse("person_edit", args=[person.pk])).context["form"]
    mine = {"given_names": "Mohamed", "family_names": "Provadati", "version": form["version"].value()}
    FileMember.objects.create(person=person, user=case_worker, basis="case")
    theirs = {"given_names": "Muhammad", "family_names": "Provadati", "gender": "m", "version": form["version"].value()}
    assert sign_in(case_worker).post(reverse("person_edit", args=[person.pk]), theirs).status_code == 302
    refused = counter.post(reverse("person_edit", args=[person.pk]), mine)
    assert refused.status_code == 422
    assert ("Given names", "Muhammad") in [(str(k), v) for k, v in refused.context["changed"]]
    assert refused.context["form"]["given_names"].value() == "Mohamed"
    again = mine | {"version": refused.context["form"]["version"].value()}
    assert counter.post(reverse("person_edit", args=[person.pk]), again).status_code == 302
    person.refresh_from_db()
    assert person.given_names == "Mohamed"
    entry = AuditEntry.objects.filter(action="update", object_id=person.pk).first()
    assert entry.detail["changes"]["given_names"] == ["Muhammad", "Mohamed"]


def test_a_corrected_name_is_found_and_the_old_one_is_not(counter, person):
    form = counter.get(reverse("person_edit", args=[person.pk])).context["form"]
    data = {"given_names": "Bilal", "family_names": "Nuovonome", "version": form["version"].value()}
    counter.post(reverse("person_edit", args=[person.pk]), data)
    assert found(counter, "Nuovonome") == [person.pk]
    assert found(counter, "Provadati") == []


def test_who_was_met_before_cannot_be_born_after(counter, outreach_operator, partner, person):
    record_contact(
        by=outreach_operator, team=team_of(partner, Team.Kind.MOBILE_UNIT), zone=Zone.objects.get(partner=partner),
        occurred_at=timezone.now() - timedelta(days=400), sighting=Sighting(), person=person,
    )  # fmt: skip
    form = counter.get(reverse("person_edit", args=[person.pk])).context["form"]
    born = timezone.localdate() - timedelta(days=390)
    data = {"nickname": "x", "birth_date": born.strftime("%d/%m/%Y"), "version": form["version"].value()}
    response = counter.post(reverse("person_edit", args=[person.pk]), data)
    assert response.status_code == 422
    assert "birth_date" in response.context["form"].errors


@pytest.mark.parametrize("path", ["person_list", "person_new"])
def test_roles_without_people_are_refused(sign_in, make_user, partner, path):
    for role in ("finance_officer", "auditor", "dpo", "network_support"):
        assert sign_in(make_user(role, partner)).get(reverse(path)).status_code == 403


def test_another_city_sees_nobody(sign_in, stranger, person):
    assert found(sign_in(stranger), "Mohammed Provadati") == []
    assert found(sign_in(stranger), person.pseudonym) == []


def test_the_queries_of_the_list_do_not_grow(counter, desk, desk_operator, person):
    few = count_queries(counter, reverse("person_list"))
    for number in range(24):
        details = PersonDetails(given_names=f"Amina{number}", family_names="Provadati", nickname=f"Nuvola {number}")
        register_person(by=desk_operator, team=desk, details=details)
    assert count_queries(counter, reverse("person_list")) == few
    assert count_queries(counter, reverse("person_list"), {"q": "Provadati"}) <= few + 3


def test_nonsense_sent_to_the_fragment_of_duplicates_gives_an_empty_one(counter, desk):
    for body, kind in (("", "application/x-www-form-urlencoded"), ("{}", "application/json")):
        assert counter.post(reverse("person_duplicates"), body, content_type=kind).status_code == 200


@pytest.mark.parametrize("onward", ["foo", "?", "//example.org", "javascript:alert(1)"])
def test_odd_ways_onward_lead_to_the_person(sign_in, colleague, person, onward):
    url = f"{reverse('file_open', args=[person.pk])}?next={onward}"
    answer = sign_in(colleague).post(url, {"reason": "stands in for a colleague"})
    assert answer.url == f"/people/{person.pk}"
