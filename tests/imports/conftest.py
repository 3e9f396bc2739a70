"""Spreadsheets as cities keep them, made on the spot."""

import io
from collections.abc import Callable

import openpyxl
import pytest
from django.test import Client

from lgnet.catalogue.models import ServiceType, Team, Zone
from lgnet.imports.kinds import kind_of
from lgnet.imports.models import ImportRun
from lgnet.imports.reading import grid_of
from lgnet.imports.selectors import chosen_sheet, mapping_for, sheets_of
from lgnet.imports.services import choose_columns, start_import
from lgnet.network.roles import Role
from tests.conftest import team_of


def workbook(*rows, more=(), merged=()) -> bytes:
    """An XLSX file with these rows on its first sheet; `more` are (name, rows) of further sheets."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    for name, lines in more:
        other = book.create_sheet(name)
        for row in lines:
            other.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def sheet_of(answer, name="") -> list[tuple]:
    """The rows of a spreadsheet that a page gave."""
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return list((book[name] if name else book.worksheets[0]).iter_rows(values_only=True))


@pytest.fixture
def unit(partner) -> Team:
    return team_of(partner, Team.Kind.MOBILE_UNIT)


@pytest.fixture
def zone(partner) -> Zone:
    return Zone.objects.get(partner=partner)


@pytest.fixture
def blanket(db) -> ServiceType:
    area = ServiceType.Area.FIRST_HELP
    return ServiceType.objects.create(code="blanket", area=area, name_it="Coperta", name_en="Blanket")


@pytest.fixture
def street(sign_in, outreach_operator) -> Client:
    return sign_in(outreach_operator)


@pytest.fixture
def office(sign_in, coordinator) -> Client:
    return sign_in(coordinator)


@pytest.fixture
def elsewhere(sign_in, make_user, other_partner) -> Client:
    """Somebody who does the same work in another city."""
    return sign_in(make_user(Role.OUTREACH_OPERATOR, other_partner))


@pytest.fixture
def loaded(partner) -> Callable[..., ImportRun]:
    """Return `loaded(user, kind, content)`: a file whose columns are told, as they are guessed."""

    def load(user, kind: str, content: bytes, name: str = "prova.xlsx") -> ImportRun:
        wanted = kind_of(kind)
        run = start_import(by=user, kind=wanted, partner=partner, file_name=name, content=content)
        sheet = chosen_sheet(run, wanted, sheets_of(run))
        grid = grid_of(wanted, sheet)
        return choose_columns(by=user, run=run, sheet=sheet.name, mapping=mapping_for(run, wanted, grid))

    return load
