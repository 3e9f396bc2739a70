"""Who waits for a step of the journey, how long a step may take, and why it takes longer."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User
from lgnet.people.models import Person


class Step(models.TextChoices):
    """What somebody can wait for, in the order of the journey."""

    CASE = "case", _("to be taken in charge")
    ASSESSED = "assessed", _("the assessment")
    PLAN = "plan", _("the signed plan")
    SERVICE = "service", _("the first service")


# From which moment of the episode a step is waited for, and within how many days it should come: 60 and 120 are those
# of the national measure (DOMAIN 3).
BEGINS = {Step.CASE: "met_at", Step.ASSESSED: "case_at", Step.PLAN: "case_at", Step.SERVICE: "plan_at"}
REACHED = {Step.CASE: "case_at", Step.ASSESSED: "assessed_at", Step.PLAN: "plan_at", Step.SERVICE: "service_at"}
USUAL_LIMITS = {Step.CASE: 60, Step.ASSESSED: 30, Step.PLAN: 120, Step.SERVICE: 30}


class WaitLimit(BaseModel):
    """Within how many days a step should come in a city; without one, USUAL_LIMITS."""

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at partner step days set_by"}

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="wait_limits")
    step = models.CharField(max_length=10, choices=Step)
    days = models.PositiveSmallIntegerField(_("days"))
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "step"], name="wait_limit_once"),
            models.CheckConstraint(condition=Q(days__gte=1), name="wait_limit_a_day_at_least"),
        ]


class DelayCause(BaseModel):
    """Why somebody still waits for a step of an episode; the latest one stands, those before are its history.

    Causes in ENDING say that nobody waits any more: the person is not on the board, and does not count as late.
    """

    class Cause(models.TextChoices):
        NOT_FOUND = "not_found", _("the person cannot be found")
        UNDECIDED = "undecided", _("the person has not decided yet")
        TITLE = "title", _("the title to stay is not clear yet")
        MEDIATOR = "mediator", _("no mediator for the language")
        STAFF = "staff", _("nobody of the team is free")
        PLACE = "place", _("no place in a house or course")
        OTHER_SERVICE = "other_service", _("another service has to answer first")
        HEALTH = "health", _("illness or stay in hospital")
        OTHER = "other", pgettext_lazy("cause of a delay", "something else")
        DECLINED = "declined", _("the person does not want it")
        LEFT = "left", _("the person has left the city")
        NOT_NEEDED = "not_needed", _("an answer was enough: it is not needed")

    ENDING: ClassVar[tuple[str, ...]] = (Cause.DECLINED, Cause.LEFT, Cause.NOT_NEEDED)
    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner person episode step stated_at stated_by followed_at",
        "sensitive": "cause note",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delay_causes")
    episode = models.PositiveSmallIntegerField()  # its number
    step = models.CharField(max_length=10, choices=Step)
    cause = models.CharField(_("why"), max_length=15, choices=Cause)
    note = models.CharField(_("note"), max_length=300, blank=True)
    stated_at = models.DateTimeField(default=timezone.now)
    stated_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    followed_at = models.DateTimeField(null=True)  # when another one took its place

    class Meta:
        ordering: ClassVar = ["-stated_at"]
        indexes: ClassVar = [
            models.Index(fields=["person", "step"], name="delay_cause_stands", condition=Q(followed_at__isnull=True))
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "episode", "step"],
                condition=Q(followed_at__isnull=True),
                name="delay_cause_one_stands",
            )
        ]
