"""Addresses of rows in lists, and those that come with a request and that somebody is sent on to."""

import re
import uuid
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import get_script_prefix, reverse

# One slash and then no other (nor a backslash, which browsers take for one); nothing that browsers drop in silence.
LOCAL = re.compile(r"/(?![/\\])[^\x00-\x20\x7f]{0,2000}")


def safe_next(request: HttpRequest, default: str) -> str:
    """The address in `next` of the form or of the query if it is a path of this site, otherwise `default`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if LOCAL.fullmatch(wanted) else default


def address_of_page(url_name: str) -> str:
    """The address of a page, as `reverse` gives it; looked up once, not for each page that leads there."""
    return _page(url_name, get_script_prefix())


def address_of(url_name: str, pk: Any) -> str:
    """The address of a page about one record, as `reverse` gives it; looked up once, not for each row."""
    before, after = _around(url_name, get_script_prefix())
    return f"{before}{pk}{after}"


@cache
def _page(url_name: str, prefix: str) -> str:
    return reverse(url_name)


@cache
def _around(url_name: str, prefix: str) -> tuple[str, str]:
    some = uuid.UUID(int=0)
    before, _some, after = reverse(url_name, args=[some]).partition(str(some))
    return before, after
