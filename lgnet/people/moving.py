"""What hangs on a person, whatever app it is of: found through its foreign keys, pointed at another person, and back.

No model is named that need not be. What a person can have only once, and both have, stays where it is when nothing
hangs on it (a language, a number); where something does (a case with its plan), somebody has to decide first.
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from lgnet.people.models import ContactPoint, Person, PersonLanguage

# Fields that point at a person and are not moved, and why. A guard reads this both ways (tests/people/test_moving.py).
LEFT_ALONE: Final[dict[str, str]] = {
    "people.NameKey.person": "written anew from the names",
    "people.JourneyEvent.person": "append-only: the journey corrects its rows itself",
    "people.Episode.person": "follows from the journey",
    "people.PersonMerge.kept": "says what was done with these two",
    "people.PersonMerge.absorbed": "says what was done with these two",
    "people.PersonPair.one": "says what was thought of these two",
    "people.PersonPair.other": "says what was thought of these two",
}
# What counts as there already though no constraint says so.
ALSO_ONCE: Final[dict[type[models.Model], list[tuple[tuple[str, ...], Q]]]] = {
    ContactPoint: [(("kind", "value"), Q(ended_on__isnull=True))]
}
CAREFUL: Final = (ContactPoint.Safe.NO, ContactPoint.Safe.UNKNOWN, ContactPoint.Safe.YES)

Ids = dict[str, list[Any]]  # by field, such as "cases.Case.person"


def _rows(model: type[models.Model]) -> models.QuerySet[Any]:
    """Every row of the table, whatever the model's own manager leaves out."""
    rows: models.QuerySet[Any] = model._base_manager.all()  # noqa: SLF001  Django's own name for it
    return rows


@dataclass(frozen=True)
class Clash:
    """A record of each, of which a person can have only one."""

    label: str
    kept: Any
    absorbed: Any


@dataclass
class Moves:
    """What would move, what stays because the other one has it, and what somebody has to decide first."""

    moving: Ids = field(default_factory=dict)
    staying: Ids = field(default_factory=dict)
    twins: dict[tuple[str, Any], Any] = field(default_factory=dict)  # of what stays: the one that is there
    clashes: list[Clash] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many records move, by model in small letters."""
        found: dict[str, int] = {}
        for name, ids in self.moving.items():
            label = name.rpartition(".")[0].lower()
            found[label] = found.get(label, 0) + len(ids)
        return found


def fields_to_persons() -> Iterator[tuple[type[models.Model], Any]]:
    """Every field of every table that points at a person, with its model."""
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.proxy:
            for one in model._meta.local_concrete_fields:
                if one.remote_field is not None and one.remote_field.model is Person:
                    yield model, one


def name_of(model: type[models.Model], one: Any) -> str:
    """A field as it is told in `PersonMerge.moved`."""
    return f"{model._meta.label}.{one.name}"


def plan_moves(kept: Person, absorbed: Person) -> Moves:
    """Find what of `absorbed` can be pointed at `kept`. Reads only."""
    moves = Moves()
    for model, one in fields_to_persons():
        if (name := name_of(model, one)) in LEFT_ALONE:
            continue
        ids = list(_rows(model).filter(**{one.name: absorbed}).order_by("pk").values_list("pk", flat=True))
        twins = _twins(model, one, kept, absorbed) if ids else {}
        for pk, twin in twins.items():
            if _has_more(model, pk):
                moves.clashes.append(Clash(model._meta.label_lower, twin, pk))
            else:
                moves.staying.setdefault(name, []).append(pk)
                moves.twins[name, pk] = twin
        if going := [pk for pk in ids if pk not in twins]:
            moves.moving[name] = going
    return moves


def _twins(model: type[models.Model], one: Any, kept: Person, absorbed: Person) -> dict[Any, Any]:
    """Rows of `absorbed` for which `kept` has one that leaves no room, each with that one."""
    found: dict[Any, Any] = {}
    rows = _rows(model).order_by("pk")
    for names, condition, nulls_differ in _unique_sets(model, one):
        others = [name for name in names if name != one.name]
        there = rows.filter(condition, **{one.name: kept}).values_list("pk", *others)
        taken = {tuple(values): pk for pk, *values in there}
        for pk, *values in rows.filter(condition, **{one.name: absorbed}).values_list("pk", *others):
            if tuple(values) in taken and not (nulls_differ and None in values):
                found[pk] = taken[tuple(values)]
    return found


def _unique_sets(model: type[models.Model], one: Any) -> Iterator[tuple[tuple[str, ...], Q, bool]]:
    """Fields that are unique together with the person: their names, for which rows, whether nulls are different."""
    if one.unique:
        yield (one.name,), Q(), True
    for names in model._meta.unique_together:
        if one.name in names:
            yield tuple(names), Q(), True
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and one.name in constraint.fields:
            yield tuple(constraint.fields), constraint.condition or Q(), constraint.nulls_distinct is not False
    for names, condition in ALSO_ONCE.get(model, ()):
        yield names, condition, True


def _has_more(model: type[models.Model], pk: Any) -> bool:
    """Whether other records hang on this one."""
    return any(
        _rows(link.related_model).filter(**{link.field.name: pk}).exists()
        for link in model._meta.related_objects
        if link.concrete is False and not link.many_to_many
    )


def point_at(person: Person, moves: Ids, *, only_from: Person) -> Ids:
    """Point these rows at `person` where they are still of `only_from`; return those that were and could be.

    A row for which there is no room any more stays where it is.
    """
    moved: Ids = {}
    for model, one in fields_to_persons():
        ids = _read_ids(model, moves.get(name_of(model, one), ()))
        for first in range(0, len(ids), 500):
            rows = _rows(model).filter(pk__in=ids[first : first + 500], **{one.name: only_from})
            if done := _point(rows, one, person):
                moved.setdefault(name_of(model, one), []).extend(done)
    return moved


def _point(rows: Any, one: Any, person: Person) -> list[Any]:
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    try:
        with transaction.atomic():
            rows.update(**{one.attname: person.pk})
        return ids
    except IntegrityError:
        return [pk for pk in ids if len(ids) > 1 and _point(_rows(rows.model).filter(pk=pk), one, person)]


def _read_ids(model: type[models.Model], ids: Iterable[Any]) -> list[Any]:
    """Ids of the model, whether they come from the database or from the text kept of them."""
    return [model._meta.pk.to_python(pk) for pk in ids]


# -- rows that say almost the same ------------------------------------------------------------------------------------

Adjusted = list[list[Any]]  # [label, id, field, before, after]


def adjust_twins(moves: Moves, kept: Person) -> Adjusted:
    """Let what `kept` has take over what the row that stays knows better; return what was changed.

    Of one number written twice the more careful answer counts: "not safe to use" must never be lost. Only one language
    is the preferred one.
    """
    changed: Adjusted = []
    for (name, pk), twin in moves.twins.items():
        if name == "people.ContactPoint.person":
            there, other = ContactPoint.objects.get(pk=twin), ContactPoint.objects.get(pk=pk)
            safest = min(there.safe, other.safe, key=lambda safe: CAREFUL.index(ContactPoint.Safe(safe)))
            changed += _set(there, safe=safest, note=there.note or other.note)
        elif name == "people.PersonLanguage.person":
            known, spoken = PersonLanguage.objects.get(pk=twin), PersonLanguage.objects.get(pk=pk)
            changed += _set(known, literacy=known.literacy or spoken.literacy)
    if PersonLanguage.objects.filter(person=kept, is_preferred=True).exists():
        for pk in moves.moving.get("people.PersonLanguage.person", ()):
            changed += _set(PersonLanguage.objects.get(pk=pk), is_preferred=False)
    return changed


def take_back_adjustments(adjusted: Adjusted) -> None:
    """Give rows their values of before, where they still have those of after."""
    for label, pk, name, before, after in adjusted:
        rows = _rows(apps.get_model(label)).filter(**{"pk": pk, name: after})
        rows.update(**{name: before})


def _set(row: Any, **values: Any) -> Adjusted:
    found = [[row._meta.label, str(row.pk), name, getattr(row, name), new] for name, new in values.items()]
    found = [change for change in found if change[3] != change[4]]
    _rows(type(row)).filter(pk=row.pk).update(**{name: new for _label, _pk, name, _old, new in found})
    return found


# -- what hangs on rows that go back ----------------------------------------------------------------------------------


def what_hangs_on(rows: Ids) -> dict[type[models.Model], set[Any]]:
    """These rows and every record that points at one of them, however far, persons apart; ids by model."""
    found: dict[type[models.Model], set[Any]] = {}
    new = {apps.get_model(name.rpartition(".")[0]): set[Any]() for name in rows}
    for name, ids in rows.items():
        model = apps.get_model(name.rpartition(".")[0])
        new[model] |= set(_read_ids(model, ids))
    while new:
        later: dict[type[models.Model], set[Any]] = {}
        for model, some in new.items():
            fresh = some - found.setdefault(model, set())
            found[model] |= fresh
            for child, children in _children(model, fresh):
                later.setdefault(child, set()).update(children - found.get(child, set()))
        new = {model: some for model, some in later.items() if some}
    return found


def _children(model: type[models.Model], ids: set[Any]) -> Iterator[tuple[type[models.Model], set[Any]]]:
    for link in model._meta.related_objects:
        child = link.related_model
        if not ids or link.many_to_many or child is Person or not child.__module__.startswith("lgnet."):
            continue
        rows = _rows(child).filter(**{f"{link.field.name}__in": list(ids)})
        if found := set(rows.values_list("pk", flat=True)):
            yield child, found


def since(moment: Any, person: Person) -> Iterator[tuple[str, Any]]:
    """Rows of a person made after a moment, by field, where the model tells when a row was made."""
    for model, one in fields_to_persons():
        made = {f.name for f in model._meta.concrete_fields}
        if name_of(model, one) not in LEFT_ALONE and "created_at" in made:
            for row in _rows(model).filter(**{one.name: person, "created_at__gt": moment}).order_by("pk"):
                yield name_of(model, one), row


def as_text(ids: Ids) -> dict[str, list[str]]:
    """Ids as they are kept."""
    return {name: [str(pk) for pk in some] for name, some in ids.items()}


def uuids(ids: Iterable[str]) -> list[uuid.UUID]:
    """Ids of the journey and of persons, from the text kept of them."""
    return [uuid.UUID(pk) for pk in ids]
