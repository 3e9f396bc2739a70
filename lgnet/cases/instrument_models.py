"""Instruments in their versions, and the sheets that are filled in with them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.cases.codes import AssessmentKind
from lgnet.cases.instruments.definition import Definition
from lgnet.cases.instruments.reading import read_instrument
from lgnet.core.languages import in_reader_language
from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User


class Instrument(BaseModel):
    """Something to assess with: of the network (no partner), or of one city. A code is never used for another one."""

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at partner code kind name_it name_en"}

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="instruments")
    code = models.SlugField(max_length=40)
    kind = models.CharField(_("kind"), max_length=15, choices=AssessmentKind)
    name_it = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["kind", "name_it"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "code"], condition=Q(partner__isnull=False), name="instrument_of_a_city_once"
            ),
            models.UniqueConstraint(
                fields=["code"], condition=Q(partner__isnull=True), name="instrument_of_the_network_once"
            ),
        ]

    def __str__(self) -> str:
        return in_reader_language(self.name_it, self.name_en or self.name_it)


class InstrumentVersion(BaseModel):
    """The questions of an instrument as they were loaded: never changed, only followed by another or withdrawn."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at instrument number rows loaded_by withdrawn_at withdrawn_by"
    }

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    rows = models.JSONField()  # as `reading.rows_of` gives them
    loaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["instrument", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["instrument", "number"], name="instrument_version_once")
        ]

    @property
    def definition(self) -> Definition:
        """What it asks."""
        return definition_of(self)


_definitions: dict[object, Definition] = {}
MOST_REMEMBERED = 200


def definition_of(version: InstrumentVersion) -> Definition:
    """What a version asks; read once, because a version never changes."""
    if version.pk not in _definitions:
        if len(_definitions) >= MOST_REMEMBERED:
            _definitions.clear()
        _definitions[version.pk] = read_instrument(version.rows)
    return _definitions[version.pk]


class AssessmentSheet(BaseModel):
    """An instrument filled in for a case, in parts, by several people; `revision` counts the changes."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("assessment", "being filled in")
        DONE = "done", pgettext_lazy("assessment", "done")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at case version status revision started_by done_on done_by assessment reviewed_by "
        "reviewed_at",
        "sensitive": "answers scores",
    }

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="sheets")
    version = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT, related_name="sheets")
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.DRAFT)
    answers = models.JSONField(default=dict)
    scores = models.JSONField(default=dict)  # as texts, by the key of the section; the whole under an empty key
    revision = models.PositiveIntegerField(default=0)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    done_on = models.DateField(_("done on"), null=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    assessment = models.OneToOneField("cases.Assessment", on_delete=models.PROTECT, null=True, related_name="sheet")
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "version"], condition=Q(status="draft"), name="sheet_one_draft_of_a_version"
            ),
            models.CheckConstraint(
                condition=Q(status="draft", done_on__isnull=True) | Q(status="done", done_on__isnull=False),
                name="sheet_done_on_a_day",
            ),
        ]


class SheetChange(BaseModel):
    """What somebody wrote in a sheet at once: the new answers by key, None for one that was emptied."""

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at sheet number by written_at", "sensitive": "answers"}

    sheet = models.ForeignKey(AssessmentSheet, on_delete=models.CASCADE, related_name="changes")
    number = models.PositiveIntegerField()
    answers = models.JSONField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # None: taken over from before
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["sheet", "number"], name="sheet_change_once")]
