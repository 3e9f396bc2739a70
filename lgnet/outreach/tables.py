"""Columns and filters of the list of street contacts."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.cases.tables import REFERRAL_KINDS
from lgnet.catalogue.models import Team, Zone
from lgnet.catalogue.selectors import teams_at
from lgnet.core.addresses import address_of
from lgnet.core.forms import DayField
from lgnet.core.periods import midnight
from lgnet.core.tables import Column, FilterForm
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.outreach.models import Contact

ANYBODY = ("", _("everybody"))


class ContactFilter(FilterForm):
    """Team, zone, days and kind of person met."""

    q = forms.CharField(label=_("Called"), required=False, max_length=80)
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Unit"), required=False, empty_label=_("all"))
    zone = forms.ModelChoiceField(Zone.objects.none(), label=_("Zone"), required=False, empty_label=_("all"))
    since = DayField(label=pgettext_lazy("first day", "From"), required=False)
    until = DayField(label=pgettext_lazy("last day", "To"), required=False)
    who = forms.ChoiceField(
        label=_("Who"),
        required=False,
        choices=[
            ANYBODY,
            ("known", _("registered")),
            ("nickname", _("with a nickname")),
            ("anonymous", _("unknown")),
            ("group", _("groups")),
        ],
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("valid")), ("mistake", _("recorded by mistake"))]
    )
    answer = forms.ChoiceField(
        label=_("Card"),
        required=False,
        choices=[ANYBODY, ("waiting", _("card given, no answer yet")), ("arrived", _("came to the desk"))],
    )

    place = forms.ChoiceField(
        label=_("Position"),
        required=False,
        choices=[ANYBODY, ("noted", _("noted")), ("far", _("more than 30 km from the city"))],
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        partners = access_of(user).partner_ids(Permission.VIEW_CONTACTS)
        fields: dict[str, Any] = self.fields
        fields["team"].queryset = teams_at(user, Permission.VIEW_CONTACTS, kind=Team.Kind.MOBILE_UNIT)
        fields["zone"].queryset = Zone.objects.filter(partner__in=partners)

    def apply(self, rows: QuerySet[Contact]) -> QuerySet[Contact]:
        """Keep the contacts asked for."""
        data = self.cleaned_data
        rows = rows.filter(voided_at__isnull=data.get("state") != "mistake")
        if text := data.get("q"):
            rows = rows.filter(
                Q(nickname__icontains=text)
                | Q(person__nickname__icontains=text)
                | Q(person__given_names__icontains=text)
                | Q(person__family_names__icontains=text)
            )
        if team := data.get("team"):
            rows = rows.filter(team=team)
        if zone := data.get("zone"):
            rows = rows.filter(zone=zone)
        if since := data.get("since"):
            rows = rows.filter(occurred_at__gte=midnight(since))
        if until := data.get("until"):
            rows = rows.filter(occurred_at__lt=midnight(until, days_later=1))
        if answer := _ANSWER.get(data.get("answer") or ""):
            rows = rows.filter(answer)
        if place := _PLACE.get(data.get("place") or ""):
            rows = rows.filter(place)
        who = _WHO.get(data.get("who") or "")
        return rows.filter(who) if who else rows


_UNKNOWN = Q(person__isnull=True, nickname="", head_count=1)
_WHO = {
    "known": Q(person__isnull=False),
    "nickname": Q(person__isnull=True) & ~Q(nickname=""),
    "anonymous": _UNKNOWN,
    "group": Q(head_count__gt=1),
}
_ANSWER = {
    "waiting": Q(referral__status__in=("sent", "seen")),
    "arrived": Q(referral__arrived_at__isnull=False),
}
_PLACE = {"noted": Q(latitude__isnull=False), "far": Q(is_far=True)}


def who_was_met(contact: Contact) -> str:
    """What the person is called, or that it was somebody unknown or a group."""
    if contact.called:
        return contact.called
    return str(_("a group") if contact.head_count > 1 else _("somebody unknown"))


def contact_columns() -> list[Column]:
    """When, where, who, how many, and what became of the card."""
    return [
        Column(
            "occurred_at", _("When"), lambda c: c.occurred_at,
            link=lambda c: address_of("contact_detail", c.pk), sort="occurred_at",
        ),
        Column("zone", _("Zone"), lambda c: c.zone.name, sort="zone__name"),
        Column("who", _("Who"), who_was_met, link=lambda c: address_of("contact_detail", c.pk)),
        Column("head_count", _("People"), lambda c: c.head_count, sort="head_count"),
        Column("team", _("Unit"), lambda c: c.team.name, sort="team__name"),
        Column(
            "referral", _("Card"), lambda c: c.referral.get_status_display() if c.referral else "",
            badge=lambda c: REFERRAL_KINDS[c.referral.status] if c.referral else "",
        ),
        Column("recorded_by", _("Recorded by"), lambda c: c.recorded_by.full_name, export_only=True),
        Column("gender", _("Gender"), lambda c: c.get_gender_display(), export_only=True),
        Column("age_band", _("Apparent age"), lambda c: c.get_age_band_display(), export_only=True),
    ]  # fmt: skip
