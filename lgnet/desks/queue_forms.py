"""Forms of the queue: a ticket given at the desk, why somebody comes first, counters and screens."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.models import ServiceType
from lgnet.core.forms import LgForm
from lgnet.core.languages import language_choices
from lgnet.core.once import RecordIdField
from lgnet.desks.queue_models import Screen, Ticket


class TicketForm(LgForm):
    """A ticket for somebody who does not use the kiosk."""

    record_id = RecordIdField()
    topic = forms.ChoiceField(
        label=_("Asks for"), choices=[("", _("not said")), *ServiceType.Area.choices], required=False
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    priority = forms.ChoiceField(label=_("Comes first because"), choices=Ticket.Priority.choices, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", _("not said")), *language_choices()]
        self.fields["language"].choices = choices  # type: ignore[attr-defined]


class PriorityForm(LgForm):
    """Why somebody who waits comes first."""

    priority = forms.ChoiceField(label=_("Comes first because"), choices=Ticket.Priority.choices, required=False)


class CounterForm(LgForm):
    """A counter; once made it can be taken out of use."""

    record_id = RecordIdField()
    name = forms.CharField(label=_("Name"), max_length=40, help_text=_("As the display shows it: Counter 1."))
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)


class ScreenForm(LgForm):
    """A screen of the waiting room."""

    kind = forms.ChoiceField(label=_("What it does"), choices=Screen.Kind.choices, widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("Where it stands: entrance, corridor."))
