"""Reads of staff, invitations and roles, within what the reader manages."""

import hashlib
import re
import uuid
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404

from lgnet.network.access import access_of
from lgnet.network.models import Invitation, Membership, Partner, User
from lgnet.network.policies import CITY_KINDS, manageable
from lgnet.network.roles import ROLES, Permission, Role

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_factor(user: User) -> bool:
    """Whether the user signs in with more than a password: codes of an app, or a key."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=SECOND_FACTORS).exists()


def visible_memberships(user: User) -> QuerySet[Membership]:
    """The memberships, also ended ones, that the user manages, and whether each holder has a second factor."""
    keys = Authenticator.objects.filter(user_id=OuterRef("user_id"), type__in=SECOND_FACTORS)
    return (
        Membership.objects.filter(manageable(user))
        .select_related("user", "partner")
        .annotate(has_second_factor=Exists(keys))
        .order_by("partner__short_name", "user__full_name", "pk")
    )


def get_membership(user: User, pk: uuid.UUID) -> Membership:
    """One membership that the user manages. Raises Http404."""
    membership = visible_memberships(user).filter(pk=pk).first()
    if membership is None:
        raise Http404
    return membership


def get_member(user: User, pk: uuid.UUID) -> User:
    """Somebody with a membership, perhaps ended, that the user manages. Raises Http404."""
    member = User.objects.filter(pk=pk, pk__in=visible_memberships(user).values("user_id")).first()
    if member is None:
        raise Http404
    return member


def visible_invitations(user: User) -> QuerySet[Invitation]:
    """The invitations to posts that the user manages, latest first."""
    return Invitation.objects.filter(manageable(user)).select_related("partner", "invited_by", "accepted_by")


def get_invitation(user: User, pk: uuid.UUID) -> Invitation:
    """One invitation that the user manages. Raises Http404."""
    invitation = visible_invitations(user).filter(pk=pk).first()
    if invitation is None:
        raise Http404
    return invitation


def partners_to_staff(user: User) -> QuerySet[Partner]:
    """The partners at which the user may give somebody a role."""
    access = access_of(user)
    own = {grant.partner_id for grant in access.grants if ROLES[grant.role].scope == "network"}
    found = Partner.objects.filter(pk__in=own | access.partner_ids(Permission.MANAGE_STAFF))
    if access.reaches_network(Permission.APPOINT_COORDINATORS):
        found = found | Partner.objects.filter(kind__in=CITY_KINDS)
    return found.order_by("short_name")


def token_hash(token: str) -> str:
    """What is kept of the token of an invitation."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_open_invitation(token: str) -> Invitation | None:
    """The invitation that this token accepts, if it is still open."""
    return Invitation.objects.open().filter(token_hash=token_hash(token)).select_related("partner").first()


def find_by_email(email: str) -> User | None:
    """The user with this e-mail, whatever its case."""
    return User.objects.filter(email__iexact=email).first() if email else None


def suggest_username(email: str) -> str:
    """What stands before the @ of the address, if it makes a username that nobody has; else nothing."""
    name = email.partition("@")[0].lower()
    is_good = USERNAME.fullmatch(name) and not User.objects.filter(username__iexact=name).exists()
    return name if is_good else ""


@dataclass(frozen=True)
class Contact:
    """Somebody to ask, and at which partner."""

    name: str
    partner: str


def whom_to_ask(user: User) -> list[Contact]:
    """The coordinators of the partners that the user works, will work or has worked for."""
    partners = Membership.objects.filter(user=user).values("partner")
    rows = (
        Membership.objects.current()
        .filter(partner__in=partners, role=Role.COORDINATOR)
        .exclude(user=user)
        .order_by("partner__short_name", "user__full_name")
        .values_list("user__full_name", "partner__short_name")
    )
    return [Contact(*row) for row in rows.distinct()]


def next_start(user: User) -> Membership | None:
    """The first membership of the user that has not begun yet."""
    rows = Membership.objects.open().filter(user=user).select_related("partner").order_by("starts_on")
    return next((row for row in rows if row.state == "planned"), None)
