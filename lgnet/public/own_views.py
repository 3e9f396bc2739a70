"""The person's own page: opened with card and PIN, no account."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from lgnet.cases.after import case_to_ask_about
from lgnet.network.accounts import client_ip
from lgnet.people.file_looks import looks_at_file
from lgnet.people.own_card_demo import CODE, PIN
from lgnet.people.own_entry import clean_code, close_own_page, open_own_page
from lgnet.public.own_appointments import kinds_to_book, told_appointments
from lgnet.public.own_forms import EnterForm
from lgnet.public.own_plan import has_plan, own_words, told_plan
from lgnet.public.own_reads import sent_to, spoken
from lgnet.public.own_session import (
    OwnRequest,
    OwnSession,
    entrance,
    forget,
    keep_open,
    open_session,
    own_page,
    render_own,
)
from lgnet.public.own_titles import title_told
from lgnet.public.own_words import told_day
from lgnet.public.pages import LANGUAGES, reader_language
from lgnet.public.wording import day_of

DAYS_SHOWN = 15

# Who oversees data protection in Italy: a name is the same in every language.
AUTHORITY = {"name": "Garante per la protezione dei dati personali", "site": "www.garanteprivacy.it"}


@transaction.non_atomic_requests  # people.own_entry says why
@sensitive_post_parameters("pin")
@entrance
def own_enter(request: HttpRequest, code: str = "") -> HttpResponse:
    """Code and PIN; whoever has opened the page already goes on to it. The QR code of the card fills in the code."""
    there = open_session(request)
    if request.method != "POST" and there and clean_code(code) in {"", there.card.code}:
        return redirect("own_home")
    form = EnterForm(request.POST if request.method == "POST" else None, initial={"code": clean_code(code)[:9]})
    status = 422 if form.is_bound else 200
    if form.is_valid():
        entry = open_own_page(**form.cleaned_data, address=client_ip(request))
        if entry.card:
            language = _language_after(request, entry.card.language)
            response = redirect("own_home")
            keep_open(response, OwnSession(entry.card, timezone.now(), language))
            return response
        status = 429 if entry.locked_until else status
        form.add_error(None, _refused(entry.locked_until))
    context = {"form": form, "ended": "ended" in request.GET, "closed": "closed" in request.GET}
    demo = {"code": CODE, "pin": PIN} if settings.DEMO else None
    return render_own(request, "public/own_enter.html", context | {"demo": demo}, status=status)


@own_page
def own_home(request: OwnRequest) -> HttpResponse:
    """The first page: what comes next, and where to go on."""
    card = request.own.card
    person = card.person
    called = (person.nickname or person.given_names) if card.shows_name and not card.is_discreet else ""
    appointments = told_appointments(card)
    context = {
        "called": called, "languages": spoken(person), "next": appointments[:1], "others": len(appointments[1:]),
        "may_book": bool(kinds_to_book(card)), "may_say": case_to_ask_about(person) is not None,
        "title": None if card.is_discreet else title_told(person),
        "my_plan": own_words()["mine"] if has_plan(card) else "",
    }  # fmt: skip
    return render_own(request, "public/own_home.html", context)


@own_page
def own_services(request: OwnRequest) -> HttpResponse:
    """The services the person was sent to, and whether they expect her or him."""
    card = request.own.card
    services = [] if card.is_discreet else sent_to(card.person)
    return render_own(request, "public/own_services.html", {"services": services})


@own_page
def own_plan(request: OwnRequest) -> HttpResponse:
    """What was agreed in the signed plan, and how it stands."""
    return render_own(request, "public/own_plan.html", {"plan": told_plan(request.own.card), "words": own_words()})


@own_page
def own_looks(request: OwnRequest) -> HttpResponse:
    """Who saw the file, day by day."""
    card = request.own.card
    days = looks_at_file(card.person)
    shown = days if "all" in request.GET else days[:DAYS_SHOWN]
    told = [told_day(day, discreet=card.is_discreet) for day in shown]
    return render_own(request, "public/own_looks.html", {"days": told, "more": len(days) > len(shown)})


@own_page
def own_rights(request: OwnRequest) -> HttpResponse:
    """What this page is, who answers for the data, what the person can ask for, and where to complain."""
    context = {"city": request.own.card.person.partner, "authority": AUTHORITY}
    return render_own(request, "public/own_rights.html", context)


@own_page
def own_close(request: OwnRequest) -> HttpResponse:
    """Close the page, here and wherever it was opened with this card."""
    if request.method != "POST":
        return redirect("own_home")
    close_own_page(request.own.card)
    response = redirect(f"{reverse('own_enter')}?closed&lang={request.own.language}")
    forget(response)
    return response


def _language_after(request: HttpRequest, of_card: str) -> str:
    """The language in which the page goes on: chosen before the PIN, or else that of the card."""
    asked = request.GET.get("lang", "")
    return asked if asked in LANGUAGES else of_card if of_card in LANGUAGES else reader_language(request)


def _refused(locked_until: datetime | None) -> str:
    """One text, whatever was wrong: whoever guesses learns nothing."""
    if locked_until:
        until = timezone.localtime(locked_until)
        day = "" if until.date() == timezone.localdate() else f"{day_of(until)}, "
        time = f"{day}{until:%H:%M}"
        return _("Too many tries. Try again after %(time)s, or ask the desk for a new PIN.") % {"time": time}
    return _("The code or the PIN is not right. Look at the card and the paper, and try again.")
