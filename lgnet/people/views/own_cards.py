"""Pages of own cards: made with a PIN that is shown once, printed again, changed, stopped."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lgnet.core.errors import DomainError
from lgnet.core.forms import done, run_service
from lgnet.core.qr import qr_code
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people import own_cards, selectors
from lgnet.people.closed_files import asks_for_closed_file, only_posts
from lgnet.people.models import OwnCard
from lgnet.people.own_card_forms import NewOwnCardForm, OwnCardForm, first_choice, present
from lgnet.people.own_card_selectors import get_own_card
from lgnet.people.own_card_words import RIGHT_TO_LEFT, WORDS
from lgnet.people.own_entry import locked_until

ITALIAN = "it"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def own_card_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Make the card of a person; its PIN is shown now, and never again."""
    person = selectors.get_person_to_change(request.user, pk, Permission.REGISTER_PERSON)
    form = NewOwnCardForm(request.POST or None, initial=first_choice(person))
    if form.is_valid():
        made = run_service(
            form, own_cards.create_own_card, by=request.user, person=person, details=form.details(),
            record_id=form.cleaned_data["record_id"],
        )  # fmt: skip
        if made and made[1]:
            return _with_pin(request, *made)
        if made:
            messages.info(request, _("The card is made already, and its PIN was shown. Make a new PIN if it is lost."))
            return redirect("own_card_detail", made[0].pk)
    context = {"form": form, "person": person}
    return render(request, "people/own_card_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def own_card_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One card: printed again without its PIN, how its page speaks, a new PIN, stopped."""
    card = get_own_card(request.user, pk)
    form = OwnCardForm(request.POST or None, initial=present(card))
    if form.is_valid() and done(form, own_cards.change_own_card, by=request.user, card=card, details=form.details()):
        messages.success(request, _("Saved."))
        return redirect("own_card_detail", pk)
    context = _paper(request, card) | {"form": form, "locked_until": locked_until(card)}
    return render(request, "people/own_card_detail.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_POST
@asks_for_closed_file
@only_posts
def own_card_pin(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A new PIN, shown now and never again."""
    card = get_own_card(request.user, pk)
    try:
        return _with_pin(request, card, own_cards.renew_pin(by=request.user, card=card))
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("own_card_detail", pk)


@require_POST
@asks_for_closed_file
@only_posts
def own_card_stop(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The card opens nothing any more."""
    card = own_cards.stop_own_card(by=request.user, card=get_own_card(request.user, pk))
    messages.success(request, _("The card is stopped: it opens nothing any more."))
    return redirect("person_detail", card.person_id)


def _with_pin(request: StaffRequest, card: OwnCard, pin: str) -> HttpResponse:
    return render(request, "people/own_card_made.html", _paper(request, card) | {"pin": pin})


def _paper(request: StaffRequest, card: OwnCard) -> dict[str, Any]:
    """What is printed: the words in the person's language with Italian beside them, code, address and its picture."""
    words, italian = WORDS[card.language], WORDS[ITALIAN]
    address = request.build_absolute_uri(reverse("own_enter"))
    title = "discreet" if card.is_discreet else "title"
    beside = {} if card.language == ITALIAN else italian
    return {
        "card": card, "person": card.person, "words": words, "italian": beside, "title": words[title],
        "title_italian": beside.get(title, ""), "direction": "rtl" if card.language in RIGHT_TO_LEFT else "ltr",
        "address": address.partition("//")[2], "qr": qr_code(f"{address}/{card.code}"),
    }  # fmt: skip
