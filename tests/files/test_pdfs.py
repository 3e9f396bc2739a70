"""PDF files are taken for what they contain: what acts, hides or cannot be looked at is refused."""

import zlib
from base64 import b85encode
from time import monotonic

import pytest

from lgnet.core.errors import DomainError
from lgnet.files.pdfs import MOST_BYTES, check_pdf
from tests.files.images import a_picture
from tests.files.papers import a_pdf

QUIET = {
    "plain": a_pdf(),
    "a place to open at, as LibreOffice writes it": a_pdf(catalog=b"/OpenAction[3 0 R /XYZ null null 0]"),
    "compressed objects": a_pdf(packed=b"5 0 << /Type /Font /BaseFont /Helvetica >>"),
    "names that only begin alike": a_pdf(catalog=b"/Launcher 1 /JavaScripts 2 /EncryptMetadata true"),
    "spaces at the end": a_pdf() + b"\r\n\r\n",
}
ACTS = {
    "a program": a_pdf(catalog=b"/Names << /JavaScript 4 0 R >>"),
    "a program, its name written otherwise": a_pdf(catalog=b"/AA << /O << /S /Java#53cript >> >>"),
    "a program in compressed objects": a_pdf(packed=b"5 0 << /S /JavaScript /JS (app.alert(1)) >>"),
    "a command": a_pdf(catalog=b"/X << /S /Launch/F (cmd.exe) >>"),
    "an action when opened": a_pdf(catalog=b"/OpenAction 4 0 R"),
    "an action when opened, in place": a_pdf(catalog=b"/OpenAction << /S /URI >>"),
    "another file": a_pdf(catalog=b"/X << /Type /EmbeddedFile >>"),
    "other files": a_pdf(catalog=b"/Names << /EmbeddedFiles 4 0 R >>"),
    "a form that sends": a_pdf(catalog=b"/X << /S /SubmitForm >>"),
    "compressed objects in another way": a_pdf(packed=b"5 0 << >>", pack=b85encode),
    "compressed twice": a_pdf(packed=b"5 0 << >>", pack=lambda part: zlib.compress(zlib.compress(part))),
    "compressed objects, damaged": a_pdf(packed=b"5 0 << >>").replace(b"stream\nx", b"stream\ny"),
    "compressed objects behind a comment": a_pdf(packed=b"5 0 << >>", head=b"/Type /ObjStm % stream\n"),
    "compressed objects, the name written otherwise": a_pdf(packed=b"5 0 << /S /Launch >>", head=b"/Type /#4fbj#53tm"),
    "compressed objects without their name": a_pdf(packed=b"5 0 << /S /Launch >>", head=b"/N 1 /First 4"),
    "a program far inside": a_pdf(packed=b"5 0 << >>" + b" " * 3_000_000 + b"<< /S /JavaScript >>"),
    "compressed objects that become huge": a_pdf(packed=b"5 0 " + bytes(40_000_000)),
}
DAMAGED = {
    "cut short": a_pdf()[:-20],
    "something behind it": a_pdf() + b"PK\x03\x04" + bytes(50),
    "something before it": b"MZ" + a_pdf(),
    "no table of contents": b"%PDF-1.4\nhello\nstartxref\n9\n%%EOF",
    "a table beyond the end": b"%PDF-1.4\nhello\nstartxref\n9999999\n%%EOF",
    "only its beginning": b"%PDF-1.7",
    "a picture": a_picture(),
}


@pytest.mark.parametrize("name", QUIET)
def test_a_quiet_pdf_is_kept(name):
    check_pdf(QUIET[name])


@pytest.mark.parametrize("name", ACTS)
def test_what_acts_is_refused(name):
    with pytest.raises(DomainError, match="can run programs"):
        check_pdf(ACTS[name])


@pytest.mark.parametrize("name", DAMAGED)
def test_what_is_damaged_is_refused(name):
    with pytest.raises(DomainError, match="damaged or cut short"):
        check_pdf(DAMAGED[name])


def test_what_is_locked_is_refused():
    for locked in (a_pdf(trailer=b"/Encrypt 4 0 R"), a_pdf(packed=b"5 0 << /#45ncrypt 4 0 R >>")):
        with pytest.raises(DomainError, match="locked with a password"):
            check_pdf(locked)


def test_what_is_too_large_is_refused():
    with pytest.raises(DomainError, match="larger than 10 MB"):
        check_pdf(a_pdf() + bytes(MOST_BYTES))


def test_a_file_made_to_take_long_does_not():
    began = monotonic()
    with pytest.raises(DomainError, match="can run programs"):
        check_pdf(a_pdf(catalog=b"/X (" + b"stream\n" * 1_000_000 + b")"))
    check_pdf(a_pdf(catalog=b"/X (" + b"/ObjStmX" * 1_000_000 + b")"))
    assert monotonic() - began < 5
