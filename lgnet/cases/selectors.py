"""Reads of referrals and cases, scoped and logged."""

import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from lgnet.audit import services as audit
from lgnet.cases.models import Case, CaseMember, Referral
from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import team_ids_of
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.models import Person
from lgnet.people.policies import in_team_of_file
from lgnet.people.selectors import get_person


def visible_referrals(user: User) -> QuerySet[Referral]:
    """Referrals of the user's partners; those about a restricted file only for its team."""
    partners = access_of(user).partner_ids(Permission.VIEW_REFERRALS)
    hidden = Person.objects.filter(~Q(in_team_of_file(user)), pk=OuterRef("person_id"), restricted=True)
    return Referral.objects.filter(~Exists(hidden), partner__in=partners).select_related(
        "from_team", "to_team", "person", "sent_by"
    )


def own_referrals(user: User) -> QuerySet[Referral]:
    """Referrals sent by or to a team of the user."""
    teams = team_ids_of(user)
    return visible_referrals(user).filter(Q(from_team__in=teams) | Q(to_team__in=teams))


def get_referral(user: User, pk: uuid.UUID) -> Referral:
    """A referral the user may see; the read is logged. Raises Http404."""
    referral = visible_referrals(user).filter(pk=pk).first()
    if referral is None:
        raise Http404
    audit.note_read(
        by=user, object_type="cases.referral", object_id=referral.pk, partner_id=referral.partner_id,
        person_id=referral.person_id,
    )  # fmt: skip
    return referral


def referral_by_code(user: User, code: str) -> Referral | None:
    """The open referral with this card code, whatever its case or spaces, or None."""
    clean = "".join(code.split()).replace("-", "").upper()
    return visible_referrals(user).filter(code=clean, status__in=Referral.OPEN).first()


def possible_receivers(user: User, from_team: Team) -> QuerySet[Team]:
    """Teams of the same partner somebody can be sent to."""
    return Team.objects.filter(partner=from_team.partner_id, is_active=True).exclude(pk=from_team.pk)


def visible_cases(user: User) -> QuerySet[Case]:
    """Cases of the user's partners, to list; those of restricted files only for their team."""
    partners = access_of(user).partner_ids(Permission.VIEW_CASES)
    hidden = Person.objects.filter(~Q(in_team_of_file(user)), pk=OuterRef("person_id"), restricted=True)
    return Case.objects.filter(~Exists(hidden), partner__in=partners).select_related("person", "team", "manager")


def own_cases(user: User) -> QuerySet[Case]:
    """Cases the user works on now."""
    mine = CaseMember.objects.filter(case=OuterRef("pk"), user_id=user.pk, ends_at__isnull=True)
    return visible_cases(user).filter(Exists(mine))


def get_case(user: User, pk: uuid.UUID) -> Case:
    """A case whose file is open for the user; logged. Raises Http404, or people.selectors.FileClosed."""
    case = visible_cases(user).filter(pk=pk).first()
    if case is None:
        raise Http404
    case.person = get_person(user, case.person_id)
    audit.note_read(
        by=user, object_type="cases.case", object_id=case.pk, partner_id=case.partner_id, person_id=case.person_id
    )
    return case


def current_members(case: Case) -> QuerySet[CaseMember]:
    """Who works on the case now."""
    return case.members.filter(ends_at__isnull=True).select_related("user").order_by("user__full_name")
