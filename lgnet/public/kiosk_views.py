"""The kiosk of a waiting room and the number on one's own phone. No sign-in, nobody's name."""

import json
import uuid
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from lgnet.core.dates import whole_minutes
from lgnet.core.errors import DomainError
from lgnet.core.periods import FIRST_YEAR
from lgnet.core.qr import qr_code
from lgnet.desks.queue import issue_ticket
from lgnet.desks.queue_models import OFFLINE_NUMBERS, Screen, Ticket
from lgnet.desks.queue_selectors import before, own_numbers_used, screen_with, ticket_shown, usual_wait
from lgnet.public.kiosk_words import TOPICS, kiosk_words
from lgnet.public.pages import LANGUAGES, public_page, render_page

LONGEST = 2000  # bytes of what a kiosk sends


@login_not_required
@never_cache
@require_safe
def queue_kiosk(request: HttpRequest, secret: str) -> HttpResponse:
    """The page of the kiosk: language, topic, number. It holds all it needs to give numbers without the network."""
    screen = screen_with(secret, Screen.Kind.KIOSK)
    setup = {
        "languages": kiosk_words(), "topics": list(TOPICS), "first": screen.offline_from, "count": OFFLINE_NUMBERS,
        "tickets": reverse("queue_kiosk_tickets", args=[secret]), "seen": reverse("kiosk_seen", args=[secret]),
        "screen": str(screen.pk), "day": timezone.localdate().isoformat(), "used": own_numbers_used(screen),
    }  # fmt: skip
    return render(request, "public/kiosk.html", {"setup": setup, "team": screen.team})


@login_not_required
@csrf_exempt
@never_cache
@require_POST
def queue_kiosk_tickets(request: HttpRequest, secret: str) -> HttpResponse:
    """Give a number, or take in one given without network; sent again, it is the same one. Answers in JSON.

    The secret of the address is what a cookie would be: there is none that another site could misuse.
    """
    screen = screen_with(secret, Screen.Kind.KIOSK)
    try:
        ticket = issue_ticket(team=screen.team, screen=screen, **_asked(request.body))
    except DomainError as error:
        return JsonResponse({"error": str(error)}, status=422)
    return JsonResponse(_told(request, ticket))


@never_cache
@public_page
def queue_ticket(request: HttpRequest, ticket: uuid.UUID) -> HttpResponse:
    """One's number on one's own phone: how many come before, and when it is called where to go."""
    mine = ticket_shown(ticket)
    if mine is None:
        return render_page(request, "public/ticket_unknown.html", {}, status=404)
    context = {"ticket": mine, "ahead": before(mine), "is_today": mine.day == timezone.localdate()}
    wait = usual_wait(mine.team, timezone.now())
    response = render_page(request, "public/ticket.html", context | {"wait": whole_minutes(wait) if wait else 0})
    response.headers["Refresh"] = "15"
    return response


def _asked(body: bytes) -> dict[str, Any]:
    """What the kiosk sent, as arguments of the service. Raises DomainError for anything else."""
    try:
        sent: Any = json.loads(body) if len(body) <= LONGEST else None
        found = {
            "record_id": uuid.UUID(sent["id"]), "topic": str(sent.get("topic") or ""),
            "language": sent["language"] if sent.get("language") in LANGUAGES else "",
            "number": int(sent["number"]) if sent.get("number") is not None else None,
            "issued_at": _moment(sent.get("issued_at")),
        }  # fmt: skip
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as problem:
        raise DomainError(_("The kiosk sent something that the server does not understand.")) from problem
    return found


def _moment(text: Any) -> datetime | None:
    moment = parse_datetime(text) if isinstance(text, str) else None
    if moment is None or timezone.is_naive(moment) or moment.year < FIRST_YEAR:
        return None
    return moment


def _told(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    """What the kiosk shows and prints."""
    address = reverse("queue_ticket", args=[ticket.pk]) + (f"?lang={ticket.language}" if ticket.language else "")
    code, wait = qr_code(request.build_absolute_uri(address)), usual_wait(ticket.team, timezone.now())
    return {
        "number": ticket.number, "ahead": before(ticket), "minutes": whole_minutes(wait) if wait else None,
        "qr": {"size": code.size, "path": code.path},
    }  # fmt: skip
