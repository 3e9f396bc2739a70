"""Forms of the steps of an import."""

from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from lgnet.core.forms import LgForm
from lgnet.core.spreadsheets import MOST_BYTES
from lgnet.imports.kinds import ImportKind
from lgnet.imports.reading import Grid
from lgnet.imports.selectors import partners_for
from lgnet.network.models import Partner, User

LEFT_OUT = ("", _("leave out"))


class UploadForm(LgForm):
    """The file, and the city if there are several."""

    partner = forms.ModelChoiceField(Partner.objects.none(), label=_("City"), empty_label=None)
    file = forms.FileField(
        label=_("Spreadsheet"), help_text=_("Excel (.xlsx) or CSV, up to 5 MB and 10,000 rows."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
        error_messages={"required": _("Choose the file."), "empty": _("The file is empty.")},
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, kind: ImportKind, **options: Any) -> None:
        super().__init__(*args, **options)
        self.partners = list(partners_for(user, kind))
        field = cast(forms.ModelChoiceField, self.fields["partner"])
        field.queryset = partners_for(user, kind)
        if len(self.partners) == 1:
            del self.fields["partner"]

    def clean_file(self) -> UploadedFile:
        """A file that is not too large."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB."))
        return file

    def arguments(self) -> dict[str, Any]:
        """Arguments of `start_import`, apart from `by` and `kind`."""
        file = self.cleaned_data["file"]
        partner = self.cleaned_data.get("partner") or self.partners[0]
        return {"partner": partner, "file_name": file.name or "", "content": file.read()}


class MappingForm(LgForm):
    """For each column of the file, what it is."""

    sheet = forms.CharField(required=False, widget=forms.HiddenInput, max_length=100)

    def __init__(self, *args: Any, kind: ImportKind, grid: Grid, mapping: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.count = len(grid.headings)
        choices = [LEFT_OUT, *((field.name, self._label(field)) for field in kind.fields)]
        for column, heading in enumerate(grid.headings):
            samples = " · ".join(grid.samples(column))
            self.fields[f"column_{column}"] = forms.ChoiceField(
                label=heading, choices=choices, required=False, initial=mapping[column],
                help_text=samples or _("empty"), widget=forms.Select(attrs={"class": "form-select"}),
            )  # fmt: skip

    @staticmethod
    def _label(field: Any) -> str:
        return f"{field.label} *" if field.required else str(field.label)

    def columns(self) -> list[Any]:
        """The fields of the columns, in order."""
        return [self[f"column_{column}"] for column in range(self.count)]

    def mapping(self) -> list[str]:
        """The name of the field of each column."""
        return [self.cleaned_data[f"column_{column}"] for column in range(self.count)]
