"""One person, from an anonymous contact in the street to a closed case, through the pages, each by who does it."""

import uuid
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Case, Plan, Referral
from lgnet.catalogue.models import Team, Zone
from lgnet.desks.models import Visit
from lgnet.outreach.models import Contact
from lgnet.people.models import JourneyEvent
from lgnet.people.records import record_eligibility, record_notice
from tests.conftest import team_of


def sent(response):
    """The address a form that was accepted leads to."""
    assert response.status_code == 302, response.context["form"].errors
    return response.url


def test_the_whole_journey(sign_in, partner, outreach_operator, desk_operator, case_worker, stranger, service_type):
    street, counter, office = (sign_in(user) for user in (outreach_operator, desk_operator, case_worker))
    desk, team = team_of(partner, Team.Kind.DESK), team_of(partner, Team.Kind.MULTIDISCIPLINARY)
    today = timezone.localdate().isoformat()

    # the street: nobody knows who it is
    met_at = timezone.localtime() - timedelta(hours=2)
    data = {
        "record_id": str(uuid.uuid4()), "team": team_of(partner, Team.Kind.MOBILE_UNIT).pk, "who": "anonymous",
        "zone": Zone.objects.get(partner=partner).pk, "occurred_at": met_at.strftime("%Y-%m-%dT%H:%M"),
        "needs": ["legal", "housing"], "sleeping_rough": "yes",
    }  # fmt: skip
    after = sent(street.post(reverse("contact_new"), data))
    contact = Contact.objects.get()
    assert after == reverse("contact_detail", args=[contact.pk])
    assert (contact.person, contact.trace) == (None, None)
    card_page = sent(
        street.post(reverse("contact_refer", args=[contact.pk]), {"to_team": desk.pk, "reason": "wants papers"})
    )
    referral = Referral.objects.get()
    assert card_page == reverse("referral_card", args=[referral.pk])

    # the desk: expected, accepted, received with the card, registered
    assert referral.code in counter.get(reverse("desk_today")).content.decode()
    sent(counter.post(reverse("referral_accept", args=[referral.pk]), {"answer": "come tomorrow"}))
    assert "wants papers" in counter.get(reverse("visit_new"), {"q": referral.code}).content.decode()
    data = {
        "record_id": str(uuid.uuid4()), "team": desk.pk, "code": referral.code, "who": "new", "topic": "legal",
        "person-given_names": "Aicha", "person-family_names": "Provavento", "person-gender": "f",
    }  # fmt: skip
    sent(counter.post(reverse("visit_new"), data))
    person = Visit.objects.get().person
    contact.refresh_from_db()
    assert contact.person == person

    # the title to stay and the notice have pages and tests of their own (tests/people)
    record_notice(
        by=desk_operator, person=person, kind="privacy", method="spoken", language="fr", given_on=timezone.localdate()
    )
    record_eligibility(
        by=desk_operator,
        person=person,
        checked_on=timezone.localdate(),
        title_type="asylum_request",
        verdict="eligible",
    )

    # taken in charge
    data = {
        "record_id": str(uuid.uuid4()), "team": team.pk, "manager": case_worker.pk, "basis": "referral",
        "referral": referral.pk, "opened_on": today, "basis_note": "sleeps outside",
    }  # fmt: skip
    file = sent(counter.post(f"{reverse('case_new')}?person={person.pk}", data))
    case = Case.objects.get()
    assert file == reverse("case_detail", args=[case.pk])
    assert case.referral == referral

    # the team: assessment, plan with two goals, signature, service, outcome
    data = {
        "record_id": str(uuid.uuid4()),
        "kind": "preliminary",
        "done_on": today,
        "note": "Sleeps outside.",
        "housing": "1",
    }
    assert sent(office.post(reverse("assessment_new", args=[case.pk]), data)) == file
    data = {
        "goals-TOTAL_FORMS": "2", "goals-INITIAL_FORMS": "0",
        "goals-0-words": "A bed", "goals-0-area": "housing", "goals-1-words": "Speak Italian", "goals-1-area": "language",
    }  # fmt: skip
    assert sent(office.post(reverse("plan_edit", args=[case.pk]), data)) == file
    plan = Plan.objects.get()
    sent(office.post(reverse("plan_sign", args=[plan.pk]), {"signed_on": today, "language": "fr"}))
    data = {"record_id": str(uuid.uuid4()), "service_type": service_type.pk, "delivered_on": today, "quantity": "2"}
    assert sent(office.post(reverse("service_new", args=[case.pk]), data)) == file
    data = {"closed_on": today, "outcome": "goal_reached", "housing_at_exit": "7", "destination": "own_home"}
    data |= {f"goal_{goal.pk}": "reached" for goal in plan.goals.all()}
    assert sent(office.post(reverse("case_close", args=[case.pk]), data)) == file

    # every step is on the line of the case, in the journey and in the log
    steps = office.get(file).context["steps"]
    assert all(step.on is not None for step in steps)
    events = JourneyEvent.objects.filter(person=person, voided_at=None).order_by("occurred_at", "recorded_at")
    kinds = [event.kind for event in events]
    assert kinds[0] == "contact"
    assert sorted(kinds) == sorted(
        [
            "contact", "referral_sent", "referral_accepted", "registered", "arrival", "notice_given",
            "eligibility_checked", "case_opened", "assessed", "plan_signed", "service_delivered", "outcome",
            "case_closed", "housing_seen", "housing_seen", "goal_reached", "goal_reached",
        ]
    )  # fmt: skip
    actors = set(AuditEntry.objects.filter(person_id=person.pk).values_list("actor_id", flat=True))
    assert {desk_operator.pk, case_worker.pk} <= actors
    assert AuditEntry.objects.filter(person_id=person.pk, action="read", actor_id=case_worker.pk).exists()
    assert AuditEntry.objects.filter(object_id=contact.pk, action="create", actor_id=outreach_operator.pk).exists()

    # a colleague from another city sees nothing of it
    abroad = sign_in(stranger)
    for name, record in (("case_detail", case), ("plan_print", plan), ("referral_detail", referral)):
        assert abroad.get(reverse(name, args=[record.pk])).status_code == 404
