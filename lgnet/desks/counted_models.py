"""Services that are counted on one quick screen: showers, laundry, luggage, meals."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.models import ServiceType, Site, Team
from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User
from lgnet.people.models import Person


class CountedSetting(BaseModel):
    """What a city says of a service of the catalogue: whether it is counted, and how often a day is usual.

    Without a row, a service of the area `practical` is counted and any other is not.
    """

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at partner service_type is_counted daily_limit"}

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    service_type = models.ForeignKey(ServiceType, on_delete=models.PROTECT, related_name="+")
    is_counted = models.BooleanField(_("counted"), default=True)
    daily_limit = models.PositiveSmallIntegerField(_("times a day for one person"), null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "service_type"], name="counted_setting_once"),
            models.CheckConstraint(
                condition=Q(daily_limit__isnull=True) | Q(daily_limit__gt=0), name="counted_limit_positive"
            ),
        ]


class CountedService(BaseModel):
    """One tap: a counted service given to a person, or to somebody whose name is not asked.

    One undone stays, with `voided_at`, and counts nowhere.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner site team person quantity counted_at recorded_by voided_at voided_by",
        "sensitive": "service_type",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    service_type = models.ForeignKey(ServiceType, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="counted_services")
    quantity = models.PositiveSmallIntegerField(_("how many"), default=1)
    counted_at = models.DateTimeField(_("given at"), default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-counted_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["partner", "-counted_at"], name="counted_partner_time"),
            models.Index(fields=["team", "-counted_at"], name="counted_team_time"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="counted_quantity_positive"),
        ]
