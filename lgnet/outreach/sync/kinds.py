"""The register of kinds of operation. A module that records in the street adds its kinds here, each with its form.

The form is the one of the page, so that there is one definition of what a field may hold.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from lgnet.catalogue.models import ServiceType, Team
from lgnet.catalogue.selectors import service_types
from lgnet.core.models import BaseModel
from lgnet.network.models import User
from lgnet.outreach.forms import ContactForm
from lgnet.outreach.models import Operation
from lgnet.outreach.selectors import units_of


class Waits(Exception):
    """The operation is about a record, or comes after an operation, that is not here yet."""

    def __init__(self, waits_for: uuid.UUID) -> None:
        super().__init__(str(waits_for))
        self.waits_for = waits_for


class Refused(Exception):
    """The operation cannot be carried out; `errors` tells it by field, in the words of the page."""

    def __init__(self, reason: object, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(str(reason))
        self.errors = dict(errors or {})


@dataclass(frozen=True)
class Outcome:
    """What an operation did: the fate of each field, and what the device is told besides."""

    fates: dict[str, str] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def has_conflict(self) -> bool:
        """Whether a value was kept for somebody to choose."""
        return "conflict" in self.fates.values()


@dataclass
class Sender:
    """In whose name operations are carried out; what many of them need is looked up once."""

    user: User
    received_at: datetime

    @cached_property
    def units(self) -> list[Team]:
        """Mobile units the sender may record for now."""
        return list(units_of(self.user))

    def contact_form(self, data: dict[str, Any]) -> ContactForm:
        """The form of a new contact with this data, cleaned; made once, for making it costs more than cleaning it."""
        self._form.data, self._form.is_bound = data, True
        self._form.full_clean()
        return self._form

    @cached_property
    def services(self) -> list[ServiceType]:
        """Active services of the catalogue."""
        return list(service_types())

    @cached_property
    def _form(self) -> ContactForm:
        return ContactForm(user=self.user, units=self.units, services=self.services)


Apply = Callable[[Operation, Sender], Outcome]


@dataclass(frozen=True)
class Kind:
    """One kind of operation: `form` validates its fields, `model` is what its `record_id` names, `apply` does it.

    A record of `model` has a partner and a team, and perhaps a person.
    """

    code: str
    label: Any
    form: type[forms.Form]
    model: type[BaseModel]
    fields: tuple[str, ...]
    apply: Apply


KINDS: dict[str, Kind] = {}


def register(
    code: str, *, label: Any, form: type[forms.Form], model: type[BaseModel], without: tuple[str, ...] = ()
) -> Callable[[Apply], Apply]:
    """Add a kind to the register: the function carries it out. Raises ValueError if the code is taken."""

    def add(apply: Apply) -> Apply:
        if code in KINDS:
            raise ValueError(f"{code} is registered already")
        fields = tuple(name for name in form.base_fields if name not in without)
        KINDS[code] = Kind(code, label, form, model, fields, apply)
        return apply

    return add


def form_data(changes: Mapping[str, Any], form: type[forms.Form], names: tuple[str, ...]) -> dict[str, Any]:
    """What was sent for the fields `names` as the form receives it. Raises Refused for what no form can send."""
    data: dict[str, Any] = {}
    errors = {}
    for name in names:
        value = changes.get(name)
        is_list = isinstance(form.base_fields[name], forms.MultipleChoiceField)
        if isinstance(value, bool):
            data[name] = "yes" if value else "no"
        elif value is None or isinstance(value, str | int | float):
            data[name] = value if value is None else str(value)
        elif is_list and isinstance(value, list) and all(isinstance(one, str) for one in value):
            data[name] = value
        else:
            errors[name] = _("The app sent something that the server does not understand.")
    if errors:
        raise Refused(next(iter(errors.values())), errors)
    return data


def check(form: forms.Form) -> None:
    """Raise Refused with what the form says of its fields, unless it is valid."""
    if form.is_valid():
        return
    errors = {name: str(found[0]) for name, found in form.errors.items()}
    labels = {name: str(form.fields[name].label or name) if name in form.fields else "" for name in errors}
    words = [f"{labels[name]}: {text}" if labels[name] else text for name, text in errors.items()]
    raise Refused(" ".join(words), errors)


def by_our_clock(moment: datetime, operation: Operation) -> datetime:
    """A moment by the clock of the device, put right as far as the server knows how wrong that is."""
    try:
        return moment + timedelta(seconds=operation.skew_seconds)
    except OverflowError:  # a mistyped year, which the service refuses
        return moment


def corrected(moment: datetime, operation: Operation) -> datetime:
    """When something was done: `by_our_clock`, and never later than it was received."""
    return min(by_our_clock(moment, operation), operation.received_at)
