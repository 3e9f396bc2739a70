"""Forms with which two files are joined and parted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.core.forms import LgForm
from lgnet.people.forms import text_line
from lgnet.people.merging import ABSORBED, BOTH, FIELDS, KEPT, Seen, suggested
from lgnet.people.models import Person
from lgnet.people.wording import identity_words

LABELS = {
    "nickname": _("Known as"), "given_names": _("Given names"), "family_names": _("Family names"),
    "birth_date": _("Date of birth"), "age_band": _("Apparent age"), "gender": _("Gender"),
    "citizenship": _("Citizenship"), "interpreter_needed": _("An interpreter is needed"),
    "household": _("Household"), "note": _("Note"),
}  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """One field of the two side by side; `bound` chooses between them where they differ."""

    label: Any
    kept: str
    absorbed: str
    bound: Any = None


class MergeForm(LgForm):
    """Whose value is kept, field by field where the two differ, and why it is the same person."""

    reason = forms.CharField(
        label=_("Why is it the same person?"), max_length=300, widget=text_line(),
        help_text=_("It is kept in the log of both files."),
    )  # fmt: skip
    version = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kept: Person, absorbed: Person, reasons: list[str], **options: Any) -> None:
        self.words = identity_words(kept), identity_words(absorbed)
        version = f"{kept.updated_at.isoformat()} {absorbed.updated_at.isoformat()}"
        initial = suggested(kept, absorbed) | {"reason": ", ".join(reasons)[:300], "version": version}
        super().__init__(*args, initial=initial, **options)
        for name in FIELDS:
            if self.words[0][name] != self.words[1][name]:
                self.fields[name] = forms.ChoiceField(
                    label=LABELS[name], choices=self._choices(name), widget=forms.RadioSelect, required=False
                )

    def _choices(self, name: str) -> list[tuple[str, Any]]:
        nothing = pgettext_lazy("value of a person", "nothing")
        found = [(KEPT, self.words[0][name] or nothing), (ABSORBED, self.words[1][name] or nothing)]
        return [*found, (BOTH, _("both, one below the other"))] if name == "note" and all(
            words[name] for words in self.words
        ) else found  # fmt: skip

    def compared(self) -> list[Compared]:
        """Every field of which one of the two knows something, differing ones first."""
        rows = [
            Compared(
                LABELS[name], self.words[0][name], self.words[1][name], self[name] if name in self.fields else None
            )
            for name in FIELDS
            if self.words[0][name] or self.words[1][name]
        ]
        return sorted(rows, key=lambda row: row.bound is None)

    def choices(self) -> dict[str, str]:
        """What was chosen."""
        return {name: self.cleaned_data[name] for name in FIELDS if self.cleaned_data.get(name)}

    def seen(self) -> Seen | None:
        """When the two were last changed as the reader saw them; None if the form does not tell."""
        try:
            moments = [datetime.fromisoformat(part) for part in self.cleaned_data["version"].split()]
        except ValueError:
            return None
        return Seen(*moments) if len(moments) == 2 and all(timezone.is_aware(one) for one in moments) else None


class UndoForm(LgForm):
    """Why they are two people after all, and what of the time between belongs to the other one."""

    reason = forms.CharField(
        label=_("Why are they two people?"), max_length=300, widget=text_line(),
        help_text=_("It is kept in the log of both files."),
    )  # fmt: skip
    given_back = forms.MultipleChoiceField(
        label=_("Recorded since they were joined: tick what belongs to the file that is taken out"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, since: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.MultipleChoiceField, self.fields["given_back"]).choices = since
        if not since:
            del self.fields["given_back"]
