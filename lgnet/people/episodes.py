"""Episodes follow from the journey: whoever writes an event lets them follow in the same transaction."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from lgnet.people.episode_models import Episode
from lgnet.people.journey_models import JourneyEvent, JourneyKind
from lgnet.people.models import Person

K = JourneyKind
# What cannot happen without meeting the person: the first of them begins an episode.
MEETINGS = (K.CONTACT, K.ARRIVAL, K.REGISTERED, K.ASSESSED, K.CASE_OPENED, K.PLAN_SIGNED, K.SERVICE_DELIVERED)
STEPS = {
    K.ARRIVAL: "desk_at", K.ASSESSED: "assessed_at", K.CASE_OPENED: "case_at", K.PLAN_SIGNED: "plan_at",
    K.SERVICE_DELIVERED: "service_at", K.CASE_CLOSED: "outcome_at",
}  # fmt: skip
FOLLOWED = frozenset(MEETINGS) | frozenset(STEPS)
MOMENTS = ("met_at", *STEPS.values())
CHUNK = 500
FEW = 3  # are written one by one: to write many at once takes longer to prepare


@dataclass
class Course:
    """One episode as it is being read: when each step was reached first."""

    moments: dict[str, datetime] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether a case was closed in it."""
        return "outcome_at" in self.moments


def courses_of(events: Iterable[tuple[str, datetime]]) -> list[Course]:
    """The episodes in these events (kind, moment), in order of time.

    What happens after the closing without meeting the person (the closing of another record) begins nothing.
    """
    found: list[Course] = []
    for kind, at in events:
        if not found or found[-1].is_over:
            if kind not in MEETINGS:
                continue
            found.append(Course({"met_at": at}))
        if step := STEPS.get(JourneyKind(kind)):
            found[-1].moments.setdefault(step, at)
    return found


def follow(persons: Iterable[uuid.UUID | None]) -> None:
    """Write the episodes of these persons as their journeys tell them now, in the caller's transaction."""
    ids = sorted({person for person in persons if person is not None})
    for start in range(0, len(ids), CHUNK):
        _follow(ids[start : start + CHUNK])


def _follow(ids: list[uuid.UUID]) -> None:
    _wait_for_others(ids)
    there: dict[tuple[uuid.UUID, int], Episode] = {
        (one.person_id, one.number): one for one in Episode.objects.filter(person__in=ids)
    }
    new, changed = [], []
    for person, partner, courses in _told(ids):
        for number, course in enumerate(courses, start=1):
            values = {name: course.moments.get(name) for name in MOMENTS}
            episode = there.pop((person, number), None)
            if episode is None:
                new.append(Episode(person_id=person, partner_id=partner, number=number, **values))
            elif any(getattr(episode, name) != value for name, value in values.items()):
                for name, value in values.items():
                    setattr(episode, name, value)
                changed.append(episode)
    if there:
        Episode.objects.filter(pk__in=[one.pk for one in there.values()]).delete()
    Episode.objects.bulk_create(new, batch_size=CHUNK)
    if len(changed) <= FEW:
        for episode in changed:
            episode.save(update_fields=MOMENTS)
    else:
        Episode.objects.bulk_update(changed, MOMENTS, batch_size=CHUNK)


def _wait_for_others(ids: list[uuid.UUID]) -> None:
    """Of two who write about one person at the same moment the second reads what the first has written."""
    rows = Person.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk")
    list(rows.values_list("pk", flat=True))


def _told(ids: list[uuid.UUID]) -> Iterator[tuple[uuid.UUID, uuid.UUID, list[Course]]]:
    rows = (
        JourneyEvent.objects.filter(person__in=ids, voided_at__isnull=True, kind__in=FOLLOWED)
        .order_by("person_id", "occurred_at", "recorded_at", "pk")
        .values_list("person_id", "partner_id", "kind", "occurred_at")
    )
    for person, group in groupby(rows, key=itemgetter(0)):
        events = list(group)
        yield person, events[0][1], courses_of((kind, at) for _person, _partner, kind, at in events)
