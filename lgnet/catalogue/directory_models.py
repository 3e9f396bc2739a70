"""The directory of services: what a city offers, where, when, for whom, in which languages."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.directory_codes import Trait
from lgnet.catalogue.opening import Exceptional, Span, Timetable, WeekSpan, clock_of
from lgnet.core.languages import reader_language
from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User

STALE = timedelta(days=183)  # what nobody confirmed for six months may be wrong by now
# Kinds of site whose address may be told; one that is not named here is secret until somebody has thought about it.
TELLABLE = ("one_stop_shop", "day_centre", "community_space", "hub", "office")


class Offer(BaseModel):
    """Something that is offered to people in a city, by a team of the network or by another body.

    `name` and `description` are in Italian; other languages are rows of their own. A protected one (a shelter, a centre
    against violence) has no address in anything that leaves the city's own staff.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        SUSPENDED = "suspended", _("suspended")
        ENDED = "ended", _("ended")

    PRIVACY: ClassVar[dict[str, str]] = {
        "public": "id created_at partner team provider name description eligibility documents is_free cost phone email "
        "web is_protected is_published status suspended_until checked_on",
        "internal": "status_reason checked_by search_text",
    }

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="offers")
    team = models.ForeignKey("catalogue.Team", on_delete=models.SET_NULL, null=True, blank=True, related_name="offers")
    provider = models.CharField(max_length=150, blank=True)
    types = models.ManyToManyField("catalogue.ServiceType", related_name="offers")
    name = models.CharField(max_length=150)
    description = models.TextField(blank=True)
    eligibility = models.CharField(max_length=500, blank=True)
    documents = models.CharField(max_length=500, blank=True)
    is_free = models.BooleanField(default=True)
    cost = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    web = models.URLField(max_length=300, blank=True)
    is_protected = models.BooleanField(default=False)
    is_published = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    status_reason = models.CharField(max_length=300, blank=True)
    suspended_until = models.DateField(null=True, blank=True)  # the last day without it
    checked_on = models.DateField(default=timezone.localdate)
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    search_text = models.TextField(blank=True, editable=False)  # names in every language, plain

    class Meta:
        ordering: ClassVar = ["partner", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "name", "provider"], name="offer_name_once_per_provider"),
            models.CheckConstraint(
                condition=Q(suspended_until__isnull=True) | Q(status="suspended"), name="offer_until_if_suspended"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def provider_name(self) -> str:
        """Who offers it: the team, the other body, or else the city itself."""
        return (self.team.name if self.team else "") or self.provider or self.partner.name

    @property
    def told_name(self) -> str:
        """The name in the reader's language, or in Italian."""
        return self.text_in(reader_language())[0]

    @property
    def told_description(self) -> str:
        """The description in the reader's language, or in Italian."""
        return self.text_in(reader_language())[1]

    def text_in(self, language: str) -> tuple[str, str]:
        """Name and description in a language, each in Italian where it is not written in that one."""
        text = next((one for one in self.texts.all() if one.language == language), None)
        return (text.name if text else "") or self.name, (text.description if text else "") or self.description

    def codes(self, kind: Trait | str) -> list[str]:
        """The codes of one kind of trait, in the order in which they were said."""
        return [one.code for one in self.traits.all() if one.kind == kind]

    @property
    def is_stale(self) -> bool:
        """Whether nobody has confirmed it for six months."""
        return self.status != self.Status.ENDED and self.checked_on < timezone.localdate() - STALE

    def is_suspended_on(self, day: date) -> bool:
        """Whether it is suspended on that day; with a last day, it is there again afterwards."""
        until = self.suspended_until
        return self.status == self.Status.SUSPENDED and (until is None or day <= until)

    @property
    def state(self) -> str:
        """The status of today: what was suspended until yesterday is active."""
        if self.status == self.Status.SUSPENDED and not self.is_suspended_on(timezone.localdate()):
            return self.Status.ACTIVE
        return self.status


class OfferText(BaseModel):
    """Name and description of a service in a language beside Italian."""

    PRIVACY: ClassVar[dict[str, str]] = {"public": "id created_at offer language name description"}

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=3)
    name = models.CharField(max_length=150, blank=True)
    description = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["language"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["offer", "language"], name="offer_text_once")]


class OfferTrait(BaseModel):
    """One coded fact of a service: for whom, a language spoken, how to come in, what makes it accessible."""

    PRIVACY: ClassVar[dict[str, str]] = {"public": "id created_at offer kind code"}

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="traits")
    kind = models.CharField(max_length=15, choices=Trait)
    code = models.CharField(max_length=20)

    class Meta:
        ordering: ClassVar = ["created_at", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["offer", "kind", "code"], name="offer_trait_once")]


class OfferPlace(BaseModel):
    """Where a service is: a site of the network, or an address of its own; or neither, where one telephones."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "public": "id created_at offer site name opens_on_holidays",
        "internal": "address directions zone latitude longitude",  # those of a protected place are secret
    }

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="places")
    site = models.ForeignKey("catalogue.Site", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=150, blank=True)
    address = models.CharField(max_length=200, blank=True)
    directions = models.CharField(max_length=300, blank=True)
    zone = models.ForeignKey("catalogue.Zone", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    latitude = models.FloatField(null=True, blank=True)  # to about 100 metres
    longitude = models.FloatField(null=True, blank=True)
    opens_on_holidays = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["created_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="offer_place_whole_position",
            )
        ]

    @property
    def is_secret(self) -> bool:
        """Whether nobody outside of the city's staff may learn where it is."""
        return self.offer.is_protected or (self.site is not None and self.site.kind not in TELLABLE)

    @property
    def full_address(self) -> str:
        """Its own address or that of the site. For who may know it: see `is_secret`."""
        return self.address or (self.site.address or self.site.area if self.site else "")

    @property
    def told_address(self) -> str:
        """The address that anybody may know: not that of a secret place, nor of a site that is not published."""
        site = self._told_site
        return "" if self.is_secret else self.address or (site.address or site.area if site else "")

    @property
    def title(self) -> str:
        """What the place is called, for anybody."""
        site = self._told_site
        return "" if self.is_secret else self.name or (site.name if site else "")

    @property
    def _told_site(self) -> Any:
        return self.site if self.site is not None and self.site.is_published else None

    @cached_property
    def timetable(self) -> Timetable:
        """When it is open; empty while the service is ended or suspended without a last day."""
        offer, status = self.offer, Offer.Status
        is_off = offer.status == status.ENDED or (offer.status == status.SUSPENDED and offer.suspended_until is None)
        until = offer.suspended_until if offer.status == status.SUSPENDED else None
        return Timetable(
            week=() if is_off else tuple(one.as_span() for one in self.hours.all()),
            exceptions=() if is_off else tuple(one.as_exceptional() for one in self.exceptions.all()),
            province=offer.partner.province,
            opens_on_holidays=self.opens_on_holidays,
            not_before=until + timedelta(days=1) if until else None,
        )


class OfferHours(BaseModel):
    """A span of a weekday on which a place is open; with dates it belongs to a season that replaces the usual hours.

    Wall-clock time in Rome. A span that does not close later than it opens closes on the next day.
    """

    PRIVACY: ClassVar[dict[str, str]] = {"public": "id created_at place weekday opens closes first_day last_day"}

    place = models.ForeignKey(OfferPlace, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()  # 0 is Monday
    opens = models.TimeField()
    closes = models.TimeField()
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["first_day", "weekday", "opens"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(weekday__lt=7), name="offer_hours_weekday"),
            models.CheckConstraint(
                condition=Q(first_day__isnull=True, last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                name="offer_hours_season_in_order",
            ),
        ]

    def as_span(self) -> WeekSpan:
        """The span as it is reckoned with."""
        return WeekSpan(self.weekday, self.opens, self.closes, self.first_day, self.last_day)


class OfferException(BaseModel):
    """Days on which a place is closed, or has other hours than usual: `spans` are pairs of times, none is closed."""

    PRIVACY: ClassVar[dict[str, str]] = {"public": "id created_at place first_day last_day spans note"}

    place = models.ForeignKey(OfferPlace, on_delete=models.CASCADE, related_name="exceptions")
    first_day = models.DateField()
    last_day = models.DateField()
    spans = models.JSONField(default=list, blank=True)  # [["09:00", "12:00"], …]
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["first_day"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="offer_exception_days_in_order")
        ]

    @property
    def times(self) -> tuple[Span, ...]:
        """The spans as times of the day."""
        return tuple((clock_of(opens), clock_of(closes)) for opens, closes in self.spans)

    def as_exceptional(self) -> Exceptional:
        """The days as they are reckoned with."""
        return Exceptional(self.first_day, self.last_day, self.times)
