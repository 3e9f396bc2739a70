"""The second step: asked of whoever sees personal data, set up and used through the pages, kept encrypted."""

import json
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.network.roles import Role
from tests.network.signing_in import PASSWORD, code, confirm, enter, is_in, set_up_app, signed_in, words

STEP = reverse("mfa_authenticate")
NEEDED = reverse("second_factor_needed")


@pytest.fixture
def secret(worker):
    """The secret of the worker's app, which was set up and waits for its next code."""
    return set_up_app(signed_in(worker))


def at_second_step(user):
    """A client that has given the right password."""
    client = Client()
    assert enter(client, user.username).url == STEP
    assert not is_in(client)
    return client


def give(client, given):
    return client.post(STEP, {"code": given})


def recovery_codes(user):
    return Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()


# -- who needs one ---------------------------------------------------------------------------------------------------


def test_asked_of_whoever_sees_personal_data(worker, boss, make_user, partner, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    finance = make_user(Role.FINANCE_OFFICER, partner)
    for user in (worker, boss, make_user(Role.DPO, partner)):
        client = signed_in(user)
        assert client.get("/cases").url == NEEDED
        assert client.post("/staff").url == NEEDED
        assert client.get("/", headers={"HX-Request": "true"})["HX-Redirect"] == NEEDED
        page = client.get(NEEDED)
        assert reverse("mfa_activate_totp") in page.content.decode()
        assert 'href="/cases"' not in page.content.decode(), "no menu that leads nowhere"
        assert client.post("/drafts/x", {"a": "b"}, content_type="application/json").status_code == 204
    assert signed_in(finance).get("/").status_code == 200


def test_it_is_asked_for_until_it_is_set_up_and_again_when_removed(worker, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    client = signed_in(worker)
    assert client.get("/").url == NEEDED
    set_up_app(client)
    assert client.get("/").status_code == 200
    assert client.post(reverse("mfa_deactivate_totp")).url == reverse("mfa_index")
    assert not Authenticator.objects.exists()
    assert client.get("/").url == NEEDED


def test_delicate_pages_ask_once_more_who_one_is(worker):
    client = signed_in(worker)
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        assert client.get(reverse(name)).url.startswith(reverse("account_reauthenticate"))
    wrong = confirm(client, "wrong")
    assert wrong.status_code == 422
    assert "The password is not right." in words(wrong)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert confirm(client).status_code == 302
        assert client.get(reverse("mfa_activate_totp")).status_code == 200
        clock.shift(timedelta(minutes=6))
        assert client.get(reverse("mfa_activate_totp")).status_code == 302


def test_guessing_the_password_of_somebody_signed_in_locks_too(worker):
    client = signed_in(worker)
    assert [confirm(client, "wrong").status_code for _turn in range(5)] == [422] * 4 + [429]
    assert enter(Client(), worker.username).status_code == 429


# -- codes of an app -------------------------------------------------------------------------------------------------


def test_an_app_is_set_up_and_used(worker, django_capture_on_commit_callbacks):
    client = signed_in(worker)
    with django_capture_on_commit_callbacks(execute=True):
        secret = set_up_app(client)
    page = client.get(reverse("mfa_view_recovery_codes"))
    assert [text in words(page) for text in recovery_codes(worker)] == [True] * 10
    assert "An app that makes codes was set up" in mail.outbox[0].body
    said = AuditEntry.objects.filter(object_id=worker.pk, action="update").values_list("detail__what", flat=True)
    assert "second factor added" in set(said)
    assert client.get(reverse("mfa_activate_totp")).url == reverse("mfa_deactivate_totp")

    other = at_second_step(worker)
    assert "Use a key" not in words(other.get(STEP)), "there is no key"
    assert give(other, code(secret)).url == "/"
    assert is_in(other)
    assert AuditEntry.objects.filter(object_id=worker.pk, action="sign_in").count() == 2


def test_a_wrong_first_code_changes_nothing_and_keeps_the_secret(worker):
    client, url = signed_in(worker), reverse("mfa_activate_totp")
    confirm(client)
    secret = client.get(url).context["form"].secret
    page = client.get(url).context
    assert page["form"].secret != secret, "each visit has its own"
    assert page["totp_svg_data_uri"].startswith("data:image/svg+xml")
    for wrong in ("000000", "", "abc", "\x00", "🦊🦊🦊🦊🦊🦊", "١٢٣٤٥٦", "1" * 10_000):
        answer = client.post(url, {"code": wrong})
        assert answer.status_code == 422
        assert "code" in answer.context["form"].errors
        assert answer.context["form"].secret == page["form"].secret
    assert not Authenticator.objects.exists()
    assert client.post(url, {"code": code(page["form"].secret)}).status_code == 302


def test_the_page_asked_for_is_reached_after_the_second_step(worker, secret):
    client = Client()
    assert enter(client, worker.username, next="/roles").url == STEP
    assert give(client, code(secret)).url == "/roles"


@pytest.mark.parametrize("step", [-1, 0, 1])
def test_clocks_may_differ_by_half_a_minute(worker, secret, step):
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        assert give(at_second_step(worker), code(secret, step)).status_code == 302


@pytest.mark.parametrize("step", [-2, 2, 2880])
def test_but_not_by_more(worker, secret, step):
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        assert give(at_second_step(worker), code(secret, step)).status_code == 422


def test_a_code_is_good_for_once_in_every_process(worker, secret):
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False) as clock:
        seen = code(secret)
        assert give(at_second_step(worker), seen).status_code == 302
        for _half_minute in range(2):
            cache.clear()  # another process has its own
            again = at_second_step(worker)
            for spelling in (seen, f"{seen[:3]} {seen[3:]}", f"{seen[:3]}-{seen[3:]}"):
                assert give(again, spelling).status_code == 422
            assert not is_in(again)
            clock.shift(timedelta(seconds=30))
        assert give(again, code(secret)).status_code == 302


def test_wrong_codes_are_counted_with_wrong_passwords(worker, secret):
    assert enter(Client(), worker.email, "wrong").status_code == 422
    assert enter(Client(), worker.username, "wrong").status_code == 422
    client = at_second_step(worker)
    for wrong in ("000000", "🦊"):
        answer = give(client, wrong)
        assert answer.status_code == 422
        assert "The code is not right." in words(answer)
    client = at_second_step(worker)
    assert give(client, "111111").status_code == 429, "starting over does not start the count anew"
    assert give(client, code(secret)).status_code == 429
    assert not is_in(client)
    assert enter(Client(), worker.username).status_code == 429
    assert AuditEntry.objects.filter(object_id=worker.pk, action="sign_in_failed").count() >= 5
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert give(at_second_step(worker), code(secret)).status_code == 302


def test_a_locked_sign_in_does_not_even_tell_whether_a_code_is_right(worker, secret):
    client = at_second_step(worker)
    for _turn in range(5):
        give(client, "000000")
    right, wrong = give(client, code(secret)), give(client, "000000")
    assert words(right) == words(wrong)


def test_odd_codes_are_refused_with_what_was_typed(worker, secret):
    client = at_second_step(worker)
    for odd in ("", "\x00", "x" * 10_000, "\u202e123"):
        answer = give(client, odd)
        assert answer.status_code == 422
        assert "code" in answer.context["form"].errors
    assert client.post(STEP, {}).status_code == 422
    assert give(client, code(secret)).status_code == 302


def test_the_second_step_alone_is_nothing(client, worker, secret):
    assert client.get(STEP).url == reverse("account_login")
    assert give(client, code(secret)).url == reverse("account_login")


def test_somebody_else_can_begin_anew(worker, boss, secret):
    client = at_second_step(worker)
    assert client.get(reverse("account_login")).url == STEP
    assert client.post(reverse("account_logout"), {"next": reverse("account_login")}).url == reverse("account_login")
    assert enter(client, boss.username).url == "/"


# -- recovery codes --------------------------------------------------------------------------------------------------


def test_each_recovery_code_is_good_for_once(worker, secret):
    first, second = recovery_codes(worker)[:2]
    assert give(at_second_step(worker), first).status_code == 302
    again = at_second_step(worker)
    assert give(again, first).status_code == 422
    assert give(again, second).status_code == 302
    assert len(recovery_codes(worker)) == 8


def test_new_recovery_codes_replace_the_old(worker, django_capture_on_commit_callbacks):
    client = signed_in(worker)
    set_up_app(client)
    old = recovery_codes(worker)
    url = reverse("mfa_generate_recovery_codes")
    assert "no longer be good" in words(client.get(url))
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url).url == reverse("mfa_view_recovery_codes")
    new = recovery_codes(worker)
    assert not set(old) & set(new)
    file = client.get(reverse("mfa_download_recovery_codes"))
    assert "attachment" in file["Content-Disposition"]
    assert file.content.decode().split("\n", 1)[0].startswith("LGNet")
    assert file.content.decode().split()[-10:] == new
    assert give(at_second_step(worker), old[0]).status_code == 422
    assert "New recovery codes were made." in {line for m in mail.outbox for line in m.body.splitlines()}


def test_no_recovery_codes_without_a_second_step(worker):
    client = signed_in(worker)
    confirm(client)
    answer = client.post(reverse("mfa_generate_recovery_codes"))
    assert answer.status_code == 422
    assert "set up one first" in words(answer)
    assert client.get(reverse("mfa_view_recovery_codes")).status_code == 404
    assert client.get(reverse("mfa_download_recovery_codes")).status_code == 404


# -- how it is kept --------------------------------------------------------------------------------------------------


def test_secrets_are_encrypted_in_the_database(worker, secret, settings):
    with connection.cursor() as cursor:
        cursor.execute("SELECT type, data FROM mfa_authenticator WHERE user_id = %s", [_raw_id(worker)])
        rows = {kind: data if isinstance(data, dict) else json.loads(data) for kind, data in cursor.fetchall()}
    assert set(rows) == {"totp", "recovery_codes"}
    assert secret not in json.dumps(rows)
    assert decrypt(rows["totp"]["secret"]) == secret
    for text in recovery_codes(worker):
        assert text not in json.dumps(rows)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key", [settings.SECRET_KEY]
    assert decrypt(rows["totp"]["secret"]) == secret
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Exception):  # noqa: B017, PT011  whatever the cipher raises
        decrypt(rows["totp"]["secret"])


def _raw_id(user):
    return user.pk if connection.vendor == "postgresql" else user.pk.hex


def test_the_page_about_ones_own_security(worker):
    client = signed_in(worker)
    before = words(client.get(reverse("mfa_index")))
    assert "Set up an app" in before
    set_up_app(client)
    after = words(client.get(reverse("mfa_index")))
    assert "10 left" in after
    assert "Set up an app" not in after
    assert PASSWORD not in after


# -- passkeys without a browser: bad ones (good ones in tests/e2e) ---------------------------------------------------

ODD_CREDENTIALS = [
    "", "x", "null", "1", "[]", "{}", '"text"', '{"id": 1}', '{"id": "\\u0000"}', "[" * 2000,
    '{"id":"AA","rawId":"AA","type":"public-key","response":{}}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"AA","attestationObject":"AA"}}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA","userHandle":"AA"}}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA","userHandle":null}}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":[]}', '{"response":{"userHandle":"////"}}',
    '{"id":"🦊","rawId":"🦊","type":"public-key","response":"🦊"}',
]  # fmt: skip


@pytest.mark.parametrize("given", ODD_CREDENTIALS, ids=range(len(ODD_CREDENTIALS)))
def test_odd_keys_are_refused(worker, secret, given):
    client = at_second_step(worker)
    client.get(STEP)
    answer = client.post(STEP, {"credential": given})
    assert answer.status_code == 422
    assert "The key was not recognised." in words(answer)
    alone = Client()
    alone.get(reverse("mfa_login_webauthn"), headers={"Accept": "application/json"})
    answer = alone.post(reverse("mfa_login_webauthn"), {"credential": given})
    assert answer.url == reverse("account_login")
    assert "The key was not recognised." in words(alone.get(answer.url))
    assert not is_in(alone)
    assert give(client, code(secret)).status_code == 302
    confirm(client)
    add = reverse("mfa_add_webauthn")
    assert client.get(add).status_code == 200
    answer = client.post(add, {"credential": given, "name": "blue key", "passwordless": "on"})
    assert answer.status_code == 422
    assert "The key was not recognised." in words(answer)
    assert 'value="blue key"' in answer.content.decode()
    assert not Authenticator.objects.filter(type="webauthn").exists()


def test_a_key_of_somebody_else_is_not_found(worker, boss):
    key = Authenticator.objects.create(user=boss, type="webauthn", data={"name": "boss's", "credential": {}})
    client = signed_in(worker)
    confirm(client)
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.get(reverse(name, args=[key.pk])).status_code == 404
        assert client.post(reverse(name, args=[key.pk]), {"name": "mine"}).status_code == 404
    key.refresh_from_db()
    assert key.data["name"] == "boss's"
