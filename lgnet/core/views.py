"""Drafts, and the language of the pages."""

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods, require_POST

from lgnet.core import drafts
from lgnet.core.addresses import safe_next


@require_http_methods(["GET", "POST", "DELETE"])
def draft(request: HttpRequest, form_key: str) -> HttpResponse:
    """The signed-in user's own draft of a form: read, kept, or forgotten.

    Reading gives the token against forged posts too: a page that was open while its reader signed in again goes on.
    """
    owner: Any = request.user.pk
    if request.method == "DELETE":
        drafts.clear_draft(owner_id=owner, form_key=form_key)
        return HttpResponse(status=204)
    if request.method == "POST":
        try:
            data = json.loads(request.body)
            drafts.save_draft(owner_id=owner, form_key=form_key, data=data)
        except (ValueError, RecursionError):  # nested without end is no form either
            return HttpResponse(status=400)
        return HttpResponse(status=204)
    kept = drafts.get_draft(owner_id=owner, form_key=form_key)
    found: dict[str, Any] = {"token": get_token(request)}
    if kept is not None:
        found |= {"data": kept.data, "at": date_format(localtime(kept.updated_at), "SHORT_DATETIME_FORMAT")}
    return JsonResponse(found)


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Speak the chosen language from now on; kept with the user, or in a cookie before sign-in."""
    language = request.POST.get("language", "")
    response = HttpResponseRedirect(safe_next(request, "/"))
    if language in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            request.user.language = language
            request.user.save(update_fields=["language"])
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=31_536_000, samesite="Lax", httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
    return response
