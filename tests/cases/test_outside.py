"""Services outside the network: people are sent there, nobody works there, no file goes there."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Referral
from lgnet.cases.referrals import (
    accept_referral,
    mark_arrived,
    mark_arrived_outside,
    refuse_referral,
    send_referral,
    withdraw_referral,
)
from lgnet.cases.selectors import case_teams
from lgnet.catalogue.models import Team
from lgnet.catalogue.services import join_team
from lgnet.core.errors import DomainError
from lgnet.network.roles import Role
from lgnet.outreach.models import Contact
from lgnet.outreach.services import Sighting, record_contact
from lgnet.people.models import FileMember, JourneyEvent
from tests.conftest import team_of


@pytest.fixture
def first_aid(partner):
    return Team.objects.create(
        partner=partner, kind=Team.Kind.OUTSIDE, name="Pronto soccorso Provaltina", reach="Via Inventata 1, tel. 000"
    )


@pytest.fixture
def contact(partner, outreach_operator):
    unit = team_of(partner, "mobile_unit")
    return record_contact(
        by=outreach_operator, team=unit, zone=partner.zones.get(), occurred_at=timezone.now(), sighting=Sighting()
    )


def test_a_unit_sends_somebody_to_first_aid_and_hears_how_it_went(
    sign_in, outreach_operator, desk_operator, stranger, contact, first_aid
):
    street = sign_in(outreach_operator)
    page = street.get(reverse("contact_refer", args=[contact.pk])).content.decode()
    assert "Pronto soccorso Provaltina (outside the network)" in page
    assert 'href="tel:112"' in page
    answer = street.post(reverse("contact_refer", args=[contact.pk]), {"to_team": first_aid.pk, "need": "health"})
    referral = Referral.objects.get()
    assert "Via Inventata 1, tel. 000" in street.get(answer.url).content.decode()
    detail, arrived = (reverse(name, args=[referral.pk]) for name in ("referral_detail", "referral_arrived"))
    assert "The person has been there" in street.get(detail).content.decode()
    assert sign_in(desk_operator).post(arrived).status_code == 403
    assert sign_in(stranger).post(arrived).status_code == 404
    assert street.post(reverse("referral_accept", args=[referral.pk]), {"answer": "come at once"}).status_code == 302
    assert street.post(arrived).status_code == 302
    referral.refresh_from_db()
    assert (referral.status, referral.answer) == (Referral.Status.ARRIVED, "come at once")
    kinds = list(JourneyEvent.objects.filter(trace=referral.trace).order_by("recorded_at").values_list("kind", "team"))
    assert kinds[-2:] == [("referral_accepted", first_aid.pk), ("referral_arrived", first_aid.pk)]
    assert AuditEntry.objects.filter(object_id=referral.pk, actor_id=outreach_operator.pk).count() >= 3
    again = street.post(arrived)
    assert again.status_code == 422
    assert "answered in the meantime" in again.content.decode()


def test_no_file_goes_outside(partner, desk_operator, person, first_aid):
    desk = team_of(partner, "desk")
    referral = send_referral(by=desk_operator, from_team=desk, to_team=first_aid, person=person)
    refuse_referral(by=desk_operator, referral=referral, answer="full")
    assert not FileMember.objects.filter(team=first_aid).exists()
    other = send_referral(by=desk_operator, from_team=desk, to_team=first_aid, person=person)
    mark_arrived_outside(by=desk_operator, referral=other)
    assert not FileMember.objects.filter(team=first_aid).exists()


def test_only_a_service_outside_is_answered_for_by_others(partner, outreach_operator, case_worker, contact, first_aid):
    unit, desk = team_of(partner, "mobile_unit"), team_of(partner, "desk")
    inside = send_referral(by=outreach_operator, from_team=unit, to_team=desk, trace=contact.trace or contact.pk)
    with pytest.raises(PermissionDenied):
        mark_arrived_outside(by=outreach_operator, referral=inside)
    outside = send_referral(by=outreach_operator, from_team=unit, to_team=first_aid, trace=contact.pk)
    with pytest.raises(PermissionDenied):
        mark_arrived_outside(by=case_worker, referral=outside)


def test_nobody_of_the_network_works_there(sign_in, coordinator, partner, outreach_operator, person, first_aid):
    with pytest.raises(DomainError, match="Nobody of the network"):
        join_team(by=coordinator, team=first_aid, user=outreach_operator)
    client = sign_in(coordinator)
    page = client.get(reverse("team_detail", args=[first_aid.pk])).content.decode()
    assert "Via Inventata 1" in page
    assert "Add somebody" not in page
    rows = client.get(reverse("team_list"), {"state": "empty"}).content.decode()
    assert first_aid.name not in rows
    assert first_aid.name in client.get(reverse("team_list")).content.decode()
    team_of(partner, "multidisciplinary").delete()
    assert first_aid not in case_teams(person)


def test_the_coordinator_adds_one(sign_in, coordinator, partner, make_user):
    make_user(Role.CASE_WORKER, partner, team=None)  # somebody in no team, to whom it must not be offered
    client = sign_in(coordinator)
    data = {"partner": partner.pk, "kind": "outside", "name": "Mensa Inventata", "reach": "Via Finta 2"}
    response = client.post(reverse("team_new"), data, follow=True)
    assert "People can be sent to it now." in response.content.decode()
    assert Team.objects.get(name="Mensa Inventata").reach == "Via Finta 2"
    assert "Mensa Inventata" not in client.get(reverse("team_list"), {"kind": "desk"}).content.decode()


def test_a_contact_shows_where_the_person_was_sent(sign_in, outreach_operator, contact, first_aid):
    street = sign_in(outreach_operator)
    street.post(reverse("contact_refer", args=[contact.pk]), {"to_team": first_aid.pk})
    contact = Contact.objects.get(pk=contact.pk)
    assert contact.referral.code in street.get(reverse("contact_detail", args=[contact.pk])).content.decode()


def test_who_it_was_is_not_forgotten_by_whoever_answers_meanwhile(
    partner, outreach_operator, desk_operator, contact, first_aid, person
):
    """Another card of the same trace tells who it is between the look at a referral and the answer."""
    unit, desk = team_of(partner, "mobile_unit"), team_of(partner, "desk")
    for answer, by, to_team, given in (
        (mark_arrived_outside, outreach_operator, first_aid, {}),
        (accept_referral, desk_operator, desk, {}),
        (refuse_referral, desk_operator, desk, {"answer": "full"}),
        (withdraw_referral, outreach_operator, desk, {}),
    ):
        seen = send_referral(by=outreach_operator, from_team=unit, to_team=to_team, trace=contact.pk)
        Referral.objects.filter(pk=seen.pk).update(person=person)
        answer(by=by, referral=seen, **given)
        now = Referral.objects.get(pk=seen.pk)
        assert (now.person, now.status == Referral.Status.SENT) == (person, False), answer
    arrived = JourneyEvent.objects.get(kind="referral_arrived")
    assert arrived.person == person


def test_what_was_answered_meanwhile_stays_when_the_person_comes(partner, outreach_operator, desk_operator, person):
    unit, desk = team_of(partner, "mobile_unit"), team_of(partner, "desk")
    seen = send_referral(by=outreach_operator, from_team=unit, to_team=desk, person=person)
    accept_referral(by=desk_operator, referral=Referral.objects.get(pk=seen.pk), answer="come at once")
    accepted = Referral.objects.get(pk=seen.pk)
    mark_arrived(by=desk_operator, referral=seen, person=person, arrived_at=timezone.now())
    seen.refresh_from_db()
    assert (seen.status, seen.answer, seen.answered_at) == ("arrived", "come at once", accepted.answered_at)


def test_nobody_has_been_there_before_the_card_or_tomorrow(partner, outreach_operator, contact, first_aid):
    unit = team_of(partner, "mobile_unit")
    referral = send_referral(by=outreach_operator, from_team=unit, to_team=first_aid, trace=contact.pk)
    for days, why in ((-1, "only after this moment"), (1, "in the future")):
        moment = timezone.now() + timedelta(days=days)
        with pytest.raises(DomainError, match=why):
            mark_arrived_outside(by=outreach_operator, referral=referral, arrived_at=moment)
    assert Referral.objects.get().status == Referral.Status.SENT
    assert mark_arrived_outside(by=outreach_operator, referral=referral, arrived_at=timezone.now()).arrived_at
