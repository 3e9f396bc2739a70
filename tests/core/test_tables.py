"""Lists: sorting, filtering, pages, fragments, exports."""

import csv
import io
import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from lgnet.core.exports import csv_response, xlsx_response
from lgnet.core.tables import Column, FilterForm, Table, shown, table_response
from lgnet.network.models import Partner

COLUMNS = (
    Column("name", "Name", lambda p: p.name, link=lambda p: f"/partners/{p.slug}", sort="name"),
    Column("region", "Region", lambda p: p.region, sort="region"),
    Column("code", "Code", lambda p: p.istat_code, export_only=True),
)


class RegionFilter(FilterForm):
    since = forms.DateField(required=False)

    def apply(self, rows):
        return rows.filter(region__icontains=self.cleaned_data["q"])


@pytest.fixture
def thirty(db):
    Partner.objects.bulk_create(
        Partner(slug=f"p{n}", name=f"Comune {n:02}", short_name=f"C{n}", kind="municipality", region=f"R{n % 3}")
        for n in range(30)
    )


def make(path: str = "/list", **options) -> Table:
    request = RequestFactory().get(path)
    filters = RegionFilter(request.GET or None)
    return Table(
        request, Partner.objects.all(), COLUMNS, title="Partners", filters=filters, default_sort="name", **options
    )


def test_first_page_has_25_rows_in_the_default_order(thirty):
    table = make()
    assert (table.count, len(table.page_rows), table.page_rows[0].name) == (30, 25, "Comune 00")
    assert table.urls["next"] == "/list?page=2"


def test_a_page_that_is_not_there_gives_the_nearest(thirty):
    assert len(make("/list?page=99").page_rows) == 5
    assert len(make("/list?page=abc").page_rows) == 25


def test_sorting_falls_and_rises_and_keeps_the_filters(thirty):
    assert make("/list?sort=-name").page_rows[0].name == "Comune 29"
    assert make("/list?sort=nonsense").page_rows[0].name == "Comune 00"
    head = next(make("/list?q=R1&sort=name").heads())
    assert head["now"] == "ascending"
    assert "q=R1" in head["url"]
    assert "sort=-name" in head["url"]


def drawn(table: Table) -> str:
    html = Template("{% table t %}").render(Context({"t": table, "request": table.request}))
    return re.sub(r"\s+", " ", html)


BAD = ["since=yesterday", "q=" + "x" * 300, "q=a%00b"]


@pytest.mark.parametrize("bad", BAD)
def test_filters_narrow_and_a_bad_filter_gives_no_rows_and_shows_its_error(thirty, bad):
    assert make("/list?q=R1").count == 10
    table = make(f"/list?{bad}")
    assert table.count == 0
    html = drawn(table)
    assert 'class="lg-error"' in html
    assert "Mend what is marked in the filters" in html
    assert "Comune" not in html
    assert "format=xlsx" not in html


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_bad_filter_exports_nothing_and_the_page_says_why(thirty, bad, ending):
    heard = []
    table = make(f"/list?{bad}&format={ending}", person_of=lambda partner: partner)
    request = table.request
    request.user = AnonymousUser()
    response = table_response(request, table, "core/table.html", {"table": table}, on_export=heard.append)
    assert (response.status_code, response["Content-Type"]) == (422, "text/html; charset=utf-8")
    assert b'class="lg-error"' in response.content
    assert (heard, table.shown_persons()) == ([], [])


def test_a_bad_filter_gives_none_of_a_list_either(rf):
    request = rf.get("/list?since=yesterday")
    table = Table(request, [1, 2], (), title="Numbers", filters=RegionFilter(request.GET))
    assert table.count == 0


class FirstTen(FilterForm):
    def apply(self, rows):
        found = list(rows[:11])
        self.more = len(found) > 10
        return found[:10]


@pytest.mark.parametrize(("there", "said"), [(30, "The first 10: write more to find the others."), (10, "10 rows")])
def test_the_first_of_many_are_not_said_to_be_all(thirty, rf, there, said):
    request = rf.get("/list?q=comune")
    rows = Partner.objects.filter(name__lt=f"Comune {there:02}")
    table = Table(request, rows, COLUMNS, title="Partners", filters=FirstTen(request.GET))
    assert said in drawn(table)


def test_whose_rows_are_shown_is_told_for_the_page_and_for_the_whole_file(thirty):
    regions = {name: Partner(name=name) for name in ("R0", "R1")}  # stand for persons: R2 has none
    by_region = {"person_of": lambda partner: regions.get(partner.region)}
    assert [one.name for one in make("/list", **by_region).shown_persons()] == ["R0", "R1"]
    assert len(make("/list", person_of=lambda partner: partner).shown_persons()) == 25
    assert len(make("/list?page=2", person_of=lambda partner: partner).shown_persons()) == 5
    assert make("/list").shown_persons() == []


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_file_is_read_once_for_its_rows_and_whose_they_are(thirty, ending, django_assert_num_queries):
    table = make(f"/list?q=R1&format={ending}", person_of=lambda partner: partner)
    told = []
    with django_assert_num_queries(1):
        before = table.shown_persons()
        table_response(table.request, table, "base.html", on_export=lambda n: told.extend(table.shown_persons()))
    assert len(told) == 10
    assert before == told
    assert {one.region for one in told} == {"R1"}


@pytest.mark.parametrize(("language", "said"), [("en", "yes;no"), ("it", "sì;no")])
def test_yes_and_no_are_written_in_the_readers_language(language, said):
    with translation.override(language):
        text = csv_response("t", ["a", "b"], [[True, False]]).content.decode("utf-8-sig")
    assert text.splitlines()[1] == said
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_response("t", ["a"], [[True]]).content)).active
    assert sheet["A2"].value is True  # the spreadsheet program says it in its own language


def test_export_gives_all_that_is_seen_and_says_how_many(thirty):
    heard = []
    request = RequestFactory().get("/list?q=R1&format=xlsx")
    table = Table(
        request,
        Partner.objects.all(),
        COLUMNS,
        title="Partners",
        filters=RegionFilter(request.GET),
        default_sort="name",
    )
    response = table_response(request, table, "base.html", on_export=heard.append)
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert (rows[0], len(rows), heard) == (("Name", "Region", "Code"), 11, [10])


def test_no_cell_of_an_export_can_start_a_formula():
    rows = [["=1+1", "@x", "-5 apples", date(2026, 1, 2), 3.5, None]]
    text = csv_response("t", ["a"] * 6, rows).content.decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(text.splitlines()[1]), delimiter=";")) == [
        "'=1+1",
        "'@x",
        "'-5 apples",
        "02/01/2026",
        "3,5",
        "",
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_response("t", ["a"] * 6, rows).content)).active
    assert sheet["A2"].value == "=1+1"
    assert sheet["A2"].data_type == "s"


@given(st.text(max_size=200))
def test_any_text_survives_the_text_file(text):
    content = csv_response("t", ["a"], [[text]]).content.decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))[1:]
    expected = f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
    assert ("".join(read[0]) if read else "") == expected


def test_values_are_shown_in_the_readers_way():
    assert shown(None) == "—"
    assert shown(True) == "yes"
    assert shown(datetime(2026, 1, 2, 9, 5, tzinfo=ZoneInfo("Europe/Rome"))) == "02/01/2026 09:05"
