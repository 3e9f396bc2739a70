"""The page of how long people wait for a step, with its chart."""

import hashlib
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lgnet.cases.waiting import limits_of
from lgnet.cases.waiting_models import USUAL_LIMITS, Step
from lgnet.core.report_tables import Line, ReportTable
from lgnet.core.tables import EXPORTS, FilterForm
from lgnet.indicators import selectors, waits
from lgnet.indicators.boards import place_name
from lgnet.indicators.charts import KEPT
from lgnet.indicators.waits_tables import by_cause, by_step, share_within
from lgnet.network.requests import StaffRequest

SPANS = {"365": gettext_lazy("in the last 12 months"), "90": gettext_lazy("in the last 3 months"),
         "730": gettext_lazy("in the last 24 months"), "": gettext_lazy("at any time")}  # fmt: skip


class WaitsFilter(FilterForm):
    """Which step, which city, who began to wait when."""

    q = None  # type: ignore[assignment]  # nothing is searched by words here
    step = forms.ChoiceField(label=gettext_lazy("Waits for"), choices=Step.choices, required=False)
    partner = forms.ChoiceField(label=gettext_lazy("City"), required=False)
    span = forms.ChoiceField(label=gettext_lazy("Who began to wait"), choices=list(SPANS.items()), required=False)

    def __init__(self, asked: Any, *, choice: selectors.Choice) -> None:
        super().__init__({"step": Step.CASE, "span": "365"} | {key: asked[key] for key in asked})
        fields: dict[str, Any] = self.fields
        fields["partner"].choices = [("", _("all")), *((one.slug, one.short_name) for one in choice.partners)]
        if len(choice.partners) < 2:
            del fields["partner"]

    def asked(self) -> tuple[Step, Any]:
        """The step, and since when people began to wait for it; what is not understood is left out."""
        data = self.cleaned_data if self.is_valid() else {"step": Step.CASE, "span": "365"}
        return Step(data["step"] or Step.CASE), waits.since_days(int(data["span"]) if data["span"] else None)


@require_GET
def indicator_waits(request: StaffRequest) -> HttpResponse:
    """How soon people reach a step, those who still wait counted too: chart, by days, by city."""
    choice = selectors.choose(request.user, partner=request.GET.get("partner", ""))
    form = WaitsFilter(request.GET, choice=choice)
    step, since = form.asked()
    spells = waits.spells_of(choice.partner_ids, step, since=since)
    whole = waits.estimate(waits.together(list(spells.values())))
    if width := request.GET.get("chart"):
        return HttpResponse(_drawn(whole, step, narrow=width == "narrow"), content_type="image/svg+xml")
    if request.GET.get("steps"):  # four times the work of one step
        tables = [by_step(choice.partner_ids, step, spells, since=since), by_cause(choice.partner_ids, since=since)]
    else:
        tables = [_by_days(whole), *([_by_city(choice, step, spells)] if choice.partner is None else [])]
    if (kind := request.GET.get("format")) in EXPORTS:
        return _export(request, choice, kind, tables)
    context = {
        "form": form, "step": step, "place": place_name(choice), "whole": whole, "limit": USUAL_LIMITS[step],
        "tables": [(table, _downloads(request, table.name)) for table in tables],
        "steps_url": "" if request.GET.get("steps") else _link(request, steps="1"),
        "charts": {width: _link(request, chart=width) for width in ("wide", "narrow")},
    }  # fmt: skip
    return render(request, "indicators/waits.html", context)


def _export(request: StaffRequest, choice: selectors.Choice, kind: str, tables: list[ReportTable]) -> HttpResponse:
    """The table asked for, as a spreadsheet; logged."""
    table = next((one for one in tables if one.name == request.GET.get("table")), tables[0])
    rows = table.export_rows()
    selectors.log_export(request.user, choice, len(rows))
    return EXPORTS[kind](f"{table.title}: {place_name(choice)}", list(table.heads), rows)


def _by_days(whole: waits.Estimate) -> ReportTable:
    lines = []
    for days in waits.MARKS:
        if point := whole.at(days):
            numbers = [round(100 * point.share), round(100 * point.low), round(100 * point.high)]
            lines.append(Line(_("after %(days)s days") % {"days": days}, numbers))
    rule = _("In 100 people, with those who still wait counted for as long as is known. The two bounds hold the true "
             "share in 95 of 100 cases.")  # fmt: skip
    heads = [_("Days"), _("Have reached it, in 100"), _("at least"), _("at most")]
    return ReportTable("days", _("How many have reached it"), rule, heads, lines)


def _by_city(choice: selectors.Choice, step: Step, spells: dict[Any, dict[waits.Spell, int]]) -> ReportTable:
    lines, limits = [], limits_of(frozenset(choice.partner_ids))
    for partner in choice.partners:
        if mine := spells[partner.pk]:
            one = waits.estimate(mine)
            within = share_within({partner.pk: limits[partner.pk][step]}, {partner.pk: mine})
            url = f"{reverse('indicator_waits')}?{urlencode({'partner': partner.slug})}"
            lines.append(Line(partner.short_name, [one.median, one.nine_in_ten, one.reached, one.waiting, within], url))
    rule = _("Days after which half, and 9 in 10, have reached it; empty where fewer have so far.")
    heads = [
        _("City"),
        _("Half within"),
        _("9 in 10 within"),
        _("Have reached it"),
        _("Still wait"),
        _("Within the limit, in 100"),
    ]
    return ReportTable("cities", _("Cities"), rule, heads, lines)


def _drawn(whole: waits.Estimate, step: Step, *, narrow: bool) -> str:
    """The chart as SVG, by a request of its own: the page does not wait for the libraries that draw."""
    points = [point._asdict() for point in whole.points]
    told = f"{points} {step} {narrow} {get_language()}"
    key = f"waits:{hashlib.sha256(told.encode()).hexdigest()}"
    drawing: str | None = cache.get(key)
    if drawing is None:
        from lgnet.indicators.vega import waits_svg  # noqa: PLC0415  they take long to import

        drawing = waits_svg(points, limit=USUAL_LIMITS[step], label=_("days"), narrow=narrow)
        cache.set(key, drawing, KEPT)
    return drawing


def _downloads(request: StaffRequest, table: str) -> list[tuple[str, str]]:
    return [(kind.upper(), _link(request, table=table, format=kind)) for kind in EXPORTS]


def _link(request: StaffRequest, **more: str) -> str:
    """This page with the same choice, and more."""
    return f"{reverse('indicator_waits')}?{urlencode(request.GET.dict() | more)}"
