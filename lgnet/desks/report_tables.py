"""Figures and tables of the report of the desks; each with its rule."""

from collections import Counter
from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from lgnet.catalogue.models import ServiceType
from lgnet.catalogue.reporting import Selection
from lgnet.core.languages import language_name
from lgnet.core.report_tables import (
    FEW,
    Line,
    Number,
    ReportFigure,
    ReportTable,
    hour_head,
    hour_name,
    protect,
    short,
    told,
    weekday_name,
    written,
)
from lgnet.core.tables import shown
from lgnet.core.week_hours import Slot
from lgnet.desks.models import Request
from lgnet.desks.report import DeskReport, Place, Waits

OUTCOMES = (Request.Outcome.REFERRED, Request.Outcome.APPOINTMENT, Request.Outcome.LATER, Request.Outcome.IMPOSSIBLE)


def title_of(selection: Selection) -> str:
    """The places that a report is about."""
    place = selection.partner.short_name if selection.partner else _("All cities")
    return f"{place}, {selection.team}" if selection.team else place


def days_of(selection: Selection) -> str:
    """From which day to which."""
    return _("from %(first)s to %(last)s") % {"first": shown(selection.first), "last": shown(selection.last)}


def figures(report: DeskReport) -> list[ReportFigure]:
    """The numbers on top; what they count is never mixed."""
    is_exact, waits = report.selection.is_exact, report.waits
    return [
        ReportFigure(
            _("Arrivals"), told(report.arrivals, is_exact=is_exact),
            _("Times that somebody was received, also who did not say who it is. Somebody who came three times is "
              "three arrivals."),
        ),
        ReportFigure(
            _("Numbers given"), told(report.tickets, is_exact=is_exact),
            _("Taken at a kiosk or given at the desk. A number is of nobody in particular."),
            note=_("Went away before being called: %(n)s") % {"n": told(report.left, is_exact=is_exact)},
        ),
        ReportFigure(
            _("Minutes waited: half of the people at most"), _minutes(waits, is_exact, lambda one: one.median),
            _("The median from taking the number to the first call, of all numbers that were called."),
        ),
        ReportFigure(
            _("Minutes waited: 9 in 10 at most"), _minutes(waits, is_exact, lambda one: one.nine_in_ten),
            _("The 90th percentile, the same as PERCENTILE.INC in a spreadsheet."),
        ),
        *_work_figures(report),
    ]  # fmt: skip


def _work_figures(report: DeskReport) -> list[ReportFigure]:
    is_exact, asked = report.selection.is_exact, report.asked.values()
    requests, at_once = sum(one.requests for one in asked), sum(one.at_once for one in asked)
    kept, missed = sum(one.kept for one in report.booked), sum(one.missed for one in report.booked)
    sent, arrived = sum(one.sent for one in report.sent), sum(one.arrived for one in report.sent)
    return [
        ReportFigure(
            _("Requests"), told(requests, is_exact=is_exact),
            _("Things asked at a visit, each by the catalogue of services."),
            note=_("Answered on the spot: %(n)s") % {"n": told(at_once, is_exact=is_exact)},
        ),
        ReportFigure(
            _("Appointments kept"), told(kept, is_exact=is_exact),
            _("By the day of the appointment. Cancelled in time is neither kept nor missed."),
            note=_("Missed: %(n)s") % {"n": told(missed, is_exact=is_exact)},
        ),
        ReportFigure(
            _("Sent to other services"), told(sent, is_exact=is_exact),
            _("Referrals of the desks, by the day on which they were sent."),
            note=_("Came so far: %(n)s") % {"n": told(arrived, is_exact=is_exact)},
        ),
    ]  # fmt: skip


def tables(report: DeskReport, *, whole: bool = False) -> list[ReportTable]:
    """Every table with something in it, in the order of the page; if `whole`, those with nothing too."""
    found = [
        _places(report), _hours(report), _asked(report), _booked(report), _sent(report), _topics(report),
        _languages(report),
    ]  # fmt: skip
    if report.selection.is_exact:
        found.append(_week(report))
    return [table for table in found if whole or table.lines]


def _places(report: DeskReport) -> ReportTable:
    by_city, is_exact = report.selection.by_city, report.selection.is_exact
    shown_places = [place for place in report.places if place.tickets or place.arrivals]
    tickets = protect([place.tickets for place in shown_places], is_exact=is_exact)
    arrivals = protect([place.arrivals for place in shown_places], is_exact=is_exact)
    gone = protect([place.left for place in shown_places], is_exact=is_exact)
    lines = []
    for place, came, given, left in zip(shown_places, arrivals, tickets, gone, strict=True):
        waits = [_of_waits(place.waits, is_exact, part) for part in (_median, _nine_in_ten)]
        lines.append(Line(place.name, [came, given, *waits, left], _url(report.selection, place)))
    return ReportTable(
        "places", _("Cities") if by_city else _("Desks"),
        _("Arrivals are of registered people; numbers are of those who waited. Minutes are until the first call."),
        [_("City") if by_city else _("Desk"), _("Arrivals"), _("Numbers given"), _("Median minutes"),
         _("9 in 10 within"), _("Went away")], lines,
    )  # fmt: skip


def _hours(report: DeskReport) -> ReportTable:
    is_exact, hours = report.selection.is_exact, sorted(report.hours)
    counts = protect([report.hours[hour].tickets for hour in hours], is_exact=is_exact)
    lines = [
        Line(
            hour_name(hour),
            [count, *(_of_waits(report.hours[hour].waits, is_exact, part) for part in (_median, _nine_in_ten))],
        )
        for hour, count in zip(hours, counts, strict=True)
    ]
    return ReportTable(
        "hours", _("Hours of the day"), _("When numbers were taken, by the clock in Rome, and how long those waited."),
        [_("Hour"), _("Numbers given"), _("Median minutes"), _("9 in 10 within")], lines,
    )  # fmt: skip


def _topics(report: DeskReport) -> ReportTable:
    names = {str(area): str(area.label).capitalize() for area in ServiceType.Area} | {"": _("Not said")}
    rule = _("What people chose at the kiosk or said at the desk when they took a number.")
    return _ranked(report, "topics", _("What people came for"), rule, _("Area"), report.topics, names.get)


def _asked(report: DeskReport) -> ReportTable:
    areas = sorted(report.asked, key=lambda area: -report.asked[area].requests)
    every = [report.asked[area] for area in areas]
    columns: list[list[int]] = [[one.requests for one in every], [one.at_once for one in every]]
    columns += [[one.outcomes[outcome] for one in every] for outcome in OUTCOMES]
    columns.append([one.mediated for one in every])
    names = [str(ServiceType.Area(area).label).capitalize() for area in areas]
    heads = [
        _("Area"), _("Requests"), _("On the spot"), *(str(outcome.label).capitalize() for outcome in OUTCOMES),
        _("With a mediator"),
    ]  # fmt: skip
    rule = _("Requests by topic, and what became of them until now. On the spot: answered without being put off.")
    return ReportTable("requests", _("Requests by topic"), rule, heads, _lines(report, names, columns))


def _booked(report: DeskReport) -> ReportTable:
    every = report.booked
    columns = [[one.kept for one in every], [one.missed for one in every], [one.cancelled for one in every]]
    lines = []
    for line, one in zip(_lines(report, [one.name for one in every], columns), every, strict=True):
        hides = any(isinstance(number, str) for number in line.values)
        lines.append(Line(line.label, [*line.values, _("hidden") if hides else one.missed_share]))
    head = _("City") if report.selection.by_city else _("Kind of appointment")
    rule = _("By the day of the appointment. Missed: the person did not come and had not said so before.")
    heads = [head, _("Kept"), _("Missed"), _("Cancelled"), _("Missed in 100")]
    return ReportTable("appointments", _("Appointments"), rule, heads, lines)


def _sent(report: DeskReport) -> ReportTable:
    every = report.sent
    columns = [[one.sent for one in every], [one.arrived for one in every], [one.refused for one in every]]
    head = _("City") if report.selection.by_city else _("Sent to")
    rule = _("Referrals that desks sent in these days, by what has become of them until now.")
    return ReportTable(
        "referrals", _("Sent to other services"), rule, [head, _("Sent"), _("Came"), _("Refused")],
        _lines(report, [one.name for one in every], columns),
    )  # fmt: skip


def _lines(report: DeskReport, names: Sequence[str], columns: Sequence[Sequence[int]]) -> list[Line]:
    """Rows of these columns; in each a small count is hidden, with one more where the sum would tell it."""
    told_columns = [protect(column, is_exact=report.selection.is_exact) for column in columns]
    return [Line(name, list(numbers)) for name, *numbers in zip(names, *told_columns, strict=True)]


def _languages(report: DeskReport) -> ReportTable:
    """Languages asked for, spoken, and served by a mediator, side by side."""
    counters = (report.languages, report.spoken, report.mediated)
    codes = [code for code, _count in sum(counters, Counter()).most_common()]
    names = [language_name(code) if code else _("Not said") for code in codes]
    lines = _lines(report, names, [[counter[code] for code in codes] for counter in counters])
    rule = _("Asked: chosen for the number. Spoken: at a request. With a mediator: at the desk or through the network.")
    heads = [_("Language"), _("Asked"), _("Spoken"), _("With a mediator")]
    return ReportTable("languages", _("Languages asked and served"), rule, heads, lines)


def _ranked(
    report: DeskReport, name: str, title: str, rule: str, head: str, counted: Counter[str],
    label: Callable[[str], str | None],
) -> ReportTable:  # fmt: skip
    """Counts, the largest first, with their share."""
    total, ranked = counted.total(), counted.most_common()
    counts = protect([count for _code, count in ranked], is_exact=report.selection.is_exact)
    lines = [
        Line(label(code) or code, [count, round(100 * count / total) if isinstance(count, int) else _("hidden")])
        for (code, _count), count in zip(ranked, counts, strict=True)
    ]
    return ReportTable(name, title, rule, [head, _("Numbers given"), _("In 100")], lines)


def _week(report: DeskReport) -> ReportTable:
    hours = sorted({slot.hour for slot in report.week})
    hours = list(range(hours[0], hours[-1] + 1)) if hours else []
    days = [day for day in range(7) if day < 5 or any(slot.weekday == day for slot in report.week)]
    lines = [
        Line(weekday_name(day), [report.week[Slot(day, hour)] for hour in hours]) for day in (days if hours else [])
    ]
    return ReportTable(
        "week", _("Arrivals by weekday and hour"), _("Registered people received, by the clock in Rome."),
        [_("Day"), *map(hour_head, hours)], lines, is_grid=True,
    )  # fmt: skip


def _median(waits: Waits) -> float | None:
    return waits.median


def _nine_in_ten(waits: Waits) -> float | None:
    return waits.nine_in_ten


def _of_waits(waits: Waits, is_exact: bool, part: Callable[[Waits], float | None]) -> Number:
    """Minutes; hidden where so few waited that they would be those of one of them."""
    if not is_exact and 0 < waits.spread.total() < FEW:
        return _("hidden")
    value = part(waits)
    return None if value is None else short(value)


def _minutes(waits: Waits, is_exact: bool, part: Callable[[Waits], float | None]) -> str:
    value = _of_waits(waits, is_exact, part)
    return "—" if value is None else written(value)


def _url(selection: Selection, place: Place) -> str:
    """The report of a city, or the numbers of a desk for whoever reads them one by one."""
    days = {"since": selection.first.isoformat(), "until": selection.last.isoformat()}
    if selection.by_city:
        return f"{reverse('desk_report')}?{urlencode({'partner': place.slug} | days)}"
    if selection.is_exact and place.tickets:
        return f"{reverse('desk_report')}?{urlencode({'team': place.pk} | days)}"
    return ""
