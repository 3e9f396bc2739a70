"""Columns and filters of the list of messages. What they say is not in it."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.core.addresses import address_of
from lgnet.core.forms import DayField
from lgnet.core.languages import language_name
from lgnet.core.periods import midnight
from lgnet.core.tables import Column, FilterForm
from lgnet.messaging.gateways import has_gateway
from lgnet.messaging.models import Channel, OutgoingMessage
from lgnet.messaging.numbers import segments
from lgnet.messaging.wording import KINDS, kind_words

ALL = ("", _("all"))
NO_GATEWAY = "no_gateway"
STATUS_KINDS = {
    "queued": "info", "sent": "success", "delivered": "success", "unknown": "warning", "failed": "danger",
    "cancelled": "neutral", NO_GATEWAY: "warning",
}  # fmt: skip
STATUSES = [*OutgoingMessage.Status.choices, (NO_GATEWAY, _("no gateway"))]


def state_of(message: OutgoingMessage) -> str:
    """The state as it is shown: one that waits where nothing can go out says so."""
    waits = message.status == OutgoingMessage.Status.QUEUED
    return NO_GATEWAY if waits and not has_gateway(message.channel) else message.status


def state_words(message: OutgoingMessage) -> str:
    """`state_of` in words."""
    return str(dict(STATUSES)[state_of(message)])


class MessageFilter(FilterForm):
    """To whom, state, channel, what about, days."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=80)
    status = forms.ChoiceField(label=_("State"), required=False, choices=[ALL, *STATUSES])
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=[ALL, *Channel.choices])
    kind = forms.ChoiceField(label=_("About"), required=False)
    since = DayField(label=pgettext_lazy("first day", "From"), required=False)
    until = DayField(label=pgettext_lazy("last day", "To"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kinds = sorted(((kind, kind_words(kind)) for kind in KINDS), key=lambda pair: pair[1])
        self.fields["kind"].choices = [ALL, *kinds]  # type: ignore[attr-defined]

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the messages asked for."""
        data = self.cleaned_data
        if text := data.get("q"):
            names = ("given_names", "family_names", "nickname", "pseudonym")
            named = [Q(**{f"person__{name}__icontains": text}) for name in names]
            rows = rows.filter(named[0] | named[1] | named[2] | named[3] | Q(person=None, to__icontains=text))
        if (status := data.get("status")) == NO_GATEWAY:
            shut = [channel for channel in Channel.values if not has_gateway(channel)]
            rows = rows.filter(status=OutgoingMessage.Status.QUEUED, channel__in=shut)
        elif status:
            rows = rows.filter(status=status)
        exact = {"channel": data.get("channel"), "kind": data.get("kind")}
        if since := data.get("since"):
            exact["created_at__gte"] = midnight(since)
        if until := data.get("until"):
            exact["created_at__lt"] = midnight(until, days_later=1)
        return rows.filter(**{name: value for name, value in exact.items() if value})


def message_columns() -> list[Column]:
    """When, to whom, how, about what, how long, and what became of it."""
    return [
        Column(
            "created_at", _("Written on"), lambda m: m.created_at, sort="created_at",
            link=lambda m: address_of("message_detail", m.pk),
        ),
        Column(
            "to", _("To whom"), lambda m: m.person.name_as_used if m.person else m.to,
            link=lambda m: address_of("person_detail", m.person_id) if m.person_id else None,
        ),
        Column("channel", _("Channel"), lambda m: m.get_channel_display(), sort="channel"),
        Column("kind", _("About"), lambda m: kind_words(m.kind), sort="kind"),
        Column("language", _("Language"), lambda m: language_name(m.language), sort="language"),
        Column("segments", _("Text messages"), lambda m: segments(m.text) if m.channel == Channel.SMS else None),
        Column("status", _("State"), state_words, badge=lambda m: STATUS_KINDS[state_of(m)], sort="status"),
        Column("reason", _("Why"), lambda m: m.get_reason_display()),
        Column("sent_at", _("Sent on"), lambda m: m.sent_at, sort="sent_at"),
        Column("delivered_at", _("Delivered on"), lambda m: m.delivered_at, export_only=True),
        Column("tries", _("Tries"), lambda m: m.tries, export_only=True),
    ]  # fmt: skip
