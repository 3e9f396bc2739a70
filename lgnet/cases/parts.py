"""Who works on a case, and on which part of it."""

import uuid
from collections.abc import Mapping, Sequence

from django.db.models import F
from django.utils.translation import gettext as _

from lgnet.cases.models import Case, CaseMember
from lgnet.catalogue.models import ServiceType
from lgnet.core.errors import DomainError
from lgnet.network.models import Membership, User
from lgnet.people.models import FileMember
from lgnet.people.services import open_file_for

Areas = Mapping[uuid.UUID, Sequence[str]]  # of service, by the id of a colleague who works only on them


def add_member(case: Case, user: User, areas: Sequence[str] = ()) -> None:
    """Let `user` work on the case, or on some areas of it, and into the file; with the profession held there."""
    membership = Membership.objects.current().filter(user=user, partner=case.partner).first()
    profile = membership.profile if membership else ""
    CaseMember.objects.create(case=case, user=user, profile=profile, areas=sorted(areas))
    open_file_for(case.person, user=user, basis=FileMember.Basis.CASE, for_part=bool(areas))


def areas_of(case: Case, user: User) -> list[str]:
    """The areas of service on which somebody works, or worked last, in the case; none is the whole case."""
    rows = CaseMember.objects.filter(case=case, user=user)
    last = rows.order_by(F("ends_at").desc(nulls_first=True)).first()
    return list(last.areas) if last else []


def set_areas(member: CaseMember, areas: Sequence[str]) -> None:
    """Let somebody work on these areas of service only, or on the whole case: what is read of the file follows."""
    if member.areas != sorted(areas):
        member.areas = sorted(areas)
        member.save(update_fields=["areas"])
        open_file_for(member.case.person, user=member.user, basis=FileMember.Basis.CASE, for_part=bool(areas))


def check_areas(areas: Areas, manager: User) -> None:
    """Raise DomainError for an area that is none, and when who follows the case should see a part of it."""
    if any(code not in ServiceType.Area.values for codes in areas.values() for code in codes):
        raise DomainError(_("Choose areas of the list."), field="members")
    if areas.get(manager.pk):
        raise DomainError(_("Who follows the case works on the whole of it."), field="manager")
