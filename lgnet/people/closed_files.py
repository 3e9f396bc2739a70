"""What pages about persons share: a closed file asks for a reason; the person and the visit named in the address."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from lgnet.network.requests import StaffRequest
from lgnet.people.models import Person
from lgnet.people.selectors import FileClosed, get_person, get_whole_person

View = Callable[..., HttpResponse]


def asks_for_closed_file(view: View) -> View:
    """Lead who opens a closed file to the page that asks for a reason, and back from there.

    A view that has no page of its own (`require_POST` is marked by `only_posts`) leads back to the person.
    """

    @wraps(view)
    def asking(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except FileClosed as closed:
            has_page = request.method in {"GET", "HEAD"} or not getattr(view, "only_posts", False)
            person = closed.person.pk
            back = request.get_full_path() if has_page else reverse("person_detail", args=[person])
            return redirect(f"{reverse('file_open', args=[person])}?{urlencode({'next': back})}")

    return asking


def only_posts(view: View) -> View:
    """Mark a view that has no page of its own."""
    view.only_posts = True  # type: ignore[attr-defined]
    return view


def person_asked_for(request: StaffRequest, *, part: bool = False) -> Person:
    """The person of `?person=`, whose file is open for the user. Raises Http404 or FileClosed.

    Who works on a part of the person's case is refused (PermissionDenied), unless the page shows no more than that.
    """
    try:
        pk = uuid.UUID(request.GET.get("person", ""))
    except ValueError:
        raise Http404 from None
    return get_person(request.user, pk) if part else get_whole_person(request.user, pk)


def visit_left(request: StaffRequest) -> uuid.UUID | None:
    """The visit of `?visit=` that the reader came from and goes back to; its page says whether it may be seen."""
    try:
        return uuid.UUID(request.GET.get("visit", ""))
    except ValueError:
        return None
