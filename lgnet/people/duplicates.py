"""Pairs of persons who may be one: looked for within bounds, kept, and said to be different."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import combinations, groupby
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.core.turns import let_others_write
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission
from lgnet.people import matching
from lgnet.people.models import ContactPoint, Identifier, NameKey, Person, PersonMerge, PersonPair
from lgnet.people.services import log_write, require

MANY = 60  # persons under one key; the more there are, the less their names alone tell, and the birth decides
TOO_MANY = 250  # of the same names and the same birth date or year: names so frequent are no evidence
LARGE = 1000  # persons of a city among whom different dates of birth settle it
FEW_CHANGED = 300  # persons; of more, all keys of the city are read once
WRITTEN_TOGETHER = 500

Pairs = dict[tuple[UUID, UUID], matching.Match]
PAIR_KEYS: Final = Q(key__gte="1", key__lt="3")  # of two names of one person (names.search_keys)


def find_duplicates(partner: Partner) -> int:
    """Look for others like those of a city who are new or changed since the last time; return how many pairs.

    Compared are only persons that share two names as they sound, a number or a phone. Pairs that are no longer alike
    go; those said to be different stay so.
    """
    at = timezone.now()  # what is written from now on is looked at the next time
    changed = list(_changed(partner).values_list("pk", flat=True))
    if not changed:
        return 0
    wanted = set(changed)
    pairs = _compare(partner, wanted)
    with transaction.atomic():
        _write(partner, wanted, pairs)
    for first in range(0, len(changed), WRITTEN_TOGETHER):
        with transaction.atomic():
            Person.objects.filter(pk__in=changed[first : first + WRITTEN_TOGETHER]).update(compared_at=at)
        let_others_write()
    return len(pairs)


def _changed(partner: Partner) -> QuerySet[Person]:
    """Persons who are new, or of whom names, birth, numbers or phones may have changed since they were compared."""
    here = Person.objects.filter(partner=partner, merged_into__isnull=True)
    later = {"person__partner": partner, "created_at__gte": F("person__compared_at")}
    numbered = Identifier.objects.filter(**later).values("person_id")
    called = ContactPoint.objects.filter(**later).values("person_id")
    changed = Q(compared_at__isnull=True) | Q(compared_at__lte=F("updated_at"))
    return here.filter(changed | Q(pk__in=numbered) | Q(pk__in=called)).order_by("pk")


def _compare(partner: Partner, wanted: set[UUID]) -> Pairs:
    """Every pair of which one is wanted and that is likely one person."""
    among, frequencies = _rarity(partner)
    is_large = among > LARGE
    blocks = list(_blocks(partner, wanted))
    known = _identities(partner, {pk for block in blocks for pk in block})
    found: Pairs = {}
    for block in blocks:
        for some in _narrow([pk for pk in block if pk in known], known):
            for one, other in combinations(some, 2):
                if (one not in wanted and other not in wanted) or (one, other) in found:
                    continue
                if is_large and matching.born_apart(known[one], known[other]):
                    continue
                match = matching.compare(known[one], known[other], among=among, frequencies=frequencies)
                if matching.likely_duplicate(match):
                    found[one, other] = match
    return found


def _blocks(partner: Partner, wanted: set[UUID]) -> Iterator[list[UUID]]:
    """Persons who share a key of two names, a number or a phone; in each block once, in order."""
    keys = NameKey.objects.filter(PAIR_KEYS, partner=partner)
    few = list(wanted) if len(wanted) <= FEW_CHANGED else []
    if few:
        keys = keys.filter(key__in=set(keys.filter(person__in=few).values_list("key", flat=True)))
    yield from _grouped(keys.order_by("key").values_list("key", "person_id"))
    numbers = Identifier.objects.filter(person__partner=partner).order_by("value")
    phones = ContactPoint.objects.filter(person__partner=partner, kind=ContactPoint.Kind.PHONE).order_by("value")
    for rows in (numbers, phones):
        near = rows.filter(value__in=set(rows.filter(person__in=few).values_list("value", flat=True))) if few else rows
        yield from _grouped(near.values_list("value", "person_id"))


def _grouped(rows: QuerySet[Any, Any]) -> Iterator[list[UUID]]:
    for _key, group in groupby(rows.iterator(chunk_size=5000), key=itemgetter(0)):
        ids = sorted({pk for _value, pk in group})
        if len(ids) > 1:
            yield ids


def _narrow(ids: list[UUID], known: dict[UUID, matching.Identity]) -> Iterator[list[UUID]]:
    """A block of many is cut by year of birth, and again by date: who has none has too little in common there."""
    if len(ids) <= MANY:
        yield ids
        return
    by_year: dict[Any, list[UUID]] = defaultdict(list)
    by_date: dict[Any, list[UUID]] = defaultdict(list)
    for pk in ids:
        if born := known[pk].birth_date:
            by_year[born.year].append(pk)
            by_date[born].append(pk)
    yield from (some for some in by_year.values() if len(some) <= TOO_MANY)
    yield from (some for born, some in by_date.items() if len(by_year[born.year]) > TOO_MANY >= len(some))


def _identities(partner: Partner, ids: set[UUID]) -> dict[UUID, matching.Identity]:
    """What is known of these persons, read in bulk."""
    numbers: dict[UUID, set[tuple[str, str]]] = defaultdict(set)
    for pk, kind, value in _of(partner, Identifier).values_list("person_id", "kind", "value"):
        numbers[pk].add((kind, value))
    phones: dict[UUID, set[str]] = defaultdict(set)
    called = _of(partner, ContactPoint).filter(kind=ContactPoint.Kind.PHONE)
    for pk, value in called.values_list("person_id", "value"):
        phones[pk].add(value)
    rows = Person.objects.filter(partner=partner, merged_into__isnull=True).order_by()
    return {
        pk: matching.Identity(
            **dict(zip(matching.COMPARED, values, strict=True)),
            identifiers=frozenset(numbers[pk]),
            phones=frozenset(phones[pk]),
        )
        for pk, *values in rows.values_list("pk", *matching.COMPARED).iterator(chunk_size=5000)
        if pk in ids
    }


def _of(partner: Partner, model: Any) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.filter(person__partner=partner)
    return rows


def _rarity(partner: Partner) -> tuple[int, dict[str, float]]:
    """How many persons the city knows, and the share of them that have each name."""
    among = Person.objects.filter(partner=partner, merged_into__isnull=True).count()
    keys = NameKey.objects.filter(partner=partner, key__gte="3", key__lt="4").values_list("key", flat=True)
    counts = Counter(keys.iterator(chunk_size=5000))
    return among, {key[1:]: count / max(among, 1) for key, count in counts.items()}


def _write(partner: Partner, wanted: set[UUID], pairs: Pairs) -> None:
    """Keep the pairs found; those of the wanted that were not found again go, unless somebody decided."""
    there = {(row.one_id, row.other_id): row for row in PersonPair.objects.filter(partner=partner)}
    gone = [
        row.pk
        for ids, row in there.items()
        if row.status == PersonPair.Status.OPEN and ids not in pairs and wanted & set(ids)
    ]
    for first in range(0, len(gone), WRITTEN_TOGETHER):
        PersonPair.objects.filter(pk__in=gone[first : first + WRITTEN_TOGETHER]).delete()
    known = [there[ids] for ids in pairs if ids in there]
    for row in known:
        match = pairs[row.one_id, row.other_id]
        row.score, row.reasons = match.score, list(match.reasons)
    PersonPair.objects.bulk_update(known, ["score", "reasons"], batch_size=WRITTEN_TOGETHER)
    PersonPair.objects.bulk_create(
        (
            PersonPair(partner=partner, one_id=one, other_id=other, score=match.score, reasons=list(match.reasons))
            for (one, other), match in pairs.items()
            if (one, other) not in there
        ),
        batch_size=WRITTEN_TOGETHER,
    )


# -- what people say of pairs -----------------------------------------------------------------------------------------


def ordered(one: Person, other: Person) -> tuple[Person, Person]:
    """The two as a pair has them."""
    return (one, other) if one.pk < other.pk else (other, one)


def different_from(person: Person) -> set[UUID]:
    """Ids of those of whom somebody said that they are not this person."""
    rows = PersonPair.objects.filter(Q(one=person) | Q(other=person), status=PersonPair.Status.DIFFERENT)
    return {pk for ids in rows.values_list("one_id", "other_id") for pk in ids if pk != person.pk}


@transaction.atomic
def say_different(*, by: User, one: Person, other: Person) -> PersonPair:
    """Keep that these are two people: they are never proposed again. Said already, nothing changes.

    Raises DomainError for one and the same, or persons of two cities.
    """
    require(by, Permission.MERGE_PERSONS, one.partner_id)
    if one.pk == other.pk or one.partner_id != other.partner_id:
        raise DomainError(_("This needs two persons of one city."))
    pair = _pair(one, other)
    if pair.status != PersonPair.Status.DIFFERENT:
        _decide(pair, by, timezone.now())
        for person, another in ((one, other), (other, one)):
            log_write(AuditEntry.Action.UPDATE, by, pair, person, detail={"different": another.pseudonym})
    return pair


def take_over_differences(kept: Person, absorbed: Person, *, by: User, at: datetime) -> list[list[Any]]:
    """Who is not `absorbed` is not `kept` either; return what was changed, to be taken back with the joining."""
    changed: list[list[Any]] = []
    others = Person.objects.filter(pk__in=different_from(absorbed) - different_from(kept) - {kept.pk})
    for other in others:
        pair = _pair(kept, other)
        changed.append([PersonPair._meta.label, str(pair.pk), "status", pair.status, PersonPair.Status.DIFFERENT])
        _decide(pair, by, at)
    return changed


def after_parting(merge: PersonMerge, *, by: User, at: datetime) -> None:
    """The two are different people; who was thought so of one only because of the other is not thought so any more."""
    _decide(_pair(merge.kept, merge.absorbed), by, at)
    of_kept = PersonPair.objects.filter(Q(one=merge.kept_id) | Q(other=merge.kept_id), status=PersonPair.Status.OPEN)
    of_kept.filter(score=0).delete()


def _pair(one: Person, other: Person) -> PersonPair:
    first, second = ordered(one, other)
    pair, _is_new = PersonPair.objects.get_or_create(one=first, other=second, defaults={"partner_id": one.partner_id})
    return pair


def _decide(pair: PersonPair, by: User, at: datetime) -> None:
    pair.status, pair.decided_by, pair.decided_at = PersonPair.Status.DIFFERENT, by, at
    pair.save(update_fields=["status", "decided_by", "decided_at"])
