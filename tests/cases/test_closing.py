"""Closing with what is still open: what blocks refuses in words with its link, what warns is settled by a tick."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lgnet.cases import closing, services
from lgnet.cases.closing import Obstacle, Open
from lgnet.cases.ethos import GROUPS, Change, change_of_housing
from lgnet.cases.models import Helpfulness, HelpfulnessNotAsked
from lgnet.cases.referrals import send_referral
from lgnet.core.errors import DomainError
from lgnet.desks.appointment_booking import book_appointment
from lgnet.desks.appointment_slots import free_slots
from lgnet.desks.models import Appointment
from lgnet.people.codes import HousingSituation
from tests.conftest import team_of
from tests.desks.planned import a_kind, an_opening

BED = "prova_bed"


@pytest.fixture
def case(person, case_worker, desk_operator, partner):
    team = team_of(partner, "multidisciplinary")
    return services.open_case(by=desk_operator, person=person, team=team, manager=case_worker, basis="desk")


@pytest.fixture
def stays():
    """A kind that blocks, as an app above registers one; the ids in the list are open stays."""
    there = ["17"]
    found = [Open("posto 3, Casa Prova", "/housing/stays/17", "17")]
    closing.register(Obstacle(BED, "Open stays", lambda user, case: found if there else [], blocks=True))
    yield there
    closing.unregister(BED)


def answers(**changes):
    data = {"outcome": "moved", "destination": "other_city", "closed_on": timezone.localdate(), "housing_at_exit": "0"}
    return data | changes


def close(case, by, **changes):
    data = {"closed_on": timezone.localdate(), "outcome": "moved", "destination": "own_home"}
    return services.close_case(by=by, case=case, **data | changes)


def test_an_open_stay_refuses_with_a_word_and_the_link(sign_in, case_worker, case, stays):
    client, url = sign_in(case_worker), reverse("case_close", args=[case.pk])
    assert "/housing/stays/17" in client.get(url).content.decode()
    refused = client.post(url, answers())
    assert refused.status_code == 422
    assert "Open stays: posto 3, Casa Prova" in refused.content.decode()
    case.refresh_from_db()
    assert case.is_open
    stays.clear()
    assert client.post(url, answers()).status_code == 302
    case.refresh_from_db()
    assert (case.status, case.destination) == ("closed", "other_city")


def test_what_its_reader_does_not_see_blocks_too(case_worker, case):
    closing.register(Obstacle(BED, "Open stays", lambda user, case: [], blocks=True, counts=lambda case: 1))
    try:
        with pytest.raises(DomainError, match="Open stays: 1"):
            close(case, case_worker)
    finally:
        closing.unregister(BED)


def test_a_referral_is_withdrawn_by_a_tick_and_otherwise_stays(sign_in, case_worker, person, partner, case):
    team, desk = team_of(partner, "multidisciplinary"), team_of(partner, "desk")
    referral = send_referral(by=case_worker, from_team=team, to_team=desk, person=person)
    client, url = sign_in(case_worker), reverse("case_close", args=[case.pk])
    page = client.get(url).content.decode()
    assert reverse("referral_detail", args=[referral.pk]) in page
    assert client.post(url, answers(settle=["referral:nothing"])).status_code == 422
    assert client.post(url, answers(settle=[f"referral:{referral.pk}"])).status_code == 302
    referral.refresh_from_db()
    assert referral.status == "withdrawn"


def test_a_warning_closes_nothing_by_itself(case_worker, person, partner, case):
    team, desk = team_of(partner, "multidisciplinary"), team_of(partner, "desk")
    referral = send_referral(by=case_worker, from_team=team, to_team=desk, person=person)
    close(case, case_worker)
    referral.refresh_from_db()
    assert referral.status == "sent"


def test_an_appointment_is_cancelled_by_its_own_service(sign_in, case_worker, desk_operator, person, partner, case):
    desk = team_of(partner, "desk")
    kind = a_kind(desk_operator, desk)
    opening = an_opening(desk_operator, desk, kind, desk_operator)
    today = timezone.localdate()
    slot = free_slots(kind, today, today + timedelta(days=14))[0]
    booked = book_appointment(
        by=desk_operator, person=person, kind=kind, opening_id=opening.pk, starts_at=slot.starts_at
    )
    client, url = sign_in(case_worker), reverse("case_close", args=[case.pk])
    assert reverse("appointment_detail", args=[booked.pk]) in client.get(url).content.decode()
    assert client.post(url, answers(settle=[f"appointment:{booked.pk}"])).status_code == 302
    booked.refresh_from_db()
    assert (booked.status, booked.reason) == ("cancelled", Appointment.Reason.NOT_NEEDED)


def test_where_the_person_goes_is_asked(sign_in, case_worker, case):
    answer = sign_in(case_worker).post(reverse("case_close", args=[case.pk]), answers(destination=""))
    assert answer.status_code == 422
    assert "destination" in answer.context["form"].errors


def test_the_ending_in_words(sign_in, case_worker, case):
    today = timezone.localdate()
    services.record_assessment(by=case_worker, case=case, kind="preliminary", done_on=today, note="x", housing="1")
    services.record_assessment(by=case_worker, case=case, kind="in_depth", done_on=today, note="y", housing="3")
    goals = [services.GoalDraft("work", "Un lavoro"), services.GoalDraft("work", "Un corso")]
    plan = services.save_plan(by=case_worker, case=case, goals=goals)
    services.sign_plan(by=case_worker, plan=plan, signed_on=today, language="it")
    close(case, case_worker, housing_at_exit="0", results=[(plan.goals.get(words="Un lavoro"), "reached")])
    page = sign_in(case_worker).get(reverse("case_detail", args=[case.pk]))
    ending = page.context["ending"]
    assert ending.change == Change.BETTER
    assert [(one.total, one.reached, one.no_answer) for one in ending.areas] == [(2, 1, 1)]
    assert "Lives better than at the beginning" in page.content.decode()


@given(st.sampled_from(HousingSituation.values), st.sampled_from(HousingSituation.values))
def test_better_and_worse_are_each_other_s_mirror(before, after):
    mirror = {Change.BETTER: Change.WORSE, Change.WORSE: Change.BETTER, Change.SAME: Change.SAME}
    assert change_of_housing(after, before) == mirror[change_of_housing(before, after)]
    assert change_of_housing("", after) == Change.UNKNOWN


def test_every_housing_is_in_one_group():
    assert sorted(code for group in GROUPS for code in group) == sorted(HousingSituation.values)


def test_asked_in_the_person_s_language_by_four_buttons(sign_in, case_worker, colleague, stranger, person, case):
    person.languages.create(language="ar", is_preferred=True)
    client, url = sign_in(case_worker), reverse("helpfulness_ask", args=[case.pk])
    assert client.get(url).status_code == 302, "the case is open"
    close(case, case_worker)
    page = client.get(url).content.decode()
    assert 'lang="ar" dir="rtl"' in page
    assert page.count('name="answer"') == 4
    assert person.given_names not in page
    assert client.post(f"{url}?lang=fr", {"answer": "nonsense"}).status_code == 404
    assert client.post(f"{url}?lang=fr", {"answer": "refused"}).status_code == 302
    said = Helpfulness.objects.get()
    assert (said.answer, said.language, said.asked_by) == ("refused", "fr", case_worker)
    assert sign_in(stranger).get(url).status_code == 404
    assert sign_in(colleague).get(url).status_code == 302


def test_not_asked_with_why_until_somebody_answers(sign_in, case_worker, case):
    close(case, case_worker)
    client, url = sign_in(case_worker), reverse("helpfulness_not_asked", args=[case.pk])
    assert client.post(url, {"reason": ""}).status_code == 422
    for _turn in range(2):
        assert client.post(url, {"reason": "lost"}).status_code == 302
    assert HelpfulnessNotAsked.objects.get().written_by == case_worker
    assert "cannot be reached" in client.get(reverse("case_detail", args=[case.pk])).content.decode()
    client.post(reverse("helpfulness_ask", args=[case.pk]), {"answer": "much"})
    assert client.post(url, {"reason": "other"}).status_code == 422
