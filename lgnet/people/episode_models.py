"""When somebody reached which step, from the first meeting to an outcome: it follows from the journey."""

from typing import ClassVar

from django.db import models

from lgnet.core.models import BaseModel
from lgnet.network.models import Partner


class Episode(BaseModel):
    """One way of a person through the services: from the first meeting, or the first after a case was closed, to the
    closing of a case. Who comes back begins another one.

    It follows from the journey (people.episodes) and changes with it; the moments are those at which it happened.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner person number met_at desk_at assessed_at case_at plan_at service_at "
        "outcome_at"
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="episodes")
    number = models.PositiveSmallIntegerField()
    met_at = models.DateTimeField()
    desk_at = models.DateTimeField(null=True)
    assessed_at = models.DateTimeField(null=True)
    case_at = models.DateTimeField(null=True)
    plan_at = models.DateTimeField(null=True)
    service_at = models.DateTimeField(null=True)
    outcome_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["person", "number"]
        indexes: ClassVar = [
            models.Index(fields=["partner", "met_at"], name="episode_partner_met"),
            models.Index(
                fields=["partner", "met_at"], name="episode_no_case",
                condition=models.Q(case_at__isnull=True, outcome_at__isnull=True),
            ),
            models.Index(
                fields=["partner", "case_at"], name="episode_open_case",
                condition=models.Q(case_at__isnull=False, outcome_at__isnull=True),
            ),
        ]  # fmt: skip
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "number"], name="episode_number_once")]
