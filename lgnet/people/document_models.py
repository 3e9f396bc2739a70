"""Documents of a person as they were shown: pictures of their pages, or a PDF, kept encrypted."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.core.models import BaseModel
from lgnet.files.models import StoredFile
from lgnet.network.models import Partner, User


class Document(BaseModel):
    """One version of a document. A newer one `replaces` it; the old one stays.

    It is destroyed in two steps: somebody proposes it with a reason, somebody else does it, or the same one after a
    term. Then its row stays, without what it said, as the certificate of it: who, when, why, and the hashes of what
    was destroyed.
    """

    class Kind(models.TextChoices):
        PASSPORT = "passport", _("passport or identity card")
        PERMIT = "permit", _("permit to stay")
        RECEIPT = "receipt", _("receipt of a renewal")
        HEALTH_CARD = "health_card", _("health card, STP or ENI")
        TAX_CODE = "tax_code", _("tax code")
        RESIDENCE = "residence", _("certificate of residence")
        COURT = "court", _("paper of a court or lawyer")
        MEDICAL = "medical", _("medical paper")
        CERTIFICATE = "certificate", _("certificate or diploma")
        PHOTO = "photo", pgettext_lazy("document", "photo")
        PLAN = "plan", _("signed plan")
        OTHER = "other", pgettext_lazy("document", "other")

    class Access(models.TextChoices):
        TEAM = "team", _("the team of the file")
        HEALTH = "health", _("professional secrecy, health: psychologists and health workers of the team")
        LEGAL = "legal", _("professional secrecy, legal: legal operators of the team")
        CITY = "city", _("whoever has the file open")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner person access stored_by replaces proposed_at proposed_by destroyed_at "
        "destroyed_by",
        "personal": "number_masked language issued_on",
        "sensitive": "kind title expires_on note proposed_reason",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(_("type"), max_length=15, choices=Kind)
    title = models.CharField(_("title"), max_length=150, blank=True)
    access = models.CharField(_("who may read it"), max_length=10, choices=Access, default=Access.TEAM)
    language = models.CharField(_("language"), max_length=8, blank=True)
    number_masked = models.CharField(_("last characters of the number"), max_length=4, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    stored_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    proposed_at = models.DateTimeField(null=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_reason = models.CharField(_("why"), max_length=300, blank=True)
    destroyed_at = models.DateTimeField(null=True)
    destroyed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(
                fields=["partner", "expires_on"], name="document_expiring",
                condition=Q(destroyed_at__isnull=True, expires_on__isnull=False),
            ),
            models.Index(
                fields=["partner", "proposed_at"], name="document_proposed",
                condition=Q(destroyed_at__isnull=True, proposed_at__isnull=False),
            ),
        ]  # fmt: skip
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(issued_on__isnull=True) | Q(expires_on__isnull=True) | Q(expires_on__gte=F("issued_on")),
                name="document_expires_after_issue",
            ),
            models.CheckConstraint(
                condition=Q(destroyed_at__isnull=True) | Q(proposed_at__isnull=False),
                name="document_proposed_before_destroyed",
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(self.get_kind_display())

    @property
    def is_destroyed(self) -> bool:
        """Whether only the certificate of it is left."""
        return self.destroyed_at is not None


class DocumentPage(BaseModel):
    """One page as a picture, or a whole PDF, which has no small picture. The hash outlives the content."""

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at document number file thumbnail"}

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="pages")
    number = models.PositiveSmallIntegerField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    thumbnail = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["document", "number"], name="document_page_once")]

    @property
    def is_picture(self) -> bool:
        """Whether it can be shown; a PDF is saved."""
        return self.thumbnail_id is not None
