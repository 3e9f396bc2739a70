"""Messages on their way: through real gateways on loopback that fail, delay, double and answer nonsense."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.utils import timezone

from lgnet.core.errors import DomainError
from lgnet.messaging.delivery import DAILY, LEASE, WAITS, deliver_due
from lgnet.messaging.gateways import gateways_in_use
from lgnet.messaging.models import MessageStep, OutgoingMessage, StrayReceipt
from lgnet.messaging.opt_outs import opt_in, opt_out
from lgnet.messaging.receipts import take_receipt
from lgnet.messaging.services import cancel_messages, send_again, write_to_address
from lgnet.messaging.setup import send_test, set_quiet_hours
from lgnet.people.records import add_contact_point, end_contact_point
from tests.messaging.conftest import MAIL, PHONE
from tests.network.smtp import mail_server

ROME = ZoneInfo("Europe/Rome")
NOON = datetime(2026, 11, 26, 12, tzinfo=ROME)


@pytest.fixture(autouse=True)
def noon():
    """It is day: nobody is asleep."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def no_mail(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"


def again(message):
    message.refresh_from_db()
    return message


def test_a_text_message_goes_out_once(write, sms, no_mail):
    message = write()["sms"]
    assert deliver_due() == {"sent": 1}
    assert deliver_due() == {}
    again(message)
    assert (message.status, message.provider_id, message.to) == ("sent", "gw-1", PHONE)
    assert sms.asked[0]["auth"] == "Bearer geheim"
    assert sms.keys == [message.reference]
    assert sms.texts == ["Ti aspettiamo one"]


def test_an_email_goes_out_with_its_name_and_a_way_to_stop(write, settings, client, reachable):
    settings.SITE_URL = "https://lgnet.example.org"
    message = write()["email"]
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        server.refuses = True
        assert deliver_due() == {"failed": 1}
        assert again(message).reason == "refused"
        server.refuses = False
        send_again(by=message.queued_by, message=message)
        assert deliver_due() == {"sent": 1}
    mail = server.mails[-1]
    assert server.recipients[-1] == MAIL
    assert mail["Message-ID"] == f"<{again(message).reference}@localhost>"
    link = mail["List-Unsubscribe"].replace("\n", "").replace(" ", "").strip("<>")
    assert link in mail.get_content()
    path = link.removeprefix("https://lgnet.example.org")
    assert "I want no more e-mails" in client.get(path.replace("lang=it", "lang=en")).content.decode()
    assert not reachable.opt_outs.exists()
    assert client.post(path).status_code == 200
    assert client.post(path).status_code == 200
    assert [(one.channel, one.source) for one in reachable.opt_outs.all()] == [("email", "link")]
    assert client.get(path.replace("?", "x?")).status_code == 404
    assert client.post("/messages/stop/forged").status_code == 404


def test_a_mail_server_that_is_away_is_asked_again(write, settings, noon):
    message = write()["email"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert deliver_due() == {"tried": 1}
    assert again(message).next_try_at == NOON + WAITS[0]
    assert not message.may_have_gone


@pytest.mark.parametrize(
    ("answer", "safe", "unsafe"),
    [
        (500, "tried", "unknown"), (503, "tried", "tried"), (429, "tried", "tried"), (401, "tried", "tried"),
        (302, "tried", "tried"), (400, "failed", "failed"), ((200, "<html>"), "tried", "unknown"),
        ((200, '{"id": null}'), "tried", "unknown"), ((200, "[" * 9000), "tried", "unknown"), (1.5, "tried", "unknown"),
    ],
)  # fmt: skip
def test_what_goes_wrong(write, sms, no_mail, settings, noon, answer, safe, unsafe):
    for is_safe, expected in ((True, safe), (False, unsafe)):
        settings.SMS_GATEWAY = settings.SMS_GATEWAY | {"is_safe_to_repeat": is_safe}
        message = write(f"key {is_safe}")["sms"]
        sms.answers[:] = [answer]
        assert deliver_due() == {expected: 1}
        assert all(one["path"] == "/sms" for one in sms.asked)
        if expected == "tried":
            noon.shift(WAITS[0])
            assert deliver_due() == {"sent": 1}
            assert len(set(sms.keys[-2:])) == 1, "the same name at every try"
        assert sms.texts.count(f"Ti aspettiamo key {is_safe}") <= 1, "nothing arrives twice"
        assert again(message).steps.exists()


def test_after_six_tries_it_is_given_up(write, sms, no_mail, noon):
    message = write()["sms"]
    sms.answers[:] = [503] * 9
    for wait in WAITS:
        assert deliver_due() == {"tried": 1}
        noon.shift(wait - timedelta(seconds=1))
        assert deliver_due() == {}
        noon.shift(timedelta(seconds=1))
    assert deliver_due() == {"failed": 1}
    assert (again(message).reason, message.tries) == ("gave_up", 6)


def test_a_worker_that_died_in_between(write, sms, no_mail, settings, noon):
    died = {key: write(key)["sms"] for key in ("safe", "unsafe")}
    OutgoingMessage.objects.update(claimed_until=NOON + LEASE)
    assert deliver_due() == {}, "another worker may still be at it"
    noon.shift(LEASE + timedelta(seconds=1))
    OutgoingMessage.objects.filter(key__startswith="unsafe").update(next_try_at=NOON + timedelta(hours=1))
    assert deliver_due() == {"sent": 1}
    assert again(died["safe"]).may_have_gone
    settings.SMS_GATEWAY = settings.SMS_GATEWAY | {"is_safe_to_repeat": False}
    noon.shift(timedelta(hours=1))
    assert deliver_due() == {"unknown": 1}
    assert (again(died["unsafe"]).status, died["unsafe"].reason) == ("unknown", "no_answer")
    assert len(sms.asked) == 1


def test_a_claim_that_ran_out_writes_nothing(write, sms, no_mail, monkeypatch):
    """While we wait for the gateway, the lease ends and another worker takes the message over."""
    message = write()["sms"]
    gateway = gateways_in_use()["sms"]

    class Slow:
        is_safe_to_repeat = True

        def send(self, told):
            OutgoingMessage.objects.filter(pk=told.pk).update(claimed_until=NOON + 2 * LEASE)
            return gateway.send(told)

    monkeypatch.setattr("lgnet.messaging.delivery.gateways_in_use", lambda: {"sms": Slow()})
    assert deliver_due() == {"lost": 1}
    assert again(message).status == "queued"


def test_without_a_gateway_nothing_is_lost(write, settings, no_mail):
    write()
    assert deliver_due() == {}
    assert set(OutgoingMessage.objects.values_list("status", flat=True)) == {"queued"}
    settings.DEMO = True
    assert deliver_due() == {"sent": 2}


def test_quiet_hours_hold_messages_back(write, sms, no_mail, noon, coordinator, partner):
    noon.move_to(datetime(2026, 11, 26, 22, 30, tzinfo=ROME))
    message = write(expires_at=timezone.now() + timedelta(days=1))["sms"]
    assert deliver_due() == {"waits": 1}
    assert deliver_due() == {}
    assert again(message).next_try_at == datetime(2026, 11, 27, 8, tzinfo=ROME)
    test = send_test(by=coordinator, partner=partner, channel="sms", to="320 1234567", record_id=partner.pk)
    assert deliver_due() == {"sent": 1}
    assert again(test).status == "sent"
    noon.move_to(datetime(2026, 11, 27, 8, tzinfo=ROME))
    assert deliver_due() == {"sent": 1}
    set_quiet_hours(by=coordinator, partner=partner, starts=time(8), ends=time(9))
    write("two")
    assert deliver_due() == {"waits": 1}


def test_what_comes_in_between(write, sms, no_mail, noon, reachable, desk_operator):
    late = write("late", expires_at=timezone.now() + timedelta(hours=1))["sms"]
    noon.shift(timedelta(hours=1))
    assert deliver_due() == {"cancelled": 1}
    assert again(late).reason == "expired"
    moved = write("moved")["sms"]
    assert cancel_messages(about=reachable, kind="other") == 0
    assert cancel_messages(about=reachable) == 3, "this one, and the e-mails of both, for which there is no gateway"
    assert again(moved).reason == "withdrawn"
    unwanted = write("unwanted")["sms"]
    opt_out(by=desk_operator, person=reachable, channel="sms")
    assert again(unwanted).reason == "opted_out"
    assert "sms" not in write("later")
    opt_in(by=desk_operator, person=reachable, channel="sms")
    ended = write("ended")["sms"]
    end_contact_point(by=desk_operator, point=ended.point)
    assert deliver_due() == {"cancelled": 1}
    assert again(ended).reason == "not_safe"
    assert sms.asked == []


def test_nobody_is_flooded(write, sms, no_mail, noon):
    for number in range(DAILY + 2):
        write(f"key {number}")
    assert deliver_due() == {"sent": DAILY, "enough": 2}
    noon.shift(timedelta(hours=24))
    assert deliver_due() == {"sent": 2}


def test_a_receipt_says_what_became_of_it(write, sms, no_mail):
    message = write()["sms"]
    deliver_due()
    take_receipt(reference="", provider_id="gw-1", status="accepted")
    assert again(message).status == "sent"
    take_receipt(reference="", provider_id="gw-1", status="DELIVRD")
    take_receipt(reference="", provider_id="gw-1", status="DELIVRD")
    take_receipt(reference=message.reference, provider_id="", status="failed")  # older news that comes late
    assert again(message).status == "delivered"
    assert message.steps.filter(what=MessageStep.What.DELIVERED).count() == 1
    take_receipt(reference="0" * 32 + "-0", provider_id="unknown", status="delivered")
    other = write("two")["sms"]
    deliver_due()
    take_receipt(reference=other.reference, provider_id="", status="undelivered")
    assert (again(other).status, other.reason) == ("failed", "undelivered")
    take_receipt(reference=other.reference, provider_id="", status="delivered")
    assert (again(other).status, other.reason) == ("delivered", "")


def test_a_receipt_may_overtake_the_answer(write, sms, no_mail):
    message = write()["sms"]
    take_receipt(reference="", provider_id="gw-1", status="delivered")
    assert StrayReceipt.objects.count() == 1
    deliver_due()
    assert again(message).status == "delivered"
    assert not StrayReceipt.objects.exists()
    other = write("two")["sms"]
    take_receipt(reference=other.reference, provider_id="gw-2", status="delivered")
    assert again(other).status == "delivered"
    assert deliver_due() == {}


def test_what_did_not_arrive_is_not_sent_again_once_it_is_not_true(write, sms, no_mail, desk_operator, person):
    message = write()["sms"]
    sms.answers[:] = [400]
    deliver_due()
    assert again(message).status == "failed"
    cancel_messages(about=again(message).person)
    with pytest.raises(DomainError, match="has changed"):
        send_again(by=desk_operator, message=message)


def test_a_receipt_of_an_earlier_sending_says_nothing_of_the_new_one(write, sms, no_mail, desk_operator):
    message = write()["sms"]
    first = message.reference
    sms.answers[:] = [400]
    deliver_due()
    send_again(by=desk_operator, message=message)
    take_receipt(reference=first, provider_id="", status="delivered")
    assert again(message).status == "queued"
    assert deliver_due() == {"sent": 1}
    assert len(set(sms.keys)) == 2


def test_numbers_that_take_no_text_messages(person, desk_operator, write, sms, no_mail, partner):
    end_contact_point(by=desk_operator, point=person.contact_points.get(kind="phone"))
    for value in ("12", "06 6988 1234"):
        add_contact_point(by=desk_operator, person=person, kind="phone", value=value, safe="yes")
    add_contact_point(by=desk_operator, person=person, kind="phone", value="320 765 4321", safe="yes")
    write()
    found = OutgoingMessage.objects.filter(channel="sms").values_list("status", "reason", "to").order_by("to")
    assert max(found) == ("queued", "", "+393207654321")
    assert [row[:2] for row in found].count(("failed", "number")) == 2
    letter = write_to_address(
        by=desk_operator, partner=partner, channel="email", to="not an address", kind="letter", about=partner, key="x",
        language="it", subject="s", text="t",
    )  # fmt: skip
    assert (letter.status, letter.reason) == ("failed", "address")


def test_a_gateway_set_up_wrongly_is_told(settings, write):
    for wrong in (
        {"url": "http://gateway.example.org"},
        {"url": "https://x", "format": "xml"},
        {"url": "https://x", "header": "Bearer x"},
    ):
        settings.SMS_GATEWAY = settings.SMS_GATEWAY | {"header": "", "format": "json"} | wrong
        with pytest.raises(ImproperlyConfigured):
            gateways_in_use()


def test_fields_of_a_form_and_a_nested_id(write, sms, no_mail, settings):
    settings.SMS_GATEWAY = settings.SMS_GATEWAY | {
        "format": "form", "fields": {"a": "{to}", "t": "{text}"}, "id_field": "messages.0.sid",
    }  # fmt: skip
    sms.answers[:] = [(200, '{"messages": [{"sid": 77}]}')]
    message = write("{to} è")["sms"]
    deliver_due()
    assert again(message).provider_id == "77"
    assert sms.asked[0]["body"] == b"a=%2B393201234567&t=Ti+aspettiamo+%7Bto%7D+%C3%A8"


def test_the_command_says_what_it_did(write, sms, no_mail, capsys):
    write()
    call_command("deliver_messages")
    assert capsys.readouterr().out == "sent: 1\n"
    call_command("deliver_messages", every=1, parent=1)  # the parent is another: it ends at once
