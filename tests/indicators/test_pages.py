"""Pages of figures: every number opens onto as many rows, for whom they are, without a name, whatever is in the address."""

import csv
import io
import re
from datetime import timedelta
from html import unescape
from itertools import product

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.core.periods import Quarter
from lgnet.indicators import changes, selectors
from lgnet.indicators.models import Figure
from lgnet.indicators.registry import all_indicators, find_indicator
from lgnet.indicators.services import SETTLED, refresh
from lgnet.network.models import Membership, User
from lgnet.network.roles import ROLES, Role
from tests.conftest import make_partner
from tests.indicators.conftest import PLANTED, Recorder, day_in, rome, write_a_bit_of_everything
from tests.queries import count_queries

INDICATORS = list(all_indicators())
CODES = [one.code for one in INDICATORS]
NAMES = ["indicator_list", "indicator_detail", "indicator_evidence", "indicator_chart"]
each_page = pytest.mark.parametrize("name", NAMES)
KINDS_OF_PAGES = [
    ("indicator_list", ()), ("indicator_detail", ("participants",)), ("indicator_evidence", ("persons_reached",)),
    ("indicator_evidence", ("participants",)), ("indicator_evidence", ("days_to_case",)),
    ("indicator_chart", ("days_to_case",)),
]  # fmt: skip
each_kind = pytest.mark.parametrize(("name", "arguments"), KINDS_OF_PAGES, ids="".join)


def urls(name):
    """The page itself, or that of every indicator."""
    return [reverse(name)] if name == "indicator_list" else [reverse(name, args=[code]) for code in CODES]


@pytest.fixture
def reader(sign_in, coordinator):
    return sign_in(coordinator)


@pytest.fixture
def lead(sign_in, network_user):
    return sign_in(network_user)


def quarter(ago=0):
    return str(Quarter.of(day_in(ago)))


def text_of(response):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode())))


def sheet(response):
    assert response["Content-Type"].startswith("application/vnd.openxml"), response.content[:200]
    rows = openpyxl.load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True)
    return [list(row) for row in rows]


def lines(response):
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))


# -- who sees what ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role, spec in ROLES.items() if spec.scope == "partner"])
def test_every_role_of_a_city_sees_its_figures(sign_in, make_user, world, partner, role):
    response = sign_in(make_user(role, partner)).get(reverse("indicator_list"))
    assert response.status_code == 200
    assert partner.short_name in text_of(response)


@each_page
def test_another_city_finds_nothing(sign_in, world, stranger, colleague, partner, name):
    outside, inside = sign_in(stranger), sign_in(colleague)
    for url in urls(name):
        assert outside.get(url, {"partner": partner.slug}).status_code == 404
        assert outside.get(url).status_code == 200
        assert inside.get(url, {"partner": partner.slug}).status_code == 200


@each_page
def test_network_roles_see_every_city_and_the_whole(lead, world, partner, other_partner, name):
    for url, asked in product(urls(name), ("", partner.slug, other_partner.slug)):
        assert lead.get(url, {"partner": asked}).status_code == 200


def test_the_network_begins_with_the_whole_and_a_city_with_itself(lead, reader, world, partner, other_partner):
    whole, own = lead.get(reverse("indicator_list")), reader.get(reverse("indicator_list"))
    assert whole.context["board"].choice.partner is None
    assert [line.partner for line in whole.context["by_partner"].page_rows] == [other_partner, partner]
    assert own.context["board"].choice.partner == partner
    assert own.context["by_partner"] is None
    assert "Whole network" not in text_of(own)


def test_who_works_in_two_cities_chooses(sign_in, coordinator, partner, other_partner, world):
    Membership.objects.create(user=coordinator, partner=other_partner, role=Role.COORDINATOR)
    client, url = sign_in(coordinator), reverse("indicator_list")
    assert client.get(url).context["board"].choice.partner == partner
    assert client.get(url, {"partner": other_partner.slug}).context["board"].choice.partner == other_partner
    assert "Whole network" not in text_of(client.get(url))


def test_who_holds_no_role_sees_no_figure(db):
    nobody = User.objects.create(username="nobody", full_name="Nobody")
    with pytest.raises(PermissionDenied):
        selectors.choose(nobody)


def test_an_unknown_indicator_is_not_found(reader):
    for name in ("indicator_detail", "indicator_evidence", "indicator_chart"):
        assert reader.get(reverse(name, args=["nonsense"])).status_code == 404


# -- page, spreadsheet and rows say the same --------------------------------------------------------------------------


@pytest.mark.parametrize("one", INDICATORS, ids=lambda one: one.code)
def test_page_spreadsheet_and_rows_agree(reader, world, one):
    _agree(reader, one)
    refresh(now=timezone.now() + SETTLED)
    _agree(reader, one)


def _agree(reader, one):
    asked = {"quarter": quarter(1)}
    card = reader.get(reverse("indicator_detail", args=[one.code]), asked).context["card"]
    rows = sheet(reader.get(card.evidence_url + "&format=xlsx"))
    assert card.value.count == len(rows) - 1 > 0
    assert f"{card.value.count} row" in text_of(reader.get(card.evidence_url))
    head, *figures = sheet(reader.get(reverse("indicator_list"), asked | {"format": "xlsx"}))
    line = next(line for line in figures if line[0].endswith(str(day_in(1).year)) and line[0].startswith(f"Q{Quarter.of(day_in(1)).number}"))  # fmt: skip
    if one.is_days:
        measured = "times measured" if one.kind == "intervals" else "persons measured"
        names = [f"{one.short}: {part}" for part in ("median days", "9 in 10 within", measured)]
        expected = [float(card.value.median), float(card.value.nine_in_ten), card.value.count]
        assert [line[head.index(name)] for name in names] == expected
        days = [row[rows[0].index("Days")] for row in rows[1:]]
        assert sorted(days)[len(days) // 2] >= card.value.median
    elif one.is_points:
        names = [f"{one.short}: {part}" for part in ("median", "mean", "cases compared")]
        expected = [float(card.value.median), float(card.value.nine_in_ten), card.value.count]
        assert [line[head.index(name)] for name in names] == expected
        changes = [row[rows[0].index("Change")] for row in rows[1:]]
        assert sum(changes) / len(changes) == pytest.approx(expected[1], abs=0.01)
    else:
        assert line[head.index(str(one.short))] == card.value.count
    if one.kind == "persons":
        assert len({row[0] for row in rows[1:]}) == len(rows) - 1


def test_every_number_of_the_page_opens_onto_its_rows(lead, world):
    page = lead.get(reverse("indicator_list"), {"quarter": quarter(1)}).content.decode()
    links = re.findall(r'<a href="(/indicators/\w+/evidence\?[^"]*)">([\d.,]+)</a>', page)
    counts = [(unescape(url), int(text)) for url, text in links if not re.search(r"evidence.*", url).group().startswith("days") and "days_" not in url]  # fmt: skip
    assert len(counts) > 15
    for url, count in counts:
        assert len(lines(lead.get(f"{url}&format=csv"))) - 1 == count, url


def test_the_network_is_counted_and_exported_whole_and_by_city(lead, world, partner, other_partner):
    url = reverse("indicator_list")
    whole = lead.get(url, {"quarter": quarter(1)}).context["board"]
    head, *by_city = sheet(lead.get(url, {"quarter": quarter(1), "table": "partners", "format": "xlsx"}))
    assert [line[0] for line in by_city] == [other_partner.short_name, partner.short_name]
    for code in ("contacts", "persons_reached", "taken_in_charge", "participants"):
        one = find_indicator(code)
        column = head.index(str(one.short))
        assert whole.card(one).value.count == sum(line[column] for line in by_city) > 0
    falling = lead.get(url, {"quarter": quarter(1), "sort": "-contacts"}).context["by_partner"].page_rows
    values = [line.values["contacts"].count for line in falling]
    assert values == sorted(values, reverse=True)


def test_evidence_is_sorted_and_shown_in_pages(reader, record):
    for turn in range(60):
        person = record.person()
        record.event("contact", rome(day_in(1, turn % 50)), person)
        record.event("arrival", rome(day_in(1, 60 + turn % 20)), person)
    url = reverse("indicator_evidence", args=["days_to_desk"])
    first = reader.get(url, {"quarter": quarter(1), "sort": "days"}).context["table"]
    last = reader.get(url, {"quarter": quarter(1), "sort": "days", "page": "3"}).context["table"]
    days = [row.days for row in first.page_rows]
    assert (len(first.page_rows), len(last.page_rows), first.count) == (25, 10, 60)
    assert days == sorted(days)
    assert last.page_rows[-1].days >= days[-1]
    falling = reader.get(url, {"quarter": quarter(1), "sort": "-on"}).context["table"].page_rows
    assert [row.on for row in falling] == sorted((row.on for row in falling), reverse=True)


def test_rows_as_they_were_known(reader, record):
    yesterday = timezone.localdate() - timedelta(days=1)
    record.event("contact", rome(day_in(1)))
    record.writes_late = True
    record.event("contact", rome(day_in(1)))
    url = reverse("indicator_evidence", args=["contacts"])
    counts = [
        reader.get(url, {"quarter": quarter(1), "known": known}).context["table"].count
        for known in ("", yesterday.isoformat(), (day_in(1) - timedelta(days=2)).isoformat())
    ]
    assert counts == [2, 1, 0]
    wrong = reader.get(url, {"quarter": quarter(1), "known": (yesterday + timedelta(days=3)).isoformat()})
    assert (wrong.status_code, wrong.context["table"].count) == (200, 0)
    assert "Choose a day that is over." in text_of(wrong)


# -- nothing personal -------------------------------------------------------------------------------------------------


@each_page
def test_no_name_anywhere(lead, reader, world, partner, name):
    for client, url in product((lead, reader), urls(name)):
        for asked in ({}, {"quarter": quarter(1)}, {"format": "csv"}, {"format": "xlsx"}, {"partner": partner.slug}):
            response = client.get(url, asked)
            assert response.status_code == 200
            content = response.content
            if asked.get("format") == "xlsx" and name != "indicator_chart":
                content = str(sheet(response)).encode()
            assert PLANTED.encode() not in content
            assert b"Amina" not in content


def test_people_are_codes(reader, record):
    import uuid

    trace, person = uuid.uuid4(), record.person(restricted=True)
    record.event("contact", rome(day_in(1, 1)), person)
    record.event("contact", rome(day_in(1, 2)), trace=trace)
    record.event("contact", rome(day_in(1, 3)), trace=trace)
    record.event("contact", rome(day_in(1, 4)))
    table = reader.get(reverse("indicator_evidence", args=["contacts"]), {"quarter": quarter(1)})
    who = [row.who for row in table.context["table"].page_rows]
    assert who[0] == person.pseudonym
    assert who[1] == who[2] == f"?{trace.hex[-8:-4].upper()}-{trace.hex[-4:].upper()}"
    assert who[3] == ""
    assert "contact without identity" in text_of(table)
    assert str(trace) not in table.content.decode()
    assert str(person.pk) not in table.content.decode()


def test_looking_at_rows_is_logged(lead, network_user, world, partner, other_partner):
    url = reverse("indicator_evidence", args=["taken_in_charge"])
    lead.get(url, {"quarter": quarter(1), "partner": partner.slug})
    entry = AuditEntry.objects.get(object_type="indicators.evidence")
    assert (entry.action, entry.actor_id, entry.partner_id) == ("list", network_user.pk, partner.pk)
    assert (entry.detail["indicator"], entry.detail["quarter"]) == ("taken_in_charge", quarter(1))
    assert len(entry.detail["persons"]) == 4
    lead.get(url, {"quarter": quarter(1), "format": "csv"})
    exports = AuditEntry.objects.filter(object_type="indicators.evidence", action="export")
    assert {(one.partner_id, one.detail["rows"]) for one in exports} == {(partner.pk, 4), (other_partner.pk, 2)}
    assert all(len(one.detail["persons"]) == one.detail["rows"] for one in exports)


def test_a_long_export_is_logged_in_parts(lead, record, partner, monkeypatch):
    monkeypatch.setattr(selectors, "LOGGED_TOGETHER", 2)
    for _number in range(5):
        record.event("case_opened", rome(day_in(1)), record.person())
    lead.get(reverse("indicator_evidence", args=["taken_in_charge"]), {"quarter": quarter(1), "format": "csv"})
    entries = AuditEntry.objects.filter(object_type="indicators.evidence").order_by("pk")
    assert [len(one.detail["persons"]) for one in entries] == [2, 2, 1]
    assert [one.detail.get("rows") for one in entries] == [5, None, None]


def test_an_export_of_figures_is_logged(reader, coordinator, world, partner):
    reader.get(reverse("indicator_list"), {"format": "xlsx"})
    entry = AuditEntry.objects.get(object_type="indicators.figure")
    assert (entry.action, entry.partner_id, entry.detail["rows"]) == ("export", partner.pk, 3)


def test_a_look_at_figures_is_no_read_of_a_person(reader, world):
    before = AuditEntry.objects.count()
    for name in ("indicator_list", "methodology"):
        reader.get(reverse(name))
    assert AuditEntry.objects.count() == before


# -- cost -------------------------------------------------------------------------------------------------------------


@each_kind
def test_queries_do_not_grow_with_rows(reader, record, name, arguments):
    url, asked = reverse(name, args=arguments), {"quarter": quarter(1)}
    write_a_bit_of_everything(record, turns=3)
    few = count_queries(reader, url, asked)
    write_a_bit_of_everything(record, turns=10)
    assert count_queries(reader, url, asked) == few
    refresh(now=timezone.now() + SETTLED)
    assert count_queries(reader, url, asked) <= few


@each_kind
def test_queries_do_not_grow_with_partners(lead, record, coordinator, name, arguments):
    url, asked = reverse(name, args=arguments), {"quarter": quarter(1)}

    def add(slugs):
        for slug in slugs:
            write_a_bit_of_everything(Recorder(make_partner(slug, slug.title()), coordinator), turns=1)

    add(["uno", "due"])
    few = count_queries(lead, url, asked)
    add([f"citta{number}" for number in range(27)])
    assert count_queries(lead, url, asked) == few


def test_after_something_was_written_only_that_is_read(reader, record, world, django_assert_max_num_queries):
    refresh(now=timezone.now() + SETTLED)
    reader.get(reverse("indicator_list"))
    record.writes_late = True
    with django_assert_max_num_queries(60):
        record.event("case_opened", timezone.now(), record.person())
    card = reader.get(reverse("indicator_detail", args=["taken_in_charge"])).context["card"]
    assert card.value.count == 5


# -- odd addresses ----------------------------------------------------------------------------------------------------


@each_page
def test_odd_partners_are_not_found(lead, partner, name):
    odd = ["nonsense", "\x00", "%", "'\"<b>", "9" * 500, "😀", "-1", "provaltina\x00"]
    for url, text in product(urls(name)[:2], odd):
        assert lead.get(url, {"partner": text}).status_code == 404, (url, text)


@each_page
def test_odd_quarters_are_the_present_one(reader, world, name):
    odd = [
        "2026-Q9",
        "nonsense",
        "\x00",
        "2026",
        "-Q1",
        "9999-Q4",
        "0-Q1",
        "1900-Q1",
        "٢٠٢٦-Q1x",
        "2026-Q" + "1" * 5000,
    ]
    for text in [*odd, "2026-Q0", str(Quarter.of(timezone.localdate()).next)]:
        response = reader.get(urls(name)[0], {"quarter": text})
        assert response.status_code == 200, text
        if name == "indicator_list":
            assert response.context["board"].choice.quarter == Quarter.of(timezone.localdate())


@each_page
def test_other_odd_parameters_change_nothing(reader, world, name):
    url = urls(name)[-1]
    for parameter in ("sort", "page", "format", "table", "known", "narrow"):
        for odd in ("\x00", "nonsense", "-", "--on", "9" * 400, "0001-01-01", "2026-13-45", "'\"<b>"):
            assert reader.get(url, {parameter: odd}).status_code == 200, (parameter, odd)


def test_what_one_reader_typed_is_not_shown_to_another(lead, sign_in, network_user, world):
    url = reverse("indicator_list")
    lead.get(url, {"planted": "zzz-planted", "sort": "zzz-planted"})
    assert "zzz-planted" not in sign_in(network_user).get(url).content.decode()


def test_nobody_writes_figures_by_looking(reader, world):
    assert reader.post(reverse("indicator_list")).status_code == 405
    reader.get(reverse("indicator_list"))
    assert Figure.objects.count() == 0


# -- what the pages say -----------------------------------------------------------------------------------------------


def test_without_data_the_page_says_what_it_is_for(reader, partner):
    page = text_of(reader.get(reverse("indicator_list")))
    assert "No figures yet" in page
    assert "Nothing has to be typed" in page
    for code in CODES:
        assert "Nothing counted yet" in text_of(reader.get(reverse("indicator_detail", args=[code])))
        assert "the figure is 0" in text_of(reader.get(reverse("indicator_evidence", args=[code])))
        assert reader.get(reverse("indicator_chart", args=[code])).status_code == 200


def test_the_rule_stands_with_every_number(reader, world):
    page = text_of(reader.get(reverse("indicator_list")))
    for one in INDICATORS:
        assert one.rule in page


def test_the_page_compares_with_the_quarter_before(reader, record):
    for ago, times in ((2, 5), (1, 3), (0, 4)):
        for _time in range(times):
            record.event("contact", rome(day_in(ago)))
    url = reverse("indicator_detail", args=["contacts"])
    over, running = (reader.get(url, {"quarter": quarter(ago)}).context["card"] for ago in (1, 0))
    assert over.compared == "2 fewer than in the quarter before (5)"
    assert running.compared == "Quarter before, whole: 3"
    assert over.since_start == running.since_start == "12"
    assert "still running" in text_of(reader.get(url))


def test_the_source_says_when_and_what_was_taken_in(reader, world, record):
    refresh(now=timezone.now() + SETTLED)
    assert "nothing was written since" in text_of(reader.get(reverse("indicator_list")))
    record.writes_late = True
    record.event("contact", timezone.now())
    assert "with 1 record written since" in text_of(reader.get(reverse("indicator_list")))


def test_after_too_many_changes_the_page_says_of_when_it_is(reader, world, record, monkeypatch):
    refresh(now=timezone.now() + SETTLED)
    url, asked = reverse("indicator_detail", args=["contacts"]), {"quarter": quarter(1)}
    before = reader.get(url, asked).context["card"].value.count
    monkeypatch.setattr(changes, "MOST_CHANGES", 3)
    record.writes_late = True
    for _number in range(4):
        record.event("contact", rome(day_in(1)))
    behind = reader.get(url, asked)
    assert behind.context["card"].value.count == before
    assert "A great deal was recorded since" in text_of(behind)
    evidence = reader.get(reverse("indicator_evidence", args=["contacts"]), asked)
    assert evidence.context["table"].count == before, "as many as the figure says"
    assert "These are the rows as they were known on" in text_of(evidence)
    refresh(now=timezone.now() + SETTLED)
    assert reader.get(url, asked).context["card"].value.count == before + 4


def test_before_the_first_computation_of_very_much_the_page_says_so(reader, world, monkeypatch):
    monkeypatch.setattr(changes, "MOST_CHANGES", 3)
    for name in NAMES:
        response = reader.get(urls(name)[0], {"quarter": quarter(1)})
        assert response.status_code == 200
        if name in {"indicator_list", "indicator_detail"}:
            assert "have not been computed yet" in text_of(response)


def test_the_methodology_prints_every_rule(sign_in, stranger):
    page = text_of(sign_in(stranger).get(reverse("methodology")))
    assert "Four counts that are never mixed" in page
    for one in INDICATORS:
        assert all(paragraph in page for paragraph in one.definition), one.code


@pytest.mark.parametrize("narrow", ["", "1"])
@pytest.mark.parametrize("code", ["contacts", "days_to_case"])
def test_charts_are_drawn_once_and_only_for_new_content(reader, world, record, code, narrow):
    url, asked = reverse("indicator_chart", args=[code]), {"narrow": narrow}
    first = reader.get(url, asked)
    svg = first.content.decode()
    assert first["Content-Type"] == "image/svg+xml"
    assert svg.startswith("<svg")
    assert " style=" not in svg
    assert "<style" not in svg
    assert "<script" not in svg
    assert "http" not in svg.replace("http://www.w3.org/", "")
    assert "private" in first["Cache-Control"]
    again = reader.get(url, asked, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    write_a_bit_of_everything(record, turns=1)
    assert reader.get(url, asked, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_chart_is_described_in_words_and_has_its_table(reader, record):
    for ago, times in ((2, 5), (0, 4)):
        for _time in range(times):
            record.event("contact", rome(day_in(ago)))
    page = reader.get(reverse("indicator_detail", args=["contacts"])).content.decode()
    alt = unescape(re.search(r'<img src="[^"]*chart[^"]*" alt="([^"]*)"', page).group(1))
    assert alt.startswith("Contacts by quarter: from 5 in Q")
    assert " to 4 in Q" in alt
    assert page.count("<table") == 1


def test_the_command_computes(world, capsys):
    call_command("refresh_indicators")
    assert re.match(r"\d+ figures computed in", capsys.readouterr().out)
    assert Figure.objects.exists()
