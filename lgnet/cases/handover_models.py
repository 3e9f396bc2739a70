"""Cases go from one colleague to another: for good, or while somebody is away."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User


class Handover(BaseModel):
    """One colleague hands cases to another. Until it is accepted both work on them."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("handover", "waits to be accepted")
        ACCEPTED = "accepted", pgettext_lazy("handover", "accepted")
        DECLINED = "declined", pgettext_lazy("handover", "declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("handover", "withdrawn")
        BACK = "back", pgettext_lazy("handover", "handed back")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner giver receiver created_by until status accepted_at ended_at ended_by",
        "sensitive": "words declined_because",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    giver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="handovers_given")
    receiver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="handovers_received")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(_("what the other has to know"), blank=True)
    until = models.DateField(_("last day, if only for a time"), null=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    accepted_at = models.DateTimeField(null=True)
    declined_because = models.CharField(_("why not"), max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [
            models.Index(fields=["receiver", "status"], name="handover_receiver"),
            models.Index(fields=["partner", "status"], name="handover_partner"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(receiver=F("giver")), name="handover_to_another"),
            models.CheckConstraint(
                condition=~Q(status__in=["accepted", "back"]) | Q(accepted_at__isnull=False),
                name="handover_accepted_at_a_moment",
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether the other one has not answered yet."""
        return self.status == self.Status.OPEN

    @property
    def is_over(self) -> bool:
        """Whether somebody only stood in, and the last day has passed."""
        return self.until is not None and self.until < timezone.localdate()


class HandoverCase(BaseModel):
    """One case of a handover, how it was before, and the tasks that went along."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at handover case giver_managed receiver_was_there receiver_areas tasks",
        "sensitive": "words",
    }

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="lines")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="handover_lines")
    giver_managed = models.BooleanField()
    receiver_was_there = models.BooleanField()
    receiver_areas = models.JSONField(default=list)  # of service, on which alone the receiver worked before
    words = models.TextField(_("what the other has to know of this case"), blank=True)
    tasks = models.JSONField(default=list)  # ids of those that moved, so that they can come back

    class Meta:
        ordering: ClassVar = ["created_at", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["handover", "case"], name="handover_case_once")]


class HandoverPoint(BaseModel):
    """One point of the checklist: written by hand, or one of those that fill it, once somebody has ticked it."""

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at line key ticked_at ticked_by", "sensitive": "words"}

    line = models.ForeignKey(HandoverCase, on_delete=models.CASCADE, related_name="points")
    key = models.CharField(max_length=80)  # of what it comes from; its own id for one written by hand
    words = models.CharField(_("point"), max_length=300)
    ticked_at = models.DateTimeField(null=True)
    ticked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["created_at", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["line", "key"], name="handover_point_once")]
