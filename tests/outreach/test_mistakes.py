"""A contact recorded by mistake counts nowhere, and nothing of it is deleted."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Referral
from lgnet.cases.referrals import withdraw_referral
from lgnet.catalogue.models import Team
from lgnet.core.errors import DomainError
from lgnet.network.roles import Role
from lgnet.outreach import selectors
from lgnet.outreach.corrections import change_contact
from lgnet.outreach.mistakes import void_contact
from lgnet.outreach.models import Contact
from lgnet.outreach.outing_log import start_outing
from lgnet.outreach.outing_selectors import contacts_by_zone, given_on
from lgnet.outreach.services import Sighting, identify_contact, record_contact, refer_contact
from lgnet.people.models import JourneyEvent
from lgnet.people.policies import file_is_open_for
from tests.conftest import team_of
from tests.outreach.conftest import hours_from_now
from tests.outreach.street import change, contact, met, results, send


def at(name, row):
    return reverse(name, args=[row.pk])


def test_through_the_page(street, unit, outreach_operator):
    row, other = met(outreach_operator, unit, nickname="Stella"), met(outreach_operator, unit, nickname="Luna")
    assert at("contact_mistake", row) in street.get(at("contact_detail", row)).content.decode()
    assert street.post(at("contact_mistake", row), {"reason": " "}).status_code == 422
    assert street.post(at("contact_mistake", row), {"reason": "scritto due volte"}).url == at("contact_detail", row)
    page = street.get(at("contact_detail", row)).content.decode()
    assert "scritto due volte" in page
    assert at("contact_change", row) not in page
    assert at("contact_refer", row) not in page
    listed = street.get(reverse("contact_list")).context["table"]
    assert list(listed.page_rows) == [other]
    mistakes = street.get(reverse("contact_list"), {"state": "mistake"}).context["table"]
    assert list(mistakes.page_rows) == [row]


def test_why_is_told_to_who_reads_the_contact(street, office, unit, outreach_operator, person):
    row = met(outreach_operator, unit, person=person)
    void_contact(by=outreach_operator, contact=row, reason="scritto due volte")
    page = office.get(at("contact_detail", row)).content.decode()
    assert f"Recorded by mistake ({outreach_operator.full_name}" in page
    assert "scritto due volte" not in page
    asked = {"state": "mistake", "format": "csv"}
    exported = office.get(reverse("contact_list"), asked).content.decode()
    assert row.zone.name in exported
    assert "scritto due volte" not in exported


def test_it_counts_nowhere_and_the_journey_is_voided_not_deleted(planned, unit, outreach_operator):
    outing = planned(start=-2)
    start_outing(by=outreach_operator, outing=outing, started_at=hours_from_now(-2))
    row = met(outreach_operator, unit, nickname="Stella", given=["blanket"])
    assert row.outing == outing
    void_contact(by=outreach_operator, contact=row, reason="città sbagliata")
    assert not selectors.visible_contacts(outreach_operator).exists()
    assert selectors.met_before(outreach_operator, unit) == []
    assert (contacts_by_zone(outing), dict(given_on(outing))) == ([], {})
    event = JourneyEvent.objects.get()
    assert event.voided_by == outreach_operator
    assert event.void_reason == "recorded by mistake: città sbagliata"
    assert Contact.objects.get().nickname == "Stella"
    assert AuditEntry.objects.get(object_id=row.pk, action="update").reason == "città sbagliata"


def test_afterwards_nothing_more_is_done_with_it(unit, partner, outreach_operator, person):
    row = met(outreach_operator, unit, nickname="Stella")
    void_contact(by=outreach_operator, contact=row, reason="x")
    desk = team_of(partner, Team.Kind.DESK)
    for again in (
        lambda: void_contact(by=outreach_operator, contact=row, reason="y"),
        lambda: change_contact(by=outreach_operator, contact=row, changes={"note": "x"}),
        lambda: refer_contact(by=outreach_operator, contact=row, to_team=desk),
        lambda: identify_contact(by=outreach_operator, contact=row, person=person),
    ):
        with pytest.raises(DomainError, match="recorded by mistake"):
            again()


def test_whose_card_is_open_stays(unit, partner, outreach_operator):
    row = met(outreach_operator, unit, nickname="Stella")
    refer_contact(by=outreach_operator, contact=row, to_team=team_of(partner, Team.Kind.DESK))
    row.refresh_from_db()
    with pytest.raises(DomainError, match="has a card"):
        void_contact(by=outreach_operator, contact=row, reason="x")
    assert Contact.objects.standing().exists()


def test_who_came_with_an_earlier_card_has_it_from_this_contact(unit, partner, outreach_operator):
    row, desk = met(outreach_operator, unit, nickname="Stella"), team_of(partner, Team.Kind.DESK)
    first = refer_contact(by=outreach_operator, contact=row, to_team=desk)
    Referral.objects.filter(pk=first.pk).update(status=Referral.Status.ARRIVED, arrived_at=timezone.now())
    row.refresh_from_db()
    second = refer_contact(by=outreach_operator, contact=row, to_team=desk)
    withdraw_referral(by=outreach_operator, referral=second)
    with pytest.raises(DomainError, match=first.code):
        void_contact(by=outreach_operator, contact=row, reason="x")
    Referral.objects.filter(pk=first.pk).update(status=Referral.Status.REFUSED, arrived_at=None)
    assert void_contact(by=outreach_operator, contact=row, reason="x").voided_at


def test_only_the_unit(street, office, elsewhere, unit, outreach_operator, coordinator, make_user, partner):
    row = met(outreach_operator, unit)
    assert office.post(at("contact_mistake", row), {"reason": "x"}).status_code == 302
    assert elsewhere.post(at("contact_mistake", row), {"reason": "x"}).status_code == 404
    for user in (coordinator, make_user(Role.OUTREACH_OPERATOR, partner, team=None)):
        with pytest.raises(PermissionDenied):
            void_contact(by=user, contact=row, reason="x")
    assert Contact.objects.standing().count() == 1


def test_a_unit_that_never_met_somebody_has_no_file(unit, outreach_operator, person):
    first, second = met(outreach_operator, unit, person=person), met(outreach_operator, unit, person=person)
    assert file_is_open_for(outreach_operator, person)
    void_contact(by=outreach_operator, contact=first, reason="x")
    assert file_is_open_for(outreach_operator, person)
    void_contact(by=outreach_operator, contact=second, reason="x")
    assert not file_is_open_for(outreach_operator, person)


def test_what_a_phone_still_sends_of_it_waits_for_somebody(unit, outreach_operator, phone):
    row = met(outreach_operator, unit, note="prima")
    void_contact(by=outreach_operator, contact=row, reason="x")
    sent = change(row.pk, {"note": "prima"}, {"note": "dopo"})
    (answer,) = send(phone, sent)
    assert (answer["result"], "recorded by mistake" in answer["reason"]) == ("refused", True)


def test_whom_a_phone_met_again_is_found_by_another_contact(unit, outreach_operator, phone):
    first = met(outreach_operator, unit, minutes=90, nickname="Stella")
    again, gone = (
        record_contact(
            by=outreach_operator, team=unit, zone=first.zone, occurred_at=timezone.now() - timedelta(minutes=minutes),
            sighting=Sighting(), earlier=first,
        )
        for minutes in (60, 30)
    )  # fmt: skip
    void_contact(by=outreach_operator, contact=gone, reason="x")
    sent = contact(unit, who="met", earlier=str(gone.pk))
    assert results(send(phone, sent)) == ["applied"]
    assert Contact.objects.get(pk=sent["record_id"]).trace == first.trace
    assert again.trace == first.trace
    alone = met(outreach_operator, unit, nickname="Luna")
    void_contact(by=outreach_operator, contact=alone, reason="x")
    assert results(send(phone, contact(unit, who="met", earlier=str(alone.pk)))) == ["refused"]
