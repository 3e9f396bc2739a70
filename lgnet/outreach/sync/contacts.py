"""Operations on street contacts: record one, correct fields of it, give a card."""

import uuid
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from lgnet.cases.card_codes import use_code
from lgnet.cases.selectors import possible_receivers
from lgnet.catalogue.selectors import team_ids_of
from lgnet.outreach.change_forms import ContactChangeForm
from lgnet.outreach.corrections import FIELDS, read_moment, wire
from lgnet.outreach.forms import ContactForm, StreetCardForm, Who
from lgnet.outreach.models import Contact, Operation
from lgnet.outreach.services import record_contact, refer_contact
from lgnet.outreach.sync.kinds import (
    Outcome,
    Refused,
    Sender,
    Waits,
    by_our_clock,
    check,
    corrected,
    form_data,
    register,
)
from lgnet.outreach.sync.letters import read_uuid
from lgnet.outreach.sync.merge import merge
from lgnet.people.policies import is_hidden_from

RECORDED = tuple(name for name in ContactForm.base_fields if name != "record_id")
REFERRED = tuple(StreetCardForm.base_fields)


@register("contact.record", label=_("New contact"), form=ContactForm, model=Contact, without=("record_id",))
def record(operation: Operation, sender: Sender) -> Outcome:
    """Record a contact whose id was made on the device; `earlier` may be one that no server knows yet."""
    changes = operation.changes
    earlier = read_uuid(changes.get("earlier"))
    if changes.get("who") == Who.MET and earlier and not Contact.objects.filter(pk=earlier).exists():
        raise Waits(earlier)
    sent = read_moment(changes.get("occurred_at")) if changes.get("occurred_at") else operation.made_at
    data = form_data(changes, ContactForm, RECORDED) | {"record_id": str(operation.record_id)}
    if changes.get("who") == Who.MET and earlier:
        data["earlier"] = str(_standing(earlier))
    data["occurred_at"] = corrected(sent, operation) if sent else data["occurred_at"] or operation.received_at
    form = sender.contact_form(data)
    check(form)
    if there := Contact.objects.filter(pk=_record_id(operation)).first():
        return _record_again(there, form, operation, sender)
    contact = record_contact(by=sender.user, **form.arguments())
    return Outcome({name: "applied" for name in changes if name in RECORDED}, {"record": str(contact.pk)})


@register("contact.change", label=_("Correction of a contact"), form=ContactChangeForm, model=Contact,
          without=("record_id", "team", "who", "earlier", "person", "version", "latitude", "longitude"))  # fmt: skip
def change(operation: Operation, sender: Sender) -> Outcome:
    """Correct fields of a contact, each merged with what others wrote meanwhile."""
    contact = _contact(operation, sender)
    asked = tuple(name for name in FIELDS if name in operation.changes)
    data: dict[str, Any] = {**wire(contact), "occurred_at": contact.occurred_at}
    sent = form_data(operation.changes, ContactChangeForm, asked)
    if "occurred_at" in sent and (moment := read_moment(sent["occurred_at"])):
        sent["occurred_at"] = by_our_clock(moment, operation)
    form = ContactChangeForm(data | sent, user=sender.user, contact=contact, services=sender.services)
    if fixed := [name for name in asked if name not in form.fields]:
        text = _now("This does not change for a registered person or a group.")
        raise Refused(text, dict.fromkeys(fixed, text))
    check(form)
    return merge(operation, sender.user, contact, {name: form.cleaned_data[name] for name in asked})


@register("contact.refer", label=_("Card for a contact"), form=StreetCardForm, model=Contact)
def refer(operation: Operation, sender: Sender) -> Outcome:
    """Send the person of a contact to another team; the answer has the code of the card.

    A code that the app has shown already is taken once, if it was given out to this device.
    """
    contact = _contact(operation, sender)
    receivers = possible_receivers(sender.user, contact.team)
    form = StreetCardForm(form_data(operation.changes, StreetCardForm, REFERRED), receivers=receivers)
    check(form)
    card = form.cleaned_data
    if card["code"]:
        use_code(holder=operation.device_id, code=card["code"])
    given_at = corrected(operation.made_at, operation) if operation.made_at and card["code"] else None
    sent = refer_contact(by=sender.user, contact=contact, given_at=given_at, **card)
    fates = {name: "applied" for name in operation.changes if name in REFERRED}
    return Outcome(fates, {"card": sent.code, "referral": str(sent.pk)})


def _contact(operation: Operation, sender: Sender) -> Contact:
    record_id = _record_id(operation)
    contact = Contact.objects.filter(pk=record_id).select_related("team", "person").first()
    if contact is None:
        raise Waits(record_id)
    hidden = contact.person is not None and is_hidden_from(sender.user, contact.person)
    if contact.team_id not in team_ids_of(sender.user) or hidden:
        raise Refused(_now("Only the unit that made this contact can change it."))
    return contact


def _standing(earlier: uuid.UUID) -> uuid.UUID:
    """This contact; if it was a mistake, the unit's latest other one with the same person or trace, if there is one."""
    gone = Contact.objects.filter(pk=earlier, voided_at__isnull=False).first()
    if gone is None or not (gone.person_id or gone.trace):
        return earlier
    who = Q(person=gone.person_id) if gone.person_id else Q(trace=gone.trace)
    rows = Contact.objects.standing().filter(who, team=gone.team_id).order_by("-occurred_at", "-pk")
    return rows.values_list("pk", flat=True).first() or earlier


def _record_id(operation: Operation) -> uuid.UUID:
    if operation.record_id is None:
        raise Refused(_now("The app sent something that the server does not understand."))
    return operation.record_id


def _record_again(contact: Contact, form: ContactForm, operation: Operation, sender: Sender) -> Outcome:
    """The contact is there, from the page or another operation: nothing doubles, and no other value is lost."""
    data = form.cleaned_data
    earlier, person = data["met_contact"], data["known_person"]
    who = (person.pk if person else None, earlier.trace if earlier else None)
    is_same = not any(who) or contact.person_id == who[0] or contact.trace == who[1]
    if contact.recorded_by_id != sender.user.pk or contact.team_id != data["team"].pk or not is_same:
        raise Refused(_now("A contact with this id was recorded already, and it is another one."))
    return merge(operation, sender.user, contact, {name: data[name] for name in FIELDS if name in operation.changes})
