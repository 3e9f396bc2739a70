"""Lists about persons leave a trace: whose rows were shown or exported."""

from typing import Any

from django.http import HttpResponse

from lgnet.audit.models import AuditEntry
from lgnet.core.tables import Table, table_response
from lgnet.network.exports import log_export
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.selectors import log_listing


def person_table_response(
    request: StaffRequest, table: Table, template: str, *, object_type: str, permission: Permission,
    context: dict[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    """`table_response` for rows about persons (`table.person_of`); the persons of page or file are logged.

    An export is logged with the number of its rows too, for every partner at which the reader holds `permission`.
    """
    user = request.user
    action = AuditEntry.Action.EXPORT if table.format else AuditEntry.Action.LIST
    response = table_response(
        request, table, template, context, on_export=lambda count: log_export(user, object_type, permission, count)
    )
    log_listing(user, table.shown_persons(), action=action, query=request.GET.get("q", ""), object_type=object_type)
    return response
