"""Who works on a case."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from lgnet.cases.models import Case, Referral, Task
from lgnet.cases.visibility import sees_case
from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.errors import DomainError
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.policies import file_is_open_for, file_is_whole_for, has_part_of_file


def works_on(user: User, case: Case) -> bool:
    """Whether the user is in the team of the case now, not only for a part of it, and may work on cases there."""
    return sees_case(user, case).in_team


def works_in(user: User, case: Case) -> bool:
    """Whether the user works on the case now, or on a part of it."""
    sees = sees_case(user, case)
    return sees.in_team or sees.in_part


def require_works_on(user: User, case: Case) -> None:
    """Raise PermissionDenied unless the user works on the case."""
    if not works_on(user, case):
        raise PermissionDenied(_("Only the team of the case writes in it. Ask the case manager to add you."))


def require_works_in(user: User, case: Case, *, area: str | None = None) -> None:
    """Raise PermissionDenied unless the user works on the case, or on the part of it with this area of service."""
    if not works_in(user, case):
        raise PermissionDenied(_("Only the team of the case writes in it. Ask the case manager to add you."))
    if area is not None:
        sees_case(user, case).require_area(area)


def require_open(case: Case) -> None:
    """Raise DomainError for a closed case."""
    now = Case.objects.select_for_update().get(pk=case.pk).status  # a second press of the button waits here
    if now != Case.Status.OPEN:
        raise DomainError(_("The case is closed."))


def may_assign(user: User, case: Case) -> bool:
    """Whether the user may say who works on the case: who works on it, and the coordinator, who does not read it."""
    return works_on(user, case) or case.partner_id in access_of(user).partner_ids(Permission.ASSIGN_CASE)


def may_change_task(user: User, task: Task) -> bool:
    """Whether the user may end or change a task: the team of its open case; without a case, who has it or gave it."""
    if task.case:
        own = user.pk in {task.owner_id, task.created_by_id}
        return task.case.is_open and (works_in(user, task.case) if own else works_on(user, task.case))
    return user.pk in {task.owner_id, task.created_by_id} and file_is_open_for(user, task.person)


def require_may_change_task(user: User, task: Task) -> None:
    """Raise PermissionDenied unless the user may end or change the task."""
    if not may_change_task(user, task):
        raise PermissionDenied(_("Only the team of an open case changes its tasks."))


def may_answer(user: User, referral: Referral) -> bool:
    """Whether the user works in the team the referral was sent to and may answer.

    For a service outside of the network the team that sent the person records what the service said.
    """
    if referral.to_team.is_outside:
        return may_withdraw(user, referral)
    return referral.partner_id in access_of(user).partner_ids(
        Permission.ANSWER_REFERRAL
    ) and referral.to_team_id in team_ids_of(user)


def may_withdraw(user: User, referral: Referral) -> bool:
    """Whether the user works in the team that sent the referral and may take it back."""
    return referral.partner_id in access_of(user).partner_ids(
        Permission.SEND_REFERRAL
    ) and referral.from_team_id in team_ids_of(user)


def works_with(user: User, referral: Referral) -> bool:
    """Whether the user works in one of the two teams and sends or answers referrals there."""
    return may_answer(user, referral) or may_withdraw(user, referral)


def reads_referral(user: User, referral: Referral) -> bool:
    """Whether the user may read what is asked and why: the two teams, and whoever has the file open (DESIGN 4.6).

    Who works on a part of a case reads only what she or he has sent.
    """
    if referral.person is not None and has_part_of_file(user, referral.person):
        return referral.sent_by_id == user.pk
    if {referral.from_team_id, referral.to_team_id} & team_ids_of(user):
        return True
    return referral.person is not None and file_is_whole_for(user, referral.person)
