"""The own page, opened with card and PIN: a short signed cookie of its own, apart from the sessions of staff."""

import math
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.views.decorators.http import require_http_methods

from lgnet.people.models import OwnCard
from lgnet.people.own_card_selectors import live_card
from lgnet.public.pages import LANGUAGES, reader_language, render_page

COOKIE, SALT = "lgnet_own", "lgnet.public.own"
IDLE, LONGEST = timedelta(minutes=15), timedelta(minutes=60)
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class OwnSession:
    """A page that is open: by which card, since when, in which language."""

    card: OwnCard
    started_at: datetime
    language: str


class OwnRequest(HttpRequest):
    """What every view of the open page receives."""

    own: OwnSession


def own_page(view: View) -> View:
    """A page for who has opened the own page; anybody else is led to code and PIN. Kept by nobody on the way.

    Each request keeps it open for IDLE, up to LONGEST in all; then the page on the screen goes by itself.
    """

    @login_not_required
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def page(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        session = open_session(request)
        if session is None:
            return private(redirect(f"{reverse('own_enter')}?ended"))
        asked = request.GET.get("lang", "")
        session = OwnSession(session.card, session.started_at, asked if asked in LANGUAGES else session.language)
        request.own = session  # type: ignore[attr-defined]
        with translation.override(session.language):
            response = view(request, *arguments, **named)
        if COOKIE not in response.cookies:
            keep_open(response, session)
            response.headers["Refresh"] = f"{math.ceil(IDLE.total_seconds())};url={reverse('own_enter')}?ended"
        response.headers["Content-Language"] = session.language
        return private(response)

    return page


def entrance(view: View) -> View:
    """A page before code and PIN, in the language of the address or of the browser; kept by nobody."""

    @login_not_required
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def page(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        language = reader_language(request)
        with translation.override(language):
            response = view(request, *arguments, **named)
        response.headers["Content-Language"] = language
        patch_vary_headers(response, ["Accept-Language"])
        return private(response)

    return page


def render_own(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page with its token against forged posts; with the card if the page is open."""
    own: OwnSession | None = getattr(request, "own", None)
    frame: dict[str, Any] = {"csrf_token": get_token(request), "robots": "noindex"}
    if own:
        frame |= {"card": own.card, "discreet": own.card.is_discreet}
    return render_page(request, template, frame | context, status=status)


def private(response: HttpResponse) -> HttpResponse:
    """Kept by no browser and no search engine."""
    add_never_cache_headers(response)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def open_session(request: HttpRequest) -> OwnSession | None:
    """The page that the cookie of this request keeps open, or None: forged, too old, or the card is another by now."""
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=IDLE)
        started_at = datetime.fromtimestamp(kept["started"], tz=UTC)
        card = live_card(uuid.UUID(kept["card"]), kept["version"])
    except (signing.BadSignature, KeyError, OverflowError, TypeError, ValueError):
        return None
    is_over = timezone.now() - started_at > LONGEST
    if card is None or is_over or (card.closed_at and started_at <= card.closed_at):
        return None
    return OwnSession(card, started_at, kept["language"])


def keep_open(response: HttpResponse, session: OwnSession) -> None:
    """Write the cookie: only our pages below /me are sent it, and no script reads it."""
    kept = {
        "card": session.card.pk.hex, "version": session.card.version, "started": session.started_at.timestamp(),
        "language": session.language,
    }  # fmt: skip
    response.set_cookie(
        COOKIE, signing.dumps(kept, salt=SALT), max_age=IDLE, path=reverse("own_enter"), httponly=True,
        samesite="Strict", secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def forget(response: HttpResponse) -> None:
    """Take the cookie away."""
    response.delete_cookie(COOKIE, path=reverse("own_enter"), samesite="Strict")
