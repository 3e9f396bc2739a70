"""A form sent twice writes once: the record's id is made with the form."""

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.models import BaseModel

Record = TypeVar("Record", bound=BaseModel)


class RecordIdField(forms.UUIDField):
    """The id of the record that a form will make, carried in the form; anything that is no id becomes a new one."""

    widget = forms.HiddenInput(attrs={"data-draft-keep": ""})  # what was typed for this record stays this record's

    def __init__(self, **options: Any) -> None:
        defaults: dict[str, Any] = {"required": False, "initial": uuid7}
        super().__init__(**defaults | options)

    def to_python(self, value: Any) -> uuid.UUID:  # type: ignore[override]  # the stub says text
        try:
            found: Any = super().to_python(value)
            return found or uuid7()
        except forms.ValidationError:
            return uuid7()


def write_once(
    model: type[Record], record_id: uuid.UUID | None, *, is_mine: Callable[[Record], bool], write: Callable[[], Record]
) -> Record:
    """Run `write`, which makes the record with `record_id`, unless it is there: then return the one that is there.

    Two requests at the same moment end with one record too. Raises DomainError when the id is somebody else's.
    """
    if record_id is None:
        return write()
    try:
        with transaction.atomic():
            return _there(model, record_id, is_mine) or write()
    except IntegrityError:
        if (record := _there(model, record_id, is_mine)) is None:
            raise
        return record


def _there(model: type[Record], record_id: uuid.UUID, is_mine: Callable[[Record], bool]) -> Record | None:
    record = model._default_manager.filter(pk=record_id).first()
    if record is not None and not is_mine(record):
        raise DomainError(_("This form was used already. Open it again, and write again what you typed."))
    return record
