"""One person, from an anonymous contact in the street to a closed case, through the services alone."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.cases import services
from lgnet.cases.models import Case, Referral
from lgnet.catalogue.models import Team, Zone
from lgnet.core.errors import DomainError
from lgnet.desks.services import receive_new_person
from lgnet.outreach.services import Sighting, record_contact, refer_contact
from lgnet.people.models import JourneyEvent
from lgnet.people.records import record_eligibility, record_notice
from lgnet.people.services import PersonDetails
from tests.conftest import team_of


def journey_kinds(person):
    events = JourneyEvent.objects.filter(person=person, voided_at=None).order_by("occurred_at", "recorded_at")
    return [event.kind for event in events]


def test_the_whole_journey(partner, outreach_operator, desk_operator, case_worker, service_type):
    unit, desk = team_of(partner, Team.Kind.MOBILE_UNIT), team_of(partner, Team.Kind.DESK)
    zone = Zone.objects.get(partner=partner)
    met_at = timezone.now() - timedelta(hours=2)
    contact = record_contact(by=outreach_operator, team=unit, zone=zone, occurred_at=met_at, sighting=Sighting())
    assert (contact.person, contact.trace) == (None, None)
    referral = refer_contact(by=outreach_operator, contact=contact, to_team=desk, reason="asks for papers")

    visit = receive_new_person(
        by=desk_operator, team=desk, referral=referral, topic="legal",
        details=PersonDetails(given_names="Aicha", family_names="Provavento", gender="f"),
    )  # fmt: skip
    person = visit.person
    contact.refresh_from_db()
    referral.refresh_from_db()
    assert (contact.person, referral.person, referral.status) == (person, person, Referral.Status.ARRIVED)

    today = timezone.localdate()
    record_notice(by=desk_operator, person=person, kind="privacy", method="spoken", language="fr", given_on=today)
    record_eligibility(
        by=desk_operator, person=person, checked_on=today, title_type="asylum_request", verdict="eligible"
    )
    team = team_of(partner, Team.Kind.MULTIDISCIPLINARY)
    case = services.open_case(
        by=desk_operator, person=person, team=team, manager=case_worker, basis=Case.Basis.REFERRAL, referral=referral
    )
    services.record_assessment(by=case_worker, case=case, kind="preliminary", done_on=today, note="Sleeps outside.")
    goals = [services.GoalDraft("housing", "A bed"), services.GoalDraft("language", "Speak Italian")]
    plan = services.save_plan(by=case_worker, case=case, goals=goals)
    services.sign_plan(by=case_worker, plan=plan, signed_on=today, language="fr")
    services.deliver_service(by=case_worker, case=case, service_type=service_type, delivered_on=today, quantity=2)
    services.close_case(by=case_worker, case=case, closed_on=today, outcome="goal_reached")

    assert set(journey_kinds(person)) == {
        "contact", "referral_sent", "registered", "arrival", "notice_given", "eligibility_checked", "case_opened",
        "assessed", "plan_signed", "service_delivered", "outcome", "case_closed",
    }  # fmt: skip
    assert journey_kinds(person)[0] == "contact"
    assert AuditEntry.objects.filter(person_id=person.pk).count() >= 10


def test_only_the_team_of_the_case_may_work_on_it(partner, person, case_worker, colleague, stranger, desk_operator):
    team = team_of(partner, Team.Kind.MULTIDISCIPLINARY)
    case = services.open_case(by=desk_operator, person=person, team=team, manager=case_worker, basis="desk")
    for user in (colleague, stranger, desk_operator):
        with pytest.raises(PermissionDenied):
            services.record_assessment(
                by=user, case=case, kind="preliminary", done_on=timezone.localdate(), note="not mine"
            )


def test_a_second_case_and_a_case_without_notice_are_refused(partner, person, case_worker, desk_operator):
    team = team_of(partner, Team.Kind.MULTIDISCIPLINARY)
    services.open_case(by=desk_operator, person=person, team=team, manager=case_worker, basis="desk")
    with pytest.raises(DomainError, match="already open"):
        services.open_case(by=desk_operator, person=person, team=team, manager=case_worker, basis="desk")


def test_a_signed_plan_stays_and_a_new_version_begins(partner, person, case_worker, desk_operator):
    team, today = team_of(partner, Team.Kind.MULTIDISCIPLINARY), timezone.localdate()
    case = services.open_case(by=desk_operator, person=person, team=team, manager=case_worker, basis="desk")
    plan = services.save_plan(by=case_worker, case=case, goals=[services.GoalDraft("work", "A job")])
    services.sign_plan(by=case_worker, plan=plan, signed_on=today, language="it")
    second = services.save_plan(by=case_worker, case=case, goals=[services.GoalDraft("work", "Another job")])
    assert (second.version, plan.goals.get().words) == (2, "A job")
    with pytest.raises(DomainError, match="signed already"):
        services.sign_plan(by=case_worker, plan=plan, signed_on=today, language="it")
