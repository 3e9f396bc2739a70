"""The journey: one append-only row for everything that happened to a person (DESIGN 3)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.catalogue.models import ServiceType, Site, Team
from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User


class JourneyKind(models.TextChoices):
    """What happened. A code is never reused for something else."""

    CONTACT = "contact", _("met in the street")
    REFERRAL_SENT = "referral_sent", _("referred to another service")
    REFERRAL_ACCEPTED = "referral_accepted", _("referral accepted")
    REFERRAL_REFUSED = "referral_refused", _("referral refused")
    REFERRAL_ARRIVED = "referral_arrived", _("arrived at a service outside the network")
    REFERRAL_NOT_ARRIVED = "referral_not_arrived", _("did not come after the referral")
    REFERRAL_CLOSED = "referral_closed", _("referral closed")
    ARRIVAL = "arrival", _("arrived at the desk")
    REGISTERED = "registered", pgettext_lazy("step of the journey", "registered")
    REQUEST_MADE = "request_made", _("asked at the desk")
    REQUEST_ANSWERED = "request_answered", _("request answered")
    APPOINTMENT_BOOKED = "appointment_booked", _("appointment booked")
    APPOINTMENT_KEPT = "appointment_kept", _("came to the appointment")
    APPOINTMENT_MISSED = "appointment_missed", _("did not come to the appointment")
    MEDIATION = "mediation", _("language mediation")
    NOTICE_GIVEN = "notice_given", _("notice given")
    ELIGIBILITY_CHECKED = "eligibility_checked", _("title to stay checked")
    CASE_OPENED = "case_opened", _("taken in charge")
    ASSESSED = "assessed", _("assessed")
    PLAN_SIGNED = "plan_signed", _("plan agreed and signed")
    SERVICE_DELIVERED = "service_delivered", _("service delivered")
    OUTCOME = "outcome", _("outcome recorded")
    CASE_CLOSED = "case_closed", _("case closed")
    GOAL_REACHED = "goal_reached", _("goal of the plan reached")
    FOLLOWED_UP = "followed_up", _("told how it goes after the end")
    SCALE_RATED = "scale_rated", _("situation rated on the scale")
    HOUSING_SEEN = "housing_seen", _("housing situation noted")
    HELP_RATED = "help_rated", _("asked whether it helped")
    AT_WORK = "at_work", _("in work, training or school after the end")


# These carry a value in their quantity (people.journey_values).
VALUED = (
    JourneyKind.GOAL_REACHED, JourneyKind.FOLLOWED_UP, JourneyKind.SCALE_RATED, JourneyKind.HOUSING_SEEN,
    JourneyKind.HELP_RATED, JourneyKind.AT_WORK,
)  # fmt: skip
# Only figures read these: what was answered is for those who work on the case, not for whoever opens the file.
NOT_TOLD = (JourneyKind.SCALE_RATED, JourneyKind.HOUSING_SEEN, JourneyKind.HELP_RATED, JourneyKind.AT_WORK)


class Traced(models.Model):
    """A record of somebody who may not be identified yet.

    `trace` ties together what is known of one anonymous person (the contact, the referral with its card);
    when the person is registered, `people.journey.identify` gives every row of the trace its person.
    """

    trace = models.UUIDField(null=True, blank=True, db_index=True)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True


class JourneyEvent(BaseModel, Traced):
    """Append-only and bitemporal: a correction voids the old row and writes a new one (triggers, migration 0002).

    Written only by `people.journey`. `occurred_at` is when it happened, `recorded_at` when the network learned it:
    a row counts "as known at T" when recorded_at <= T and it was not voided by T.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at trace person partner site team service_type kind quantity occurred_at recorded_at "
        "recorded_by source_type source_id voided_at voided_by void_reason replaces",
    }

    kind = models.CharField(max_length=30, choices=JourneyKind)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    service_type = models.ForeignKey(ServiceType, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    person = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, null=True, related_name="journey", db_index=False
    )
    quantity = models.DecimalField(max_digits=10, decimal_places=2, default=1)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    source_type = models.CharField(max_length=40)
    source_id = models.UUIDField()
    voided_at = models.DateTimeField(null=True)
    voided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    void_reason = models.CharField(max_length=200, blank=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person", "-occurred_at"], name="journey_person_time"),
            models.Index(
                fields=["partner", "kind", "occurred_at"], name="journey_live", condition=Q(voided_at__isnull=True)
            ),
            models.Index(fields=["partner", "recorded_at"], name="journey_recorded"),
            models.Index(fields=["partner", "voided_at"], name="journey_voided", condition=Q(voided_at__isnull=False)),
            models.Index(fields=["source_id"], name="journey_source"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="journey_quantity_positive"),
        ]
