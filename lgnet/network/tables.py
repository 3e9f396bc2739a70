"""Columns and filters of the lists of staff and invitations."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.core.addresses import address_of
from lgnet.core.tables import Column, FilterForm
from lgnet.network.models import Invitation, Membership, User
from lgnet.network.roles import Role
from lgnet.network.selectors import partners_to_staff

ALL = ("", _("all"))
STATES = {"current": _("in force"), "planned": _("planned"), "ended": _("ended")}
STATE_KINDS = {"current": "success", "planned": "info", "ended": "neutral"}
INVITATION_STATES = {
    "open": _("waiting"), "accepted": _("accepted"), "expired": _("expired"), "withdrawn": _("withdrawn"),
}  # fmt: skip
INVITATION_KINDS = {"open": "info", "accepted": "success", "expired": "warning", "withdrawn": "neutral"}


class _ByPartner(FilterForm):
    """Search, role, and the partner where the reader manages more than one."""

    role = forms.ChoiceField(label=_("Role"), required=False, choices=[ALL, *Role.choices])

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        partners = [(str(partner.pk), partner.short_name) for partner in partners_to_staff(user)]
        if len(partners) > 1:
            field = forms.ChoiceField(label=_("Partner"), required=False, choices=[ALL, *partners])
            field.widget.attrs["class"] = "form-select"
            self.fields["partner"] = field

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the role and the partner asked for."""
        if role := self.cleaned_data.get("role"):
            rows = rows.filter(role=role)
        if partner := self.cleaned_data.get("partner"):
            rows = rows.filter(partner=partner)
        return rows


class StaffFilter(_ByPartner):
    """Name, role, partner and state; ended memberships only when asked for."""

    q = forms.CharField(label=_("Name, username or employer"), required=False, max_length=80)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("in force or planned")), *STATES.items(), ("all", _("all"))]
    )

    def apply(self, rows: QuerySet[Membership]) -> QuerySet[Membership]:
        """Keep the memberships asked for."""
        rows, data, today = self.narrowed(rows), self.cleaned_data, timezone.localdate()
        if text := data.get("q"):
            rows = rows.filter(
                Q(user__full_name__icontains=text) | Q(user__username__icontains=text) | Q(employer__icontains=text)
            )
        is_open = Q(ended_at__isnull=True) & (Q(ends_on__isnull=True) | Q(ends_on__gte=today))
        match data.get("state"):
            case "all":
                return rows
            case "ended":
                return rows.exclude(is_open)
            case "current":
                return rows.filter(is_open, starts_on__lte=today)
            case "planned":
                return rows.filter(is_open, starts_on__gt=today)
        return rows.filter(is_open)


class InvitationFilter(_ByPartner):
    """Name or e-mail, role, partner and state."""

    q = forms.CharField(label=_("Name or e-mail"), required=False, max_length=80)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[ALL, *INVITATION_STATES.items()])

    def apply(self, rows: QuerySet[Invitation]) -> QuerySet[Invitation]:
        """Keep the invitations asked for."""
        rows, data = self.narrowed(rows), self.cleaned_data
        if text := data.get("q"):
            rows = rows.filter(Q(full_name__icontains=text) | Q(email__icontains=text))
        waiting = Q(accepted_at__isnull=True, withdrawn_at__isnull=True)
        match data.get("state"):
            case "open":
                return rows.filter(waiting, expires_at__gt=timezone.now())
            case "expired":
                return rows.filter(waiting, expires_at__lte=timezone.now())
            case "accepted":
                return rows.filter(accepted_at__isnull=False)
            case "withdrawn":
                return rows.filter(withdrawn_at__isnull=False)
        return rows


def _partner_column(user: User) -> Column:
    several = partners_to_staff(user).count() > 1
    return Column(
        "partner", _("Partner"), lambda row: row.partner.short_name, sort="partner__short_name", export_only=not several
    )


def staff_columns(user: User) -> list[Column]:
    """Who, as what, until when, and whether the sign-in is well protected; where, if there are several partners."""
    return [
        Column(
            "name", _("Name"), lambda m: m.user.full_name, sort="user__full_name",
            link=lambda m: address_of("staff_detail", m.user_id),
        ),
        Column("username", _("Username"), lambda m: m.user.username, sort="user__username", export_only=True),
        Column("role", _("Role"), lambda m: m.get_role_display(), sort="role"),
        Column("profile", _("Profession"), lambda m: m.get_profile_display(), sort="profile"),
        Column("employer", _("Employer"), lambda m: m.employer, sort="employer"),
        _partner_column(user),
        Column("starts_on", _("From"), lambda m: m.starts_on, sort="starts_on", export_only=True),
        Column("ends_on", _("Until"), lambda m: m.ends_on, sort="ends_on"),
        Column("state", _("State"), lambda m: STATES[m.state], badge=lambda m: STATE_KINDS[m.state]),
        Column("second_factor", _("Second step"), lambda m: m.has_second_factor),
        Column("last_login", _("Last sign-in"), lambda m: m.user.last_login, sort="user__last_login"),
        Column("email", _("E-mail"), lambda m: m.user.email, export_only=True),
    ]  # fmt: skip


def invitation_columns(user: User) -> list[Column]:
    """Who is invited to what, by whom, until when, and what became of it."""
    return [
        Column(
            "name", _("Name"), lambda i: i.full_name or i.email, sort="full_name",
            link=lambda i: address_of("invitation_detail", i.pk),
        ),
        Column("email", _("E-mail"), lambda i: i.email, sort="email"),
        Column("role", _("Role"), lambda i: i.get_role_display(), sort="role"),
        _partner_column(user),
        Column(
            "state", _("State"), lambda i: INVITATION_STATES[i.state], badge=lambda i: INVITATION_KINDS[i.state]
        ),
        Column("mail_sent_at", _("Mail sent"), lambda i: i.mail_sent_at, sort="mail_sent_at"),
        Column("expires_at", _("Valid until"), lambda i: i.expires_at, sort="expires_at"),
        Column(
            "invited_by", _("Invited by"), lambda i: i.invited_by.full_name if i.invited_by else "", export_only=True
        ),
    ]  # fmt: skip
