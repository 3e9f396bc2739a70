"""Computed figures, kept so that a page reads them at once."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from lgnet.core.models import BaseModel
from lgnet.network.models import Partner


class Figure(BaseModel):
    """The value of an indicator for a partner (or the whole network: no partner) in a quarter, known at `computed_at`.

    Quarters without any evidence are left out, but for the one of `computed_at`.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at indicator partner quarter value nine_in_ten base spread computed_at"
    }

    indicator = models.CharField(max_length=60)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, null=True, related_name="+")
    quarter = models.DateField()  # its first day
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True)  # none when there is nothing to measure
    nine_in_ten = models.DecimalField(
        max_digits=14, decimal_places=2, null=True
    )  # for days, where `value` is the median
    base = models.PositiveIntegerField(default=0)  # rows of evidence behind the value
    spread = models.JSONField(default=dict)  # for days: how many rows have how many, so that medians can be kept exact
    computed_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["partner", "quarter"], name="figure_partner_quarter")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["indicator", "partner", "quarter"], name="figure_once", condition=Q(partner__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["indicator", "quarter"], name="figure_network_once", condition=Q(partner__isnull=True)
            ),
        ]
