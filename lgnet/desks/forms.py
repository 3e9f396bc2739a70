"""The arrival at the desk: who it is, and what is asked."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.models import ServiceType, Team
from lgnet.core.forms import LgForm, MomentField
from lgnet.core.once import RecordIdField
from lgnet.network.models import User
from lgnet.people.models import Person
from lgnet.people.selectors import living_id, visible_persons

NEW = "new"
NOBODY = "nobody"  # who does not say who it is


class ArrivalForm(LgForm):
    """A person at the counter: one of those found, or somebody new; the desk, the moment, the request."""

    record_id = RecordIdField()
    ticket = forms.UUIDField(required=False, widget=forms.HiddenInput)  # the number with which the person was called
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Desk"), empty_label=None)
    who = forms.CharField(label=_("Who is it?"), required=False, max_length=40)
    not_the_same = forms.BooleanField(label=_("None of them: register a new person"), required=False)
    topic = forms.ChoiceField(
        label=_("Asks for"), choices=[("", _("not said")), *ServiceType.Area.choices], required=False
    )
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), max_length=20_000, required=False)
    arrived_at = MomentField(label=_("Arrived at"), required=False, help_text=_("Leave empty for now."))

    def __init__(self, *args: Any, user: User, desks: Iterable[Team], **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        field = cast(forms.ModelChoiceField, self.fields["team"])
        field.queryset = Team.objects.filter(pk__in=[desk.pk for desk in desks]).select_related("site", "partner")

    @property
    def is_new(self) -> bool:
        """Whether somebody new is to be registered."""
        return bool(self.cleaned_data.get("who") == NEW)

    @property
    def is_anonymous(self) -> bool:
        """Whether the person does not want to say who it is."""
        return bool(self.cleaned_data.get("who") == NOBODY)

    def clean(self) -> dict[str, Any]:
        """Find the person chosen among those of the city."""
        data = super().clean() or self.cleaned_data
        data["person"], chosen, team = None, str(data.get("who")), data.get("team")
        if chosen in {NEW, NOBODY} or not team:
            return data
        try:
            here = visible_persons(self.user).filter(partner=team.partner_id)
            found: Person | None = here.filter(pk=living_id(chosen)).first()
        except (ValueError, forms.ValidationError):
            found = None
        if found is None:
            self.add_error("who", _("Choose the person, or “somebody new”."))
        data["person"] = found
        return data

    def arrival(self) -> dict[str, Any]:
        """Arguments of the services of the desk, apart from `by`, the person and the card."""
        data = self.cleaned_data
        arrived_at: datetime = data["arrived_at"] or timezone.now()
        return {name: data[name] for name in ("team", "topic", "note", "record_id")} | {"arrived_at": arrived_at}
