"""The file with the outlines of the zones of a city."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.outlines import MOST_BYTES, Outline, read_outlines
from lgnet.catalogue.selectors import zones_of
from lgnet.core.errors import DomainError
from lgnet.core.forms import LgForm
from lgnet.network.models import Partner


class OutlineForm(LgForm):
    """A file for a city, or none and the wish to take the outlines away. `outlines` is what a good file says."""

    partner = forms.ModelChoiceField(Partner.objects.none(), label=_("City"), empty_label=None)
    file = forms.FileField(
        label=_("File with the outlines"), required=False,
        help_text=_("GeoJSON in degrees (WGS 84), up to 3 MB. Property \"name\": the name of the zone."),
        widget=forms.ClearableFileInput(attrs={"accept": ".geojson,.json,application/geo+json"}),
    )  # fmt: skip
    remove = forms.BooleanField(label=_("Take all outlines away"), required=False)

    def __init__(self, *args: Any, partners: Sequence[Partner], **options: Any) -> None:
        super().__init__(*args, **options)
        self.outlines: list[Outline] = []
        field: Any = self.fields["partner"]
        field.queryset = Partner.objects.filter(pk__in=[partner.pk for partner in partners]).order_by("short_name")
        field.initial = partners[0]
        if len(partners) == 1:
            field.widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """Read the file for the zones of the city."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        file, partner = data.get("file"), data.get("partner")
        if data.get("remove") or partner is None or "file" in self.errors:
            return data
        if file is None:
            self.add_error("file", _("Choose a file."))
            return data
        try:
            self.outlines = read_outlines(file.read(MOST_BYTES + 1), zones_of(partner))
        except DomainError as error:
            self.add_error("file", str(error))
        return data
