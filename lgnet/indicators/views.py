"""Pages of figures: all of them, one of them, the rows behind it, its chart, and how every number is counted."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_GET

from lgnet.core.tables import table_response
from lgnet.indicators import selectors, tables
from lgnet.indicators.boards import SECTIONS, Board, address, described_in_words, place_name, quarter_name
from lgnet.indicators.charts import draw
from lgnet.indicators.forms import ChoiceForm, EvidenceForm
from lgnet.indicators.registry import Indicator
from lgnet.network.models import Aim
from lgnet.network.requests import StaffRequest


@require_GET
def indicator_list(request: StaffRequest) -> HttpResponse:
    """Every figure of a partner, or of the whole network, in a quarter."""
    board = _board(request)
    quarter = board.choice.quarter
    asked = {"since": quarter.first_day.isoformat(), "until": (quarter.next.first_day - timedelta(days=1)).isoformat()}
    if board.choice.partner:
        asked["partner"] = board.choice.partner.slug
    return _page(request, board, "indicators/indicator_list.html", {"street_days": urlencode(asked)})


@require_GET
def indicator_detail(request: StaffRequest, code: str) -> HttpResponse:
    """One indicator: its definition, its chart, its figures by quarter and by partner."""
    indicator, board = selectors.get_indicator(code), _board(request)
    more = {} if board.is_empty else {"chart_text": described_in_words(board, indicator)}
    context = {
        "indicator": indicator,
        "card": board.card(indicator),
        "chart_url": address("indicator_chart", board.choice, indicator=indicator),
        "chart_narrow_url": address("indicator_chart", board.choice, indicator=indicator) + "&narrow=1",
        "result": Aim.objects.filter(kind=Aim.Kind.RESULT, number=indicator.result).first(),
    }
    return _page(request, board, "indicators/indicator_detail.html", context | more, indicator)


@require_GET
def indicator_evidence(request: StaffRequest, code: str) -> HttpResponse:
    """The rows behind a figure, each with a pseudonym."""
    indicator, choice = selectors.get_indicator(code), _choice(request)
    form = EvidenceForm(choice, {"known": request.GET.get("known", "")})
    evidence = selectors.get_evidence(request.user, choice, indicator, as_known=form.as_known)
    table = tables.evidence_table(request, choice, evidence, form)
    back = address("indicator_detail", choice, indicator=indicator)
    context = {"indicator": indicator, "behind": None if form.as_known else evidence.as_known, "back_url": back}
    return table_response(request, table, "indicators/indicator_evidence.html", context)


@require_GET
def indicator_chart(request: StaffRequest, code: str) -> HttpResponse:
    """The chart of an indicator, as SVG; a browser that has it is told so."""
    indicator, board = selectors.get_indicator(code), _board(request)
    drawing = draw(board, indicator, narrow=bool(request.GET.get("narrow")))
    response = HttpResponse(drawing.svg, content_type="image/svg+xml", headers={"ETag": f'"{drawing.tag}"'})
    patch_cache_control(response, private=True, no_cache=True)
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


@require_GET
def methodology(request: StaffRequest) -> HttpResponse:
    """How every number is counted: the rules as they stand in the code."""
    results = {aim.number: aim for aim in Aim.objects.filter(kind=Aim.Kind.RESULT)}
    found = [(section, [(one, results.get(one.result)) for one in section.indicators]) for section in SECTIONS]
    return render(request, "indicators/methodology.html", {"sections": found})


def _choice(request: StaffRequest) -> selectors.Choice:
    asked = request.GET
    return selectors.choose(request.user, partner=asked.get("partner", ""), quarter=asked.get("quarter", ""))


def _board(request: StaffRequest) -> Board:
    choice = _choice(request)
    return Board(choice, selectors.get_figures(choice))


def _page(
    request: StaffRequest, board: Board, template: str, context: dict[str, Any], *indicators: Indicator
) -> HttpResponse:  # fmt: skip
    """The page with its tables, or one of them as a spreadsheet."""
    by_quarter = tables.by_quarter(request, board, indicators)
    by_partner = tables.by_partner(request, board, indicators) if board.choice.partner is None else None
    asked = by_partner if by_partner and request.GET.get("table") == by_partner.name else by_quarter
    context |= {
        "board": board, "form": ChoiceForm(board.choice), "place": place_name(board.choice),
        "quarter": quarter_name(board.choice.quarter), "by_quarter": by_quarter, "by_partner": by_partner,
    }  # fmt: skip
    return table_response(
        request, asked, template, context, on_export=lambda n: selectors.log_export(request.user, board.choice, n)
    )
