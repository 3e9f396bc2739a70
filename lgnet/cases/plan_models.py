"""What belongs to a plan beside its goals: actions, signatures, reviews."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.core.models import BaseModel
from lgnet.files.models import StoredFile
from lgnet.network.models import User


class ThingState(models.TextChoices):
    """How it stands with the real thing that an action is linked to, as far as the plan is concerned."""

    EXPECTED = "expected", pgettext_lazy("what an action is linked to", "expected")
    UNDER_WAY = "under_way", pgettext_lazy("what an action is linked to", "under way")
    DONE = "done", pgettext_lazy("what an action is linked to", "has taken place")
    FAILED = "failed", pgettext_lazy("what an action is linked to", "came to nothing")


class PlanAction(BaseModel):
    """One step towards a goal: who does what, until when.

    It may be linked to a real thing (`plan_links`), by the code of its kind and its id; then it follows that thing,
    unless somebody has said by hand how it ended (`said_by`). `follows` is the action of the version before.
    """

    class Status(models.TextChoices):
        TODO = "todo", pgettext_lazy("action of a plan", "to do")
        UNDER_WAY = "under_way", pgettext_lazy("action of a plan", "under way")
        DONE = "done", pgettext_lazy("action of a plan", "done")
        NOT_DONE = "not_done", pgettext_lazy("action of a plan", "not done")

    class Who(models.TextChoices):
        PERSON = "person", _("the person")
        COLLEAGUE = "colleague", _("a colleague")
        OTHER = "other", _("somebody else")

    STILL: ClassVar[tuple[str, ...]] = (Status.TODO, Status.UNDER_WAY)
    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at goal follows position who owner starts_on due_on status done_on link_kind link_id "
        "thing before before_on before_by before_at said_by said_at",
        "personal": "who_words",
        "sensitive": "words",
    }

    goal = models.ForeignKey("cases.Goal", on_delete=models.CASCADE, related_name="actions")
    follows = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="followed_by")
    position = models.PositiveSmallIntegerField()
    words = models.CharField(_("what is done"), max_length=300)
    who = models.CharField(_("who does it"), max_length=10, choices=Who, default=Who.PERSON)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    who_words = models.CharField(_("who else"), max_length=120, blank=True)
    starts_on = models.DateField(_("from"), null=True)
    due_on = models.DateField(_("by"), null=True)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.TODO)
    done_on = models.DateField(_("done on"), null=True)
    link_kind = models.CharField(max_length=20, blank=True)
    link_id = models.UUIDField(null=True)
    thing = models.CharField(max_length=10, choices=ThingState, blank=True)
    # what `said_by` changed, to take it back: the state, its day, and who had said it by hand when
    before = models.CharField(max_length=10, choices=Status, blank=True)
    before_on = models.DateField(null=True)
    before_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    before_at = models.DateTimeField(null=True)
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    said_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["position"]
        indexes: ClassVar = [
            models.Index(fields=["link_id"], name="plan_action_link", condition=Q(link_id__isnull=False)),
            models.Index(fields=["owner", "status"], name="plan_action_owner"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["goal", "position"], name="plan_action_position_once"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(due_on__isnull=True) | Q(due_on__gte=F("starts_on")),
                name="plan_action_due_after_start",
            ),
            models.CheckConstraint(
                condition=Q(who="colleague", owner__isnull=False) | (~Q(who="colleague") & Q(owner__isnull=True)),
                name="plan_action_colleague_named",
            ),
            models.CheckConstraint(
                condition=Q(status="done", done_on__isnull=False) | (~Q(status="done") & Q(done_on__isnull=True)),
                name="plan_action_done_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(link_kind="", link_id__isnull=True, thing="")
                | (~Q(link_kind="") & Q(link_id__isnull=False) & ~Q(thing="")),
                name="plan_action_linked_whole",
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.status in self.STILL

    @property
    def is_late(self) -> bool:
        """Whether it should have been done by now."""
        return bool(self.is_open and self.due_on and self.due_on < timezone.localdate())

    @property
    def asks_what_next(self) -> bool:
        """Whether what it counted on came to nothing, and nobody has said how it goes on."""
        return self.is_open and self.thing == ThingState.FAILED

    @property
    def can_be_taken_back(self) -> bool:
        """Whether what was said of it by hand today can be undone."""
        return bool(self.said_at and timezone.localdate(self.said_at) == timezone.localdate())


class PlanSignature(BaseModel):
    """Somebody has agreed a plan: drawn on the screen, said with a typed name, or on the paper."""

    class Role(models.TextChoices):
        PERSON = "person", _("the person")
        OPERATOR = "operator", _("for the team")
        INTERPRETER = "interpreter", _("interpreter or mediator")

    class Way(models.TextChoices):
        DRAWN = "drawn", _("drawn on the screen")
        TYPED = "typed", _("agreed with a typed name")
        PAPER = "paper", _("on the paper")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at plan role way recorded_by",
        "personal": "name picture",
    }

    plan = models.ForeignKey("cases.Plan", on_delete=models.CASCADE, related_name="signatures")
    role = models.CharField(max_length=15, choices=Role)
    way = models.CharField(max_length=10, choices=Way)
    name = models.CharField(max_length=200)
    picture = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["created_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "role"], name="plan_signature_once"),
            models.CheckConstraint(
                condition=Q(way="drawn", picture__isnull=False) | (~Q(way="drawn") & Q(picture__isnull=True)),
                name="plan_signature_drawn_has_picture",
            ),
        ]


class PlanReview(BaseModel):
    """The team and the person look at a signed plan together. `states` keeps what they saw: kind, words, state."""

    class Outcome(models.TextChoices):
        GOES_ON = "goes_on", _("the plan goes on as it is")
        NEW_VERSION = "new_version", _("a new version is written")
        CLOSE = "close", _("the case is closed")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at plan done_on by outcome next_on",
        "sensitive": "team_says person_says states",
    }

    plan = models.ForeignKey("cases.Plan", on_delete=models.PROTECT, related_name="reviews")
    done_on = models.DateField(_("done on"), default=timezone.localdate)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    team_says = models.TextField(_("what the team says"), blank=True)
    person_says = models.TextField(_("what the person says"))
    states = models.JSONField(default=list)
    outcome = models.CharField(_("how it goes on"), max_length=15, choices=Outcome)
    next_on = models.DateField(_("next review"), null=True)

    class Meta:
        ordering: ClassVar = ["-done_on", "-created_at"]
