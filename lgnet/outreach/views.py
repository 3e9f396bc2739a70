"""Pages of the mobile units."""

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lgnet.cases.selectors import possible_receivers
from lgnet.catalogue.models import ServiceType, Team
from lgnet.catalogue.selectors import service_types, team_ids_of
from lgnet.core.forms import done, run_service
from lgnet.core.languages import language_name
from lgnet.core.tables import Table
from lgnet.network.access import can
from lgnet.network.models import User
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.outreach import selectors, services
from lgnet.outreach.forms import ContactForm, ContactReferForm, IdentifyForm, Who, now_to_the_minute
from lgnet.outreach.models import Contact
from lgnet.outreach.picture_selectors import picture_context
from lgnet.outreach.sync_policies import may_see_work
from lgnet.outreach.sync_selectors import work_for
from lgnet.outreach.tables import ContactFilter, contact_columns
from lgnet.people.lists import person_table_response
from lgnet.people.selectors import log_listing, search_persons, visible_persons

USED_AGAIN = timedelta(seconds=20)  # an older record means the form was sent again, not pressed twice


@require_GET
def contact_list(request: StaffRequest) -> HttpResponse:
    """Street contacts of the city: filters, export."""
    user = request.user
    if not can(user, Permission.VIEW_CONTACTS):
        raise PermissionDenied
    may_record = can(user, Permission.RECORD_CONTACT)
    table = Table(
        request, selectors.listed_contacts(user), contact_columns(), title=_("Street contacts"),
        filters=ContactFilter(request.GET, user=user), default_sort="-occurred_at",
        empty_text=_("Here are the contacts of the mobile units. The first one is one tap away."),
        new_url="contact_new" if may_record else "", new_label=_("New contact"),
        person_of=lambda contact: contact.person,
    )  # fmt: skip
    return person_table_response(
        request, table, "outreach/contact_list.html", object_type="outreach.contact",
        permission=Permission.VIEW_CONTACTS, context={"sync": work_for(user) if may_see_work(user) else None},
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def contact_new(request: StaffRequest) -> HttpResponse:
    """Record a contact in half a minute."""
    units = list(selectors.units_of(request.user))
    if not units:
        raise PermissionDenied(_("You are in no mobile unit today. Ask the coordinator to add you to one."))
    options: dict[str, Any] = {"user": request.user, "units": units, "services": list(service_types())}
    if request.method == "POST" and "search" not in request.POST:
        form = ContactForm(request.POST, **options)
        if form.is_valid() and (contact := _record(request, form)):
            return redirect("contact_detail", contact.pk)
        status = 422
    else:
        form, status = ContactForm(initial=_initial(request, units), **options), 200
    return render(request, "outreach/contact_new.html", _contact_context(request, form, units), status=status)


@require_GET
def contact_people(request: StaffRequest) -> HttpResponse:
    """Fragment: people the unit met before, or registered persons, that are called something like what was typed."""
    unit = _chosen_unit(request, list(selectors.units_of(request.user)), request.GET.get("team", ""))
    if unit is None:
        raise PermissionDenied
    if request.GET.get("kind") == Who.REGISTERED:
        context = {"registered": _registered(request.user, unit, _typed(request.GET, "q_registered"))}
        return render(request, "outreach/_registered.html", context)
    met = selectors.met_before(request.user, unit, _typed(request.GET, "q_met"))
    return render(request, "outreach/_met.html", {"met": met})


@require_GET
def contact_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One contact, and what to do next."""
    contact = selectors.get_contact(request.user, pk)
    may_forget = contact.team_id in team_ids_of(request.user)
    is_ours = may_forget and contact.voided_at is None
    context = {
        "contact": contact,
        **picture_context(request.user, contact),
        "readable": selectors.reads_contact(request.user, contact),
        "language": language_name(contact.language) if contact.language else "",
        "needs": [ServiceType.Area(area).label for area in contact.needs if area in ServiceType.Area.values],
        "given": [service.name for service in service_types() if service.code in contact.given],
        "may_refer": is_ours and contact.head_count == 1,
        "may_identify": is_ours and contact.person_id is None and contact.head_count == 1,
        "may_change": is_ours,
        "may_forget": may_forget,
        "may_list": can(request.user, Permission.VIEW_CONTACTS),
        "may_record": can(request.user, Permission.RECORD_CONTACT, partner=contact.partner_id),
    }
    return render(request, "outreach/contact_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def contact_refer(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Hand the person over to a desk or another team, with a card."""
    contact = selectors.get_contact(request.user, pk)
    if contact.team_id not in team_ids_of(request.user):
        raise PermissionDenied(_("Only the unit that met the person gives a card."))
    if contact.referral and contact.referral.status in contact.referral.OPEN:
        messages.info(request, _("This person has a card already: here it is."))
        return redirect("referral_card", contact.referral_id)
    receivers = possible_receivers(request.user, contact.team)
    form = ContactReferForm(request.POST or None, initial={"need": next(iter(contact.needs), "")}, receivers=receivers)
    if form.is_valid():
        sent = run_service(form, services.refer_contact, by=request.user, contact=contact, **form.cleaned_data)
        if sent:
            messages.success(request, _("Referred to %(team)s. Give the person this card.") % {"team": sent.to_team})
            return redirect("referral_card", sent.pk)
    status = 422 if form.is_bound else 200
    return render(request, "outreach/contact_refer.html", {"form": form, "contact": contact}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def contact_identify(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Say who somebody met without a name is: a registered person, found by name; the history follows."""
    contact = selectors.get_contact(request.user, pk)
    if contact.team_id not in team_ids_of(request.user):
        raise PermissionDenied(_("Only the unit that met the person says who it was."))
    if contact.person_id or contact.head_count > 1:
        return redirect("contact_detail", pk)
    text = _typed(request.POST if request.method == "POST" else request.GET, "q")
    form = IdentifyForm(request.POST or None, user=request.user, contact=contact)
    if form.is_valid() and done(
        form, services.identify_contact, by=request.user, contact=contact, person=form.cleaned_data["person"]
    ):
        messages.success(request, _("It is known now who this was. The history is together."))
        return redirect("person_detail", form.cleaned_data["person"].pk)
    found = _registered(request.user, contact.team, text)
    context = {"contact": contact, "form": form, "registered": found, "text": text}
    return render(request, "outreach/contact_identify.html", context, status=422 if form.is_bound else 200)


def _record(request: StaffRequest, form: ContactForm) -> Contact | None:
    contact: Contact | None = run_service(form, services.record_contact, by=request.user, **form.arguments())
    if contact and timezone.now() - contact.created_at > USED_AGAIN:
        at = f"{timezone.localtime(contact.created_at):%H:%M}"
        text = _("This contact was recorded already at %(time)s. For another, open a new one.")
        messages.warning(request, text % {"time": at})
    elif contact:
        messages.success(request, _("Contact recorded."))
    return contact


def _initial(request: StaffRequest, units: list[Team]) -> dict[str, Any]:
    """Zone and unit of the last contact of today, and now; or everything typed so far, when only a search was asked."""
    if request.method == "POST":
        typed = ContactForm(user=request.user, units=units, services=[])
        return {
            name: field.widget.value_from_datadict(request.POST, request.FILES, name)
            for name, field in typed.fields.items()
        }
    zone = selectors.zone_now(request.user, units)
    unit = next((unit for unit in units if zone and unit.partner_id == zone.partner_id), units[0])
    initial: dict[str, Any] = {"team": unit.pk, "zone": zone.pk if zone else None, "occurred_at": now_to_the_minute()}
    for name, who in (("earlier", Who.MET), ("person", Who.REGISTERED)):
        if pk := _uuid(request.GET.get(name, "")):
            initial |= {name: pk, "who": who}
    return initial


def _contact_context(request: StaffRequest, form: ContactForm, units: list[Team]) -> dict[str, Any]:
    """What the page of a new contact shows besides the form: the people who could be chosen."""
    q_met, q_registered = _typed(request.POST, "q_met"), _typed(request.POST, "q_registered")
    unit = _chosen_unit(request, units, str(form["team"].value() or "")) or units[0]
    chosen, person = _uuid(form["earlier"].value()), _uuid(form["person"].value())
    met = selectors.met_before(request.user, unit, q_met)
    registered = _registered(request.user, unit, q_registered)
    if chosen and chosen not in {contact.pk for contact in met}:
        one = selectors.get_met(request.user, unit, chosen)
        met = [one, *met] if one else met
    if person and person not in {found.pk for found in registered}:
        registered = [*visible_persons(request.user).filter(pk=person, partner=unit.partner_id), *registered]
    log_listing(request.user, [*registered, *(contact.person for contact in met if contact.person)])
    return {
        "form": form, "units": units, "unit": unit, "met": met, "registered": registered, "chosen": chosen,
        "chosen_person": person, "q_met": q_met, "q_registered": q_registered,
        "zone_known": bool(form["zone"].value()) and not form["zone"].errors and not form["occurred_at"].errors,
    }  # fmt: skip


def _chosen_unit(request: StaffRequest, units: list[Team], pk: str) -> Team | None:
    return next((unit for unit in units if str(unit.pk) == pk), units[0] if units else None)


def _registered(user: User, unit: Team, text: str) -> list[Any]:
    if not text:
        return []
    found = list(search_persons(user, text, within=visible_persons(user).filter(partner=unit.partner_id), limit=10))
    log_listing(user, found, query=text)
    return found


def _typed(parameters: QueryDict, name: str) -> str:
    """What was typed in a search box, without what no name contains."""
    return parameters.get(name, "").replace("\x00", "").strip()[:100]


def _uuid(value: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None
