"""One engine: build, serve with two processes, ask for pages, print the figures as JSON."""

import contextlib
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.urls import reverse  # noqa: E402

from bench.build import build  # noqa: E402
from lgnet.indicators.services import refresh  # noqa: E402
from lgnet.network.models import Partner, User  # noqa: E402
from lgnet.people.invented_names import misspell  # noqa: E402
from lgnet.people.models import FileMember, Person  # noqa: E402
from lgnet.people.selectors import search_persons  # noqa: E402

WARM_UP = 5


def main() -> None:
    """Build, measure, print."""
    _name, persons, events, seconds = sys.argv
    started = time.monotonic()
    written = build(int(persons), int(events))
    built = time.monotonic()
    refresh()
    refreshed = time.monotonic()
    partner = Partner.objects.annotate(n=Count("persons")).order_by("-n")[0]
    user = User.objects.get(username=f"bench.{partner.slug}")
    pages = _pages(partner, user)
    rows = []
    with _server() as (port, pid):
        for name, (paths, sql, parameters) in pages.items():
            sql_p50 = _plain(sql, parameters) if sql else 0.0
            for clients in (1, 16):
                begin = _cpu_seconds(pid)
                answered = _ask(port, user, paths, clients, float(seconds))
                cpu = (_cpu_seconds(pid) - begin) / max(1, answered["pages"]) * 1000
                rows.append({"page": name, "sql_p50": sql_p50, "cpu": cpu, **answered})
    report = written | {
        "build_seconds": built - started, "refresh_seconds": refreshed - built, "pages": rows,
        "search": _search(user, partner),
    }  # fmt: skip
    print(json.dumps(report))


def _pages(partner: Partner, user: User) -> dict[str, tuple[list[str], str, list[object]]]:
    """Name -> paths asked in turn, and the plain SQL that fetches the main rows of the page."""
    ids = list(FileMember.objects.filter(person__partner=partner).values_list("person_id", flat=True)[:200])
    names = list(Person.objects.filter(partner=partner).values_list("given_names", "family_names")[:200])
    rng = random.Random(1)
    typed = [misspell(rng, f"{given} {family}") for given, family in names]
    key = partner.pk.hex if connection.vendor == "sqlite" else partner.pk
    person = ids[0].hex if connection.vendor == "sqlite" else ids[0]
    return {
        "list of roles (no data)": ([reverse("role_list")], "", []),
        "list of persons": (
            [reverse("person_list"), reverse("person_list") + "?page=3"],
            """SELECT id, nickname, given_names, family_names, birth_date, gender, citizenship, pseudonym
            FROM people_person WHERE partner_id = %s AND NOT restricted ORDER BY created_at DESC LIMIT 25""",
            [key],
        ),
        "search by misspelt name": (
            [reverse("person_list") + "?q=" + text.replace(" ", "+") for text in typed],
            "SELECT person_id FROM people_namekey WHERE partner_id = %s AND key = %s LIMIT 400",
            [key, "mohamed"],
        ),
        "person page": (
            [reverse("person_detail", args=[pk]) for pk in ids],
            "SELECT * FROM people_journeyevent WHERE person_id = %s AND voided_at IS NULL ORDER BY occurred_at DESC",
            [person],
        ),
        "list of cases": (
            [reverse("case_list")],
            """SELECT id, opened_on, status, person_id FROM cases_case WHERE partner_id = %s
            ORDER BY opened_on DESC LIMIT 25""",
            [key],
        ),
        "indicators": (
            [reverse("indicator_list")],
            "SELECT indicator, quarter, value FROM indicators_figure WHERE partner_id = %s",
            [key],
        ),
    }  # fmt: skip


def _plain(sql: str, parameters: list[object]) -> float:
    """Median milliseconds of a query through the driver, after a warm-up."""
    times = []
    with connection.cursor() as cursor:
        for number in range(60):
            begin = time.perf_counter()
            cursor.execute(sql, parameters)
            cursor.fetchall()
            if number >= WARM_UP:
                times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


@contextlib.contextmanager
def _server() -> Iterator[tuple[int, int]]:
    """The port and the process of a running server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
               "--workers", "2", "--no-ws", "--log-level", "warning", "lgnet.wsgi:application"]  # fmt: skip
    process = subprocess.Popen(command, env=dict(os.environ), stdout=subprocess.DEVNULL)
    try:
        for _try in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


def _cpu_seconds(pid: int) -> float:
    """Processor time used so far by a process and those it started (Linux; elsewhere 0)."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(_cpu_seconds(int(child)) for child in children)


def _cookie(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"sessionid={session.session_key}"


def _ask(port: int, user: User, paths: list[str], clients: int, seconds: float) -> dict[str, float | int]:
    """Ask for `paths` in turn from so many clients, each with a sign-in of its own."""
    times: list[float] = []
    pages, failed = [0], [0]
    stop = time.perf_counter() + seconds
    jobs = [
        threading.Thread(target=_client, args=(port, _cookie(user), paths, n, stop, times, pages, failed))
        for n in range(clients)
    ]
    begin = time.perf_counter()
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    spent = time.perf_counter() - begin
    ordered = sorted(times) or [0.0]
    return {
        "clients": clients, "p50": statistics.median(ordered), "p95": ordered[max(0, int(len(ordered) * 0.95) - 1)],
        "rate": pages[0] / spent, "pages": pages[0], "failed": failed[0],
    }  # fmt: skip


def _client(
    port: int,
    cookie: str,
    paths: list[str],
    offset: int,
    stop: float,
    times: list[float],
    pages: list[int],
    failed: list[int],
) -> None:
    import http.client

    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    number = 0
    while time.perf_counter() < stop:
        begin = time.perf_counter()
        link.request(
            "GET", paths[(offset * 7 + number) % len(paths)], headers={"Cookie": cookie, "Accept-Language": "it"}
        )
        answer = link.getresponse()
        answer.read()
        pages[0] += 1
        if answer.status != 200:
            failed[0] += 1
        if number >= WARM_UP:
            times.append((time.perf_counter() - begin) * 1000)
        number += 1


def _search(user: User, partner: Partner) -> dict[str, float]:
    """How fast and how well one person is found by a misspelt name."""
    rng = random.Random(5)
    people = list(
        Person.objects.filter(partner=partner)
        .order_by("id")
        .values_list("pk", "given_names", "family_names", "birth_date")
    )
    chosen = rng.sample(people, min(200, len(people)))
    times, found = [], 0
    for _pk, given, family, _birth in chosen:
        text = misspell(rng, given) + " " + misspell(rng, family)
        begin = time.perf_counter()
        results = search_persons(user, text, limit=20)
        times.append((time.perf_counter() - begin) * 1000)
        found += any((p.given_names, p.family_names) == (given, family) for p in results)
    times.sort()
    return {"p50": statistics.median(times), "p95": times[int(len(times) * 0.95) - 1], "found": found / len(chosen)}


if __name__ == "__main__":
    main()
