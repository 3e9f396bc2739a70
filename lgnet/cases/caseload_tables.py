"""Columns and bars of the caseload; every number opens the cases it counts."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from lgnet.cases.caseload import Load
from lgnet.core.report_tables import Line, ReportTable
from lgnet.core.tables import Column

HEADS = {
    "managed": _("Manages (open)"), "member": _("Works on too"), "quiet": _("Nothing for 30 days"),
    "unplanned": _("No signed plan"), "overdue": _("Goals overdue"), "opened": _("Opened in 90 days"),
    "closed": _("Closed in 90 days"),
}  # fmt: skip
RULE = _(
    "An open case counts 1; 1 more if its file is restricted, 1 more if an in-depth assessment was made. Of one "
    "household the heaviest case counts, and half a point for each of the others."
)


def link_to(load: Load, what: str, by: str) -> str:
    """The list of the cases that a number counts."""
    query = {"member" if what == "member" else by: str(load.key)}
    if what == "managed":
        query["status"] = "open"
    elif what == "unplanned":
        query["plan"] = "unsigned"
    elif what != "member":
        query["work"] = what
    return f"{reverse('case_list')}?{urlencode(query)}"


def caseload_columns(by: str) -> list[Column]:
    """Name, weight, and the numbers; by team without who works on it too."""
    columns = [
        Column("name", _("Colleague") if by == "manager" else _("Team"), lambda load: load.name),
        Column("weight", _("Weight"), lambda load: load.weight),
    ]
    return columns + [_number(what, by) for what in HEADS if what != "member" or by == "manager"]


def _number(what: str, by: str) -> Column:
    return Column(
        what, HEADS[what], lambda load: load[what],
        link=lambda load: link_to(load, what, by) if load[what] else None,
    )  # fmt: skip


def bars(loads: Sequence[Load], by: str) -> ReportTable:
    """How heavy what each carries is, as bars."""
    heads = [_now("Colleague") if by == "manager" else _now("Team"), _now("Weight")]
    lines = [Line(load.name, [load.weight], link_to(load, "managed", by)) for load in loads if load.weight]
    return ReportTable("weight", _now("How heavy it is"), str(RULE), heads, lines)
