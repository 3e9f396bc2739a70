"""Spreadsheets and text files of what a table shows."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class SheetOut:
    """A sheet to write: its name, the headings of its columns, its rows."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]


def xlsx_response(title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A workbook of one sheet; texts are never formulas or links, moments are in local time."""
    return book_response(title, [SheetOut("", headings, rows)])


def book_response(title: str, sheets: Iterable[SheetOut]) -> HttpResponse:
    """A workbook; texts are never formulas or links, moments are in local time."""
    import xlsxwriter  # noqa: PLC0415  much to import at every start, for the few who ask for a spreadsheet

    buffer = io.BytesIO()
    options = {"in_memory": True, "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    formats = {
        "head": book.add_format({"bold": True}),
        "date": book.add_format({"num_format": "dd/mm/yyyy"}),
        "datetime": book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
        "time": book.add_format({"num_format": "hh:mm"}),
    }
    for one in sheets:
        sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", one.name)[:31].strip() or None)
        sheet.set_column(0, max(len(one.headings) - 1, 0), 18)
        sheet.write_row(0, 0, one.headings, formats["head"])
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(one.rows, start=1):
            for column, value in enumerate(row):
                _write(sheet, number, column, value, formats)
    book.close()
    return _attachment(buffer.getvalue(), XLSX, title, "xlsx")


def csv_response(title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A text file that spreadsheets of Italian offices open by a double click; no cell can start a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow(headings)
    for row in rows:
        writer.writerow([_plain(value) for value in row])
    return _attachment(buffer.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", title, "csv")


def _write(sheet: Any, row: int, column: int, value: Any, formats: dict[str, Any]) -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(
            row, column, timezone.make_naive(value) if timezone.is_aware(value) else value, formats["datetime"]
        )
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), formats["date"])  # noqa: DTZ001
    elif isinstance(value, time):
        sheet.write_datetime(row, column, value, formats["time"])
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, value)
    elif value is not None:
        sheet.write_string(row, column, str(value)[:32_000])


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, float | Decimal):
        return str(value).replace(".", ",")
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _attachment(content: bytes, kind: str, title: str, ending: str) -> HttpResponse:
    name = f"{slugify(title) or 'lgnet'}-{timezone.localdate():%Y%m%d}.{ending}"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
