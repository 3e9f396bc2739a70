"""Columns and filters of the lists of devices, of what needs attention, of values to choose from."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.core.addresses import address_of
from lgnet.core.tables import Column, FilterForm
from lgnet.outreach.corrections import FIELDS
from lgnet.outreach.models import Conflict, Device, Operation
from lgnet.outreach.sync.wording import kind_words

ALL = ("", _("all"))
LATE = timedelta(days=1)  # what has waited so long for something else needs somebody to look
State, Result = Device.State, Operation.Result
DEVICE_KINDS = {State.ACTIVE: "success", State.EXPIRED: "warning", State.WIPE: "danger", State.WIPED: "neutral"}
RESULT_KINDS = {
    Result.WAITING: "info", Result.APPLIED: "success", Result.CONFLICT: "warning", Result.REFUSED: "danger",
    Result.MENDED: "success", Result.SET_ASIDE: "neutral",
}  # fmt: skip
CONFLICT_KINDS = {
    Conflict.State.OPEN: "warning", Conflict.State.DECIDED: "success", Conflict.State.SUPERSEDED: "neutral"
}  # fmt: skip


class DeviceFilter(FilterForm):
    """Devices by a word, and by state."""

    q = forms.CharField(label=_("Device, colleague or unit"), required=False, max_length=80)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[ALL, *State.choices])

    def apply(self, rows: QuerySet[Device]) -> QuerySet[Device]:
        """Keep the devices asked for."""
        if text := self.cleaned_data.get("q"):
            words = Q(name__icontains=text) | Q(user__full_name__icontains=text) | Q(team__name__icontains=text)
            rows = rows.filter(words)
        kept, runs = Q(wipe_asked_at__isnull=True, wiped_at__isnull=True), Q(lease_until__gt=timezone.now())
        states = {
            State.ACTIVE: kept & runs, State.EXPIRED: kept & ~runs, State.WIPED: Q(wiped_at__isnull=False),
            State.WIPE: Q(wipe_asked_at__isnull=False, wiped_at__isnull=True),
        }  # fmt: skip
        state = self.cleaned_data.get("state")
        return rows.filter(states[State(state)]) if state else rows


def device_columns() -> list[Column]:
    """Whose it is, when it was last heard of, what it has still to send."""
    return [
        Column("name", _("Device"), lambda d: d.name, sort="name", link=lambda d: address_of("device_detail", d.pk)),
        Column("user", _("Colleague"), lambda d: d.user.full_name, sort="user__full_name"),
        Column("team", _("Unit"), lambda d: d.team.name, sort="team__name"),
        Column("last_sync_at", _("Last heard of"), lambda d: d.last_sync_at, sort="last_sync_at"),
        Column("queue_length", _("Still to send"), lambda d: d.queue_length, sort="queue_length"),
        Column("app_version", _("Version"), lambda d: d.app_version, sort="app_version"),
        Column("state", _("State"), lambda d: d.state.label, badge=lambda d: DEVICE_KINDS[d.state]),
        Column("lease_until", _("Keeps data until"), lambda d: d.lease_until, sort="lease_until", export_only=True),
        Column("wiped_at", _("Wiped on"), lambda d: d.wiped_at, sort="wiped_at", export_only=True),
        Column("unsent", _("Not sent when wiped"), lambda d: d.unsent_when_wiped, export_only=True),
    ]


class AttentionFilter(FilterForm):
    """What needs attention, by a word and by what became of it; what is settled only when asked for."""

    q = forms.CharField(label=_("Colleague, device or reason"), required=False, max_length=80)
    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[
            ("", _("to do")), (Result.WAITING, Result.WAITING.label), (Result.MENDED, Result.MENDED.label),
            (Result.SET_ASIDE, Result.SET_ASIDE.label), ("clock", _("clock of the device wrong")),
        ],
    )  # fmt: skip

    def apply(self, rows: QuerySet[Operation]) -> QuerySet[Operation]:
        """Keep the operations asked for."""
        if text := self.cleaned_data.get("q"):
            words = Q(reason__icontains=text) | Q(user__full_name__icontains=text) | Q(device__name__icontains=text)
            rows = rows.filter(words)
        state = self.cleaned_data.get("state")
        if state == "clock":
            return rows.exclude(clock__in=(Operation.Clock.RIGHT, Operation.Clock.UNKNOWN))
        if state:
            return rows.filter(result=state)
        too_long = Q(result=Result.WAITING, created_at__lt=timezone.now() - LATE)
        return rows.filter(Q(result=Result.REFUSED) | too_long, settled_at__isnull=True)  # these have an index


def attention_columns() -> list[Column]:
    """When it was received, what it was, whose it is, and why it was not accepted."""
    return [
        Column(
            "created_at", _("Received"), lambda o: o.created_at, sort="created_at",
            link=lambda o: address_of("operation_detail", o.pk),
        ),
        Column("kind", _("What"), kind_words, sort="kind", link=lambda o: address_of("operation_detail", o.pk)),
        Column("reason", _("Reason"), lambda o: o.reason),
        Column("user", _("Colleague"), lambda o: o.user.full_name, sort="user__full_name"),
        Column("device", _("Device"), lambda o: o.device.name, sort="device__name"),
        Column("result", _("State"), lambda o: o.get_result_display(), badge=lambda o: RESULT_KINDS[o.result]),
        Column("made_at", _("Made (clock of the device)"), lambda o: o.made_at, sort="made_at", export_only=True),
        Column("clock", _("Clock"), lambda o: o.get_clock_display(), export_only=True),
        Column("set_aside_reason", _("Set aside because"), lambda o: o.set_aside_reason, export_only=True),
    ]  # fmt: skip


class ConflictFilter(FilterForm):
    """Values to choose from, by who wrote them, the zone, and whether somebody has chosen."""

    q = forms.CharField(label=_("Colleague or zone"), required=False, max_length=80)
    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[("", Conflict.State.OPEN.label), *[pair for pair in Conflict.State.choices if pair[0] != "open"]],
    )  # fmt: skip

    def apply(self, rows: QuerySet[Conflict]) -> QuerySet[Conflict]:
        """Keep those asked for."""
        if text := self.cleaned_data.get("q"):
            rows = rows.filter(
                Q(operation__user__full_name__icontains=text)
                | Q(server_by__full_name__icontains=text)
                | Q(contact__zone__name__icontains=text)
            )
        return rows.filter(state=self.cleaned_data.get("state") or Conflict.State.OPEN)


def conflict_columns() -> list[Column]:
    """Which field of which contact, and who wrote what; the values themselves are on the page of each."""
    return [
        Column(
            "created_at", _("Waiting since"), lambda c: c.created_at, sort="created_at",
            link=lambda c: address_of("conflict_detail", c.pk),
        ),
        Column("field", _("Field"), lambda c: str(FIELDS.get(c.field, c.field)), sort="field",
               link=lambda c: address_of("conflict_detail", c.pk)),
        Column("met", _("Contact of"), lambda c: c.contact.occurred_at, sort="contact__occurred_at"),
        Column("zone", _("Zone"), lambda c: c.contact.zone.name, sort="contact__zone__name"),
        Column("first", _("Recorded by"), lambda c: _name(c.server_by), sort="server_by__full_name"),
        Column("second", _("Sent later by"), lambda c: c.operation.user.full_name, sort="operation__user__full_name"),
        Column("state", _("State"), lambda c: c.get_state_display(), badge=lambda c: CONFLICT_KINDS[c.state]),
        Column("choice", _("Chosen"), lambda c: c.get_choice_display(), export_only=True),
        Column("decided_by", _("Chosen by"), lambda c: _name(c.decided_by), export_only=True),
        Column("decided_at", _("Chosen on"), lambda c: c.decided_at, export_only=True),
    ]  # fmt: skip


def _name(user: Any) -> str:
    return user.full_name if user else ""
