"""What went wrong, said in the look of the site."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from lgnet.network.api import problem


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request made no sense; a program is told so in JSON."""
    if request.path.startswith("/api/"):
        return problem(400, "malformed", _("The app sent something that the server does not understand."))
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but this is for others; says what is missing where it is known."""
    return render(request, "403.html", {"reason": str(exception or "")}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: there is no such page, or not for this reader."""
    return render(request, "404.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was too old or came from elsewhere; a program is told so in JSON."""
    if request.path.startswith("/api/"):
        return problem(403, "csrf", _("Ask for a new token, then send it again."))
    return render(request, "core/csrf_failure.html", status=403)
