"""Mediators: hours that are offered, slots that are booked, and who is at the desk now."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.catalogue.models import ServiceType, Team
from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User
from lgnet.people.models import Person


class Way(models.TextChoices):
    """How a mediator takes part in a conversation."""

    PHONE = "phone", _("by telephone")
    VIDEO = "video", _("by video")
    IN_PERSON = "in_person", _("in person")


class MediationOffer(BaseModel):
    """Hours of a mediator that a city or body offers: on one day, or on `weekdays` (0 is Monday) week by week.

    Its slots are not kept: they follow from its hours (mediation_slots). `how_to_join` is told to who has booked.
    """

    class Reach(models.TextChoices):
        OWN = "own", _("our city only")
        NETWORK = "network", _("the whole network, by telephone or video")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner mediator name languages ways reach starts_on ends_on weekdays days_off "
        "opens closes slot_minutes how_to_join made_by stopped_at stopped_by"
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    mediator = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("mediator"), max_length=100)
    languages = models.JSONField(_("languages"), default=list)
    ways = models.JSONField(_("how"), default=list)
    reach = models.CharField(_("for whom"), max_length=10, choices=Reach)
    starts_on = models.DateField(pgettext_lazy("first day", "from"))
    ends_on = models.DateField(pgettext_lazy("last day", "to"), null=True, blank=True)
    weekdays = models.JSONField(_("days of the week"), default=list, blank=True)
    days_off = models.JSONField(default=list, blank=True)
    opens = models.TimeField(pgettext_lazy("time of day", "from"))
    closes = models.TimeField(pgettext_lazy("time of day", "to"))
    slot_minutes = models.PositiveSmallIntegerField(_("length of a slot, minutes"))
    how_to_join = models.CharField(_("how to join"), max_length=300, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["starts_on", "opens"]
        indexes: ClassVar = [
            models.Index(fields=["partner"], name="mediation_offer_live", condition=Q(stopped_at__isnull=True))
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="mediation_offer_hours"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="mediation_offer_days"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MediationBooking(BaseModel):
    """One slot of an offer, taken by a city for a conversation. The city that offers never learns for whom it is."""

    class Status(models.TextChoices):
        BOOKED = "booked", pgettext_lazy("mediation", "booked")
        HELD = "held", pgettext_lazy("mediation", "took place")
        NOT_HELD = "not_held", pgettext_lazy("mediation", "did not take place")
        CANCELLED = "cancelled", pgettext_lazy("mediation", "cancelled")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at offer partner person starts_at ends_at way reach_at about_type about_id status "
        "minutes booked_by closed_by closed_at",
        "personal": "language",
        "sensitive": "area reason",
    }

    offer = models.ForeignKey(MediationOffer, on_delete=models.PROTECT, related_name="bookings")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="mediations")
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    language = models.CharField(_("language"), max_length=8)
    way = models.CharField(_("how"), max_length=10, choices=Way)
    area = models.CharField(_("about"), max_length=20, choices=ServiceType.Area.choices, blank=True)
    reach_at = models.CharField(_("where the mediator reaches you"), max_length=100, blank=True)
    about_type = models.CharField(max_length=40, blank=True)
    about_id = models.UUIDField(null=True, blank=True)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.BOOKED)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    booked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["-starts_at"]
        indexes: ClassVar = [
            models.Index(fields=["partner", "-starts_at"], name="mediation_partner_time"),
            models.Index(fields=["about_id"], name="mediation_about", condition=Q(about_id__isnull=False)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["offer", "starts_at"], condition=~Q(status="cancelled"), name="mediation_slot_once"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="mediation_ends_after_start"),
            models.CheckConstraint(
                condition=Q(status="held", minutes__gt=0) | (~Q(status="held") & Q(minutes__isnull=True)),
                name="mediation_minutes_if_held",
            ),
        ]


class MediatorHere(BaseModel):
    """A mediator is at the desk now, until a time of the same day or until somebody says that she or he is gone."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner team name languages until ended_at marked_by"
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("mediator"), max_length=100)
    languages = models.JSONField(_("languages"), default=list)
    until = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(null=True, blank=True)
    marked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["name"]
        indexes: ClassVar = [
            models.Index(fields=["team", "until"], name="mediator_here_now", condition=Q(ended_at__isnull=True))
        ]

    @property
    def is_here(self) -> bool:
        """Whether she or he is at the desk now."""
        return self.ended_at is None and self.until > timezone.now()
