"""Files of others: read whatever they are, refused with a word when they cannot be, never trusted."""

import io
import zipfile
from datetime import datetime, time

import openpyxl
import pytest

from lgnet.core import spreadsheets
from lgnet.core.errors import DomainError
from lgnet.core.exports import SheetOut, book_response
from lgnet.core.spreadsheets import MOST_BYTES, MOST_COLUMNS, MOST_MERGED, MOST_ROWS, MOST_SHEETS, read_spreadsheet
from tests.imports.conftest import workbook


def refused(content: bytes, words: str) -> None:
    with pytest.raises(DomainError, match=words) as error:
        read_spreadsheet(content)
    assert error.value.field == "file"


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_text_in_every_form_that_offices_write(delimiter, encoding):
    lines = [["Città", "Perché"], ["Forlì", f'"uno{delimiter} due"'], ["", ""], ["Cantù", "sì"]]
    text = "\r\n".join(delimiter.join(line) for line in lines)
    (sheet,) = read_spreadsheet(text.encode(encoding))
    cells = [["Città", "Perché"], ["Forlì", f"uno{delimiter} due"], ["Cantù", "sì"]]
    assert [row for _number, row in sheet.rows] == cells
    assert [number for number, _row in sheet.rows] == [1, 2, 4]


def test_a_workbook_with_its_kinds_of_values_sheets_and_merged_cells():
    moment = datetime(2025, 3, 5, 21, 30)  # noqa: DTZ001  a spreadsheet knows no zone
    content = workbook(
        ["Registro"], ["Data", "Ora", "N"], [moment, time(21, 30), 2.5], [None, None, True],
        merged=["A1:C1", "A3:A4"], more=[("Vuoto", []), ("Altro", [["x"]])],
    )  # fmt: skip
    first, other = read_spreadsheet(content)
    assert [row for _number, row in first.rows] == [
        ["Registro"], ["Data", "Ora", "N"], [moment, time(21, 30), 2.5], [moment, None, True],
    ]  # fmt: skip
    assert (other.name, other.rows) == ("Altro", [(1, ["x"])])


def test_what_is_no_spreadsheet_is_told_apart_by_what_is_in_it():
    refused(b"", "empty")
    refused(b" \n ;; \n", "empty")
    refused(b"%PDF-1.7 ...", "neither")
    refused(b"<!DOCTYPE html><p>", "neither")
    refused(b"GIF89a\x00\x00", "neither")
    refused(b"\xd0\xcf\x11\xe0" + bytes(600), "old Excel")
    refused(b"PK\x03\x04 cut off", "damaged")
    refused(b"x" * (MOST_BYTES + 1), "larger than 5 MB")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("content.xml", "<office/>")
    refused(buffer.getvalue(), "no Excel file")
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<nonsense")
    refused(buffer.getvalue(), "cannot be read")


def repacked(content: bytes, name: str, change) -> bytes:
    """The same file with one part changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            data = old.read(part)
            new.writestr(part, change(data) if part == name else data)
    return buffer.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_bombs_are_refused_before_they_are_unpacked(monkeypatch):
    bomb = repacked(workbook(["a", "b"]), SHEET, lambda data: data + b" " * (spreadsheets.MOST_UNPACKED + 1))
    assert len(bomb) < 200_000
    monkeypatch.setattr("openpyxl.load_workbook", lambda *_a, **_k: pytest.fail("unpacked"))
    refused(bomb, "far more")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(600):
            archive.writestr(f"xl/{number}.xml", "")
        archive.writestr("xl/workbook.xml", "")
    refused(buffer.getvalue(), "far more")


def test_entities_that_grow_are_refused():
    laugh = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]>'
    for part in (SHEET, "xl/workbook.xml"):
        evil = repacked(
            workbook(["a", "b"]), part, lambda data: laugh + data[data.find(b"<", 5 if data[:2] == b"<?" else 0) :]
        )
        refused(evil, "cannot be read")


def test_too_much_of_anything():
    refused(workbook(list(range(300))), f"more than {MOST_COLUMNS} columns")
    refused(("a;b\n" * (MOST_ROWS + 1)).encode(), "more than 10000 rows")
    refused(b"a;b\n" + b'"' + b"x" * 200_000 + b'";1', "cannot be read")
    sheets = [(f"Mese {number}", [["a", "b"]]) for number in range(MOST_SHEETS)]
    refused(workbook(["a", "b"], more=sheets), f"more than {MOST_SHEETS} sheets")
    assert len(read_spreadsheet(workbook(["a", "b"], more=sheets[1:]))) == MOST_SHEETS


def with_rows(rows: bytes) -> bytes:
    return repacked(workbook(["a", "b"]), SHEET, lambda data: data.replace(b"</sheetData>", rows + b"</sheetData>"))


def test_nothing_that_is_written_is_passed_over():
    apart = ("Nome;Zona\n" + "Ada;Uno\n;\n" * 6000).encode()
    assert len(read_spreadsheet(apart)[0].rows) == 6001  # empty rows between are no rows
    low = read_spreadsheet(with_rows(b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'))[0]
    assert low.rows == [(1, ["a", "b"]), (1_048_576, [1])]
    refused(with_rows(b'<row r="2"><c r="BK2"><v>1</v></c></row>'), f"more than {MOST_COLUMNS} columns")
    many = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (at, at) for at in range(2, 2 * MOST_ROWS + 4, 2))
    refused(with_rows(many), "more than 10000 rows")
    wide = b"".join(b'<row r="%d"><c r="XFD%d"/></row>' % (at, at) for at in range(2, 2000))
    refused(with_rows(wide), "far more")
    assert len(read_spreadsheet(with_rows(b'<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>'))) == 1


def test_merged_cells_are_filled_only_as_often_as_a_sheet_has_cells():
    rows = b"".join(b'<row r="%d"><c r="B%d"><v>1</v></c></row>' % (at, at) for at in range(2, 9002))
    cases = ((rows, b'<mergeCell ref="A1:A9001"/>', 200), (b"", b'<mergeCell ref="A1:B1"/>', MOST_MERGED + 1))
    for below, merge, times in cases:
        after = b"</sheetData><mergeCells>" + merge * times + b"</mergeCells>"
        refused(repacked(with_rows(below), SHEET, lambda data, a=after: data.replace(b"</sheetData>", a)), "far more")


def test_numbers_that_no_spreadsheet_keeps_are_texts_and_titles_are_short():
    digits = b"4" * 400
    cells = b"".join(
        b'<c r="%c2"><v>%s</v></c>' % pair for pair in ((65, digits), (66, b"1e999"), (67, b"123456789012345"))
    )
    content = repacked(
        with_rows(b'<row r="2">' + cells + b"</row>"), "xl/workbook.xml",
        lambda data: data.replace(b'name="Sheet"', b'name="' + b"x" * 300 + b'"'),
    )  # fmt: skip
    (sheet,) = read_spreadsheet(content)
    assert sheet.rows[1][1] == [digits.decode(), "inf", 123456789012345]
    assert sheet.name == "x" * 100
    book_response("x", [SheetOut("", [], [sheet.rows[1][1]])])


def test_a_formula_is_never_run_and_never_given_out_as_one():
    content = workbook(["Nome", "Altro"], ["=1+1", "@SUM(A1)"], ["=cmd|' /C calc'!A0", "-1+1"])
    rows = [row for _number, row in read_spreadsheet(content)[0].rows]
    assert rows[1:] == [[None, "@SUM(A1)"], [None, "-1+1"]]  # nobody has computed them
    evil = ["=1+1", "+1", "-1", "@x", "{=1}"]
    answer = book_response("x", [SheetOut("=x", evil, [evil])])
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
    (read,) = read_spreadsheet(b"=1+1;=cmd|x")
    assert read.rows == [(1, ["=1+1", "=cmd|x"])]
