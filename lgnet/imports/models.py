"""Who imported which spreadsheet, what became of its rows, and, for a short while, the rows themselves, sealed."""

from typing import Any, ClassVar

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.core.models import BaseModel
from lgnet.imports.kinds import kind_of
from lgnet.network.models import Partner, User


class RunState(models.TextChoices):
    """Where an import stands; it follows from its moments and is not stored."""

    OPEN = "open", _("waiting for a decision")
    LEFT = "left", _("not carried out")
    DONE = "done", pgettext_lazy("an import", "imported")
    UNDONE = "undone", _("undone")
    PARTLY = "partly", _("undone in part")


class ImportRun(BaseModel):
    """One file that somebody loaded: from where, how it was read, how many rows became records.

    `mapping` has the name of the field of each column, or an empty text; files with the same headings share a
    `headings_key`, by which the mapping is remembered. The headings themselves are cells like others: only sealed.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner kind started_by sha256 sheet headings_key mapping total made "
        "existing wrong imported_at left_at undone undone_at undone_by",
        "personal": "file_name",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    sheet = models.CharField(max_length=100, blank=True)
    headings_key = models.CharField(max_length=64, blank=True)
    mapping = models.JSONField(default=list)
    total = models.PositiveIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    existing = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    imported_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    undone = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["partner", "-created_at"], name="import_partner_time"),
            models.Index(fields=["partner", "kind", "headings_key"], name="import_headings"),
        ]

    @property
    def state(self) -> RunState:
        """Where it stands."""
        if self.undone_at:
            return RunState.UNDONE if self.undone == self.made else RunState.PARTLY
        if self.imported_at:
            return RunState.DONE
        return RunState.LEFT if self.left_at else RunState.OPEN

    @property
    def kind_label(self) -> str | Promise:
        """What was imported, in words."""
        kind = kind_of(self.kind)
        return kind.label if kind else self.kind


class ImportFile(BaseModel):
    """What is kept of a file: its rows until they are imported, then those that were wrong; sealed, for seven days."""

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at run", "sensitive": "sealed"}

    run = models.OneToOneField(ImportRun, on_delete=models.CASCADE, related_name="file")
    sealed: Any = models.BinaryField()


class ImportedRecord(BaseModel):
    """A record that an import made of a row. `kept_why` says why it could not be taken away again."""

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at run number record_id undone_at kept_why"}

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="records")
    number = models.PositiveIntegerField()
    record_id = models.UUIDField(db_index=True)
    undone_at = models.DateTimeField(null=True)
    kept_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["number", "id"]
