"""Coming in: by name or e-mail, nothing told to strangers, locked after five failures, ended when idle, all logged."""

from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.core import mail
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.core.models import Draft
from lgnet.network.models import Membership, User
from tests.network.conftest import with_email
from tests.network.signing_in import LOGIN, PASSWORD, enter, is_in, signed_in, words

WRONG = "The name or the password is not right."


def logged(action, user):
    return AuditEntry.objects.filter(action=action, object_id=user.pk)


@pytest.mark.parametrize("name", ["{username}", "ADA.PROVA@EXAMPLE.ORG", "ada.prova@example.org", " {username} "])
def test_by_name_or_mail_in_any_case(client, worker, name):
    response = enter(client, name.format(username=worker.username.upper()))
    assert (response.status_code, response.url) == (302, "/")
    assert is_in(client)
    assert logged("sign_in", worker).get().partner_id == worker.memberships.get().partner_id


def test_the_page_asked_for_is_reached_but_nothing_outside(client, worker):
    asked = client.get("/cases?q=x")
    assert asked.url == f"{LOGIN}?next=/cases%3Fq%3Dx"
    page = client.get(asked.url)
    assert b'name="next" value="/cases?q=x"' in page.content
    assert enter(client, worker.username, next="/cases?q=x").url == "/cases?q=x"
    assert enter(Client(), worker.username, next="https://example.org/").url == "/"
    assert enter(Client(), worker.username, next="//example.org").url == "/"


def test_failures_tell_nothing(worker, make_user, partner):
    off = make_user("auditor", partner)
    off.is_active = False
    off.save()
    for name in (worker.username, worker.email, off.username, "nobody", "nobody@example.org"):
        response = enter(Client(), name, "wrong-password")
        assert response.status_code == 422
        assert WRONG in words(response)
        assert not any(person.full_name in words(response) for person in (worker, off))
        assert f'value="{name}"' in response.content.decode(), "what was typed stays"
        assert "wrong-password" not in response.content.decode()
    assert len({words(enter(Client(), n, "wrong")) for n in (worker.username, off.username, "nobody")}) == 1


def test_who_is_switched_off_is_told_only_with_the_right_password(client, worker):
    worker.is_active = False
    worker.save()
    response = enter(client, worker.username)
    assert response.url == reverse("account_inactive")
    assert not is_in(client)
    assert "switched off" in words(client.get(response.url))


def test_five_failures_lock_name_and_mail_alike_for_a_quarter_of_an_hour(worker, boss):
    names = [worker.username, worker.email, worker.email.upper(), worker.username.upper()]
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert [enter(Client(), name, "wrong").status_code for name in names] == [422] * 4
        locked = enter(Client(), worker.email, "wrong")
        assert locked.status_code == 429
        assert "quarter of an hour" in words(locked)
        client = Client()
        for name in (worker.username, worker.email):
            assert enter(client, name).status_code == 429
        assert not is_in(client)
        assert enter(Client(), boss.username).status_code == 302, "others at the same address come in"
        assert enter(Client(), worker.username, address="192.0.2.7").status_code == 302, "the owner elsewhere too"
        clock.shift(timedelta(minutes=14))
        assert enter(client, worker.username).status_code == 429
        clock.shift(timedelta(minutes=16))
        assert enter(client, worker.username).status_code == 302
    assert is_in(client)
    failed = logged("sign_in_failed", worker)
    assert failed.count() >= 5
    assert set(failed.values_list("actor_id", flat=True)) == {None}
    assert {entry.detail["ip"] for entry in failed} == {"127.0.0.1"}


def test_unknown_names_are_locked_too_and_logged_without_what_was_typed(db):
    for _turn in range(4):
        assert enter(Client(), "my-secret-password", "wrong").status_code == 422
    assert enter(Client(), "MY-secret-password", "wrong").status_code == 429
    entries = AuditEntry.objects.filter(action="sign_in_failed")
    assert entries.count() == 5
    assert not any("secret" in str(entry.detail) for entry in entries)


def test_coming_in_forgets_earlier_failures(worker):
    for _turn in range(4):
        enter(Client(), worker.username, "wrong")
    assert enter(Client(), worker.email).status_code == 302
    assert not AccessAttempt.objects.exists()
    assert [enter(Client(), worker.username, "wrong").status_code for _turn in range(4)] == [422] * 4


def test_too_many_requests_are_refused_with_a_page(client, worker):
    answers = [enter(client, f"nobody{number}", "wrong") for number in range(31)]
    assert [answer.status_code for answer in answers] == [422] * 30 + [429]
    assert "Too many requests" in words(answers[-1])


# -- idle ------------------------------------------------------------------------------------------------------------


def test_an_idle_session_ends_leads_back_and_keeps_what_was_typed(worker, settings):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = signed_in(worker)
        key = "/drafts/case_new-x"
        typed = {"basis_note": "three lines typed"}
        assert client.post(key, typed, content_type="application/json").status_code == 204
        for _turn in range(4):  # somebody who reads now and then stays in
            clock.shift(timedelta(seconds=settings.SESSION_COOKIE_AGE - 60))
            assert client.get("/roles").status_code == 200
        clock.shift(timedelta(seconds=settings.SESSION_COOKIE_AGE + 1))
        background = client.post(key, typed, content_type="application/json", headers={"X-Requested-With": "fetch"})
        assert background.status_code == 401
        assert client.get("/roles", headers={"HX-Request": "true"}).status_code == 401
        asked = client.get("/roles")
        assert asked.url == f"{LOGIN}?next=/roles"
        assert enter(client, worker.username, next="/roles").url == "/roles"
        assert client.get("/roles").status_code == 200
        assert client.get(key, headers={"X-Requested-With": "fetch"}).json()["data"] == typed
    assert Draft.objects.get().owner_id == worker.pk


def test_signing_out(worker):
    client = signed_in(worker)
    assert "Sign out?" in words(client.get(reverse("account_logout")))
    assert is_in(client), "a link or a picture signs nobody out"
    assert client.post(reverse("account_logout")).url == LOGIN
    assert not is_in(client)
    assert logged("sign_out", worker).count() == 1


# -- passwords -------------------------------------------------------------------------------------------------------


def change(client, old, new, again=None):
    data = {"oldpassword": old, "password1": new, "password2": new if again is None else again}
    return client.post(reverse("account_change_password"), data)


def test_a_changed_password_ends_other_sessions_is_logged_and_mailed(worker, django_capture_on_commit_callbacks):
    here, elsewhere = signed_in(worker), signed_in(worker)
    new = "quattro parole in fila"
    with django_capture_on_commit_callbacks(execute=True):
        assert change(here, PASSWORD, new).url == reverse("mfa_index")
    assert here.get("/roles").status_code == 200
    assert elsewhere.get("/roles").status_code == 302
    assert enter(Client(), worker.username).status_code == 422
    assert enter(Client(), worker.username, new).status_code == 302
    assert logged("update", worker).get().detail["what"] == "password changed"
    [notice] = mail.outbox
    assert notice.to == [worker.email]
    assert "The password was changed." in notice.body
    assert new not in notice.body


@pytest.mark.parametrize(
    ("old", "new", "again", "field"),
    [
        ("wrong", "quattro parole in fila", None, "oldpassword"),
        (PASSWORD, "quattro parole in fila", "altre parole in fila", "password2"),
        (PASSWORD, "short", None, "password1"),
        (PASSWORD, "password1234", None, "password1"),
        (PASSWORD, "123456789012345", None, "password1"),
        (PASSWORD, "Ada.Prova@example.org", None, "password1"),
        (PASSWORD, "x" * 1001, None, "password1"),
        (PASSWORD, "\x00" * 20, None, "password1"),
        ("\x00", "quattro parole in fila", None, "oldpassword"),
        ("", "", None, "oldpassword"),
    ],
)
def test_bad_new_passwords(worker, old, new, again, field):
    client = signed_in(worker)
    response = change(client, old, new, again)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert enter(Client(), worker.username).status_code == 302, "the password is the old one"


def ask_for_link(email):
    return Client().post(reverse("account_reset_password"), {"email": email})


def link_of(message):
    return next(word for word in message.body.split() if "/accounts/password/reset/" in word)


def test_a_forgotten_password(worker, django_capture_on_commit_callbacks):
    before = signed_in(worker)
    with django_capture_on_commit_callbacks(execute=True):
        assert ask_for_link("ada.PROVA@example.org").url == reverse("account_reset_password_done")
    [message] = mail.outbox
    assert message.to == [worker.email]
    assert worker.username in message.body
    client = Client()
    page = client.get(link_of(message), follow=True)
    assert "signed out wherever" in words(page)
    url = page.redirect_chain[-1][0]
    assert client.post(url, {"password1": "short", "password2": "short"}).status_code == 422
    new = "quattro parole in fila"
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(url, {"password1": new, "password2": new})
    assert done.url == reverse("account_reset_password_from_key_done")
    assert not is_in(client), "a mailbox alone lets nobody in"
    assert before.get("/roles").status_code == 302
    assert enter(Client(), worker.username, new).status_code == 302
    assert "no longer valid" in words(Client().get(link_of(message), follow=True)), "good for once"
    assert {e.detail["what"] for e in logged("update", worker)} == {"password set by mail"}


def test_a_link_for_a_password_lasts_an_hour(worker, django_capture_on_commit_callbacks):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        with django_capture_on_commit_callbacks(execute=True):
            ask_for_link(worker.email)
        clock.shift(timedelta(minutes=59))
        assert "no longer valid" not in words(Client().get(link_of(mail.outbox[0]), follow=True))
        clock.shift(timedelta(minutes=2))
        assert "no longer valid" in words(Client().get(link_of(mail.outbox[0]), follow=True))


def test_asking_for_a_link_tells_nothing(worker, django_capture_on_commit_callbacks):
    for email in ("nobody@example.org", worker.email):
        with django_capture_on_commit_callbacks(execute=True):
            assert ask_for_link(email).url == reverse("account_reset_password_done")
    assert [message.to for message in mail.outbox] == [[worker.email]]
    assert ask_for_link("no address").status_code == 422


# -- memberships -----------------------------------------------------------------------------------------------------


def test_without_a_role_there_is_only_whom_to_ask(worker, boss, make_user, partner, other_boss):
    client = signed_in(worker)
    Membership.objects.filter(user=worker).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert client.get("/").url == reverse("no_membership")
    assert client.get("/cases", headers={"HX-Request": "true"})["HX-Redirect"] == reverse("no_membership")
    page = words(client.get(reverse("no_membership")))
    assert boss.full_name in page
    assert other_boss.full_name not in page
    start = timezone.localdate() + timedelta(days=9)
    Membership.objects.create(user=worker, partner=partner, role="desk_operator", starts_on=start)
    page = words(client.get(reverse("no_membership")))
    assert start.strftime("%d/%m/%Y") in page
    assert "desk operator" in page
    assert client.get("/").url == reverse("no_membership")
    assert words(signed_in(boss).get(reverse("no_membership"))).count("You have a role") == 1


@pytest.mark.parametrize("same", ["username", "email", "email in capitals"])
def test_two_people_cannot_share_a_name_or_a_mail(worker, same):
    values = {
        "username": {"username": worker.username.upper()},
        "email": {"username": "x", "email": worker.email},
        "email in capitals": {"username": "x", "email": worker.email.upper()},
    }
    with pytest.raises(IntegrityError):
        User.objects.create(full_name="X", **values[same])


def test_many_people_may_have_no_mail(worker, boss):
    assert {with_email(user, "").email for user in (worker, boss)} == {""}
