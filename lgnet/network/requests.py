"""The request of somebody signed in."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from lgnet.network.models import User


class StaffRequest(HttpRequest):
    """What every view but the public ones receives: `LoginRequiredMiddleware` lets nobody else through."""

    user: User
    htmx: HtmxDetails
