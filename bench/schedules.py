"""`python -m bench.schedules`: randomised schedules of two phones and a page against the real service, 20,000 of them.

Each process has a database and a seed of its own. A schedule that loses, doubles or silently overwrites something is
printed with its seed and number, and the run fails.
"""

import argparse
import random
import sys
import time
from collections import Counter
from datetime import timedelta
from typing import Any

from bench.command import alone
from bench.engines import databases, result_of, say, start_inside
from bench.report import Table

COUNTED = ("schedules", "operations", "values typed", "clashes")


def options(parser: argparse.ArgumentParser) -> None:
    """How many, in how many processes, from which seed on."""
    parser.add_argument("--schedules", type=int, default=20_000, help="how many schedules on each engine (20,000)")
    parser.add_argument("--minutes", type=float, default=0, help="stop after so long, and tell how many it were")
    parser.add_argument("--processes", type=int, default=2, help="how many at once, each on its own database (2)")
    parser.add_argument("--seed", type=int, default=1, help="the first process has this seed, the others the next (1)")


def measure(engine: str, asked: argparse.Namespace) -> list[Table]:
    """Live through the schedules on this engine."""
    count, begin = asked.processes, time.perf_counter()
    shares = [asked.schedules // count + (number < asked.schedules % count) for number in range(count)]
    with databases(engine, count) as envs:
        running = [
            start_inside("schedules", env, schedules=share, seed=asked.seed + number, minutes=asked.minutes)
            for number, (env, share) in enumerate(zip(envs, shares, strict=True))
        ]
        told = [result_of(process) for process in running]
    spent, sums = time.perf_counter() - begin, {name: sum(one[name] for one in told) for name in COUNTED}
    broken = [line for one in told for line in one["found"]]
    lost, doubled, overwritten = (
        sum(word in line for line in broken) for word in ("[lost]", "[doubled]", "[overwritten]")
    )
    table = Table(
        f"Randomised schedules of the street app's synchronisation, {engine}",
        ("what", "count", "bar"),
        note=f"Seeds {asked.seed} to {asked.seed + count - 1}, {count} processes, {spent:,.0f} s, "
        f"{sums['schedules'] / spent:.1f} schedules a second.",
    )
    table.rows = [
        *((name, f"{sums[name]:,}", "") for name in COUNTED),
        ("lost", f"{lost:,}", table.verdict(not lost, "0")),
        ("doubled", f"{doubled:,}", table.verdict(not doubled, "0")),
        ("silently overwritten", f"{overwritten:,}", table.verdict(not overwritten, "0")),
        ("broke any rule", f"{len(broken):,}", table.verdict(not broken, "0")),
    ]
    for line in broken:
        say(line)
    return [table]


def inside(schedules: int, seed: int, minutes: float) -> dict[str, Any]:
    """Random schedules, longer than those of the tests, on an empty database: what was counted, what was found."""
    from tests.outreach.schedules import STEPS, live_through, make_world

    unit, users = set_up()
    world, rng = make_world(unit, users[:2], users[2]), random.Random(seed)
    counted: Counter[str] = Counter()
    begin, found = time.perf_counter(), []
    for number in range(schedules):
        if minutes and time.perf_counter() - begin > minutes * 60:
            break
        counted["schedules"] += 1
        schedule = [(rng.randrange(2), rng.choice(STEPS), rng.randrange(8)) for _step in range(rng.randint(3, 14))]
        try:
            lived = live_through(world, schedule)
        except Exception as error:  # whatever went wrong: this schedule is told, and the next ones run
            found.append(f"[{getattr(error, 'kind', 'other')}] seed {seed}, schedule {number}: {error!r}\n  {schedule}")
            continue
        counted += Counter({"operations": len(lived.sent), "values typed": len(lived.typed), "clashes": lived.clashes})
        if number and number % 500 == 0:
            say(f"  seed {seed}: {number} schedules, {time.perf_counter() - begin:.0f} s, {len(found)} broke a rule")
    return {"found": found, **{name: counted[name] for name in COUNTED}}


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


if __name__ == "__main__":
    sys.exit(alone("schedules"))
