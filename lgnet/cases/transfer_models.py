"""A case goes to another city of the network: proposed, agreed by the person, sent as a copy, acknowledged there."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User
from lgnet.people.document_models import Document
from lgnet.people.models import Person

ANSWER_DAYS = 7  # within which the other city answers, unless who sends says otherwise


class Part(models.TextChoices):
    """What can go along. Who the person is always does; notes never do."""

    IDENTITY = "identity", _("who the person is: names, birth, citizenship")
    NUMBERS = "numbers", _("numbers of documents and cards")
    CONTACTS = "contacts", _("ways to reach the person, and whether they are safe")
    LANGUAGES = "languages", _("languages, and whether an interpreter is needed")
    HOUSEHOLD = "household", _("the name of the household and the role in it")
    PLAN = "plan", _("the plan: goals and what came of them")
    ASSESSMENTS = "assessments", _("the assessments")


class Transfer(BaseModel):
    """What one city sends to another of a case. What was sent is kept only until it has been answered."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("transfer", "being prepared")
        SENT = "sent", pgettext_lazy("transfer", "sent, waits for an answer")
        ACKNOWLEDGED = "acknowledged", pgettext_lazy("transfer", "acknowledged")
        REFUSED = "refused", pgettext_lazy("transfer", "refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("transfer", "withdrawn")

    OPEN: ClassVar[tuple[str, ...]] = (Status.DRAFT, Status.SENT)
    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner person case to_partner answer_days parts document_classes asked_by "
        "agreed_on agreed_with_interpreter agreed_paper status proposed_by sent_by sent_at due_on restricted "
        "content_sha256 ended_at ended_by",
        "personal": "agreed_language initials languages",
        "sensitive": "why needs content refusal",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="transfers")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="transfers")
    to_partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    why = models.TextField(_("why"))
    answer_days = models.PositiveSmallIntegerField(_("answer within (days)"), default=ANSWER_DAYS)
    parts = models.JSONField(_("what goes along"), default=list)
    document_classes = models.JSONField(_("documents that go along"), default=list)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_on = models.DateField(_("agreed on"), null=True)
    agreed_language = models.CharField(_("asked in"), max_length=8, blank=True)
    agreed_with_interpreter = models.BooleanField(_("with an interpreter"), default=False)
    agreed_paper = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=15, choices=Status, default=Status.DRAFT)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    initials = models.CharField(max_length=8, blank=True)
    languages = models.JSONField(default=list)
    needs = models.JSONField(default=list)
    restricted = models.BooleanField(default=False)
    content = models.JSONField(default=dict)
    content_sha256 = models.CharField(max_length=64, blank=True)
    refusal = models.CharField(_("why it is refused"), max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [
            models.Index(fields=["to_partner", "due_on"], name="transfer_waits", condition=Q(status="sent")),
            models.Index(fields=["partner", "status"], name="transfer_partner_status"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(status__in=["draft", "sent"]), name="transfer_one_open_per_case"
            ),
            models.CheckConstraint(condition=~Q(to_partner=F("partner")), name="transfer_to_another_city"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "withdrawn"])
                | Q(agreed_on__isnull=False, asked_by__isnull=False, agreed_language__gt="", sent_at__isnull=False),
                name="transfer_sent_with_agreement",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "sent"], ended_at__isnull=True)
                | (~Q(status__in=["draft", "sent"]) & Q(ended_at__isnull=False)),
                name="transfer_ended_at_a_moment",
            ),
        ]

    @property
    def is_draft(self) -> bool:
        """Whether nothing was sent yet."""
        return self.status == self.Status.DRAFT

    @property
    def is_waiting(self) -> bool:
        """Whether the other city has to answer."""
        return self.status == self.Status.SENT

    @property
    def is_restricted(self) -> bool:
        """Whether the file was restricted when it was sent, or is now."""
        return self.restricted or self.person.restricted

    @property
    def shown_initials(self) -> str:
        """The initials, unless the file is restricted: then nobody knows who it is."""
        return "" if self.is_restricted else self.initials

    @property
    def is_late(self) -> bool:
        """Whether the other city should have answered by now."""
        return self.is_waiting and self.due_on is not None and self.due_on < timezone.localdate()


class TransferCopy(BaseModel):
    """What came with a transfer, as the receiving city keeps it: a copy of its own, which nobody changes."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner transfer person case from_partner sent_on parts joined received_by",
        "sensitive": "content",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    transfer = models.OneToOneField(Transfer, on_delete=models.PROTECT, related_name="copy")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="transfer_copies")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="transfer_copies")
    from_partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    sent_on = models.DateField()
    parts = models.JSONField(default=list)
    content = models.JSONField(default=dict)
    joined = models.BooleanField(default=False)  # with somebody who was there already
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-created_at"]
