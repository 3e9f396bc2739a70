"""Spreadsheets that an import gives out: the empty template of a kind, and the rows to mend."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from lgnet.core.exports import SheetOut, book_response
from lgnet.imports.kinds import ImportKind
from lgnet.imports.models import ImportRun
from lgnet.imports.selectors import WrongRow
from lgnet.network.models import Partner

MOST_WORDS = 200  # allowed words of a column that the template lists


def template_response(kind: ImportKind, known: Any, partner: Partner) -> HttpResponse:
    """An empty sheet with the headings, and a second one that explains each column."""
    headings = [str(field.label) for field in kind.fields]
    told = []
    for field in kind.fields:
        allowed = list(field.allowed(known))[:MOST_WORDS] if field.allowed else []
        told.append([field.label, field.required, field.help, ", ".join(str(word) for word in allowed)])
    explained = [_("Column"), _("Must be written"), _("What to write"), _("Allowed words")]
    title = f"{_('Template')} {kind.label} {partner.short_name}"
    return book_response(
        title, [SheetOut(str(kind.label), headings, []), SheetOut(_("How to fill it"), explained, told)]
    )


def wrong_response(run: ImportRun, headings: Sequence[str], rows: Sequence[WrongRow]) -> HttpResponse:
    """The rows that were not imported, as they were in the file, with why: to mend and load again."""
    lines = [[row.why, *row.cells, *[None] * (len(headings) - len(row.cells))] for row in rows]
    return book_response(f"{_('To mend')} {run.kind_label}", [SheetOut(_("To mend"), [_("Why"), *headings], lines)])
