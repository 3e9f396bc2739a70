"""Tonight: what is open now in the cities of the reader, line by line from every service that has something to say."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from lgnet.core.tonight import sections
from lgnet.network.access import access_of
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission


@require_GET
def tonight(request: StaffRequest) -> HttpResponse:
    """What is open now, with hours and how to get there."""
    partners, now = access_of(request.user).partner_ids(Permission.VIEW_TONIGHT), timezone.now()
    if not partners:
        raise PermissionDenied
    context = {"sections": sections(request.user, partners, now), "now": now}
    return render(request, "workspace/tonight.html", context)
