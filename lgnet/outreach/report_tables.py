"""Tables of the street report."""

from collections import Counter
from collections.abc import Callable, Hashable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from lgnet.cases.models import Referral
from lgnet.catalogue.models import ServiceType
from lgnet.core.report_tables import FEW, Line, ReportTable, hour_head, hour_name, protect, short, weekday_name
from lgnet.core.week_hours import Slot
from lgnet.outreach.report import Cells, Report, Spot
from lgnet.outreach.report_selection import Selection

DAY_BEGINS = 6  # hours are told from the morning on, so that a night stays together


def tables(report: Report) -> list[ReportTable]:
    """Every table in the order of the page; contacts by zone and hour only where small counts are shown."""
    found = [_places(report), _hours(report)]
    if report.selection.is_exact:
        rule = _("How many contacts in each hour of the day, by the clock in Rome.")
        found.append(_grid(report, "contacts", _("Contacts by zone and hour"), rule, report.contacts))
    rule = _("Hours that units were at a stop, in each hour of the day. Where there are none, nobody was there.")
    title = _("Presence by city and hour") if report.selection.by_city else _("Presence by zone and hour")
    found += [_grid(report, "presence", title, rule, report.presence.hours), _week(report)]
    return [table for table in [*found, _needs(report), _cards(report)] if table.lines]


def _places(report: Report) -> ReportTable:
    spots, by_city, is_exact = report.spots, report.selection.by_city, report.selection.is_exact
    hours = added(report.presence.hours, lambda pk, _slot: pk)
    lines = []
    for spot, contacts in zip(spots, protect([one.contacts for one in spots], is_exact=is_exact), strict=True):
        heads = [_told_beside(count, contacts, is_exact) for count in (spot.people, spot.persons)]
        numbers = [contacts, *heads, short(hours[spot.pk]), report.presence.visits[spot.pk]]
        lines.append(Line(spot.name, numbers, spot_url(report.selection, spot)))
    return ReportTable(
        "places", _("Cities") if by_city else _("Zones"),
        _("Where hours of presence are 0 nobody was there. Persons met in two places are in both: do not add them."),
        [_("City") if by_city else _("Zone"), _("Contacts"), _("People present"), _("Persons reached"),
         _("Hours of presence"), _("Times there")], lines,
    )  # fmt: skip


def _told_beside(count: int, contacts: int | str, is_exact: bool) -> int | str:
    """A count of people at contacts; hidden where the contacts are, or when it is small itself."""
    is_told = is_exact or (isinstance(contacts, int) and not 0 < count < FEW)
    return count if is_told else _("hidden")


def _hours(report: Report) -> ReportTable:
    contacts, presence = by_hour(report.contacts), by_hour(report.presence.hours)
    hours = active_hours(report.contacts, report.presence.hours)
    counts = protect([int(contacts[hour]) for hour in hours], is_exact=report.selection.is_exact)
    lines = [
        Line(hour_name(hour), [count, short(presence[hour]), _an_hour(count, presence[hour])])
        for hour, count in zip(hours, counts, strict=True)
    ]
    return ReportTable(
        "hours", _("Hours of the day"),
        _("By the clock in Rome. Contacts an hour: for each hour that a unit was at a stop."),
        [_("Hour"), _("Contacts"), _("Hours of presence"), _("Contacts an hour")], lines,
    )  # fmt: skip


def _grid(report: Report, name: str, title: str, rule: str, cells: Cells) -> ReportTable:
    hours, numbers = active_hours(cells), added(cells, lambda pk, slot: (pk, slot.hour))
    lines = [
        Line(spot.name, [short(numbers[spot.pk, hour]) for hour in hours], spot_url(report.selection, spot))
        for spot in (report.spots if hours else [])
    ]
    head = _("City") if report.selection.by_city else _("Zone")
    return ReportTable(name, title, rule, [head, *map(hour_head, hours)], lines, is_grid=True)


def _week(report: Report) -> ReportTable:
    cells = report.presence.hours
    hours, numbers = active_hours(cells), added(cells, lambda _pk, slot: slot)
    lines = [
        Line(weekday_name(day), [short(numbers[Slot(day, hour)]) for hour in hours])
        for day in (range(7) if hours else ())
    ]
    rule = _("Hours that units were at a stop, by weekday and hour of the day. Where there are none, nobody was there.")
    heads = [_("Day"), *map(hour_head, hours)]
    return ReportTable("week", _("Presence by weekday and hour"), rule, heads, lines, is_grid=True)


def _needs(report: Report) -> ReportTable:
    total, is_exact = report.totals["contacts"], report.selection.is_exact
    lines = []
    for code, count in report.needs.most_common():
        if code in ServiceType.Area.values:
            is_told = is_exact or count >= FEW
            numbers = [count if is_told else _("hidden"), round(100 * count / total) if is_told and total else None]
            lines.append(Line(str(ServiceType.Area(code).label).capitalize(), numbers))
    return ReportTable(
        "needs", _("Needs seen"),
        _("Contacts at which a need of the area was seen. One contact may have several: do not add them."),
        [_("Area"), _("Contacts"), _("In 100 contacts")], lines,
    )  # fmt: skip


def cards_told(report: Report) -> dict[Referral.Status, int | str]:
    """The cards by their status, as they are told wherever they are."""
    statuses = [status for status in Referral.Status if report.cards.get(status)]
    counts = protect([report.cards[status] for status in statuses], is_exact=report.selection.is_exact)
    return dict(zip(statuses, counts, strict=True))


def _cards(report: Report) -> ReportTable:
    lines = [Line(str(status.label).capitalize(), [count]) for status, count in cards_told(report).items()]
    rule = _("Referrals that mobile units gave in these days, by what has become of them until now.")
    return ReportTable("cards", _("Cards given, by answer"), rule, [_("Answer"), _("Cards")], lines)


# -- addresses -------------------------------------------------------------------------------------------------------


def contacts_url(selection: Selection, **more: Any) -> str:
    """The list of the contacts that are counted; empty for whoever does not read them one by one."""
    if not selection.is_exact:
        return ""
    asked: dict[str, Any] = {"since": selection.first.isoformat(), "until": selection.last.isoformat()}
    chosen = {"team": selection.team, "zone": selection.zone}
    asked |= {key: row.pk for key, row in chosen.items() if row}
    return f"{reverse('contact_list')}?{urlencode(asked | more)}"


def spot_url(selection: Selection, spot: Spot) -> str:
    """The report of a city, or the contacts of a zone that has some."""
    if selection.by_city:
        days = {"since": selection.first.isoformat(), "until": selection.last.isoformat()}
        return f"{reverse('contact_report')}?{urlencode({'partner': spot.slug} | days)}"
    return contacts_url(selection, zone=spot.pk) if spot.contacts else ""


# -- small parts -----------------------------------------------------------------------------------------------------


def added(cells: Cells, by: Callable[[Any, Slot], Hashable]) -> Counter[Any]:
    """The numbers of cells added up by something of their place and hour."""
    found: Counter[Any] = Counter()
    for (pk, slot), number in cells.items():
        found[by(pk, slot)] += number  # type: ignore[assignment]  # hours of presence are no whole numbers
    return found


def by_hour(cells: Cells) -> Counter[int]:
    """The numbers of cells added up by hour of the day."""
    return added(cells, lambda _pk, slot: slot.hour)


def active_hours(*cells: Cells) -> list[int]:
    """The hours of the day from the first to the last with something in it, from the morning on."""
    found = {(slot.hour - DAY_BEGINS) % 24 for one in cells for (_pk, slot), number in one.items() if number}
    return [(hour + DAY_BEGINS) % 24 for hour in range(min(found), max(found) + 1)] if found else []


def _an_hour(count: int | str, hours: float) -> float | None:
    return round(count / hours, 1) if isinstance(count, int) and hours >= 1 else None
