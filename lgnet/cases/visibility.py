"""Which parts of a case, and of the file of its person, a user reads: the one place that says it (ADR 24).

Everything that shows a case asks `sees_case`. The answer is about a file that is open to the user already.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from lgnet.cases.models import Case, CaseMember, Goal, ServiceDelivery
from lgnet.cases.note_models import CaseNote, CaseNoteVersion
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission, Profile

Visibility = CaseNote.Visibility
# Professions bound by the secret under which a note is kept.
BOUND = {
    Visibility.HEALTH: frozenset({Profile.PSYCHOLOGIST, Profile.NURSE}),
    Visibility.LEGAL: frozenset({Profile.LEGAL_OPERATOR}),
}


@dataclass(frozen=True)
class Sees:
    """What a user reads of a case whose file is open to her or him.

    `whole`: assessments and sheets, the plan, services, notes, why it began and how it ended. Without it, goals and
    services of `areas` only, tasks and notes of one's own, and notes meant for the bodies that work on the case.
    `in_team`: works on the whole case now. `secrets`: visibilities under a secret of one's own profession.
    `is_member`: is among those who work on the case, whatever the role allows by now.
    """

    user: User
    whole: bool
    in_team: bool = False
    is_member: bool = False
    areas: frozenset[str] = field(default_factory=frozenset)
    secrets: frozenset[str] = field(default_factory=frozenset)

    @property
    def in_part(self) -> bool:
        """Whether the user works on a part of the case."""
        return not self.whole and bool(self.areas)

    @property
    def anything(self) -> bool:
        """Whether the user reads of the case more than that it is there."""
        return self.whole or self.in_part

    def area(self, code: str) -> bool:
        """Whether what belongs to an area of service is read."""
        return self.whole or code in self.areas

    def goals(self) -> QuerySet[Goal]:
        """Goals that are read, of any plan."""
        return Goal.objects.all() if self.whole else Goal.objects.filter(area__in=self.areas)

    def services(self, deliveries: Iterable[ServiceDelivery]) -> list[ServiceDelivery]:
        """Those of `deliveries` that are read."""
        return [one for one in deliveries if self.area(one.service_type.area) or one.delivered_by_id == self.user.pk]

    def tasks(self) -> Q:
        """For a queryset of tasks of the case: those that are read."""
        return Q() if self.whole else Q(owner=self.user.pk) | Q(created_by=self.user.pk)

    def notes(self) -> Q:
        """For a queryset of notes of the case: those that are read. What was taken back is read by its author alone."""
        return Q(author=self.user.pk) | (Q(withdrawn_at__isnull=True) & self._open_notes())

    def _open_notes(self) -> Q:
        if not self.whole:
            return Q(for_bodies=True) if self.areas else Q(pk__in=())
        found = Q(visibility=Visibility.CITY)
        return found | Q(visibility__in=[Visibility.TEAM, *self.secrets]) if self.in_team else found

    def version(self, note: CaseNote, version: CaseNoteVersion) -> bool:
        """Whether a version of a note that is read is read too: as it was kept then, not as the note is now."""
        if self.user.pk in {note.author_id, version.written_by_id}:
            return True
        if not self.whole:
            return version.for_bodies
        return version.visibility == Visibility.CITY or (
            self.in_team and version.visibility in {Visibility.TEAM, *self.secrets}
        )

    def require_whole(self) -> None:
        """Raise PermissionDenied for who sees a part only."""
        if not self.whole:
            raise PermissionDenied(_("You work on a part of this case. This page is of another part of it."))

    def require_area(self, code: str) -> None:
        """Raise PermissionDenied for an area of service that is not read."""
        if not self.area(code):
            raise PermissionDenied(_("You work on a part of this case. This page is of another part of it."))


def of_whole_cases(user: User, case: str = "case") -> Q:
    """For a queryset of what belongs to cases: those of cases that the user would read whole, as `sees_case` says.

    `case` is the path to the case: `pk` for cases themselves.
    """
    partner = "partner__in" if case == "pk" else f"{case}__partner__in"
    own = CaseMember.objects.filter(case=OuterRef(case), user_id=user.pk, ends_at__isnull=True)
    employed = {grant.partner_id for grant in access_of(user).grants if grant.employer}
    return ~Exists(own.exclude(areas=[])) & (~Q(**{partner: employed}) | Exists(own))


def of_read_areas(user: User, case: str, area: str) -> Q:
    """For a queryset of what belongs to areas of cases: of whole cases all of it, of own parts that of their areas.

    `case` and `area` are the paths to both.
    """
    found = of_whole_cases(user, case)
    parts = CaseMember.objects.filter(user_id=user.pk, ends_at__isnull=True).exclude(areas=[])
    for pk, areas in parts.values_list("case_id", "areas"):
        found |= Q(**{case: pk, f"{area}__in": areas})
    return found


def sees_case(user: User, case: Case) -> Sees:
    """What the user reads of a case whose file is open to her or him.

    Who works on a part sees that part. Who is employed by another body and does not work on the case sees that it is
    there. Whoever else has the file open sees the whole, and the team of the case its notes too.
    """
    row = CaseMember.objects.filter(case=case, user_id=user.pk, ends_at__isnull=True).first()
    grants = [grant for grant in access_of(user).grants if grant.partner_id == case.partner_id]
    works_here = case.partner_id in access_of(user).partner_ids(Permission.WORK_ON_CASE)
    if row and row.areas:
        return Sees(user, whole=False, is_member=True, areas=frozenset(row.areas if works_here else ()))
    if row is None or not works_here:
        return Sees(user, whole=not any(grant.employer for grant in grants), is_member=row is not None)
    profiles = {grant.profile for grant in grants}
    secrets = frozenset(str(one) for one, bound in BOUND.items() if bound & profiles)
    return Sees(user, whole=True, in_team=True, is_member=True, secrets=secrets)
