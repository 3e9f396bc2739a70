"""Arrivals at the one-stop shops, and the queue of those who wait (queue_models)."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.cases.models import Referral
from lgnet.catalogue.models import ServiceType, Site, Team
from lgnet.core.models import BaseModel
from lgnet.desks.mediation_models import MediationBooking, MediationOffer, MediatorHere
from lgnet.desks.queue_models import Counter, Screen, Ticket
from lgnet.network.models import Partner, User
from lgnet.people.models import Person

__all__ = ["Counter", "MediationBooking", "MediationOffer", "MediatorHere", "Screen", "Ticket", "Visit"]


class Visit(BaseModel):
    """A person came to the desk, by her- or himself or with a card."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner site team person referral arrived_at recorded_by",
        "sensitive": "topic note",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="visits")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="visits")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="visits")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="visits")
    arrived_at = models.DateTimeField(_("arrived at"), default=timezone.now)
    topic = models.CharField(_("asks for"), max_length=20, choices=ServiceType.Area.choices, blank=True)
    note = models.TextField(_("note"), blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-arrived_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["partner", "-arrived_at"], name="visit_partner_time")]
