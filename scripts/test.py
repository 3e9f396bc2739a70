"""`make test`: installs what the tests need, runs every stage, and ends with one line that counts them all.

A part of it: `make test ARGS="--only lint,types,sqlite"`. What could not run is said loudly, and is a failure when CI
is set. Each stage other than pytest counts as one test.
"""

import argparse
import contextlib
import dataclasses
import os
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

from environment import ROOT, SetUpError, ensure, say
from postgres import install_package, stop_on_termination, throw_away

BIN = ROOT / ".venv" / "bin"
RESULTS = ROOT / "test-results"
DATA = RESULTS / "data"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
STAGE_SECONDS = 2600  # a stage that hangs is ended, so that the others are still told about
NO_TESTS = 5  # what pytest returns when it found none


@dataclasses.dataclass
class Result:
    """What came of one stage: how many tests passed, failed and were skipped, and why it could not run, if so."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    missing: str = ""
    seconds: float = 0.0


def check(*command: str) -> Callable[[], Result]:
    """Return a stage that runs one program of the environment and counts as one test."""

    def stage() -> Result:
        ok = run([str(BIN / command[0]), *command[1:]], clean_environment()) == 0
        return Result(passed=int(ok), failed=int(not ok))

    return stage


def pytest(name: str, *arguments: str, **variables: str) -> Result:
    """Run pytest with the given environment variables and count from its report."""
    report = RESULTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    code = run(
        [str(BIN / "pytest"), "-q", "--no-header", f"--junit-xml={report}", *arguments],
        clean_environment(**variables),
    )
    if code == NO_TESTS:
        return Result(missing="it holds no tests yet")
    result = Result()
    if report.exists():
        for suite in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314 - written by pytest just now
            total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            result.failed += failed
            result.skipped += skipped
            result.passed += max(0, total - failed - skipped)
    if code and not result.failed:
        result.failed = 1  # it broke off
    return result


def in_parallel() -> list[str]:
    """Return the options that spread tests over the cores, and leave the browser's tests to their own stage."""
    return ["-n", str(max(2, min(os.cpu_count() or 2, 8))), "--ignore=tests/e2e", "-m", "not e2e"]


def on_sqlite() -> Result:
    """Run all but the browser tests on SQLite."""
    return pytest("sqlite", *in_parallel())


def on_postgres() -> Result:
    """Run the same on a throw-away PostgreSQL."""
    with throw_away() as url:
        return pytest("postgres", *in_parallel(), DATABASE_URL=url)


def in_browser() -> Result:
    """Run the browser tests with the system's Chromium."""
    return pytest("e2e", "tests/e2e", LGNET_CHROMIUM=find_browser())


def find_browser() -> str:
    """Return the path of Chromium: LGNET_CHROMIUM, or one in PATH, or Debian's, installed now. Raises SetUpError."""
    if named := os.environ.get("LGNET_CHROMIUM"):
        if shutil.which(named):
            return named
        raise SetUpError(f"LGNET_CHROMIUM={named} is not a program.")
    if not any(map(shutil.which, BROWSERS)):
        install_package("chromium")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise SetUpError("Chromium was not found: install it, or name it with LGNET_CHROMIUM=/path/to/chromium.")
    return found


STAGES: dict[str, tuple[str, Callable[[], Result]]] = {
    "lint": ("style (ruff check)", check("ruff", "check", "--quiet", ".")),
    "format": ("format (ruff format)", check("ruff", "format", "--check", "--quiet", ".")),
    "types": ("types (mypy)", check("mypy")),
    "layers": ("layers (import-linter)", check("lint-imports", "--no-logo")),
    "imports": ("tests can be imported", check("pytest", "--collect-only", "-qq")),
    "catalogues": ("translations compile", check("lgnet", "compile_catalogues")),
    "migrations": (
        "migrations complete",
        check("lgnet", "makemigrations", "--check", "--dry-run", "-v", "1"),
    ),
    "sqlite": ("tests on SQLite", on_sqlite),
    "postgres": ("tests on PostgreSQL", on_postgres),
    "e2e": ("tests in a browser", in_browser),
}


def clean_environment(**variables: str) -> dict[str, str]:
    """Return the environment of a stage: it sees no settings of this machine and writes to a folder of its own."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("LGNET_") and key != "DATABASE_URL"}
    settings = {
        "LGNET_DATA_DIR": str(DATA),
        "LGNET_SECRET_KEY": "for tests only, and long enough for every algorithm that signs with it",
        "DATABASE_URL": f"sqlite:///{DATA / 'lgnet.sqlite3'}",
        "PYTHONUNBUFFERED": "1",
    }
    return env | settings | variables


def run(command: list[str], env: dict[str, str]) -> int:
    """Run a program to its end or to the end of its time, with all that it started; return its exit code."""
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, process_group=0)
    try:
        return process.wait(STAGE_SECONDS)
    except subprocess.TimeoutExpired:
        say(f"{Path(command[0]).name} took more than {STAGE_SECONDS} s and was ended.")
        return 1
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a program and all that it started: it may clean up for some seconds first."""
    for number in (signal.SIGINT, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)


def run_stages(names: list[str]) -> dict[str, Result]:
    """Run the stages one after the other, and return what came of each."""
    results = {}
    for name in names:
        title, stage = STAGES[name]
        say(f"\n--- {title}")
        start = time.monotonic()
        try:
            result = stage()
        except SetUpError as error:
            result = Result(missing=str(error))
        if result.missing:
            result.failed, result.skipped = (1, 0) if under_ci() else (0, 1)
        result.seconds = time.monotonic() - start
        results[name] = result
    return results


def under_ci() -> bool:
    """Say whether what cannot run has to fail."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false"}


def tell(results: dict[str, Result], seconds: float) -> int:
    """Print the table, what is missing and the last line; return the exit code."""
    say("\n--- all stages")
    for name, result in results.items():
        word = "could not run" if result.missing else "FAILED" if result.failed else "passed"
        counts = (
            "" if result.missing else f"{result.passed:5} passed {result.failed:4} failed {result.skipped:4} skipped"
        )
        say(f"{name:11} {STAGES[name][0]:24} {word:14} {counts:40} {result.seconds:6.1f} s")
    if missing := {name: result.missing for name, result in results.items() if result.missing}:
        say(f"\n{'!' * 20} NOT EVERYTHING RAN {'!' * 20}")
        for name, reason in missing.items():
            say(f"!! {STAGES[name][0]}: {reason}")
        say("!! Under CI this is a failure." if not under_ci() else "!! CI is set, so this is a failure.")
    failed = sum(result.failed for result in results.values())
    skipped = sum(result.skipped for result in results.values())
    passed = sum(result.passed for result in results.values())
    parts = [f"{failed} failed"] if failed else []
    parts += [f"{passed} passed"] + ([f"{skipped} skipped"] if skipped else [])
    say(f"\n==== {', '.join(parts)} in {seconds:.1f}s ====")
    return int(failed > 0)


def chosen() -> list[str]:
    """Return the names of the stages asked for on the command line, in their order; ends with a message on others."""
    parser = argparse.ArgumentParser(prog="make test", description="Run all checks and tests, or some.")
    parser.add_argument("--only", default=",".join(STAGES), help=f"comma-separated, of: {', '.join(STAGES)}")
    wanted = parser.parse_args().only.split(",")
    if unknown := sorted(set(wanted) - set(STAGES)):
        parser.error(f"no such stage: {', '.join(unknown)}; there are {', '.join(STAGES)}")
    return [name for name in STAGES if name in wanted]


def main() -> int:
    """Run the stages asked for and return the exit code: 0 when none failed."""
    names = chosen()
    start = time.monotonic()
    stop_on_termination()
    try:
        ensure("test")
        shutil.rmtree(DATA, ignore_errors=True)
        DATA.mkdir(parents=True)
        return tell(run_stages(names), time.monotonic() - start)
    except (SetUpError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
