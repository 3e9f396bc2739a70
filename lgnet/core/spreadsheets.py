"""Reading spreadsheets that others made: XLSX and CSV, of any size and intent.

What comes out is plain values (text, number, yes/no, day, moment, time of day); formulas are never run. What a file
holds beyond the limits below is refused with a word that says what to do.
"""

import csv
import io
import re
import zipfile
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from lgnet.core.errors import DomainError

Cell = str | int | float | bool | date | datetime | time | None

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024  # a file of 10,000 full rows unpacks to some 10 MB
MOST_PARTS = 500
MOST_ROWS = 10_000
MOST_COLUMNS = 60
MOST_SHEETS = 12
MOST_SEEN = 20_000_000  # cells of a sheet, empty ones with them, as far as its rows reach
MOST_MERGED = 30_000  # merged areas of a sheet
LAST_ROW = 1_048_576  # no spreadsheet has more
LONGEST_CELL = 32_000  # characters, as in a spreadsheet
LARGEST_NUMBER = 10**15  # beyond it a spreadsheet keeps no number exactly: what is longer is a code, so a text
LONGEST_TITLE = 100

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^<>]*?\bref="\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})"')
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, and its rows that hold something, each with its number in the file."""

    name: str
    rows: list[tuple[int, list[Cell]]]


def read_spreadsheet(content: bytes) -> list[Sheet]:
    """The sheets of a file that hold something, in its order; what the file is called does not matter.

    Raises DomainError, for the field `file`, when it is no spreadsheet that can be read, is empty or too large.
    """
    if len(content) > MOST_BYTES:
        raise _refused(_("The file is larger than %(most)s MB.") % {"most": MOST_BYTES // 1024 // 1024})
    if content.startswith(b"PK"):
        sheets = list(_workbook(content))
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused(_("This is an old Excel file (.xls), or has a password. Save it as .xlsx without password."))
    else:
        sheets = [Sheet("", _trimmed(_text_rows(content)))]
    sheets = [sheet for sheet in sheets if sheet.rows]
    if not sheets:
        raise _refused(_("The file is empty."))
    return sheets


def _refused(text: str) -> DomainError:
    return DomainError(text, field="file")


# -- workbooks -------------------------------------------------------------------------------------------------------


def _workbook(content: bytes) -> Iterator[Sheet]:
    import openpyxl  # noqa: PLC0415  much to import at every start, for the few who load a spreadsheet

    _check_archive(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
        if len(sheets) > MOST_SHEETS:
            text = _("There are more than %(most)s sheets. Delete those you do not need, and load the file again.")
            raise _refused(text % {"most": MOST_SHEETS})
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for sheet in sheets:
                part = archive.read(vars(sheet)["_worksheet_path"])  # what is merged is told nowhere else
                if part.count(b"mergeCell") > MOST_MERGED:  # the library is slow with each
                    raise _far_more()
                rows = _trimmed(_sheet_rows(sheet))
                _fill_merged(rows, part)
                yield Sheet(sheet.title[:LONGEST_TITLE], rows)
    except DomainError:
        raise
    except Exception as error:  # whatever a broken or hostile file makes the library raise
        raise _refused(_("This file cannot be read. Save it again as .xlsx or .csv, and load that.")) from error


def _far_more() -> DomainError:
    return _refused(_("This file holds far more than a spreadsheet of people would. Save only its sheet as .csv."))


def _check_archive(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise _refused(_("This file is damaged: it cannot be read.")) from error
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names and "[Content_Types].xml" not in names:
        raise _refused(_("This is no Excel file. Save it as .xlsx or .csv, and load that."))
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _far_more()


def _sheet_rows(sheet: Any) -> Iterator[tuple[int, list[Cell]]]:
    """The rows that hold something, to the end of the sheet, however far apart they are."""
    if not hasattr(sheet, "reset_dimensions"):  # a sheet of charts only
        return
    sheet.reset_dimensions()  # what the file says of its own size is often wrong
    seen = 0
    for number, row in enumerate(sheet.iter_rows(max_row=LAST_ROW, values_only=True), start=1):
        seen += len(row)
        if seen > MOST_SEEN:
            raise _far_more()
        if row and row.count(None) < len(row):
            yield number, [_plain_value(value) for value in row]


def _fill_merged(rows: Sequence[tuple[int, list[Cell]]], part: bytes) -> None:
    """Repeat what is written in cells merged downwards: the evening written once beside all of its contacts."""
    numbers, filled = [number for number, _row in rows], 0
    for left, top, right, bottom in _merged(part):
        if filled > MOST_ROWS * MOST_COLUMNS:  # then they overlap
            raise _far_more()
        column, at = _column(left), bisect_left(numbers, int(top))
        if left != right or at == len(rows) or numbers[at] != int(top) or column >= len(rows[at][1]):
            continue
        last = bisect_right(numbers, int(bottom))
        for _number, row in rows[at + 1 : last]:
            row.extend([None] * (column + 1 - len(row)))
            if row[column] is None:
                row[column] = rows[at][1][column]
        filled += last - at


def _merged(part: bytes) -> Iterator[tuple[bytes, ...]]:
    return (match.groups() for match in _MERGED.finditer(part, max(part.rfind(b"sheetData"), 0)))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _plain_value(value: Any) -> Cell:
    if isinstance(value, str):
        return _CONTROL.sub("", value)[:LONGEST_CELL].strip() or None
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return time(seconds // 3600, seconds // 60 % 60) if 0 <= seconds < 86_400 else str(value)
    if isinstance(value, int | float) and not abs(value) < LARGEST_NUMBER:  # also what is no number at all
        return str(value)
    if value is None or isinstance(value, bool | int | float | date | time):
        return value
    return str(value)


# -- text files ------------------------------------------------------------------------------------------------------


def _text_rows(content: bytes) -> Iterator[tuple[int, list[Cell]]]:
    text = _decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for number, row in enumerate(reader, start=1):
            yield number, [_plain_value(cell) for cell in row]
    except csv.Error as error:
        text = _("Row %(number)s cannot be read. Save the file again as .xlsx, and load that.")
        raise _refused(text % {"number": reader.line_num}) from error


def _decoded(content: bytes) -> str:
    """The text in UTF-8, in UTF-16 if it is marked so, or else as Windows of Western Europe writes it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", errors="replace")
    start = text[:200].lstrip().lower()
    if "\x00" in text or start.startswith(("%pdf", "{\\rtf", "<!doc", "<html", "<?xml")):
        raise _refused(_("This is neither an Excel file nor a text with columns (CSV)."))
    return text


def _delimiter(text: str) -> str:
    """The separator that splits the first lines into most columns, alike in most of them."""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:20]

    def columns(delimiter: str) -> tuple[int, int]:
        counts = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        usual = max(set(counts), key=lambda count: (counts.count(count), count)) if counts else 1
        return (usual > 1, counts.count(usual) * usual)

    try:
        return max(";\t,|", key=columns)
    except csv.Error:
        return ";"


def _trimmed(rows: Iterable[tuple[int, list[Cell]]]) -> list[tuple[int, list[Cell]]]:
    """The rows that hold something, without empty ends; refused when there is too much of them."""
    kept = []
    for number, row in rows:
        cells = list(row)
        while cells and cells[-1] is None:
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            text = _("There are more than %(most)s columns. Delete those you do not need, and load the file again.")
            raise _refused(text % {"most": MOST_COLUMNS})
        if cells:
            kept.append((number, cells))
        if len(kept) > MOST_ROWS:
            raise _refused(_("There are more than %(most)s rows. Load them in parts.") % {"most": MOST_ROWS})
    return kept
