"""What is to be sent, was sent and arrived; who wants no messages; when a city writes to nobody."""

from datetime import time
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User
from lgnet.people.models import ContactPoint, Person


class Channel(models.TextChoices):
    """The ways in which a message goes out."""

    SMS = "sms", _("text message")
    EMAIL = "email", _("e-mail")


class OutgoingMessage(BaseModel):
    """One message to one number or address. `key` says what it is for, so that the same thing is never said twice.

    A worker that sends it has claimed it until `claimed_until`; a claim that ran out was never ended, and then the
    message `may_have_gone`. `rounds` counts how often somebody asked to send it again.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("to be sent")
        SENT = "sent", _("sent")
        DELIVERED = "delivered", _("delivered")
        UNKNOWN = "unknown", _("not known if sent")
        FAILED = "failed", _("not delivered")
        CANCELLED = "cancelled", _("not needed any more")

    class Reason(models.TextChoices):
        NONE = "", ""
        NUMBER = "number", _("this number takes no text messages")
        ADDRESS = "address", _("this is no e-mail address")
        OPTED_OUT = "opted_out", _("the person wants no messages")
        NOT_SAFE = "not_safe", _("the contact is not used any more, or is not safe")
        EXPIRED = "expired", _("too late to be of use")
        WITHDRAWN = "withdrawn", _("what it was about has changed")
        REFUSED = "refused", _("the gateway refused it")
        UNDELIVERED = "undelivered", _("it did not reach the telephone")
        NO_ANSWER = "no_answer", _("the gateway did not say whether it took it")
        GAVE_UP = "gave_up", _("the gateway could not be reached for hours")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner person point channel kind key language about_type about_id status reason "
        "not_before expires_at tries rounds next_try_at claimed_until may_have_gone provider_id sent_at delivered_at "
        "queued_by",
        "personal": "to",
        "sensitive": "subject text error",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="messages")
    point = models.ForeignKey(ContactPoint, on_delete=models.SET_NULL, null=True, related_name="+")
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
    reason = models.CharField(_("why"), max_length=12, choices=Reason, blank=True)
    not_before = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    rounds = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True)
    may_have_gone = models.BooleanField(default=False)
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
            models.Index(fields=["to", "sent_at"], name="message_to_time"),
            models.Index(fields=["provider_id"], name="message_provider", condition=~Q(provider_id="")),
        ]

    @property
    def reference(self) -> str:
        """Our name for this sending of it: the same at every try, another one when somebody sends it again."""
        return f"{self.pk.hex}-{self.rounds}"


class MessageStep(BaseModel):
    """Something that happened to a message on its way."""

    class What(models.TextChoices):
        WAITS = "waits", _("waits for the end of the quiet hours")
        ENOUGH = "enough", _("waits: enough messages to this number or address today")
        TRIED = "tried", _("did not go out, is tried again")
        SENT = "sent", _("sent")
        DELIVERED = "delivered", _("delivered")
        UNKNOWN = "unknown", _("not known if sent")
        FAILED = "failed", _("not delivered")
        CANCELLED = "cancelled", _("not needed any more")
        AGAIN = "again", _("to be sent again")

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at message what by", "sensitive": "detail"}

    message = models.ForeignKey(OutgoingMessage, on_delete=models.CASCADE, related_name="steps")
    what = models.CharField(max_length=10, choices=What)
    detail = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]


class OptOut(BaseModel):
    """The person wants no messages on this channel, until `ended_at` if that is known."""

    class Source(models.TextChoices):
        DESK = "desk", _("said to the staff")
        LINK = "link", _("by the link in an e-mail")
        REPLY = "reply", _("by answering a text message")
        OWN_PAGE = "own_page", _("on the own page")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at person channel source recorded_by ended_at ended_by"
    }

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="opt_outs")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    source = models.CharField(max_length=10, choices=Source)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "channel"], condition=Q(ended_at__isnull=True), name="opt_out_once_at_a_time"
            )
        ]


class QuietHours(BaseModel):
    """From when to when, by the clock on the wall, a city sends nothing to anybody it helps."""

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at partner starts ends"}

    partner = models.OneToOneField(Partner, on_delete=models.CASCADE, related_name="quiet_hours")
    starts = models.TimeField(pgettext_lazy("time of day", "from"), default=time(21))
    ends = models.TimeField(pgettext_lazy("time of day", "to"), default=time(8))


class KindSwitch(BaseModel):
    """Whether a city sends messages of a kind that nobody presses a button for. Without a row it does."""

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at partner kind is_on"}

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.SlugField(max_length=40)
    is_on = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "kind"], name="kind_switch_once")]


class StrayReceipt(BaseModel):
    """A gateway told of a message before its own answer to us was written down; looked up when it is."""

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at provider_id delivered"}

    provider_id = models.CharField(max_length=100)
    delivered = models.BooleanField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["provider_id"], name="stray_provider")]
