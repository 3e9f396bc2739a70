"""Who reads, writes and reviews pages of answers: a city for itself, the support of the network for all."""

import uuid

from lgnet.catalogue.knowledge_models import KnowledgeVersion
from lgnet.network.access import access_of
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission

READERS = (Permission.VIEW_PEOPLE, Permission.VIEW_REFERRALS, Permission.WRITE_KNOWLEDGE)


def partners_read(user: User) -> frozenset[uuid.UUID]:
    """The partners whose pages the user reads; somebody who reads any reads those of the network too."""
    access = access_of(user)
    return frozenset().union(*(access.partner_ids(permission) for permission in READERS))


def reads_pages(user: User) -> bool:
    """Whether the user answers people, or writes for those who do."""
    return bool(partners_read(user))


def writes_for(user: User, partner: Partner | None) -> bool:
    """Whether the user writes pages of this city, or without a city those of the network."""
    return _holds(user, Permission.WRITE_KNOWLEDGE, partner)


def reviews_for(user: User, partner: Partner | None) -> bool:
    """Whether the user reviews pages of this city, or without a city those of the network."""
    return _holds(user, Permission.REVIEW_KNOWLEDGE, partner)


def reviews_anything(user: User) -> bool:
    """Whether the user reviews pages of a city or of the network."""
    access = access_of(user)
    permission = Permission.REVIEW_KNOWLEDGE
    return bool(access.partner_ids(permission)) or access.reaches_network(permission)


def may_review(user: User, version: KnowledgeVersion) -> bool:
    """Whether the user may decide about this version: a reviewer who has written nothing of it."""
    if not reviews_for(user, version.page.partner):
        return False
    return not version.writers.filter(pk=user.pk).exists()


def _holds(user: User, permission: Permission, partner: Partner | None) -> bool:
    access = access_of(user)
    if partner is None:
        return access.reaches_network(permission)
    return partner.pk in access.partner_ids(permission)
