"""Forms of the shifts of a crew, and of a contact recorded by mistake."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.core.errors import DomainError
from lgnet.core.forms import LgForm
from lgnet.outreach.models import Outing
from lgnet.outreach.outing_forms import ClockField, ScopeField, SeenForm, not_before
from lgnet.outreach.shifts import Shift, check_shifts


class ShiftsForm(SeenForm):
    """From when and to when each of the crew goes along; empty is the beginning and the end of the outing."""

    def __init__(self, *args: Any, outing: Outing, later: int = 0, **options: Any) -> None:
        super().__init__(*args, **options)
        self.outing, self.members = outing, list(outing.crew.all())
        self.start = min(outing.starts_at, outing.begins_at)
        for number, member in enumerate(self.members):
            for name, label, at in (("joins", _("From"), member.joins_at), ("leaves", _("To"), member.leaves_at)):
                initial = timezone.localtime(at).time() if at else None
                field = ClockField(label=label, required=False, initial=initial)
                field.widget.attrs["class"] = "form-control"
                self.fields[f"{name}_{number}"] = field
        if later:
            self.fields["scope"] = ScopeField(later)

    def rows(self) -> list[tuple[Any, Any, Any]]:
        """Each of the crew with both fields."""
        return [(one, self[f"joins_{at}"], self[f"leaves_{at}"]) for at, one in enumerate(self.members)]

    def clean(self) -> dict[str, Any]:
        """Tell hours that are not inside the outing, at their field."""
        data = super().clean() or self.cleaned_data
        end = max(self.outing.ends_at, self.outing.finishes_at)
        for number in range(len(self.members)):
            try:
                check_shifts({str(number): self._shift(number, data)}, self.start, end)
            except DomainError as error:
                self.add_error(error.field, str(error))
        return data

    def shifts(self) -> dict[str, Shift]:
        """The shifts that are not the whole outing, as `set_shifts` takes them."""
        found = {one.key: self._shift(number, self.cleaned_data) for number, one in enumerate(self.members)}
        return {key: shift for key, shift in found.items() if shift != Shift()}

    def _shift(self, number: int, data: dict[str, Any]) -> Shift:
        joins = self._moment(self.start, data.get(f"joins_{number}"))
        leaves = self._moment(joins or self.start, data.get(f"leaves_{number}"))
        return Shift(joins, leaves)

    @staticmethod
    def _moment(after: datetime, clock: Any) -> datetime | None:
        return not_before(after, timezone.localdate(after), clock) if clock else None


class MistakeForm(LgForm):
    """Why a contact was a mistake."""

    reason = forms.CharField(
        label=_("Why"), max_length=200, help_text=_("For example: recorded twice, or in the wrong city. No names.")
    )
