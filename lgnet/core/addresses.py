"""Addresses that come with a request and that somebody is sent on to."""

import re

from django.http import HttpRequest

# One slash and then no other (nor a backslash, which browsers take for one); nothing that browsers drop in silence.
LOCAL = re.compile(r"/(?![/\\])[^\x00-\x20\x7f]{0,2000}")


def safe_next(request: HttpRequest, default: str) -> str:
    """The address in `next` of the form or of the query if it is a path of this site, otherwise `default`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if LOCAL.fullmatch(wanted) else default
