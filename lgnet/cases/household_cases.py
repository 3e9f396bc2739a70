"""A household in charge together: each person has a case, but they are opened, served, transferred and closed as one.

Who may not know of a member of the household, because that file is restricted, gets no hint of her or him.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.cases import services, transfers
from lgnet.cases.models import Assessment, Case, CaseMember, Goal, ServiceDelivery, Task, Transfer
from lgnet.cases.plan_versions import goals_in_force
from lgnet.cases.selectors import visible_cases
from lgnet.cases.transfer_models import Part
from lgnet.cases.transfer_selectors import incoming_transfers, sent_transfers
from lgnet.core.errors import DomainError
from lgnet.network.models import User
from lgnet.people.models import Person
from lgnet.people.policies import file_is_open_for
from lgnet.people.selectors import visible_persons

SOON = timedelta(days=14)


@dataclass(frozen=True)
class Relative:
    """Somebody else of the household that the user may know of: the open case, and what is due in it."""

    person: Person
    case: Case | None
    is_mine: bool = False
    due: tuple[tuple[str, date | None], ...] = ()


def others_of(user: User, person: Person) -> list[Person]:
    """Who else is in the household, by role and name; nobody that is hidden from the user."""
    if person.household_id is None:
        return []
    rows = visible_persons(user).filter(household=person.household_id, partner=person.partner_id).exclude(pk=person.pk)
    return list(rows.order_by("household_role", "given_names", "pk"))


def relatives_of(user: User, case: Case) -> list[Relative]:
    """The others of the household with their open cases; of those the user works on, what is due soon."""
    others = others_of(user, case.person)
    if not others:
        return []
    cases = {one.person_id: one for one in visible_cases(user).filter(person__in=others, status=Case.Status.OPEN)}
    ids = [one.pk for one in cases.values()]
    mine = set(
        CaseMember.objects.filter(case__in=ids, user=user, areas=[], ends_at__isnull=True).values_list(
            "case_id", flat=True
        )
    )
    due = _due([pk for pk in ids if pk in mine])
    found = []
    for other in others:
        there = cases.get(other.pk)
        is_mine = there is not None and there.pk in mine
        found.append(Relative(other, there, is_mine, tuple(due.get(there.pk, ())) if there else ()))
    return found


def _due(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[tuple[str, date | None]]]:
    """Goals of the signed plan and tasks that are due within two weeks, by case, the first on top."""
    limit = timezone.localdate() + SOON
    goals = (
        goals_in_force()
        .filter(plan__case__in=ids, status=Goal.Status.OPEN, due_on__lte=limit)
        .values_list("plan__case", "words", "due_on")
    )
    tasks = Task.objects.filter(case__in=ids, status=Task.Status.OPEN, due_on__lte=limit)
    rows = [*goals, *tasks.order_by().values_list("case", "words", "due_on")] if ids else []
    found: dict[uuid.UUID, list[tuple[str, date | None]]] = {}
    for case_id, words, day in sorted(rows, key=lambda row: str(row[2])):
        found.setdefault(case_id, []).append((words, day))
    return found


def can_be_opened_too(user: User, person: Person) -> list[tuple[Person, str]]:
    """The others of the household without an open case, each with what is missing, or nothing."""
    found = []
    for other in others_of(user, person):
        if Case.objects.filter(person=other, status=Case.Status.OPEN).exists():
            continue
        missing = "" if file_is_open_for(user, other) else _("the file is closed to you")
        reasons = services.missing_to_open(other)
        found.append((other, missing or (reasons[0] if reasons else "")))
    return found


def cases_worked_on_together(user: User, case: Case) -> list[Case]:
    """Open cases of the others of the household that the user works on too."""
    return [one.case for one in relatives_of(user, case) if one.case and one.is_mine]


def can_go_too(user: User, case: Case) -> list[Case]:
    """Of `cases_worked_on_together` those that no transfer is under way of."""
    together = cases_worked_on_together(user, case)
    going = set(Transfer.objects.filter(case__in=together, status__in=Transfer.OPEN).values_list("case", flat=True))
    return [one for one in together if one.pk not in going]


def going_together(user: User, transfer: Transfer) -> list[Transfer]:
    """What else of the household is under way to the same city, for a user of the city that sends."""
    if transfer.person.household_id is None or transfer.status not in Transfer.OPEN:
        return []
    rows = sent_transfers(user).filter(
        person__household=transfer.person.household_id, to_partner=transfer.to_partner_id, status__in=Transfer.OPEN
    )
    return list(rows.exclude(pk=transfer.pk).order_by("person__household_role", "created_at"))


def coming_together(user: User, transfer: Transfer) -> list[Transfer]:
    """What else of the household waits for the same city, for its users, where the household was sent along.

    Of restricted files nobody is told with whom they come.
    """
    if transfer.person.household_id is None or not transfer.is_waiting:
        return []
    rows = incoming_transfers(user).filter(
        partner=transfer.partner_id, person__household=transfer.person.household_id, status=Transfer.Status.SENT
    )
    told = [one for one in (transfer, *rows) if Part.HOUSEHOLD in one.parts and not one.is_restricted]
    return [one for one in told if one != transfer] if transfer in told else []


@transaction.atomic
def open_cases(*, by: User, person: Person, others: Sequence[Person], **values: Any) -> Case:
    """Take a person in charge and, with the same team, manager, basis and day, `others` of the household: all or none.

    Raises DomainError as `services.open_case`, naming who it is about.
    """
    record_id = values.pop("record_id", None)
    _wait_for(Person, [person, *others])
    first = services.open_case(by=by, person=person, record_id=record_id, **values)
    for other in others:
        if other.household_id is None or other.household_id != person.household_id:
            raise DomainError(_("%(who)s is not of this household.") % {"who": other.name_as_used}, field="others")
        if not file_is_open_for(by, other):
            words = _("%(who)s: the file is closed to you") % {"who": other.name_as_used}
            raise DomainError(words, field="others")
        with _about(other):
            services.open_case(
                by=by, person=other, record_id=_of(record_id, other.pk), **values | {"referral": None}
            )  # fmt: skip
    return first


@transaction.atomic
def deliver_to_household(*, by: User, case: Case, others: Sequence[Case], **values: Any) -> ServiceDelivery:
    """A service given to several of a household: one delivery each, in the quantity stated."""
    record_id = values.pop("record_id", None)
    _wait_for(Case, [case, *others])
    first = services.deliver_service(by=by, case=case, record_id=record_id, **values)
    for other in _same_household(case, others):
        with _about(other.person):
            services.deliver_service(by=by, case=other, record_id=_of(record_id, other.pk), **values)
    return first


@transaction.atomic
def assess_household(*, by: User, case: Case, others: Sequence[Case], **values: Any) -> Assessment:
    """The same assessment note for several of a household: each gets her or his own."""
    record_id = values.pop("record_id", None)
    _wait_for(Case, [case, *others])
    first = services.record_assessment(by=by, case=case, record_id=record_id, **values)
    for other in _same_household(case, others):
        with _about(other.person):
            services.record_assessment(by=by, case=other, record_id=_of(record_id, other.pk), **values)
    return first


@transaction.atomic
def close_household(*, by: User, case: Case, others: Sequence[Case], **values: Any) -> Case:
    """Close the case and, with the same outcome and day, those of others; their goals stay as they are."""
    _wait_for(Case, [case, *others])
    closed = services.close_case(by=by, case=case, **values)
    for other in _same_household(case, others):
        with _about(other.person):
            services.close_case(by=by, case=other, **values | {"results": ()})
    return closed


@transaction.atomic
def propose_transfers(
    *, by: User, case: Case, others: Sequence[Case], proposal: transfers.Proposal, record_id: uuid.UUID | None = None
) -> Transfer:
    """Begin a transfer of the case and, to the same city and with the same ticked, one of each of `others`."""
    _wait_for(Case, [case, *others])
    first = transfers.propose_transfer(by=by, case=case, proposal=proposal, record_id=record_id)
    for other in _same_household(case, others):
        with _about(other.person):
            transfers.propose_transfer(by=by, case=other, proposal=proposal, record_id=_of(record_id, other.pk))
    return first


@transaction.atomic
def record_agreements(
    *, by: User, transfer: Transfer, others: Sequence[Transfer], agreement: transfers.Agreement
) -> Transfer:
    """Write down that the person agrees, and that those of `others` do: asked together, the paper is of the first."""
    _wait_for(Case, [transfer.case, *(other.case for other in others)])
    agreed = transfers.record_agreement(by=by, transfer=transfer, agreement=agreement)
    _same_household(transfer.case, [other.case for other in others])
    for other in others:
        with _about(other.person):
            too = transfers.record_agreement(by=by, transfer=other, agreement=replace(agreement, paper=None))
        if too.to_partner_id != agreed.to_partner_id:
            raise DomainError(_("Choose from the list."), field="others")
    return agreed


def _wait_for(model: type[Case] | type[Person], rows: Iterable[Case | Person]) -> None:
    """Lock these rows, always in one order: of two who begin with another of them, the second waits for the first."""
    list(model.objects.select_for_update().filter(pk__in=[row.pk for row in rows]).order_by("pk"))


def _same_household(case: Case, others: Sequence[Case]) -> Sequence[Case]:
    for other in others:
        if other.pk == case.pk or other.person.household_id is None:
            raise DomainError(_("Choose from the list."), field="others")
        if other.person.household_id != case.person.household_id:
            words = _("%(who)s is not of this household.") % {"who": other.person.name_as_used}
            raise DomainError(words, field="others")
    return others


def _of(record_id: uuid.UUID | None, pk: uuid.UUID) -> uuid.UUID | None:
    """The id of the record of one more person, the same however often the form is sent."""
    return uuid.uuid5(record_id, str(pk)) if record_id else None


@contextmanager
def _about(person: Person) -> Iterator[None]:
    """What goes wrong with one of several says whom it is about."""
    try:
        yield
    except DomainError as error:
        raise DomainError(f"{person.name_as_used}: {error}", field="others") from None
