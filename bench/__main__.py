"""`make bench`: pages and figures on a large database, on both engines, beside the same query in plain SQL.

`make bench ARGS="--persons 20000 --events 200000"` for a quicker look. Results are printed and kept in bench/results/.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).resolve().parent / "results"


def main() -> int:
    """Build and measure on SQLite and, when DATABASE_URL names one, on PostgreSQL."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--persons", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=6.0, help="how long each page is asked for")
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    options = parser.parse_args()
    code = 0
    for engine in ("sqlite", "postgres"):
        if options.only in (None, engine):
            code |= measure(engine, options)
    return code


def measure(engine: str, options: argparse.Namespace) -> int:
    """Run the whole measurement in processes of their own, with a fresh database."""
    with tempfile.TemporaryDirectory(prefix="lgnet-bench-") as folder:
        env = dict(os.environ, LGNET_DATA_DIR=folder, LGNET_DEMO="1", DJANGO_SETTINGS_MODULE="lgnet.settings")
        if engine == "sqlite":
            env["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        elif not env.get("DATABASE_URL", "").startswith("postgres"):
            print("PostgreSQL: no server given in DATABASE_URL, left out.", file=sys.stderr)
            return 1
        started = time.monotonic()
        for command in (["migrate", "-v", "0"], ["load_network"], ["collectstatic", "--noinput", "-v", "0"]):
            subprocess.run([sys.executable, "-m", "lgnet.cli", *command], cwd=ROOT, env=env, check=True)
        done = subprocess.run(
            [sys.executable, "-m", "bench.run", *map(str, (options.persons, options.events, options.seconds))],
            cwd=ROOT, env=env, check=False, capture_output=True, text=True,
        )  # fmt: skip
        sys.stderr.write(done.stderr)
        if done.returncode:
            return done.returncode
        report = json.loads(done.stdout)
    show(engine, report)
    RESULTS.mkdir(exist_ok=True)
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M")
    (RESULTS / f"{stamp}-{engine}.json").write_text(json.dumps(report, indent=1))
    print(f"{engine}: {time.monotonic() - started:.0f} s in all", file=sys.stderr)
    return 0


def show(engine: str, report: dict) -> None:
    """Print one table per engine."""
    print(f"\n== {engine}: {report['persons']:,} persons, {report['events']:,} journey events, 2 processes ==")
    print(
        f"built in {report['build_seconds']:.0f} s; figures from scratch in {report['refresh_seconds']:.1f} s (bar 60)"
    )
    print(
        f"{'page':<26}{'clients':>8}{'p50 ms':>9}{'p95 ms':>9}{'CPU ms':>8}{'per s':>8}{'SQL p50':>10}{'ratio':>8}   bar"
    )
    for row in report["pages"]:
        sql = f"{row['sql_p50']:.2f}" if row["sql_p50"] else "-"
        ratio = f"{row['p50'] / row['sql_p50']:.0f}x" if row["sql_p50"] else "-"
        bar = "" if row["clients"] == 1 else "ok" if row["p95"] < 150 else "OVER 150"
        failed = f"  {row['failed']} FAILED" if row["failed"] else ""
        print(
            f"{row['page']:<26}{row['clients']:>8}{row['p50']:>9.1f}{row['p95']:>9.1f}{row['cpu']:>8.1f}{row['rate']:>8.0f}"
            f"{sql:>10}{ratio:>8}   {bar}{failed}"
        )
    search = report["search"]
    print(
        f"name search in Python: p50 {search['p50']:.1f} ms, p95 {search['p95']:.1f} ms (bar 20); "
        f"found in the first 20: {search['found']:.0%} of misspelt names (bar 95%)"
    )


if __name__ == "__main__":
    sys.exit(main())
