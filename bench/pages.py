"""`python -m bench.pages`: pages and figures on a large database, beside the plain SQL that fetches their main rows.

On a machine with nothing else to do: `make bench ARGS="--only pages --write"`; one page alone: `--page "list of cases"`.
"""

import argparse
import random
import statistics
import sys
import threading
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from bench.command import alone
from bench.engines import databases, manage, run_inside, say
from bench.report import Table
from bench.serving import cookie, cpu_seconds, server, share

WARM_UP, AT_LEAST = 5, 3  # answers of each client that are not counted, and that are, however slow the page
BAR, BAR_CPU, BAR_SEARCH, BAR_FIGURES = 150, 15, 20, 60  # ms, ms, ms, s


def options(parser: argparse.ArgumentParser) -> None:
    """How large, and how long each page is asked for."""
    parser.add_argument("--persons", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=6.0, help="how long each page is asked for (6)")
    parser.add_argument("--page", default="", help="only pages whose name has this in it")


def measure(engine: str, asked: argparse.Namespace) -> list[Table]:
    """Build a large database on this engine, serve it, ask."""
    with databases(engine) as (env,):
        manage(env, "compile_catalogues")
        manage(env, "load_network")
        manage(env, "collectstatic", "--noinput", "-v", "0")
        told = run_inside(
            "pages",
            env,
            persons=asked.persons,
            events=asked.events,
            cases=asked.cases,
            seconds=asked.seconds,
            only=asked.page,
        )
    return [_pages_table(engine, told), _others_table(engine, told)]


def _pages_table(engine: str, told: dict[str, Any]) -> Table:
    table = Table(
        f"Pages, {engine}",
        ("page", "clients", "p50 ms", "p95 ms", "CPU ms", "a second", "SQL p50 ms", "ratio", f"p95 {BAR} ms"),
        note=f"{told['persons']:,} persons, {told['events']:,} journey events, {told['cases']:,} cases, {told['contacts']:,} street contacts; at the "
        f"desk of the largest city {told['tickets']:,} numbers and {told['appointments']:,} appointments today; "
        f"each case worker has {told['caseload']} open cases; two processes of the server and the clients share the processor. The bar holds for 16 clients; "
        f"CPU has a bar of {BAR_CPU} ms a page.",
    )
    for row in told["pages"]:
        sql = f"{row['sql_p50']:.2f}" if row["sql_p50"] else ""
        ratio = f"{row['p50'] / row['sql_p50']:.0f}" if row["sql_p50"] else ""
        is_ok = row["p95"] < BAR and not row["failed"]
        verdict = (
            "" if row["clients"] == 1 else table.verdict(is_ok, f"{row['failed']} failed" if row["failed"] else "16")
        )
        table.rows.append(
            (row["page"], str(row["clients"]), f"{row['p50']:.1f}", f"{row['p95']:.1f}", f"{row['cpu']:.1f}",
             f"{row['rate']:.0f}", sql, ratio, verdict.removeprefix("16: ")),
        )  # fmt: skip
    return table


def _others_table(engine: str, told: dict[str, Any]) -> Table:
    table, search = Table(f"Figures and search, {engine}", ("what", "measured", "bar")), told["search"]
    refresh = told["refresh_seconds"]
    table.rows = [
        ("large database built", f"{told['build_seconds']:.0f} s", ""),
        ("all figures from scratch", f"{refresh:.1f} s", table.verdict(refresh < BAR_FIGURES, f"{BAR_FIGURES} s")),
        ("search by a misspelt name, p50", f"{search['p50']:.1f} ms", ""),
        ("search by a misspelt name, p95", f"{search['p95']:.1f} ms",
         table.verdict(search["p95"] < BAR_SEARCH, f"{BAR_SEARCH} ms")),
        ("found among the first 20", f"{search['found']:.0%}", table.verdict(search["found"] >= 0.95, "95%")),
    ]  # fmt: skip
    return table


def inside(persons: int, events: int, seconds: float, only: str, cases: int = 0) -> dict[str, Any]:
    """Build, measure."""
    from bench.build import build
    from bench.build_cases import CASELOAD
    from bench.build_desk import Morning
    from bench.case_pages import MY_DAY, case_pages
    from bench.desk_pages import desk_pages
    from lgnet.indicators.services import refresh
    from lgnet.network.models import User
    from lgnet.outreach.models import Contact

    started = time.monotonic()
    written, morning = build(persons, events, cases=cases), Morning()
    told = morning.build()
    built = time.monotonic()
    refresh()
    refreshed = time.monotonic()
    partner, user, rows = morning.partner, morning.user, []
    pages = _pages(partner, user) | desk_pages(partner, user, told["secret"])
    pages |= case_pages(partner, user)
    others = {MY_DAY: User.objects.get(username=f"bench.{partner.slug}.1")}
    with server() as (port, pid):
        for name, (paths, sql, parameters) in pages.items():
            if only not in name:
                continue
            sql_p50 = _plain(sql, parameters) if sql else 0.0
            for clients in (1, 16):
                begin = cpu_seconds(pid)
                answered = _ask(port, others.get(name, user), paths, clients, seconds)
                cpu = (cpu_seconds(pid) - begin) / max(1, answered["pages"]) * 1000
                say(f"{name}, {clients}: {answered['p50']:.0f} ms, {cpu:.0f} ms of the processor")
                rows.append({"page": name, "sql_p50": sql_p50, "cpu": cpu, **answered})
    return written | {
        "tickets": told["tickets"], "appointments": told["appointments"], "contacts": Contact.objects.count(),
        "build_seconds": built - started, "refresh_seconds": refreshed - built, "pages": rows,
        "search": _search(user, partner), "caseload": CASELOAD,
    }  # fmt: skip


def _pages(partner: Any, user: Any) -> dict[str, tuple[list[str], str, list[object]]]:
    """Name -> paths asked in turn, and the plain SQL that fetches the main rows of the page."""
    from django.db import connection
    from django.urls import reverse

    from lgnet.people.invented_names import misspell
    from lgnet.people.models import FileMember, Person

    ids = list(FileMember.objects.filter(person__partner=partner, user=None).values_list("person_id", flat=True)[:200])
    names = list(Person.objects.filter(partner=partner).values_list("given_names", "family_names")[:200])
    rng = random.Random(1)
    typed = [misspell(rng, f"{given} {family}") for given, family in names]
    key = partner.pk.hex if connection.vendor == "sqlite" else partner.pk
    person = ids[0].hex if connection.vendor == "sqlite" else ids[0]
    return _street_pages(user, key) | {
        "list of roles (no data)": ([reverse("role_list")], "", []),
        "list of persons": (
            [reverse("person_list"), reverse("person_list") + "?page=3"],
            """SELECT id, nickname, given_names, family_names, birth_date, gender, citizenship, pseudonym
            FROM people_person WHERE partner_id = %s AND NOT restricted ORDER BY created_at DESC LIMIT 25""",
            [key],
        ),
        "search by misspelt name": (
            [f"{reverse('person_list')}?{urlencode({'q': text})}" for text in typed],
            "SELECT person_id FROM people_namekey WHERE partner_id = %s AND key = %s LIMIT 400",
            [key, "mohamed"],
        ),
        "person page": (
            [reverse("person_detail", args=[pk]) for pk in ids],
            "SELECT * FROM people_journeyevent WHERE person_id = %s AND voided_at IS NULL ORDER BY occurred_at DESC",
            [person],
        ),
        "indicators": (
            [reverse("indicator_list")],
            "SELECT indicator, quarter, value FROM indicators_figure WHERE partner_id = %s",
            [key],
        ),
    }  # fmt: skip


def _street_pages(user: Any, key: object) -> dict[str, tuple[list[str], str, list[object]]]:
    from django.urls import reverse

    from lgnet.outreach.models import Device

    device = Device.objects.get(user=user)
    latest = "SELECT id, occurred_at, nickname, zone_id, person_id FROM outreach_contact WHERE partner_id = %s"
    faces = """SELECT max(occurred_at), coalesce(person_id, trace) AS who FROM outreach_contact WHERE partner_id = %s
        AND occurred_at >= %s AND (person_id IS NOT NULL OR trace IS NOT NULL) GROUP BY who"""
    recent = timezone.now() - timedelta(days=90)
    outings = "SELECT id, team_id, starts_at, ends_at FROM outreach_outing WHERE partner_id = %s AND starts_at >= %s"
    return {
        "street contacts": (
            [reverse("contact_list"), reverse("contact_list") + "?page=3"],
            f"{latest} ORDER BY occurred_at DESC LIMIT 25", [key],
        ),
        "calendar of outings": (
            [reverse("outing_calendar"), reverse("outing_calendar") + "?view=month"],
            f"{outings} ORDER BY starts_at LIMIT 40", [key, timezone.now() - timedelta(days=30)],
        ),
        "board of tonight": (
            [reverse("outing_board")], f"{latest} AND occurred_at >= %s", [key, timezone.now() - timedelta(hours=16)],
        ),
        "not met for two weeks": (
            [reverse("not_met_list")],
            f"{faces} HAVING max(occurred_at) < %s ORDER BY 1 LIMIT 25",
            [key, recent, timezone.now() - timedelta(days=14)],
        ),
        "needs attention": (
            [reverse("attention_list")],
            """SELECT id, kind, made_at, reason FROM outreach_operation WHERE partner_id = %s AND settled_at IS NULL
            ORDER BY created_at DESC LIMIT 25""", [key],
        ),
        "bundle of a phone": (
            [reverse("street_bundle") + f"?device={device.pk}"],
            f"{faces} ORDER BY 1 DESC LIMIT 1000", [key, recent],
        ),
    }  # fmt: skip


def _plain(sql: str, parameters: list[object]) -> float:
    """Median milliseconds of a query through the driver, after a warm-up."""
    from django.db import connection

    times = []
    with connection.cursor() as cursor:
        for number in range(60):
            begin = time.perf_counter()
            cursor.execute(sql, parameters)
            cursor.fetchall()
            if number >= WARM_UP:
                times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


def _ask(port: int, user: Any, paths: list[str], clients: int, seconds: float) -> dict[str, float | int]:
    """Ask for `paths` in turn from so many clients, each with a sign-in of its own."""
    times: list[float] = []
    pages, failed = [0], [0]
    stop = time.perf_counter() + seconds
    jobs = [
        threading.Thread(target=_client, args=(port, cookie(user), paths, n, stop, times, pages, failed))
        for n in range(clients)
    ]
    begin = time.perf_counter()
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    spent = time.perf_counter() - begin
    return {
        "clients": clients, "p50": share(times, 0.5), "p95": share(times, 0.95),
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

    link = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    number = 0
    while time.perf_counter() < stop or number < WARM_UP + AT_LEAST:
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


def _search(user: Any, partner: Any) -> dict[str, float]:
    """How fast and how well one person is found by a misspelt name."""
    from lgnet.people.invented_names import misspell
    from lgnet.people.models import Person
    from lgnet.people.selectors import search_persons

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
    sys.exit(alone("pages"))
