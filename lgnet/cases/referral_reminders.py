"""The daily reminders: a body outside gets a mail for each time limit that has passed; teams see it on their pages."""

import uuid

from django.db import transaction
from django.utils import timezone

from lgnet.cases.models import Referral
from lgnet.cases.referral_clocks import Deadline, waiting_for
from lgnet.cases.referral_links import REMINDER, find_link, mail_link, token_of


def remind_referrals() -> int:
    """Queue a mail for each body outside that is late and has a link that is good; return how many are late so.

    Each time limit is told once, however often this runs: of several that have passed, the last.
    """
    late = Referral.objects.filter(
        due_at__lt=timezone.now(), status__in=Referral.OPEN, link__stopped_at__isnull=True, link__isnull=False
    ).values_list("pk", flat=True)
    return sum(_remind(pk) for pk in list(late))


@transaction.atomic
def _remind(pk: uuid.UUID) -> int:
    rows = Referral.objects.select_related("link", "to_team__receiver", "from_team", "partner", "person")
    referral = rows.select_for_update(of=("self",)).filter(pk=pk, status__in=Referral.OPEN).first()
    passed = _last_passed(referral) if referral else None
    if referral is None or passed is None:
        return 0
    link, _why = find_link(token_of(referral.link))
    if link is None:
        return 0
    key = f"{referral.pk}:{passed.clock}:{passed.due_at:%Y-%m-%d}"
    mail_link(link, kind=REMINDER, key=key, by=None, late=True)
    return 1


def _last_passed(referral: Referral) -> Deadline | None:
    passed = [deadline for deadline in waiting_for(referral) if deadline.is_late]
    return passed[-1] if passed else None
