"""The form that corrects a contact: the form of a new contact, without what says whom it was with."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.models import ServiceType, Zone
from lgnet.catalogue.selectors import service_types
from lgnet.network.models import User
from lgnet.outreach.corrections import FIELDS, version_of, wire_value
from lgnet.outreach.forms import ContactForm
from lgnet.outreach.models import Contact


class ContactChangeForm(ContactForm):
    """Correct what was seen and done; a zone or service that is no longer in use stays as long as nobody changes it."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, user: User, contact: Contact, services: Iterable[ServiceType] | None = None, **options: Any
    ) -> None:
        initial = {name: getattr(contact, name) for name in FIELDS} | {"zone": contact.zone_id}
        initial["sleeping_rough"] = wire_value("sleeping_rough", contact.sleeping_rough)
        options["initial"] = initial | {"version": version_of(contact)} | options.get("initial", {})
        offered = service_types() if services is None else services
        super().__init__(*args, user=user, units=[contact.team], services=offered, **options)
        for name in ("record_id", "team", "who", "earlier", "person", "latitude", "longitude"):
            del self.fields[name]
        if contact.person_id or contact.head_count == 1:
            del self.fields["head_count"]
        if contact.person_id or contact.head_count > 1:
            del self.fields["nickname"]
        here = Q(is_active=True) | Q(pk=contact.zone_id)
        self._field("zone").queryset = Zone.objects.filter(here, partner=contact.partner_id)
        known = {code for code, _name in self._field("given").choices}
        if unknown := set(contact.given) - known:
            gone = ServiceType.objects.filter(code__in=unknown)
            self._field("given").choices += [(service.code, service.name) for service in gone]

    def clean(self) -> dict[str, Any]:
        """Nothing depends on whom it was: the service looks at the rest."""
        data = self.cleaned_data
        if "head_count" in self.fields and not data.get("head_count"):
            self.add_error("head_count", _("How many people were there?"))
        return data

    def changes(self) -> dict[str, Any]:
        """The fields of the contact with what was typed."""
        return {name: self.cleaned_data[name] for name in FIELDS if name in self.cleaned_data}

    def show_as_of(self, contact: Contact) -> None:
        """Take what a colleague has saved meanwhile as seen: saving once more keeps what was typed here."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["version"] = version_of(contact)
        self.data = data
