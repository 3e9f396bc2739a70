"""Titles to stay that end: the list, and one with what to do and what was done."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lgnet.cases import titles
from lgnet.cases.title_tables import TitleFilter, TitleStepForm, left, left_kind, title_columns
from lgnet.core.forms import done
from lgnet.core.tables import Table
from lgnet.network.access import access_of, can
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.closed_files import asks_for_closed_file
from lgnet.people.lists import person_table_response


@require_GET
def title_list(request: StaffRequest) -> HttpResponse:
    """Whose title ends soon or has ended, of the files that are open for the reader."""
    user = request.user
    if not can(user, Permission.VIEW_PEOPLE):
        raise PermissionDenied
    several = len(access_of(user).partner_ids(Permission.VIEW_PEOPLE)) > 1
    table = Table(
        request, titles.ending_titles(user), title_columns(several_cities=several), title=_("Titles ending"),
        filters=TitleFilter(request.GET or {"within": ""}, user=user), default_sort="last_day",
        empty_text=_("No title ends in the next three months. When one does, it is here in time to renew it."),
        person_of=lambda row: row.person,
    )  # fmt: skip
    return person_table_response(
        request, table, "cases/title_list.html", object_type="people.eligibilitycheck",
        permission=Permission.VIEW_PEOPLE,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def title_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """What to do before a title ends; that the person was told is one press."""
    check = titles.get_title(request.user, pk)
    last_day = check.last_day
    may_write = can(request.user, Permission.REGISTER_PERSON, partner=check.partner_id)
    if request.method == "POST" and not may_write:
        raise PermissionDenied
    form = TitleStepForm(request.POST or None)
    if form.is_valid() and done(form, titles.record_title_step, by=request.user, check=check, **form.cleaned_data):
        messages.success(request, _("Noted. If a new paper was seen, record a check too."))
        return redirect("title_list")
    context = {
        "form": form if may_write else None, "check": check, "person": check.person, "last_day": last_day,
        "left": left(check), "left_kind": left_kind(check), "next": titles.next_thing(check, last_day),
        "office": titles.office_for(check.title_type), "bring": titles.BRING,
        "steps": check.title_steps.select_related("done_by"),
        "may_check": can(request.user, Permission.CHECK_ELIGIBILITY, partner=check.partner_id),
    }  # fmt: skip
    return render(request, "cases/title_detail.html", context, status=422 if form.is_bound else 200)
