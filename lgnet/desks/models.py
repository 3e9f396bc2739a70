"""Arrivals at the one-stop shops; beside them the queue, requests, counted services and mail (`*_models`)."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.cases.models import Referral
from lgnet.catalogue.models import ServiceType, Site, Team
from lgnet.core.models import BaseModel
from lgnet.desks.appointment_models import (
    Absence,
    Appointment,
    AppointmentGroup,
    AppointmentHold,
    AppointmentKind,
    AppointmentWish,
    CalendarFeed,
    CityDay,
    Opening,
    Room,
)
from lgnet.desks.counted_models import CountedService, CountedSetting
from lgnet.desks.mailbox_models import Letter, Mailbox, MailHandover
from lgnet.desks.mediation_models import MediationBooking, MediationOffer, MediatorHere
from lgnet.desks.queue_models import Counter, Screen, Ticket
from lgnet.desks.request_models import DocumentCheck, NeededDocument, Request
from lgnet.network.models import Partner, User
from lgnet.people.models import Person

__all__ = [
    "Absence", "Appointment", "AppointmentGroup", "AppointmentHold", "AppointmentKind", "AppointmentWish",
    "CalendarFeed", "CityDay", "CountedService", "CountedSetting", "Counter", "DocumentCheck", "Letter",
    "MailHandover", "Mailbox", "MediationBooking", "MediationOffer", "MediatorHere", "NeededDocument", "Opening",
    "Request", "Room", "Screen", "Ticket", "Visit",
]  # fmt: skip


class Visit(BaseModel):
    """A person came to the desk, by her- or himself or with a card; or somebody who does not say who it is.

    `minutes` is the time spent with the person, known once the visit is closed.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner site team person referral arrived_at recorded_by "
        "minutes closed_at closed_by",
        "sensitive": "topic note",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="visits")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="visits")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="visits")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="visits")
    arrived_at = models.DateTimeField(_("arrived at"), default=timezone.now)
    topic = models.CharField(_("asks for"), max_length=20, choices=ServiceType.Area.choices, blank=True)
    note = models.TextField(_("note"), blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField(_("minutes spent"), null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-arrived_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["partner", "-arrived_at"], name="visit_partner_time")]
