"""The lines of a week: what each part of the platform knows of it. Every function reads as the reader may."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lgnet.cases import selectors as cases
from lgnet.cases.after import due_follow_ups
from lgnet.cases.models import Referral
from lgnet.cases.tables import due_words, who_is_sent
from lgnet.cases.task_selectors import overdue_tasks, tasks_between
from lgnet.core.periods import midnight
from lgnet.desks.appointment_selectors import between, shown, visible_appointments
from lgnet.desks.appointment_tables import STATE_KINDS, hours
from lgnet.desks.models import Appointment
from lgnet.network.access import can
from lgnet.network.roles import Permission
from lgnet.outreach.shifts import shifts_between
from lgnet.workspace.week import Asked, Line, of_words


def appointments(asked: Asked) -> Iterator[Line]:
    """Who is expected by whom; mediators come along."""
    if not can(asked.reader, Permission.VIEW_APPOINTMENTS):
        return
    rows = visible_appointments(asked.reader).filter(Q(operator__in=asked.users) | Q(mediator__in=asked.users))
    for one in between(shown(rows), asked.first, asked.last):
        yield Line(
            timezone.localdate(one.starts_at), _("Appointment"), one.person.name_as_used,
            of_words(one.kind.name, asked.who(one.operator)), reverse("appointment_detail", args=[one.pk]), hours(one),
            str(one.get_status_display()), STATE_KINDS[Appointment.Status(one.status)], one.person,
        )  # fmt: skip


def tasks(asked: Asked) -> Iterator[Line]:
    """What is to be done by when; what is overdue stands on today. Of a closed file neither words nor person."""
    if not can(asked.reader, Permission.VIEW_PEOPLE):
        return
    today, users = timezone.localdate(), list(asked.users)
    rows = list(tasks_between(asked.reader, users, asked.first, asked.last))
    if asked.first <= today <= asked.last:
        rows += overdue_tasks(asked.reader, users, before=asked.first)
    for one in rows:
        open_here, who = one.file_open, asked.who(one.owner)
        yield Line(
            max(one.due_on, today) if asked.first <= today <= asked.last else one.due_on, pgettext("week", "Task"),
            one.words if open_here else _("the file is closed to you"),
            of_words(one.person.name_as_used if open_here else "", who),
            reverse("task_detail", args=[one.pk]) if open_here else "",
            badge=_("overdue") if one.is_overdue else "", kind="danger", person=one.person if open_here else None,
        )  # fmt: skip


def goals(asked: Asked) -> Iterator[Line]:
    """Goals of the reader's own cases: in a team's week those of the cases that its colleagues manage."""
    if not can(asked.reader, Permission.WORK_ON_CASE):
        return
    within = (asked.last - timezone.localdate()).days
    rows = cases.goals_due(asked.reader, within_days=within).filter(due_on__gte=asked.first)
    if not asked.is_own:
        rows = rows.filter(plan__case__manager__in=asked.users)
    for goal in rows.select_related("plan__case__person", "plan__case__manager"):
        case = goal.plan.case
        if goal.due_on:
            yield Line(
                goal.due_on, _("Goal"), Truncator(goal.words).chars(80),
                of_words(case.person.name_as_used, asked.who(case.manager)), reverse("case_detail", args=[case.pk]),
                badge=_("overdue") if goal.due_on < timezone.localdate() else "", kind="danger", person=case.person,
            )  # fmt: skip


def follow_ups(asked: Asked) -> Iterator[Line]:
    """Who is to be asked how it goes, of the cases that these colleagues managed."""
    if not can(asked.reader, Permission.WORK_ON_CASE):
        return
    rows = due_follow_ups(asked.reader).filter(
        case__manager__in=asked.users, done_on__isnull=True, due_on__range=(asked.first, asked.last)
    )
    for one in rows:
        yield Line(
            one.due_on, _("Follow-up"), one.case.person.name_as_used,
            of_words(_("after %(months)s months") % {"months": one.months}, asked.who(one.case.manager)),
            reverse("follow_up", args=[one.pk]), badge=_("overdue") if one.is_late else "", kind="danger",
            person=one.case.person,
        )  # fmt: skip


def referrals(asked: Asked) -> Iterator[Line]:
    """The time limits of referrals to and from these teams."""
    if not can(asked.reader, Permission.VIEW_REFERRALS):
        return
    rows = cases.visible_referrals(asked.reader).filter(
        Q(from_team__in=asked.teams) | Q(to_team__in=asked.teams), status__in=Referral.OPEN,
        due_at__gte=midnight(asked.first), due_at__lt=midnight(asked.last, days_later=1),
    )  # fmt: skip
    for one in rows.order_by("due_at"):
        if one.due_at:
            yield Line(
                timezone.localdate(one.due_at), _("Referral"), who_is_sent(one),
                of_words(due_words(one), one.to_team.name), reverse("referral_detail", args=[one.pk]),
                badge=_("late") if one.is_late else "", kind="danger", person=one.person,
            )  # fmt: skip


def shifts(asked: Asked) -> Iterator[Line]:
    """Who goes out with a mobile unit."""
    reads = can(asked.reader, Permission.VIEW_OUTINGS)
    for one in shifts_between(asked.reader, asked.users, asked.first, asked.last):
        start, end = timezone.localtime(one.begins_at), timezone.localtime(one.finishes_at)
        yield Line(
            start.date(), _("Shift"), one.outing.team.name, asked.who(one.user),
            reverse("outing_detail", args=[one.outing_id]) if reads else "", f"{start:%H:%M}–{end:%H:%M}",
        )  # fmt: skip
