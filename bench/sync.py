"""`python -m bench.sync`: how fast a queue is taken beside plain inserts, and what calls that ask for too much do.

The server is the real one, over HTTP. While somebody asks for too much, a second phone sends one operation after the
other: how long its calls take tells whether the others are held up.
"""

import argparse
import contextlib
import http.client
import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench.command import alone
from bench.engines import databases, run_inside
from bench.report import Table
from bench.serving import cookie, server, share

QUEUE, BAR = 500, 10.0  # operations, seconds
BAR_OTHERS = 1000  # ms a call of somebody else may take meanwhile
LARGE = 6 * 2**20
SLOW_SECONDS = 4.0


def options(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def measure(engine: str, asked: argparse.Namespace) -> list[Table]:
    """Both tables."""
    with databases(engine) as (env,):
        told = run_inside("sync", env)
    return [_queue_table(engine, told), _abuse_table(engine, told)]


def _queue_table(engine: str, told: dict[str, Any]) -> Table:
    table = Table(f"A queue of {QUEUE} operations, {engine}", ("what", "seconds", "rows a second", "bar"))
    rows, plain = told["rows"], told["plain"]
    table.note = (
        f"Taking the queue writes {rows:,} rows ({told['tables']}), in a transaction for each operation; the plain "
        f"inserts write the same rows again with new ids, in as many transactions, without a check of any kind. "
        f"Ratio {told['taken'] / plain:.0f}."
    )
    for name, seconds, verdict in (
        ("taken over HTTP", told["http"], table.verdict(told["http"] < BAR, f"{BAR:.0f} s")),
        ("taken by the service alone", told["taken"], ""),
        ("the same queue sent again", told["again"], ""),
        ("plain inserts of the same rows", plain, ""),
    ):
        many = "" if name.endswith("again") else f"{rows / seconds:,.0f}"
        table.rows.append((name, f"{seconds:.2f}", many, verdict))
    return table


def _abuse_table(engine: str, told: dict[str, Any]) -> Table:
    table = Table(
        f"Calls that ask for too much, {engine}",
        ("call", "answer", "after ms", "others p50 ms", "others longest ms", f"others {BAR_OTHERS} ms"),
        note="*Others*: calls with one operation each from another phone, one after the other, while this goes on.",
    )
    for name, status, spent, times in told["abuse"]:
        longest = max(times, default=0.0)
        verdict = table.verdict(longest < BAR_OTHERS, "16")
        table.rows.append(
            (name, str(status), f"{spent:,.0f}", f"{share(times, 0.5):,.0f}", f"{longest:,.0f}", verdict[4:])
        )
    return table


def inside() -> dict[str, Any]:
    """Measure on an empty database."""
    from bench.schedules import set_up
    from lgnet.core.ids import uuid7
    from lgnet.outreach.sync.devices import register_device

    unit, users = set_up()
    devices = [register_device(by=user, device_id=uuid7(), team=unit, name="Telefono") for user in users]
    told = _service(unit, devices[0])
    with server() as (port, _pid):
        phones = [Phone(port, device, cookie(device.user)) for device in devices]
        begin = time.perf_counter()
        status, _body = phones[0].sync(operations(unit, QUEUE))
        told["http"] = time.perf_counter() - begin
        if status != 200:
            raise SystemExit(f"the queue was answered {status}")
        told["abuse"] = [_beside(phones[1], unit, name, call) for name, call in _calls(phones[0], unit).items()]
    return told


def operations(unit: Any, count: int, note: str = "quattro parole di prova") -> list[dict[str, Any]]:
    """Contacts with somebody called by a nickname, as the app sends them."""
    from django.utils import timezone

    from lgnet.core.ids import uuid7

    zone, now = unit.partner.zones.get(), timezone.now().isoformat()
    return [
        {
            "id": str(uuid7()), "kind": "contact.record", "record_id": str(uuid7()), "made_at": now,
            "changes": {"team": str(unit.pk), "zone": str(zone.pk), "who": "nickname", "nickname": f"N{number}",
                        "occurred_at": now, "note": note},
        }
        for number in range(count)
    ]  # fmt: skip


def _service(unit: Any, device: Any) -> dict[str, Any]:
    """Seconds of the service alone, and of plain inserts of what it wrote."""
    from lgnet.audit.models import AuditEntry
    from lgnet.outreach.models import Contact, Operation
    from lgnet.outreach.sync.log import receive
    from lgnet.people.models import JourneyEvent

    models = (Operation, Contact, JourneyEvent, AuditEntry)
    before = {model: set(model._default_manager.values_list("pk", flat=True)) for model in models}
    queue = operations(unit, QUEUE)
    begin = time.perf_counter()
    answers = receive(by=device.user, device=device, operations=queue)
    taken = time.perf_counter() - begin
    if {answer["result"] for answer in answers} != {"applied"}:
        raise SystemExit("a contact was refused")
    begin = time.perf_counter()
    receive(by=device.user, device=device, operations=queue)
    again = time.perf_counter() - begin
    new = {model: _rows(model, before[model]) for model in models}
    named = ", ".join(f"{len(rows)} {model._meta.verbose_name_plural}" for model, rows in new.items())
    rows = sum(map(len, new.values()))
    return {"taken": taken, "again": again, "rows": rows, "tables": named, "plain": _insert(new)}


def _rows(model: Any, known: set[Any]) -> list[Any]:
    return [row for row in model._default_manager.order_by("pk") if row.pk not in known]


def _insert(new: dict[Any, list[Any]]) -> float:
    """Insert the rows again under new ids, those of one operation in a transaction; the seconds it took."""
    from django.db import connection, transaction

    from lgnet.core.ids import uuid7

    ready = []
    for model, rows in new.items():
        fields = model._meta.concrete_fields
        names = ", ".join(f'"{field.column}"' for field in fields)
        sql = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({", ".join(["%s"] * len(fields))})'
        values = [
            [uuid7().hex if connection.vendor == "sqlite" else uuid7(),
             *(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields[1:])]
            for row in rows
        ]  # fmt: skip
        ready.append([(sql, one) for one in values])
    begin = time.perf_counter()
    with connection.cursor() as cursor:
        for group in zip(*ready, strict=True):
            with transaction.atomic():
                for sql, values in group:
                    cursor.execute(sql, values)
    return time.perf_counter() - begin


class Phone:
    """A phone that is set up and signed in."""

    def __init__(self, port: int, device: Any, session: str) -> None:
        self.port, self.device, self.session = port, str(device.pk), session
        self.token = ""
        self.token = json.loads(self.ask("GET", "status")[1])["csrf_token"]
        self.session += f"; csrftoken={self.csrf}"

    def ask(self, method: str, name: str, body: bytes | None = None) -> tuple[int, bytes]:
        """The status and the body of an answer of the API."""
        headers = {"Cookie": self.session, "Content-Type": "application/json", "X-CSRFToken": self.token}
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        with contextlib.suppress(
            BrokenPipeError, ConnectionResetError
        ):  # too large: answered before it is read to the end
            link.request(method, f"/api/street/v1/{name}", body, headers)
        answer = link.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or []:
            if line.startswith("csrftoken="):
                self.csrf = line.partition("=")[2].partition(";")[0]
        content = answer.read()
        link.close()
        return answer.status, content

    def sync(self, queue: list[Any]) -> tuple[int, bytes]:
        """Send a queue."""
        return self.ask("POST", "sync", json.dumps({"device": self.device, "operations": queue}).encode())

    def slowly(self, name: str, body: bytes) -> tuple[int, bytes]:
        """Send a body in small pieces over some seconds, as a bad link or somebody who means harm does."""
        head = (
            f"POST /api/street/v1/{name} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {self.session}\r\n"
            f"X-CSRFToken: {self.token}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            "Connection: close\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", self.port), 120) as link:
            link.sendall(head.encode())
            for number in range(20):
                link.sendall(body[number * len(body) // 20 : (number + 1) * len(body) // 20])
                time.sleep(SLOW_SECONDS / 20)
            answer = b""
            while piece := link.recv(65536):
                answer += piece
        return int(answer.split(None, 2)[1]), b""


def _calls(phone: Phone, unit: Any) -> dict[str, Callable[[], tuple[int, bytes]]]:
    """What is asked for that is too much, by name."""
    registration = json.dumps({"id": phone.device, "unit": str(unit.pk), "name": "Telefono"}).encode()
    deep = b'{"device": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    largest = operations(unit, 19, "x" * 250_000)
    queue = operations(unit, QUEUE)
    return {
        "nothing (the others alone)": lambda: (time.sleep(2), (0, b""))[1],
        f"a body of {LARGE // 2**20} MB": lambda: phone.ask("POST", "sync", b"[" + b" " * LARGE + b"]"),
        "10,000 operations": lambda: phone.sync(operations(unit, 10_000, "")),
        "19 operations of 250 kB": lambda: phone.sync(largest),
        "100,000 brackets": lambda: phone.ask("POST", "sync", deep),
        f"{QUEUE} operations": lambda: phone.sync(queue),
        f"the same {QUEUE} again": lambda: phone.sync(queue),
        f"a registration that takes {SLOW_SECONDS:.0f} s to arrive": lambda: phone.slowly("devices", registration),
        f"a queue that takes {SLOW_SECONDS:.0f} s to arrive": lambda: phone.slowly(
            "sync", json.dumps({"device": phone.device, "operations": []}).encode()
        ),
    }


def _beside(other: Phone, unit: Any, name: str, call: Callable[[], tuple[int, bytes]]) -> tuple[str, int, float, Any]:
    """Make the call while the other phone sends; the status, ms of the call, ms of each call of the other."""
    with _sending(other, unit) as times:
        time.sleep(0.2)
        begin = time.perf_counter()
        status, _body = call()
        spent = (time.perf_counter() - begin) * 1000
    return name, status, spent, times


@contextlib.contextmanager
def _sending(other: Phone, unit: Any) -> Iterator[list[float]]:
    times: list[float] = []
    stop, queue = threading.Event(), operations(unit, 3000)

    def send() -> None:
        while not stop.is_set() and queue:
            begin = time.perf_counter()
            other.sync([queue.pop()])
            times.append((time.perf_counter() - begin) * 1000)

    job = threading.Thread(target=send)
    job.start()
    try:
        yield times
    finally:
        stop.set()
        job.join()


if __name__ == "__main__":
    sys.exit(alone("sync"))
