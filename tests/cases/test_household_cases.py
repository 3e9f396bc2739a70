"""A household in charge together: a case for each, opened, served and closed at once; nobody hidden is hinted at."""

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lgnet.cases import household_cases, services
from lgnet.cases.models import Assessment, Case, ServiceDelivery
from lgnet.core.errors import DomainError
from lgnet.people.models import FileMember, JourneyEvent, Person
from lgnet.people.records import put_in_household, record_notice
from lgnet.people.services import PersonDetails, open_file_for, register_person
from tests.conftest import team_of

TODAY = timezone.localdate


def relative(by, partner, household, name, role, *, notice=True, team="desk"):
    person = register_person(
        by=by, team=team_of(partner, team), details=PersonDetails(given_names=name, family_names="Provadati")
    )
    put_in_household(by=by, person=person, role=role, household=household)
    if notice:
        record_notice(by=by, person=person, kind="privacy", method="spoken", language="ar", given_on=TODAY())
    with transaction.atomic():
        open_file_for(person, team=team_of(partner, "multidisciplinary"), basis=FileMember.Basis.REFERRAL)
    return person


@pytest.fixture
def family(person, desk_operator, partner):
    """The person with a wife, and a child who was given no notice."""
    household = put_in_household(by=desk_operator, person=person, role="father", new_name="Provadati")
    with transaction.atomic():
        open_file_for(person, team=team_of(partner, "multidisciplinary"), basis=FileMember.Basis.REFERRAL)
    wife = relative(desk_operator, partner, household, "Amina", "mother")
    child = relative(desk_operator, partner, household, "Sami", "child", notice=False)
    return person, wife, child


@pytest.fixture
def both(family, case_worker, partner):
    """The cases of the two parents."""
    person, wife, _child = family
    team = team_of(partner, "multidisciplinary")
    first = household_cases.open_cases(
        by=case_worker, person=person, others=[wife], team=team, manager=case_worker, basis="desk"
    )
    return first, Case.objects.get(person=wife)


def test_opened_together_and_who_cannot_is_named_before(sign_in, case_worker, family, partner):
    person, wife, child = family
    client, url = sign_in(case_worker), f"{reverse('case_new')}?person={person.pk}"
    page = client.get(url)
    assert page.context["form"]["others"].value() == [str(wife.pk)]
    assert "Sami Provadati · First record that the privacy notice" in page.content.decode()
    team = team_of(partner, "multidisciplinary")
    data = {
        "record_id": page.context["form"]["record_id"].value(), "team": team.pk, "manager": case_worker.pk,
        "basis": "desk", "opened_on": TODAY(), "others": [wife.pk],
    }  # fmt: skip
    assert client.post(url, data | {"others": [child.pk]}).status_code == 422
    assert not Case.objects.exists()
    assert client.post(url, data).status_code == 302
    assert client.post(url, data | {"others": []}).status_code == 302  # sent twice
    cases = Case.objects.all()
    assert {(case.person, case.manager, case.team, case.basis) for case in cases} == {
        (one, case_worker, team, "desk") for one in (person, wife)
    }
    assert JourneyEvent.objects.filter(kind="case_opened").count() == 2  # the figures count persons, as ever
    page = client.get(reverse("case_detail", args=[cases.get(person=person).pk])).content.decode()
    assert reverse("case_detail", args=[cases.get(person=wife).pk]) in page
    assert "not in charge" in page


def test_all_or_none(case_worker, family, partner):
    person, wife, child = family
    about = {"team": team_of(partner, "multidisciplinary"), "manager": case_worker, "basis": "desk"}
    with pytest.raises(DomainError, match="Sami Provadati: First record"):
        household_cases.open_cases(by=case_worker, person=person, others=[wife, child], **about)
    assert not Case.objects.exists()
    Person.objects.filter(pk=wife.pk).update(household=None)
    wife.refresh_from_db()
    with pytest.raises(DomainError, match="not of this household"):
        household_cases.open_cases(by=case_worker, person=person, others=[wife], **about)


def test_a_service_and_a_note_for_several(sign_in, case_worker, both, service_type):
    first, second = both
    client = sign_in(case_worker)
    url = reverse("service_new", args=[first.pk])
    page = client.get(url)
    assert page.context["form"]["others"].value() == []
    data = {
        "record_id": page.context["form"]["record_id"].value(), "service_type": service_type.pk,
        "delivered_on": TODAY(), "quantity": "2", "others": [second.person_id],
    }  # fmt: skip
    for _time in range(2):
        assert client.post(url, data).status_code == 302
    assert sorted(ServiceDelivery.objects.values_list("case_id", "quantity")) == sorted([(first.pk, 2), (second.pk, 2)])
    note = {"kind": "preliminary", "done_on": TODAY(), "note": "In una stanza", "others": [second.person_id]}
    assert client.post(reverse("assessment_new", args=[first.pk]), note).status_code == 302
    assert Assessment.objects.count() == 2


def test_closed_together(sign_in, case_worker, both):
    first, second = both
    url = reverse("case_close", args=[first.pk])
    data = {"closed_on": TODAY(), "outcome": "moved", "destination": "other_city", "others": [second.person_id]}
    assert sign_in(case_worker).post(url, data).status_code == 302
    assert list(Case.objects.values_list("status", "outcome")) == [("closed", "moved")] * 2


def test_whom_one_does_not_work_for_is_not_offered(sign_in, case_worker, colleague, both, partner):
    first, second = both
    services.change_team_of_case(by=case_worker, case=first, manager=case_worker, members=[colleague])
    client = sign_in(colleague)
    assert "others" not in client.get(reverse("case_close", args=[first.pk])).context["form"].fields
    data = {"closed_on": TODAY(), "outcome": "moved", "destination": "other_city", "others": [second.person_id]}
    client.post(reverse("case_close", args=[first.pk]), data)
    assert Case.objects.get(pk=second.pk).is_open


def test_a_restricted_child_is_not_hinted_at(sign_in, case_worker, colleague, both, family):
    first, _second = both
    child = family[2]
    Person.objects.filter(pk=child.pk).update(restricted=True)
    FileMember.objects.filter(person=child).delete()
    services.change_team_of_case(by=case_worker, case=first, manager=case_worker, members=[colleague])
    for user in (case_worker, colleague):
        page = sign_in(user).get(reverse("case_detail", args=[first.pk])).content.decode()
        assert "Amina" in page
        assert "Sami" not in page
    assert household_cases.others_of(case_worker, first.person) == [family[1]]
