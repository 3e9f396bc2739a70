"""What the street app sent: devices, the log of operations, values that clash, and who was thought to be the same."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.models import Team
from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User
from lgnet.people.models import Person

LEASE = timedelta(hours=72)  # how long a device may keep data without a word from it


def lease_from_now() -> datetime:
    """When a device that is heard of now has to be heard of again."""
    return timezone.now() + LEASE


class Device(BaseModel):
    """A phone or tablet on which an operator records in the street. Its id is made on the device.

    It gets data until `lease_until`, and never again once somebody asked to wipe it; what it has still to send is
    taken all the same.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("in use")
        EXPIRED = "expired", _("not heard of for too long")
        WIPE = "wipe", _("to be wiped")
        WIPED = "wiped", _("wiped")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner team user name app_version lease_until last_sync_at queue_length "
        "wipe_asked_at wipe_asked_by wipe_reason wiped_at unsent_when_wiped",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="devices")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="devices")
    name = models.CharField(_("device"), max_length=80)
    app_version = models.CharField(max_length=40, blank=True)
    lease_until = models.DateTimeField(default=lease_from_now)
    last_sync_at = models.DateTimeField(null=True)
    queue_length = models.PositiveIntegerField(null=True)
    wipe_asked_at = models.DateTimeField(null=True)
    wipe_asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    wipe_reason = models.CharField(_("why"), max_length=300, blank=True)
    wiped_at = models.DateTimeField(null=True)
    unsent_when_wiped = models.PositiveIntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [models.Index(fields=["partner", "-last_sync_at"], name="device_partner_sync")]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> "Device.State":
        """Whether it may hold data now, and if not, why."""
        if self.wiped_at:
            return self.State.WIPED
        if self.wipe_asked_at:
            return self.State.WIPE
        return self.State.ACTIVE if self.lease_until > timezone.now() else self.State.EXPIRED


class Operation(BaseModel):
    """One thing done on a device, as it was sent. Its id is made on the device; `created_at` is when it was received.

    What was sent never changes, and once the operation is settled (`settled_at`) nothing of it does: a trigger of the
    database refuses (migration 0003). One that is not settled waits for another, or needs somebody's attention.
    """

    class Result(models.TextChoices):
        WAITING = "waiting", _("waits for another")
        APPLIED = "applied", _("done and recorded")
        CONFLICT = "conflict", _("recorded, with values to choose from")
        REFUSED = "refused", _("needs attention")
        MENDED = "mended", _("mended and sent again")
        SET_ASIDE = "set_aside", _("set aside")

    class Clock(models.TextChoices):
        RIGHT = "right", _("right")
        AHEAD = "ahead", _("clock of the device ahead")
        BEHIND = "behind", _("clock of the device behind")
        OLD = "old", _("made more than 60 days ago")
        UNKNOWN = "unknown", _("no time was sent")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner team device user person kind record_id made_at skew_seconds clock "
        "app_version digest after mends result fates answer waits_for settled_at set_aside_by",
        "sensitive": "base changes extra reason errors set_aside_reason",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="operations")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    record_id = models.UUIDField(null=True)
    base = models.JSONField(default=dict)
    changes = models.JSONField(default=dict)
    extra = models.JSONField(default=dict)
    after = models.JSONField(default=list)
    mends = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="mended_by")
    made_at = models.DateTimeField(null=True)
    skew_seconds = models.IntegerField(default=0)
    clock = models.CharField(max_length=10, choices=Clock, default=Clock.RIGHT)
    app_version = models.CharField(max_length=40, blank=True)
    digest = models.CharField(max_length=64)
    # what became of it
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    result = models.CharField(max_length=10, choices=Result, default=Result.WAITING)
    reason = models.CharField(max_length=500, blank=True)
    errors = models.JSONField(default=dict)
    fates = models.JSONField(default=dict)
    answer = models.JSONField(default=dict)
    waits_for = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)
    set_aside_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    set_aside_reason = models.CharField(_("why"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["partner", "-created_at"], name="operation_partner_time"),
            models.Index(fields=["record_id"], name="operation_record"),
            models.Index(fields=["waits_for"], name="operation_waits", condition=Q(waits_for__isnull=False)),
            models.Index(
                fields=["partner", "-created_at"], name="operation_open", condition=Q(settled_at__isnull=True)
            ),
        ]

    @property
    def received_at(self) -> datetime:
        """When the server got it."""
        return self.created_at


class Conflict(BaseModel):
    """Two changed one field of a record without knowing of each other: the server's value stays until somebody chooses.

    `server_value` is what the record had when the operation came, with who had written it, when, on which device.
    """

    class State(models.TextChoices):
        OPEN = "open", _("to choose")
        DECIDED = "decided", _("chosen")
        SUPERSEDED = "superseded", _("written anew by the same person")

    class Choice(models.TextChoices):
        SERVER = "server", _("what is recorded")
        DEVICE = "device", _("what was sent later")
        OTHER = "other", _("something else")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner team contact operation field server_by server_at server_device state choice "
        "decided_by decided_at superseded_by",
        "sensitive": "base proposed server_value decided_value",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey("outreach.Contact", on_delete=models.PROTECT, related_name="conflicts")
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="conflicts")
    field = models.CharField(max_length=40)
    base = models.JSONField(null=True)
    proposed = models.JSONField(null=True)
    server_value = models.JSONField(null=True)
    server_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    server_at = models.DateTimeField(null=True)
    server_device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    choice = models.CharField(max_length=10, choices=Choice, blank=True)
    decided_value = models.JSONField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    superseded_by = models.ForeignKey(Operation, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["partner", "state", "-created_at"], name="conflict_partner_state")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["operation", "field"], name="conflict_once_per_field")]


class Likeness(BaseModel):
    """Somebody looked at two traces of one city and said whether they are of one person; one that is can be undone."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner one other is_same moved decided_by undone_at undone_by"
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    one = models.UUIDField()
    other = models.UUIDField()
    is_same = models.BooleanField()
    moved = models.JSONField(default=list)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="likeness_in_order"),
            models.UniqueConstraint(
                fields=["one", "other"], condition=Q(undone_at__isnull=True), name="likeness_said_once"
            ),
        ]
