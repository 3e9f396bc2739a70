"""Who was recorded as two and may be one: proposed, linked, kept apart, undone."""

import pytest
from django.urls import reverse

from lgnet.catalogue.models import Team
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.network.roles import Role
from lgnet.outreach.alike import decide_likeness, likely_same
from lgnet.outreach.mistakes import void_contact
from lgnet.outreach.models import Contact, Likeness
from lgnet.people.models import JourneyEvent
from tests.outreach.street import met


@pytest.fixture
def two(outreach_operator, unit, make_user, partner, second_unit):
    """Two units that recorded one person each for themselves."""
    other = make_user(Role.OUTREACH_OPERATOR, partner, team=second_unit)
    return met(outreach_operator, unit, nickname="Mamadou rosso"), met(other, second_unit, nickname="Mamadu rosso")


def decide(client, two, is_same):
    address = f"{reverse('alike_decide')}?one={two[0].pk}&other={two[1].pk}"
    return client.post(address, {"is_same": is_same})


def test_almost_the_same_name_is_proposed_and_linked(street, two, outreach_operator):
    for _turn in range(2):  # one colleague would have known her again
        met(outreach_operator, two[0].team, nickname="Fischio")
    (pair,) = street.get(reverse("alike_list")).context["table"].page_rows
    assert {pair.one.pk, pair.other.pk} == {row.pk for row in two}
    answer = decide(street, two, "yes")
    said = Likeness.objects.get()
    assert answer.url == reverse("alike_undo", args=[said.pk])
    traces = set(Contact.objects.filter(pk__in=[row.pk for row in two]).values_list("trace", flat=True))
    assert traces == {two[0].trace}
    live = JourneyEvent.objects.filter(source_id__in=[row.pk for row in two], voided_at=None)
    assert set(live.values_list("trace", flat=True)) == {two[0].trace}
    assert likely_same(outreach_operator) == []


def test_linking_is_undone(street, two, outreach_operator):
    decide(street, two, "yes")
    assert street.post(reverse("alike_undo", args=[Likeness.objects.get().pk])).status_code == 302
    for row in two:
        assert Contact.objects.get(pk=row.pk).trace == row.trace
        assert JourneyEvent.objects.get(source_id=row.pk, voided_at=None).trace == row.trace
    assert len(likely_same(outreach_operator)) == 1
    assert street.post(reverse("alike_undo", args=[Likeness.objects.get().pk])).status_code == 422


def test_two_persons_are_not_proposed_again(street, two):
    assert decide(street, two, "no").status_code == 302
    assert street.get(reverse("alike_list")).context["table"].count == 0
    assert decide(street, two, "yes").status_code == 422
    assert Contact.objects.get(pk=two[1].pk).trace == two[1].trace


def test_somebody_registered_is_proposed_through_the_page_that_says_who_it_was(
    street, person, unit, outreach_operator, tablet
):
    met(tablet.user, unit, person=person)
    unknown = met(outreach_operator, unit, nickname="Mohamed Provadati")
    page = street.get(reverse("alike_list"))
    (pair,) = page.context["table"].page_rows
    assert pair.person == person
    assert f"{reverse('contact_identify', args=[unknown.pk])}?q={person.pseudonym}" in page.content.decode()


def test_only_lately_and_only_the_own_city(street, elsewhere, tablet, two, outreach_operator, unit):
    assert elsewhere.get(reverse("alike_list")).context["table"].count == 0
    assert decide(elsewhere, two, "yes").status_code == 404
    met(outreach_operator, unit, nickname="Fischio lungo", minutes=60 * 24 * 40)
    met(tablet.user, unit, nickname="Fischio lungo")
    assert street.get(reverse("alike_list")).context["table"].count == 1


def test_a_unit_that_met_neither_does_not_say(two, sign_in, make_user, partner):
    third = Team.objects.create(partner=partner, kind=Team.Kind.MOBILE_UNIT, name="Terza")
    client = sign_in(make_user(Role.OUTREACH_OPERATOR, partner, team=third))
    assert decide(client, two, "yes").status_code == 403


def test_odd_addresses_of_pairs_are_not_found(street, two):
    for asked in ({}, {"one": "x", "other": "y"}, {"one": two[0].pk}, {"one": uuid7(), "other": two[1].pk}):
        assert street.get(reverse("alike_decide"), asked).status_code == 404
    same = f"{reverse('alike_decide')}?one={two[0].pk}&other={two[0].pk}"
    assert street.post(same, {"is_same": "yes"}).status_code == 422
    assert decide(street, two, "?").status_code == 422


def test_a_contact_recorded_by_mistake_is_nobody(two, outreach_operator):
    void_contact(by=outreach_operator, contact=two[0], reason="x")
    for one, other in (two, two[::-1]):
        with pytest.raises(DomainError):
            decide_likeness(by=outreach_operator, one=one, other=other, is_same=True)
    assert Contact.objects.get(pk=two[1].pk).trace == two[1].trace
