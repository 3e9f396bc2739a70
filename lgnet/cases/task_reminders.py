"""The morning mail: how many tasks are due, to colleagues who wish it. It names nobody and says no word of a task."""

from datetime import time, timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from lgnet.cases.models import Task, TaskMailWish
from lgnet.cases.tasks import MAIL
from lgnet.core.periods import at_clock, midnight
from lgnet.messaging.models import Channel
from lgnet.messaging.services import write_to_address
from lgnet.network.models import Membership, Partner

AT = time(7, 30)  # on the wall in Rome


def remind_tasks() -> int:
    """Queue a mail for each colleague who wishes one and has something due or to be reminded of today; return how many.

    One for each day and city, however often this runs. What is overdue since earlier is counted, but is no reason for
    a mail of its own. Who does not work in the city any more gets none.
    """
    today = timezone.localdate()
    new = Q(due_on=today) | Q(remind_on=today)
    rows = Task.objects.filter(status=Task.Status.OPEN, owner__in=TaskMailWish.objects.values("user"))
    works = Membership.objects.current().values_list("user_id", "partner_id")
    current = set(works.filter(user__in=TaskMailWish.objects.values("user")))
    counted = rows.order_by().values("owner", "partner").annotate(
        new=Count("pk", filter=new), overdue=Count("pk", filter=Q(due_on__lt=today) & ~new)
    )  # fmt: skip
    wishes = {wish.user_id: wish for wish in TaskMailWish.objects.select_related("user")}
    partners = Partner.objects.in_bulk([row["partner"] for row in counted])
    queued = 0
    for row in counted:
        wish = wishes.get(row["owner"])
        if wish is None or not row["new"] or not wish.user.email or (wish.user_id, row["partner"]) not in current:
            continue
        _queue(wish, partners[row["partner"]], due=row["new"], overdue=row["overdue"])
        queued += 1
    return queued


@transaction.atomic
def _queue(wish: TaskMailWish, partner: Partner, *, due: int, overdue: int) -> None:
    user, today = wish.user, timezone.localdate()
    with translation.override(user.language):
        subject = ngettext("%(n)s task due today", "%(n)s tasks due today", due) % {"n": due}
        link = urljoin(f"{settings.SITE_URL}/", reverse("task_list").lstrip("/"))
        text = render_to_string("cases/mail/task_reminder.txt", {"due": due, "overdue": overdue, "link": link})
    write_to_address(
        by=None, partner=partner, channel=Channel.EMAIL, to=user.email, kind=MAIL, about=wish,
        key=f"{MAIL}:{user.pk}:{partner.pk}:{today}", language=user.language,
        subject=f"{subject} · LGNet {partner.short_name}", text=text, not_before=at_clock(today, AT),
        expires_at=midnight(today, days_later=1) - timedelta(hours=2),
    )  # fmt: skip
