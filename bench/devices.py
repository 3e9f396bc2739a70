"""`python -m bench.devices`: a hundred phones that set up at once, as on the first evening of a new service.

Each signs in through the form, registers, fetches its data (the people met in the last 90 days) and sends a small
queue, over real HTTP to the platform as it is served: CHT publishes 2.5 minutes for a hundred at once.
"""

import argparse
import http.client
import http.cookies
import json
import re
import sys
import threading
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from bench.command import alone
from bench.engines import databases, manage, run_inside
from bench.report import Table
from bench.serving import cpu_seconds, server, share

PASSWORD = "lgnet-demo-prova"  # noqa: S105 - of users that exist for a minute
QUEUE = 10
BAR = 150  # seconds: what CHT publishes as its median for 100 devices
STEPS = ("sign in", "register", "fetch", "send")


def options(parser: argparse.ArgumentParser) -> None:
    """How many."""
    parser.add_argument("--devices", type=int, default=100, help="how many phones at once (100)")


def measure(engine: str, asked: argparse.Namespace) -> list[Table]:
    """Let them all begin at the same moment."""
    with databases(engine) as (env,):
        manage(env, "compile_catalogues")
        manage(env, "load_network")
        manage(env, "collectstatic", "--noinput", "-v", "0")
        told = run_inside("devices", env, devices=asked.devices)
    whole = [sum(one.values()) for one in told["times"]]
    table = Table(
        f"{asked.devices} phones set up and synchronise at once, {engine}",
        ("step", "median s", "p95 s", "longest s", "bar"),
        note=f"Each fetched {told['people']:,} people met, {told['bytes'] / 1000:,.0f} kB, and sent {QUEUE} operations; "
        f"{told['there']:,} of {asked.devices * QUEUE:,} contacts are on the server, each once. "
        f"All were done after {told['seconds']:.1f} s; the server used {told['cpu']:.1f} s of processor time, "
        f"{told['hash'] * asked.devices:.1f} s of them for passwords. Failures: {told['failed'] or 'none'}.",
    )
    for name in STEPS:
        table.rows.append((name, *_spread([one[name] for one in told["times"]]), ""))
    is_ok = not told["failed"] and told["there"] == asked.devices * QUEUE and share(whole, 0.5) < BAR
    table.rows.append(("from start to end", *_spread(whole), table.verdict(is_ok, f"median {BAR} s, no failure")))
    return [table]


def _spread(times: list[float]) -> tuple[str, str, str]:
    return f"{share(times, 0.5):.1f}", f"{share(times, 0.95):.1f}", f"{max(times, default=0):.1f}"


def inside(devices: int) -> dict[str, Any]:
    """Make users, serve, let the phones begin."""
    from bench.build import build
    from lgnet.network.models import Partner
    from lgnet.outreach.models import Contact

    build(4_000, 40_000)
    partner = Partner.objects.filter(kind="municipality").order_by("slug")[0]
    unit, names, hashing = make_users(partner, devices)
    phones = [Phone(number, name, unit) for number, name in enumerate(names)]
    with server() as (port, pid):
        used, begin = cpu_seconds(pid), time.perf_counter()
        jobs = [threading.Thread(target=phone.live, args=(port,)) for phone in phones]
        for job in jobs:
            job.start()
        for job in jobs:
            job.join()
        seconds, used = time.perf_counter() - begin, cpu_seconds(pid) - used
    failed = [phone.failure for phone in phones if phone.failure]
    return {
        "times": [phone.times for phone in phones if not phone.failure], "failed": "; ".join(sorted(set(failed))),
        "people": phones[0].people, "bytes": phones[0].bytes, "seconds": seconds, "cpu": used, "hash": hashing,
        "there": Contact.objects.filter(note="prima volta").count(),
    }  # fmt: skip


def make_users(partner: Any, count: int) -> tuple[Any, list[str], float]:
    """So many operators of the city's unit, which has met many people; and how long one password takes to check."""
    from django.contrib.auth.hashers import check_password, make_password
    from django.utils import timezone

    from lgnet.catalogue.models import Team
    from lgnet.network.models import Membership, User
    from lgnet.outreach.models import Contact

    unit = Team.objects.get(partner=partner, name="Unità di prova")
    Contact.objects.filter(team=unit, occurred_at__lt=timezone.now() - timedelta(days=90)).update(
        occurred_at=timezone.now() - timedelta(days=20)
    )
    hashed, since = make_password(PASSWORD), timezone.localdate() - timedelta(days=9)
    begin = time.perf_counter()
    check_password(PASSWORD, hashed)
    spent = time.perf_counter() - begin
    names = [f"telefono.{number}" for number in range(count)]
    for name in names:
        user = User.objects.create(username=name, full_name=f"Prova {name}", password=hashed)
        Membership.objects.create(user=user, partner=partner, role="outreach_operator", starts_on=since)
        unit.memberships.create(user=user, starts_on=since)
    return unit, names, spent


class Phone:
    """One phone: its cookies, how long each step took, and what went wrong."""

    def __init__(self, number: int, username: str, unit: Any) -> None:
        from lgnet.core.ids import uuid7

        self.number, self.new_id = number, uuid7
        self.username, self.unit, self.zone = username, str(unit.pk), str(unit.partner.zones.all()[0].pk)
        self.cookies: dict[str, str] = {}
        self.times: dict[str, float] = {}
        self.failure, self.people, self.bytes, self.device = "", 0, 0, str(uuid7())

    def live(self, port: int) -> None:
        """Do everything; a failure ends it and is kept."""
        source = (
            f"127.0.1.{self.number + 1}",
            0,
        )  # an address of its own, as phones have: sign-ins are limited for each
        self.link = http.client.HTTPConnection("127.0.0.1", port, timeout=600, source_address=source)
        for name, step in zip(STEPS, (self.sign_in, self.register, self.fetch, self.send), strict=True):
            begin = time.perf_counter()
            try:
                step()
            except Exception as error:  # whatever it is: counted and told
                self.failure = f"{name}: {error}"
                return
            self.times[name] = time.perf_counter() - begin

    def sign_in(self) -> None:
        page = self.ask("GET", "/accounts/login/").decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        form = {"csrfmiddlewaretoken": token[1] if token else "", "login": self.username, "password": PASSWORD}
        self.ask("POST", "/accounts/login/", urlencode(form), "application/x-www-form-urlencoded", status=302)

    def register(self) -> None:
        self.token = self.json("GET", "status")["csrf_token"]
        self.json("POST", "devices", {"id": self.device, "unit": self.unit, "name": "Telefono"})

    def fetch(self) -> None:
        body = self.ask("GET", f"/api/street/v1/bundle?device={self.device}")
        self.people, self.bytes = len(json.loads(body)["people"]), len(body)

    def send(self) -> None:
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        queue = [
            {"id": str(self.new_id()), "kind": "contact.record", "record_id": str(self.new_id()), "made_at": now,
             "changes": {"team": self.unit, "zone": self.zone, "who": "anonymous", "note": "prima volta"}}
            for _number in range(QUEUE)
        ]  # fmt: skip
        answers = self.json("POST", "sync", {"device": self.device, "operations": queue})["answers"]
        if {answer["result"] for answer in answers} != {"applied"}:
            raise ValueError(f"an operation was not applied: {answers[0]}")

    def json(self, method: str, name: str, body: Any = None) -> Any:
        text = json.dumps(body) if body is not None else None
        return json.loads(self.ask(method, f"/api/street/v1/{name}", text, "application/json"))

    def ask(self, method: str, path: str, body: str | None = None, kind: str = "", *, status: int = 200) -> bytes:
        headers = {"Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": kind, "X-CSRFToken": getattr(self, "token", "")}
        self.link.request(method, path, body, headers)
        answer = self.link.getresponse()
        content = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or []:
            for key, morsel in http.cookies.SimpleCookie(line).items():
                self.cookies[key] = morsel.value
        if answer.status != status:
            raise ValueError(f"{method} {path.partition('?')[0]} answered {answer.status}")
        return content


if __name__ == "__main__":
    sys.exit(alone("devices"))
