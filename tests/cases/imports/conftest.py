"""Who is in the spreadsheet, and loading it."""

import pytest
from django.utils import timezone

from lgnet.imports.kinds import kind_of
from lgnet.imports.reading import grid_of
from lgnet.imports.selectors import chosen_sheet, mapping_for, sheets_of
from lgnet.imports.services import choose_columns, start_import
from lgnet.network.roles import Role
from lgnet.people.models import FileMember
from lgnet.people.records import record_notice
from lgnet.people.services import open_file_for
from tests.cases.imports.rows import HEAD
from tests.conftest import team_of
from tests.imports.conftest import workbook
from tests.people.doubles import register


@pytest.fixture
def team(partner):
    return team_of(partner, "multidisciplinary")


@pytest.fixture
def second(make_user, partner):
    """A colleague of the same team."""
    user = make_user(Role.CASE_WORKER, partner)
    user.email = "seconda@example.org"
    user.save()
    return user


@pytest.fixture
def known(desk_operator, partner, team):
    """Return `known(given, family, …)`: somebody registered, with notice, whose file is open for the team."""

    def make(given, family, *, notice=True, is_open=True, **more):
        person = register(desk_operator, partner, given_names=given, family_names=family, **more)
        if notice:
            today = timezone.localdate()
            record_notice(
                by=desk_operator, person=person, kind="privacy", method="paper", language="ar", given_on=today
            )
        if is_open:
            open_file_for(person, team=team, basis=FileMember.Basis.REFERRAL)
        return person

    return make


@pytest.fixture
def amina(known):
    return known("Amina", "Provadati")


@pytest.fixture
def load(partner):
    """Return `load(user, row, …)`: a file whose columns are told, as they are guessed."""

    def loaded(user, *rows, head=HEAD):
        kind, content = kind_of("cases"), workbook(head, *rows)
        run = start_import(by=user, kind=kind, partner=partner, file_name="prova.xlsx", content=content)
        sheet = chosen_sheet(run, kind, sheets_of(run))
        mapping = mapping_for(run, kind, grid_of(kind, sheet))
        return choose_columns(by=user, run=run, sheet=sheet.name, mapping=mapping)

    return loaded
