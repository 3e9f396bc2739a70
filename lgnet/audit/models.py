"""The append-only log. Database triggers refuse to change or delete a row (migration 0002)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lgnet.core.models import BaseModel


class AuditEntry(BaseModel):
    """One write, or one read of a personal file: who, what, when, why.

    There are no foreign keys: the log never blocks the live data, nor is it changed by it.
    """

    class Action(models.TextChoices):
        CREATE = "create", _("created")
        UPDATE = "update", _("changed")
        DELETE = "delete", _("deleted")
        READ = "read", _("read")
        LIST = "list", _("listed")
        OPEN = "open", _("opened with a reason")
        EXPORT = "export", _("exported")
        SIGN_IN = "sign_in", _("signed in")
        SIGN_IN_FAILED = "sign_in_failed", _("failed to sign in")
        SIGN_OUT = "sign_out", _("signed out")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at action actor_id actor_name partner_id object_type object_id person_id",
        "sensitive": "reason detail",
    }

    action = models.CharField(max_length=20, choices=Action)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    partner_id = models.UUIDField(null=True)
    object_type = models.CharField(max_length=60)
    object_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["partner_id", "-created_at"], name="audit_partner_time"),
            models.Index(fields=["person_id", "-created_at"], name="audit_person_time"),
            models.Index(fields=["actor_id", "-created_at"], name="audit_actor_time"),
            models.Index(fields=["object_type", "object_id"], name="audit_object"),
            models.Index(  # figures ask often whose identity changed lately; reads of the log would be in the way
                fields=["partner_id", "created_at"],
                name="audit_person_changes",
                condition=Q(action="update", object_type="people.person"),
            ),
        ]
