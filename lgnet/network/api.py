"""Views for programs: signed in like the pages, protected like them, but every answer is JSON with a word to show."""

import json
import zlib
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.translation import gettext as _

from lgnet.core.errors import DomainError
from lgnet.network.middleware import what_is_missing
from lgnet.network.requests import StaffRequest

View = Callable[..., Any]


class BadRequest(Exception):
    """What was sent makes no sense; the text says why."""

    def __init__(self, message: str, *, status: int = 400, code: str = "malformed") -> None:
        super().__init__(message)
        self.status, self.code = status, code


def json_view(method: str, *, former_staff: bool = False) -> Callable[[View], Callable[..., HttpResponse]]:
    """Make of a function that returns what is told (a dict, or a response) a view that answers every case in JSON.

    401 signed out; 403 without a role (unless `former_staff` may come too) or second factor, or not allowed; 404; 405;
    400 and 413 for what cannot be read; 409 for a broken rule.
    """

    def decorate(view: View) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answered(request: StaffRequest, **arguments: Any) -> HttpResponse:
            if not cast(HttpRequest, request).user.is_authenticated:
                return problem(401, "signed_out", _("Sign in again. What you recorded stays on the phone."))
            if request.method != method:
                return problem(405, "method", _("This address is asked in another way."), {"Allow": method})
            missing = what_is_missing(request)
            if missing == "second_factor_needed":
                return problem(403, missing, _("First set up the second step of signing in."))
            if missing and not former_staff:
                return problem(403, missing, _("You have no role today. Ask the coordinator."))
            return _answered(view, request, arguments)

        answered.answers_programs = True  # type: ignore[attr-defined]  # looked up by SecondFactorMiddleware
        return login_not_required(answered)

    return decorate


def problem(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """An answer that says what is the matter: a code for the program, a message for its user."""
    return JsonResponse({"error": code, "message": message}, status=status, headers=dict(headers or {}))


def read_json(request: HttpRequest) -> dict[str, Any]:
    """The object in the body, plain or packed by gzip. Raises BadRequest when there is none, or it is too large."""
    try:
        found = json.loads(_body(request), parse_constant=_no_number)
    except RequestDataTooBig:
        text = _("Too much at once: send fewer operations.")
        raise BadRequest(text, status=413, code="too_large") from None
    except UnreadablePostError:
        raise BadRequest(_("The connection broke off.")) from None
    except (ValueError, RecursionError, zlib.error):
        raise BadRequest(_("This is no JSON.")) from None
    if not isinstance(found, dict):
        raise BadRequest(_("An object in JSON is expected."))
    return found


def _body(request: HttpRequest) -> bytes:
    """What was sent, unpacked as far as the limit of any request allows. Raises RequestDataTooBig beyond it."""
    if request.headers.get("Content-Encoding") != "gzip":
        return request.body
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    body = unpack.decompress(request.body, limit + 1)
    if len(body) > limit:
        raise RequestDataTooBig
    if not unpack.eof:
        raise ValueError("cut short")
    return body


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")


def _answered(view: View, request: StaffRequest, arguments: dict[str, Any]) -> HttpResponse:
    try:
        told = view(request, **arguments)
        response = told if isinstance(told, HttpResponse) else JsonResponse(told)
    except BadRequest as error:
        return problem(error.status, error.code, str(error))
    except Http404:
        return problem(404, "not_found", _("There is nothing here for you."))
    except PermissionDenied:
        return problem(403, "forbidden", _("Your role does not allow this."))
    except DomainError as error:
        return problem(409, "refused", str(error))
    response.headers["Cache-Control"] = "no-store"
    return response
