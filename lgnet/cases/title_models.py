"""What was done so that somebody renews a title to stay in time."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User
from lgnet.people.models import EligibilityCheck


class TitleStep(BaseModel):
    """One step about a title that ends; the latest says how it stands. No contact and no step of the journey."""

    class State(models.TextChoices):
        TOLD = "told", pgettext_lazy("title to stay", "the person was told")
        BOOKED = "booked", pgettext_lazy("title to stay", "appointment booked")
        ASKED = "asked", pgettext_lazy("title to stay", "renewal asked for")
        NOT_REACHED = "not_reached", pgettext_lazy("title to stay", "could not be reached")

    class Way(models.TextChoices):
        IN_PERSON = "in_person", pgettext_lazy("told", "in person")
        PHONE = "phone", pgettext_lazy("told", "by telephone")
        MESSAGE = "message", pgettext_lazy("told", "by a message")
        THROUGH = "through", pgettext_lazy("told", "through somebody")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner check_seen done_on done_by",
        "sensitive": "state way note",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", db_index=False)
    check_seen = models.ForeignKey(EligibilityCheck, on_delete=models.PROTECT, related_name="title_steps")
    state = models.CharField(_("what was done"), max_length=12, choices=State)
    way = models.CharField(_("how"), max_length=10, choices=Way, blank=True)
    done_on = models.DateField(_("on"), default=timezone.localdate)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-done_on", "-created_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(state="told") | models.Q(way__gt=""), name="title_step_told_in_a_way"
            ),
        ]
