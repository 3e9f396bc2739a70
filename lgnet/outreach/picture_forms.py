"""The form by which a picture is added to a contact."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lgnet.core.errors import DomainError
from lgnet.core.forms import LgForm
from lgnet.core.once import RecordIdField
from lgnet.files.pictures import MOST_BYTES, check_size


class PictureForm(LgForm):
    """A picture, what it shows, and that the person agreed."""

    record_id = RecordIdField()
    picture = forms.FileField(
        label=_("Picture"), allow_empty_file=True, max_length=None,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment", "data-most": MOST_BYTES}),
        error_messages={"required": _("Take a picture, or choose one.")},
        help_text=_("What the person shows and wants a colleague to see: a document, a wound. Never the face. "
                    "JPEG, PNG or WebP, up to 10 MB; place and device are taken out of it."),
    )  # fmt: skip
    caption = forms.CharField(label=_("What it shows"), max_length=200, required=False)
    agreed = forms.BooleanField(
        label=_("The person agreed to the picture, and knows who will see it"),
        error_messages={"required": _("Without the person's consent no picture is kept.")},
    )

    def clean_picture(self) -> Any:
        """Refuse at the field what is empty or too large; what it contains is looked at by the service."""
        file = self.cleaned_data["picture"]
        try:
            check_size(file.size)
        except DomainError as error:
            raise forms.ValidationError(str(error)) from None
        return file

    def arguments(self) -> dict[str, Any]:
        """Arguments of `pictures.add_picture`, apart from `by` and `contact`."""
        data = self.cleaned_data
        return {
            "picture_id": data["record_id"], "content": data["picture"].read(), "caption": data["caption"],
            "agreed": data["agreed"],
        }  # fmt: skip
