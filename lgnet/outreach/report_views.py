"""The street report: one page of figures, its tables as spreadsheets."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lgnet.catalogue.reporting import log_report_export, reach_of
from lgnet.core.report_tables import hour_name
from lgnet.core.tables import EXPORTS
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.outreach.report import Report, street_report
from lgnet.outreach.report_figures import days_of, figures, map_hours, maps, title_of
from lgnet.outreach.report_forms import StreetReportFilter
from lgnet.outreach.report_tables import tables


@require_GET
def contact_report(request: StaffRequest) -> HttpResponse:
    """What the mobile units did where and when, on a map, in tables and as spreadsheets."""
    form = StreetReportFilter(request.GET, reach=reach_of(request.user, Permission.VIEW_CONTACTS))
    selection = form.selection()
    if selection is None:
        status = 422 if request.GET.get("format") in EXPORTS else 200
        return render(request, "outreach/contact_report.html", {"form": form}, status=status)
    report = street_report(selection)
    if request.GET.get("format") in EXPORTS:
        return _export(request, report)
    context = {
        "form": form, "report": report, "selection": selection, "place": title_of(selection),
        "days": days_of(selection), "figures": figures(report), "maps": maps(report), "links": selection.is_exact,
        "hours": _hour_links(request, report), "now": timezone.now(),
        "tables": [(table, _downloads(request, table.name)) for table in tables(report)],
    }  # fmt: skip
    return render(request, "outreach/contact_report.html", context)


def _export(request: StaffRequest, report: Report) -> HttpResponse:
    found = tables(report)
    table = next((one for one in found if one.name == request.GET.get("table")), found[0])
    rows = table.export_rows()
    log_report_export(request.user, report.selection, object_type="outreach.report", table=table.name, rows=len(rows))
    title = f"{table.title}: {title_of(report.selection)}, {report.selection.first} {report.selection.last}"
    return EXPORTS[request.GET["format"]](title, [str(head) for head in table.heads], rows)


def _address(request: StaffRequest, **changes: str) -> str:
    query = request.GET.copy()
    for gone in ("format", "table"):
        query.pop(gone, None)
    for key, value in changes.items():
        query[key] = value
    return f"{reverse('contact_report')}?{query.urlencode()}"


def _downloads(request: StaffRequest, table: str) -> list[tuple[str, str]]:
    return [(kind.upper(), _address(request, format=kind, table=table)) for kind in EXPORTS]


def _hour_links(request: StaffRequest, report: Report) -> list[dict[str, Any]]:
    """Where the map of each hour is, and that of all of them."""
    hours: list[int | None] = [None, *map_hours(report)]
    return [
        {
            "label": _("All day") if hour is None else hour_name(hour),
            "url": f"{_address(request, hour='' if hour is None else str(hour))}#map",
            "is_here": hour == report.selection.hour,
        }
        for hour in hours
    ]
