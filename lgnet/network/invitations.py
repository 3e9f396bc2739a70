"""Invitations: the only way in. A link by mail, valid for a week and for once; only a hash of its token is kept."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.core.periods import is_too_old
from lgnet.network import mails
from lgnet.network.models import Invitation, Membership, Partner, User
from lgnet.network.policies import grantable_roles
from lgnet.network.roles import Role
from lgnet.network.selectors import USERNAME, find_by_email, token_hash
from lgnet.network.services import open_membership

VALID_DAYS = 7
INVITATION = "network.invitation"


@dataclass(frozen=True)
class Invited:
    """An invitation and its link, which exists only here and in the mail."""

    invitation: Invitation
    link: str


@transaction.atomic
def invite_colleague(
    *,
    by: User | None,
    partner: Partner,
    role: Role | str,
    email: str,
    full_name: str,
    site_url: str,
    profile: str = "",
    employer: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Invited:
    """Invite somebody by mail to a role at a partner; `by` is None only from the command line.

    Raises PermissionDenied for a role that `by` may not give there, DomainError when the person has the role already,
    is invited to it already, or when the dates make no sense.
    """
    if by is not None and role not in grantable_roles(by, partner):
        raise PermissionDenied
    starts_on = starts_on or timezone.localdate()
    if is_too_old(starts_on):
        raise DomainError(_("Check the year: this is too long ago."), field="starts_on")
    if ends_on and ends_on < max(starts_on, timezone.localdate()):
        raise DomainError(_("The last day is before the first, or in the past."), field="ends_on")
    email = email.strip().lower()
    known = find_by_email(email)
    if known and Membership.objects.open().filter(user=known, partner=partner, role=role).exists():
        raise DomainError(_("This person has this role here already."), field="email")
    if Invitation.objects.open().filter(email=email, partner=partner, role=role).exists():
        raise DomainError(_("This person is invited already. You can send that invitation again."), field="email")
    invitation = Invitation(
        partner=partner, role=role, email=email, full_name=full_name.strip(), profile=profile,
        employer=employer.strip(), starts_on=starts_on, ends_on=ends_on, invited_by=by,
    )  # fmt: skip
    return _send(AuditEntry.Action.CREATE, by, invitation, site_url)


@transaction.atomic
def resend_invitation(*, by: User, invitation: Invitation, site_url: str) -> Invited:
    """Send a new link, valid for a week again; the old one no longer works.

    Raises PermissionDenied for whoever may not give the role, DomainError when it was accepted or withdrawn.
    """
    return _send(AuditEntry.Action.UPDATE, by, _locked(by, invitation), site_url)


@transaction.atomic
def withdraw_invitation(*, by: User, invitation: Invitation) -> Invitation:
    """Take an invitation back: its link no longer works.

    Raises PermissionDenied for whoever may not give the role, DomainError when it was accepted or withdrawn.
    """
    invitation = _locked(by, invitation)
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    _log(AuditEntry.Action.UPDATE, by, invitation, {"withdrawn": True})
    return invitation


@transaction.atomic
def accept_as_new_user(*, token: str, username: str, full_name: str, password: str) -> User:
    """Make the sign-in of somebody invited, with the membership offered.

    Raises DomainError when the token is not (any more) good, when the e-mail has a sign-in already, when the username
    is taken or odd, or when the password is weak.
    """
    invitation = _open_by_token(token)
    if find_by_email(invitation.email):
        raise DomainError(_("There is a sign-in with this e-mail already. Sign in, then open the link again."))
    username = free_username(username)
    language = (translation.get_language() or settings.LANGUAGE_CODE)[:2]
    user = User(username=username, full_name=full_name.strip(), email=invitation.email, language=language)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise DomainError(" ".join(error.messages), field="password") from error
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:  # somebody took the name at the same moment
        raise DomainError(_("This username is taken. Choose another one."), field="username") from None
    _join(user, invitation)
    return user


def free_username(username: str) -> str:
    """Return a username as it will be kept. Raises DomainError when it is odd or taken."""
    username = username.strip().lower()
    if not USERNAME.fullmatch(username):
        raise DomainError(
            _("Use 3 to 60 letters without accents, digits, dots, hyphens or underscores, a letter or digit first."),
            field="username",
        )
    if User.objects.filter(username__iexact=username).exists():
        raise DomainError(_("This username is taken. Choose another one."), field="username")
    return username


@transaction.atomic
def accept_invitation(*, by: User, token: str) -> Membership:
    """Add the membership offered to a user who is signed in.

    Raises DomainError when the token is not (any more) good or the e-mail invited belongs to another user.
    """
    invitation = _open_by_token(token)
    owner = find_by_email(invitation.email)
    if owner and owner != by:
        raise DomainError(_("This invitation is for another sign-in. Sign out, and sign in with that one."))
    return _join(by, invitation)


def _join(user: User, invitation: Invitation) -> Membership:
    membership = open_membership(
        by=user, user=user, partner=invitation.partner, role=invitation.role, profile=invitation.profile,
        employer=invitation.employer, starts_on=invitation.starts_on, ends_on=invitation.ends_on,
    )  # fmt: skip
    invitation.accepted_at, invitation.accepted_by = timezone.now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    _log(AuditEntry.Action.UPDATE, user, invitation, {"accepted": True})
    return membership


def _send(action: AuditEntry.Action, by: User | None, invitation: Invitation, site_url: str) -> Invited:
    token = secrets.token_urlsafe(32)
    invitation.token_hash = token_hash(token)
    invitation.expires_at = timezone.now() + timedelta(days=VALID_DAYS)
    invitation.mail_sent_at = None
    invitation.save()
    _log(action, by, invitation, {"sent": True})
    link = urljoin(site_url, reverse("invitation_accept", args=[token]))
    known = find_by_email(invitation.email)
    rows = Invitation.objects.filter(pk=invitation.pk)
    mails.send_after_commit(
        to=invitation.email,
        language=known.language if known else settings.LANGUAGE_CODE,
        subject=gettext_lazy("Invitation to LGNet"),
        template="network/mail/invitation.txt",
        context={"invitation": invitation, "link": link, "by": by, "days": VALID_DAYS},
        then=lambda: rows.update(mail_sent_at=timezone.now()),
    )
    return Invited(invitation, link)


def _open_by_token(token: str) -> Invitation:
    rows = Invitation.objects.open().select_for_update(of=("self",)).select_related("partner")
    invitation = rows.filter(token_hash=token_hash(token)).first()
    if invitation is None:
        raise DomainError(_("This invitation is not valid, or no longer valid. Ask for a new one."))
    return invitation


def _locked(by: User, invitation: Invitation) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("partner")
    fresh = rows.get(pk=invitation.pk)
    if fresh.role not in grantable_roles(by, fresh.partner):
        raise PermissionDenied
    if fresh.state in {"accepted", "withdrawn"}:
        raise DomainError(_("This invitation was accepted or withdrawn already."))
    return fresh


def _log(action: AuditEntry.Action, by: User | None, invitation: Invitation, detail: dict[str, Any]) -> None:
    audit.record(
        action, by=by, object_type=INVITATION, object_id=invitation.pk, partner_id=invitation.partner_id,
        detail={"user": invitation.full_name, "role": str(invitation.role)} | detail,
    )  # fmt: skip
