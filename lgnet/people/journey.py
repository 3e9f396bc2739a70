"""The only writer of the journey."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from lgnet.catalogue.models import ServiceType, Site, Team
from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User
from lgnet.people import episodes
from lgnet.people.journey_models import JourneyEvent, JourneyKind, Traced
from lgnet.people.models import Person

# What a correction keeps of an event, unless it says otherwise.
_KEPT = (
    "kind", "person", "trace", "partner", "site", "team", "service_type", "quantity", "occurred_at", "source_type",
    "source_id",
)  # fmt: skip
_KEPT_IDS = tuple(field.attname for field in JourneyEvent._meta.concrete_fields if field.name in _KEPT)


def record(
    kind: JourneyKind,
    *,
    by: User | None,
    partner: Partner,
    source: BaseModel,
    occurred_at: datetime,
    person: Person | None = None,
    trace: uuid.UUID | None = None,
    site: Site | None = None,
    team: Team | None = None,
    service_type: ServiceType | None = None,
    quantity: Decimal | int = 1,
) -> JourneyEvent:
    """Write one event in the caller's transaction.

    `source` is the record the event comes from; `person` is None for an anonymous contact, which then has a
    `trace`; `quantity` counts the unit of the kind (heads of a group contact, units of a service) and is positive.
    """
    event = JourneyEvent.objects.create(
        kind=kind,
        person=person,
        trace=trace,
        partner=partner,
        site=site,
        team=team,
        service_type=service_type,
        quantity=quantity,
        occurred_at=occurred_at,
        recorded_by=by,
        source_type=source._meta.label_lower,
        source_id=source.pk,
    )
    _follow([event])
    return event


def record_many(events: Sequence[JourneyEvent]) -> None:
    """Write events, made by the caller but not saved, in the caller's transaction: what many `record` do."""
    JourneyEvent.objects.bulk_create(events, batch_size=500)
    _follow(events)


@transaction.atomic
def void_many(source_ids: Collection[uuid.UUID], *, by: User, reason: str) -> None:
    """Mark every event of these records that is not void yet as no longer true from now on: what many `void` do."""
    live = JourneyEvent.objects.filter(source_id__in=source_ids, voided_at__isnull=True)
    touched = list(live)
    live.update(voided_at=timezone.now(), voided_by=by, void_reason=reason[:200])
    _follow(touched)


@transaction.atomic
def void(event: JourneyEvent, *, by: User | None, reason: str) -> None:
    """Mark `event` as no longer true from now on. Raises ValueError if it is already void."""
    if event.voided_at is not None:
        raise ValueError("the event is already void")
    event.voided_at, event.voided_by, event.void_reason = timezone.now(), by, reason[:200]
    event.save(update_fields=["voided_at", "voided_by", "void_reason"])
    _follow([event])


@transaction.atomic
def correct(event: JourneyEvent, *, by: User | None, reason: str, **values: object) -> JourneyEvent:
    """Void `event` and write it again with `values` (fields of JourneyEvent) instead; return the new row."""
    void(event, by=by, reason=reason)
    fields = {name: getattr(event, name) for name in _KEPT} | values
    written = JourneyEvent.objects.create(**fields, recorded_by=by, replaces=event)
    _follow([event, written])
    return written


@transaction.atomic
def correct_many(
    events: Sequence[JourneyEvent], *, by: User, reason: str, at: datetime, **values: Any
) -> list[JourneyEvent]:
    """Void events and write each again with `values` (columns) instead, all at one moment; return the new rows.

    None of `events` may be void. At no moment is the old row known to be wrong and the new one not known yet.
    """
    ids = [event.pk for event in events]
    for first in range(0, len(ids), 500):
        some = JourneyEvent.objects.filter(pk__in=ids[first : first + 500])
        some.update(voided_at=at, voided_by=by, void_reason=reason[:200])
    written = [
        JourneyEvent(
            **{name: getattr(event, name) for name in _KEPT_IDS} | values, recorded_by=by, recorded_at=at,
            replaces=event,
        )
        for event in events
    ]  # fmt: skip
    JourneyEvent.objects.bulk_create(written, batch_size=500)
    _follow([*events, *written])
    return written


@transaction.atomic
def identify(*, by: User, trace: uuid.UUID, person: Person) -> list[Any]:
    """Give the history of an anonymous trace to `person`; return the records of modules that were linked.

    Every concrete model that is `Traced` takes part, so the contact, the referral and their events stay together;
    events are corrected, not overwritten, and nobody is counted twice.
    """
    unknown = {"trace": trace, "person__isnull": True}
    for model in _traced_models():  # who records something more of this trace waits, or is waited for
        list(model._default_manager.select_for_update().filter(**unknown).values_list("pk"))
    for event in JourneyEvent.objects.filter(**unknown, voided_at__isnull=True):
        correct(event, by=by, reason="identified", person=person)
    linked = []
    for model in _traced_models():
        for record in model._default_manager.filter(**unknown):
            record.person = person
            record.save(update_fields=["person"])
            linked.append(record)
    return linked


@transaction.atomic
def move_trace(*, by: User, trace: uuid.UUID, into: uuid.UUID) -> list[Any]:
    """Two traces are of one person nobody has identified: give every record of `trace` the trace `into`; return them.

    Events are corrected, not overwritten.
    """
    unknown = {"trace": trace, "person__isnull": True}
    moved = [row for model in _traced_models() for row in model._default_manager.select_for_update().filter(**unknown)]
    for row in moved:
        give_trace(by=by, label=row._meta.label_lower, pk=row.pk, trace=into)
    return moved


@transaction.atomic
def give_trace(*, by: User, label: str, pk: uuid.UUID, trace: uuid.UUID) -> None:
    """Give one record of somebody not identified another trace, and its events with it."""
    apps.get_model(label)._default_manager.filter(pk=pk).update(trace=trace)
    for event in JourneyEvent.objects.filter(source_id=pk, voided_at__isnull=True, trace__isnull=False):
        correct(event, by=by, reason="trace linked", trace=trace)


def _follow(events: Iterable[JourneyEvent]) -> None:
    """The episodes of whoever these events are of follow from them."""
    episodes.follow(event.person_id for event in events if event.kind in episodes.FOLLOWED)


def _traced_models() -> list[Any]:
    return [model for model in apps.get_models() if issubclass(model, Traced) and model is not JourneyEvent]
