"""What every page of the public site has: its reader's language, and the frame around it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_safe

LANGUAGES: dict[str, str] = dict(settings.PUBLIC_LANGUAGES)
SECONDS = 60  # how long a page is kept by browsers; what it tells may be as old again (cities)
View = Callable[..., HttpResponse]


def public_page(view: View) -> View:
    """A page for anybody, in the language of the address (?lang=ar) or else of the browser.

    Staff pages speak Italian and English only (core.middleware): the language is chosen here, for this page alone, and
    no cookie remembers it. What somebody signed in is shown is kept by nobody on the way.
    """

    @login_not_required
    @require_safe
    @wraps(view)
    def page(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        language = reader_language(request)
        with translation.override(language):
            response = view(request, *arguments, **named)
        response.headers["Content-Language"] = language
        patch_vary_headers(response, ["Accept-Language"])
        kept_by = "private" if settings.SESSION_COOKIE_NAME in request.COOKIES else "public"
        if not response.has_header("Refresh"):  # a page that asks for itself again is of this moment
            patch_cache_control(response, max_age=SECONDS, **{kept_by: True})
        return response

    return page


def reader_language(request: HttpRequest) -> str:
    """That of the address, or the first of the browser's that we speak; else English, or Italian if it says nothing."""
    asked = request.GET.get("lang", "")
    if asked in LANGUAGES:
        return asked
    wanted = [code.split("-", maxsplit=1)[0] for code, _ in parse_accept_lang_header(_accepted(request)) if code != "*"]
    return next((code for code in wanted if code in LANGUAGES), "en" if wanted else "it")


def render_page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The page with its address in every language. Templates see no request, so nothing on them is of one reader."""
    here = request.build_absolute_uri(request.path)
    frame = {
        "here": here,
        "alternates": [(code, name, f"{here}?lang={code}") for code, name in LANGUAGES.items()],
        "lang_query": f"?lang={request.GET['lang']}" if request.GET.get("lang") in LANGUAGES else "",
        "is_demo": settings.DEMO,
    }
    return HttpResponse(render_to_string(template, frame | context), status=status)


def _accepted(request: HttpRequest) -> str:
    return request.headers.get("Accept-Language", "").lower()
