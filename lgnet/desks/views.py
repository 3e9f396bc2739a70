"""Pages of the one-stop shops."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.cases.models import Referral
from lgnet.cases.selectors import find_card, is_on_its_way, reads_card
from lgnet.catalogue.models import Team
from lgnet.core.errors import DomainError
from lgnet.core.forms import run_service
from lgnet.core.tables import Table
from lgnet.desks import mailbox_selectors, queue, selectors, services, visit_services
from lgnet.desks.appointment_selectors import expected_today
from lgnet.desks.forms import NEW, NOBODY, ArrivalForm
from lgnet.desks.models import Visit
from lgnet.desks.tables import VisitFilter, visit_columns
from lgnet.network.access import can
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.forms import NewcomerForm
from lgnet.people.lists import person_table_response
from lgnet.people.merge_selectors import Likely, likely_known, open_pairs
from lgnet.people.models import PSEUDONYM_PREFIX, Person
from lgnet.people.numbers import is_phone
from lgnet.people.own_card_selectors import person_of_card
from lgnet.people.selectors import log_listing

SHOWN = 20  # of a list on the page of the desk; its own page has all of them
PREFIX = "person"  # of the fields about somebody new
FIRST_ASKED = (
    "nickname", "given_names", "family_names", "birth_date", "age_band", "gender", "citizenship", "language_1",
)  # fmt: skip


@dataclass
class Reception:
    """What is known of who stands at the counter: the card or the name typed, and the persons it may be."""

    desk: Team
    text: str
    card: Referral | None = None
    reads: bool = False  # what the colleagues ask, which is for the two teams and whoever has the file
    problem: str = ""
    on_its_way: bool = False  # the phone that gave the card has not sent it yet
    owner: Person | None = None  # of the own card whose code was typed or scanned
    persons: list[Person] = field(default_factory=list)
    mail: dict[uuid.UUID, int] = field(default_factory=dict)  # letters that wait for those persons

    @property
    def found(self) -> list[tuple[Person, int]]:
        """The persons, each with how many letters wait."""
        return [(person, self.mail.get(person.pk, 0)) for person in self.persons]

    likely: list[Likely] = field(default_factory=list)  # registered already, and like somebody new who is being typed

    @property
    def called(self) -> str:
        """The name to begin with when registering."""
        return self.card.called if self.card else self.text


@require_GET
def desk_today(request: StaffRequest) -> HttpResponse:
    """The desk now: one box to receive somebody, who came today, who is expected."""
    user, desks = request.user, _desks(request)
    appointments, appointment_count = expected_today(user, desks)
    today, expected = selectors.arrivals_today(user, desks), selectors.expected(user, desks)
    arrivals = list(selectors.names_of_arrivals(today)[: SHOWN + 1])
    referrals = list(selectors.names_of_expected(expected)[: SHOWN + 1])
    shown: list[Any] = [*appointments, *arrivals[:SHOWN], *referrals[:SHOWN]]
    log_listing(user, [row.person for row in shown if row.person])
    context = {
        "arrivals": arrivals[:SHOWN], "expected": referrals[:SHOWN],
        "arrived_count": len(arrivals) if len(arrivals) <= SHOWN else today.count(),
        "expected_count": len(referrals) if len(referrals) <= SHOWN else expected.count(),
        "appointments": appointments, "appointment_count": appointment_count, "twice": open_pairs(user).count(),
    }  # fmt: skip
    return render(request, "desks/desk_today.html", context)


@require_GET
def visit_list(request: StaffRequest) -> HttpResponse:
    """Arrivals at the desks of the city: filters, export."""
    user = request.user
    if not can(user, Permission.RECORD_VISIT):
        raise PermissionDenied
    table = Table(
        request, selectors.visible_visits(user), visit_columns(user), title=_("Arrivals"),
        filters=VisitFilter(request.GET or None, user=user), default_sort="-arrived_at",
        empty_text=_("Nobody came yet. Who comes to the desk is received with a card or a name."),
        new_url="visit_new", new_label=_("Receive somebody"),
        person_of=lambda visit: visit.person,
    )  # fmt: skip
    return person_table_response(
        request, table, "desks/visit_list.html", object_type="desks.visit", permission=Permission.RECORD_VISIT
    )


@require_http_methods(["GET", "HEAD", "POST"])
def visit_new(request: StaffRequest) -> HttpResponse:
    """Receive somebody: by card or by name, known or new."""
    desks = _desks(request)
    reception = _reception(request, desks)
    if request.method == "POST" and "search" not in request.POST:
        form = ArrivalForm(request.POST, user=request.user, desks=desks)
        person_form = NewcomerForm(request.POST, prefix=PREFIX)
        if visit := _receive(request, form, person_form, reception):
            return redirect(_next_page(request, visit))
        status = 422
    else:
        form = ArrivalForm(initial=_initial(request, reception), user=request.user, desks=desks)
        person_form, status = NewcomerForm(initial=_typed_person(request, reception), prefix=PREFIX), 200
    context = {"form": form, "person_form": person_form, "reception": reception, "desks": desks, "new": NEW}
    context["nobody"] = NOBODY
    context["chosen"] = form["who"].value()
    context["first_asked"] = [part for part in person_form if part.name in FIRST_ASKED]
    context["asked_later"] = later = [part for part in person_form if part.name not in FIRST_ASKED]
    context["later_open"] = any(part.errors or person_form.initial.get(part.name) for part in later)
    return render(request, "desks/visit_new.html", context, status=status)


@require_GET
def visit_people(request: StaffRequest) -> HttpResponse:
    """Fragment: the card and the persons that what was typed may mean."""
    reception = _reception(request, _desks(request))
    return render(
        request,
        "desks/_found.html",
        {"reception": reception, "new": NEW, "nobody": NOBODY, "chosen": _choice(reception)},
    )


@require_POST
def visit_likely(request: StaffRequest) -> HttpResponse:
    """Fragment while somebody new is typed: who is registered already and likely the same, and why. Writes nothing."""
    desks = _desks(request)
    form = ArrivalForm(request.POST, user=request.user, desks=desks)
    person_form = NewcomerForm(request.POST, prefix=PREFIX)
    form.is_valid()
    person_form.is_valid()
    reception = Reception(_desk(request, desks), "")
    if form.is_new:
        reception.likely = likely_known(request.user, reception.desk.partner, person_form.identity())
    return render(request, "desks/_likely.html", {"form": form, "reception": reception})


def _desks(request: StaffRequest) -> list[Team]:
    desks = list(selectors.desks_of(request.user).select_related("site", "partner"))
    if not desks:
        raise PermissionDenied(_("You work at no desk today. Ask the coordinator to add you to one."))
    return desks


def _desk(request: StaffRequest, desks: list[Team]) -> Team:
    """The desk chosen, or else the first."""
    typed = request.POST if request.method == "POST" else request.GET
    return next((desk for desk in desks if str(desk.pk) == typed.get("team")), desks[0])


def _reception(request: StaffRequest, desks: list[Team]) -> Reception:
    """Read the card or the name typed."""
    typed, desk = request.POST if request.method == "POST" else request.GET, _desk(request, desks)
    code, text = _typed(typed, "code"), _typed(typed, "q")
    card = find_card(request.user, code or text)
    reception = Reception(desk, text)
    if card is not None and card.partner_id == desk.partner_id:
        if card.status in Referral.USABLE:
            reception.card, reception.reads = card, reads_card(request.user, card)
        else:
            reception.problem = _("This card is not open any more: %(status)s.") % {"status": card.get_status_display()}
    elif owner := person_of_card(request.user, desk.partner_id, code or text):
        reception.owner, reception.persons = owner, [owner]
        log_listing(request.user, [owner], query=code or text)
        return reception
    elif is_on_its_way(request.user, code or text):
        reception.on_its_way = True
    elif code:
        reception.problem = _("No card of this city has the code %(code)s. Check it, or search the name.") % {
            "code": code
        }
    sought = reception.card.called if reception.card else "" if reception.on_its_way else text
    reception.persons = selectors.likely_persons(request.user, desk, sought, reception.card)
    reception.mail = mailbox_selectors.waiting_for(request.user, reception.persons)
    return reception


def _receive(request: StaffRequest, form: ArrivalForm, person_form: NewcomerForm, reception: Reception) -> Visit | None:
    """Record the arrival of the person chosen, or of somebody new; None when something has to be mended first."""
    if not form.is_valid():
        return None
    sent = selectors.own_visit(request.user, form.cleaned_data["record_id"])
    if sent and (form.is_new or form.cleaned_data["person"] == sent.person):
        return sent
    if reception.problem:
        form.add_error(None, reception.problem)
        return None
    common = {"by": request.user, "referral": reception.card} | form.arrival()
    if form.is_anonymous:
        visit = _receive_anonymous(request, form, reception)
    elif not form.is_new:
        visit = run_service(form, services.record_arrival, person=form.cleaned_data["person"], **common)
    elif not person_form.is_valid() or _may_be_known(request, form, person_form, reception):
        return None
    else:
        visit = _register(form, person_form, common)
    if visit:
        queue.link_visit(by=request.user, ticket_id=form.cleaned_data["ticket"], visit=visit)
        name = visit.person.name_as_used if visit.person else _("Somebody who does not say who it is")
        messages.success(request, _("%(name)s is received.") % {"name": name})
    return visit


def _receive_anonymous(request: StaffRequest, form: ArrivalForm, reception: Reception) -> Visit | None:
    """Somebody who does not say who it is; a card says more than that."""
    if reception.card:
        form.add_error("who", _("A card was shown: register the person, even by a nickname alone, or clear the code."))
        return None
    return run_service(form, visit_services.receive_anonymous, by=request.user, **form.arrival())


def _next_page(request: StaffRequest, visit: Visit) -> str:
    """What is asked, if that comes next or nobody knows who it is; otherwise the person."""
    if visit.person_id is None or "ask" in request.POST:
        return reverse("visit_detail", args=[visit.pk])
    return reverse("person_detail", args=[visit.person_id])


def _register(form: ArrivalForm, person_form: NewcomerForm, common: dict[str, Any]) -> Visit | None:
    """Register somebody new and record the arrival; a broken rule is told at its field, in whichever form it is."""
    try:
        newcomer = person_form.newcomer()
        return services.receive_new_person(details=newcomer.details, told=newcomer, **common)
    except DomainError as error:
        told = form if error.field in form.fields else person_form
        told.add_error(error.field if error.field in told.fields else None, str(error))
        return None


def _may_be_known(
    request: StaffRequest, form: ArrivalForm, person_form: NewcomerForm, reception: Reception
) -> bool:  # fmt: skip
    """Whether somebody registered is likely the same; then those are offered before a new file is made."""
    if form.cleaned_data["not_the_same"]:
        return False
    reception.likely = likely_known(request.user, reception.desk.partner, person_form.identity())
    if reception.likely:
        text = _("Somebody like this is registered already. Choose the person, or confirm it is somebody new.")
        form.add_error("who", text)
    return bool(reception.likely)


def _choice(reception: Reception) -> str:
    """Whom to tick: the person of the card or of the code typed, somebody new when nobody was found, or nobody."""
    if reception.card and reception.card.person_id:
        return str(reception.card.person_id)
    if reception.owner:
        return str(reception.owner.pk)
    is_code = reception.text.upper().startswith(PSEUDONYM_PREFIX)  # also of a file that was joined with the one found
    named = reception.persons if is_code and len(reception.persons) == 1 else []
    return str(named[0].pk) if named else "" if reception.persons else NEW


def _initial(request: StaffRequest, reception: Reception) -> dict[str, Any]:
    if request.method == "POST":
        kept = ("record_id", "ticket", "topic", "note", "arrived_at", "who")
        return {"team": reception.desk.pk} | {name: request.POST.get(name, "") for name in kept}
    topic = reception.card.need if reception.card and reception.reads else ""
    ticket = request.GET.get("ticket", "")
    return {"team": reception.desk.pk, "who": _choice(reception), "topic": topic, "ticket": ticket}


def _typed_person(request: StaffRequest, reception: Reception) -> dict[str, Any]:
    if request.method == "POST":
        form = NewcomerForm(prefix=PREFIX)
        return {
            name: field.widget.value_from_datadict(request.POST, request.FILES, form.add_prefix(name))
            for name, field in form.fields.items()
        }
    if reception.card:
        return {"nickname": reception.card.called}
    if is_phone(reception.text) and not reception.persons:
        return {"phone": reception.text}
    is_code = reception.on_its_way or any(sign.isdigit() for sign in reception.text)
    is_code = is_code or _choice(reception) not in {"", NEW}
    return {} if is_code else _as_names(reception.text)


def _as_names(text: str) -> dict[str, str]:
    """What was searched as the names of somebody new: the last word as the family name."""
    given, _space, family = text.rpartition(" ")
    return {"given_names": given or family, "family_names": family if given else ""}


def _typed(parameters: QueryDict, name: str) -> str:
    return parameters.get(name, "").replace("\x00", "").strip()[:100]
