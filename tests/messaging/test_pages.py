"""Messages through their pages: who sees what, what the person wants, the set-up, what a gateway tells."""

import json

import pytest
import time_machine
from django.urls import reverse

from lgnet.audit.models import AuditEntry
from lgnet.messaging.models import OptOut, OutgoingMessage, QuietHours
from lgnet.messaging.services import write_to_address
from lgnet.network.roles import Role
from lgnet.people.services import restrict_file
from tests.conftest import team_of

LIST, SETUP = reverse("message_list"), reverse("messaging_setup")


def text_of(answer):
    return answer.content.decode()


def test_the_list_of_the_city(sign_in, desk_operator, colleague, stranger, write):
    message = write()["sms"]
    page = text_of(sign_in(colleague).get(LIST))
    assert "no gateway" in page
    assert "Mohammed Provadati" in page
    assert "Ti aspettiamo" not in page
    assert message.to not in page
    assert "Mohammed" not in text_of(sign_in(stranger).get(LIST))
    client = sign_in(desk_operator)
    for query, number in (
        ("status=no_gateway&channel=sms", 1), ("status=sent", 0), ("kind=test", 0), ("q=provadati", 2), ("q=zzz", 0),
        ("since=2020-01-01&until=2020-01-02", 0),
    ):  # fmt: skip
        assert client.get(f"{LIST}?{query}").context["table"].count == number, query
    assert b"Ti aspettiamo" not in client.get(f"{LIST}?format=csv").content


def test_one_message(sign_in, desk_operator, colleague, stranger, write, coordinator):
    message = write()["sms"]
    address = reverse("message_detail", args=[message.pk])
    page = text_of(sign_in(desk_operator).get(address))
    assert "Ti aspettiamo one" in page
    assert message.to in page
    assert AuditEntry.objects.filter(action="read", object_id=message.pk, person_id=message.person_id).exists()
    page = text_of(sign_in(colleague).get(address))
    assert "Ti aspettiamo" not in page
    assert message.to not in page
    assert "The file of this person is not open to you." in page
    assert sign_in(stranger).get(address).status_code == 404


def test_messages_of_a_restricted_file_are_for_its_team(sign_in, desk_operator, case_worker, colleague, write):
    message = write()["sms"]
    message.person.file_members.create(user=case_worker, basis="case")
    restrict_file(by=case_worker, person=message.person, restricted=True, reason="for her safety, asked")
    assert sign_in(desk_operator).get(reverse("message_detail", args=[message.pk])).status_code == 200
    client = sign_in(colleague)
    assert client.get(LIST).context["table"].count == 0
    assert client.get(reverse("message_detail", args=[message.pk])).status_code == 404


def test_what_goes_to_a_body_is_read_by_who_wrote_it(sign_in, desk_operator, colleague, partner):
    letter = write_to_address(
        by=desk_operator, partner=partner, channel="email", to="asl@example.org", kind="referral", about=partner, key="x",
        language="it", subject="Invio", text="A link that opens something",
    )  # fmt: skip
    address = reverse("message_detail", args=[letter.pk])
    assert "A link that opens" in text_of(sign_in(desk_operator).get(address))
    assert "A link that opens" not in text_of(sign_in(colleague).get(address))


@time_machine.travel("2026-11-26T11:00:00Z", tick=False)
def test_send_again(sign_in, desk_operator, colleague, stranger, write, reachable):
    message = write()["sms"]
    again = reverse("message_again", args=[message.pk])
    client = sign_in(desk_operator)
    assert "waits to be sent, or arrived" in text_of(client.post(again, follow=True))
    OutgoingMessage.objects.filter(pk=message.pk).update(status="unknown", reason="no_answer", may_have_gone=True)
    assert "ask the person first" in text_of(client.get(reverse("message_detail", args=[message.pk])))
    assert sign_in(stranger).post(again).status_code == 404
    assert sign_in(colleague).post(again).status_code == 403
    assert "The message is sent again." in text_of(client.post(again, follow=True))
    message.refresh_from_db()
    assert (message.status, message.rounds, message.may_have_gone) == ("queued", 1, False)
    OutgoingMessage.objects.filter(pk=message.pk).update(status="failed")
    client.post(reverse("person_wishes", args=[reachable.pk]), {"channel": "sms", "wanted": "no"})
    assert "the person wants no messages" in text_of(client.post(again, follow=True))


def test_what_the_person_wants(sign_in, desk_operator, colleague, stranger, write, reachable):
    waiting = write()["sms"]
    page, wishes = (reverse(name, args=[reachable.pk]) for name in ("person_messages", "person_wishes"))
    client = sign_in(desk_operator)
    assert "Wants no more" in text_of(client.get(page))
    for _turn in range(2):
        client.post(wishes, {"channel": "sms", "wanted": "no"})
    assert OptOut.objects.count() == 1
    waiting.refresh_from_db()
    assert waiting.status == "cancelled"
    assert "Wants no messages: text message" in text_of(client.get(reverse("person_detail", args=[reachable.pk])))
    assert "said to the staff" in text_of(client.get(page))
    assert set(write("two")) == {"email"}
    client.post(wishes, {"channel": "sms", "wanted": "yes"})
    assert set(write("three")) == {"email", "sms"}
    assert client.post(wishes, {"channel": "pigeon"}).status_code == 404
    assert sign_in(colleague).get(page).status_code == 302, "asked for a reason first"
    assert sign_in(stranger).get(page).status_code == 404
    assert sign_in(stranger).post(wishes, {"channel": "sms"}).status_code == 404


def test_the_set_up_is_the_coordinators(sign_in, desk_operator, coordinator, partner, settings):
    assert sign_in(desk_operator).get(SETUP).status_code == 403
    client = sign_in(coordinator)
    assert 'value="21:00"' in text_of(client.get(SETUP))
    assert client.post(SETUP, {"starts": "22:30", "ends": "07:15"}).status_code == 302
    hours = QuietHours.objects.get(partner=partner)
    assert (hours.starts.hour, hours.ends.minute) == (22, 15)
    answer = client.post(SETUP, {"starts": "08:00", "ends": "08:00"})
    assert answer.status_code == 422
    assert "end when they begin" in text_of(answer)
    test = reverse("messaging_test")
    for data, word in (
        ({"channel": "sms", "to": "12"}, "No text message can go"), ({"channel": "email", "to": "x"}, "valid email"),
        ({}, "required"),
    ):  # fmt: skip
        answer = client.post(test, data)
        assert answer.status_code == 422
        assert word in text_of(answer)
    form = client.get(SETUP).context["test"]
    data = {"channel": "sms", "to": "320 1234567", "record_id": form["record_id"].value()}
    for _turn in range(2):
        assert client.post(test, data).status_code == 302
    sent = OutgoingMessage.objects.get(kind="test")
    assert sent.to == "+393201234567"
    assert "This is a test" in text_of(client.get(reverse("message_detail", args=[sent.pk])))


@pytest.fixture
def tell(client, settings):
    settings.SMS_RECEIPT_SECRET = "a secret"
    address = reverse("message_receipts", args=["a secret"])

    def telling(body, **more):
        return client.post(address, body, **more)

    return telling


def test_what_a_gateway_tells(tell, client, write, settings):
    message = write()["sms"]
    OutgoingMessage.objects.filter(pk=message.pk).update(status="sent", provider_id="gw-7")
    body = json.dumps({"id": "gw-7", "status": "delivered"})
    assert (
        client.post(reverse("message_receipts", args=["wrong"]), body, content_type="application/json").status_code
        == 404
    )
    for odd in (b"[", b"[]", b"7", b"\xff", b'{"id": {}, "status": []}', b"[" * 10_000):
        assert tell(odd, content_type="application/json").status_code == 204
    for _turn in range(2):
        assert tell(body, content_type="application/json").status_code == 204
    message.refresh_from_db()
    assert message.status == "delivered"
    assert tell({"reference": "x\0", "id": "unknown", "status": "delivered"}).status_code == 204
    settings.SMS_RECEIPT_SECRET = ""
    assert client.post("/messages/receipts/", body, content_type="application/json").status_code == 404
    assert tell(body, content_type="application/json").status_code == 404


@pytest.mark.parametrize(("sender", "words", "number"), [
    ("+393201234567", "STOP", 1), ("393201234567", "stop.", 1), ("3201234567", "Basta grazie", 1),
    ("+393201234567", "yes I come", 0), ("+393200000000", "STOP", 0), ("nobody", "STOP", 0),
])  # fmt: skip
def test_an_answer_that_says_stop(tell, write, reachable, sender, words, number):
    write()
    tell({"from": sender, "text": words})
    assert reachable.opt_outs.filter(channel="sms", source="reply").count() == number


def test_who_works_without_a_team_reads_no_files(sign_in, make_user, partner, write):
    write()
    other = make_user(Role.HOUSING_MANAGER, partner, team=team_of(partner, "desk"))
    assert sign_in(other).get(LIST).status_code == 200
