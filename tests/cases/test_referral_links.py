"""A body outside of the network: what it is shown, how it answers by its link, and links that are not good."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Referral, ReferralLink, ReferralNote, ReferralStep
from lgnet.cases.referral_links import refer_person, send_link, stop_link, token_of
from lgnet.cases.referral_sharing import Share, Sharing, shared_values
from lgnet.cases.referrals import close_referral, mark_arrived_outside, send_referral, withdraw_referral
from lgnet.core.errors import DomainError
from lgnet.messaging.models import OutgoingMessage
from lgnet.people.models import JourneyEvent, NoticeGiven, Person, PersonLanguage
from lgnet.people.records import add_contact_point, add_identifier, record_eligibility
from lgnet.people.services import restrict_file
from tests.cases.referral_world import SITE, deliver, make_body, path_in, sharing
from tests.conftest import team_of
from tests.network.smtp import mail_server


@pytest.fixture
def body(partner, desk_operator):
    return make_body(partner, desk_operator)


@pytest.fixture
def known(person, desk_operator):
    """Somebody of whom everything is known, each thing with a value that stands nowhere else."""
    Person.objects.filter(pk=person.pk).update(nickname="Nuvola", birth_date=date(1991, 2, 3), birth_precision="day")
    person.refresh_from_db()
    PersonLanguage.objects.create(person=person, language="wo", is_preferred=True)
    add_contact_point(by=desk_operator, person=person, kind="phone", value="+393201112223", safe="yes")
    add_contact_point(by=desk_operator, person=person, kind="phone", value="+393209998887", safe="no")
    add_identifier(by=desk_operator, person=person, kind="stp", value="STP1234567890123")
    record_eligibility(
        by=desk_operator, person=person, checked_on=timezone.localdate(), title_type="refugee", verdict="eligible",
        number_masked="QX77",
    )  # fmt: skip
    return person


@pytest.fixture
def sent(partner, desk_operator, body, known):
    """Sent by the desk with a link that shares the least."""
    return refer_person(
        by=desk_operator, person=known, from_team=team_of(partner, "desk"), to_team=body, site_url=SITE, need="work",
        reason="needs a visit for the eyes", sharing=sharing(timezone.localdate()),
    )  # fmt: skip


def path_of(referral):
    return reverse("answer_link", args=[token_of(ReferralLink.objects.get(referral=referral))])


def enter(path, name="Dott. Prova, CUP"):
    client = Client()
    assert client.post(path, {"name": name}).status_code == 302
    return client


def test_the_whole_life_through_a_real_mail_server(sign_in, partner, desk_operator, case_worker, body, known):
    desk = sign_in(desk_operator)
    url = f"{reverse('referral_new')}?person={known.pk}"
    assert "Send the body a link by e-mail" in desk.get(url).content.decode()
    data = {
        "from_team": team_of(partner, "desk").pk, "to_team": body.pk, "need": "health", "reason": "eyes",
        "by_mail": "on", "shared": ["called", "need", "reason"], "basis": "health",
    }  # fmt: skip
    refused = desk.post(url, data)
    assert refused.status_code == 422
    assert "before the person was told" in refused.content.decode()
    assert not Referral.objects.exists()
    assert not OutgoingMessage.objects.exists()
    unticked = desk.post(url, data | {"by_mail": "", "to_team": ""})  # what was ticked is there still
    assert unticked.context["form"]["shared"].value() == ["called", "need", "reason"]
    assert "shared" not in unticked.context["form"].errors
    told = {"notice_method": "spoken", "notice_language": "Arabic", "notice_given_on": timezone.localdate().isoformat()}
    assert desk.post(url, data | told).status_code == 302
    assert list(known.notices.order_by("kind").values_list("kind", flat=True)) == ["privacy", "sharing"]
    referral = Referral.objects.get()
    with mail_server() as server:
        (text,) = deliver(server)
        assert server.recipients == ["ufficio@asl.example.org"]
        subject = str(server.mails[0]["Subject"])
    for secret in ("Nuvola", "Mohammed", "Provadati", "eyes", "health", referral.code, known.pseudonym):
        assert secret not in text + subject
    path = path_in(text)

    office = Client()
    before = office.get(path).content.decode()
    assert "I work for ASL Provaltina: open" in before
    assert "Nuvola" not in before
    assert ReferralStep.objects.count() == 1  # a program that follows links changes nothing
    assert office.post(path, {"name": " "}).status_code == 422
    assert office.post(path, {"name": "Dott. Prova, CUP"}).status_code == 302
    page = office.get(path).content.decode()
    assert "Nuvola" in page
    assert "eyes" in page
    referral.refresh_from_db()
    assert referral.status == "seen"
    assert office.post(f"{path}/note", {"text": "Which language?"}).status_code == 302
    detail = reverse("referral_detail", args=[referral.pk])
    assert "Which language?" in desk.get(detail).content.decode()
    assert desk.post(reverse("referral_seen", args=[referral.pk]), {"x": 1}).status_code == 302
    assert (
        desk.post(reverse("referral_note", args=[referral.pk]), {"text": "Wolof, we send a mediator"}).status_code
        == 302
    )
    come = (timezone.localtime() + timedelta(days=3)).strftime("%Y-%m-%dT10:30")
    assert office.post(f"{path}/accept", {"answer": "Room 4", "come_at": come}).status_code == 302
    referral.refresh_from_db()
    assert (referral.status, referral.answer, referral.answered_by) == ("accepted", "Room 4", None)
    assert timezone.localtime(referral.come_at).hour == 10
    again = office.post(f"{path}/refuse", {"answer": "second thoughts"})
    assert again.status_code == 422
    assert "answered in the meantime: accepted" in again.content.decode()
    assert office.post(f"{path}/arrived", {"x": 1}).status_code == 302
    assert office.post(f"{path}/close", {"result": "", "answer": "glasses"}).status_code == 422
    assert office.post(f"{path}/close", {"result": "helped", "answer": "glasses"}).status_code == 302
    over = office.get(path).content.decode()
    assert "what was shared is no longer shown" in over
    assert "Nuvola" not in over
    ours, theirs = desk.get(detail).content.decode(), over
    for said in (
        "Which language?",
        "Wolof, we send a mediator",
        "Room 4",
        "glasses",
        "Dott. Prova, CUP · ASL Provaltina",
    ):
        assert said in ours
        assert said in theirs
    kinds = list(
        JourneyEvent.objects.filter(source_id=referral.pk).order_by("recorded_at").values_list("kind", flat=True)
    )
    assert kinds == ["referral_sent", "referral_accepted", "referral_arrived", "referral_closed"]
    assert AuditEntry.objects.filter(object_id=referral.pk, actor_name="Dott. Prova, CUP · ASL Provaltina").count() >= 6
    read = AuditEntry.objects.filter(object_id=referral.pk, action="read", actor_id=None).first()
    assert (read.detail["ip"], read.detail["shared"]) == ("127.0.0.1", ["called", "need", "reason"])
    assert read.person_id == known.pk


VALUES = {
    "called": "Nuvola", "languages": "Wolof", "need": "work and training", "reason": "needs a visit for the eyes",
    "name": "Mohammed Provadati", "birth": "1991", "citizenship": "Morocco", "phone": "+393201112223",
    "titles": "refugee", "documents": "STP1234567890123",
}  # fmt: skip
NEVER = ("+393209998887", "QX77")


@pytest.mark.parametrize("share", Share.values)
def test_the_page_shows_only_what_was_ticked(share, desk_operator, sent):
    send_link(by=desk_operator, referral=sent, sharing=Sharing((share,), "public_task"), site_url=SITE)
    path = path_of(sent)
    page = enter(path).get(path).content.decode()
    assert VALUES[share].casefold() in page.casefold()
    for other, value in VALUES.items():
        assert other == share or value.casefold() not in page.casefold(), other
    for secret in (*NEVER, sent.person.pseudonym):
        assert secret not in page


def test_everything_ticked_is_shown_once_and_nothing_that_is_not_safe(desk_operator, sent):
    assert set(VALUES) == set(Share.values)
    send_link(by=desk_operator, referral=sent, sharing=Sharing(tuple(Share.values), "agreement"), site_url=SITE)
    told = dict(shared_values(Referral.objects.get(pk=sent.pk)))
    assert len(told) == len(Share.values)
    assert not any(secret in value for secret in NEVER for value in told.values())


def test_the_least_is_ticked_at_first(sign_in, desk_operator, body, person):
    page = sign_in(desk_operator).get(f"{reverse('referral_new')}?person={person.pk}")
    assert page.context["form"]["shared"].value() == ("called", "languages", "need")


def bad_links(referral):
    good = token_of(ReferralLink.objects.get(referral=referral))
    key, sign = good.split(".")
    return ["x", "😀", "a" * 500, key, f"{key}.", f"{key}.{sign[::-1]}", f"{key[:-1]}9.{sign}", f"{'0' * 32}-1.{sign}"]


def test_a_guessed_link_tells_nothing_is_logged_and_soon_slowed_down(sent):
    good = path_of(sent)
    pages, client = set(), Client()
    for token in bad_links(sent):
        answer = client.get(reverse("answer_link", args=[token]))
        assert answer.status_code == 404
        pages.add(answer.content.replace(reverse("answer_link", args=[token]).encode(), b""))
    tries = AuditEntry.objects.filter(object_type="cases.referrallink", action="sign_in_failed")
    assert tries.count() == len(bad_links(sent))
    assert {row.detail["ip"] for row in tries} == {"127.0.0.1"}
    assert "ASL" not in client.get(reverse("answer_link", args=["x"])).content.decode()
    for act in ("accept", "note", "read"):
        client.post(f"{reverse('answer_link', args=['x'])}/{act}", {"answer": "mine", "text": "mine"})
    assert client.get(reverse("answer_link", args=["x"])).status_code == 429
    assert tries.all().count() == 10  # nobody fills the log
    assert client.get(good).status_code == 200  # who has a good link does not suffer for others
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert client.get(reverse("answer_link", args=["x"])).status_code == 404


def test_who_has_many_addresses_of_one_line_is_slowed_down_too(sent):
    for number in range(10):
        assert Client().get(reverse("answer_link", args=["x"]), REMOTE_ADDR=f"2001:db8::{number}").status_code == 404
    assert Client().get(reverse("answer_link", args=["x"]), REMOTE_ADDR="2001:db8::ffff").status_code == 429
    assert Client().get(reverse("answer_link", args=["x"]), REMOTE_ADDR="2001:db8:0:1::1").status_code == 404
    sent.refresh_from_db()
    assert sent.status == "sent"


@pytest.mark.parametrize("how", ["withdrawn", "stopped", "replaced", "expired", "restricted"])
def test_a_link_that_is_over_is_refused_and_what_was_typed_is_shown(how, desk_operator, case_worker, sent, partner):
    path = path_of(sent)
    client = enter(path)
    link = ReferralLink.objects.get()
    match how:
        case "withdrawn":
            withdraw_referral(by=desk_operator, referral=Referral.objects.get())
        case "stopped":
            stop_link(by=desk_operator, link=link)
            stop_link(by=desk_operator, link=link)
        case "replaced":
            send_link(
                by=desk_operator, referral=Referral.objects.get(), sharing=sharing(timezone.localdate()), site_url=SITE
            )
        case "expired":
            ReferralLink.objects.update(expires_at=timezone.now())
        case "restricted":
            Person.objects.filter(pk=sent.person_id).update(restricted=True)
    before = Referral.objects.values().get()
    for answer in (client.get(path), client.post(f"{path}/accept", {"answer": "come at once"})):
        assert answer.status_code == 404
        assert "This link is not valid" in answer.content.decode()
        assert "Nuvola" not in answer.content.decode()
    assert "come at once" in answer.content.decode()
    assert Referral.objects.values().get() == before
    assert AuditEntry.objects.filter(action="sign_in_failed").first().detail["why"] == how
    if how == "replaced":
        assert client.get(path_of(sent)).status_code == 200  # the newer one asks again who reads
        assert "Nuvola" not in client.get(path_of(sent)).content.decode()


def test_a_forged_or_old_cookie_reads_nothing(sent):
    path = path_of(sent)
    client = enter(path)
    assert "Nuvola" in client.get(path).content.decode()
    with time_machine.travel(timezone.now() + timedelta(hours=9)):
        assert "Nuvola" not in client.get(path).content.decode()
        kept = client.post(f"{path}/accept", {"answer": "come at once"})
        assert kept.status_code == 422
        assert "come at once" in kept.content.decode()
    (name,) = [key for key in client.cookies if key.startswith("lg_answer")]
    forged = Client()
    forged.cookies[name] = client.cookies[name].value[:-2] + "xx"
    assert "Nuvola" not in forged.get(path).content.decode()
    sent.refresh_from_db()
    assert sent.status == "seen"


def test_a_cookie_of_one_link_opens_no_other(sign_in, partner, desk_operator, body, sent, known):
    other = refer_person(
        by=desk_operator, person=known, from_team=team_of(partner, "desk"), to_team=body, site_url=SITE,
        sharing=sharing(timezone.localdate()),
    )  # fmt: skip
    client = enter(path_of(sent))
    assert "I work for" in client.get(path_of(other)).content.decode()
    assert client.post(f"{path_of(other)}/accept", {"answer": "x"}).status_code == 422


def test_unknown_answers_and_odd_words(sent):
    path = path_of(sent)
    client = enter(path)
    assert client.post(f"{path}/delete").status_code == 404
    assert client.post(f"{path}/withdrawn").status_code == 404
    assert client.get(f"{path}/accept").status_code == 405
    for act, data in (
        ("refuse", {"answer": "  "}), ("accept", {"answer": "x" * 301}), ("accept", {"come_at": "2001-01-01T10:00"}),
        ("accept", {"come_at": "2999-01-01T10:00"}), ("note", {"text": " "}), ("note", {"text": "\x00"}),
    ):  # fmt: skip
        answer = client.post(f"{path}/{act}", data)
        assert answer.status_code == 422, (act, data)
    sent.refresh_from_db()
    assert sent.status == "seen"
    assert not ReferralNote.objects.exists()


def test_the_body_does_not_flood_the_thread(sent):
    path = path_of(sent)
    client = enter(path)
    for turn in range(20):
        assert client.post(f"{path}/note", {"text": f"{turn}"}).status_code == 302
    assert client.post(f"{path}/note", {"text": "one too many"}).status_code == 422
    assert ReferralNote.objects.count() == 20


def test_who_may_send_a_link_and_when(
    sign_in, partner, desk_operator, case_worker, stranger, coordinator, body, sent, known
):
    today, url = timezone.localdate(), reverse("referral_link", args=[sent.pk])
    assert sign_in(stranger).get(url).status_code == 404
    for user in (case_worker, coordinator):
        assert sign_in(user).get(url).status_code == 403
        with pytest.raises(PermissionDenied):
            send_link(by=user, referral=sent, sharing=sharing(today), site_url=SITE)
    page = sign_in(desk_operator).get(url)
    assert page.status_code == 200
    assert "notice_method" not in page.context["form"].fields  # told already
    data = {"shared": ["called", "reason"], "basis": "agreement"}
    assert sign_in(desk_operator).post(url, data | {"basis": ""}).status_code == 422
    assert sign_in(desk_operator).post(url, data).status_code == 302
    sent.refresh_from_db()
    assert (sent.shared, sent.basis) == (["called", "reason"], "agreement")
    assert OutgoingMessage.objects.filter(status="cancelled").count() == 1  # the mail with the older link
    assert sign_in(desk_operator).post(reverse("referral_link_stop", args=[sent.pk]), {"x": 1}).status_code == 302
    assert OutgoingMessage.objects.filter(status="queued").count() == 0
    desk, team = team_of(partner, "desk"), team_of(partner, "multidisciplinary")
    inside = send_referral(by=desk_operator, from_team=desk, to_team=team, person=known)
    silent = make_body(partner, desk_operator, name="Mensa Inventata", email="", kind="shelter")
    to_silent = send_referral(by=desk_operator, from_team=desk, to_team=silent, person=known)
    over = send_referral(by=desk_operator, from_team=desk, to_team=body, person=known)
    mark_arrived_outside(by=desk_operator, referral=over)
    for referral, given, why in (
        (inside, sharing(today), "only other bodies"), (to_silent, sharing(today), "e-mail of this body is not known"),
        (over, sharing(today), "is over"), (sent, Sharing((), "vital"), "at least one"),
        (sent, Sharing(("called",), "x"), "on which basis"),
    ):  # fmt: skip
        with pytest.raises(DomainError, match=why):
            send_link(by=desk_operator, referral=referral, sharing=given, site_url=SITE)


def test_nothing_goes_without_notice_and_nothing_half_done_stays(partner, desk_operator, body, person):
    NoticeGiven.objects.filter(person=person).delete()
    desk = team_of(partner, "desk")
    for told in (None, sharing(timezone.localdate() + timedelta(days=1)).told):
        with pytest.raises(DomainError):
            refer_person(
                by=desk_operator, person=person, from_team=desk, to_team=body, site_url=SITE,
                sharing=Sharing(("called",), "health", told),
            )  # fmt: skip
        assert not Referral.objects.exists()
        assert not NoticeGiven.objects.exists()
        assert not OutgoingMessage.objects.exists()


def test_a_form_sent_twice_sends_one_mail(sign_in, partner, desk_operator, body, known):
    url = f"{reverse('referral_new')}?person={known.pk}"
    client = sign_in(desk_operator)
    data = {
        "record_id": client.get(url).context["form"]["record_id"].value(), "from_team": team_of(partner, "desk").pk,
        "to_team": body.pk, "by_mail": "on", "shared": "called", "basis": "vital", "notice_method": "paper",
        "notice_language": "Arabic", "notice_given_on": timezone.localdate().isoformat(),
    }  # fmt: skip
    assert client.post(url, data).url == client.post(url, data).url
    assert (Referral.objects.count(), OutgoingMessage.objects.count()) == (1, 1)


def test_a_restricted_file_is_sent_by_its_team_on_purpose(partner, case_worker, desk_operator, body, person):
    desk, team = team_of(partner, "desk"), team_of(partner, "multidisciplinary")
    send_referral(by=desk_operator, from_team=desk, to_team=team, person=person)
    restrict_file(by=case_worker, person=person, restricted=True, reason="threatened")
    sent = refer_person(
        by=case_worker,
        person=person,
        from_team=team,
        to_team=body,
        site_url=SITE,
        sharing=sharing(timezone.localdate()),
    )
    assert "Mohammed Provadati" in enter(path_of(sent)).get(path_of(sent)).content.decode()


def test_reminders_are_sent_once_for_each_limit(partner, desk_operator, sent, capsys):
    token, start = token_of(ReferralLink.objects.get()), timezone.now()
    counts = []
    for days in (1, 6, 6, 8, 8):
        with time_machine.travel(start + timedelta(days=days)):
            call_command("remind_referrals")
            call_command("remind_referrals")
            counts.append(OutgoingMessage.objects.filter(kind="referral_reminder").count())
    assert counts == [0, 1, 1, 2, 2]
    mail = OutgoingMessage.objects.filter(kind="referral_reminder").first()
    assert token in mail.text
    assert "Nuvola" not in mail.text + mail.subject
    stop_link(by=desk_operator, link=ReferralLink.objects.get())
    with time_machine.travel(start + timedelta(days=20)):
        call_command("remind_referrals")
    assert OutgoingMessage.objects.filter(kind="referral_reminder", status="queued").count() == 0
    assert "0 referrals" in capsys.readouterr().out.splitlines()[-1]


def test_what_the_mail_says_is_read_only_by_who_wrote_it(
    sign_in, partner, desk_operator, colleague, case_worker, coordinator, make_user, sent
):
    """The link in it opens what is shared: neither a colleague nor the coordination reads it."""
    token = token_of(ReferralLink.objects.get())
    with time_machine.travel(timezone.now() + timedelta(days=6)):
        call_command("remind_referrals")
    kinds = {message.kind: message for message in OutgoingMessage.objects.all()}
    assert set(kinds) == {"referral_link", "referral_reminder"}
    others = [colleague, case_worker, coordinator, make_user("dpo", partner)]
    for kind, message in kinds.items():
        assert token in message.text
        address = reverse("message_detail", args=[message.pk])
        assert (token in sign_in(desk_operator).get(address).content.decode()) == (kind == "referral_link")
        for user in others:
            client = sign_in(user)
            assert token not in client.get(address).content.decode()
            for listed in (reverse("message_list"), reverse("message_list") + "?export=csv"):
                assert token not in client.get(listed).content.decode()


def test_a_referral_that_was_answered_is_not_reminded(desk_operator, sent):
    mark_arrived_outside(by=desk_operator, referral=sent)
    close_referral(by=desk_operator, referral=sent, result="helped")
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        call_command("remind_referrals")
    assert not OutgoingMessage.objects.filter(kind="referral_reminder").exists()
