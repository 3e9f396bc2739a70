"""What the pages of cases share: a closed file asks for a reason, a service is done or its refusal told."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from lgnet.core.forms import run_service
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


def done(form: BaseForm, service: Callable[..., object], **arguments: Any) -> bool:
    """Call the service; False when a rule was broken, which the form then tells."""
    return run_service(form, service, **arguments) is not None


def person_asked_for(request: StaffRequest) -> Person:
    """The person of `?person=`, whose file is open for the user. Raises Http404 or FileClosed."""
    try:
        pk = uuid.UUID(request.GET.get("person", ""))
    except ValueError:
        raise Http404 from None
    return get_person(request.user, pk)
