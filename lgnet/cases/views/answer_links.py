"""The pages of a body outside of the network: opened by a signed link, without an account.

They live here and not on the public site: whoever reads them works at an Italian body, so they speak the languages of
the staff. Every link that is not good is answered alike, whatever is the matter with it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lgnet.cases import referral_links
from lgnet.cases.models import Referral, ReferralLink, Side
from lgnet.cases.referral_forms import AnswerForm, CloseForm, EnterForm, NoteForm
from lgnet.cases.referral_moves import Outside
from lgnet.cases.referral_page import story
from lgnet.cases.referral_sharing import shared_values
from lgnet.cases.referral_thread import mark_notes_read, unread_notes
from lgnet.cases.tables import REFERRAL_KINDS
from lgnet.core.forms import done
from lgnet.network.accounts import client_ip

HOURS = 8  # a working day: then whoever opens the link says again who reads
SALT = "lgnet answer link"
SHOWN_WHILE = (*Referral.OPEN, Referral.Status.ARRIVED, Referral.Status.NOT_ARRIVED)  # what is shared is shown
FIELDS: dict[str, tuple[str, ...]] = {
    "accept": ("answer", "come_at"), "refuse": ("answer",), "arrived": (), "not-arrived": ("answer",),
    "close": ("answer", "result"),
}  # fmt: skip

View = Callable[..., HttpResponse]


def _by_link(view: View) -> View:
    """Give the view the link of a token that is good; anybody else is told one and the same thing."""

    @login_not_required
    @never_cache
    @wraps(view)
    def opened(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
        link, why = referral_links.find_link(token)
        if link is not None:
            return view(request, token, link, *args, **kwargs)
        ip, status = client_ip(request), 404
        if referral_links.has_tried_too_often(ip):
            status = 429
        else:
            referral_links.note_wrong_link(ip=ip, why=why)
        return render(request, "cases/answer_invalid.html", {"typed": _typed(request)}, status=status)

    return opened


@require_http_methods(["GET", "HEAD", "POST"])
@_by_link
def answer_link(request: HttpRequest, token: str, link: ReferralLink) -> HttpResponse:
    """First who opens it says for whom and under which name, then the referral is shown. Opening shows nothing."""
    by = _who(request, link)
    if by is not None and request.method != "POST":
        return _page(request, token, link, by)
    form = EnterForm(request.POST or None)
    if not form.is_valid():
        return _entrance(request, link, form, status=422 if form.is_bound else 200)
    by = Outside(form.cleaned_data["name"], link.referral.to_team)
    referral_links.enter_by_link(link=link, by=by, ip=client_ip(request))
    response = redirect("answer_link", token)
    response.set_cookie(
        _cookie(link), signing.dumps([link.pk.hex, link.turn, by.name], salt=SALT), max_age=HOURS * 3600,
        path=reverse("answer_link", args=[token]), httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


@require_POST
@_by_link
def answer_link_act(request: HttpRequest, token: str, link: ReferralLink, act: str) -> HttpResponse:
    """The body accepts, refuses, says whether the person came, or closes."""
    by = _who(request, link)
    if act not in FIELDS:
        raise Http404
    if by is None:
        return _entrance(request, link, EnterForm(), status=422)
    form = CloseForm(request.POST, auto_id="close_%s") if act == "close" else AnswerForm(request.POST)
    if not set(form.errors) & set(FIELDS[act]):
        typed = {name: form.cleaned_data[name] for name in FIELDS[act]}
        if done(form, referral_links.answer_by_link, link=link, by=by, act=act, **typed):
            messages.success(request, _("Recorded. The colleagues who sent the person see it."))
            return redirect("answer_link", token)
    return _page(request, token, link, by, form, status=422)


@require_POST
@_by_link
def answer_link_note(request: HttpRequest, token: str, link: ReferralLink) -> HttpResponse:
    """The body writes to the team that sent the person."""
    by = _who(request, link)
    if by is None:
        return _entrance(request, link, EnterForm(), status=422)
    form = NoteForm(request.POST, referral=link.referral, auto_id="note_%s")
    if form.is_valid() and done(form, referral_links.write_by_link, link=link, by=by, **form.cleaned_data):
        messages.success(request, _("Written. The other side sees it."))
        return redirect("answer_link", token)
    return _page(request, token, link, by, form, status=422)


@require_POST
@_by_link
def answer_link_read(request: HttpRequest, token: str, link: ReferralLink) -> HttpResponse:
    """What the other side wrote is read: the page says so by itself."""
    by = _who(request, link)
    if by is not None:
        mark_notes_read(by=by, referral=link.referral)
    return render(request, "cases/_referral_seen.html")


def _page(
    request: HttpRequest, token: str, link: ReferralLink, by: Outside, form: BaseForm | None = None, *,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """What was ticked and nothing else, the states, the thread and the answers; that it was read is logged."""
    referral = link.referral
    forms: dict[str, BaseForm] = {
        "form": AnswerForm(), "close_form": CloseForm(auto_id="close_%s"),
        "note_form": NoteForm(referral=referral, auto_id="note_%s"),
    }  # fmt: skip
    if form is not None:
        forms[next(name for name, blank in forms.items() if type(blank) is type(form))] = form
    is_shown = referral.status in SHOWN_WHILE
    if is_shown:
        referral_links.note_read_by_link(link, by=by, ip=client_ip(request))
    context = story(referral, Side.TO) | forms | {
        "token": token, "link": link, "by": by,
        "shared": shared_values(referral) if is_shown else [],
        "status_kind": REFERRAL_KINDS[referral.status], "has_unread": unread_notes(referral, Side.TO).exists(),
        "may": {name: to in Referral.TRANSITIONS[referral.status] for name, to in _MAY.items()},
    }  # fmt: skip
    return render(request, "cases/answer_page.html", context, status=status)


_MAY = {
    "answer": Referral.Status.ACCEPTED, "arrived": Referral.Status.ARRIVED,
    "not_arrived": Referral.Status.NOT_ARRIVED, "close": Referral.Status.CLOSED,
}  # fmt: skip


def _entrance(request: HttpRequest, link: ReferralLink, form: EnterForm, *, status: int) -> HttpResponse:
    """The page before the referral: it names the two services, and nobody else."""
    context = {
        "referral": link.referral, "token": referral_links.token_of(link), "form": form, "typed": _typed(request),
        "hours": HOURS,
    }  # fmt: skip
    return render(request, "cases/answer_enter.html", context, status=status)


def _cookie(link: ReferralLink) -> str:
    return f"lg_answer_{link.pk.hex[:16]}"


def _who(request: HttpRequest, link: ReferralLink) -> Outside | None:
    """Who said to read with this link in this browser in the last hours."""
    try:
        key, turn, name = signing.loads(request.COOKIES.get(_cookie(link), ""), salt=SALT, max_age=HOURS * 3600)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Outside(str(name), link.referral.to_team) if (key, turn) == (link.pk.hex, link.turn) else None


def _typed(request: HttpRequest) -> str:
    """What was written in a form that could not be taken: it is shown again, so that it can be copied."""
    return "\n".join(filter(None, (request.POST.get(name, "")[:4000] for name in ("answer", "text"))))
