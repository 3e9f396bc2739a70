"""The report of the desks: one page of figures, its tables as spreadsheets."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from lgnet.catalogue.models import Team
from lgnet.catalogue.report_forms import ReportFilter
from lgnet.catalogue.reporting import Selection, log_report_export, reach_of, select
from lgnet.core.tables import EXPORTS
from lgnet.desks.report import DeskReport, desk_report
from lgnet.desks.report_tables import days_of, figures, tables, title_of
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission


class DeskReportFilter(ReportFilter):
    """City, desk and days."""

    team_kind = Team.Kind.DESK


@require_GET
def desks_report(request: StaffRequest) -> HttpResponse:
    """Who came to the desks, how long people waited, what was asked, in tables and as spreadsheets."""
    form = DeskReportFilter(request.GET, reach=reach_of(request.user, Permission.VIEW_APPOINTMENTS))
    selection = _selection(form)
    if selection is None:
        status = 422 if request.GET.get("format") in EXPORTS else 200
        return render(request, "desks/desk_report.html", {"form": form}, status=status)
    report = desk_report(selection)
    if request.GET.get("format") in EXPORTS:
        return _export(request, report)
    context = {
        "form": form, "report": report, "selection": selection, "place": title_of(selection),
        "days": days_of(selection), "figures": figures(report), "now": timezone.now(),
        "tables": [(table, _downloads(request, table.name)) for table in tables(report)],
    }  # fmt: skip
    return render(request, "desks/desk_report.html", context)


def _selection(form: DeskReportFilter) -> Selection | None:
    chosen = form.chosen()
    return None if chosen is None else select(form.reach, **chosen)


def _export(request: StaffRequest, report: DeskReport) -> HttpResponse:
    """The table that is asked for; the first one of all if there is none of this name."""
    found = tables(report, whole=True)
    table = next((one for one in found if one.name == request.GET.get("table")), found[0])
    rows = table.export_rows()
    log_report_export(request.user, report.selection, object_type="desks.report", table=table.name, rows=len(rows))
    title = f"{table.title}: {title_of(report.selection)}, {report.selection.first} {report.selection.last}"
    return EXPORTS[request.GET["format"]](title, [str(head) for head in table.heads], rows)


def _downloads(request: StaffRequest, table: str) -> list[tuple[str, str]]:
    query = request.GET.copy()
    query["table"] = table
    links = []
    for kind in EXPORTS:
        query["format"] = kind
        links.append((kind.upper(), f"{reverse('desk_report')}?{query.urlencode()}"))
    return links
