"""Joining two files of one person, and parting them again.

Everything of the absorbed person is pointed at the kept one; the rows of the journey are corrected, so a figure as it
was known before stays what it was, and from then on the person counts once. The row of the absorbed person stays.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people import duplicates, journey, moving
from lgnet.people.models import JourneyEvent, NameKey, Person, PersonMerge
from lgnet.people.policies import file_is_whole_for
from lgnet.people.services import (
    PersonDetails,
    check_birth,
    first_event_of,
    known_of,
    log_write,
    rebuild_name_keys,
    require,
)  # fmt: skip
from lgnet.people.wording import object_words

# What is chosen of one or the other, and the columns that go together.
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "nickname": ("nickname",), "given_names": ("given_names",), "family_names": ("family_names",),
    "birth_date": ("birth_date", "birth_precision"), "age_band": ("age_band",), "gender": ("gender",),
    "citizenship": ("citizenship",), "interpreter_needed": ("interpreter_needed",),
    "household": ("household_id", "household_role"), "note": ("note",),
}  # fmt: skip
KEPT, ABSORBED, BOTH = "kept", "absorbed", "both"
NOTES_APART = "\n\n"


@dataclass(frozen=True)
class Seen:
    """When the two were last changed, as whoever joins them saw it."""

    kept: datetime
    absorbed: datetime


def suggested(kept: Person, absorbed: Person) -> dict[str, str]:
    """For each field of whom the value is taken unless somebody chooses: of the kept one, where it knows anything."""
    found = {}
    for name, columns in FIELDS.items():
        ours, theirs = getattr(kept, columns[0]), getattr(absorbed, columns[0])
        found[name] = KEPT if ours or not theirs else ABSORBED
    if kept.note and absorbed.note and kept.note != absorbed.note:
        found["note"] = BOTH
    return found


@transaction.atomic
def merge_persons(
    *, by: User, kept: Person, absorbed: Person, reason: str, choices: Mapping[str, str] | None = None,
    seen: Seen | None = None,
) -> PersonMerge:  # fmt: skip
    """Give everything of `absorbed` to `kept`; `choices` says field by field whose value is kept (else `suggested`).

    Raises DomainError when the two are one already, of two cities, joined with somebody else, one is restricted and the
    other is not, both have what a person has only once, a date of birth does not fit, or somebody changed them since
    they were `seen`. PermissionDenied for whom one of the files is closed.
    """
    require(by, Permission.MERGE_PERSONS, kept.partner_id)
    kept, absorbed = _both_to_join(by, kept, absorbed, seen)
    if not reason.strip():
        raise DomainError(_("Say why it is the same person."), field="reason")
    moves = moving.plan_moves(kept, absorbed)
    if moves.clashes:
        raise DomainError(clash_words(moves.clashes[0]))
    at, before = timezone.now(), known_of(kept)
    values = _take_over(kept, absorbed, suggested(kept, absorbed) | dict(choices or {}))
    merge = PersonMerge(
        created_at=at, partner=kept.partner, kept=kept, absorbed=absorbed, merged_by=by, reason=reason.strip()[:300],
        values=values, stayed=moving.as_text(moves.staying), adjusted=moving.adjust_twins(moves, kept),
    )  # fmt: skip
    moved = moving.point_at(kept, moves.moving, only_from=absorbed)
    if moved != moves.moving:
        raise DomainError(_("Something of these two files does not go together. Look at both and mend it first."))
    live = JourneyEvent.objects.filter(person=absorbed, voided_at__isnull=True).order_by("occurred_at", "pk")
    written = journey.correct_many(list(live), by=by, reason="joined", at=at, person_id=kept.pk)
    merge.moved, merge.events = moving.as_text(moved), [str(event.pk) for event in written]
    merge.adjusted += duplicates.take_over_differences(kept, absorbed, by=by, at=at)
    merge.save(force_insert=True)
    Person.objects.filter(pk=absorbed.pk).update(merged_into=kept, updated_at=at)
    NameKey.objects.filter(person=absorbed).delete()
    _saved(kept)
    _log(by, merge, before, {"joined": absorbed.pseudonym})
    return merge


def clash_words(clash: moving.Clash) -> str:
    """What a person can have only one of, and both have."""
    return _("Both have this, and a person can have only one: %(what)s. Close or end one of the two first.") % {
        "what": object_words(clash.label)
    }


def _both_to_join(by: User, kept: Person, absorbed: Person, seen: Seen | None) -> tuple[Person, Person]:
    """The two as they are now, locked; who joins one of them at the same moment waits. Raises as `merge_persons`."""
    if kept.pk == absorbed.pk:
        raise DomainError(_("This is one and the same file."))
    kept, absorbed = _lock(kept, absorbed)
    if kept.partner_id != absorbed.partner_id:
        raise DomainError(_("The two files are of two cities: they stay with each."))
    if kept.merged_into_id or absorbed.merged_into_id:
        raise DomainError(_("One of these files was joined with another in the meantime."))
    if not (file_is_whole_for(by, kept) and file_is_whole_for(by, absorbed)):
        raise PermissionDenied(str(Permission.MERGE_PERSONS))
    if kept.restricted != absorbed.restricted:
        raise DomainError(
            _("Only one of the two files is restricted. Restrict the other one too, or show it again, then join them.")
        )
    if seen and (kept.updated_at, absorbed.updated_at) != (seen.kept, seen.absorbed):
        raise DomainError(_("A colleague changed one of the two while you were comparing. Look at them once more."))
    return kept, absorbed


def _lock(kept: Person, absorbed: Person) -> tuple[Person, Person]:
    """Both persons anew and locked, always in the same order so that two requests never wait for each other."""
    rows = Person.objects.select_for_update(of=("self",)).select_related("partner").order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=(kept.pk, absorbed.pk))}
    return found[kept.pk], found[absorbed.pk]


def _take_over(kept: Person, absorbed: Person, choices: Mapping[str, str]) -> dict[str, list[Any]]:
    """Set on `kept` what was chosen; return the values [before, after] by column. Raises DomainError at the field."""
    values: dict[str, list[Any]] = {}
    for name, columns in FIELDS.items():
        for column in columns:
            ours, theirs = getattr(kept, column), getattr(absorbed, column)
            new = theirs if choices.get(name) == ABSORBED else ours
            if name == "note" and choices.get(name) == BOTH:
                new = NOTES_APART.join(note for note in (ours, theirs) if note)
            if new != ours:
                values[column] = [_plain(ours), _plain(new)]
                setattr(kept, column, new)
    if not (kept.nickname or kept.given_names or kept.family_names):
        raise DomainError(_("Write at least a name or what the person is called."), field="nickname")
    moments = [moment for moment in (first_event_of(kept), first_event_of(absorbed)) if moment]
    details = PersonDetails(birth_date=kept.birth_date)
    check_birth(details, first_event=min(moments, default=None))
    return values


def _plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    return value if value is None or isinstance(value, bool | int) else str(value)


def _saved(kept: Person) -> None:
    kept.save()
    rebuild_name_keys(kept)


def _log(by: User, merge: PersonMerge, before: dict[str, Any], detail: dict[str, Any]) -> None:
    """Write the rows of the log: what changed of the kept one, that the absorbed one was joined or parted, and why."""
    changed = audit.changes(before, known_of(merge.kept))
    if "note" in changed:
        changed["note"] = []
    reason = merge.undo_reason or merge.reason
    log_write(AuditEntry.Action.UPDATE, by, merge.kept, merge.kept, reason=reason, detail=detail | {"changes": changed})
    other = dict.fromkeys(detail, merge.kept.pseudonym)
    log_write(AuditEntry.Action.UPDATE, by, merge.absorbed, merge.absorbed, reason=reason, detail=other)
    action = AuditEntry.Action.UPDATE if merge.undone_at else AuditEntry.Action.CREATE
    log_write(action, by, merge, merge.kept, reason=reason, detail=detail)


# -- parting them again -----------------------------------------------------------------------------------------------


@transaction.atomic
def undo_merge(*, by: User, merge: PersonMerge, reason: str, given_back: Collection[str] = ()) -> PersonMerge:
    """Give the absorbed person everything back that came from her or him, with what was done with it since.

    What was recorded of the kept person since then stays there, but for `given_back` (texts of `recorded_since`).
    `merge.left` tells what could not be put back. The two are then known to be different. Raises DomainError when it
    was undone, or the kept person was joined with somebody else since: that has to be undone first.
    """
    require(by, Permission.MERGE_PERSONS, merge.partner_id)
    kept, absorbed = _lock(merge.kept, merge.absorbed)
    merge = PersonMerge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    merge.kept, merge.absorbed = kept, absorbed
    if merge.undone_at:
        raise DomainError(_("This was undone already."))
    if kept.merged_into_id:
        raise DomainError(_("This file was joined with another one later. Undo that first."))
    if not file_is_whole_for(by, kept):
        raise PermissionDenied(str(Permission.MERGE_PERSONS))
    if not reason.strip():
        raise DomainError(_("Say why they are two people."), field="reason")
    at, before = timezone.now(), known_of(kept)
    merge.undone_by, merge.undone_at, merge.undo_reason = by, at, reason.strip()[:300]
    chosen = _by_field(set(given_back) & {key for key, _row in recorded_since(merge)})
    going, records = _what_goes(merge, chosen)
    put_back = moving.point_at(absorbed, going, only_from=kept)
    merge.put_back, merge.left = moving.as_text(put_back), _what_is_left(merge.moved, moving.as_text(put_back))
    heirs = _heirs(merge, records)
    journey.correct_many(heirs, by=by, reason="parted", at=at, person_id=absorbed.pk)
    moving.take_back_adjustments(merge.adjusted)
    kept_as_is = _give_values_back(kept, merge.values)
    if kept_as_is:
        merge.left["people.Person"] = kept_as_is
    merge.save()
    absorbed.merged_into, absorbed.updated_at = None, at
    Person.objects.filter(pk=absorbed.pk).update(merged_into=None, updated_at=at)
    rebuild_name_keys(absorbed)
    _saved(kept)
    duplicates.after_parting(merge, by=by, at=at)
    _log(by, merge, before, {"parted": absorbed.pseudonym})
    return merge


def recorded_since(merge: PersonMerge) -> list[tuple[str, Any]]:
    """What was recorded of the kept person after the joining and does not hang on what goes back: a text, the row."""
    hanging = moving.what_hangs_on(merge.moved)
    return [
        (f"{name}:{row.pk}", row)
        for name, row in moving.since(merge.created_at, merge.kept)
        if row.pk not in hanging.get(type(row), ())
    ]


def _by_field(keys: Collection[str]) -> moving.Ids:
    found: moving.Ids = {}
    for key in sorted(keys):
        name, _colon, pk = key.partition(":")
        found.setdefault(name, []).append(pk)
    return found


def _what_goes(merge: PersonMerge, chosen: moving.Ids) -> tuple[moving.Ids, set[Any]]:
    """The rows to point at the absorbed person, by field, and the ids of all records that go back with them."""
    first = {name: [*merge.moved.get(name, ()), *chosen.get(name, ())] for name in {**merge.moved, **chosen}}
    hanging = moving.what_hangs_on(first)
    going = {name: list(ids) for name, ids in first.items()}
    for name, row in moving.since(merge.created_at, merge.kept):
        if row.pk in hanging.get(type(row), ()) and str(row.pk) not in going.get(name, ()):
            going.setdefault(name, []).append(str(row.pk))
    return going, {pk for ids in hanging.values() for pk in ids}


def _what_is_left(moved: dict[str, list[str]], put_back: dict[str, list[str]]) -> dict[str, list[str]]:
    left = {name: sorted(set(ids) - set(put_back.get(name, ()))) for name, ids in moved.items()}
    return {name: ids for name, ids in left.items() if ids}


def _heirs(merge: PersonMerge, records: Collection[Any]) -> list[JourneyEvent]:
    """Rows of the journey that go back: those of the joining, also corrected since, and later ones of `records`."""
    found: dict[Any, JourneyEvent] = {}
    ids: list[Any] = moving.uuids(merge.events)
    while ids:
        rows = list(JourneyEvent.objects.filter(pk__in=ids))
        found |= {row.pk: row for row in rows if row.voided_at is None}
        gone = [row.pk for row in rows if row.voided_at is not None]
        ids = list(JourneyEvent.objects.filter(replaces__in=gone).values_list("pk", flat=True)) if gone else []
    later = JourneyEvent.objects.filter(person=merge.kept, voided_at__isnull=True, recorded_at__gt=merge.created_at)
    found |= {row.pk: row for row in later if row.source_id in records}
    return [row for row in found.values() if row.person_id == merge.kept_id]


def _give_values_back(kept: Person, values: Mapping[str, list[Any]]) -> list[str]:
    """Set the values of before where those of after are still there; return the columns somebody changed since."""
    changed, columns = [], {field.attname: field for field in Person._meta.concrete_fields}
    for column, (before, after) in values.items():
        if _plain(getattr(kept, column)) == after:
            setattr(kept, column, columns[column].to_python(before))
        else:
            changed.append(column)
    return changed
