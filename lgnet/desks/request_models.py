"""What people ask at the desk, what they were answered, and what was promised for later."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.catalogue.knowledge_models import KnowledgeVersion
from lgnet.catalogue.models import ServiceType, Site, Team
from lgnet.core.languages import in_reader_language
from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User
from lgnet.people.models import Person


class Request(BaseModel):
    """One thing asked at a visit, coded by the service catalogue, with its answer.

    Without an outcome it is open; `later` is a promise with an owner and a day, open until another outcome follows.
    One recorded by mistake stays, with `voided_at` and the reason, and counts nowhere.
    """

    class Outcome(models.TextChoices):
        OPEN = "", _("not answered yet")
        ANSWERED = "answered", pgettext_lazy("outcome of a request", "answered")
        REFERRED = "referred", pgettext_lazy("outcome of a request", "referred to another service")
        APPOINTMENT = "appointment", _("appointment given")
        LATER = "later", _("taken for later")
        IMPOSSIBLE = "impossible", _("cannot be answered")

    class Reason(models.TextChoices):
        NOT_SAID = "", _("not said")
        NO_RIGHT = "no_right", _("the law gives no right to it")
        NO_SERVICE = "no_service", _("no such service in the city")
        NO_PLACE = "no_place", _("no place is free")
        DOCUMENTS = "documents", _("documents are missing")
        ELSEWHERE = "elsewhere", _("another authority answers, the person goes there alone")
        LANGUAGE = "language", _("no common language")
        GAVE_UP = "gave_up", _("the person gave up")
        OTHER = "other", pgettext_lazy("reason", "other")

    class Mediation(models.TextChoices):
        NONE = "", _("no mediator")
        OWN = "own", _("mediator of the service")
        PHONE = "phone", _("interpreter by phone or video")
        OTHER = "other", _("somebody the person knows")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner site team visit person asked_at outcome mediation owner due_on promised_at "
        "answered_by answered_at recorded_by voided_at voided_by",
        "personal": "language",
        "sensitive": "service_type words reason answer answer_page answer_title void_reason",
    }
    FINAL: ClassVar[tuple[str, ...]] = (
        Outcome.ANSWERED, Outcome.REFERRED, Outcome.APPOINTMENT, Outcome.IMPOSSIBLE,
    )  # fmt: skip

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="requests")
    visit = models.ForeignKey("desks.Visit", on_delete=models.PROTECT, related_name="requests")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="requests")
    service_type = models.ForeignKey(
        ServiceType, on_delete=models.PROTECT, related_name="+", verbose_name=_("what is asked")
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    words = models.TextField(_("in the person's words"), blank=True)
    mediation = models.CharField(_("mediator"), max_length=10, choices=Mediation, blank=True)
    language = models.CharField(_("language spoken"), max_length=8, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True, default=Outcome.OPEN)
    reason = models.CharField(_("why it cannot be answered"), max_length=12, choices=Reason, blank=True)
    answer = models.TextField(_("answer given"), blank=True)
    # the page of answers used, as it was then, and its title
    answer_page = models.ForeignKey(
        KnowledgeVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="requests_answered"
    )
    answer_title = models.CharField(_("page of answers"), max_length=200, blank=True)
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who keeps the promise")
    )
    due_on = models.DateField(_("promised by"), null=True, blank=True)
    promised_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    void_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["asked_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["partner", "-asked_at"], name="request_partner_time"),
            models.Index(fields=["team", "-asked_at", "service_type"], name="request_team_time"),
            models.Index(
                fields=["partner", "due_on"], name="request_promised",
                condition=Q(outcome="later", voided_at__isnull=True),
            ),
        ]  # fmt: skip
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(outcome="later") | Q(owner__isnull=False, due_on__isnull=False, promised_at__isnull=False),
                name="request_promise_has_owner",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "later"], answered_at__isnull=True)
                | (Q(answered_at__isnull=False) & ~Q(outcome__in=["", "later"])),
                name="request_answered_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="impossible") | ~Q(reason=""), name="request_impossible_has_reason"
            ),
        ]

    @property
    def is_overdue(self) -> bool:
        """Whether it was promised for a day that has passed."""
        return bool(self.outcome == self.Outcome.LATER and self.due_on and self.due_on < timezone.localdate())

    @property
    def is_final(self) -> bool:
        """Whether it was answered, in whatever way."""
        return self.outcome in self.FINAL

    @property
    def was_kept_late(self) -> bool:
        """Whether a promise was kept after its day."""
        return bool(self.answered_at and self.due_on and timezone.localdate(self.answered_at) > self.due_on)


class NeededDocument(BaseModel):
    """A document that a service of the catalogue asks for in this city: a line of the checklist at the desk."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "public": "id created_at partner service_type name_it name_en position is_active"
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    service_type = models.ForeignKey(ServiceType, on_delete=models.PROTECT, related_name="+", verbose_name=_("service"))
    name_it = models.CharField(_("name in Italian"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=1)
    is_active = models.BooleanField(_("asked for"), default=True)

    class Meta:
        ordering: ClassVar = ["service_type", "position", "name_it"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "service_type", "name_it"], name="needed_document_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_reader_language(self.name_it, self.name_en or self.name_it)


class DocumentCheck(BaseModel):
    """A document of the checklist was seen, or was missing, for one request."""

    class State(models.TextChoices):
        SEEN = "seen", pgettext_lazy("document", "seen")
        MISSING = "missing", pgettext_lazy("document", "missing")

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at request document state checked_by checked_at"}

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="document_checks")
    document = models.ForeignKey(NeededDocument, on_delete=models.PROTECT, related_name="checks")
    state = models.CharField(max_length=10, choices=State)
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "document"], name="document_checked_once"),
        ]
