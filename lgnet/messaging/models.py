"""What is to be sent, was sent and arrived."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User
from lgnet.people.models import Person


class Channel(models.TextChoices):
    """The ways in which a message goes out."""

    SMS = "sms", _("text message")
    EMAIL = "email", _("e-mail")


class OutgoingMessage(BaseModel):
    """One message to one number or address. `key` says what it is for, so that the same thing is never said twice."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("to be sent")
        SENT = "sent", _("sent")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("not delivered")
        CANCELLED = "cancelled", _("not needed any more")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner person channel kind key language about_type about_id status not_before "
        "expires_at tries next_try_at provider_id sent_at delivered_at queued_by",
        "personal": "to",
        "sensitive": "subject text error",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="messages")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    to = models.CharField(_("to"), max_length=200)
    kind = models.SlugField(_("about"), max_length=40)
    key = models.CharField(max_length=200, unique=True)
    language = models.CharField(_("language"), max_length=8)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"))
    about_type = models.CharField(max_length=40)
    about_id = models.UUIDField()
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
    not_before = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    provider_id = models.CharField(max_length=100, blank=True)
    error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    queued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [
            models.Index(fields=["status", "next_try_at"], name="message_due"),
            models.Index(fields=["partner", "-created_at"], name="message_partner_time"),
            models.Index(fields=["about_id"], name="message_about"),
        ]
