"""Where the mobile units go, when, with whom, and what an outing was like."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.models import Team, Zone
from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User
from lgnet.outreach.position_models import Positioned, whole_position


class MobileUnit(BaseModel):
    """What a team of kind mobile unit has beside its people: vehicle and equipment. A team may have no row yet."""

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at team vehicle plate equipment"}

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="mobile_unit")
    vehicle = models.CharField(_("vehicle"), max_length=150, blank=True)
    plate = models.CharField(_("plate or name"), max_length=40, blank=True)
    equipment = models.TextField(_("equipment"), blank=True)


class Stop(BaseModel, Positioned):
    """A named coarse place where units stop: a square, a station side. Never a place where somebody sleeps."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "public": "id created_at partner zone name directions is_published is_active latitude longitude is_far",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="stops")
    name = models.CharField(_("name"), max_length=120)
    directions = models.CharField(_("how to get there"), max_length=300, blank=True)
    is_published = models.BooleanField(_("published"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering: ClassVar = ["partner", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "name"], name="stop_name_once"),
            whole_position("stop_position_whole"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def where(self) -> str:
        """The name, and the zone unless the name tells it."""
        return self.name if self.zone.name.casefold() in self.name.casefold() else f"{self.name} · {self.zone.name}"


class OutingState(models.TextChoices):
    """Where an outing stands; it follows from its moments and is not stored."""

    PLANNED = "planned", _("scheduled")
    RUNNING = "running", _("out now")
    OVER = "over", _("over")
    MISSED = "missed", _("not started")
    CANCELLED = "cancelled", _("cancelled")


class Outing(BaseModel):
    """A mobile unit goes out, from hour to hour; what was planned, and the log of what happened.

    `starts_at` and `ends_at` are the plan, `started_at` and `ended_at` what happened; `supplies` counts what was handed
    out by the code of the catalogue. Outings planned together, week after week, share a `series`.
    """

    class Weather(models.TextChoices):
        CLEAR = "clear", _("clear")
        CLOUDY = "cloudy", _("cloudy")
        RAIN = "rain", _("rain")
        SNOW = "snow", _("snow or ice")
        WIND = "wind", _("strong wind")
        HEAT = "heat", _("great heat")
        COLD = "cold", _("great cold")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner team starts_at ends_at started_at ended_at cancelled_at cancel_reason "
        "km_start km_end supplies weather series planned_by",
        "sensitive": "incidents note",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="outings")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(_("reason"), max_length=300, blank=True)
    km_start = models.PositiveIntegerField(_("kilometres at the start"), null=True, blank=True)
    km_end = models.PositiveIntegerField(_("kilometres at the end"), null=True, blank=True)
    supplies = models.JSONField(_("handed out"), default=dict, blank=True)
    weather = models.CharField(_("weather"), max_length=10, choices=Weather, blank=True)
    incidents = models.TextField(_("incidents"), blank=True)
    note = models.TextField(_("note"), blank=True)
    series = models.UUIDField(null=True, blank=True)
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-starts_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["partner", "-starts_at"], name="outing_partner_time"),
            models.Index(fields=["team", "-starts_at"], name="outing_team_time"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="outing_ends_after_start"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(started_at__isnull=False, ended_at__gte=F("started_at")),
                name="outing_ended_after_started",
            ),
            models.CheckConstraint(
                condition=Q(km_end__isnull=True) | Q(km_start__isnull=True) | Q(km_end__gte=F("km_start")),
                name="outing_kilometres_go_up",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | Q(started_at__isnull=True), name="outing_cancelled_or_started"
            ),
            models.UniqueConstraint(
                fields=["team"], condition=Q(started_at__isnull=False, ended_at__isnull=True), name="outing_one_out_now"
            ),
        ]

    @property
    def state(self) -> OutingState:
        """Where it stands now."""
        if self.cancelled_at:
            return OutingState.CANCELLED
        if self.ended_at:
            return OutingState.OVER
        if self.started_at:
            return OutingState.RUNNING
        return OutingState.MISSED if self.ends_at <= timezone.now() else OutingState.PLANNED

    @property
    def begins_at(self) -> datetime:
        """When it really started, or else was to start."""
        return self.started_at or self.starts_at

    @property
    def finishes_at(self) -> datetime:
        """When it really ended, or else was to end."""
        return self.ended_at or self.ends_at

    @property
    def kilometres(self) -> int | None:
        """How far the vehicle went, if both ends are known."""
        if self.km_start is None or self.km_end is None:
            return None
        return self.km_end - self.km_start


class CrewMember(BaseModel):
    """Somebody who goes along: a user of the team, or the name of a volunteer who has no sign-in."""

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at outing user", "personal": "name"}

    outing = models.ForeignKey(Outing, on_delete=models.CASCADE, related_name="crew")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["created_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["outing", "user"], name="crew_user_once"),
            models.CheckConstraint(
                condition=(Q(user__isnull=False) & Q(name="")) | (Q(user__isnull=True) & ~Q(name="")),
                name="crew_user_or_name",
            ),
        ]

    def __str__(self) -> str:
        return self.user.full_name if self.user else self.name


class PlannedStop(BaseModel):
    """An outing is at a stop from a moment on, perhaps to a moment."""

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at outing stop arrives_at leaves_at"}

    outing = models.ForeignKey(Outing, on_delete=models.CASCADE, related_name="stops")
    stop = models.ForeignKey(Stop, on_delete=models.PROTECT, related_name="+")
    arrives_at = models.DateTimeField(_("from"))
    leaves_at = models.DateTimeField(_("to"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["arrives_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(leaves_at__isnull=True) | Q(leaves_at__gte=F("arrives_at")), name="stop_left_after_arrival"
            ),
        ]
