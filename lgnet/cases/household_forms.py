"""Others of the household, ticked in the forms of a case."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lgnet.cases.models import Case
from lgnet.core.forms import LgForm, style
from lgnet.people.models import Person

SAME = _("The same for others of the household")


def offer_others(
    form: LgForm, others: Iterable[tuple[Person, Any]], *, label: Any, help_text: Any = "", ticked: bool = True
) -> None:
    """Add a field with the others of the household to a form: pairs of a person and what choosing her or him means.

    Without others the form stays as it is. The choice of them is `chosen_others`.
    """
    found = {str(person.pk): (person, meaning) for person, meaning in others}
    form.offered = found  # type: ignore[attr-defined]
    if not found:
        return
    choices = [
        (key, f"{person.name_as_used} · {person.household_role}" if person.household_role else person.name_as_used)
        for key, (person, _meaning) in found.items()
    ]
    field = forms.MultipleChoiceField(
        label=label, choices=choices, widget=forms.CheckboxSelectMultiple, required=False,
        initial=list(found) if ticked else [], help_text=help_text,
    )  # fmt: skip
    style(field)
    form.fields["others"] = field


def offer_cases(form: LgForm, cases: Iterable[Case], *, label: Any = SAME) -> None:
    """Offer the open cases of the others of the household, not ticked."""
    offer_others(form, [(case.person, case) for case in cases], label=label, ticked=False)


def chosen_others(form: LgForm) -> list[Any]:
    """What was offered with those who are ticked; taken out of the cleaned data: the rest goes to the service."""
    ticked = form.cleaned_data.pop("others", [])
    return [form.offered[key][1] for key in ticked]  # type: ignore[attr-defined]
