"""Instruments: read from spreadsheets, filled in by parts and by two at once, scored, compared; bad files told by row."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lgnet.cases.instrument_models import AssessmentSheet, Instrument, InstrumentVersion
from lgnet.cases.instruments import selectors, services
from lgnet.cases.instruments.reading import COLUMNS, BadInstrument, read_instrument, rows_of
from lgnet.cases.instruments.shipped import SHIPPED
from lgnet.cases.services import change_team_of_case, open_case
from lgnet.core.errors import DomainError
from lgnet.core.spreadsheets import Sheet
from lgnet.network.roles import Role
from lgnet.people.models import JourneyEvent
from lgnet.people.services import open_file_with_reason
from tests.conftest import team_of

HEADS = list(COLUMNS)


def file_of(*rows):
    """A spreadsheet with these rows: tuples in the order type, code, text, when, points."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["tipo", "codice", "testo", "se", "punti", "riservata"])
    writer.writerows(rows)
    return text.getvalue().encode()


MOOD = (
    ("strumento", "umore", "Umore", "", "somma"),
    ("sezione", "oggi", "Oggi"),
    ("scelta", "come", "Come va?"),
    ("opzione", "bene", "Bene", "", "3"),
    ("opzione", "male", "Male", "", "1"),
    ("testo", "perche", "Perché?", "come = male"),
    ("sì/no", "dorme", "Dorme?"),
)


@pytest.fixture
def shipped(db):
    call_command("load_instruments", verbosity=0)
    return {version.instrument.code: version for version in InstrumentVersion.objects.select_related("instrument")}


@pytest.fixture
def case(person, case_worker, desk_operator, partner):
    return open_case(
        by=desk_operator, person=person, team=team_of(partner, "multidisciplinary"), manager=case_worker, basis="desk"
    )


@pytest.fixture
def mood(coordinator, partner):
    return services.load_instrument(by=coordinator, partner=partner, kind="scale", content=file_of(*MOOD))


@pytest.fixture
def second(make_user, partner, case, case_worker):
    """A second case worker in the team of the case."""
    user = make_user(Role.CASE_WORKER, partner)
    change_team_of_case(by=case_worker, case=case, manager=case_worker, members=[user])
    return user


# -- reading ----------------------------------------------------------------------------------------------------------


def test_what_is_shipped_can_be_read_and_loading_again_changes_nothing(shipped):
    assert set(shipped) == set(SHIPPED)
    for version in shipped.values():
        asked = version.definition
        assert asked.words.it
        assert asked.words.en
        assert all(question.words.en for question in asked.questions())
        assert all(option.words.en for question in asked.questions() for option in question.options)
    call_command("load_instruments", verbosity=0)
    assert InstrumentVersion.objects.count() == len(SHIPPED)


def test_the_scale_has_ten_domains_from_one_to_five(shipped):
    asked = shipped["ten_domains"].definition
    assert len(asked.sections) == 10
    levels = [question for question in asked.questions() if question.options]
    assert [[option.points for option in one.options] for one in levels] == [[Decimal(n) for n in range(1, 6)]] * 10


@pytest.mark.parametrize(
    ("row", "line", "told"),
    [
        (("scelta", "come", "Ancora?"), 9, "twice"),
        (("scelta", "sola", "Una sola opzione?"), 9, "two options"),
        (("boh", "x", "Che tipo?"), 9, "no type of row"),
        (("testo", "Uno spazio", "Codice?"), 9, "small letters"),
        (("testo", "vuota", ""), 9, "text is missing"),
        (("testo", "dopo", "Dopo?", "mai = sì"), 9, "comes before"),
        (("testo", "dopo", "Dopo?", "come = così"), 9, "no answer"),
        (("testo", "dopo", "Dopo?", "come ="), 9, "no answer"),
        (("opzione", "orfana", "Orfana"), 9, "question of type"),
        (("strumento", "altro", "Un altro"), 9, "one instrument"),
    ],
)
def test_the_row_that_is_wrong_is_told(coordinator, partner, row, line, told):
    with pytest.raises(BadInstrument) as bad:
        services.load_instrument(by=coordinator, partner=partner, kind="scale", content=file_of(*MOOD, row))
    assert [(one.line, told in one.text) for one in bad.value.wrong] == [(line, True)]
    assert not Instrument.objects.filter(partner=partner).exists()


def test_every_wrong_row_is_told_at_once(coordinator, partner):
    rows = [*MOOD, ("boh", "x", "Che tipo?"), ("testo", "come", "Ancora?"), ("testo", "y", "")]
    with pytest.raises(BadInstrument) as bad:
        services.load_instrument(by=coordinator, partner=partner, kind="scale", content=file_of(*rows))
    assert [one.line for one in bad.value.wrong] == [9, 10, 11]


WORDS = [
    "strumento",
    "sezione",
    "scelta",
    "opzione",
    "testo",
    "a",
    "b",
    "a = b",
    "somma",
    "sì",
    "1",
    "",
    "Ä\u0301",
    None,
    2.5,
]
cells = st.sampled_from(WORDS)


@given(st.lists(st.lists(cells, min_size=3, max_size=6), min_size=1, max_size=12))
def test_whatever_is_in_the_file_it_is_read_or_told(rows):
    sheet = Sheet("", [(1, ["tipo", "codice", "testo", "se", "punti", "riservata"]), *enumerate(rows, start=2)])
    try:
        is_read = any(question.is_answered for question in read_instrument(rows_of(sheet)).questions())
    except BadInstrument as bad:
        is_read = bool(bad.wrong) and all(one.text for one in bad.wrong)
    assert is_read


# -- filling in -------------------------------------------------------------------------------------------------------


def answer(by, sheet, seen=None, **answers):
    sheet.refresh_from_db()
    return services.save_answers(by=by, sheet=sheet, answers=answers, seen=sheet.revision if seen is None else seen)


def test_filled_in_by_parts_scored_and_in_the_journey(case, case_worker, mood):
    sheet = services.start_sheet(by=case_worker, case=case, version=mood)
    assert services.start_sheet(by=case_worker, case=case, version=mood) == sheet  # gone on with
    answer(case_worker, sheet, come="male", perche="Freddo")
    answer(case_worker, sheet, dorme="no")
    answer(case_worker, sheet, come="bene")  # then the reason is not asked any more
    sheet = services.finish_sheet(by=case_worker, sheet=sheet, done_on=timezone.localdate())
    assert sheet.answers == {"come": "bene", "dorme": "no"}
    assert sheet.scores == {"oggi": "3", "": "3"}
    assert JourneyEvent.objects.filter(kind="assessed", person=case.person).count() == 1
    with pytest.raises(DomainError, match="finished in the meantime"):
        answer(case_worker, sheet, come="male")


def test_two_people_write_and_nobodys_words_are_lost(case, case_worker, second, mood):
    sheet = services.start_sheet(by=case_worker, case=case, version=mood)
    answer(case_worker, sheet, come="male")
    seen = 1
    assert answer(case_worker, sheet, seen, come="male", perche="Freddo") == []
    assert answer(second, sheet, seen, come="male", dorme="no") == []  # another question: both stand
    clashes = answer(second, sheet, seen, come="male", perche="Fame")
    assert [(one.question.key, one.stands, one.mine) for one in clashes] == [("perche", "Freddo", "Fame")]
    sheet.refresh_from_db()
    assert sheet.answers == {"come": "male", "perche": "Freddo", "dorme": "no"}
    assert [change.by for change in sheet.changes.all()] == [case_worker, case_worker, second]


def test_the_next_one_begins_with_the_answers_and_shows_the_change(case, case_worker, mood, coordinator, partner):
    first = services.start_sheet(by=case_worker, case=case, version=mood)
    answer(case_worker, first, come="male", perche="Freddo")
    services.finish_sheet(by=case_worker, sheet=first, done_on=timezone.localdate())
    changed = [row for row in MOOD if row[1] != "dorme"] + [("numero", "perche2", "Quante ore dorme?")]
    newer = services.load_instrument(by=coordinator, partner=partner, kind="scale", content=file_of(*changed))
    assert (newer.number, newer.instrument) == (2, mood.instrument)
    second = services.start_sheet(by=case_worker, case=case, version=newer)
    assert second.answers == {"come": "male", "perche": "Freddo"}
    answer(case_worker, second, come="bene")
    second = services.finish_sheet(by=case_worker, sheet=second, done_on=timezone.localdate())
    lines = selectors.comparison_with(second).lines
    assert [points for _section, points in lines] == [[1, 3], [1, 3]]


def test_a_withdrawn_version_is_neither_begun_nor_finished(case, case_worker, mood, coordinator):
    sheet = services.start_sheet(by=case_worker, case=case, version=mood)
    answer(case_worker, sheet, come="bene")
    services.withdraw_version(by=coordinator, version=mood)
    mood.refresh_from_db()
    with pytest.raises(DomainError, match="withdrawn"):
        services.start_sheet(by=case_worker, case=case, version=mood)
    with pytest.raises(DomainError, match="withdrawn"):
        services.finish_sheet(by=case_worker, sheet=sheet, done_on=timezone.localdate())
    assert list(selectors.instruments_for(case)) == []


def test_what_is_refused(case, case_worker, mood):
    sheet = services.start_sheet(by=case_worker, case=case, version=mood)
    with pytest.raises(DomainError, match="Nothing is answered"):
        services.finish_sheet(by=case_worker, sheet=sheet, done_on=timezone.localdate())
    answer(case_worker, sheet, come="bene")
    with pytest.raises(DomainError, match="future"):
        services.finish_sheet(by=case_worker, sheet=sheet, done_on=timezone.localdate() + timedelta(days=1))


def test_read_by_somebody_else(case, case_worker, second, mood):
    sheet = services.start_sheet(by=case_worker, case=case, version=mood)
    answer(case_worker, sheet, come="bene")
    sheet = services.finish_sheet(by=case_worker, sheet=sheet, done_on=timezone.localdate())
    with pytest.raises(DomainError, match="Somebody else"):
        services.review_sheet(by=case_worker, sheet=sheet)
    assert services.review_sheet(by=second, sheet=sheet).reviewed_by == second


# -- pages ------------------------------------------------------------------------------------------------------------


def test_the_pages_of_an_assessment(sign_in, case, case_worker, shipped):
    client = sign_in(case_worker)
    page = client.get(reverse("sheet_new", args=[case.pk])).content.decode()
    assert "Preliminary assessment" in page
    client.post(reverse("sheet_new", args=[case.pk]), {"version": shipped["preliminary"].pk})
    sheet = AssessmentSheet.objects.get()
    edit = reverse("sheet_edit", args=[sheet.pk])
    page = client.get(edit).content.decode()
    assert "q-children_number" not in page
    sent = {"seen": 0, "q-children": "yes", "q-needs": ["legal", "housing"], "q-housing": "1", "q-needs-asked": 1}
    part = client.post(edit, sent, headers={"hx-request": "true"})
    assert part.status_code == 200
    assert "q-children_number" in part.content.decode()
    wrong = client.post(edit, {"seen": 1, "q-children": "yes", "q-children_number": "tanti"})
    assert wrong.status_code == 422
    assert "tanti" in wrong.content.decode()  # what was typed is not lost
    done = client.post(edit, {"seen": 1, "q-children_number": "2", "finish": "yes"})
    assert done.url == reverse("sheet_finish", args=[sheet.pk])
    client.post(done.url, {"done_on": timezone.localdate().isoformat()})
    sheet.refresh_from_db()
    assert (sheet.assessment.needs, sheet.assessment.housing) == (["legal", "housing"], "1")
    assert sheet.answers["children_number"] == "2"
    page = client.get(reverse("sheet_detail", args=[sheet.pk])).content.decode()
    assert "Legal help and documents" in page or "Documents and legal help" in page
    page = client.get(reverse("case_detail", args=[case.pk])).content.decode()
    assert reverse("sheet_detail", args=[sheet.pk]) in page


def test_who_reads_and_writes_a_sheet(sign_in, case, case_worker, colleague, stranger, coordinator, shipped):
    sheet = services.start_sheet(by=case_worker, case=case, version=shipped["safety"])
    for url in ("sheet_detail", "sheet_edit", "sheet_finish"):
        address = reverse(url, args=[sheet.pk])
        assert sign_in(stranger).get(address).status_code == 404
        assert sign_in(colleague).get(address).status_code == 302  # the file is closed: a reason is asked for
        assert sign_in(coordinator).get(address).status_code == 302


def test_what_is_sensitive_is_for_the_team_of_the_case(sign_in, case, case_worker, colleague, shipped):
    sheet = services.start_sheet(by=case_worker, case=case, version=shipped["safety"])
    answer(case_worker, sheet, calls_safe="yes", plan="Parola segreta", risks=["threats"])
    url = reverse("sheet_detail", args=[sheet.pk])
    assert "Parola segreta" in sign_in(case_worker).get(url).content.decode()
    open_file_with_reason(by=colleague, person=case.person, reason="stands in for a colleague")
    page = sign_in(colleague).get(url).content.decode()
    assert "Parola segreta" not in page
    assert "for the team of the case" in page


def test_a_city_loads_its_own_and_others_do_not_see_it(sign_in, coordinator, stranger, case_worker, shipped):
    client = sign_in(coordinator)
    upload = io.BytesIO(file_of(*MOOD))
    upload.name = "umore.csv"
    page = client.post(reverse("instrument_new"), {"kind": "scale", "file": upload}, follow=True)
    assert "Umore" in page.content.decode()
    version = InstrumentVersion.objects.get(instrument__code="umore")
    assert sign_in(case_worker).get(reverse("instrument_detail", args=[version.pk])).status_code == 200
    assert sign_in(stranger).get(reverse("instrument_detail", args=[version.pk])).status_code == 404
    bad = io.BytesIO(file_of(*MOOD, ("boh", "x", "?")))
    bad.name = "umore.csv"
    page = client.post(reverse("instrument_new"), {"kind": "scale", "file": bad})
    assert page.status_code == 422
    assert "Row 9" in page.content.decode()
    assert sign_in(case_worker).get(reverse("instrument_new")).status_code == 403


def test_what_is_exported_can_be_loaded_again(sign_in, case_worker, coordinator, partner, shipped):
    content = sign_in(case_worker).get(
        reverse("instrument_detail", args=[shipped["preliminary"].pk]), {"format": "xlsx"}
    )
    file = b"".join(content.streaming_content) if content.streaming else content.content
    with pytest.raises(DomainError, match="network has an instrument"):
        services.load_instrument(by=coordinator, partner=partner, kind="preliminary", content=file)
