"""Base model of every table, and the drafts that keep what was typed."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.encoding import force_str

from lgnet.core.ids import uuid7


class BaseModel(models.Model):
    """A row with a time-ordered id.

    `PRIVACY` sorts every field of a model into one of four classes, by name; a guard test fails on a field
    that is in none or in two. `public` may be printed on the public site, `internal` only for staff,
    `personal` says who somebody is, `sensitive` is what article 9 or 10 of the GDPR protects, or a safety risk.
    """

    PRIVACY: ClassVar[dict[str, str]] = {}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: Any) -> Any:  # noqa: N802 -- the name is Django's
        """The words of a choice (`get_<field>_display`). Django's own translates every choice to say one."""
        value = getattr(self, field.attname)
        return force_str(next((label for key, label in field.flatchoices if key == value), value), strings_only=True)


class Draft(BaseModel):
    """What a user has typed in a form and not yet sent: nothing typed is lost to a time-out or a crash."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at owner_id form_key updated_at",
        "sensitive": "data",
    }

    owner_id = models.UUIDField()
    form_key = models.CharField(max_length=200)
    data = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner_id", "form_key"], name="draft_once_per_form")]
