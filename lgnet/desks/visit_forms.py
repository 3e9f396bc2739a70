"""Who it is that had not said so."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lgnet.core.forms import LgForm
from lgnet.desks.forms import NEW
from lgnet.desks.models import Visit
from lgnet.network.models import User
from lgnet.people.models import Person
from lgnet.people.selectors import visible_persons


class WhoForm(LgForm):
    """Somebody registered, or somebody new."""

    who = forms.CharField(label=_("Who is it?"), max_length=40)

    @property
    def is_new(self) -> bool:
        """Whether somebody new is to be registered."""
        return bool(self.cleaned_data.get("who") == NEW)

    def person_for(self, user: User, visit: Visit) -> Person | None:
        """The person chosen among those of the city; an error at the field if there is none."""
        if self.is_new:
            return None
        try:
            found = visible_persons(user).filter(pk=self.cleaned_data["who"], partner=visit.partner_id).first()
        except (ValueError, ValidationError):
            found = None
        if found is None:
            self.add_error("who", _("Choose the person, or “somebody new”."))
        return found
