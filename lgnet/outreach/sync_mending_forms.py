"""Which form mends an operation: that of the page on which the same thing is done."""

from typing import Any

from django import forms

from lgnet.cases.selectors import possible_receivers
from lgnet.catalogue.selectors import service_types
from lgnet.network.models import User
from lgnet.outreach.change_forms import ContactChangeForm
from lgnet.outreach.corrections import FIELDS, read_moment
from lgnet.outreach.forms import ContactReferForm
from lgnet.outreach.models import Contact, Operation
from lgnet.outreach.selectors import units_of, visible_contacts
from lgnet.outreach.sync_forms import MendContactForm


def mending_form(data: Any, *, user: User, operation: Operation) -> forms.Form | None:
    """The form with what was typed, or None while the record it is about is not here."""
    if operation.kind == "contact.record":
        units = list(units_of(user))
        return MendContactForm(data, operation=operation, user=user, units=units, services=list(service_types()))
    contacts = visible_contacts(user).filter(team=operation.team_id)
    contact = contacts.filter(pk=operation.record_id).first() if operation.record_id else None
    if contact is None:
        return None
    if operation.kind == "contact.refer":
        typed = {name: operation.changes.get(name) for name in ContactReferForm.base_fields}
        return ContactReferForm(data, initial=typed, receivers=possible_receivers(user, contact.team))
    return _change_form(data, user, contact, operation)


def _change_form(data: Any, user: User, contact: Contact, operation: Operation) -> forms.Form:
    """Only the fields that were changed: the others are not this operation's."""
    typed = {name: value for name, value in operation.changes.items() if name in FIELDS}
    if moment := read_moment(typed.get("occurred_at")):
        typed["occurred_at"] = moment
    form = ContactChangeForm(data, user=user, contact=contact, initial=typed)
    for name in set(form.fields) - set(typed):
        del form.fields[name]
    return form
