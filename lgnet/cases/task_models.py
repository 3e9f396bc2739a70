"""Tasks: what somebody has to do for a person, until when, and what came of it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User
from lgnet.people.models import Person


class Task(BaseModel):
    """One thing that one colleague does, in a case or for a person; who has no case may have tasks too."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("task", "to do")
        DONE = "done", pgettext_lazy("task", "done")
        DROPPED = "dropped", pgettext_lazy("task", "not needed any more")

    class Origin(models.TextChoices):
        """Where a task comes from."""

        HAND = "hand", _("written by a colleague")
        DECISION = "decision", _("decided in a team meeting")
        HANDOVER = "handover", _("handed over")
        PLAN = "plan", _("from the plan")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner case person origin source_id follows owner due_on remind_on status "
        "created_by ended_at ended_by",
        "sensitive": "words result",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="tasks")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, null=True, related_name="tasks")
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.HAND)
    source_id = models.UUIDField(null=True)  # of the decision, handover or action it comes from
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followed_by")
    words = models.CharField(_("what has to be done"), max_length=300)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tasks")
    due_on = models.DateField(_("by"), null=True)
    remind_on = models.DateField(_("remind on"), null=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    result = models.CharField(_("what came of it"), max_length=300, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = [models.F("due_on").asc(nulls_last=True), "created_at"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "due_on"], name="task_owner_open", condition=Q(status="open")),
            models.Index(fields=["case", "status"], name="task_case_status"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status="open", ended_at__isnull=True) | (~Q(status="open") & Q(ended_at__isnull=False)),
                name="task_ended_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(remind_on__isnull=True) | Q(remind_on__lte=F("due_on")),
                name="task_reminded_before_due",
            ),
            models.UniqueConstraint(fields=["follows"], condition=~Q(status="dropped"), name="task_followed_once"),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.status == self.Status.OPEN

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been done by now."""
        return self.is_open and self.due_on is not None and self.due_on < timezone.localdate()


class TaskStep(BaseModel):
    """What happened to a task since it was written: for its history, which is never overwritten."""

    class What(models.TextChoices):
        WORDS = "words", pgettext_lazy("task", "written anew")
        DATES = "dates", pgettext_lazy("task", "other day")
        GIVEN = "given", pgettext_lazy("task", "given to somebody else")
        DONE = "done", pgettext_lazy("task", "done")
        DROPPED = "dropped", pgettext_lazy("task", "not needed any more")
        AGAIN = "again", pgettext_lazy("task", "to do again")

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at task what by to due_on", "sensitive": "words"}

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="steps")
    what = models.CharField(max_length=10, choices=What)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=300, blank=True)  # those of before, or what was said at the end
    to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(null=True)  # the one of before

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]


class TaskMailWish(BaseModel):
    """A colleague wishes an e-mail on the mornings on which something is due."""

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at user"}

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
