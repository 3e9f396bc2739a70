"""What is still open when a case is to be closed: what has to be settled first, and what can be settled with it.

Apps above add what they keep with `register` when they are loaded (an open stay in a bed, an appointment ahead), so
that this one need not know them. A kind that blocks refuses the closing until it is settled at its own place.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lgnet.cases.models import Case, Referral
from lgnet.cases.policies import may_withdraw
from lgnet.cases.referrals import withdraw_referral
from lgnet.core.errors import DomainError
from lgnet.network.models import User


@dataclass(frozen=True)
class Open:
    """One thing that is open: what, where it is settled, and, if it can be settled with the closing, by which key."""

    words: str
    url: str = ""
    key: str = ""


@dataclass(frozen=True)
class Obstacle:
    """A kind of thing that may be open.

    `find` tells those of a case that the reader may know of; `settle` settles one, by its key, through the service of
    its app. `counts` tells how many there are, whoever asks, for a kind that `blocks`: a closing is refused also for
    what its reader does not see.
    """

    code: str
    title: str | Promise
    find: Callable[[User, Case], Sequence[Open]]
    blocks: bool = False
    settle_label: str | Promise = ""
    settle: Callable[[User, Case, str], None] | None = None
    counts: Callable[[Case], int] | None = None


@dataclass(frozen=True)
class Found:
    """A kind with what is open of it."""

    obstacle: Obstacle
    items: Sequence[Open]


_KINDS: dict[str, Obstacle] = {}


def register(obstacle: Obstacle) -> None:
    """Let a kind of thing be looked for when a case is closed; registered again, it takes the place of the other."""
    _KINDS[obstacle.code] = obstacle


def unregister(code: str) -> None:
    """No longer look for a kind."""
    _KINDS.pop(code, None)


def open_things(user: User, case: Case) -> list[Found]:
    """What is open in a case and may be known to the user; what blocks comes first."""
    found = [Found(kind, kind.find(user, case)) for kind in _KINDS.values()]
    return sorted((one for one in found if one.items), key=lambda one: not one.obstacle.blocks)


def require_nothing_blocks(case: Case, *, by: User) -> None:
    """Raise DomainError that says what has to be settled first, and where."""
    for kind in _KINDS.values():
        if not kind.blocks:
            continue
        items = kind.find(by, case)
        number = max(len(items), kind.counts(case) if kind.counts else 0)
        if number:
            what = "; ".join(item.words for item in items) or str(number)
            raise DomainError(
                _("The case cannot be closed yet. %(kind)s: %(what)s. Settle it there first: the link is on this page.")
                % {"kind": kind.title, "what": what}
            )


def settle(case: Case, keys: Iterable[str], *, by: User) -> None:
    """Settle what was ticked, each by its own service. Raises DomainError for what cannot be settled so."""
    for key in dict.fromkeys(keys):
        code, _colon, pk = key.partition(":")
        kind = _KINDS.get(code)
        if kind is None or kind.settle is None:
            raise DomainError(_("This cannot be settled here."))
        if pk in {item.key for item in kind.find(by, case)}:  # somebody may have settled it meanwhile
            kind.settle(by, case, pk)


# -- referrals ----------------------------------------------------------------------------------------------------


def _referrals(user: User, case: Case) -> list[Open]:
    """Referrals of the person that wait for an answer or an arrival."""
    rows = Referral.objects.filter(person=case.person_id, partner=case.partner_id, status__in=Referral.OPEN)
    return [
        Open(
            _("%(team)s, sent on %(day)s: %(state)s") % {
                "team": row.to_team.name, "day": date_format(row.sent_at, "SHORT_DATE_FORMAT"),
                "state": row.get_status_display(),
            },
            reverse("referral_detail", args=[row.pk]), str(row.pk) if may_withdraw(user, row) else "",
        )
        for row in rows.select_related("to_team", "from_team").order_by("sent_at")
    ]  # fmt: skip


def _withdraw(user: User, case: Case, key: str) -> None:
    withdraw_referral(by=user, referral=Referral.objects.get(pk=key, person=case.person_id))


register(
    Obstacle(
        "referral", gettext_lazy("Referrals without an end"), _referrals, settle=_withdraw,
        settle_label=gettext_lazy("Withdraw it"),
    )
)  # fmt: skip
