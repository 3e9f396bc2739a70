"""What holds for every request: reading never writes, nobody waits for a slow sender, idle sessions end, language."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import connection
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import translation

from lgnet.core.drafts import KEY, clear_draft

Handler = Callable[[HttpRequest], HttpResponse]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
# Tables that reading a page may write: who is signed in, failed sign-ins, and the log itself.
MAY_WRITE = ("django_session", "axes_", "audit_auditentry", "account_", "mfa_", "network_user")
LAST_SEEN = "last_seen"
SENT = "sent_draft"  # cookie that drafts.js reads
UNATTENDED = "X-Unattended"  # a page renewed itself while nobody touched it: that keeps no session alive
TOUCH_SECONDS = 60  # how often an active session is written


class WriteInSafeRequest(RuntimeError):
    """A page that only reads tried to write domain data: an error of ours."""


class ReadOnlyMiddleware:
    """A GET that tries to change domain data fails; on SQLite it takes no write lock either.

    Writes of SQLite begin `IMMEDIATE`, so that they never fail half-way; a reader that did the same would wait for
    every writer, so a safe request begins its transaction `DEFERRED`.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE:
            return self.get_response(request)
        mode = getattr(connection, "transaction_mode", None)
        if connection.vendor == "sqlite":
            connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
        try:
            with connection.execute_wrapper(refuse_writes):
                return self.get_response(request)
        finally:
            if connection.vendor == "sqlite":
                connection.transaction_mode = mode  # type: ignore[attr-defined]


def refuse_writes(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Run `sql` unless it changes a table that a safe request must leave alone; then raise WriteInSafeRequest."""
    words = sql.lstrip().split(None, 3)
    verb = words[0].upper() if words else ""
    if verb in {"INSERT", "UPDATE", "DELETE", "REPLACE"}:
        table = words[1 if verb == "UPDATE" else 2].strip('"').split(".")[-1]
        if not table.startswith(MAY_WRITE):
            raise WriteInSafeRequest(f"{verb} {table}")
    return execute(sql, params, many, context)


class BodyFirstMiddleware:
    """Waits for all that is sent before the view, and with it the transaction, begins.

    On SQLite a transaction that may write holds the one lock there is: a phone on a bad link would keep everybody
    waiting. Forms are read already by the protection against forged posts, except where a view goes without it.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Read the body; one that is too large is refused by whoever asks for it."""
        is_form = request.content_type in FORMS
        if request.method not in SAFE and (not is_form or getattr(view, "csrf_exempt", False)):
            try:
                _ = request.POST if is_form else request.body  # an upload goes to the disk, not into memory
            except RequestDataTooBig:
                return None
            except UnreadablePostError:  # the connection broke off: nobody is there to be told
                return HttpResponse(status=400)
        return None


class IdleTimeoutMiddleware:
    """Ends a session after SESSION_COOKIE_AGE seconds without a request; an active one is written once a minute.

    A background request of an ended session gets 401 with the address to sign in, which the page shows beside the
    form; what was typed is in the draft.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            is_used = UNATTENDED not in request.headers
            if is_used and now - request.session.get(LAST_SEEN, 0) > TOUCH_SECONDS:
                request.session[LAST_SEEN] = now  # saving renews the expiry of row and cookie
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Refuse a background request of nobody, unless the view is for who has no account."""
        if request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        is_background = request.headers.get("HX-Request") or request.headers.get("X-Requested-With") == "fetch"
        return HttpResponse(status=401) if is_background else None


class LanguageMiddleware:
    """Speaks the language of the user; before sign-in that of the cookie or the browser, Italian if neither is ours."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        language = user.language if user.is_authenticated else translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class SentDraftMiddleware:
    """Forgets the draft of a form that was sent and accepted: its answer leads to another page.

    A cookie then names the page it was typed on, so that what the browser itself keeps of it is forgotten as well.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = request.user.is_authenticated
        response = self.get_response(request)
        if signed_in and request.method == "POST" and 300 <= response.status_code < 400:
            form_key, page = request.POST.get("_draft", ""), request.POST.get("_draft_page", "")
            if form_key and request.user.pk:
                clear_draft(owner_id=request.user.pk, form_key=form_key)
            if KEY.fullmatch(page):
                response.set_cookie(
                    SENT, page, max_age=3600, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
                )  # fmt: skip
        return response
