"""The page of a figure told apart by group: people by age and gender, goals by area, answers by what was said."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lgnet.core.report_tables import Line, ReportTable
from lgnet.core.tables import EXPORTS
from lgnet.indicators import selectors
from lgnet.indicators.boards import Board, place_name, quarter_name
from lgnet.indicators.forms import GroupsForm
from lgnet.indicators.groups import Groups, count_groups
from lgnet.indicators.registry import Indicator, all_indicators
from lgnet.network.requests import StaffRequest


@require_GET
def indicator_groups(request: StaffRequest, code: str) -> HttpResponse:
    """A figure by group and city, in a quarter or since the beginning."""
    indicator = selectors.get_indicator(code)
    if not indicator.groups:
        raise Http404
    asked = request.GET
    choice = selectors.choose(request.user, partner=asked.get("partner", ""), quarter=asked.get("quarter", ""))
    form = GroupsForm(choice, is_quarter=bool(asked.get("quarter")) or not indicator.adds_up)
    quarter = choice.quarter if form.is_quarter else None
    found = count_groups([indicator, *indicator.grouped], choice.partner_ids, quarter.first_day if quarter else None)
    span = quarter_name(quarter) if quarter else _("Since the beginning")
    tables = [_by_city(choice, indicator, found, span)]
    if indicator.area == "counts":
        tables += _four_counts(Board(choice, selectors.get_figures(choice)))
    if (kind := asked.get("format")) in EXPORTS:
        table = next((one for one in tables if one.name == asked.get("table")), tables[0])
        rows = table.export_rows()
        selectors.log_export(request.user, choice, len(rows))
        return EXPORTS[kind](f"{table.title}: {place_name(choice)}", list(table.heads), rows)
    context = {
        "indicator": indicator, "form": form, "place": place_name(choice), "span": span, "is_behind": found.is_behind,
        "is_empty": not any(line.counts.get(indicator.code) for line in found.lines),
        "tables": [(table, _downloads(request, code, table.name)) for table in tables],
    }  # fmt: skip
    return render(request, "indicators/groups.html", context)


def _by_city(choice: selectors.Choice, indicator: Indicator, found: Groups, span: str) -> ReportTable:
    codes = [indicator.code, *(one.code for one in indicator.grouped)]
    names = {one.pk: one for one in choice.partners}
    lines = [
        Line(
            names[line.partner].short_name, [line.counts.get(code, 0) for code in codes],
            f"{reverse('indicator_groups', args=[indicator.code])}?{urlencode({'partner': names[line.partner].slug})}",
        )
        for line in found.lines
        if line.partner and (choice.partner or line.counts.get(indicator.code))
    ]  # fmt: skip
    if choice.partner is None:
        total = [sum(line.counts.get(code, 0) for line in found.lines) for code in codes]
        lines.insert(0, Line(_("Whole network"), total))
    heads = [_("City"), _("Together"), *(str(label) for _code, label in indicator.groups)]
    return ReportTable("groups", f"{indicator.label}: {span}", indicator.rule, heads, lines)


def _four_counts(board: Board) -> list[ReportTable]:
    """The counts that are never mixed, side by side, in one quarter; apart from them who is helped and not eligible."""
    four = [one for one in all_indicators() if one.area == "counts"]
    apart = [one for one in all_indicators() if one.code == "participants" or one.area == "counted_apart"]
    quarter = {"quarter": quarter_name(board.choice.quarter)}
    title = _("Beside the participants: helped without being eligible, %(quarter)s") % quarter
    return [
        _side_by_side(board, "counts", _("Four counts that are never mixed: %(quarter)s") % quarter, four),
        _side_by_side(board, "apart", title, apart),
    ]


def _side_by_side(board: Board, name: str, title: str, counts: list[Indicator]) -> ReportTable:
    lines = board.by_partner() if board.choice.partner is None else board.by_quarter()
    rows = [
        Line(
            line.partner.short_name if line.partner else place_name(board.choice),
            [value.count if (value := line.values[one.code]) else None for one in counts],
        )
        for line in lines
        if line.quarter == board.choice.quarter
    ]  # fmt: skip
    rule = " ".join(f"{one.label}: {one.rule}" for one in counts)
    return ReportTable(name, title, rule, [_("City"), *(str(one.label) for one in counts)], rows)


def _downloads(request: StaffRequest, code: str, table: str) -> list[tuple[str, str]]:
    page, asked = reverse("indicator_groups", args=[code]), request.GET.dict()
    links: list[tuple[str, str]] = []
    for kind in EXPORTS:
        more: dict[str, Any] = asked | {"table": table, "format": kind}
        links.append((kind.upper(), f"{page}?{urlencode(more)}"))
    return links
