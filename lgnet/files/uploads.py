"""What is uploaded stays in memory until it is stored encrypted: no temporary file, which would be in clear."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

MOST_BYTES = 25 * 1024 * 1024  # of all files of one request; forms have lower limits of their own


class MemoryUpload(FileUploadHandler):
    """Keeps the files of a request in memory; one that goes beyond the limit arrives empty, with its true size.

    So a form can say that it is too large, and nothing larger than the limit is ever held.
    """

    held = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self.parts, self.is_whole = BytesIO(), True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take a part, unless it is too much."""
        if self.is_whole and self.held + len(raw_data) <= MOST_BYTES:
            self.held += len(raw_data)
            self.parts.write(raw_data)
        elif self.is_whole:
            self.held -= self.parts.tell()
            self.parts, self.is_whole = BytesIO(), False

    def file_complete(self, file_size: int) -> UploadedFile:
        """The file, as forms expect it."""
        self.parts.seek(0)
        return InMemoryUploadedFile(
            self.parts, self.field_name, self.file_name or "", self.content_type or "", file_size, self.charset,
            self.content_type_extra,
        )  # fmt: skip
