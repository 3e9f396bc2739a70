"""`python -m bench.sync`: 20,000 schedules of devices against the real service, and how fast a queue is taken.

On SQLite, and on PostgreSQL where DATABASE_URL names a server. `--schedules 500` for a quicker look. A schedule that
loses, doubles or overwrites something is printed, and the run fails.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
QUEUE, BAR = 500, 10.0  # operations, seconds


def main() -> int:
    """Run on each engine in a process of its own, with a fresh database."""
    parser = argparse.ArgumentParser(prog="python -m bench.sync")
    parser.add_argument("--schedules", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        return measure(options.schedules, options.seed)
    code = 0
    for engine in ("sqlite", "postgres"):
        if options.only in (None, engine):
            code |= start(engine, options)
    return code


def start(engine: str, options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="lgnet-bench-") as folder:
        env = dict(os.environ, LGNET_DATA_DIR=folder, LGNET_DEMO="1", DJANGO_SETTINGS_MODULE="lgnet.settings")
        if engine == "sqlite":
            env["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        elif not env.get("DATABASE_URL", "").startswith("postgres"):
            print("PostgreSQL: no server given in DATABASE_URL, left out.", file=sys.stderr)
            return 0
        subprocess.run([sys.executable, "-m", "lgnet.cli", "migrate", "-v", "0"], cwd=ROOT, env=env, check=True)
        command = [sys.executable, "-m", "bench.sync", "--here", f"--schedules={options.schedules}"]
        print(f"\n== {engine} ==", flush=True)
        return subprocess.run([*command, f"--seed={options.seed}"], cwd=ROOT, env=env, check=False).returncode


def measure(schedules: int, seed: int) -> int:
    """Everything on the database of DATABASE_URL, which is empty."""
    import django

    django.setup()
    unit, users = set_up()
    take_a_queue(unit, users[0])
    return live(schedules, seed, unit, users)


def set_up() -> tuple[Any, list[Any]]:
    """One city with a mobile unit of three."""
    from django.utils import timezone

    from lgnet.catalogue.models import Team, Zone
    from lgnet.network.models import Membership, Partner, User

    partner = Partner.objects.create(slug="banco", name="Comune di Banco", short_name="Banco", kind="municipality")
    unit = Team.objects.create(partner=partner, kind=Team.Kind.MOBILE_UNIT, name="Unità di prova")
    Zone.objects.create(partner=partner, name="Stazione")
    users, since = [], timezone.localdate() - timedelta(days=9)
    for number in range(3):
        user = User.objects.create(username=f"banco.{number}", full_name=f"Banco {number}")
        Membership.objects.create(user=user, partner=partner, role="outreach_operator", starts_on=since)
        unit.memberships.create(user=user, starts_on=since)
        users.append(user)
    return unit, users


def take_a_queue(unit: Any, user: Any) -> None:
    """Seconds for a queue of 500, and rows per second beside plain inserts of the same contacts."""
    from django.utils import timezone

    from lgnet.core.ids import uuid7
    from lgnet.outreach.models import Contact
    from lgnet.outreach.sync.devices import register_device
    from lgnet.outreach.sync.log import receive

    device = register_device(by=user, device_id=uuid7(), team=unit, name="Telefono")
    zone, now = unit.partner.zones.get(), timezone.now()
    queue = [
        {
            "id": str(uuid7()), "kind": "contact.record", "record_id": str(uuid7()), "made_at": now.isoformat(),
            "changes": {"team": str(unit.pk), "zone": str(zone.pk), "who": "nickname", "nickname": f"N{number}",
                        "occurred_at": now.isoformat(), "note": "quattro parole di prova"},
        }
        for number in range(QUEUE)
    ]  # fmt: skip
    begin = time.perf_counter()
    answers = receive(by=user, device=device, operations=queue)
    spent = time.perf_counter() - begin
    if {answer["result"] for answer in answers} != {"applied"}:
        raise SystemExit("a contact was refused")
    begin = time.perf_counter()
    receive(by=user, device=device, operations=queue)
    again = time.perf_counter() - begin
    begin = time.perf_counter()
    for number in range(QUEUE):
        Contact.objects.create(
            partner=unit.partner, team=unit, zone=zone, nickname=f"N{number}", trace=uuid7(), recorded_by=user
        )
    plain = time.perf_counter() - begin
    mark = "ok" if spent < BAR else f"OVER {BAR:.0f} s"
    print(f"{QUEUE} operations: {spent:.1f} s ({QUEUE / spent:.0f} per s; bar {BAR:.0f} s: {mark})")
    print(f"the same queue sent again: {again:.1f} s; plain inserts of the contacts alone: {QUEUE / plain:.0f} per s")


def live(schedules: int, seed: int, unit: Any, users: list[Any]) -> int:
    """Random schedules, longer than those of the tests; returns 1 when one of them breaks a rule."""
    from tests.outreach.schedules import STEPS, live_through, make_world

    world, rng = make_world(unit, users[:2], users[2]), random.Random(seed)
    counted: Counter[str] = Counter()
    begin, failed = time.perf_counter(), 0
    for number in range(schedules):
        schedule = [(rng.randrange(2), rng.choice(STEPS), rng.randrange(8)) for _step in range(rng.randint(3, 14))]
        try:
            lived = live_through(world, schedule)
        except AssertionError as error:
            failed += 1
            print(f"FAILED: {error}\n  {schedule}")
            continue
        counted["operations"] += len(lived.sent)
        counted["values typed"] += len(lived.typed)
        counted["clashes"] += lived.clashes
        if number and number % 1000 == 0:
            print(f"  {number} schedules, {time.perf_counter() - begin:.0f} s", file=sys.stderr, flush=True)
    told = ", ".join(f"{count:,} {what}" for what, count in counted.items())
    print(f"{schedules:,} schedules in {time.perf_counter() - begin:.0f} s: {told}; {failed} broke a rule")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
