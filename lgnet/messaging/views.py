"""Pages of messages: those of the city, one with what became of it, what a person wants, the set-up."""

import hmac
import json
import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.core.errors import DomainError
from lgnet.core.forms import done, run_service
from lgnet.core.tables import Table
from lgnet.messaging import selectors, services, setup
from lgnet.messaging.forms import QuietHoursForm, TestMessageForm
from lgnet.messaging.gateways import has_gateway
from lgnet.messaging.models import Channel
from lgnet.messaging.numbers import segments
from lgnet.messaging.opt_outs import opt_in, opt_out
from lgnet.messaging.quiet import quiet_hours_of
from lgnet.messaging.receipts import take_receipt, take_reply
from lgnet.messaging.switches import set_switches, switches_of
from lgnet.messaging.tables import STATUS_KINDS, MessageFilter, message_columns, state_of, state_words
from lgnet.messaging.wording import kind_words
from lgnet.network.access import can
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.closed_files import asks_for_closed_file, only_posts
from lgnet.people.lists import person_table_response
from lgnet.people.selectors import get_person_to_change, get_whole_person

LONGEST = 20_000  # bytes of what a gateway tells


@require_GET
def message_list(request: StaffRequest) -> HttpResponse:
    """Messages of the city: filters, export. What they say is not in it."""
    if not can(request.user, Permission.VIEW_APPOINTMENTS):
        raise PermissionDenied
    table = Table(
        request, selectors.visible_messages(request.user), message_columns(), title=_("Messages"),
        filters=MessageFilter(request.GET or None), default_sort="-created_at",
        empty_text=_("No message was written yet. Reminders of appointments and referrals write them."),
        person_of=lambda message: message.person,
    )  # fmt: skip
    return person_table_response(
        request, table, "messaging/message_list.html", object_type=services.MESSAGE,
        permission=Permission.VIEW_APPOINTMENTS,
    )  # fmt: skip


@require_GET
def message_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One message and what became of it; what it says where the person's file is open."""
    message = selectors.get_message(request.user, pk)
    reads = selectors.may_read(request.user, message)
    is_sms = message.channel == Channel.SMS
    context = {
        "message": message, "reads": reads, "steps": message.steps.select_related("by"),
        "about": kind_words(message.kind),
        "state": state_words(message), "state_kind": STATUS_KINDS[state_of(message)],
        "segments": segments(message.text) if is_sms else 0, "recorded_only": settings.DEMO,
        "may_resend": services.may_resend(request.user, message) and message.status in {"failed", "unknown", "sent"},
    }  # fmt: skip
    return render(request, "messaging/message_detail.html", context)


@require_POST
def message_again(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Send a message again that did not arrive."""
    message = selectors.get_message(request.user, pk)
    try:
        services.send_again(by=request.user, message=message)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The message is sent again."))
    return redirect("message_detail", pk)


@require_GET
@asks_for_closed_file
def person_messages(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The messages to one person, and whether more are wanted."""
    person = get_whole_person(request.user, pk)
    if not can(request.user, Permission.VIEW_APPOINTMENTS, partner=person.partner_id):
        raise PermissionDenied
    rows = selectors.visible_messages(request.user).filter(person=person)
    table = Table(
        request, rows, message_columns(), title=_("Messages"), filters=MessageFilter(request.GET or None),
        default_sort="-created_at", empty_text=_("No message was written to this person yet."),
        person_of=lambda message: message.person,
    )  # fmt: skip
    may_change = can(request.user, Permission.REGISTER_PERSON, partner=person.partner_id)
    context = {"person": person, "wishes": selectors.wishes_of(person), "may_change": may_change}
    return person_table_response(
        request, table, "messaging/person_messages.html", object_type=services.MESSAGE,
        permission=Permission.VIEW_APPOINTMENTS, context=context,
    )  # fmt: skip


@require_POST
@only_posts
@asks_for_closed_file
def person_wishes(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Write down that the person wants no messages on a channel, or wants them again."""
    person = get_person_to_change(request.user, pk, Permission.REGISTER_PERSON)
    channel = request.POST.get("channel", "")
    if channel not in Channel.values:
        raise Http404
    if request.POST.get("wanted") == "yes":
        opt_in(by=request.user, person=person, channel=channel)
        messages.success(request, _("Messages are sent again."))
    else:
        opt_out(by=request.user, person=person, channel=channel)
        messages.success(request, _("No more messages are sent. What was waiting is not sent either."))
    return redirect("person_messages", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def messaging_setup(request: StaffRequest) -> HttpResponse:
    """The quiet hours of the city, which gateways there are, and a test."""
    asked = request.POST if request.method == "POST" else request.GET
    partner = selectors.partner_to_set_up(request.user, asked.get("partner", ""))
    hours = quiet_hours_of(partner)
    form = QuietHoursForm(request.POST or None, initial={"starts": hours.starts, "ends": hours.ends})
    if form.is_valid() and done(form, setup.set_quiet_hours, by=request.user, partner=partner, **form.cleaned_data):
        messages.success(request, _("Saved."))
        return redirect("messaging_setup")
    test = TestMessageForm(initial={"channel": Channel.EMAIL, "to": request.user.email})
    return _setup_page(request, partner, form, test, status=422 if form.is_bound else 200)


@require_POST
def messaging_test(request: StaffRequest) -> HttpResponse:
    """Send a message to oneself."""
    partner = selectors.partner_to_set_up(request.user, request.POST.get("partner", ""))
    test = TestMessageForm(request.POST)
    if test.is_valid():
        sent = run_service(test, setup.send_test, by=request.user, partner=partner, **test.cleaned_data)
        if sent:
            messages.success(request, _("The test goes out within a minute. Here you see what becomes of it."))
            return redirect("message_detail", sent.pk)
    hours = quiet_hours_of(partner)
    form = QuietHoursForm(initial={"starts": hours.starts, "ends": hours.ends})
    return _setup_page(request, partner, form, test, status=422)


@require_POST
def messaging_switches(request: StaffRequest) -> HttpResponse:
    """Which messages the city sends that nobody presses a button for."""
    partner = selectors.partner_to_set_up(request.user, request.POST.get("partner", ""))
    set_switches(by=request.user, partner=partner, on=request.POST.getlist("on"))
    messages.success(request, _("Saved."))
    return redirect("messaging_setup")


@login_not_required
@csrf_exempt
@never_cache
@require_POST
def message_receipts(request: HttpRequest, secret: str) -> HttpResponse:
    """What the gateway tells; whatever it is, the answer is the same. The secret of the address is the proof."""
    wanted = settings.SMS_RECEIPT_SECRET
    if not wanted or not hmac.compare_digest(secret.encode(), wanted.encode()):
        raise Http404
    told = _told(request)
    if told["text"]:
        take_reply(sender=told["from"], text=told["text"])
    take_receipt(reference=told["reference"], provider_id=told["id"], status=told["status"])
    return HttpResponse(status=204)


def _told(request: HttpRequest) -> dict[str, str]:
    """What a gateway sent, as JSON or as a form, by our names; anything else is empty."""
    sent: Any = request.POST
    if request.content_type == "application/json" and len(request.body) <= LONGEST:
        try:
            sent = json.loads(request.body)
        except (ValueError, RecursionError):
            sent = {}
    found = (
        {ours: sent.get(theirs) for ours, theirs in settings.SMS_RECEIPT_FIELDS.items()} if hasattr(sent, "get") else {}
    )
    words = {ours: str(value).replace("\0", "")[:1000] for ours, value in found.items() if isinstance(value, str | int)}
    return dict.fromkeys(("id", "reference", "status", "from", "text"), "") | words


def _setup_page(
    request: StaffRequest, partner: Any, form: QuietHoursForm, test: TestMessageForm, *, status: int
) -> HttpResponse:  # fmt: skip
    gateways = [(channel.label, has_gateway(channel), settings.DEMO) for channel in Channel]
    context = {"partner": partner, "form": form, "test": test, "gateways": gateways, "switches": switches_of(partner)}
    return render(request, "messaging/setup.html", context, status=status)
