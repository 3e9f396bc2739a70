"""What is known of each person at a moment: events, checks of the title to stay, identity. Read in bulk.

Columns come out of the database as plain text, because turning a million of them into objects would take longer than
everything else together.
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import Case, F, FloatField, Func, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import ServiceType, Team
from lgnet.core.periods import Quarter
from lgnet.people.eligibility import COLUMNS as OF_LOOK
from lgnet.people.eligibility import Look, look_of, standing
from lgnet.people.journey_models import VALUED
from lgnet.people.merge_selectors import owners_at
from lgnet.people.models import EligibilityCheck, JourneyEvent, JourneyKind, Person

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # nothing was known then
IDENTITY = ("given_names", "family_names", "birth_date", "gender")  # what Person.is_identified asks for


@lru_cache(maxsize=200_000)
def _local_day(hour: str) -> date:
    """The day in Rome of an hour in UTC, such as "2026-12-31 22"."""
    return timezone.localdate(datetime.strptime(hour, "%Y-%m-%d %H").replace(tzinfo=UTC))


@lru_cache(maxsize=1000)
def _uuid(text: str) -> uuid.UUID:
    return uuid.UUID(text)


@lru_cache(maxsize=20_000)
def quarter_start(day: date) -> date:
    """The first day of the quarter that contains `day`."""
    return Quarter.of(day).first_day


class Event(NamedTuple):
    """One row of the journey; `moment` is in UTC and sorts as text.

    `from_street`: a referral that a mobile unit sent. `source`: the record it comes from, as the database writes it, so
    that a request and its answer, a referral and what became of it, find each other. `at_desk`: a service counted at
    the desk, in no case. `value`: what the event carries (people.journey_values). `help`: of a service delivered, the
    code under which the fund counts this help apart, if it does.
    """

    kind: str
    moment: str
    pk: str
    from_street: int = 0
    source: str = ""
    at_desk: int = 0
    value: float = 0
    help: str = ""

    @property
    def day(self) -> date:
        """The day in Rome."""
        return _local_day(self.moment[:13])

    @property
    def quarter(self) -> date:
        """The first day of its quarter."""
        return quarter_start(self.day)


Check = Look  # a look at the title to stay

COLUMNS = (
    "kind",
    "moment",
    "pk_text",
    "from_street",
    "source_text",
    "at_desk",
    "value",
    "help",
)  # of the events, as they are read
EVENT = slice(3, 3 + len(COLUMNS))  # where they stand in a row, after partner, subject and person
THEN, NOW = EVENT.stop, EVENT.stop + 1  # what read_then_and_now asks for besides


class Identity(NamedTuple):
    """What is known of somebody identified that figures are told apart by."""

    gender: str
    birth_date: date

    def age_on(self, day: date) -> int:
        """Whole years on a day."""
        born = self.birth_date
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(slots=True)
class Journey:
    """One person, one trace, or one contact without identity (no `subject`), with its events in order of time.

    `subject` is the id as the database writes it.
    """

    partner: uuid.UUID
    subject: str
    is_person: bool
    events: list[Event]
    checks: list[Check] = field(default_factory=list)
    identity: Identity | None = None  # of whoever is identified

    def of(self, *kinds: str) -> Iterator[Event]:
        """Its events of these kinds, in order of time."""
        return (event for event in self.events if event.kind in kinds)

    def first(self, *kinds: str) -> Event | None:
        """The first event of one of these kinds."""
        return next(self.of(*kinds), None)

    def eligible_check(self, day: date) -> Check | None:
        """The check by which the person is eligible on a day (people.eligibility), if she or he is."""
        found = standing(self.checks, day)
        return found.look if found.is_eligible else None


@dataclass(frozen=True)
class Scope:
    """Which journeys to read: of which partners, kinds of events (none: all), as known at which moment (None: now).

    `only` narrows the events; `persons` whose checks and identity are read (None: those of everybody).
    """

    partners: tuple[uuid.UUID, ...]
    kinds: tuple[str, ...] = ()
    as_known: datetime | None = None
    only: Q = field(default_factory=Q)
    persons: Iterable[Any] | None = None

    def events(self) -> QuerySet[JourneyEvent]:
        """The events in question."""
        return self.all_events().filter(known(self.as_known))

    def all_events(self) -> QuerySet[JourneyEvent]:
        """The same, whenever they were known."""
        found = JourneyEvent.objects.filter(self.only, partner__in=self.partners)
        return found.filter(kind__in=self.kinds) if self.kinds else found


def known(moment: datetime | None) -> Q:
    """The events that were true as known at `moment`; as known now if it is None."""
    if moment is None:
        return Q(voided_at__isnull=True)
    return Q(Q(voided_at__isnull=True) | Q(voided_at__gt=moment), recorded_at__lte=moment)


def read_journeys(scope: Scope) -> Iterator[Journey]:
    """The journeys of a scope, partner by partner; a contact without identity is a journey of its own."""
    checks, identities = _checks(scope), _identities(scope)
    for partner, subject, rows in _by_subject(scope.events()):
        person = rows[0][2] is not None
        mine = checks.get(subject, []) if person else []
        yield Journey(
            partner, subject, person, [_event(row) for row in rows], mine, identities.get(subject) if person else None
        )


def read_then_and_now(scope: Scope, since: datetime) -> Iterator[tuple[uuid.UUID, Journey, Journey]]:
    """Each subject of a scope (an event without one is its own) with its journey known at `since` and known now.

    The scope itself is of now.
    """
    events = scope.all_events().filter(known(since) | known(None))
    flags: dict[str, Any] = {
        "then": Case(When(known(since), then=1), default=0),
        "now": Case(When(known(None), then=1), default=0),
    }
    checks, identities = _checks(scope), _identities(scope)
    checks_then, identities_then = _checks_then(checks, scope, since), _identities(replace(scope, as_known=since))
    for partner, subject, rows in _by_subject(events.annotate(**flags), *flags):
        person = rows[0][2] is not None
        mine = checks.get(subject, []) if person else []
        yield (
            uuid.UUID(subject or rows[0][5]),
            Journey(
                partner, subject, person, [_event(row) for row in rows if row[THEN]],
                checks_then.get(subject, []) if person else [], identities_then.get(subject) if person else None,
            ),
            Journey(
                partner, subject, person, [_event(row) for row in rows if row[NOW]], mine,
                identities.get(subject) if person else None,
            ),
        )  # fmt: skip


def _by_subject(events: QuerySet[Any], *more: str) -> Iterator[tuple[uuid.UUID, str, list[Any]]]:
    """Partner, subject and rows (partner, subject, person, *those of Event, *more) in order of time."""
    rows = (
        events.annotate(
            partner_text=_text("partner_id"), person_text=_text("person_id"), subject=_text(_SUBJECT),
            moment=_UtcText("occurred_at"), pk_text=_text("pk"), from_street=_FROM_STREET,
            source_text=_text("source_id"), at_desk=_AT_DESK, value=_VALUE, help=_HELP,
        )
        .order_by("partner_id", _SUBJECT, "occurred_at", "pk")
        .values_list("partner_text", "subject", "person_text", *COLUMNS, *more)
    )  # fmt: skip
    for (partner, subject), group in groupby(rows.iterator(chunk_size=5000), key=itemgetter(0, 1)):
        if subject is None:
            yield from ((_uuid(partner), "", [row]) for row in group)
        else:
            yield _uuid(partner), subject, list(group)


def _event(row: Any) -> Event:
    return Event._make(row[EVENT])


def _checks(scope: Scope) -> dict[str, list[Check]]:
    """The checks of each person; as known at a moment, of whom they were then: files may have been joined since."""
    moved = owners_at(scope.partners, scope.as_known) if scope.as_known else {}
    found = EligibilityCheck.objects.filter(partner__in=scope.partners).order_by()
    if scope.persons is not None:
        found = found.filter(Q(person__in=scope.persons) | Q(pk__in=list(moved)))
    if scope.as_known:
        found = found.filter(created_at__lte=scope.as_known)
    written = _as_written(set(moved.values())) if moved else {}
    checks: dict[str, list[Check]] = {}
    rows = found.annotate(who=_text("person_id")).values_list("pk", "who", *OF_LOOK)
    for pk, who, *columns in rows.iterator(chunk_size=5000):
        whose: Any = written.get(moved[pk], who) if pk in moved else who
        checks.setdefault(whose, []).append(look_of(*columns))
    return checks


def _checks_then(now: dict[str, list[Check]], scope: Scope, since: datetime) -> dict[str, list[Check]]:
    """The same as known at `since`; read again only if files were joined or parted meanwhile."""
    if owners_at(scope.partners, since):
        return _checks(replace(scope, as_known=since))
    return {who: [check for check in checks if check.written_at <= since] for who, checks in now.items()}


def _as_written(persons: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Ids of persons as the database writes them."""
    rows = Person.objects.filter(pk__in=persons).annotate(who=_text("pk")).order_by()
    return dict(rows.values_list("pk", "who"))


def _identities(scope: Scope) -> dict[str, Identity]:
    """Persons with `Person.is_identified`, as known at the moment of the scope."""
    persons = Person.objects.filter(partner__in=scope.partners).order_by()
    if scope.persons is not None:
        persons = persons.filter(pk__in=scope.persons)
    full = persons.exclude(given_names="").exclude(family_names="").exclude(gender="").filter(birth_date__isnull=False)
    rows = full.annotate(who=_text("pk")).values_list("who", "gender", "birth_date")
    found = {who: Identity(gender, born) for who, gender, born in rows.iterator(chunk_size=5000) if born}
    if scope.as_known:
        _as_it_was(found, persons, scope, scope.as_known)
    return found


def _as_it_was(found: dict[str, Identity], persons: QuerySet[Person], scope: Scope, moment: datetime) -> None:
    """Undo in `found` what was learned after `moment`: the log tells what stood there before."""
    changes = identity_changes(scope.partners, since=moment).order_by("created_at", "pk")
    if scope.persons is not None:
        changes = changes.filter(person_id__in=scope.persons)
    before: dict[uuid.UUID, dict[str, str]] = {}
    for person_id, detail in changes.values_list("person_id", "detail"):
        for name, old_and_new in detail.get("changes", {}).items():
            if person_id and name in IDENTITY:
                before.setdefault(person_id, {}).setdefault(name, old_and_new[0])
    rows = persons.filter(pk__in=list(before)).annotate(who=_text("pk")).values_list("pk", "who", *IDENTITY)
    for pk, who, *values in rows:
        then = {name: str(value or "") for name, value in zip(IDENTITY, values, strict=True)} | before[pk]
        if all(then.values()):
            found[who] = Identity(then["gender"], date.fromisoformat(then["birth_date"]))
        else:
            found.pop(who, None)


def identity_changes(partners: Iterable[uuid.UUID], *, since: datetime) -> QuerySet[AuditEntry]:
    """Entries of the log that tell what changed of a person since a moment, from the index made for it."""
    return AuditEntry.objects.filter(
        partner_id__in=list(partners),
        action=AuditEntry.Action.UPDATE,
        object_type="people.person",
        created_at__gt=since,
    ).order_by()


_SUBJECT = Coalesce("person_id", "trace")
_UNITS = Team.objects.filter(kind=Team.Kind.MOBILE_UNIT).order_by().values("pk")
_FROM_STREET = Case(When(kind=JourneyKind.REFERRAL_SENT, team__in=_UNITS, then=1), default=0)
_AT_DESK = Case(When(kind=JourneyKind.SERVICE_DELIVERED, source_type__startswith="desks.", then=1), default=0)


_VALUE = Case(When(kind__in=VALUED, then=Cast("quantity", FloatField())), default=0.0)
# Help that the fund counts apart, by the service of the catalogue (DOMAIN 2.1); courses of Italian need their levels.
FUND_HELP = {"civic": ("civic_orientation",), "guidance": ("skills_balance", "job_search", "qualification_recognition")}
_HELP = Case(
    *(
        When(
            kind=JourneyKind.SERVICE_DELIVERED,
            service_type__in=ServiceType.objects.filter(code__in=codes).order_by().values("pk"),
            then=Value(help_code),
        )
        for help_code, codes in FUND_HELP.items()
    ),
    default=Value(""),
)


def _text(column: Any) -> Cast:
    return Cast(F(column) if isinstance(column, str) else column, TextField())


class _UtcText(Func):
    """A moment as the database keeps it, in UTC, as text that sorts: "2026-12-31 22:30:00.000000"."""

    output_field = TextField()
    template = "CAST(%(expressions)s AS text)"  # SQLite keeps it so

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """PostgreSQL: written out."""
        template = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
        return self.as_sql(compiler, connection, template=template, **context)
