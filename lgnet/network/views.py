"""Pages of staff, invitations and roles, and those that stand at the entrance."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.core.forms import done, run_service
from lgnet.core.tables import Table, table_response
from lgnet.network import invitations, selectors, services
from lgnet.network.access import access_of
from lgnet.network.forms import EndForm, InvitationForm, JoinForm, MembershipForm
from lgnet.network.models import Invitation, User
from lgnet.network.policies import manages_staff, may_manage_sign_in, may_switch_off
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import ROLES, Permission, Role
from lgnet.network.tables import (
    INVITATION_KINDS,
    INVITATION_STATES,
    STATE_KINDS,
    STATES,
    InvitationFilter,
    StaffFilter,
    invitation_columns,
    staff_columns,
)

_NO_MENU: dict[str, Any] = {"menu": (), "permissions": ()}  # every entry of it would lead back to the same page


@require_GET
def staff_list(request: StaffRequest) -> HttpResponse:
    """Memberships that the reader manages."""
    _managers_only(request.user)
    table = Table(
        request, selectors.visible_memberships(request.user), staff_columns(request.user), title=_("Staff"),
        filters=StaffFilter(request.GET, user=request.user), new_url="invitation_new", new_label=_("Invite somebody"),
        empty_text=_("Nobody works here yet. Invite the first colleague."),
    )  # fmt: skip
    return table_response(
        request, table, "network/staff_list.html",
        on_export=lambda count: _log_export(request.user, services.MEMBERSHIP, count),
    )  # fmt: skip


@require_GET
def staff_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One colleague: memberships that the reader manages, sign-in, and what can be done."""
    member = selectors.get_member(request.user, pk)
    rows = selectors.visible_memberships(request.user).filter(user=member)
    has_second_factor = selectors.has_second_factor(member)
    context = {
        "member": member,
        "has_second_factor": has_second_factor,
        "memberships": [(row, STATES[row.state], STATE_KINDS[row.state]) for row in rows],
        "may_reset": has_second_factor and may_manage_sign_in(request.user, member),
        "may_switch_off": may_switch_off(request.user, member),
    }
    return render(request, "network/staff_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def membership_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Correct profession, employer and dates."""
    membership = selectors.get_membership(request.user, pk)
    form = MembershipForm(request.POST or None, instance=membership)
    if form.is_valid() and done(
        form, services.change_membership, by=request.user, membership=membership, **form.cleaned_data
    ):
        messages.success(request, _("Saved."))
        return redirect("staff_detail", membership.user_id)
    context = {"form": form, "membership": membership}
    return render(request, "network/membership_edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def membership_end(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """End a membership now or on a later day."""
    membership = selectors.get_membership(request.user, pk)
    form = EndForm(request.POST or None)
    if form.is_valid() and done(
        form, services.end_membership, by=request.user, membership=membership, **form.cleaned_data
    ):
        messages.success(request, _("The membership ends. The log keeps who ended it."))
        return redirect("staff_list")
    context = {"form": form, "membership": membership}
    return render(request, "network/membership_end.html", context, status=422 if form.is_bound else 200)


@require_POST
def user_deactivate(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Switch off the sign-in of a former colleague."""
    return _change_user(request, pk, services.deactivate_user, _("The sign-in is switched off."))


@require_POST
def user_reactivate(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Switch it on again."""
    return _change_user(request, pk, services.reactivate_user, _("The sign-in is switched on. Invite the person now."))


@require_POST
def second_factor_reset(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Remove the second factor of a colleague who has lost it."""
    said = _("The second step is removed. A new one is asked for at the next sign-in.")
    return _change_user(request, pk, services.reset_second_factor, said)


@require_GET
def invitation_list(request: StaffRequest) -> HttpResponse:
    """Invitations that the reader manages."""
    _managers_only(request.user)
    table = Table(
        request, selectors.visible_invitations(request.user), invitation_columns(request.user), title=_("Invitations"),
        filters=InvitationFilter(request.GET, user=request.user), new_url="invitation_new",
        new_label=_("Invite somebody"), empty_text=_("Nobody was invited yet."),
    )  # fmt: skip
    return table_response(
        request, table, "network/invitation_list.html",
        on_export=lambda count: _log_export(request.user, invitations.INVITATION, count),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_new(request: StaffRequest) -> HttpResponse:
    """Invite somebody by mail."""
    _managers_only(request.user)
    form = InvitationForm(request.POST or None, user=request.user)
    if form.is_valid():
        site_url = request.build_absolute_uri("/")
        invited = run_service(
            form, invitations.invite_colleague, by=request.user, site_url=site_url, **form.cleaned_data
        )
        if invited:
            messages.success(request, _("Invited. This page tells whether the mail has gone out."))
            return redirect("invitation_detail", invited.invitation.pk)
    return render(request, "network/invitation_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_GET
def invitation_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One invitation, and what can be done with it."""
    invitation = selectors.get_invitation(request.user, pk)
    state = invitation.state
    context = {
        "invitation": invitation,
        "state": INVITATION_STATES[state],
        "state_kind": INVITATION_KINDS[state],
        "is_pending": state in {"open", "expired"},
        "valid_days": invitations.VALID_DAYS,
    }
    return render(request, "network/invitation_detail.html", context)


@require_POST
def invitation_withdraw(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Take an invitation back."""
    invitation = selectors.get_invitation(request.user, pk)
    try:
        invitations.withdraw_invitation(by=request.user, invitation=invitation)
        messages.success(request, _("Withdrawn. The link no longer works."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("invitation_detail", pk)


@require_POST
def invitation_resend(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Send the invitation again, with a new link."""
    invitation = selectors.get_invitation(request.user, pk)
    try:
        site_url = request.build_absolute_uri("/")
        invitations.resend_invitation(by=request.user, invitation=invitation, site_url=site_url)
        messages.success(request, _("Sent again, with a new link. The old one no longer works."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("invitation_detail", pk)


@never_cache
@login_not_required
@sensitive_post_parameters("password", "password_again")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: as a new user, or as the user signed in. A token that is no good tells nothing."""
    invitation = selectors.find_open_invitation(token)
    if invitation is None:
        return render(request, "network/invitation_invalid.html", status=404)
    owner = selectors.find_by_email(invitation.email)
    context = {"invitation": invitation, "role": ROLES[invitation.role], "path": request.path}
    if isinstance(request.user, User):
        context["is_for_other"] = owner is not None and owner != request.user
        return _accept_signed_in(request, request.user, token, context)
    if owner is not None:
        return render(request, "network/invitation_sign_in.html", context)
    return _accept_as_new(request, token, context)


@require_GET
def role_list(request: StaffRequest) -> HttpResponse:
    """What each role is for and may do."""
    own = {grant.role for grant in access_of(request.user).grants}
    words = {permission: str(permission.label) for permission in Permission}  # translated once: roles share many
    roles: list[dict[str, Any]] = [
        {
            "role": role,
            "spec": ROLES[role],
            "is_own": role in own,
            "permissions": [text for permission, text in words.items() if permission in ROLES[role].permissions],
        }
        for role in sorted(Role, key=lambda role: role not in own)
    ]
    return render(request, "network/role_list.html", {"described": roles})


@require_GET
def second_factor_needed(request: StaffRequest) -> HttpResponse:
    """Why a second factor is needed, and how to set it up."""
    return render(request, "network/second_factor_needed.html", _NO_MENU)


@require_GET
def no_membership(request: StaffRequest) -> HttpResponse:
    """Signed in, but without a post in force: whom to ask."""
    context = {
        "contacts": selectors.whom_to_ask(request.user),
        "next": selectors.next_start(request.user),
        "has_access": bool(access_of(request.user).grants),
    }
    return render(request, "network/no_membership.html", context | _NO_MENU)


def _accept_signed_in(request: HttpRequest, user: User, token: str, context: dict[str, Any]) -> HttpResponse:
    if request.method == "POST":
        try:
            invitations.accept_invitation(by=user, token=token)
            messages.success(request, _("Welcome. Your new role is in the menu under your name."))
            return redirect("home")
        except DomainError as error:
            context["error"] = str(error)
    status = 422 if "error" in context else 200
    return render(request, "network/invitation_confirm.html", context, status=status)


def _accept_as_new(request: HttpRequest, token: str, context: dict[str, Any]) -> HttpResponse:
    invitation: Invitation = context["invitation"]
    known = {"full_name": invitation.full_name, "username": selectors.suggest_username(invitation.email)}
    form = JoinForm(request.POST or None, initial=known)
    if form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("full_name", "username", "password")}
        if run_service(form, invitations.accept_as_new_user, token=token, **data):
            messages.success(request, _("Your sign-in is ready. Sign in now."))
            return redirect("account_login")
    status = 422 if form.is_bound else 200
    return render(request, "network/invitation_join.html", context | {"form": form}, status=status)


def _change_user(request: StaffRequest, pk: uuid.UUID, service: Any, said: str) -> HttpResponse:
    member = selectors.get_member(request.user, pk)
    try:
        service(by=request.user, user=member)
        messages.success(request, said)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("staff_detail", pk)


def _managers_only(user: User) -> None:
    if not manages_staff(user):
        raise PermissionDenied


def _log_export(user: User, object_type: str, count: int) -> None:
    """In the log of every partner that the rows may come from."""
    for partner in selectors.partners_to_staff(user):
        audit.note_read(
            by=user, action=AuditEntry.Action.EXPORT, object_type=object_type, object_id=None, partner_id=partner.pk,
            detail={"rows": count},
        )  # fmt: skip
