"""Giving a file out. The view has checked who may read it, and noted the read."""

import logging

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from lgnet.files.models import StoredFile
from lgnet.files.services import read_file
from lgnet.files.vault import Unreadable

SHOWN = frozenset({"image/jpeg"})  # written by this platform itself; anything else is saved, not opened
logger = logging.getLogger(__name__)


def file_response(file: StoredFile, name: str) -> HttpResponse:
    """The content under this name: kept by no cache, run by no browser, read as nothing but what it is.

    Raises Http404 when it was destroyed, or cannot be read: then the log of the server says why.
    """
    try:
        content = read_file(file)
    except Unreadable:
        logger.exception("a stored file cannot be given out")
        raise Http404 from None
    headers = {
        "Content-Disposition": content_disposition_header(file.content_type not in SHOWN, name) or "attachment",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=file.content_type, headers=headers)
