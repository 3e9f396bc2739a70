"""Notes on a case: what was talked about, when and how, for whose eyes; no version of one is ever overwritten."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User


class NoteWords(BaseModel):
    """What a note says, and for whose eyes: the same in the note and in each version that is kept of it."""

    class Way(models.TextChoices):
        """How it came about."""

        TALK = "talk", _("talk")
        PHONE = "phone", _("by telephone or message")
        VISIT = "visit", _("visit where the person lives")
        ACCOMPANIMENT = "accompaniment", _("went along to a service")
        SERVICES = "services", _("with other services")
        OTHER = "other", pgettext_lazy("way of a note", "other")

    class Visibility(models.TextChoices):
        """Who reads it. The author always does."""

        TEAM = "team", _("the team of the case")
        HEALTH = "health", _("professional secrecy, health: psychologists and health workers of the case")
        LEGAL = "legal", _("professional secrecy, legal: legal operators of the case")
        CITY = "city", pgettext_lazy("note", "whoever has the file open")

    occurred_on = models.DateField(_("day"), default=timezone.localdate)
    way = models.CharField(_("how"), max_length=15, choices=Way, default=Way.TALK)
    words = models.TextField(_("note"))
    visibility = models.CharField(_("who reads it"), max_length=10, choices=Visibility, default=Visibility.TEAM)
    for_bodies = models.BooleanField(_("also the bodies that work on a part of the case"), default=False)

    class Meta:
        abstract = True


class CaseNote(NoteWords):
    """A note as it stands now. Taken back, it stays for its author, with the reason."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner case visibility for_bodies author number written_by written_at has_both "
        "withdrawn_at",
        "sensitive": "occurred_on way words withdrawn_reason",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(default=1)  # of the version that stands
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    has_both = models.BooleanField(default=False)  # two wrote the same lines: both are in it, marked, to be settled
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(_("why"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-occurred_on", "-created_at"]
        indexes: ClassVar = [models.Index(fields=["case", "-occurred_on"], name="note_case_day")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_reason="")
                | Q(withdrawn_at__isnull=False, withdrawn_reason__gt=""),
                name="note_taken_back_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(for_bodies=False) | Q(visibility__in=["team", "city"]), name="note_secret_for_no_body"
            ),
        ]

    @property
    def readers(self) -> str:
        """For whose eyes it is, in words."""
        if self.withdrawn_at:
            return _now("taken back: only you read it")
        words = str(self.get_visibility_display())
        return _now("%(readers)s, and bodies that work on a part") % {"readers": words} if self.for_bodies else words


class CaseNoteVersion(NoteWords):
    """A note as somebody saved it, with the visibility it had: the latest is the one that stands."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at note number visibility for_bodies written_by",
        "sensitive": "occurred_on way words",
    }

    note = models.ForeignKey(CaseNote, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["note", "number"], name="note_version_once")]
