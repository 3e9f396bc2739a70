"""The pages of django-allauth as all our forms answer, and the answer to too many requests."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

View = Callable[..., HttpResponse]


def as_ours(view: View) -> View:
    """Return `view` with status 422 for a form that was sent and has to be mended; allauth gives 200."""

    @wraps(view)  # also keeps what it says about being signed in
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method == "POST" and response.status_code == 200:
            response.status_code = 422
        return response

    return answer


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429: some page was asked for too often in a short time."""
    return render(request, "429.html", status=429)
