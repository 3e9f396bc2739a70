"""Values and fields of operations in words of the reader's language."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lgnet.catalogue.models import ServiceType, Team, Zone
from lgnet.core.languages import language_name
from lgnet.core.tables import shown
from lgnet.outreach.corrections import FIELDS, read_moment
from lgnet.outreach.forms import ContactForm
from lgnet.outreach.models import Operation
from lgnet.outreach.sync.kinds import KINDS
from lgnet.outreach.sync.letters import read_uuid
from lgnet.people.models import Person

_HIDDEN = {"record_id"}
_OTHER_KINDS = {"contact.picture": gettext_lazy("Picture of a contact")}
_PICTURE_FIELDS = {"caption": gettext_lazy("What it shows"), "size": gettext_lazy("Size of the file")}


def kind_words(operation: Operation) -> str:
    """What was done, in words; the code itself of a kind that this version does not know."""
    kind = KINDS.get(operation.kind)
    return str(kind.label) if kind else str(_OTHER_KINDS.get(operation.kind, operation.kind))


def field_words(kind: str, field: str) -> str:
    """The label of a field, as the form has it."""
    known = KINDS.get(kind)
    found = known.form.base_fields.get(field) if known else None
    return str(found.label or field) if found else str(FIELDS.get(field) or _PICTURE_FIELDS.get(field, field))


def value_words(field: str, value: Any, partner_id: uuid.UUID) -> str:
    """A value as a reader sees it on the page; what cannot be read is shown as it was sent."""
    if value in (None, "", []):
        return _("nothing")
    if isinstance(value, list):
        return ", ".join(value_words(field, one, partner_id) for one in value)
    text = str(value)
    if field in _NAMED:
        return _name_words(field, text, partner_id)
    special = _SPECIAL.get(field)
    return special(text) if special else _code_words(field, text)


def content_words(operation: Operation) -> list[tuple[str, str]]:
    """Everything that was typed, label and value."""
    return [
        (capfirst(field_words(operation.kind, name)), value_words(name, value, operation.partner_id))
        for name, value in operation.changes.items()
        if name not in _HIDDEN and value not in (None, "", [])
    ]


_NAMED: dict[str, Any] = {"zone": Zone, "team": Team, "to_team": Team, "person": Person}


def _name_words(field: str, text: str, partner_id: uuid.UUID) -> str:
    named = _NAMED[field].objects.filter(pk=read_uuid(text), partner=partner_id).first()
    return str(named) if named else _("not among those of the city")


def _moment_words(text: str) -> str:
    moment = read_moment(text)
    return shown(moment) if moment else text


def _service_words(code: str) -> str:
    service = ServiceType.objects.filter(code=code).first()
    return service.name if service else code


def _code_words(field: str, code: str) -> str:
    known = ContactForm.base_fields.get("needs" if field == "need" else field)
    choices: Any = known.choices if isinstance(known, forms.ChoiceField) else ()
    return {str(one): str(label) for one, label in choices}.get(code, code)


_SPECIAL: dict[str, Callable[[str], str]] = {
    "occurred_at": _moment_words, "given": _service_words, "language": language_name,
    "earlier": lambda _pk: _("somebody met before"), "size": filesizeformat, "caption": str,
}  # fmt: skip
