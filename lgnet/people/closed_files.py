"""What pages about persons share: a closed file asks for a reason; the person named in the address."""

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
from lgnet.people.selectors import FileClosed, get_person

View = Callable[..., HttpResponse]


def asks_for_closed_file(view: View) -> View:
    """Lead who opens a closed file to the page that asks for a reason, and back from there."""

    @wraps(view)
    def asking(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except FileClosed as closed:
            back = request.get_full_path() if request.method in {"GET", "HEAD"} else request.path
            return redirect(f"{reverse('file_open', args=[closed.person.pk])}?{urlencode({'next': back})}")

    return asking


def person_asked_for(request: StaffRequest) -> Person:
    """The person of `?person=`, whose file is open for the user. Raises Http404 or FileClosed."""
    try:
        pk = uuid.UUID(request.GET.get("person", ""))
    except ValueError:
        raise Http404 from None
    return get_person(request.user, pk)
