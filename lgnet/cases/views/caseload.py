"""The caseload: who carries how much."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lgnet.cases import caseload as loads
from lgnet.cases.caseload_tables import bars, caseload_columns
from lgnet.core.tables import Table, table_response
from lgnet.network.exports import log_export
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission


@require_GET
def caseload(request: StaffRequest) -> HttpResponse:
    """Open cases by colleague or by team; no person is named, and each number opens its list."""
    user = request.user
    if not loads.sees_caseload(user):
        raise PermissionDenied
    by = "team" if request.GET.get("by") == "team" else "manager"
    rows = loads.loads_by_team(user) if by == "team" else loads.loads_by_colleague(user)
    table = Table(request, rows, caseload_columns(by), title=_("Caseload"), empty_text=_("Nobody works on a case yet."))
    own = reverse("caseload")
    ways = [(own, _("by colleague"), by == "manager"), (f"{own}?by=team", _("by team"), by == "team")]
    context = {"bars": bars(rows, by) if rows else None, "ways": ways}
    return table_response(
        request, table, "cases/caseload.html", context,
        on_export=lambda count: log_export(user, "cases.caseload", Permission.VIEW_CASES, count),
    )  # fmt: skip
