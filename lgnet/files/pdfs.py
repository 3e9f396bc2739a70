"""PDF files: looked at for what they contain. They are kept as they came, so what could act when opened is refused.

A PDF is never shown by the platform: it is saved, and opened by the reader's own program.
"""

import re
import zlib

from django.utils.translation import gettext as _

from lgnet.core.errors import DomainError

CONTENT_TYPE = "application/pdf"
MOST_BYTES = 10 * 1024 * 1024
MOST_INFLATED = 30 * 1024 * 1024  # what is compressed in a file may become so large, all together
_TAIL = 2048  # bytes at the end in which a file says where its table of contents is

# What runs, sends, opens or carries something else. Names of objects of a PDF (ISO 32000-1).
_ACTING = (
    b"JavaScript", b"Launch", b"EmbeddedFile", b"EmbeddedFiles", b"RichMedia", b"XFA", b"SubmitForm", b"ImportData",
    b"GoToE", b"GoToR", b"Rendition", b"Movie",
)  # fmt: skip
_END_OF_NAME = rb"(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])"
_ACTS = re.compile(rb"/(?:" + b"|".join(_ACTING) + rb")" + _END_OF_NAME)
# An array is only a place in the document, which LibreOffice writes into every file; all else may be an action.
_OPENS = re.compile(rb"/OpenAction" + _END_OF_NAME + rb"(?!\s*\[)")
_ENCRYPTED = re.compile(rb"/Encrypt" + _END_OF_NAME)
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_OBJECTS = re.compile(rb"/ObjStm" + _END_OF_NAME)
_PACKED = re.compile(rb"/(?:Filter|DecodeParms)" + _END_OF_NAME)
_DEFLATED = re.compile(rb"/Filter\s*(?:\[\s*/FlateDecode\s*\]|/FlateDecode" + _END_OF_NAME + rb")")
_START = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF\s*\Z")
_OBJECT = re.compile(rb"\s*(?:xref\s|\d{1,10}\s+\d{1,5}\s+obj\b)")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


def is_pdf(content: bytes) -> bool:
    """Whether the file begins as a PDF."""
    return content.startswith(b"%PDF-")


def check_pdf(content: bytes) -> None:
    """Raise DomainError, with a word for who sent it, for what is no whole, open and quiet PDF of a sensible size."""
    if len(content) > MOST_BYTES:
        raise DomainError(_("This PDF is larger than %(most)s MB.") % {"most": MOST_BYTES // 2**20}, field="pages")
    if not is_pdf(content) or not _is_whole(content):
        raise DomainError(_("This PDF is damaged or cut short. Save it again."), field="pages")
    for part in (content, *_inside(content)):
        plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part)
        if _ENCRYPTED.search(plain):
            raise DomainError(_("This PDF is locked with a password. Save it without one."), field="pages")
        if _ACTS.search(plain) or _OPENS.search(plain):
            raise DomainError(_refused(), field="pages")


def _is_whole(content: bytes) -> bool:
    """Whether it ends by saying where its table of contents is, and there is one."""
    end = _START.search(content[-_TAIL:])
    return bool(end and _OBJECT.match(content, int(end[1])))


def _inside(content: bytes) -> list[bytes]:
    """The objects that are compressed in the file. Raises DomainError for those that cannot be looked at."""
    found, left = [], MOST_INFLATED
    for stream in _STREAM.finditer(content):
        head = content[max(content.rfind(b"obj", 0, stream.start()), 0) : stream.start()]
        head = _ESCAPED.sub(lambda sign: bytes([int(sign[1], 16)]), head)
        if not _OBJECTS.search(head):
            continue
        how = len(_PACKED.findall(head))
        if how == 0:
            continue  # not compressed: it is looked at with the file itself
        if how > 1 or not _DEFLATED.search(head):  # in a way that nothing has to write and that hides what is in it
            raise DomainError(_refused(), field="pages")
        part = _inflated(content, stream.end(), left)
        left -= len(part)
        found.append(part)
    return found


def _inflated(content: bytes, start: int, most: int) -> bytes:
    end = content.find(b"endstream", start)
    packed = zlib.decompressobj()
    try:
        part = packed.decompress(content[start : end if end > 0 else len(content)], most + 1)
    except zlib.error:
        raise DomainError(_("This PDF is damaged or cut short. Save it again."), field="pages") from None
    if len(part) > most:
        raise DomainError(_refused(), field="pages")
    return part


def _refused() -> str:
    return _(
        "This PDF can run programs or contains other files, so it is not kept. Print it to PDF again, "
        "or take a picture of it."
    )
