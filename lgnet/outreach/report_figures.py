"""The numbers on top of the street report, each with its rule, and its map."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from lgnet.cases.models import Referral
from lgnet.core.maps import NARROW, WIDE, Map, Place, draw_map
from lgnet.core.report_tables import ReportFigure, protect, told, written
from lgnet.core.tables import shown
from lgnet.outreach.report import Cells, Report
from lgnet.outreach.report_selection import Selection
from lgnet.outreach.report_tables import active_hours, added, cards_told, contacts_url


def figures(report: Report) -> list[ReportFigure]:
    """The numbers on top; what they count is never mixed."""
    totals, is_exact = report.totals, report.selection.is_exact
    came, given = cards_told(report).get(Referral.Status.ARRIVED, 0), sum(report.cards.values())
    return [
        ReportFigure(
            _("Contacts"), told(totals["contacts"], is_exact=is_exact),
            _("Meetings recorded by the mobile units: each counts, of one person or of a group."),
            contacts_url(report.selection) if totals["contacts"] else "",
        ),
        ReportFigure(
            _("People present"), told(totals["people"], is_exact=is_exact),
            _("Heads at these contacts, added up. Somebody met three times is in it three times: not persons."),
        ),
        ReportFigure(
            _("Persons reached in the street"), told(totals["persons"], is_exact=is_exact),
            _("Different persons with a name, a nickname or a card. Groups and the unknown are not in it."),
        ),
        ReportFigure(
            _("Cards given"), told(given, is_exact=is_exact),
            _("Referrals from mobile units to other services, by the day on which they were given."),
            note=_("Came so far: %(n)s") % {"n": written(came)},
        ),
        ReportFigure(
            _("Hours of presence"), shown(round(report.total_hours)),
            _("Time of the units at their stops: as planned, within what the outing really lasted."),
        ),
        _rough(totals, is_exact=is_exact),
    ]  # fmt: skip


def _rough(totals: dict[str, int], *, is_exact: bool) -> ReportFigure:
    rough, housed = protect([totals["rough"], totals["housed"]], is_exact=is_exact)
    both = told(totals["rough"] + totals["housed"], is_exact=is_exact) if isinstance(housed, int) else housed
    return ReportFigure(
        _("Sleeping rough"), written(rough), _("Contacts at which it was recorded that somebody sleeps rough now."),
        note=_("Recorded, yes or no, at %(n)s") % {"n": both},
    )  # fmt: skip


def title_of(selection: Selection) -> str:
    """The places and the unit that a report is about."""
    place = selection.partner.short_name if selection.partner else _("All cities")
    return ", ".join([place, *(str(one) for one in (selection.team, selection.zone) if one)])


def days_of(selection: Selection) -> str:
    """From which day to which."""
    return _("from %(first)s to %(last)s") % {"first": shown(selection.first), "last": shown(selection.last)}


def map_hours(report: Report) -> list[int]:
    """The hours at which the map can be looked at: those with a contact or with somebody there."""
    selection = report.selection
    if not selection.is_exact or selection.by_city:
        return []
    return active_hours(report.contacts, report.presence.hours)


def maps(report: Report) -> dict[str, Map | None]:
    """The same zones on a wide sheet and on a narrow one; none of many cities, whose zones would be too many."""
    places = [] if report.selection.by_city else list(_map_places(report))
    outlines = [ring for spot in report.spots for ring in spot.outline]
    return {"wide": draw_map(places, WIDE, outlines), "narrow": draw_map(places, NARROW, outlines)}


def _map_places(report: Report) -> Iterator[Place]:
    selection = report.selection
    contacts, present = _at_hour(report.contacts, selection.hour), _at_hour(report.presence.hours, selection.hour)
    counted = added(contacts, lambda pk, _slot: pk)
    covered = {pk for (pk, _slot), number in present.items() if number}
    spots = [spot for spot in report.spots if spot.latitude is not None and spot.longitude is not None]
    counts = [int(counted[spot.pk]) for spot in spots]
    for spot, count, number in zip(spots, counts, protect(counts, is_exact=selection.is_exact), strict=True):
        yield Place(
            spot.name, spot.latitude or 0, spot.longitude or 0, number if isinstance(number, int) else 0,
            written(number), bool(count or spot.pk in covered), contacts_url(selection, zone=spot.pk) if count else "",
        )  # fmt: skip


def _at_hour(cells: Cells, hour: int | None) -> Cells:
    return cells if hour is None else {(pk, slot): n for (pk, slot), n in cells.items() if slot.hour == hour}
