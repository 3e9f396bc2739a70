"""Two files of one person: pairs that may be one, and files that were joined."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User


class PersonPair(BaseModel):
    """Two persons of a city who may be one, with why; or of whom somebody said that they are two people.

    `one` is the smaller id, so that a pair is there once. Pairs to look at are written by
    `people.duplicates.find_duplicates`; a pair said to be different is never proposed again.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("to look at")
        DIFFERENT = "different", _("two different people")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner one other score reasons status decided_by decided_at"
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", db_index=False)
    one = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    other = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    score = models.FloatField(default=0)
    reasons = models.JSONField(default=list)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.OPEN)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["partner", "status", "-score"], name="pair_partner_status")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["one", "other"], name="pair_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="pair_in_order"),
        ]


class PersonMerge(BaseModel):
    """Two files of one person were joined: the history of `absorbed` went to `kept`, and can go back.

    `created_at` is when. `moved` tells by field ("cases.Case.person") which rows were pointed at `kept`, `stayed` which
    were there already; `adjusted` the values of rows that changed with it, before and after; `values` those of `kept`
    itself; `events` the rows of the journey written for it. `put_back` and `left` tell of the undoing.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner kept absorbed merged_by moved stayed events undone_by undone_at put_back "
        "left",
        "sensitive": "reason values adjusted undo_reason",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", db_index=False)
    kept = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    absorbed = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    merged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("why it is the same person"), max_length=300)
    values = models.JSONField(default=dict)
    moved = models.JSONField(default=dict)
    stayed = models.JSONField(default=dict)
    adjusted = models.JSONField(default=list)
    events = models.JSONField(default=list)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undo_reason = models.CharField(_("why they are two people"), max_length=300, blank=True)
    put_back = models.JSONField(default=dict)
    left = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["partner", "-created_at"], name="merge_partner_time")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["absorbed"], condition=Q(undone_at__isnull=True), name="merge_of_a_person_once"
            ),
            models.CheckConstraint(condition=~Q(kept=F("absorbed")), name="merge_of_two"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="merge_undone_by_somebody",
            ),
        ]
