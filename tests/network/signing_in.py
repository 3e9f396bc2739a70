"""What people do at the entrance, through the pages."""

import re
from html import unescape

from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse

PASSWORD = "a-long-password-for-tests"  # of every user that tests/conftest.py makes
LOGIN = "/accounts/login/"


def enter(client, name, password=PASSWORD, address="127.0.0.1", **more):
    """Send name and password from an address."""
    return client.post(LOGIN, {"login": name, "password": password, **more}, REMOTE_ADDR=address)


def signed_in(user):
    """A client that has come in through the page, second step apart."""
    client = Client()
    assert enter(client, user.username).status_code == 302
    return client


def is_in(client):
    """Whether the client is signed in."""
    return "_auth_user_id" in client.session


def code(secret, step=0):
    """The code that an app shows now, or `step` half minutes later."""
    now = list(totp.yield_hotp_counters_from_time())
    return totp.format_hotp_value(totp.hotp_value(secret, now[len(now) // 2] + step))


def confirm(client, password=PASSWORD):
    """Prove once more who one is, as delicate pages ask."""
    return client.post(reverse("account_reauthenticate"), {"password": password})


def set_up_app(client):
    """Set up an app for codes through the pages; return its secret."""
    url = reverse("mfa_activate_totp")
    assert client.get(url).url.startswith(reverse("account_reauthenticate"))
    assert confirm(client).status_code == 302
    secret = client.get(url).context["form"].secret
    assert client.post(url, {"code": code(secret)}).url == reverse("mfa_view_recovery_codes")
    return secret


def words(response):
    """The text of a page, without tags and without what differs each time."""
    html = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|hx-headers=\'[^\']*\'', "", response.content.decode())
    return " ".join(unescape(re.sub(r"<(script|style|template).*?</\1>|<[^>]*>", " ", html, flags=re.DOTALL)).split())
