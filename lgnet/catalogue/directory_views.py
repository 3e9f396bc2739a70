"""Pages of the directory of services for staff: everybody reads it, who keeps it changes it."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.audit.models import AuditEntry
from lgnet.audit.services import note_read
from lgnet.catalogue import directory as services
from lgnet.catalogue import directory_selectors as selectors
from lgnet.catalogue.directory_forms import NewOfferForm, OfferForm, SuspendForm, TextsForm
from lgnet.catalogue.directory_page import offer_page
from lgnet.catalogue.directory_places import create_offer_at
from lgnet.catalogue.directory_tables import OfferFilter, new_offer_url, offer_columns
from lgnet.catalogue.models import Offer
from lgnet.core.errors import DomainError
from lgnet.core.forms import done, run_service
from lgnet.core.tables import Table, table_response
from lgnet.network.models import Partner, User
from lgnet.network.requests import StaffRequest

TITLE = gettext_lazy("Directory of services")


@require_GET
def offer_list(request: StaffRequest) -> HttpResponse:
    """What is offered in the reader's cities, and what others have published: filters, export."""
    user = request.user
    table = Table(
        request, selectors.visible_offers(user), offer_columns(user, timezone.now()), title=TITLE, default_sort="name",
        filters=OfferFilter(request.GET, user=user), new_url=new_offer_url(user), new_label=_("Add a service"),
        empty_text=_("What is offered in the city, where, when and for whom. Add the first service, or import a list."),
    )  # fmt: skip
    context = {"may_keep": bool(table.new_url)}
    return table_response(
        request, table, "catalogue/offer_list.html", context, on_export=lambda count: _log_export(user, count)
    )


@require_GET
def offer_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One service: whether it is open, where, when, for whom; its map and, for who keeps it, its history."""
    offer = selectors.get_offer(request.user, pk)
    return render(request, "catalogue/offer_detail.html", offer_page(request.user, offer, timezone.now()))


@require_http_methods(["GET", "HEAD", "POST"])
def offer_new(request: StaffRequest) -> HttpResponse:
    """Add a service with its first place; `?copy=` begins with what is said of another."""
    partner = _partner(request)
    copied = _copied(request) if request.method != "POST" else None
    form = NewOfferForm(request.POST or None, partner=partner, offer=copied)
    if form.is_valid() and (
        offer := run_service(form, create_offer_at, by=request.user, partner=partner, **form.arguments())
    ):
        messages.success(request, _("%(name)s is in the directory.") % {"name": offer.name})
        return redirect("offer_detail", offer.pk)
    others = selectors.kept_partners(request.user).exclude(pk=partner.pk)
    context = {"form": form, "partner": partner, "copied": copied, "others": others}
    return render(request, "catalogue/offer_edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def offer_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Change what is said of a service."""
    offer = selectors.get_kept_offer(request.user, pk)
    form = OfferForm(request.POST or None, partner=offer.partner, offer=offer)
    if form.is_valid():
        changed = run_service(form, services.change_offer, by=request.user, offer=offer, details=form.details())
        if changed:
            messages.success(request, _("Saved, and checked today."))
            return redirect("offer_detail", pk)
    context = {"form": form, "offer": offer, "partner": offer.partner}
    return render(request, "catalogue/offer_edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def offer_texts(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Name and description in the other public languages."""
    offer = selectors.get_kept_offer(request.user, pk)
    form = TextsForm(request.POST or None, offer=offer)
    if form.is_valid() and done(form, services.translate_offer, by=request.user, offer=offer, texts=form.texts()):
        messages.success(request, _("Saved."))
        return redirect("offer_detail", pk)
    context = {"form": form, "offer": offer}
    return render(request, "catalogue/offer_texts.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def offer_suspend(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Suspend a service, perhaps up to a day, or end it."""
    offer = selectors.get_kept_offer(request.user, pk)
    form = SuspendForm(request.POST or None)
    if form.is_valid() and done(form, _stop, by=request.user, offer=offer, **form.cleaned_data):
        messages.success(request, _("Saved. It can be undone on this page."))
        return redirect("offer_detail", pk)
    context = {"form": form, "offer": offer}
    return render(request, "catalogue/offer_suspend.html", context, status=422 if form.is_bound else 200)


@require_POST
def offer_resume(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The service is there again."""
    offer = selectors.get_kept_offer(request.user, pk)
    try:
        services.resume_offer(by=request.user, offer=offer)
        messages.success(request, _("The service is active again."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("offer_detail", pk)


@require_POST
def offer_confirm(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Everything said of the service is still right."""
    offer = selectors.get_kept_offer(request.user, pk)
    try:
        services.confirm_offer(by=request.user, offer=offer)
        messages.success(request, _("Confirmed today. Thank you."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("offer_detail", pk)


def _stop(*, by: User, offer: Offer, kind: str, reason: str, until: Any) -> Offer:
    if kind == "end":
        return services.end_offer(by=by, offer=offer, reason=reason)
    return services.suspend_offer(by=by, offer=offer, reason=reason, until=until)


def _partner(request: StaffRequest) -> Partner:
    """The city for which a service is added: asked for, or the first that the reader keeps. Raises PermissionDenied."""
    kept = list(selectors.kept_partners(request.user))
    if not kept:
        raise PermissionDenied(_("Only who keeps the directory of a city changes it."))
    return next((one for one in kept if one.slug == request.GET.get("city")), kept[0])


def _copied(request: StaffRequest) -> Offer | None:
    """The service whose words the new one begins with."""
    try:
        return selectors.get_offer(request.user, uuid.UUID(request.GET.get("copy", "")))
    except (ValueError, Http404):
        return None


def _log_export(user: User, count: int) -> None:
    for partner_id in selectors.own_partner_ids(user):
        note_read(
            by=user, action=AuditEntry.Action.EXPORT, object_type=selectors.OFFER, object_id=None,
            partner_id=partner_id, detail={"rows": count},
        )  # fmt: skip
