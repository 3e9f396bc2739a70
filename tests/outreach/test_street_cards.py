"""Cards that a phone made with no signal: their codes, given out ahead, are good once, for that phone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.cases.card_codes import AHEAD
from lgnet.cases.models import CardCode, Referral
from lgnet.catalogue.models import Team
from lgnet.core.ids import uuid7
from lgnet.network.models import Membership
from lgnet.network.roles import Role
from lgnet.outreach.models import Contact, Operation
from lgnet.outreach.services import refer_contact
from tests.conftest import team_of
from tests.outreach.street import a_contact, contact, met, operation, post, results, send


@pytest.fixture
def desk(partner) -> Team:
    return team_of(partner, Team.Kind.DESK)


@pytest.fixture
def blanks(street, phone):
    """Return `blanks()`: the codes that the phone gets in its bundle now."""
    return lambda: [card["code"] for card in street.get(f"/api/street/v1/bundle?device={phone.pk}").json()["cards"]]


def card(record, desk: Team, code: str, *, hours: float = 0, **changes):
    made_at = (timezone.now() - timedelta(hours=hours)).isoformat()
    return operation(
        "contact.refer", record, changes={"to_team": str(desk.pk), "code": code} | changes, made_at=made_at
    )


def test_a_phone_has_codes_with_a_picture_and_gets_new_ones_when_half_are_given(street, phone, unit, desk, blanks):
    first = blanks()
    assert len(set(first)) == AHEAD
    logged = AuditEntry.objects.get(object_type="cases.card_code", object_id=phone.pk)
    assert sorted(logged.detail["codes"]) == sorted(first)
    for code in first[:5]:
        assert results(send(phone, card(a_contact(phone, unit).pk, desk, code))) == ["applied"]
    post(street, "sync", {"device": str(phone.pk), "operations": []})
    assert blanks() == first[5:]
    send(phone, card(a_contact(phone, unit).pk, desk, first[5]))
    post(street, "sync", {"device": str(phone.pk), "operations": []})
    assert blanks()[:6] == first[6:]
    assert len(blanks()) == AHEAD


def test_the_card_has_the_code_and_the_hour_at_which_it_was_shown(phone, unit, desk, blanks):
    made = contact(unit, minutes=200)
    (code, *_rest) = blanks()
    given = card(made["record_id"], desk, code, hours=3, need="legal", reason="permesso")
    assert results(send(phone, given)) == ["waiting"]  # it came before its contact
    assert results(send(phone, made, given)) == ["applied", "applied"]
    referral = Contact.objects.get().referral
    assert (referral.code, referral.reason, referral.sent_by) == (code, "permesso", phone.user)
    assert abs(timezone.now() - timedelta(hours=3) - referral.sent_at) < timedelta(minutes=1)
    assert results(send(phone, given)) == ["applied"]
    assert Referral.objects.count() == 1


def test_a_code_is_used_once_and_by_its_own_phone(phone, tablet, unit, desk, blanks):
    one, other, third = (a_contact(phone, unit) for _each in range(3))
    codes = blanks()
    assert results(send(phone, card(one.pk, desk, codes[0]))) == ["applied"]
    for sender, record, code in [(phone, other, codes[0]), (phone, other, "AAAAAA"), (tablet, third, codes[1])]:
        (answer,) = send(sender, card(record.pk, desk, code))
        assert (answer["result"], answer["kept"]) == ("refused", True)
        assert "code" in answer["errors"]
    assert Referral.objects.count() == 1
    assert codes[1] in blanks()  # nobody of this phone has shown it


def test_what_was_shown_is_offered_to_nobody_else_though_it_was_refused(phone, unit, desk, blanks):
    row, (code, *_rest) = a_contact(phone, unit), blanks()
    wrong = card(row.pk, desk, code, to_team=str(uuid7()))
    assert results(send(phone, wrong)) == ["refused"]
    assert code not in blanks()
    assert results(send(phone, card(row.pk, desk, code) | {"mends": wrong["id"]})) == ["applied"]
    row.refresh_from_db()
    assert row.referral.code == code


def test_it_is_mended_on_the_page_with_the_code_that_was_shown(street, phone, unit, desk, blanks):
    row, (code, *_rest) = a_contact(phone, unit), blanks()
    send(phone, card(row.pk, desk, code, to_team=str(uuid7())))
    refused = Operation.objects.get(kind="contact.refer")
    address = reverse("operation_mend", args=[refused.pk])
    assert street.post(address, {"to_team": desk.pk}).status_code == 302
    row.refresh_from_db()
    assert row.referral.code == code


def test_a_card_of_the_page_never_takes_a_code_that_was_given_out(outreach_operator, unit, desk, blanks, monkeypatch):
    taken = blanks()[0]
    made = iter([taken, "AAAAAA"])
    monkeypatch.setattr("lgnet.cases.card_codes.short_code", lambda: next(made))
    sent = refer_contact(by=outreach_operator, contact=met(outreach_operator, unit), to_team=desk)
    assert sent.code == "AAAAAA"


def test_who_refers_nobody_any_more_gets_no_codes(street, phone):
    CardCode.objects.all().delete()
    Membership.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert post(street, "sync", {"device": str(phone.pk), "operations": []}).status_code == 200
    assert not CardCode.objects.exists()


def test_the_desk_is_told_that_a_card_is_on_its_way_and_receives_the_person(
    sign_in, desk_operator, make_user, other_partner, phone, unit, desk, blanks
):
    counter, made, (code, *_rest) = sign_in(desk_operator), contact(unit, who="nickname", nickname="Stella"), blanks()
    address, words = reverse("visit_people"), "has not arrived here yet"
    for typed in (code, f" {code[:3]} {code[3:].lower()}"):
        assert words in counter.get(address, {"q": typed}).content.decode()
    page = counter.get(reverse("visit_new"), {"q": code})
    assert page.context["person_form"].initial == {}  # a code is nobody's name
    new = {"record_id": str(uuid7()), "team": desk.pk, "who": "new", "q": code, "person-given_names": "Aicha"}
    assert counter.post(reverse("visit_new"), new).status_code == 302  # nobody is sent away
    elsewhere = sign_in(make_user(Role.DESK_OPERATOR, other_partner))
    assert words not in elsewhere.get(address, {"q": code}).content.decode()
    assert words not in counter.get(address, {"q": "AAAAAA"}).content.decode()
    send(phone, made, card(made["record_id"], desk, code))
    found = counter.get(address, {"q": code}).content.decode()
    assert words not in found
    assert "Stella" in found
