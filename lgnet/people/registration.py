"""Registering somebody new with everything told at once: one transaction, and once however often the form is sent."""

import uuid
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.once import write_once
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people import records, services
from lgnet.people.models import ContactPoint, FileMember, NoticeGiven, Person

BASIS = {Team.Kind.MOBILE_UNIT: FileMember.Basis.CONTACT}  # any other team has received the person


@dataclass(frozen=True)
class NoticeDetails:
    """The privacy notice was given today, in which way and language."""

    method: str
    language: str


@dataclass(frozen=True)
class Newcomer:
    """Who is registered, and what else was told; everything but a name may be empty."""

    details: services.PersonDetails
    phone: str = ""
    phone_safe: str = ContactPoint.Safe.UNKNOWN
    identifier_kind: str = ""
    identifier: str = ""
    notice: NoticeDetails | None = None


@transaction.atomic
def register_newcomer(*, by: User, team: Team, newcomer: Newcomer, record_id: uuid.UUID | None = None) -> Person:
    """Register a person for a team of the user, with phone, document and privacy notice where they are known.

    `record_id` is made with the form, so that a form sent twice registers once. Raises DomainError as
    `services.register_person`, PermissionDenied for a team of others.
    """
    services.require(by, Permission.REGISTER_PERSON, team.partner)
    if team.pk not in team_ids_of(by):
        raise PermissionDenied(str(Permission.REGISTER_PERSON))

    def write() -> Person:
        basis = BASIS.get(Team.Kind(team.kind), FileMember.Basis.DESK)
        person = services.register_person(by=by, team=team, details=newcomer.details, basis=basis, record_id=record_id)
        add_what_was_told(by=by, person=person, newcomer=newcomer)
        return person

    return write_once(Person, record_id, is_mine=lambda person: person.registered_by_id == by.pk, write=write)


@transaction.atomic
def add_what_was_told(*, by: User, person: Person, newcomer: Newcomer) -> None:
    """Add phone, document and privacy notice of somebody just registered, where they are known."""
    if newcomer.phone:
        records.add_contact_point(
            by=by, person=person, kind=ContactPoint.Kind.PHONE, value=newcomer.phone, safe=newcomer.phone_safe
        )
    if newcomer.identifier:
        records.add_identifier(by=by, person=person, kind=newcomer.identifier_kind, value=newcomer.identifier)
    if newcomer.notice:
        records.record_notice(
            by=by, person=person, kind=NoticeGiven.Kind.PRIVACY, method=newcomer.notice.method,
            language=newcomer.notice.language, given_on=timezone.localdate(),
        )  # fmt: skip
