"""Traces that may be of one person: proposed by name, linked or kept apart by somebody, and undone."""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import combinations
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.errors import DomainError
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.outreach.models import Contact, Likeness
from lgnet.outreach.selectors import visible_contacts
from lgnet.people import journey, names
from lgnet.people.models import Person

LATELY = timedelta(days=30)
MOST_FACES = 600  # the latest: more are not compared
ALIKE = 90  # score of `names.score` from which two names are proposed; nicknames are short and all there is
MOST_PAIRS, MOST_OF_A_KEY = 300, 60


@dataclass(frozen=True)
class Pair:
    """The latest contact of each of two who may be one; `one` has no person yet."""

    one: Contact
    other: Contact
    score: float

    @property
    def person(self) -> Person | None:
        """The registered person that the other one is, if it is."""
        return self.other.person


def likely_same(user: User) -> list[Pair]:
    """Pairs met in the last 30 days in the user's cities with almost the same name, those of one zone first.

    They were recorded by two colleagues (one would have known the other again), and at least one has no person; whoever
    somebody has looked at is not proposed again.
    """
    faces = _faces(user)
    by_key: dict[tuple[Any, str], list[Contact]] = defaultdict(list)
    for face in faces:
        for key in names.search_keys(*_names(face)):
            by_key[face.partner_id, key].append(face)
    said = Likeness.objects.filter(undone_at=None, partner__in={face.partner_id for face in faces})
    pairs: dict[tuple[uuid.UUID, uuid.UUID], Pair | None] = dict.fromkeys(said.values_list("one", "other"))
    for first, second in (two for group in by_key.values() for two in combinations(group[:MOST_OF_A_KEY], 2)):
        one, other = (second, first) if first.person_id else (first, second)
        ids = _ordered(one, other)
        if one.person_id is None and one.recorded_by_id != other.recorded_by_id and ids not in pairs:
            pairs[ids] = Pair(one, other, _likeness(one, other))
    found = [pair for pair in pairs.values() if pair and pair.score >= ALIKE]
    return sorted(found, key=lambda pair: (pair.one.zone_id != pair.other.zone_id, -pair.score))[:MOST_PAIRS]


def get_likeness(user: User, pk: uuid.UUID) -> Likeness:
    """What somebody said of two in a city where the user records contacts. Raises Http404."""
    allowed = access_of(user).partner_ids(Permission.RECORD_CONTACT)
    said = Likeness.objects.filter(pk=pk, partner__in=allowed).select_related("decided_by", "undone_by").first()
    if said is None:
        raise Http404
    return said


@transaction.atomic
def decide_likeness(*, by: User, one: Contact, other: Contact, is_same: bool) -> Likeness:
    """Say whether the traces of two contacts are of one person; if so the second trace becomes the first.

    Raises DomainError when one of them has a person by now, was a mistake, or somebody has said it already,
    PermissionDenied for whoever works in the unit of neither.
    """
    _require_unit(by, one, other)
    rows = Contact.objects.standing().select_for_update(of=("self",))
    rows = rows.filter(person__isnull=True, partner=one.partner_id)
    traces = dict(rows.filter(pk__in=(one.pk, other.pk)).order_by("pk").values_list("pk", "trace"))
    kept, gone = traces.get(one.pk), traces.get(other.pk)
    if kept is None or gone is None or kept == gone:
        raise DomainError(_("It is known by now who one of them is, or they are linked already."))
    first, second = sorted((kept, gone))
    if Likeness.objects.filter(one=first, other=second, undone_at=None).exists():
        raise DomainError(_("Somebody has said it already."))
    moved = journey.move_trace(by=by, trace=gone, into=kept) if is_same else []
    likeness = Likeness.objects.create(
        partner_id=one.partner_id, one=first, other=second, is_same=is_same, decided_by=by,
        moved=[[row._meta.label_lower, str(row.pk), str(gone), str(kept)] for row in moved],
    )  # fmt: skip
    _log(AuditEntry.Action.CREATE, by, likeness, {"same": str(is_same), "moved": len(moved)})
    return likeness


@transaction.atomic
def undo_likeness(*, by: User, likeness: Likeness) -> Likeness:
    """Take back what was said: the records that were moved get their own trace again.

    Raises DomainError when it was undone, or when it is known by now who it is; PermissionDenied for whoever neither
    said it nor works in the unit of what was moved.
    """
    locked = Likeness.objects.select_for_update(of=("self",)).get(pk=likeness.pk)
    moved = Contact.objects.filter(pk__in=[pk for label, pk, *_traces in locked.moved if label == "outreach.contact"])
    if by.pk != locked.decided_by_id:
        _require_unit(by, *moved)
    if locked.undone_at:
        raise DomainError(_("This was undone already."))
    if moved.filter(person__isnull=False).exists():
        raise DomainError(_("It is known by now who this is, so it cannot be undone here."))
    for label, pk, gone, _kept in locked.moved:
        journey.give_trace(by=by, label=label, pk=uuid.UUID(pk), trace=uuid.UUID(gone))
    locked.undone_at, locked.undone_by = timezone.now(), by
    locked.save(update_fields=["undone_at", "undone_by"])
    _log(AuditEntry.Action.UPDATE, by, locked, {"undone": "yes"})
    return locked


def _faces(user: User) -> list[Contact]:
    """The latest contact of everybody with a name in these 30 days, latest first."""
    could_tell = Q(person__isnull=False) | Q(trace__isnull=False)
    rows = visible_contacts(user).filter(could_tell, occurred_at__gte=timezone.now() - LATELY)
    latest: dict[Any, Contact] = {}
    for contact in rows.order_by("-occurred_at", "-pk")[:MOST_FACES]:
        latest.setdefault(contact.person_id or contact.trace, contact)
    return [contact for contact in latest.values() if contact.called]


def _names(contact: Contact) -> tuple[str, str, str]:
    person = contact.person
    return (person.given_names, person.family_names, person.nickname) if person else ("", "", contact.nickname)


def _likeness(one: Contact, other: Contact) -> float:
    """How alike in both directions: "Ali" is found in "Ali Rosso", but "Ali Rosso" is not "Ali"."""
    return min(_score(one.nickname, _names(other)), _score(other.called, _names(one)))


@lru_cache(maxsize=20_000)
def _score(text: str, name: tuple[str, str, str]) -> float:
    return names.score(text, *name)


def _ordered(one: Contact, other: Contact) -> tuple[uuid.UUID, uuid.UUID]:
    first, second = (contact.person_id or contact.trace or contact.pk for contact in (one, other))
    return (first, second) if first < second else (second, first)


def _require_unit(by: User, *contacts: Contact) -> None:
    allowed = access_of(by).partner_ids(Permission.RECORD_CONTACT)
    here = [row for row in contacts if row.partner_id in allowed and row.team_id in team_ids_of(by)]
    if not here or any(row.partner_id not in allowed for row in contacts):
        raise PermissionDenied(str(Permission.RECORD_CONTACT))


def _log(action: AuditEntry.Action, by: User, likeness: Likeness, detail: dict[str, Any]) -> None:
    audit.record(
        action, by=by, object_type="outreach.likeness", object_id=likeness.pk, partner_id=likeness.partner_id,
        detail={"one": str(likeness.one), "other": str(likeness.other), **detail},
    )  # fmt: skip
