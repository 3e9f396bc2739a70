"""Reading never writes; sessions end when idle; pages speak the reader's language; nothing from elsewhere."""

import pytest
import time_machine
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from lgnet.core.ids import uuid7
from lgnet.core.middleware import LAST_SEEN, BodyFirstMiddleware, ReadOnlyMiddleware, WriteInSafeRequest
from lgnet.core.models import Draft


def writing(request):
    Draft.objects.create(owner_id=uuid7(), form_key="x")
    return HttpResponse()


def test_a_safe_request_that_writes_fails(db):
    handler = ReadOnlyMiddleware(writing)
    with pytest.raises(WriteInSafeRequest, match="core_draft"), transaction.atomic():
        handler(RequestFactory().get("/"))
    assert handler(RequestFactory().post("/")).status_code == 200
    if connection.vendor == "sqlite":
        assert connection.transaction_mode == "IMMEDIATE"


def test_an_active_session_is_written_once_a_minute(desk_operator, sign_in, django_assert_num_queries):
    client = sign_in(desk_operator)
    client.get("/components")
    first = client.session[LAST_SEEN]
    client.get("/components")
    assert client.session[LAST_SEEN] == first


def test_a_page_that_renews_itself_keeps_no_session_alive(desk_operator, sign_in):
    client = sign_in(desk_operator)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.get("/components")
        begun = client.session[LAST_SEEN]
        clock.shift(120)
        assert client.get("/components", headers={"X-Unattended": "1"}).status_code == 200
        assert client.session[LAST_SEEN] == begun
        client.get("/components")
        assert client.session[LAST_SEEN] == begun + 120


def test_pages_speak_the_users_language(desk_operator, sign_in):
    client = sign_in(desk_operator)
    assert client.get("/components")["Content-Language"] == "en"
    client.post("/language", {"language": "it", "next": "/components"})
    assert client.get("/components")["Content-Language"] == "it"
    for odd in ("https://example.org/", "//example.org", "foo", "?", "http://[", "\0", "/\0", "/a\nb", "a" * 9000):
        answer = client.post("/language", {"language": "xx", "next": odd})
        assert (answer.status_code, answer["Location"]) == (302, "/")


def test_policy_allows_our_own_origin_only(desk_operator, sign_in):
    policy = sign_in(desk_operator).get("/components")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_error_pages_say_what_to_do(desk_operator, sign_in):
    client = sign_in(desk_operator)
    missing = client.get("/nothing/here")
    assert missing.status_code == 404
    assert b"There is no such page" in missing.content
    assert "Something went wrong" in render_to_string("500.html")


def test_what_is_sent_slowly_is_waited_for_before_the_transaction(rf, monkeypatch):
    """On SQLite a transaction of a request that may write holds the only lock."""
    read = []
    monkeypatch.setattr(HttpRequest, "body", property(lambda request: read.append(request.path) or b"{}"))
    middleware = BodyFirstMiddleware(lambda request: HttpResponse())
    for request in (rf.post("/a", b"{}", content_type="application/json"), rf.get("/b"), rf.post("/c", {"d": "1"})):
        assert middleware.process_view(request, None, (), {}) is None
    assert read == ["/a"], "a form is read by the protection against forged posts"
    form = "application/x-www-form-urlencoded"
    view = csrf_exempt(lambda request: HttpResponse())
    middleware.process_view(rf.post("/kiosk", "d=1", content_type=form), view, (), {})
    assert read == ["/a", "/kiosk"], "which a view without it does not have"


def test_a_body_that_breaks_off_is_no_error_of_ours(rf, monkeypatch):
    def broken(request):
        raise UnreadablePostError

    monkeypatch.setattr(HttpRequest, "body", property(broken))
    request = rf.post("/a", b"{}", content_type="application/json")
    assert BodyFirstMiddleware(lambda request: HttpResponse()).process_view(request, None, (), {}).status_code == 400
