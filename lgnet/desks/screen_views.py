"""What the screens of a waiting room and people's own phones show: no sign-in, no name of anybody."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from lgnet.core.dates import whole_minutes
from lgnet.desks import queue_selectors as selectors
from lgnet.desks.queue_models import Screen
from lgnet.desks.screens import note_seen

SHOWN = 6  # numbers on the display; the latest is the biggest


@login_not_required
@never_cache
@require_GET
def queue_display(request: HttpRequest, secret: str) -> HttpResponse:
    """The page of the display: it asks for what is called and goes on showing the last when there is no network."""
    screen = selectors.screen_with(secret, Screen.Kind.DISPLAY)
    return render(request, "desks/display.html", {"screen": screen, "team": screen.team, "secret": secret})


@login_not_required
@never_cache
@require_GET
def queue_display_now(request: HttpRequest, secret: str) -> HttpResponse:
    """What is called now, in JSON: numbers and counters, latest first; how many wait, and how long it takes."""
    screen = selectors.screen_with(secret, Screen.Kind.DISPLAY)
    now = timezone.now()
    queue = selectors.queue_of(screen.team, now)
    called = [{"number": t.number, "counter": str(t.counter), "calls": t.calls} for t in queue.called[:SHOWN]]
    minutes = whole_minutes(queue.usual_wait) if queue.usual_wait else None
    return JsonResponse({"called": called, "waiting": len(queue.waiting), "minutes": minutes})


@login_not_required
@csrf_exempt
@require_POST
def queue_screen_seen(_request: HttpRequest, kind: str, secret: str) -> HttpResponse:
    """The screen says once a minute that it is alive. Its secret is what a cookie would be: there is none to misuse."""
    note_seen(selectors.screen_with(secret, Screen.Kind(kind)))
    return HttpResponse(status=204)
