"""What was written since the figures were stored, and what it adds to them."""

import hashlib
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from lgnet.indicators.journeys import Scope, identity_changes, read_then_and_now
from lgnet.indicators.registry import all_indicators, kinds_read
from lgnet.indicators.tallies import Tally, tally_change
from lgnet.people.models import JourneyEvent

# A page takes in at most so many records written since the figures were stored: about two days of the whole network.
# Beyond that it shows the stored figures and says of when they are.
MOST_CHANGES = 3000

Partners = tuple[uuid.UUID, ...]


@dataclass
class Changes:
    """What was written since a moment: for each of those touched, the ids of the records."""

    persons: dict[uuid.UUID, set[str]] = field(default_factory=lambda: defaultdict(set))
    traces: dict[uuid.UUID, set[str]] = field(default_factory=lambda: defaultdict(set))
    anonymous: dict[uuid.UUID, set[str]] = field(default_factory=lambda: defaultdict(set))  # events of nobody
    count: int = 0

    def add(self, record: str, event: uuid.UUID, person: uuid.UUID | None, trace: uuid.UUID | None) -> None:
        """Note a record about this person, or else this trace, or else this event alone."""
        kept, subject = (self.persons, person) if person else (self.traces, trace) if trace else (self.anonymous, event)
        kept[subject].add(record)
        self.count += 1


def changes_since(partners: Partners, moment: datetime) -> Changes | None:
    """Events recorded or voided since `moment` and identities changed; None if there are too many.

    A check of the title is not looked for: it always comes with its event.
    """
    events = JourneyEvent.objects.filter(partner__in=partners, kind__in=kinds_read()).order_by()
    queries: list[tuple[str, Any]] = [
        ("new", events.filter(recorded_at__gt=moment).values_list("pk", "person_id", "trace")),
        ("void", events.filter(voided_at__gt=moment).values_list("pk", "person_id", "trace")),
        ("named", identity_changes(partners, since=moment).values_list("pk", "person_id", "object_id")),
    ]
    changed = Changes()
    for what, rows in queries:
        for pk, person, trace in rows[: MOST_CHANGES + 1]:
            changed.add(f"{what} {pk}", pk, person, trace)
        if changed.count > MOST_CHANGES:
            return None
    return changed


def stamp(moment: datetime, changed: Changes | None) -> str:
    """A text that changes whenever a figure or its rows may have changed; empty if nobody can tell."""
    if changed is None:
        return ""
    kinds = (changed.persons, changed.traces, changed.anonymous)
    records = sorted(record for kind in kinds for ids in kind.values() for record in ids)
    return hashlib.sha256(f"{moment} {records}".encode()).hexdigest()[:32]


# What each of those touched adds to the stored figures, with the records that tell so; kept by the process.
_remembered: dict[tuple[datetime, uuid.UUID], tuple[set[str], uuid.UUID, Tally]] = {}
MOST_REMEMBERED = 20_000


def differences(partners: Partners, since: datetime, changed: Changes) -> dict[uuid.UUID, Tally]:
    """What those touched add to the figures known at `since`, partner by partner.

    Only those about whom something was written after they were last looked at are read again.
    """
    touched = {**changed.persons, **changed.traces, **changed.anonymous}
    entries = {subject: entry for subject in touched if (entry := _remembered.get((since, subject)))}
    new = {subject for subject, records in touched.items() if subject not in entries or entries[subject][0] != records}
    fresh = _look_at(partners, since, changed, new)
    found: defaultdict[uuid.UUID, Tally] = defaultdict(Tally)
    for subject, records in touched.items():
        entry = (records, *fresh[subject]) if subject in new else entries[subject]
        _remembered[since, subject] = entry
        found[entry[1]].add(entry[2])
    if len(_remembered) > MOST_REMEMBERED:
        _remembered.clear()
    return dict(found)


def _look_at(
    partners: Partners, since: datetime, changed: Changes, subjects: set[uuid.UUID]
) -> dict[uuid.UUID, tuple[uuid.UUID, Tally]]:  # fmt: skip
    if not subjects:
        return {}
    persons = [one for one in changed.persons if one in subjects]
    touched = Q(person__in=persons) | Q(pk__in=[one for one in changed.anonymous if one in subjects])
    touched |= Q(person__isnull=True, trace__in=[one for one in changed.traces if one in subjects])
    scope = Scope(partners, kinds_read(), only=touched, persons=persons)
    found = {subject: (partners[0], Tally()) for subject in subjects}  # somebody may have no event that is looked at
    for subject, then, now in read_then_and_now(scope, since):
        found[subject] = now.partner, tally_change(then, now, all_indicators())
    return found
