"""The one way in which actions of a plan are linked to real things: a referral, an appointment, a service given.

The app that owns a kind of thing registers it here, and its services call `progressed` where the thing changes its
state, in their own transaction: the actions that wait for it change with it. Nothing else knows of plans.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.functional import Promise

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Case, PlanAction, ThingState
from lgnet.cases.plan_versions import in_force
from lgnet.network.models import User

Status = PlanAction.Status
# What the action of a newer version takes over from the one before.
CARRIED = (
    "status", "done_on", "thing", "said_by_id", "said_at", "before", "before_on", "before_by_id", "before_at",
)  # fmt: skip
STATUS = {
    ThingState.EXPECTED: Status.TODO, ThingState.UNDER_WAY: Status.UNDER_WAY, ThingState.DONE: Status.DONE,
    ThingState.FAILED: Status.TODO,
}  # fmt: skip


@dataclass(frozen=True)
class Thing:
    """One real thing as the plan shows it. Without a state of its own the action keeps the one it has."""

    name: str
    url: str = ""
    state: ThingState | None = None
    day: date | None = None  # when it took place


@dataclass(frozen=True)
class LinkKind:
    """A kind of real thing: what it is called, which of them a user may choose in a case, and how they stand.

    `choices` is scoped to what the user may see; `look` names things of the case's person that an action has already,
    and leaves out those that are not the person's (any more).
    """

    code: str
    label: str | Promise
    choices: Callable[[User, Case], Iterable[tuple[uuid.UUID, str]]]
    look: Callable[[Case, Iterable[uuid.UUID]], dict[uuid.UUID, Thing]]


_KINDS: dict[str, LinkKind] = {}


def register(kind: LinkKind) -> LinkKind:
    """Add a kind of thing; called once, when the app that owns it is ready."""
    if kind.code in _KINDS:
        raise ValueError(f"a kind of thing that plans can wait for is there twice: {kind.code}")
    _KINDS[kind.code] = kind
    return kind


def kinds() -> list[LinkKind]:
    """Every kind, in the order in which they were registered."""
    return list(_KINDS.values())


def things_to_link(user: User, case: Case) -> list[tuple[LinkKind, list[tuple[uuid.UUID, str]]]]:
    """What an action of the case can be linked to, by kind."""
    offered = [(kind, list(kind.choices(user, case))) for kind in kinds()]
    return [(kind, things) for kind, things in offered if things]


def may_link(user: User, case: Case, code: str, thing_id: uuid.UUID) -> bool:
    """Whether the user can choose this thing for an action of the case."""
    kind = _KINDS.get(code)
    return kind is not None and any(pk == thing_id for pk, _name in kind.choices(user, case))


def things_of(case: Case, actions: Iterable[PlanAction]) -> dict[uuid.UUID, Thing]:
    """The things that actions of the case are linked to, by the id of the thing. One look per kind."""
    wanted: dict[str, set[uuid.UUID]] = {}
    for action in actions:
        if action.link_id:
            wanted.setdefault(action.link_kind, set()).add(action.link_id)
    found: dict[uuid.UUID, Thing] = {}
    for code, ids in wanted.items():
        if code in _KINDS:
            found |= _KINDS[code].look(case, ids)
    return found


def progressed(
    code: str, thing_id: uuid.UUID, state: ThingState, *, by: Any, on: date | None = None, case: Case | None = None
) -> int:
    """A thing has changed its state: the actions linked to it follow, and the log says so. Return how many did.

    Called in the transaction of whoever owns the thing; `by` is whoever did it, None for the person or the platform.
    With `case` one thing serves one action: the open one of that case which is due first (one service given does not
    fulfil two that wait for one).
    """
    actions = in_force().filter(link_kind=code, link_id=thing_id).select_related("goal__plan__case")
    actions = actions.select_for_update(of=("self",))
    if case is not None:
        actions = actions.filter(goal__plan__case=case, status__in=PlanAction.STILL)
        actions = actions.order_by(F("due_on").asc(nulls_last=True), "goal__position", "position")[:1]
    return sum(_follow(action, state, by, on) for action in actions)


def taken_over(action: PlanAction, thing: Thing | None) -> None:
    """Give an action that is not saved yet the state of its thing, or that of the action it goes on from."""
    before = action.follows
    if before is not None and (before.link_kind, before.link_id) == (action.link_kind, action.link_id):
        for name in CARRIED:
            setattr(action, name, getattr(before, name))
    elif before is not None and not action.link_kind:
        action.status, action.done_on = before.status, before.done_on
    if action.link_kind:
        known = ThingState(action.thing) if action.thing else ThingState.EXPECTED
        put(action, (thing.state if thing else None) or known, thing.day if thing else None)


def put(action: PlanAction, state: ThingState, on: date | None = None) -> None:
    """Let an action stand as its thing does; how it ended by somebody's word stays."""
    action.thing = state
    if not (action.said_by_id and not action.is_open):
        done = state == ThingState.DONE
        action.done_on = (action.done_on or on or timezone.localdate()) if done else None
        action.status = STATUS[state]


def _follow(action: PlanAction, state: ThingState, by: Any, on: date | None) -> bool:
    before = (action.status, action.thing)
    put(action, state, on)
    if (action.status, action.thing) == before:
        return False
    action.save(update_fields=["status", "thing", "done_on"])
    case = action.goal.plan.case
    audit.record(
        AuditEntry.Action.UPDATE, by=by, object_type="cases.planaction", object_id=action.pk,
        partner_id=case.partner_id, person_id=case.person_id,
        detail={"changes": {"status": [before[0], str(action.status)]}, "because": action.link_kind, "is": str(state)},
    )  # fmt: skip
    return True
