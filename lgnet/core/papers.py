"""Papers to sign, to hand over and to keep: PDF/UA made by Typst, in every script that the platform speaks.

A paper is a Typst file in the folder `papers` of its app that calls `letter` of `core/papers/letter.typ`. What it shows
is passed as data and never pasted into its markup.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import fontpkg
import typst
from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header

ROOT = Path(__file__).resolve().parent.parent
FAMILIES = ("Titillium Web", "Noto Sans", "Noto Sans Arabic", "Hind Siliguri")


def paper_pdf(template: str, data: dict[str, Any]) -> bytes:
    """The PDF of `template` ("cases/papers/plan.typ", below the package) with `data`, which JSON can hold.

    `data` needs `title` and `language` (of the paper: two letters). Raises typst.TypstError for a faulty template.
    """
    return typst.compile(
        str(ROOT / template), root=str(ROOT), font_paths=_fonts(), format="pdf", pdf_standards=["ua-1"],
        sys_inputs={"data": json.dumps(data), "zone": settings.TIME_ZONE},
    )  # fmt: skip


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """A PDF just made, to save under `name`; kept by no cache."""
    disposition = content_disposition_header(True, name) or "attachment"
    headers = {"Content-Disposition": disposition, "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@cache
def _fonts() -> typst.Fonts:
    """Letters of installed packages only: a paper looks the same on every machine."""
    folders = sorted({str(fontpkg.path(family).parent) for family in FAMILIES})
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
