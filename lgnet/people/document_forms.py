"""Forms about documents."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from lgnet.core.forms import DayField, LgForm
from lgnet.core.once import RecordIdField
from lgnet.files.pdfs import MOST_BYTES
from lgnet.files.uploads import MOST_BYTES as MOST_TOGETHER
from lgnet.people.document_models import Document
from lgnet.people.documents import MOST_PAGES, DocumentDetails, Upload
from lgnet.people.forms import language_field, text_line

CHOOSE = ("", _("Choose"))
ACCEPTED = "image/jpeg,image/png,image/webp,application/pdf"


class FilesInput(forms.FileInput):
    """A field in which several files are chosen."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Every file that was chosen."""
        return files.getlist(name) if hasattr(files, "getlist") else [files[name]] if name in files else []


class FilesField(forms.FileField):
    """Several files; gives a list, perhaps empty."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """The files that were chosen. Raises ValidationError for one that is empty or too large."""
        for file in data or []:
            if not file.size:
                raise forms.ValidationError(_("%(name)s is empty. Choose it again."), params={"name": file.name})
            if file.size > MOST_BYTES:
                raise forms.ValidationError(
                    _("%(name)s is larger than %(most)s MB. Take the picture with a lower quality."),
                    params={"name": file.name, "most": MOST_BYTES // 2**20},
                )
        if sum(file.size for file in data or []) > MOST_TOGETHER:
            most = MOST_TOGETHER // 2**20
            raise forms.ValidationError(
                _("Together the files are larger than %(most)s MB. Send fewer pages."), params={"most": most}
            )
        return list(data or [])


class DetailsForm(LgForm):
    """What is written about a document."""

    kind = forms.ChoiceField(label=_("Type of document"), choices=[CHOOSE, *Document.Kind.choices])
    title = forms.CharField(
        label=_("Title"), max_length=150, required=False, widget=text_line(),
        help_text=_("Only where the type does not say enough, for example: school report of 2024."),
    )  # fmt: skip
    issued_on = DayField(label=_("Issued on"), required=False)
    expires_on = DayField(
        label=_("Valid until"),
        required=False,
        help_text=_("Before this day the person's page and a list remind of it."),
    )
    number_masked = forms.CharField(
        label=_("Last four characters of the number"), max_length=4, required=False, widget=text_line(),
        help_text=_("Enough to recognise the document, not to copy it."),
    )  # fmt: skip
    language = language_field(label=_("Language of the document"), required=False)
    access = forms.ChoiceField(
        label=_("Who may read it"), choices=Document.Access.choices, widget=forms.RadioSelect,
        initial=Document.Access.TEAM,
        help_text=_("You can always read what you stored, as long as the file is open to you."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"})
    )

    def details(self) -> DocumentDetails:
        """What was typed, as the services take it."""
        names = ("kind", "title", "access", "language", "number_masked", "issued_on", "expires_on", "note")
        return DocumentDetails(**{name: self.cleaned_data[name] for name in names})


class DocumentForm(DetailsForm):
    """A document with its pages: a picture taken now, files chosen, or both."""

    record_id = RecordIdField()
    pages = FilesField(
        label=_("Pages"), required=False, widget=FilesInput(attrs={"accept": ACCEPTED, "multiple": True}),
        help_text=_("Pictures of the pages (JPEG, PNG, WebP), or one PDF; up to 10 MB each. Place and device are taken "
                    "out of pictures."),
    )  # fmt: skip
    camera = FilesField(
        label=_("Take a picture now"), required=False,
        widget=FilesInput(attrs={"accept": "image/*", "capture": "environment"}),
    )  # fmt: skip

    field_order = ("record_id", "camera", "pages", "kind", "title", "issued_on", "expires_on")
    most_pages, most_bytes, most_together = MOST_PAGES, MOST_BYTES, MOST_TOGETHER

    def clean(self) -> dict[str, Any]:
        """At least one page."""
        data = super().clean() or self.cleaned_data
        chosen = [*(data.get("camera") or []), *(data.get("pages") or [])]
        if not chosen and not self.has_error("pages") and not self.has_error("camera"):
            self.add_error("pages", _("Take a picture of the document, or choose a file."))
        return data

    def uploads(self) -> list[Upload]:
        """The files, those of the camera last: they were taken after the others were chosen."""
        chosen = [*self.cleaned_data["pages"], *self.cleaned_data["camera"]]
        return [Upload(file.name or "", file.read()) for file in chosen]


def initial_of(document: Document, *, renewed: bool = False) -> dict[str, Any]:
    """What the form shows of a document; of one that is renewed nothing that only the new one can say."""
    names = ["kind", "title", "access", "language"]
    names += [] if renewed else ["number_masked", "issued_on", "expires_on", "note"]
    return {name: getattr(document, name) for name in names}
