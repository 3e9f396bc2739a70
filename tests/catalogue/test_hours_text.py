"""Opening hours as people write them: read right, or refused with the reason."""

from datetime import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lgnet.catalogue.hours_text import read_hours, write_hours
from lgnet.catalogue.opening import WeekSpan, first_overlap
from lgnet.core.cells import Unreadable

READ = {
    "lun-ven 9-13, gio anche 15-17": "lun-mer, ven 9:00-13:00; gio 9:00-13:00, 15:00-17:00",
    "Lunedì-Venerdì 9.00-13.00": "lun-ven 9:00-13:00",
    "LUNEDI – VENERDI: 9.30 – 13": "lun-ven 9:30-13:00",
    "dal lunedì al venerdì dalle ore 9:00 alle ore 13:00": "lun-ven 9:00-13:00",
    "dal lunedì al venerdì dalle 9 alle 13 e dalle 15 alle 18": "lun-ven 9:00-13:00, 15:00-18:00",
    "Aperto dal lun al ven, ore 8.30/12.30": "lun-ven 8:30-12:30",
    "lun. mer. ven. 9.30-12.30 / mar. gio. 15-17": "lun, mer, ven 9:30-12:30; mar, gio 15:00-17:00",
    "Lun/mer/ven 9-12": "lun, mer, ven 9:00-12:00",
    "sab/dom 10-12": "sab, dom 10:00-12:00",
    "lun-sab 8.30–12.30; dom chiuso": "lun-sab 8:30-12:30",
    "lun-sab 9-13, chiuso giovedì e sabato": "lun-mer, ven 9:00-13:00",
    "LUN 9:00 - 12:00 MAR 9:00 - 12:00 MER CHIUSO GIO 9:00 - 12:00": "lun, mar, gio 9:00-12:00",
    "tutti i giorni 8-20": "tutti i giorni 8:00-20:00",
    "tutti i giorni tranne la domenica 9-13": "lun-sab 9:00-13:00",
    "ogni giorno dalle 20 alle 8": "tutti i giorni 20:00-8:00",
    "h24": "tutti i giorni 24 ore",
    "24 ore su 24, 7 giorni su 7": "tutti i giorni 24 ore",
    "sempre aperto": "tutti i giorni 24 ore",
    "lun-ven h24": "lun-ven 24 ore",
    "9-13 dal lunedì al venerdì": "lun-ven 9:00-13:00",
    "9-13 / 14-18 lun-ven": "lun-ven 9:00-13:00, 14:00-18:00",
    "lun-ven 8:30/12:30 - 14:00/18:00": "lun-ven 8:30-12:30, 14:00-18:00",
    "lun-ven mattina 9-13, pomeriggio 15-18": "lun-ven 9:00-13:00, 15:00-18:00",
    "il martedì e il giovedì dalle 15 alle 18": "mar, gio 15:00-18:00",
    "Lu-Ve 9h-13h": "lun-ven 9:00-13:00",
    "Ma, Gi 9h30-12h30": "mar, gio 9:30-12:30",
    "mar 0900-1300": "mar 9:00-13:00",
    "domeniche 9-12": "dom 9:00-12:00",
    "ven-lun 22-2": "lun, ven-dom 22:00-2:00",
    "lun-ven 12.00-mezzanotte": "lun-ven 12:00-24:00",
    "sab e dom 20-24": "sab, dom 20:00-24:00",
    "lunedì\n9-12\nmartedì\n15-18": "lun 9:00-12:00; mar 15:00-18:00",
    "Mon-Fri 9am-5pm": "lun-ven 9:00-17:00",
    "Monday to Friday from 9 a.m. to 1 p.m., Thursday also 3-5pm": "lun-mer, ven 9:00-13:00; gio 9:00-13:00, 15:00-17:00",
    "weekdays 9-17, weekend 10-12": "lun-ven 9:00-17:00; sab, dom 10:00-12:00",
    "Tues & Thurs 10:00-12:00": "mar, gio 10:00-12:00",
    "every day except Sunday 9-13": "lun-sab 9:00-13:00",
    "Wed 12pm-2pm": "mer 12:00-14:00",
    "noon to midnight on Saturdays": "sab 12:00-24:00",
}
REFUSED = {
    "": "Write days and hours",
    "dom chiuso": "Write days and hours",
    "lun/ven 9-12": "may mean both days or all between them",
    "feriali 9-13": "may or may not mean Saturday",
    "lun-ven 9-13 su appuntamento": "“appuntamento” is not understood",
    "9-13": "On which days",
    "lun-ven": "From when to when",
    "lun-ven 9": "only one time",
    "lun-ven 9-13, gio 9-17": "overlap on gio",
    "dom 22-6, lun 5-9": "overlap on lun",
    "dom e festivi 9-12": "public holidays",
    "lun 25-26": "no time of the day",
    "lun 9:75-10": "no time of the day",
    "lun 9-9": "24 hours",
    "lunedì 9,30-12": "no time of the day",
    "chiuso il giovedì; lun-sab 9-13": "closed last",
    "dom 22-lun 6": "only one time",
    "fino alle 18": "not understood",
    "\x00": "not understood",
    "!!!": "not understood",
}


@pytest.mark.parametrize(("text", "canonical"), READ.items())
def test_real_spellings(text, canonical):
    assert write_hours(read_hours(text).spans) == canonical


@pytest.mark.parametrize(("text", "why"), REFUSED.items())
def test_what_is_not_certain_is_refused(text, why):
    with pytest.raises(Unreadable, match=why):
        read_hours(text)


@pytest.mark.parametrize(
    ("text", "opens"),
    [
        ("lun-ven 9-13", None), ("lun-ven 9-13, festivi esclusi", False), ("lun-ven 9-13 (esclusi i festivi)", False),
        ("tutti i giorni, anche i festivi, 8-20", True), ("lun-dom 8-20 festivi compresi", True),
        ("lun-ven 9-13, chiuso nei giorni festivi", False), ("every day 9-17, closed on public holidays", False),
    ],
)  # fmt: skip
def test_public_holidays(text, opens):
    assert read_hours(text).opens_on_holidays is opens


calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def span(day: int, start: int, length: int) -> WeekSpan:
    """A span of a weekday; times in steps of five minutes."""
    opens, closes = (time(step % 288 // 12, step % 12 * 5) for step in (start, start + length))
    return WeekSpan(day, opens, closes)


def fits(spans: list[WeekSpan]) -> bool:
    return not first_overlap([(one.weekday, (one.opens, one.closes)) for one in spans])


spans_of_a_week = st.builds(span, st.integers(0, 6), st.integers(0, 287), st.integers(1, 287))
weeks = st.lists(spans_of_a_week, min_size=1, max_size=10).filter(fits)


@calm
@given(weeks, st.sampled_from(["it", "en"]))
def test_what_is_written_is_read_back(spans, language):
    wanted = tuple(sorted(spans, key=lambda one: (one.weekday, one.opens)))
    assert read_hours(write_hours(spans, language)).spans == wanted


@calm
@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text):
    try:
        spans = read_hours(text).spans
    except Unreadable:
        return
    assert spans


words = st.sampled_from(
    [
        "lun",
        "mar",
        "gio",
        "domenica",
        "-",
        "al",
        "dal",
        "9",
        "13",
        "9:30",
        "15",
        ",",
        ";",
        "/",
        "e",
        "anche",
        "chiuso",
        "tranne",
        "festivi",
        "esclusi",
        "tutti",
        "i",
        "giorni",
        "24",
        "h",
        "h24",
        "am",
        "pm",
    ]
)


@calm
@given(st.lists(words, max_size=14).map(" ".join))
def test_any_words_of_hours_are_read_or_refused(text):
    try:
        spans = read_hours(text).spans
    except Unreadable:
        return
    assert read_hours(write_hours(spans)).spans == spans
