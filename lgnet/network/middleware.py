"""Who may go further than the entrance: staff with a membership in force and, where required, a second factor."""

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.selectors import has_second_factor

Handler = Callable[[HttpRequest], HttpResponse]
PROVEN = "second_factor"  # in the session: id of the user who is known to have a second factor
# Pages of one's own sign-in, which need neither: everything else does.
_ENTRANCE = {"set_language", "invitation_accept", "second_factor_needed", "no_membership", "draft"}
_ENTRANCE_PREFIXES = ("account_", "mfa_")


class SecondFactorMiddleware:
    """Shows who has no membership whom to ask, and who sees personal data without a second factor how to set it up.

    That a user has a second factor is remembered in the session until a page about second factors is opened.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Return where to go instead of the page asked for, or None to let through."""
        if not request.user.is_authenticated:
            return None
        name = (request.resolver_match.url_name if request.resolver_match else None) or ""
        if name.startswith(_ENTRANCE_PREFIXES) or name in _ENTRANCE:
            if name.startswith("mfa_") and PROVEN in request.session:
                del request.session[PROVEN]
            return None
        if getattr(view, "answers_programs", False):  # tells a program what is missing instead of leading to a page
            return None
        missing = what_is_missing(request)
        return _go(request, missing) if missing else None


def what_is_missing(request: HttpRequest) -> str:
    """Why somebody signed in goes no further: the name of the page that says so, or nothing."""
    access = access_of(cast(User, request.user))
    if not access.grants:
        return "no_membership"
    if settings.SECOND_FACTOR_REQUIRED and access.sees_personal_data and not _is_protected(request):
        return "second_factor_needed"
    return ""


def _is_protected(request: HttpRequest) -> bool:
    user_id = str(request.user.pk)
    if request.session.get(PROVEN) == user_id:
        return True
    if request.user.is_authenticated and has_second_factor(request.user):
        request.session[PROVEN] = user_id
        return True
    return False


def _go(request: HttpRequest, url_name: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse(url_name)})
    return redirect(url_name)
