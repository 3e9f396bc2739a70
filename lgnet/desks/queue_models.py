"""The walk-in queue of a desk: counters, tickets, and the screens in the waiting room."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.catalogue.models import ServiceType, Team
from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User

PRIORITY_COUNTS_AS = timedelta(minutes=45)  # a priority counts as if the person had come so much earlier
FIRST_OFFLINE, OFFLINE_NUMBERS, LAST_NUMBER = 500, 50, 999  # what people can remember and a display can show


class Counter(BaseModel):
    """A place at the desk where people are received; `occupant` is who works there now."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "public": "id created_at partner team name is_active",
        "internal": "occupant occupied_at",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="counters")
    name = models.CharField(_("name"), max_length=40)
    is_active = models.BooleanField(_("in use"), default=True)
    occupant = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    occupied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["team", "name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["team", "name"], name="counter_name_once")]

    def __str__(self) -> str:
        return self.name


class Screen(BaseModel):
    """A device in the waiting room that needs no sign-in: it issues tickets, or shows who is called.

    It is opened once with an address that holds a secret; only the hash of the secret is kept. A kiosk that has lost
    the network gives the OFFLINE_NUMBERS numbers from `offline_from` on, which nobody else gives.
    """

    class Kind(models.TextChoices):
        KIOSK = "kiosk", _("gives tickets")
        DISPLAY = "display", _("shows who is called")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner team kind name made_by last_seen_at stopped_at stopped_by secret_hash "
        "offline_from"
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="screens")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=60)
    secret_hash = models.CharField(max_length=64, unique=True)
    offline_from = models.PositiveSmallIntegerField(null=True, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    last_seen_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["team", "kind", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["team", "offline_from"], condition=Q(stopped_at__isnull=True), name="screen_own_numbers"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Ticket(BaseModel):
    """Somebody waits at a desk, with a number of that day; who it is is not known.

    `ranks_at` says who comes next: when the person came, earlier by PRIORITY_COUNTS_AS with a priority, so that a
    priority goes first and nobody waits for ever.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waits")
        CALLED = "called", pgettext_lazy("ticket", "called")
        SERVED = "served", _("received")
        ABSENT = "absent", _("called, not there")
        LEFT = "left", _("went away")

    class Priority(models.TextChoices):
        NONE = "", _("none")
        PREGNANT = "pregnant", _("pregnant")
        CHILDREN = "children", _("with small children")
        DISABILITY = "disability", _("disability")
        UNWELL = "unwell", _("does not feel well")
        AGED = "aged", _("aged")
        DANGER = "danger", _("in danger")
        APPOINTMENT = "appointment", _("has an appointment")

    class Source(models.TextChoices):
        KIOSK = "kiosk", _("kiosk")
        DESK = "desk", _("desk")

    PRIVACY: ClassVar[dict[str, str]] = {
        "public": "id day number",
        "internal": "created_at partner team topic language source issued_at ranks_at status called_at calls called_by "
        "counter finished_at visit issued_by mediator_language",
        "sensitive": "priority",
    }
    OPEN: ClassVar[tuple[str, ...]] = (Status.WAITING, Status.CALLED)

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="tickets")
    day = models.DateField()
    number = models.PositiveSmallIntegerField()
    topic = models.CharField(_("asks for"), max_length=20, choices=ServiceType.Area.choices, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    priority = models.CharField(_("priority"), max_length=12, choices=Priority, blank=True)
    source = models.CharField(max_length=10, choices=Source)
    issued_at = models.DateTimeField(default=timezone.now)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ranks_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    counter = models.ForeignKey(Counter, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets")
    called_at = models.DateTimeField(null=True, blank=True)
    called_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    calls = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    mediator_language = models.CharField(_("waits for a mediator of"), max_length=8, blank=True)
    visit = models.OneToOneField("desks.Visit", on_delete=models.PROTECT, null=True, blank=True, related_name="ticket")

    class Meta:
        ordering: ClassVar = ["day", "number"]
        indexes: ClassVar = [
            models.Index(fields=["team", "day", "status", "ranks_at", "number"], name="ticket_next"),
            models.Index(fields=["partner", "-day", "-number"], name="ticket_partner_day"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["team", "day", "number"], name="ticket_number_once_a_day"),
            models.UniqueConstraint(fields=["counter"], condition=Q(status="called"), name="ticket_one_at_a_counter"),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "left"]) | Q(called_at__isnull=False, counter__isnull=False),
                name="ticket_called_to_a_counter",
            ),
            models.CheckConstraint(
                condition=Q(called_at__isnull=True) | Q(called_at__gte=F("issued_at")), name="ticket_called_after_issue"
            ),
        ]

    @property
    def waited(self) -> timedelta:
        """How long the person has waited, or waited until the first call."""
        return (self.called_at or self.finished_at or timezone.now()) - self.issued_at


def rank(issued_at: datetime, priority: str) -> datetime:
    """The `ranks_at` of a ticket."""
    return issued_at - PRIORITY_COUNTS_AS if priority else issued_at
