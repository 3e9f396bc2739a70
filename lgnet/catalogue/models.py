"""Where the work happens, who does it together, and what is offered (directory_models)."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.directory_models import Offer, OfferException, OfferHours, OfferPlace, OfferText, OfferTrait
from lgnet.core.languages import in_reader_language
from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User

__all__ = [
    "Offer", "OfferException", "OfferHours", "OfferPlace", "OfferText", "OfferTrait", "ServiceType", "Site", "Team",
    "TeamMembership", "TeamMembershipQuerySet", "Zone",
]  # fmt: skip


class Zone(BaseModel):
    """A neighbourhood or stretch of a city, coarse on purpose: a place where somebody sleeps is never stored."""

    PRIVACY: ClassVar[dict[str, str]] = {"public": "id created_at partner name latitude longitude outline is_active"}

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="zones")
    name = models.CharField(max_length=100)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    outline = models.JSONField(default=list, blank=True)  # its borders: lists of longitude and latitude
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["partner", "name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "name"], name="zone_name_once")]

    def __str__(self) -> str:
        return self.name


class Site(BaseModel):
    """A place of the network: a desk, a centre, a shelter, a space."""

    class Kind(models.TextChoices):
        ONE_STOP_SHOP = "one_stop_shop", _("one-stop shop")
        DAY_CENTRE = "day_centre", _("day centre")
        MOBILE_UNIT_BASE = "mobile_unit_base", _("base of a mobile unit")
        SHELTER = "shelter", _("protected shelter")
        COHOUSING = "cohousing", _("solidarity co-housing")
        COMMUNITY_SPACE = "community_space", _("community space")
        HUB = "hub", _("hub")
        OFFICE = "office", _("office")

    PRIVACY: ClassVar[dict[str, str]] = {
        "public": "id created_at partner kind name area is_published source_url is_active",
        "internal": "address hours",  # a protected shelter has a secret address
    }

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="sites")
    kind = models.CharField(max_length=30, choices=Kind)
    name = models.CharField(max_length=150)
    area = models.CharField(max_length=150, blank=True)
    address = models.CharField(max_length=200, blank=True)
    hours = models.CharField(max_length=200, blank=True)
    is_published = models.BooleanField(default=False)
    source_url = models.CharField(max_length=500, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["partner", "kind", "name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "name"], name="site_name_once")]

    def __str__(self) -> str:
        return self.name


class Team(BaseModel):
    """People who work together and share files: a mobile unit, a desk, a multidisciplinary team.

    A service outside of the network (a first-aid ward, a shelter of others) is a team of the city in which nobody of
    the network works: people are sent to it, and who sent them records what it said. It never gets a file.
    """

    class Kind(models.TextChoices):
        MOBILE_UNIT = "mobile_unit", _("mobile unit")
        DESK = "desk", _("one-stop shop desk")
        MULTIDISCIPLINARY = "multidisciplinary", _("multidisciplinary team")
        HOUSING = "housing", _("housing team")
        ACTIVITIES = "activities", _("activities team")
        OUTSIDE = "outside", _("service outside the network")

    PRIVACY: ClassVar[dict[str, str]] = {
        "public": "id created_at partner site kind name schedule crew reach source_url loaded_as is_active"
    }

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="teams")
    site = models.ForeignKey(Site, on_delete=models.SET_NULL, null=True, blank=True, related_name="teams")
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=150)
    schedule = models.CharField(max_length=200, blank=True)
    crew = models.CharField(max_length=300, blank=True)
    reach = models.CharField(max_length=300, blank=True)  # address and telephone where there is no site that has them
    source_url = models.CharField(max_length=500, blank=True)  # empty once the city has changed what was public
    loaded_as = models.CharField(max_length=150, blank=True, editable=False)  # its name in the network file
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["partner", "kind", "name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "name"], name="team_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_outside(self) -> bool:
        """Whether it is a service outside of the network."""
        return self.kind == self.Kind.OUTSIDE


class TeamMembershipQuerySet(models.QuerySet["TeamMembership"]):
    """Places in teams by their own days; whether one counts depends on a role too (selectors)."""

    def current(self) -> "TeamMembershipQuerySet":
        """Those that run today."""
        return self.open().filter(starts_on__lte=timezone.localdate())

    def open(self) -> "TeamMembershipQuerySet":
        """Those that run today or later."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=timezone.localdate()), ended_at__isnull=True)


class TeamMembership(BaseModel):
    """A user works in a team from a day, perhaps to a day (both included), unless taken out at once before.

    It counts only while the user holds a role at the team's partner that works in teams:
    `catalogue.selectors.current_team_memberships`.
    """

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at team user starts_on ends_on ended_at"}

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="team_memberships")
    starts_on = models.DateField(_("from"), default=timezone.localdate)
    ends_on = models.DateField(_("to"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = TeamMembershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["team", "user", "starts_on"],
                condition=Q(ended_at__isnull=True),
                name="team_membership_once_per_start",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="team_membership_ends_after_start",
            ),
        ]

    @property
    def state(self) -> str:
        """Whether by its own days it is "planned", "current" or "ended"."""
        today = timezone.localdate()
        if self.ended_at or (self.ends_on and self.ends_on < today):
            return "ended"
        return "planned" if self.starts_on > today else "current"

    @property
    def last_day(self) -> date | None:
        """The last day in the team, if one is known."""
        days = [self.ends_on, timezone.localdate(self.ended_at) if self.ended_at else None]
        return min((day for day in days if day), default=None)

    @property
    def can_be_put_back(self) -> bool:
        """Whether taking out was today, or has a day still to come: until then it can be undone."""
        if self.ended_at:
            return timezone.localdate(self.ended_at) == timezone.localdate()
        return self.ends_on is not None and self.state != "ended"


class ServiceType(BaseModel):
    """One kind of service of the network's catalogue; a code is never reused for something else."""

    class Area(models.TextChoices):
        FIRST_HELP = "first_help", _("first help in the street")
        ORIENTATION = "orientation", _("orientation")
        LEGAL = "legal", _("legal help and documents")
        HEALTH = "health", _("health")
        PSYCHOLOGICAL = "psychological", _("psychological support")
        LANGUAGE = "language", _("Italian language")
        WORK = "work", _("work and training")
        HOUSING = "housing", _("housing")
        SOCIAL = "social", _("social support")
        PRACTICAL = "practical", _("showers, laundry, mail")

    PRIVACY: ClassVar[dict[str, str]] = {"public": "id created_at code area name_it name_en unit_it unit_en is_active"}

    code = models.SlugField(max_length=40, unique=True)
    area = models.CharField(max_length=20, choices=Area)
    name_it = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    unit_it = models.CharField(max_length=40, blank=True)
    unit_en = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["area", "name_it"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_reader_language(self.name_it, self.name_en)


# Models of this app too, which need those above.
import lgnet.catalogue.knowledge_models  # noqa: E402, F401
