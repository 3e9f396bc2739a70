"""Who works on a case."""

from django.core.exceptions import PermissionDenied

from lgnet.cases.models import Case, CaseMember, Referral
from lgnet.catalogue.selectors import team_ids_of
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission


def works_on(user: User, case: Case) -> bool:
    """Whether the user is in the team of the case now and may work on cases there."""
    if case.partner_id not in access_of(user).partner_ids(Permission.WORK_ON_CASE):
        return False
    return CaseMember.objects.filter(case=case, user_id=user.pk, ends_at__isnull=True).exists()


def require_works_on(user: User, case: Case) -> None:
    """Raise PermissionDenied unless the user works on the case."""
    if not works_on(user, case):
        raise PermissionDenied(str(Permission.WORK_ON_CASE))


def may_answer(user: User, referral: Referral) -> bool:
    """Whether the user works in the team the referral was sent to and may answer."""
    return referral.partner_id in access_of(user).partner_ids(
        Permission.ANSWER_REFERRAL
    ) and referral.to_team_id in team_ids_of(user)
