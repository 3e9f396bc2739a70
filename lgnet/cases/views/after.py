"""Pages of what comes after a case: follow-ups, whether it helped, beginning again."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from lgnet.cases import after, selectors
from lgnet.cases.after_models import FollowUp
from lgnet.cases.after_tables import (
    FollowUpFilter,
    FollowUpForm,
    HelpfulnessForm,
    NotAskedForm,
    ReopenForm,
    follow_up_columns,
)
from lgnet.core.forms import done, run_service
from lgnet.core.tables import Table
from lgnet.network.access import can
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.closed_files import asks_for_closed_file
from lgnet.people.lists import person_table_response

ASKED = gettext_lazy("Noted. If help is needed again, the case can begin again.")


@require_GET
def follow_up_list(request: StaffRequest) -> HttpResponse:
    """Who is to be asked how it goes, 3, 6 and 12 months after the end."""
    user = request.user
    if not can(user, Permission.VIEW_CASES):
        raise PermissionDenied
    table = Table(
        request, after.due_follow_ups(user), follow_up_columns(), title=_("Follow-ups"),
        filters=FollowUpFilter(request.GET or {"state": "due"}, user=user), default_sort="due_on",
        empty_text=_("Nobody is to be asked now."), person_of=lambda row: row.case.person,
    )  # fmt: skip
    return person_table_response(
        request, table, "cases/follow_up_list.html", object_type="cases.followup", permission=Permission.VIEW_CASES
    )


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def follow_up(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask how it goes, or read what was said."""
    asked = after.get_follow_up(request.user, pk)
    may_ask = asked.done_on is None and can(request.user, Permission.WORK_ON_CASE, partner=asked.case.partner_id)
    form = FollowUpForm(request.POST or None, initial={"housing": asked.case.housing_at_exit})
    if form.is_valid() and done(
        form, after.record_follow_up, by=request.user, follow_up=asked, **form.cleaned_data
    ):  # fmt: skip
        again = asked.tries == 0 and form.cleaned_data["result"] == FollowUp.Result.NOT_FOUND
        said = _("Noted. Try once more on another day: then it ends by itself.") if again else ASKED
        messages.success(request, said)
        return redirect("follow_up_list")
    context = {"form": form if may_ask else None, "asked": asked, "case": asked.case, "person": asked.case.person}
    return render(request, "cases/follow_up.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def helpfulness_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Write down whether the person says that it helped."""
    case = selectors.get_case(request.user, pk)
    if not can(request.user, Permission.WORK_ON_CASE, partner=case.partner_id):
        raise PermissionDenied
    spoken = case.person.languages.first()
    form = HelpfulnessForm(request.POST or None, initial={"language": spoken.language if spoken else ""})
    if form.is_valid() and done(form, after.record_helpfulness, by=request.user, case=case, **form.cleaned_data):
        messages.success(request, _("Noted."))
        return redirect("case_detail", pk)
    context = {"form": form, "case": case, "person": case.person}
    return render(request, "cases/helpfulness.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def helpfulness_not_asked(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Write down why nobody asked."""
    case = selectors.get_case(request.user, pk)
    if not can(request.user, Permission.WORK_ON_CASE, partner=case.partner_id):
        raise PermissionDenied
    form = NotAskedForm(request.POST or None)
    if form.is_valid() and done(form, after.note_not_asked, by=request.user, case=case, **form.cleaned_data):
        messages.success(request, _("Noted. If the person says it later, the answer counts."))
        return redirect("case_detail", pk)
    context = {"form": form, "case": case, "person": case.person}
    return render(request, "cases/helpfulness_not_asked.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def case_reopen(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Take the person in charge again where it ended."""
    case = selectors.get_case(request.user, pk)
    if not can(request.user, Permission.OPEN_CASE, partner=case.partner_id):
        raise PermissionDenied(_("Your role does not open cases."))
    form = ReopenForm(request.POST or None)
    if form.is_valid() and (
        again := run_service(form, after.reopen_case, by=request.user, case=case, reason=form.cleaned_data["reason"])
    ):
        messages.success(request, _("Taken in charge again. The goals that were not reached are in the draft plan."))
        return redirect("case_detail", again.pk)
    context = {"form": form, "case": case, "person": case.person}
    return render(request, "cases/case_reopen.html", context, status=422 if form.is_bound else 200)
