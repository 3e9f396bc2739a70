"""The case, from taking in charge to its outcome; referrals are in `referral_models`."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.cases.after_models import FollowUp, Helpfulness, HelpfulnessNotAsked
from lgnet.cases.codes import AssessmentKind, Destination
from lgnet.cases.handover_models import Handover, HandoverCase, HandoverPoint
from lgnet.cases.instrument_models import AssessmentSheet, Instrument, InstrumentVersion, SheetChange
from lgnet.cases.meeting_models import Addendum, AgendaItem, Attendance, Decision, TeamMeeting
from lgnet.cases.note_models import CaseNote, CaseNoteVersion
from lgnet.cases.plan_models import PlanAction, PlanReview, PlanSignature, ThingState
from lgnet.cases.referral_models import (
    CardCode,
    Receiver,
    Referral,
    ReferralLink,
    ReferralNote,
    ReferralStep,
    Side,
)
from lgnet.cases.task_models import Task, TaskMailWish, TaskStep
from lgnet.cases.title_models import TitleStep
from lgnet.cases.transfer_models import Transfer, TransferCopy
from lgnet.cases.waiting_models import DelayCause, WaitLimit
from lgnet.catalogue.models import ServiceType, Team
from lgnet.core.models import BaseModel
from lgnet.files.models import StoredFile
from lgnet.network.models import Partner, User
from lgnet.network.roles import Profile
from lgnet.people.codes import HousingSituation
from lgnet.people.document_models import Document
from lgnet.people.models import Person

__all__ = [
    "Addendum", "AgendaItem", "AssessmentSheet", "Attendance", "CardCode", "CaseNote", "CaseNoteVersion", "Decision",
    "DelayCause", "FollowUp", "Handover", "HandoverCase", "HandoverPoint", "Helpfulness", "HelpfulnessNotAsked",
    "Instrument", "InstrumentVersion", "PlanAction", "PlanReview", "PlanSignature", "Receiver", "Referral",
    "ReferralLink", "ReferralNote", "ReferralStep", "SheetChange", "Side", "Task", "TaskMailWish", "TaskStep",
    "TeamMeeting", "ThingState", "TitleStep", "Transfer", "TransferCopy", "WaitLimit",
]  # fmt: skip


class Case(BaseModel):
    """A person is taken in charge by a team, from a day to an outcome."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    class Basis(models.TextChoices):
        REFERRAL = "referral", _("referral from another service")
        DESK = "desk", _("need heard at the desk")
        REQUEST = "request", _("request of the person")
        AUTHORITY = "authority", _("report of an authority")
        TRANSFER = "transfer", _("transfer from another city")

    class Outcome(models.TextChoices):
        """Closing reasons: the national list of SAI and those of the work (DOMAIN 3, Closing reasons)."""

        GOAL_REACHED = "goal_reached", _("goals reached")
        INSERTION = "insertion", _("socio-economic insertion")
        ORDINARY_SERVICES = "ordinary_services", _("handed to ordinary services")
        MOVED = "moved", _("moved elsewhere")
        ABANDONED = "abandoned", _("voluntary abandonment")
        LOST_CONTACT = "lost_contact", _("lost contact")
        END_OF_TERM = "end_of_term", _("end of term")
        RETURN = "return", _("assisted voluntary return")
        DUBLIN = "dublin", _("Dublin transfer")
        REMOVED = "removed", _("ended by decision of the service")
        NOT_ELIGIBLE = "not_eligible", _("not eligible")
        DEATH = "death", _("death")
        OTHER = "other", _("other")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at updated_at partner person team manager referral reopens status opened_on opened_by "
        "closed_on closed_by",
        "sensitive": "basis basis_note outcome destination outcome_note housing_at_exit",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cases")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="cases")
    manager = models.ForeignKey(User, on_delete=models.PROTECT, related_name="managed_cases")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="cases")
    reopens = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reopened_by")
    basis = models.CharField(_("basis"), max_length=15, choices=Basis)
    basis_note = models.TextField(_("why"), blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    opened_on = models.DateField(_("taken in charge on"), default=timezone.localdate)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices, blank=True)
    destination = models.CharField(_("where the person goes"), max_length=20, choices=Destination.choices, blank=True)
    outcome_note = models.TextField(_("what changed"), blank=True)
    housing_at_exit = models.CharField(
        _("housing at the end"), max_length=2, choices=HousingSituation.choices, blank=True
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["-opened_on", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["partner", "status", "-opened_on"], name="case_partner_status"),
            # `person` is in it so that cases of hidden files are left out without reading the others
            models.Index(fields=["partner", "-opened_on", "person"], name="case_partner_opened"),
            models.Index(fields=["manager", "status"], name="case_manager_status"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "person"], condition=Q(status="open"), name="case_one_open_per_person"
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")), name="case_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(status="open", closed_on__isnull=True, outcome="")
                | Q(status="closed", closed_on__isnull=False, outcome__gt=""),
                name="case_closed_with_outcome",
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether work on it goes on."""
        return self.status == self.Status.OPEN


class CaseMember(BaseModel):
    """Somebody works on the case, in a profession, from when to when; on the whole of it, or only in some areas."""

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at case user profile areas starts_at ends_at"}

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="case_memberships")
    profile = models.CharField(_("profession"), max_length=30, choices=Profile.choices, blank=True)
    areas = models.JSONField(_("works only on"), default=list, blank=True)  # of service; none: the whole case
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "user"], condition=Q(ends_at__isnull=True), name="case_member_once"
            ),
        ]

    @property
    def area_names(self) -> list[str]:
        """The areas of service of a part, in words."""
        return [str(ServiceType.Area(code).label) for code in self.areas if code in ServiceType.Area.values]


class Assessment(BaseModel):
    """A dated assessment note of the team. Never overwritten."""

    Kind = AssessmentKind

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at case kind done_on author",
        "sensitive": "note needs housing",
    }

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assessments")
    kind = models.CharField(_("kind"), max_length=15, choices=AssessmentKind)
    done_on = models.DateField(_("done on"), default=timezone.localdate)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(_("note"))
    needs = models.JSONField(_("areas of need"), default=list, blank=True)
    housing = models.CharField(_("housing now"), max_length=2, choices=HousingSituation.choices, blank=True)

    class Meta:
        ordering: ClassVar = ["-done_on", "-created_at"]


class Plan(BaseModel):
    """One version of the individual plan; once signed it is not changed, a new version follows."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SIGNED = "signed", _("signed")

    class Way(models.TextChoices):
        """How it was signed."""

        DRAWN = "drawn", _("on the screen")
        SCAN = "scan", _("on paper, with a scan of it")
        PAPER = "paper", _("on paper, the scan follows")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at case version status author signed_on signed_with interpreter_present signed_how "
        "paper scan review_on",
        "personal": "language",
    }

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="plans")
    version = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_on = models.DateField(_("signed on"), null=True)
    signed_with = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    language = models.CharField(_("explained in"), max_length=8, blank=True)
    interpreter_present = models.BooleanField(_("interpreter present"), default=False)
    signed_how = models.CharField(_("signed"), max_length=10, choices=Way, blank=True)
    paper = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")  # what was signed
    scan = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    review_on = models.DateField(_("next review"), null=True)

    class Meta:
        ordering: ClassVar = ["-version"]
        indexes: ClassVar = [
            models.Index(fields=["review_on"], name="plan_review_due", condition=Q(review_on__isnull=False))
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "version"], name="plan_version_once"),
            models.CheckConstraint(
                condition=Q(status="draft", signed_on__isnull=True) | Q(status="signed", signed_on__isnull=False),
                name="plan_signed_on_a_day",
            ),
        ]

    @property
    def waits_for_scan(self) -> bool:
        """Whether it was signed on paper, and the scan is still to be kept."""
        return self.signed_how == self.Way.PAPER


class Goal(BaseModel):
    """What the person wants to reach, in her or his own words."""

    class Status(models.TextChoices):
        OPEN = "open", _("under way")
        REACHED = "reached", _("reached")
        PARTLY = "partly", _("partly reached")
        NOT_REACHED = "not_reached", _("not reached")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at plan follows position due_on status",
        "sensitive": "area words",
    }

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="goals")
    follows = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="followed_by")
    position = models.PositiveSmallIntegerField()
    area = models.CharField(_("area"), max_length=20, choices=ServiceType.Area)
    words = models.TextField(_("goal, in the person's words"))
    due_on = models.DateField(_("by"), null=True, blank=True)
    status = models.CharField(_("result"), max_length=15, choices=Status, default=Status.OPEN)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "position"], name="goal_position_once")]


class ServiceDelivery(BaseModel):
    """A service of the catalogue given to the person, on a day, in a quantity of its unit."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at case person partner team service_type delivered_on quantity delivered_by",
        "sensitive": "note",
    }

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="deliveries")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    service_type = models.ForeignKey(ServiceType, on_delete=models.PROTECT, related_name="+")
    delivered_on = models.DateField(_("on"), default=timezone.localdate)
    quantity = models.DecimalField(_("quantity"), max_digits=8, decimal_places=2, default=1)
    delivered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(_("note"), blank=True)

    class Meta:
        ordering: ClassVar = ["-delivered_on", "-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="delivery_quantity_positive"),
        ]
