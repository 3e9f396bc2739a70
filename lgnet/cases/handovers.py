"""Cases go from one colleague to another, for good or for a time, and back again."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.cases.handover_selectors import works_here
from lgnet.cases.models import Case, CaseMember, Handover, HandoverCase, HandoverPoint, Task
from lgnet.cases.parts import add_member, areas_of, set_areas
from lgnet.cases.policies import require_works_in
from lgnet.cases.selectors import case_workers_of
from lgnet.cases.services import change_team_of_case
from lgnet.cases.tasks import give_tasks_of_leaving
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.models import FileMember
from lgnet.people.services import close_file_for, log_write


@dataclass(frozen=True)
class Passing:
    """Who hands which cases to whom, what the other has to know, and until when if only for a time."""

    giver: User
    receiver: User
    cases: Sequence[Case]
    words: str = ""
    until: date | None = None


@transaction.atomic
def hand_over(*, by: User, passing: Passing, record_id: uuid.UUID | None = None) -> Handover:
    """Begin a handover; both work on the cases until it is accepted. Sent twice (`record_id`), one begins.

    Whoever does not work on cases here any more gives nothing: then the coordinator hands over, and it holds at once.
    Raises DomainError when the other does not work here or not in the team, a case is closed, of others, or on its way.
    """
    giver, receiver, cases = passing.giver, passing.receiver, list(passing.cases)
    if not cases:
        raise DomainError(_("Choose at least one case."), field="cases")
    partner = cases[0].partner
    if by != giver and partner.pk not in access_of(by).partner_ids(Permission.ASSIGN_CASE):
        raise PermissionDenied(_("Only who works on the cases and the coordinator hand them over."))
    if giver == receiver:
        raise DomainError(_("Choose somebody else."), field="receiver")
    if passing.until and passing.until < timezone.localdate():
        raise DomainError(_("This day has passed."), field="until")
    if not works_here(receiver, partner):
        raise DomainError(_("This colleague does not work on cases in this city."), field="receiver")

    def write() -> Handover:
        handover = Handover.objects.create(
            pk=record_id or uuid7(), partner=partner, giver=giver, receiver=receiver, created_by=by,
            words=passing.words.strip(), until=passing.until,
        )  # fmt: skip
        for case in _locked(cases):
            _add_line(by, handover, case)
        if not works_here(giver, partner):
            _accept(by, handover)
        return handover

    return write_once(
        Handover, record_id, is_mine=lambda one: (one.created_by_id, one.receiver_id) == (by.pk, receiver.pk),
        write=write,
    )  # fmt: skip


@transaction.atomic
def accept_handover(*, by: User, handover: Handover) -> Handover:
    """The other one takes the cases on: manager or member changes, open tasks go along. Accepted already, it stays so.

    Somebody who only stands in leaves the other one in the team.
    """
    locked = _lock(handover)
    if locked.receiver_id != by.pk:
        raise PermissionDenied(_("Only who receives the cases accepts them."))
    if locked.status == Handover.Status.ACCEPTED:
        return locked
    _require_open(locked)
    return _accept(by, locked)


@transaction.atomic
def decline_handover(*, by: User, handover: Handover, reason: str) -> Handover:
    """The other one cannot, and says why; the cases stay where they are."""
    locked = _lock(handover)
    if locked.receiver_id != by.pk:
        raise PermissionDenied(_("Only who receives the cases declines them."))
    _require_open(locked)
    if not reason.strip():
        raise DomainError(_("Say in a few words why not."), field="reason")
    locked.declined_because = reason.strip()[:300]
    return _end(by, locked, Handover.Status.DECLINED)


@transaction.atomic
def withdraw_handover(*, by: User, handover: Handover) -> Handover:
    """Whoever began it, who gives, or the coordinator takes it back before it is accepted."""
    locked = _lock(handover)
    _require_gives(by, locked)
    if locked.status == Handover.Status.WITHDRAWN:
        return locked
    _require_open(locked)
    return _end(by, locked, Handover.Status.WITHDRAWN)


@transaction.atomic
def hand_back(*, by: User, handover: Handover) -> Handover:
    """Everything as before: manager and team of the cases that are still open, and the tasks nobody has done yet."""
    locked = _lock(handover)
    if by.pk != locked.receiver_id:
        _require_gives(by, locked)
    if locked.status == Handover.Status.BACK:
        return locked
    if locked.status != Handover.Status.ACCEPTED:
        raise DomainError(_("Only what was accepted is handed back."))
    for line in _open_lines(locked):
        _put_back(by, locked, line)
    locked.status, locked.ended_at, locked.ended_by = Handover.Status.BACK, timezone.now(), by
    locked.save(update_fields=["status", "ended_at", "ended_by"])
    _log(by, locked)
    return locked


def end_stand_ins() -> int:
    """Hand back what was for a time that has passed; return how many. For the daily command."""
    over = Handover.objects.filter(status=Handover.Status.ACCEPTED, until__lt=timezone.localdate())
    done = 0
    for handover in over.select_related("giver", "receiver"):
        try:
            hand_back(by=handover.giver, handover=handover)
        except (DomainError, PermissionDenied):  # the team has changed meanwhile: the coordinator sees it as overdue
            continue
        done += 1
    return done


@transaction.atomic
def tick_point(*, by: User, line: HandoverCase, key: str, words: str, ticked: bool) -> HandoverPoint:
    """Tick a point of the checklist, or take the tick away."""
    require_works_in(by, line.case)
    point, _is_new = HandoverPoint.objects.get_or_create(line=line, key=key[:80], defaults={"words": words[:300]})
    point.ticked_at, point.ticked_by = (timezone.now(), by) if ticked else (None, None)
    point.save(update_fields=["ticked_at", "ticked_by"])
    return point


@transaction.atomic
def add_point(*, by: User, line: HandoverCase, words: str) -> HandoverPoint:
    """Add a point of one's own; the same words are not added twice."""
    require_works_in(by, line.case)
    if not words.strip():
        raise DomainError(_("Write what is to be thought of."), field="words")
    there = line.points.filter(words=words.strip()[:300]).first()
    if there:
        return there
    return HandoverPoint.objects.create(line=line, key=f"own:{uuid7()}", words=words.strip()[:300])


@transaction.atomic
def write_words(*, by: User, line: HandoverCase, words: str) -> HandoverCase:
    """Write what the other has to know of this case."""
    require_works_in(by, line.case)
    line.words = words.strip()
    line.save(update_fields=["words"])
    log_write(AuditEntry.Action.UPDATE, by, line, line.case.person)
    return line


def _locked(cases: Sequence[Case]) -> Iterable[Case]:
    rows = Case.objects.select_for_update(of=("self",)).filter(pk__in=[case.pk for case in cases])
    return list(rows.select_related("person", "team", "manager", "partner").order_by("pk"))


def _add_line(by: User, handover: Handover, case: Case) -> None:
    """One case of a handover: the other one joins its team. Raises DomainError that names the person."""
    giver, receiver, who = handover.giver, handover.receiver, {"who": case.person.name_as_used}
    if not case.is_open:
        raise DomainError(_("%(who)s: the case is closed.") % who, field="cases")
    members = set(CaseMember.objects.filter(case=case, ends_at__isnull=True).values_list("user_id", flat=True))
    managed = case.manager_id == giver.pk
    if case.partner_id != handover.partner_id or not (managed or giver.pk in members):
        raise DomainError(_("%(who)s: this case is not followed by who hands over.") % who, field="cases")
    on_its_way = HandoverCase.objects.filter(
        case=case, handover__giver=giver, handover__status__in=[Handover.Status.OPEN]
    ).exists()
    if on_its_way:
        raise DomainError(_("%(who)s: this case is being handed over already.") % who, field="cases")
    if managed and receiver.pk not in {user.pk for user, _profile in case_workers_of(case.team)}:
        raise DomainError(_("%(who)s: this colleague is not in the team of the case.") % who, field="receiver")
    was_there = receiver.pk in members
    line = HandoverCase.objects.create(
        handover=handover, case=case, giver_managed=managed, receiver_was_there=was_there,
        receiver_areas=areas_of(case, receiver) if was_there else [],
    )  # fmt: skip
    _let_work(line, giver, receiver)
    log_write(
        AuditEntry.Action.CREATE, by, line, case.person, detail={"from": str(giver), "to": str(receiver)}
    )  # fmt: skip


def _accept(by: User, handover: Handover) -> Handover:
    giver, receiver = handover.giver, handover.receiver
    for line in _open_lines(handover):
        case, stays = line.case, handover.until is not None and works_here(giver, handover.partner)
        _let_work(line, giver, receiver)  # somebody may have changed the team since
        tasks = Task.objects.filter(case=case, owner=giver, status=Task.Status.OPEN)
        line.tasks = [str(pk) for pk in tasks.values_list("pk", flat=True)]
        line.save(update_fields=["tasks"])
        give_tasks_of_leaving(by=by, case=case, leaving=[giver], to=receiver)
        if line.giver_managed and case.manager_id == giver.pk:
            _change_team(by, case, manager=receiver, without=None if stays else giver)
        elif not stays and case.manager_id != giver.pk:  # who has become the manager since stays
            _leave(by, case, giver)
        detail = {"from": str(giver), "to": str(receiver), "tasks": line.tasks}
        log_write(AuditEntry.Action.UPDATE, by, line, case.person, detail=detail)
    handover.status, handover.accepted_at = Handover.Status.ACCEPTED, timezone.now()
    handover.save(update_fields=["status", "accepted_at"])
    _log(by, handover)
    return handover


def _put_back(by: User, handover: Handover, line: HandoverCase) -> None:
    """The team of one case as it was; also when who gave does not work here any more, as it was then."""
    case, giver, receiver = line.case, handover.giver, handover.receiver
    if not case.members.filter(user=giver, ends_at__isnull=True).exists():
        add_member(case, giver, () if line.giver_managed else areas_of(case, giver))
    tasks = Task.objects.filter(pk__in=line.tasks, status=Task.Status.OPEN, owner=receiver)
    tasks.update(owner=giver)
    leaving = None if line.receiver_was_there else receiver
    if line.giver_managed and case.manager_id == receiver.pk:
        if works_here(giver, handover.partner):
            _change_team(by, case, manager=giver, without=leaving)
        else:
            case.manager = giver
            case.save(update_fields=["manager", "updated_at"])
            log_write(AuditEntry.Action.UPDATE, by, case, case.person, detail={"manager": str(giver)})
    _as_before(by, line, receiver)


def _let_work(line: HandoverCase, giver: User, receiver: User) -> None:
    """Who receives works on what who gives works on, no more, beside what was hers or his already."""
    part = [] if line.giver_managed else areas_of(line.case, giver)
    if (there := _member(line.case, receiver)) is None:
        add_member(line.case, receiver, part)
    elif there.areas:
        set_areas(there, [*{*there.areas, *part}] if part else [])


def _as_before(by: User, line: HandoverCase, receiver: User) -> None:
    """Who received leaves the case, or works again on a part of it, as before; not who manages it now."""
    if line.case.manager_id == receiver.pk:
        return
    if not line.receiver_was_there:
        _leave(by, line.case, receiver)
    elif line.receiver_areas and (there := _member(line.case, receiver)):
        set_areas(there, line.receiver_areas)


def _member(case: Case, user: User) -> CaseMember | None:
    rows = CaseMember.objects.filter(case=case, user=user, ends_at__isnull=True)
    return rows.select_related("case__person", "user").first()


def _change_team(by: User, case: Case, *, manager: User, without: User | None) -> None:
    """Another manager; of the team those stay who still work here. Raises DomainError for who may not (any more)."""
    rows = CaseMember.objects.filter(case=case, ends_at__isnull=True).select_related("user")
    members = [row.user for row in rows if row.user != without and works_here(row.user, case.partner)]
    try:
        change_team_of_case(by=by, case=case, manager=manager, members=members)
    except PermissionDenied:
        raise DomainError(_("You do not work on every one of these cases any more. Ask the coordinator.")) from None


def _leave(by: User, case: Case, user: User) -> None:
    """Out of the team of the case; what is still to be done goes to who manages it."""
    give_tasks_of_leaving(by=by, case=case, leaving=[user], to=case.manager)
    CaseMember.objects.filter(case=case, user=user, ends_at__isnull=True).update(ends_at=timezone.now())
    close_file_for(case.person, basis=FileMember.Basis.CASE, users=[user])


def _end(by: User, handover: Handover, status: str) -> Handover:
    """Not accepted: who was in the team, or on the whole of it, only because of it is so no more."""
    for line in _open_lines(handover):
        _as_before(by, line, handover.receiver)
    handover.status, handover.ended_at, handover.ended_by = status, timezone.now(), by
    handover.save()
    _log(by, handover)
    return handover


def _open_lines(handover: Handover) -> list[HandoverCase]:
    lines = handover.lines.filter(case__status=Case.Status.OPEN)
    return list(lines.select_related("case__person", "case__team", "case__partner", "case__manager"))


def _lock(handover: Handover) -> Handover:
    rows = Handover.objects.select_for_update(of=("self",))
    return rows.select_related("giver", "receiver", "partner").get(pk=handover.pk)


def _require_open(handover: Handover) -> None:
    if not handover.is_open:
        raise DomainError(_("This handover has ended already."))


def _require_gives(by: User, handover: Handover) -> None:
    coordinates = handover.partner_id in access_of(by).partner_ids(Permission.ASSIGN_CASE)
    if by.pk not in {handover.giver_id, handover.created_by_id} and not coordinates:
        raise PermissionDenied(_("Only who works on the cases and the coordinator hand them over."))


def _log(by: User, handover: Handover) -> None:
    detail: dict[str, Any] = {"status": handover.status, "from": str(handover.giver), "to": str(handover.receiver)}
    audit.record(
        AuditEntry.Action.UPDATE, by=by, object_type="cases.handover", object_id=handover.pk,
        partner_id=handover.partner_id, person_id=None, detail=detail,
    )  # fmt: skip
