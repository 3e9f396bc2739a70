"""Records with a coarse position."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Positioned(models.Model):
    """Has, perhaps, a position of about 100 m: no finer one can be stored. `is_far` flags one not in the city."""

    latitude = models.DecimalField(_("latitude"), max_digits=6, decimal_places=3, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=6, decimal_places=3, null=True, blank=True)
    is_far = models.BooleanField(_("far from the city"), default=False)

    class Meta:
        abstract = True


def whole_position(name: str) -> models.CheckConstraint:
    """The constraint that a position is on earth and has both its halves, or is not there."""
    none = Q(latitude__isnull=True, longitude__isnull=True, is_far=False)
    there = Q(latitude__isnull=False, longitude__isnull=False)
    return models.CheckConstraint(
        condition=none | there & Q(latitude__range=(-90, 90), longitude__range=(-180, 180)), name=name
    )
