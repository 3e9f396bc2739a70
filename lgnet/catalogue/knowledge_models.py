"""Pages of answers: what operators may tell people, reviewed by a second person, in versions and languages."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.catalogue.models import ServiceType
from lgnet.core.languages import reader_language
from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User

FIRST_LANGUAGE = "it"  # every page is written in it first


class KnowledgePage(BaseModel):
    """An answer of one city, or of the network for every city (no partner). What it says is in its versions."""

    PRIVACY: ClassVar[dict[str, str]] = {"public": "id created_at partner", "internal": "made_by"}

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="knowledge_pages")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    @property
    def scope(self) -> str:
        """For whom it is, in words."""
        return self.partner.short_name if self.partner else str(_("the whole network"))


class KnowledgeVersion(BaseModel):
    """What a page says from its approval on, until a newer version is approved or somebody declares it outdated.

    Only an approved one is an answer. Whoever wrote a word of it (`writers`) does not review it.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_REVIEW = "in_review", _("waiting for review")
        APPROVED = "approved", pgettext_lazy("page of answers", "approved")
        OUTDATED = "outdated", _("outdated")

    OPEN = (Status.DRAFT, Status.IN_REVIEW)
    PRIVACY: ClassVar[dict[str, str]] = {
        "public": "id created_at page number status topic service_type sources valid_until review_by is_public",
        "internal": "author changed_at submitted_at reviewer reviewed_at review_note outdated_at outdated_by "
        "outdated_reason",
    }

    page = models.ForeignKey(KnowledgePage, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.DRAFT)
    topic = models.CharField(_("topic"), max_length=20, choices=ServiceType.Area.choices)
    service_type = models.ForeignKey(ServiceType, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sources = models.JSONField(default=list, blank=True)  # each with "label", perhaps "url"
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    review_by = models.DateField(_("to be looked at again by"))
    is_public = models.BooleanField(_("on the public site too"), default=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    writers = models.ManyToManyField(User, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True)
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    review_note = models.CharField(max_length=500, blank=True)
    outdated_at = models.DateTimeField(null=True)
    outdated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    outdated_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["page", "number"], name="knowledge_number_once"),
            models.UniqueConstraint(fields=["page"], condition=Q(status="approved"), name="knowledge_approved_once"),
            models.UniqueConstraint(
                fields=["page"], condition=Q(status__in=["draft", "in_review"]), name="knowledge_draft_once"
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(reviewer__isnull=False), name="knowledge_approved_by_somebody"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the reader's language, or in Italian. Reads `texts`."""
        return self.text_in(reader_language()).title

    @property
    def is_open(self) -> bool:
        """Whether it is still being written or reviewed."""
        return self.status in self.OPEN

    @property
    def languages(self) -> list[str]:
        """The languages it is written in, in the order of the public site. Reads `texts`."""
        there = {text.language for text in self.texts.all()}
        return [code for code, _name in settings.PUBLIC_LANGUAGES if code in there]

    def text_in(self, language: str) -> "KnowledgeText":
        """The text in this language, or in Italian. Reads `texts`."""
        texts = {text.language: text for text in self.texts.all()}
        return texts.get(language) or texts[FIRST_LANGUAGE]


class KnowledgeText(BaseModel):
    """A version in one language. The keys are what is searched: without capitals and accents."""

    PRIVACY: ClassVar[dict[str, str]] = {"public": "id created_at version language title body title_key body_key"}

    version = models.ForeignKey(KnowledgeVersion, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=5, choices=settings.PUBLIC_LANGUAGES)
    title = models.CharField(_("title"), max_length=150)
    body = models.TextField(_("text"))
    title_key = models.CharField(max_length=300, editable=False)
    body_key = models.TextField(editable=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "language"], name="knowledge_text_once")]


class KnowledgeFeedback(BaseModel):
    """What an operator says of an answer she or he used. One for each version; a later one takes its place."""

    class Verdict(models.TextChoices):
        HELPED = "helped", _("it helped")
        NOT_ENOUGH = "not_enough", _("it was not enough")
        WRONG = "wrong", _("something in it is wrong")

    PRIVACY: ClassVar[dict[str, Any]] = {
        "internal": "id created_at version user verdict note given_at settled_at settled_by"
    }

    version = models.ForeignKey(KnowledgeVersion, on_delete=models.CASCADE, related_name="feedback")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(_("did it help?"), max_length=10, choices=Verdict)
    note = models.CharField(_("what is missing or wrong"), max_length=500, blank=True)
    given_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-given_at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "user"], name="knowledge_feedback_once")]
