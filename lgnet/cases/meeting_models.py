"""Team meetings: what is on the agenda, what was said of it, what was decided and who does it by when."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.cases.task_models import Task
from lgnet.catalogue.models import Team
from lgnet.core.models import BaseModel
from lgnet.files.models import StoredFile
from lgnet.network.models import Partner, User


class TeamMeeting(BaseModel):
    """A team meets at a moment; once closed, its minutes are fixed and only added to."""

    class Status(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("meeting", "planned")
        RUNNING = "running", pgettext_lazy("meeting", "under way")
        CLOSED = "closed", pgettext_lazy("meeting", "closed")
        CALLED_OFF = "called_off", pgettext_lazy("meeting", "called off")

    OPEN: ClassVar[tuple[str, ...]] = (Status.PLANNED, Status.RUNNING)
    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner team starts_at place chair status planned_by started_at closed_at closed_by "
        "minutes",
        "personal": "guests",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="meetings")
    starts_at = models.DateTimeField(_("when"))
    place = models.CharField(_("where"), max_length=200, blank=True)
    chair = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.PLANNED)
    guests = models.TextField(_("guests"), blank=True)  # one a line: name, function
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    minutes = models.OneToOneField(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["starts_at", "id"]
        indexes: ClassVar = [models.Index(fields=["partner", "starts_at"], name="meeting_partner_starts")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["team", "starts_at"], condition=~Q(status="called_off"), name="meeting_of_a_team_once"
            ),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False, minutes__isnull=False)
                | (~Q(status="closed") & Q(closed_at__isnull=True, minutes__isnull=True)),
                name="meeting_closed_with_minutes",
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it is still to take place or under way."""
        return self.status in self.OPEN


class Attendance(BaseModel):
    """A colleague who was there."""

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at meeting user"}

    meeting = models.ForeignKey(TeamMeeting, on_delete=models.CASCADE, related_name="attendances")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["meeting", "user"], name="attendance_once")]


class AgendaItem(BaseModel):
    """A case, or a general point, on the agenda of a meeting; one taken out stays, so that it does not come back.

    `reasons` are lists of a code of the register (`agenda`), the day since when, and some words. `came_from` is the
    item of an earlier meeting that was put off.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("agenda", "to discuss")
        DISCUSSED = "discussed", pgettext_lazy("agenda", "discussed")
        PUT_OFF = "put_off", pgettext_lazy("agenda", "put off")
        TAKEN_OUT = "taken_out", pgettext_lazy("agenda", "taken out")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at meeting case position state put_by came_from",
        "sensitive": "words disagreement reasons said",
    }

    meeting = models.ForeignKey(TeamMeeting, on_delete=models.PROTECT, related_name="items")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, null=True, related_name="agenda_items")
    reasons = models.JSONField(default=list)
    words = models.CharField(_("what it is about"), max_length=500, blank=True)
    disagreement = models.BooleanField(_("we disagree on this"), default=False)
    position = models.PositiveIntegerField()
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    said = models.TextField(_("what was said"), blank=True)
    put_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # None: found by itself
    came_from = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="went_to")

    class Meta:
        ordering: ClassVar = ["position", "id"]
        indexes: ClassVar = [models.Index(fields=["case", "state"], name="agenda_case_state")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["meeting", "case"], condition=Q(case__isnull=False), name="agenda_case_once_a_meeting"
            ),
            models.CheckConstraint(condition=Q(case__isnull=False) | Q(words__gt=""), name="agenda_about_something"),
        ]


class Decision(BaseModel):
    """What was decided on an item: who does it, by when. On a case it is a task; a general one is ended here."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at item owner due_on task decided_by done_at done_by withdrawn_at withdrawn_by",
        "sensitive": "words",
    }

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="decisions")
    words = models.CharField(_("what"), max_length=300)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("by"))
    task = models.OneToOneField(Task, on_delete=models.PROTECT, null=True, related_name="decision")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["created_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(task__isnull=True) | Q(done_at__isnull=True), name="decision_done_once"),
        ]

    @property
    def state(self) -> str:
        """How it stands, as the states of tasks say it."""
        if self.task:
            return self.task.status
        return Task.Status.DONE if self.done_at else Task.Status.OPEN

    @property
    def state_words(self) -> str:
        """The same in words."""
        return str(Task.Status(self.state).label)

    @property
    def is_late(self) -> bool:
        """Whether it should have been done by now."""
        due_on = self.task.due_on if self.task else self.due_on  # the day may have been moved with the task
        return self.state == Task.Status.OPEN and due_on is not None and due_on < timezone.localdate()


class Addendum(BaseModel):
    """What is added to minutes that are closed, about one item or about the whole."""

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at meeting item by", "sensitive": "words"}

    meeting = models.ForeignKey(TeamMeeting, on_delete=models.PROTECT, related_name="addenda")
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, null=True, related_name="addenda")
    words = models.TextField(_("what has to be added or put right"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["created_at", "id"]
