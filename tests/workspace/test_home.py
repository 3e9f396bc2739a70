"""My day: each role opens on what it has to do, and only on that."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lgnet.cases import services
from lgnet.cases.models import Case, Referral
from lgnet.cases.referrals import send_referral
from lgnet.catalogue.models import Team, Zone
from lgnet.network.roles import Role
from lgnet.outreach.models import Contact
from lgnet.outreach.services import Sighting, record_contact
from lgnet.people.models import NoticeGiven
from lgnet.people.services import PersonDetails, open_file_with_reason, register_person
from tests.conftest import team_of
from tests.queries import count_queries


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_its_day(sign_in, make_user, partner, role):
    response = sign_in(make_user(role, partner)).get(reverse("home"))
    assert response.status_code == 200
    day = response.context["day"]
    assert day.sections or day.figures
    assert all(section.items or section.empty for section in day.sections)


def test_somebody_in_no_team_is_told_whom_to_ask(sign_in, make_user, partner):
    for role in (Role.OUTREACH_OPERATOR, Role.DESK_OPERATOR):
        assert (
            "Ask the coordinator" in sign_in(make_user(role, partner, team=None)).get(reverse("home")).content.decode()
        )


def items(response, title):
    return [item for section in response.context["day"].sections if section.title == title for item in section.items]


def test_the_street_sees_whom_it_has_not_met_for_two_weeks(sign_in, outreach_operator, partner):
    for name, days in (("Mantello", 20), ("Nuvola", 3), ("Scacchi", 100)):
        record_contact(
            by=outreach_operator, team=team_of(partner, Team.Kind.MOBILE_UNIT), zone=Zone.objects.get(partner=partner),
            occurred_at=timezone.now() - timedelta(days=days), sighting=Sighting(nickname=name),
        )  # fmt: skip
    page = sign_in(outreach_operator).get(reverse("home"))
    assert [item.title for item in items(page, "Not met for two weeks")] == ["Mantello"]
    earlier = Contact.objects.get(nickname="Mantello")
    assert items(page, "Not met for two weeks")[0].url == f"{reverse('contact_new')}?earlier={earlier.pk}"
    again = sign_in(outreach_operator).get(f"{reverse('contact_new')}?earlier={earlier.pk}")
    assert again.context["form"]["who"].value() == "met"
    assert again.context["chosen"] == earlier.pk


def somebody(desk_operator, partner, number=0):
    person = register_person(
        by=desk_operator, team=team_of(partner, "desk"), details=PersonDetails(nickname=f"Lanterna {number}")
    )
    NoticeGiven.objects.create(
        person=person, partner=partner, kind="privacy", method="spoken", language="fr", given_by=desk_operator
    )
    return person


def busy(desk_operator, case_worker, partner, number):
    """Cases with a plan due, cases without, and referrals to the team."""
    team = team_of(partner, Team.Kind.MULTIDISCIPLINARY)
    for turn in range(number):
        person = somebody(desk_operator, partner, turn)
        case = services.open_case(by=desk_operator, person=person, team=team, manager=case_worker, basis="desk")
        if turn % 2:
            goal = services.GoalDraft("work", "A job", timezone.localdate() + timedelta(days=3))
            plan = services.save_plan(by=case_worker, case=case, goals=[goal])
            services.sign_plan(by=case_worker, plan=plan, signed_on=timezone.localdate(), language="fr")
        send_referral(by=desk_operator, from_team=team_of(partner, "desk"), to_team=team, person=person)


def test_the_case_worker_sees_deadlines_referrals_plans_and_quiet_cases(sign_in, desk_operator, case_worker, partner):
    busy(desk_operator, case_worker, partner, 2)
    page = sign_in(case_worker).get(reverse("home"))
    assert [item.text for item in items(page, "Goals due")] == ["A job"]
    assert [item.title for item in items(page, "Plans to agree and sign")] == ["Lanterna 0"]
    assert len(items(page, "Referrals to answer")) == 2
    assert len(items(page, "My open cases, the quietest first")) == 2


def test_the_coordinator_sees_what_is_late_and_each_number_opens(
    sign_in, coordinator, colleague, desk_operator, case_worker, partner, stranger
):
    client = sign_in(coordinator)
    assert client.get(reverse("home")).context["day"].figures == []
    busy(desk_operator, case_worker, partner, 3)
    Referral.objects.update(due_at=timezone.now() - timedelta(days=8))
    Case.objects.update(opened_on=timezone.localdate() - timedelta(days=70))
    open_file_with_reason(by=colleague, person=Case.objects.first().person, reason="stands in for a colleague")
    figures = client.get(reverse("home")).context["day"].figures
    assert [figure.number for figure in figures] == [3, 2, 1]
    for figure in figures[:2]:
        assert client.get(figure.url).context["table"].count == figure.number
    assert sign_in(stranger).get(reverse("home")).context["day"].figures == []


def test_the_queries_of_the_day_do_not_grow(
    sign_in, outreach_operator, desk_operator, case_worker, coordinator, partner
):
    users = (outreach_operator, desk_operator, case_worker, coordinator)
    busy(desk_operator, case_worker, partner, 3)
    few = [count_queries(sign_in(user), reverse("home")) for user in users]
    busy(desk_operator, case_worker, partner, 15)
    assert [count_queries(sign_in(user), reverse("home")) for user in users] == few
