"""Schedules of devices against the real service: edits, cuts, lost replies, reorders, duplicates, crashes, choices.

Every value that is typed is unique, so that at the end it can be said of each what became of it. Used by
`test_sync_model` and by `bench.schedules`.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from lgnet.catalogue.models import Team, Zone
from lgnet.core.ids import uuid7
from lgnet.network.models import User
from lgnet.outreach.corrections import change_contact, wire
from lgnet.outreach.models import Conflict, Contact, Device, Operation
from lgnet.outreach.sync import log
from lgnet.outreach.sync.conflicts import decide_conflict
from lgnet.people.models import JourneyEvent

FIELDS = ("note", "next_step")
# What happens in one step; the number of the step chooses among what there is to choose from.
STEPS = (
    "record", "again", "edit", "edit", "edit", "edit", "send", "send_reversed", "send_some", "send_twice", "reply_lost", "request_lost",
    "crash", "look", "page", "choose",
)  # fmt: skip
Step = tuple[int, str, int]  # which device, what, a number


class Broken(AssertionError):
    """A promise of the synchronisation was broken; `kind` is "lost", "doubled" or "overwritten"."""

    def __init__(self, kind: str, what: str) -> None:
        super().__init__(what)
        self.kind = kind


def must(is_so: bool, kind: str, what: str) -> None:
    """Raise Broken unless it is so."""
    if not is_so:
        raise Broken(kind, what)


class Crash(Exception):
    """The process that serves the request dies between two operations."""


@dataclass
class Typed:
    """A value somebody typed into a field of a record, and the value that she or he saw there before."""

    record: str
    field: str
    value: str
    seen: str


@dataclass
class Phone:
    """The street app as the server sees it: a queue, and what its user sees of each record."""

    device: Device
    user: User
    queue: list[dict[str, Any]] = field(default_factory=list)
    sees: dict[str, dict[str, str]] = field(default_factory=dict)
    last: dict[tuple[str, str], str] = field(default_factory=dict)  # the last operation of its own on a field


class World:
    """Two phones of one unit, a colleague at a desk who corrects on the page, and all that was ever typed."""

    def __init__(self, unit: Team, zone: Zone, phones: Sequence[Phone], colleague: User) -> None:
        self.unit, self.zone, self.phones, self.colleague = unit, zone, list(phones), colleague
        self.typed: list[Typed] = []
        self.records: list[str] = []
        self.met: list[tuple[str, str]] = []  # contacts with somebody of an earlier contact
        self.sent: set[str] = set()
        self.count = 0
        self.clashes = 0  # how many values were kept beside another, known after `check`

    def known_to_all(self) -> None:
        """A contact that is on the server, and that every phone has seen."""
        self._record(self.phones[0], 1)
        self._send(self.phones[0], 0)
        for phone in self.phones:
            self._look(phone, 0)

    def again(self) -> "World":
        """A world that begins where this one is."""
        phones = [
            Phone(phone.device, phone.user, sees={record: dict(seen) for record, seen in phone.sees.items()})
            for phone in self.phones
        ]
        world = World(self.unit, self.zone, phones, self.colleague)
        world.typed, world.records, world.sent = list(self.typed), list(self.records), set(self.sent)
        world.count = self.count
        return world

    def run(self, schedule: Sequence[Step]) -> None:
        """Live through the steps, then let everybody come online, and check. Raises Broken."""
        for who, what, number in schedule:
            getattr(self, f"_{what}")(self.phones[who % len(self.phones)], number)
        for _turn in range(2):
            for phone in self.phones:
                self._deliver(phone, list(phone.queue))
        self.check()

    # -- steps -------------------------------------------------------------------------------------------------------

    def _again(self, phone: Phone, number: int) -> None:
        """Somebody is met again, whose first contact may not have been sent yet, by this phone or another."""
        self._record(phone, number, earlier=self.records[number % len(self.records)])

    def _record(self, phone: Phone, number: int, earlier: str = "") -> None:
        record = str(uuid7())
        self.records.append(record)
        values = {name: self._new_value() for name in FIELDS[: 1 + number % 2]}
        changes = {
            "team": str(self.unit.pk), "zone": str(self.zone.pk), "who": "nickname", "nickname": f"N{self.count}",
            "occurred_at": timezone.now().isoformat(), **values,
        }  # fmt: skip
        if earlier:
            changes |= {"who": "met", "earlier": earlier}
            self.met.append((record, earlier))
        operation = self._queue(phone, "contact.record", record, {}, changes)
        phone.sees[record] = dict.fromkeys(FIELDS, "") | values
        for name, value in values.items():
            phone.last[record, name] = operation
            self.typed.append(Typed(record, name, value, ""))

    def _edit(self, phone: Phone, number: int) -> None:
        if not (known := sorted(phone.sees)):
            return self._record(phone, number)
        record, name = known[number % len(known)], FIELDS[number % 2]
        value, seen = self._new_value(), phone.sees[record][name]
        after = phone.last.get((record, name))
        operation = self._queue(
            phone, "contact.change", record, {name: seen}, {name: value}, after=[after] if after else []
        )
        phone.sees[record][name], phone.last[record, name] = value, operation
        return self.typed.append(Typed(record, name, value, seen))

    def _send(self, phone: Phone, number: int) -> None:
        self._deliver(phone, list(phone.queue))

    def _send_reversed(self, phone: Phone, number: int) -> None:
        self._deliver(phone, phone.queue[::-1])

    def _send_some(self, phone: Phone, number: int) -> None:
        self._deliver(phone, phone.queue[number % 3 :: 2])

    def _send_twice(self, phone: Phone, number: int) -> None:
        self._deliver(phone, [*phone.queue, *phone.queue[::-1]])

    def _reply_lost(self, phone: Phone, number: int) -> None:
        self._receive(phone, list(phone.queue))

    def _request_lost(self, phone: Phone, number: int) -> None:
        """Nothing arrives, and the phone knows nothing."""

    def _crash(self, phone: Phone, number: int) -> None:
        """The server dies in the middle of the queue: the operation at work is undone, those before it are done."""
        at = number % (len(phone.queue) + 1)
        self._receive(phone, phone.queue[:at])
        if at < len(phone.queue):
            try:
                with transaction.atomic():
                    self._receive(phone, phone.queue[at : at + 1])
                    raise Crash
            except Crash:
                self.sent -= {phone.queue[at]["id"]}

    def _look(self, phone: Phone, number: int) -> None:
        """The phone is online and reads what the server has, where it has nothing of its own to send."""
        busy = {operation["record_id"] for operation in phone.queue}
        for contact in Contact.objects.filter(pk__in=set(self.records) - busy):
            phone.sees[str(contact.pk)] = {name: wire(contact)[name] for name in FIELDS}
            for name in FIELDS:
                phone.last.pop((str(contact.pk), name), None)

    def _page(self, phone: Phone, number: int) -> None:
        """A colleague corrects a contact on the page, having seen what the server has."""
        if rows := list(Contact.objects.filter(pk__in=self.records).order_by("pk")):
            contact, name = rows[number % len(rows)], FIELDS[number % 2]
            value = self._new_value()
            self.typed.append(Typed(str(contact.pk), name, value, wire(contact)[name]))
            change_contact(by=self.colleague, contact=contact, changes={name: value})

    def _choose(self, phone: Phone, number: int) -> None:
        """A colleague chooses between two values, having seen both."""
        rows = list(Conflict.objects.filter(contact__in=self.records, state="open").order_by("created_at", "pk"))
        if rows:
            conflict = rows[number % len(rows)]
            seen = wire(Contact.objects.get(pk=conflict.contact_id))[conflict.field]
            choice, value = ("server", "device", "other")[number % 3], self._new_value()
            if choice == "other":
                self.typed.append(Typed(str(conflict.contact_id), conflict.field, value, seen))
            elif choice == "device":
                self.typed.append(Typed(str(conflict.contact_id), conflict.field, conflict.proposed, seen))
            decide_conflict(by=self.colleague, conflict=conflict, choice=choice, seen=seen, value=value)

    # -- how the phone works -----------------------------------------------------------------------------------------

    def _queue(self, phone: Phone, kind: str, record: str, base: Any, changes: Any, after: Any = ()) -> str:
        operation = {
            "id": str(uuid7()), "kind": kind, "record_id": record, "base": base, "changes": changes,
            "after": list(after), "made_at": timezone.now().isoformat(),
        }  # fmt: skip
        phone.queue.append(operation)
        return str(operation["id"])

    def _deliver(self, phone: Phone, operations: list[dict[str, Any]]) -> None:
        """The request arrives, and so does the reply: what the server keeps is forgotten by the phone."""
        answers = self._receive(phone, operations)
        kept = {answer["id"] for answer in answers if answer["kept"]}
        must(len(kept) == len({operation["id"] for operation in operations}), "lost", "the server kept everything")
        phone.queue = [operation for operation in phone.queue if operation["id"] not in kept]

    def _receive(self, phone: Phone, operations: list[dict[str, Any]]) -> list[dict[str, Any]]:
        self.sent |= {operation["id"] for operation in operations}
        return log.receive(by=phone.user, device=phone.device, operations=operations) if operations else []

    def _new_value(self) -> str:
        self.count += 1
        return f"v{self.count}"

    # -- what must hold ----------------------------------------------------------------------------------------------

    def check(self) -> None:
        """0 lost, 0 doubled, 0 silent overwrites."""
        rows = {str(row.pk): row for row in Operation.objects.filter(record_id__in=self.records)}
        must(set(rows) == self.sent, "lost", "each operation that was sent is in the log")
        settled = {row.result for row in rows.values()} <= {"applied", "conflict"}
        must(settled, "lost", "nothing waits, nothing was refused")
        contacts = {str(row.pk): row for row in Contact.objects.filter(team=self.unit)}
        must(set(self.records) <= set(contacts), "lost", "each contact is recorded")
        must(set(contacts) <= set(self.records), "doubled", "no contact is there that nobody recorded")
        for again, earlier in self.met:
            is_one = contacts[again].trace == contacts[earlier].trace is not None
            must(is_one, "doubled", "somebody met again is one person")
        live = JourneyEvent.objects.filter(team=self.unit, voided_at=None).values_list("source_id", flat=True)
        counted = Counter(str(pk) for pk in live)
        must(set(counted) == set(self.records), "lost", "each contact is counted")
        must(set(counted.values()) == {1}, "doubled", "each contact is counted once")
        self._check_values(contacts, [row.fates for row in rows.values()])

    def _check_values(self, contacts: dict[str, Contact], fates: list[dict[str, str]]) -> None:
        """Each value that was typed is there, or beside another to choose from, or was seen by who wrote over it."""
        conflicts = list(Conflict.objects.filter(contact__in=self.records))
        kept = {(str(one.contact_id), one.field, one.proposed) for one in conflicts}
        seen = {(typed.record, typed.field, typed.seen) for typed in self.typed}
        for typed in self.typed:
            key = (typed.record, typed.field, typed.value)
            now = wire(contacts[typed.record])[typed.field]
            is_known = typed.value == now or key in kept or key in seen
            must(is_known, "overwritten", f"lost without a word: {typed}, now {now}")
        clashes = sum(list(one.values()).count("conflict") for one in fates)
        must(clashes == len(conflicts), "overwritten", "each clash has its row")
        self.clashes = clashes


def make_world(unit: Team, users: Sequence[User], colleague: User) -> World:
    """A world of one unit with a phone for each of `users`, and one contact that everybody knows."""
    zone = Zone.objects.filter(partner=unit.partner_id).order_by("name")[0]
    phones = []
    for number, user in enumerate(users):
        device = Device.objects.create(
            pk=uuid.uuid4(), partner_id=unit.partner_id, team=unit, user=user, name=f"Telefono {number}"
        )
        phones.append(Phone(device, user))
    world = World(unit, zone, phones, colleague)
    world.known_to_all()
    return world


def live_through(world: World, schedule: Sequence[Step]) -> World:
    """Run a schedule in a transaction of its own that leaves nothing behind. Raises Broken."""
    this = world.again()
    with transaction.atomic():
        this.run(schedule)
        transaction.set_rollback(True)
    return this
