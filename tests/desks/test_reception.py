"""Reception with the least typing: found by whatever is in the hand, and who is known offered while somebody types."""

import uuid
from datetime import date
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from lgnet.audit.models import AuditEntry
from lgnet.desks.models import Visit
from lgnet.network.roles import Role
from lgnet.people.finders import _finders, finds_persons
from lgnet.people.models import ContactPoint, FileMember, Identifier, Person
from lgnet.people.records import add_contact_point, add_identifier
from lgnet.people.services import restrict_file
from tests.people.doubles import join, register
from tests.queries import count_queries


class FormOfPage(HTMLParser):
    """What the browser would send of the form that records the arrival, if nothing more is typed or ticked."""

    def __init__(self, html):
        super().__init__()
        self.data, self._inside, self._select, self._area = {}, False, None, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        of = dict(attrs)
        if tag == "form":
            self._inside = of.get("method") == "post" and "arrival" in of.get("class", "")
        if not self._inside:
            return
        if tag == "input" and of.get("name") and (of.get("type") not in {"radio", "checkbox"} or "checked" in of):
            self.data[of["name"]] = of.get("value", "on" if of.get("type") == "checkbox" else "")
        if tag == "select":
            self._select = of.get("name")
            self.data[self._select] = ""
        if tag == "option" and self._select and "selected" in of:
            self.data[self._select] = of.get("value", "")
        if tag == "textarea":
            self._area = of.get("name")
            self.data[self._area] = ""

    def handle_endtag(self, tag):
        self._select = None if tag == "select" else self._select
        self._area = None if tag == "textarea" else self._area

    def handle_data(self, data):
        if self._area:
            self.data[self._area] = data.strip()


class Counter:
    """Somebody at the counter: how many keys were pressed and how many pages were asked for."""

    def __init__(self, client):
        self.client, self.keys, self.requests, self.page = client, 0, 0, None

    def receive(self, text):
        """Type into the box of the desk, and Enter."""
        self.client.get(reverse("desk_today"))
        self.page = self.client.get(reverse("visit_new"), {"q": text})
        self.keys += len(text) + 1
        self.requests += 2

    def record(self, **typed):
        """Press the button; what is typed besides costs its keys."""
        data = FormOfPage(self.page.content.decode()).data | typed
        self.keys += 1 + sum(len(str(value)) for value in typed.values())
        self.requests += 1
        return self.client.post(reverse("visit_new"), data)


@pytest.fixture
def counter(sign_in, desk_operator):
    return Counter(sign_in(desk_operator))


@pytest.fixture
def amina(desk_operator, partner):
    """Somebody with a phone and a document."""
    person = register(desk_operator, partner)
    add_contact_point(by=desk_operator, person=person, kind="phone", value="320 111 2223", safe="yes")
    add_identifier(by=desk_operator, person=person, kind="passport", value="YA 12 34 567")
    return person


@pytest.mark.parametrize("text", ["code", "320 1112223", "+39 320 111 2223", "3201112223", "ya1234567", "YA-12-34-567"])
def test_somebody_known_is_found_by_what_is_in_the_hand_in_few_keys(text, counter, amina):
    counter.receive(amina.pseudonym.lower() if text == "code" else text)
    assert list(counter.page.context["reception"].persons) == [amina]
    data = FormOfPage(counter.page.content.decode()).data
    assert counter.record(**({} if data.get("who") == str(amina.pk) else {"who": amina.pk})).status_code == 302
    assert Visit.objects.get().person == amina
    assert counter.requests == 3
    assert counter.keys - (0 if text == "code" else 36) <= 20  # an id of 36 letters is one tap


def test_somebody_new_is_registered_by_the_name_alone(counter):
    counter.receive("Aicha Provavento")
    assert counter.record().status_code == 302
    person = Person.objects.get()
    assert (person.given_names, person.family_names) == ("Aicha", "Provavento")
    assert (counter.requests, counter.keys) == (3, len("Aicha Provavento") + 2)


def test_a_phone_of_nobody_is_kept_for_the_new_person(counter):
    counter.receive("320 999 8887")
    assert counter.page.context["later_open"]
    assert counter.record(**{"person-nickname": "Radio"}).status_code == 302
    assert ContactPoint.objects.get().value == "+393209998887"


def test_phone_and_document_are_registered_with_the_arrival_and_once(counter, desk):
    counter.receive("Aicha Provavento")
    more = {"person-phone": "320 999 8887", "person-phone_safe": "no", "person-identifier_kind": "stp",
            "person-identifier": "stp 1", "person-language_1": "ar"}  # fmt: skip
    assert counter.record(**more).status_code == 302
    assert ContactPoint.objects.values_list("value", "safe").get() == ("+393209998887", "no")
    assert Identifier.objects.values_list("kind", "value").get() == ("stp", "STP1")
    assert counter.record(**more).status_code == 302
    assert Person.objects.count() == Visit.objects.count() == 1


@pytest.mark.parametrize(
    "more", [{"person-phone": "12"}, {"person-identifier": "x"}, {"person-identifier_kind": "stp"}]
)  # fmt: skip
def test_a_phone_or_document_that_is_none_is_told(more, counter):
    counter.receive("Aicha Provavento")
    answer = counter.record(**more)
    assert answer.status_code == 422
    assert set(answer.context["person_form"].errors) & {"phone", "identifier", "identifier_kind"}
    assert "<details open>" in answer.content.decode()
    assert not Person.objects.exists()


def typed(desk, **person):
    return {"record_id": str(uuid.uuid4()), "team": desk.pk, "who": "new"} | {
        f"person-{name}": value for name, value in person.items()
    }


@pytest.mark.parametrize(
    ("person", "why"),
    [
        ({"given_names": "Amena", "family_names": "Doppiavista", "birth_date": "03/05/1990"}, "same date of birth"),
        ({"given_names": "Doppiavista", "family_names": "Amina", "birth_date": "3/5/1990"}, "swapped"),
        ({"nickname": "x", "identifier": "YA1234567", "identifier_kind": "passport"}, "same document number"),
        ({"nickname": "x", "identifier": "ya 1234567"}, "same document number"),
        ({"given_names": "Amina", "family_names": "Doppiavista", "phone": "3201112223"}, "same phone number"),
    ],
)
def test_who_is_known_is_offered_while_somebody_types_with_why(person, why, counter, desk, amina):
    answer = counter.client.post(reverse("visit_likely"), typed(desk, **person))
    text = answer.content.decode()
    assert amina.pseudonym in text
    assert why in text
    assert f'name="who" value="{amina.pk}"' in text
    assert AuditEntry.objects.filter(action="list", detail__persons=[str(amina.pk)]).exists()
    assert not Visit.objects.exists()


def test_nobody_is_offered_for_a_few_letters_or_when_the_person_is_chosen(counter, desk, amina):
    for data in (typed(desk), typed(desk, given_names="Am"), typed(desk, birth_date="nonsense")):
        assert amina.pseudonym not in counter.client.post(reverse("visit_likely"), data).content.decode()
    same = typed(desk, given_names="Amina", family_names="Doppiavista", birth_date="03/05/1990")
    chosen = counter.client.post(reverse("visit_likely"), same | {"who": amina.pk})
    assert amina.pseudonym not in chosen.content.decode()


def test_one_tap_records_the_arrival_of_the_one_offered(counter, desk, amina):
    data = typed(desk, given_names="Amena", family_names="Doppiavista", birth_date="03/05/1990") | {"topic": "legal"}
    answer = counter.client.post(reverse("visit_new"), data | {"who": ["new", str(amina.pk)]})
    assert answer.url == reverse("person_detail", args=[amina.pk])
    assert (Visit.objects.get().person, Visit.objects.get().topic) == (amina, "legal")
    assert Person.objects.count() == 1


def test_none_of_them_is_said_before_and_saves_at_once(counter, desk, amina):
    data = typed(desk, given_names="Amena", family_names="Doppiavista", birth_date="03/05/1990")
    assert 'name="not_the_same"' in counter.client.post(reverse("visit_likely"), data).content.decode()
    assert counter.client.post(reverse("visit_new"), data).status_code == 422
    assert counter.client.post(reverse("visit_new"), data | {"not_the_same": "on"}).status_code == 302
    assert Person.objects.count() == 2


def test_a_restricted_file_of_others_is_neither_offered_nor_found(counter, desk, amina, case_worker):
    FileMember.objects.filter(person=amina).delete()
    FileMember.objects.create(person=amina, user=case_worker, basis="case")
    restrict_file(by=case_worker, person=amina, restricted=True, reason="at risk")
    same = typed(desk, given_names="Amina", family_names="Doppiavista", birth_date="03/05/1990")
    assert amina.pseudonym not in counter.client.post(reverse("visit_likely"), same).content.decode()
    for text in ("3201112223", "YA1234567", amina.pseudonym):
        counter.receive(text)
        assert not counter.page.context["reception"].persons


def test_old_codes_of_a_joined_file_and_pages_opened_before_lead_to_the_one_kept(counter, desk, amina, desk_operator):
    other = register(desk_operator, desk.partner, given_names="Amena")
    join(desk_operator, amina, other)
    counter.receive(other.pseudonym)
    assert counter.page.context["chosen"] == str(amina.pk)
    assert counter.record().status_code == 302
    assert counter.client.post(reverse("visit_new"), typed(desk) | {"who": other.pk}).status_code == 302
    assert [visit.person for visit in Visit.objects.all()] == [amina, amina]


def test_a_code_of_another_app_finds_the_person(counter, amina):
    finder = finds_persons(lambda text: [amina.pk] if text == "K7K7K7" else [])
    try:
        counter.receive("K7K7K7")
        assert list(counter.page.context["reception"].persons) == [amina]
    finally:
        _finders.remove(finder)


def test_only_at_a_desk(sign_in, stranger, colleague, make_user, partner, desk, amina):
    same = typed(desk, given_names="Amina", family_names="Doppiavista", birth_date="03/05/1990")
    for user in (stranger, colleague, make_user(Role.DESK_OPERATOR, partner, team=None)):
        assert sign_in(user).post(reverse("visit_likely"), same).status_code == 403
    assert sign_in(colleague).get(reverse("visit_likely")).status_code == 405


def test_the_queries_do_not_grow_with_those_who_are_alike(
    counter, desk, desk_operator, partner, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    same, asked = typed(desk, given_names="Amina", family_names="Doppiavista", birth_date="03/05/1990"), []
    for number in (2, 6):
        for _turn in range(number):
            register(desk_operator, partner, birth_date=date(1990, 5, 3))
        counter.client.post(reverse("visit_likely"), same)
        with CaptureQueriesContext(connection) as queries:
            counter.client.post(reverse("visit_likely"), same)
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert count_queries(counter.client, reverse("visit_new"), {"q": "Amina"}) < 30
