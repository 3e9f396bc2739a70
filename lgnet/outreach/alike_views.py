"""Pages for saying whether two who were met are one person."""

import uuid

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.forms import LgForm, done, run_service
from lgnet.core.tables import Column, FilterForm, Table
from lgnet.network.access import can
from lgnet.network.models import User
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.outreach.alike import Pair, decide_likeness, get_likeness, likely_same, undo_likeness
from lgnet.outreach.models import Contact
from lgnet.outreach.selectors import get_contact
from lgnet.outreach.sync.letters import read_uuid
from lgnet.people.lists import person_table_response


class AlikeFilter(FilterForm):
    """Pairs by a name, a zone or a unit."""

    q = forms.CharField(label=gettext_lazy("Called, zone or unit"), required=False, max_length=80)

    def apply(self, rows: list[Pair]) -> list[Pair]:
        """Keep the pairs of whom one has the words."""
        words = (self.cleaned_data.get("q") or "").casefold()
        return [pair for pair in rows if any(words in _text(contact) for contact in (pair.one, pair.other))]


class SameForm(LgForm):
    """Whether it is one person."""

    is_same = forms.TypedChoiceField(choices=[("yes", ""), ("no", "")], coerce=lambda value: value == "yes")


@require_GET
def alike_list(request: StaffRequest) -> HttpResponse:
    """Who was recorded as two and may be one, in the last 30 days of the city."""
    _recorders_only(request.user)
    table = Table(
        request, likely_same(request.user), alike_columns(), title=_("Perhaps the same person"),
        filters=AlikeFilter(request.GET or None), person_of=lambda pair: pair.person,
        empty_text=_("Nobody of the last 30 days has almost the same name as somebody else."),
    )  # fmt: skip
    return person_table_response(
        request, table, "outreach/alike_list.html", object_type="outreach.contact", permission=Permission.VIEW_CONTACTS
    )


@require_http_methods(["GET", "HEAD", "POST"])
def alike_decide(request: StaffRequest) -> HttpResponse:
    """Two of the list side by side: one person, or two."""
    _recorders_only(request.user)
    one, other = _asked(request, "one"), _asked(request, "other")
    if not {one.team_id, other.team_id} & team_ids_of(request.user):
        raise PermissionDenied(_("Only a unit that met one of them says whether it is the same person."))
    form = SameForm(request.POST or None)
    if form.is_valid() and (
        said := run_service(form, decide_likeness, by=request.user, one=one, other=other, **form.cleaned_data)
    ):
        if said.is_same:
            messages.success(request, _("Linked: the histories are together."))
            return redirect("alike_undo", said.pk)
        messages.success(request, _("Kept apart. They are not proposed again."))
        return redirect("alike_list")
    context = {"pair": (one, other), "form": form}
    return render(request, "outreach/alike_decide.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def alike_undo(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """What was said of two, and taking it back."""
    said = get_likeness(request.user, pk)
    form = LgForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and done(form, undo_likeness, by=request.user, likeness=said):
        messages.success(request, _("Undone: they are two again."))
        return redirect("alike_list")
    context = {"said": said, "form": form}
    return render(request, "outreach/alike_undo.html", context, status=422 if form.is_bound else 200)


def alike_columns() -> list[Column]:
    """Both names with place and unit; somebody registered is told by a button of its own page."""
    return [
        Column("one", _("Called"), lambda p: p.one.called, link=_where_to),
        Column("one_last", _("Last met"), lambda p: p.one.occurred_at),
        Column("one_zone", _("Zone"), lambda p: p.one.zone.name),
        Column("one_team", _("Unit"), lambda p: p.one.team.name),
        Column("other", _("Perhaps"), lambda p: p.other.called, link=_where_to),
        Column("other_last", _("Last met"), lambda p: p.other.occurred_at),
        Column("other_zone", _("Zone"), lambda p: p.other.zone.name),
        Column("other_team", _("Unit"), lambda p: p.other.team.name),
        Column("registered", _("Registered"), lambda p: p.person is not None),
    ]


def _where_to(pair: Pair) -> str:
    """The page on which it is said: of somebody registered, the one that says who a contact was with."""
    if pair.person:
        return f"{reverse('contact_identify', args=[pair.one.pk])}?q={pair.person.pseudonym}"
    return f"{reverse('alike_decide')}?one={pair.one.pk}&other={pair.other.pk}"


def _asked(request: StaffRequest, name: str) -> Contact:
    pk = read_uuid(request.GET.get(name))
    if pk is None:
        raise Http404
    return get_contact(request.user, pk)


def _recorders_only(user: User) -> None:
    if not can(user, Permission.RECORD_CONTACT):
        raise PermissionDenied


def _text(contact: Contact) -> str:
    return f"{contact.called} {contact.zone.name} {contact.team.name}".casefold()
