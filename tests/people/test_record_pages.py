"""What is added to a file: titles to stay, notices, contacts, documents, households."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lgnet.catalogue.models import Team
from lgnet.people.models import ContactPoint, EligibilityCheck, Household, Identifier, JourneyEvent, NoticeGiven
from lgnet.people.records import add_contact_point, put_in_household
from lgnet.people.services import PersonDetails, register_person
from tests.conftest import make_partner, team_of

TODAY = timezone.localdate


@pytest.fixture
def counter(sign_in, desk_operator):
    return sign_in(desk_operator)


def check(**changes):
    return {"checked_on": TODAY().isoformat(), "title_type": "asylum_request", "verdict": "eligible"} | changes


def post(client, name, thing, data):
    return client.post(reverse(name, args=[thing.pk]), data)


def test_a_check_is_dated_kept_and_on_the_journey(counter, person):
    assert post(counter, "eligibility_new", person, check(evidence="original", number_masked="1234")).status_code == 302
    later = check(verdict="not_eligible", title_type="none")
    assert post(counter, "eligibility_new", person, later).status_code == 302
    assert [c.verdict for c in person.eligibility_checks.all()] == ["not_eligible", "eligible"]
    assert JourneyEvent.objects.filter(person=person, kind="eligibility_checked").count() == 2


def test_a_form_sent_twice_is_written_once(counter, person):
    for _turn in range(2):
        assert post(counter, "eligibility_new", person, check()).status_code == 302
        notice = {"kind": "sharing", "method": "paper", "language": "English", "given_on": TODAY().isoformat()}
        assert post(counter, "notice_new", person, notice).status_code == 302
    assert EligibilityCheck.objects.count() == 1
    assert NoticeGiven.objects.filter(kind="sharing").count() == 1
    assert JourneyEvent.objects.filter(kind="eligibility_checked").count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"checked_on": "2999-01-01"}, "checked_on"), ({"checked_on": "nonsense"}, "checked_on"),
        ({"checked_on": ""}, "checked_on"), ({"issued_on": "2999-01-01"}, "issued_on"),
        ({"issued_on": "2024-05-01", "expires_on": "2024-04-30"}, "expires_on"), ({"checked_on": "1700-01-01"}, "checked_on"),
        ({"title_type": "none"}, "verdict"), ({"title_type": "none-such"}, "title_type"), ({"verdict": ""}, "verdict"),
        ({"number_masked": "123456789"}, "number_masked"), ({"note": "a\x00b"}, "note"), ({"note": "x" * 20_001}, "note"),
        ({"evidence": "e" * 301}, "evidence"), ({"issued_on": "1980-01-01"}, "issued_on"),
    ],
)  # fmt: skip
def test_impossible_checks_are_refused_at_the_field(counter, person, changes, field):
    person.birth_date, person.birth_precision = date(1990, 5, 3), "day"
    person.save()
    response = post(counter, "eligibility_new", person, check(evidence="seen in original") | changes)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    if field != "evidence":
        assert "seen in original" in response.content.decode()
    assert not EligibilityCheck.objects.exists()


def test_a_long_note_in_any_script_is_kept_whole(counter, person):
    note = "مرحبا \U0001f600 " + "n" * 9_980
    post(counter, "eligibility_new", person, check(note=note))
    assert EligibilityCheck.objects.get().note == note.strip()


def test_contacts_say_whether_they_are_safe_and_are_ended_not_deleted(counter, person):
    data = {"kind": "phone", "value": "0039 320 000 1234", "safe": "no", "note": "after six"}
    assert post(counter, "contact_point_new", person, data).status_code == 302
    assert ContactPoint.objects.get().value == "+393200001234"
    again = post(counter, "contact_point_new", person, data | {"value": "320 000 1234"})
    assert again.status_code == 422
    page = counter.get(reverse("person_detail", args=[person.pk])).content.decode()
    assert "not safe" in page
    assert post(counter, "contact_point_end", ContactPoint.objects.get(), {}).status_code == 302
    assert ContactPoint.objects.get().ended_on == TODAY()
    assert "+393200001234" not in counter.get(reverse("person_detail", args=[person.pk])).content.decode()
    for bad in (
        {"kind": "phone", "value": "12"},
        {"kind": "email", "value": "no-address"},
        {"kind": "x", "value": "y"},
    ):
        assert post(counter, "contact_point_new", person, {"safe": "yes"} | bad).status_code == 422


def test_a_number_is_kept_without_spaces_and_once(counter, person):
    data = {"kind": "passport", "value": "ab 123 45"}
    assert post(counter, "identifier_new", person, data).status_code == 302
    assert Identifier.objects.get().value == "AB12345"
    assert post(counter, "identifier_new", person, data).status_code == 422
    assert post(counter, "identifier_new", person, {"kind": "passport", "value": " "}).status_code == 422


def test_a_household_is_made_joined_and_left(counter, desk_operator, partner, person):
    assert post(counter, "household_edit", person, {"new_name": "Famiglia Prova", "role": "father"}).status_code == 302
    household = Household.objects.get()
    desk = team_of(partner, Team.Kind.DESK)
    wife = register_person(by=desk_operator, team=desk, details=PersonDetails(given_names="Amina"))
    assert post(counter, "household_edit", wife, {"household": household.pk, "role": "mother"}).status_code == 302
    page = counter.get(reverse("person_detail", args=[wife.pk])).content.decode()
    assert "Famiglia Prova" in page
    assert "Mohammed" in page
    both = post(counter, "household_edit", wife, {"household": household.pk, "new_name": "Another"})
    assert both.status_code == 422
    assert post(counter, "household_edit", person, {"role": ""}).status_code == 422
    assert post(counter, "household_leave", person, {}).status_code == 302
    person.refresh_from_db()
    assert person.household is None


def test_households_of_closed_files_or_other_cities_are_not_offered(counter, make_user, partner, person):
    elsewhere = make_partner("altrove", "Altrove")
    for place, name in ((elsewhere, "Altrove"), (partner, "Chiusa")):
        team = Team.objects.create(partner=place, kind=Team.Kind.DESK, name=f"Altro sportello {name}")
        by = make_user("desk_operator", place, team=team)
        other = register_person(by=by, team=team, details=PersonDetails(nickname=name))
        put_in_household(by=by, person=other, new_name=f"Casa {name}")
    page = counter.get(reverse("household_edit", args=[person.pk])).content.decode()
    assert "Casa Altrove" not in page
    assert "Casa Chiusa" not in page
    pick = Household.objects.get(name="Casa Altrove").pk
    assert post(counter, "household_edit", person, {"household": pick}).status_code == 422


def test_the_street_registers_and_gives_notices_but_checks_no_titles(sign_in, outreach_operator, partner, person):
    client = sign_in(outreach_operator)
    unit = team_of(partner, Team.Kind.MOBILE_UNIT)
    met = register_person(by=outreach_operator, team=unit, details=PersonDetails(nickname="Radio"), basis="contact")
    assert client.get(reverse("notice_new", args=[met.pk])).status_code == 200
    assert client.get(reverse("eligibility_new", args=[met.pk])).status_code == 403
    assert client.get(reverse("notice_new", args=[person.pk])).status_code == 302  # closed: asks for a reason


def test_a_coordinator_reads_but_changes_nothing(sign_in, coordinator, desk_operator, person):
    client = sign_in(coordinator)
    client.post(reverse("file_open", args=[person.pk]), {"reason": "a complaint about the desk"})
    point = add_contact_point(by=desk_operator, person=person, kind="phone", value="3200001234", safe="yes")
    page = client.get(reverse("person_detail", args=[person.pk]))
    assert page.status_code == 200
    assert reverse("person_edit", args=[person.pk]) not in page.content.decode()
    for name in ("person_edit", "notice_new", "eligibility_new", "identifier_new", "household_edit"):
        assert post(client, name, person, {}).status_code == 403
    assert post(client, "contact_point_end", point, {}).status_code == 403


def test_a_title_that_ends_soon_is_told_in_time(counter, person):
    soon, past = TODAY() + timedelta(days=30), TODAY() - timedelta(days=2)
    post(counter, "eligibility_new", person, check(expires_on=soon.isoformat()))
    alerts = counter.get(reverse("person_detail", args=[person.pk])).context["alerts"]
    assert [alert.kind for alert in alerts] == ["warning"]
    assert post(counter, "eligibility_new", person, check(expires_on=past.isoformat())).status_code == 422
    renewed = check(expires_on=past.isoformat(), is_renewal_receipt="on")
    assert post(counter, "eligibility_new", person, renewed).status_code == 302
    alerts = counter.get(reverse("person_detail", args=[person.pk])).context["alerts"]
    assert alerts == [], "a receipt without a last day is good until the answer"
    ending = renewed | {"receipt_ends_on": soon.isoformat()}
    assert post(counter, "eligibility_new", person, ending).status_code == 302
    alerts = counter.get(reverse("person_detail", args=[person.pk])).context["alerts"]
    assert [alert.kind for alert in alerts] == ["warning"]


def test_one_comes_back_to_the_form_that_asked_for_the_notice(counter, person):
    notice = {"kind": "privacy", "method": "paper", "language": "English", "given_on": TODAY().isoformat()}
    onward = f"/cases/new?person={person.pk}"
    url = reverse("notice_new", args=[person.pk])
    assert counter.post(f"{url}?next={onward}", notice).url == onward
    assert counter.post(f"{url}?next=//example.org/", notice | {"kind": "sharing"}).url == f"/people/{person.pk}"


def test_after_the_reason_one_comes_back_to_a_page_that_can_be_opened(sign_in, colleague, desk_operator, person):
    point = add_contact_point(by=desk_operator, person=person, kind="phone", value="3200001234", safe="yes")
    client = sign_in(colleague)
    for path, back in (
        (reverse("contact_point_end", args=[point.pk]), f"/people/{person.pk}"),
        (f"{reverse('case_new')}?person={person.pk}", f"{reverse('case_new')}?person={person.pk}"),
    ):
        asked = client.post(path, {"x": "1"})
        assert client.get(asked.url).context["onward"] == back
