"""What the page of a referral shows, to the teams and to the body outside alike, and what its reader may do now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from lgnet.cases.models import Referral, Side
from lgnet.cases.policies import may_answer, may_withdraw, reads_referral, works_with
from lgnet.cases.referral_clocks import Clock, Deadline, deadlines, waiting_for
from lgnet.cases.referral_moves import side_of
from lgnet.cases.referral_thread import steps_of, thread_of, unread_notes
from lgnet.catalogue.models import Team
from lgnet.network.access import can
from lgnet.network.models import User
from lgnet.network.roles import Permission

Status = Referral.Status
ICONS = {
    Status.SENT: "it-exchange-circle", Status.SEEN: "it-password-visible", Status.ACCEPTED: "it-check-circle",
    Status.REFUSED: "it-close-circle", Status.ARRIVED: "it-pin", Status.NOT_ARRIVED: "it-error",
    Status.CLOSED: "it-check", Status.WITHDRAWN: "it-refresh",
}  # fmt: skip
NOT_YET = (*Referral.OPEN, Status.NOT_ARRIVED)


@dataclass(frozen=True)
class May:
    """What somebody of the staff may do with a referral in its present state."""

    answer: bool
    see: bool
    receive: bool
    mark_arrived: bool
    mark_not_arrived: bool
    withdraw: bool
    reopen: bool
    send_elsewhere: bool
    close: bool
    write: bool
    send_link: bool
    open_case: bool


def may_do(user: User, referral: Referral) -> May:
    """What the user may do now; the services ask the same again."""
    status, outside = referral.status, referral.to_team.is_outside
    answers, sends, works = may_answer(user, referral), may_withdraw(user, referral), works_with(user, referral)
    is_open, waits = status in Referral.OPEN, status in NOT_YET
    return May(
        answer=answers and status in Referral.UNANSWERED,
        see=works and (_is_unseen(referral, answers) or unread_notes(referral, side_of(user, referral)).exists()),
        receive=waits and not outside and can(user, Permission.RECORD_VISIT, partner=referral.partner_id),
        mark_arrived=waits and answers and _comes_without_a_page(referral),
        mark_not_arrived=is_open and works,
        withdraw=is_open and sends,
        reopen=status == Status.NOT_ARRIVED and sends,
        send_elsewhere=sends and status in {Status.REFUSED, Status.NOT_ARRIVED},
        close=works and Status.CLOSED in Referral.TRANSITIONS[status],
        write=works and status != Status.WITHDRAWN,
        send_link=sends and is_open and outside and referral.person_id is not None,
        open_case=bool(referral.person) and can(user, Permission.OPEN_CASE, partner=referral.partner_id),
    )


def _is_unseen(referral: Referral, answers: bool) -> bool:
    return answers and not referral.to_team.is_outside and referral.status == Status.SENT


def _comes_without_a_page(referral: Referral) -> bool:
    """Whether that the person has come is said by a button: not at a desk, which records an arrival."""
    team = referral.to_team
    return team.is_outside or (referral.person is not None and team.kind != Team.Kind.DESK)


def staff_context(user: User, referral: Referral) -> dict[str, Any]:
    """What the page of the staff shows."""
    may, waits = may_do(user, referral), waiting_for(referral)
    return story(referral, side_of(user, referral)) | {
        "readable": reads_referral(user, referral), "may": may,
        "asks_if_arrived": may.mark_not_arrived and any(one.clock == Clock.ARRIVED and one.is_late for one in waits),
    }  # fmt: skip


def story(referral: Referral, side: Side) -> dict[str, Any]:
    """What both sides see: the states, latest first, the clocks, and what was written; `side` is the reader's."""
    return {
        "referral": referral,
        "side": side,
        "steps": [_told(step) for step in reversed(steps_of(referral))],
        "clocks": [] if referral.status == Status.WITHDRAWN else [_clock(one) for one in deadlines(referral)],
        "thread": list(thread_of(referral)),
    }  # fmt: skip


def _told(step: Any) -> dict[str, Any]:
    label = str(step.get_status_display())
    return {
        "at": step.at, "title": label[:1].upper() + label[1:], "icon": ICONS[Status(step.status)], "text": step.words,
        "by": step.by_name,
    }  # fmt: skip


def _clock(deadline: Deadline) -> dict[str, Any]:
    label, words = str(deadline.clock.label), {"due": _day(deadline.due_at)}
    text = _("by %(due)s") % words
    if deadline.done_at:
        text = _("%(day)s, by %(due)s") % (words | {"day": _day(deadline.done_at)})
    return {
        "label": label[:1].upper() + label[1:], "text": text, "late": deadline.is_late,
        "done": deadline.done_at is not None,
    }  # fmt: skip


def _day(moment: datetime) -> str:
    return date_format(localtime(moment), "SHORT_DATE_FORMAT")
