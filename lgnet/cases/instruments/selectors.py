"""Reads of instruments and sheets, scoped; a sheet is part of the file of its person."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from lgnet.cases import selectors as cases
from lgnet.cases.instrument_models import AssessmentSheet, Instrument, InstrumentVersion
from lgnet.cases.instruments.definition import Section
from lgnet.cases.models import Case
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission

GetCase = Callable[[uuid.UUID], Case]


def instruments_for(case: Case) -> QuerySet[InstrumentVersion]:
    """The present version of each instrument that can be used in a case: of the network, and of its city."""
    newer = InstrumentVersion.objects.filter(
        instrument=OuterRef("instrument"), number__gt=OuterRef("number"), withdrawn_at__isnull=True
    )
    return (
        InstrumentVersion.objects.filter(~Exists(newer), withdrawn_at__isnull=True)
        .filter(Q(instrument__partner=None) | Q(instrument__partner=case.partner_id))
        .select_related("instrument")
        .order_by("instrument__partner_id", "instrument__kind", "instrument__name_it")
    )


def visible_instruments(user: User) -> QuerySet[InstrumentVersion]:
    """Every version of the instruments of the network and of the user's cities, the present ones first."""
    partners = access_of(user).partner_ids(Permission.VIEW_CASES)
    found = InstrumentVersion.objects.filter(Q(instrument__partner=None) | Q(instrument__partner__in=partners))
    return found.select_related("instrument__partner", "loaded_by").order_by("instrument__name_it", "-number")


def get_version(user: User, pk: uuid.UUID) -> InstrumentVersion:
    """A version that the user may read. Raises Http404."""
    version = visible_instruments(user).filter(pk=pk).first()
    if version is None or not access_of(user).partner_ids(Permission.VIEW_CASES):
        raise Http404
    return version


def sheets_of(case: Case) -> list[AssessmentSheet]:
    """The sheets of a case that the user has opened, latest first."""
    return list(case.sheets.select_related("version__instrument", "started_by", "done_by", "reviewed_by"))


def get_sheet(user: User, pk: uuid.UUID) -> AssessmentSheet:
    """A sheet whose file is open for the user; the read is logged. Raises Http404, FileClosed."""
    return _sheet(pk, lambda case: cases.get_case(user, case))


def get_sheet_to_work_on(user: User, pk: uuid.UUID) -> AssessmentSheet:
    """A sheet of a case that the user works on. Raises Http404, FileClosed, PermissionDenied."""
    return _sheet(pk, lambda case: cases.get_case_to_work_on(user, case))


def _sheet(pk: uuid.UUID, get_case: GetCase) -> AssessmentSheet:
    sheet = (
        AssessmentSheet.objects.filter(pk=pk).select_related("version__instrument", "done_by", "reviewed_by").first()
    )
    if sheet is None:
        raise Http404
    sheet.case = get_case(sheet.case_id)
    return sheet


@dataclass(frozen=True)
class Comparison:
    """The finished sheets of a person with one instrument, the earliest first, and the points of each section."""

    instrument: Instrument
    sheets: list[AssessmentSheet]

    @cached_property
    def lines(self) -> list[tuple[Section | None, list[Decimal | None]]]:
        """Each section that has points, and the whole (None) at the end, with the points of each sheet."""
        sections = {
            section.key: section for sheet in self.sheets for section in sheet.version.definition.sections
        }  # fmt: skip
        scored = [key for key in sections if any(key in sheet.scores for sheet in self.sheets)]
        keys = [*scored, ""] if any("" in sheet.scores for sheet in self.sheets) else scored
        return [(sections.get(key), [_points(sheet, key) for sheet in self.sheets]) for key in keys]


def comparison_with(sheet: AssessmentSheet) -> Comparison:
    """The finished sheets of the same person and city with the same instrument; the caller has opened the file."""
    done = AssessmentSheet.objects.filter(
        case__person=sheet.case.person_id, case__partner=sheet.case.partner_id,
        version__instrument=sheet.version.instrument_id, status=AssessmentSheet.Status.DONE,
    ).select_related("version__instrument")  # fmt: skip
    return Comparison(sheet.version.instrument, list(done.order_by("done_on", "created_at")))


def _points(sheet: AssessmentSheet, key: str) -> Decimal | None:
    return Decimal(sheet.scores[key]) if key in sheet.scores else None
