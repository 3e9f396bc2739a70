"""Appointments: what can be booked, when people are received, who is booked, and what keeps one thing in one place."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.catalogue.models import ServiceType, Site, Team
from lgnet.core.languages import in_reader_language
from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User
from lgnet.people.models import Person

STEP_MINUTES = 5  # appointments begin and end on steps of so many minutes


class Room(BaseModel):
    """A room of a site where people are received, one appointment at a time."""

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at partner site name is_active"}

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(_("name"), max_length=60)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering: ClassVar = ["site", "name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["site", "name"], name="room_name_once")]

    def __str__(self) -> str:
        return self.name


class AppointmentKind(BaseModel):
    """What can be booked with a team: how long it takes, how it is held, who books it, what to bring.

    `places` above one makes it a group. `documents` are codes of `appointment_words.DOCUMENTS`, shown in the
    language of the person; `documents_note` is shown as it is written.
    """

    class Way(models.TextChoices):
        IN_PERSON = "in_person", _("in person")
        PHONE = "phone", _("by phone")
        VIDEO = "video", _("by video")
        HOME = "home", pgettext_lazy("appointment", "where the person lives")

    class BookedBy(models.TextChoices):
        TEAM = "team", _("only the team itself")
        CITY = "city", _("every service of the city")
        PERSON = "person", _("every service, and the person with the card and PIN")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner team name_it name_en area minutes places way booked_by_whom lead_hours "
        "documents documents_note is_active"
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="appointment_kinds")
    name_it = models.CharField(_("name in Italian"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    area = models.CharField(_("area"), max_length=20, choices=ServiceType.Area.choices)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=30)
    places = models.PositiveSmallIntegerField(_("places"), default=1)
    way = models.CharField(_("how"), max_length=10, choices=Way, default=Way.IN_PERSON)
    booked_by_whom = models.CharField(_("who books it"), max_length=10, choices=BookedBy, default=BookedBy.CITY)
    lead_hours = models.PositiveSmallIntegerField(_("hours of notice"), default=0)
    documents = models.JSONField(_("to bring"), default=list, blank=True)
    documents_note = models.CharField(_("also to bring"), max_length=200, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering: ClassVar = ["team", "name_it"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["team", "name_it"], name="appointment_kind_name_once"),
            models.CheckConstraint(condition=Q(minutes__gte=5, places__gte=1), name="appointment_kind_has_length"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_reader_language(self.name_it, self.name_en or self.name_it)

    @property
    def is_group(self) -> bool:
        """Whether several persons come at the same time."""
        return self.places > 1


class Opening(BaseModel):
    """When an operator receives people: on `weekdays` (Monday is 0) every so many weeks, or else on one day alone.

    `from_clock` and `until_clock` are what a clock on the wall in Rome shows. `languages` are those in which people are
    received then, by the operator or with the mediator.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner team operator mediator room languages weekdays every_weeks from_clock "
        "until_clock starts_on ends_on ended_at made_by"
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="openings")
    kinds = models.ManyToManyField(AppointmentKind, related_name="openings")
    operator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    mediator = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    languages = models.JSONField(default=list, blank=True)
    weekdays = models.JSONField(default=list, blank=True)
    every_weeks = models.PositiveSmallIntegerField(default=1)
    from_clock = models.TimeField(_("from"))
    until_clock = models.TimeField(_("until"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # taken away: as if it had never been, for what is to come
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["team", "starts_on", "from_clock"]
        indexes: ClassVar = [models.Index(fields=["team", "ended_at"], name="opening_team")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until_clock__gt=F("from_clock")), name="opening_until_after_from"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="opening_ends_after_start"
            ),
        ]


class Absence(BaseModel):
    """From when to when an operator or a room is not there; without either, the whole team."""

    class Reason(models.TextChoices):
        LEAVE = "leave", pgettext_lazy("absence", "leave")
        ILLNESS = "illness", _("illness")
        TRAINING = "training", _("training")
        MEETING = "meeting", _("meeting")
        CLOSED = "closed", _("closed")
        WORKS = "works", _("room not usable")
        OTHER = "other", _("other")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner team operator room starts_at ends_at recorded_by withdrawn_at",
        "personal": "reason",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="absences")
    operator = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["starts_at"]
        indexes: ClassVar = [models.Index(fields=["partner", "ends_at"], name="absence_partner_time")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="absence_ends_after_start")
        ]


class CityDay(BaseModel):
    """What a city says of one day against the calendar: open on a holiday, or closed on another day."""

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at partner day is_open name said_by"}

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(_("day"))
    is_open = models.BooleanField(_("open"), default=False)
    name = models.CharField(_("why"), max_length=80, blank=True)
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["day"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "day"], name="city_day_once")]


class AppointmentGroup(BaseModel):
    """A group appointment at one moment; `taken` of its `places` are booked."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner kind operator mediator room starts_at ends_at places taken"
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    kind = models.ForeignKey(AppointmentKind, on_delete=models.PROTECT, related_name="groups")
    operator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    mediator = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    places = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "operator", "starts_at"], name="appointment_group_once"),
            models.CheckConstraint(condition=Q(taken__lte=F("places")), name="appointment_group_not_overfull"),
        ]


class AppointmentWish(BaseModel):
    """Somebody waits for an earlier, or for any, appointment of a kind; `weekdays` that suit, all when empty."""

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("waiting list", "waiting")
        OFFERED = "offered", pgettext_lazy("waiting list", "has an offer")
        MET = "met", pgettext_lazy("waiting list", "has an appointment")
        ENDED = "ended", pgettext_lazy("waiting list", "no longer waiting")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner team person from_day weekdays status made_by asked_by_person",
        "sensitive": "kind note",
    }
    OPEN: ClassVar[tuple[str, ...]] = (Status.WAITING, Status.OFFERED)

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    kind = models.ForeignKey(AppointmentKind, on_delete=models.PROTECT, related_name="wishes")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointment_wishes")
    from_day = models.DateField(_("from"))
    weekdays = models.JSONField(default=list, blank=True)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.WAITING)
    note = models.CharField(_("note"), max_length=300, blank=True)
    asked_by_person = models.BooleanField(default=False)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["created_at"]
        indexes: ClassVar = [models.Index(fields=["kind", "status", "created_at"], name="wish_next")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "person"], condition=Q(status__in=["waiting", "offered"]), name="wish_once"
            )
        ]


class Appointment(BaseModel):
    """A person is expected by a team at a time. While it is `offered` its place is kept until `offer_ends_at`.

    `sequence` counts how often it was moved, as calendars want to know.
    """

    class Status(models.TextChoices):
        OFFERED = "offered", pgettext_lazy("appointment", "offered")
        BOOKED = "booked", pgettext_lazy("appointment", "booked")
        CONFIRMED = "confirmed", pgettext_lazy("appointment", "the person says: coming")
        ARRIVED = "arrived", pgettext_lazy("appointment", "arrived")
        KEPT = "kept", pgettext_lazy("appointment", "held")
        MISSED = "missed", pgettext_lazy("appointment", "did not come")
        CANCELLED = "cancelled", pgettext_lazy("appointment", "cancelled")

    class Reason(models.TextChoices):
        PERSON = "person", _("the person cannot come")
        SERVICE = "service", _("the service cannot receive")
        NOT_NEEDED = "not_needed", _("not needed any more")
        MISTAKE = "mistake", _("booked by mistake")
        NO_ANSWER = "no_answer", _("the offer was not taken")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner team opening group wish person starts_at ends_at operator mediator room "
        "status sequence booked_at booked_by by_person visit offer_ends_at changed_at changed_by reason",
        "sensitive": "kind note",
    }
    EXPECTED: ClassVar[tuple[str, ...]] = (Status.BOOKED, Status.CONFIRMED)
    HOLDING: ClassVar[tuple[str, ...]] = (Status.OFFERED, Status.BOOKED, Status.CONFIRMED, Status.ARRIVED)

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="appointments")
    kind = models.ForeignKey(AppointmentKind, on_delete=models.PROTECT, related_name="appointments")
    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="appointments")
    group = models.ForeignKey(
        AppointmentGroup, on_delete=models.SET_NULL, null=True, blank=True, related_name="appointments"
    )
    wish = models.ForeignKey(
        AppointmentWish, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    starts_at = models.DateTimeField(_("when"))
    ends_at = models.DateTimeField(_("until"))
    operator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    mediator = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.BOOKED)
    sequence = models.PositiveSmallIntegerField(default=0)
    booked_at = models.DateTimeField(default=timezone.now)
    booked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_person = models.BooleanField(_("booked by the person"), default=False)
    visit = models.OneToOneField(
        "desks.Visit", on_delete=models.PROTECT, null=True, blank=True, related_name="appointment"
    )
    offer_ends_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("why cancelled"), max_length=12, choices=Reason, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["starts_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["team", "starts_at"], name="appointment_team_time"),
            models.Index(fields=["partner", "starts_at"], name="appointment_partner_time"),
            models.Index(fields=["person", "starts_at"], name="appointment_person_time"),
            models.Index(fields=["operator", "starts_at"], name="appointment_operator_time"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(status="offered") | Q(offer_ends_at__isnull=False), name="appointment_offer_ends"
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(reason=""), name="appointment_cancelled_for_a_reason"
            ),
        ]

    @property
    def is_expected(self) -> bool:
        """Whether the person is expected, and has not come yet."""
        return self.status in self.EXPECTED

    def is_open_offer(self, now: datetime | None = None) -> bool:
        """Whether it is an offer that can still be taken."""
        return bool(
            self.status == self.Status.OFFERED and self.offer_ends_at and self.offer_ends_at > (now or timezone.now())
        )


class AppointmentHold(BaseModel):
    """A resource (the id of an operator, a mediator or a room) is taken for the five minutes that begin at `step`.

    By the one constraint, nobody and nothing is in two places at one time, whoever books at the same moment.
    """

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at partner resource step appointment group"}

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    resource = models.UUIDField()
    step = models.DateTimeField()
    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, null=True, related_name="holds")
    group = models.ForeignKey(AppointmentGroup, on_delete=models.CASCADE, null=True, related_name="holds")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["resource", "step"], name="appointment_hold_once"),
            models.CheckConstraint(
                condition=Q(appointment__isnull=False, group__isnull=True)
                | Q(appointment__isnull=True, group__isnull=False),
                name="appointment_hold_of_one",
            ),
        ]


class CalendarFeed(BaseModel):
    """A calendar that a user's own program reads by a secret address: own appointments, or those of a team.

    Only the hash of the secret is kept. It tells pseudonyms, and no name of anybody.
    """

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at user team secret_hash stopped_at"}

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="calendar_feeds")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    secret_hash = models.CharField(max_length=64, unique=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
