"""Pages about devices, about what needs attention, for choosing between two values, and for correcting a contact."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.forms import done, run_service
from lgnet.core.tables import Table, table_response
from lgnet.network.access import can
from lgnet.network.exports import log_export
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.outreach import sync_selectors as selectors
from lgnet.outreach.change_forms import ContactChangeForm
from lgnet.outreach.corrections import FIELDS, change_contact, wire, wire_value
from lgnet.outreach.models import Conflict, Contact, Operation
from lgnet.outreach.selectors import get_contact, reads_contact
from lgnet.outreach.sync.conflicts import decide_conflict, set_aside
from lgnet.outreach.sync.devices import DEVICE, ask_wipe
from lgnet.outreach.sync.mending import is_mendable, mend_operation
from lgnet.outreach.sync.wording import content_words, kind_words, value_words
from lgnet.outreach.sync_forms import ChoiceForm, ReasonForm, sent_fields
from lgnet.outreach.sync_mending_forms import mending_form
from lgnet.outreach.sync_policies import may_see_work, may_set_aside, may_wipe, works_in_unit
from lgnet.outreach.sync_tables import (
    DEVICE_KINDS,
    RESULT_KINDS,
    AttentionFilter,
    ConflictFilter,
    DeviceFilter,
    attention_columns,
    conflict_columns,
    device_columns,
)
from lgnet.people.lists import person_table_response

BOTH = ["GET", "HEAD", "POST"]


# -- correcting a contact --------------------------------------------------------------------------------------------


@require_http_methods(BOTH)
def contact_change(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Correct a contact: for those who work in the unit that made it."""
    contact = get_contact(request.user, pk)
    if contact.team_id not in team_ids_of(request.user):
        raise PermissionDenied(_("Only the unit that made this contact can change it."))
    form = ContactChangeForm(request.POST or None, user=request.user, contact=contact)
    differing: list[tuple[Any, str]] = []
    if form.is_valid():
        seen = form.cleaned_data["version"] or "none"
        changes = form.changes()
        if done(form, change_contact, by=request.user, contact=contact, changes=changes, seen_version=seen):
            messages.success(request, _("Contact corrected."))
            return redirect("contact_detail", pk)
        differing = _differing(contact, changes)
        form.show_as_of(contact)
    context = {"form": form, "contact": contact, "differing": differing}
    return render(request, "outreach/contact_change.html", context, status=422 if form.is_bound else 200)


def _differing(contact: Contact, typed: dict[str, Any]) -> list[tuple[Any, str]]:
    """What is saved now, where the writer typed something else."""
    now = wire(contact)
    return [
        (FIELDS[name], value_words(name, now[name], contact.partner_id))
        for name, value in typed.items()
        if wire_value(name, value) != now[name]
    ]


# -- devices ---------------------------------------------------------------------------------------------------------


@require_GET
def device_list(request: StaffRequest) -> HttpResponse:
    """Phones and tablets of the street: one's own, and those of the city for the coordinator."""
    user = request.user
    _work_only(request)
    table = Table(
        request, selectors.visible_devices(user), device_columns(), title=_("Devices"), default_sort="-last_sync_at",
        filters=DeviceFilter(request.GET or None),
        empty_text=_("Here are the phones and tablets on which contacts are recorded in the street."),
    )  # fmt: skip
    return table_response(
        request, table, "outreach/device_list.html",
        on_export=lambda count: log_export(user, DEVICE, Permission.VIEW_CONTACTS, count),
    )  # fmt: skip


@require_GET
def device_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One device: when it was last heard of, what it holds and has to send, the receipt of its wiping."""
    device = selectors.get_device(request.user, pk)
    context = {
        "device": device, "state_kind": DEVICE_KINDS[device.state],
        "may_wipe": may_wipe(request.user, device) and device.wipe_asked_at is None,
    }  # fmt: skip
    return render(request, "outreach/device_detail.html", context)


@require_http_methods(BOTH)
def device_wipe(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask a device to empty itself when it is next heard of."""
    device = selectors.get_device(request.user, pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid() and done(form, ask_wipe, by=request.user, device=device, **form.cleaned_data):
        messages.success(request, _("The device gets no more data, and empties itself when it is next online."))
        return redirect("device_detail", pk)
    context = {"form": form, "device": device}
    return render(request, "outreach/device_wipe.html", context, status=422 if form.is_bound else 200)


# -- what needs attention --------------------------------------------------------------------------------------------


@require_GET
def attention_list(request: StaffRequest) -> HttpResponse:
    """What devices sent and the server could not accept: with the reason, to be mended or set aside."""
    _work_only(request)
    table = Table(
        request, selectors.visible_operations(request.user), attention_columns(), title=_("To mend"),
        default_sort="-created_at", filters=AttentionFilter(request.GET),
        empty_text=_("Everything that was sent from the street was accepted."), person_of=lambda row: row.person,
    )  # fmt: skip
    return person_table_response(
        request, table, "outreach/attention_list.html", object_type="outreach.operation",
        permission=Permission.VIEW_CONTACTS,
    )  # fmt: skip


@require_GET
def operation_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One operation: what was typed, why it was not accepted, what to do."""
    operation = selectors.get_operation(request.user, pk)
    open_now, state_kind = operation.settled_at is None, RESULT_KINDS[Operation.Result(operation.result)]
    context = {
        "operation": operation, "what": kind_words(operation), "state_kind": state_kind,
        "readable": selectors.reads_operation(request.user, operation), "content": content_words(operation),
        "may_mend": is_mendable(request.user, operation),
        "may_set_aside": open_now and may_set_aside(request.user, operation),
        "mended_by": selectors.mending_of(operation),
        "contact": selectors.contact_of(request.user, operation),
    }  # fmt: skip
    return render(request, "outreach/operation_detail.html", context)


@require_http_methods(BOTH)
def operation_mend(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Mend in the form what the server could not accept, and send it again."""
    operation = selectors.get_operation(request.user, pk)
    if not is_mendable(request.user, operation):
        raise PermissionDenied(_("Only the unit mends it, and only while it needs attention."))
    form = mending_form(request.POST or None, user=request.user, operation=operation)
    if form is None:
        messages.warning(request, _("The contact it is about is not here yet: it can only be set aside."))
        return redirect("operation_detail", pk)
    if form.is_valid():
        changes = sent_fields(request.POST, form)
        if run_service(form, mend_operation, by=request.user, operation=operation, changes=changes):
            messages.success(request, _("Mended and recorded."))
            return redirect("operation_detail", pk)
    context = {"form": form, "operation": operation, "what": kind_words(operation)}
    return render(request, "outreach/operation_mend.html", context, status=422 if form.is_bound else 200)


@require_http_methods(BOTH)
def operation_set_aside(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Leave an operation as it is, with a reason; it stays readable."""
    operation = selectors.get_operation(request.user, pk)
    if not may_set_aside(request.user, operation):
        raise PermissionDenied(_("Only the unit and the coordinator set it aside."))
    form = ReasonForm(request.POST or None)
    if form.is_valid() and done(form, set_aside, by=request.user, operation=operation, **form.cleaned_data):
        messages.success(request, _("Set aside. What was typed stays here."))
        return redirect("operation_detail", pk)
    context = {"form": form, "operation": operation, "what": kind_words(operation)}
    return render(request, "outreach/operation_set_aside.html", context, status=422 if form.is_bound else 200)


# -- choosing between two values -------------------------------------------------------------------------------------


@require_GET
def conflict_list(request: StaffRequest) -> HttpResponse:
    """Fields that two colleagues changed without knowing of each other: somebody of the unit chooses."""
    _work_only(request)
    table = Table(
        request, selectors.visible_conflicts(request.user), conflict_columns(), title=_("Values to choose from"),
        default_sort="-created_at", filters=ConflictFilter(request.GET),
        empty_text=_("No two colleagues wrote different things about the same contact."),
        person_of=lambda row: row.contact.person,
    )  # fmt: skip
    return person_table_response(
        request, table, "outreach/conflict_list.html", object_type="outreach.conflict",
        permission=Permission.VIEW_CONTACTS,
    )  # fmt: skip


@require_http_methods(BOTH)
def conflict_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Both values side by side, who wrote them, when and on which device; choose one, or write a third."""
    user, conflict = request.user, selectors.get_conflict(request.user, pk)
    may_choose = conflict.state == Conflict.State.OPEN and works_in_unit(user, conflict)
    seen = wire(conflict.contact)[conflict.field]
    if request.method == "POST" and not works_in_unit(user, conflict):
        raise PermissionDenied(_("Only the unit that made this contact can change it."))
    form = ChoiceForm(request.POST or None, conflict=conflict, seen=seen, user=user, contact=conflict.contact)
    if form.is_valid():
        saw, choice = form.cleaned_data["seen"], form.cleaned_data["choice"]
        if done(form, decide_conflict, by=user, conflict=conflict, choice=choice, seen=saw, value=form.typed()):
            messages.success(request, _("Chosen. Who wrote the two values is told."))
            return redirect("conflict_detail", pk)
        form.show_again(seen)
    context = {"form": form, "conflict": conflict, "may_choose": may_choose, **_values(conflict, seen)}
    context["readable"] = reads_contact(user, conflict.contact)
    return render(request, "outreach/conflict_detail.html", context, status=422 if form.is_bound else 200)


def _values(conflict: Conflict, now: Any) -> dict[str, Any]:
    values = {"before": conflict.base, "server": conflict.server_value, "now": now, "sent": conflict.proposed}
    values["chosen"] = conflict.decided_value
    words = {name: value_words(conflict.field, value, conflict.partner_id) for name, value in values.items()}
    return words | {"field": FIELDS.get(conflict.field, conflict.field), "has_moved": now != conflict.server_value}


def _work_only(request: StaffRequest) -> None:
    if not may_see_work(request.user) or not can(request.user, Permission.VIEW_CONTACTS):
        raise PermissionDenied
