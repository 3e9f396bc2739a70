"""Empty databases of either engine, and processes of the bench that work on them."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
ENGINES = ("sqlite", "postgres")
Env = dict[str, str]


def has_server() -> bool:
    """Whether DATABASE_URL names a PostgreSQL."""
    return os.environ.get("DATABASE_URL", "").startswith("postgres")


@contextlib.contextmanager
def databases(engine: str, count: int = 1) -> Iterator[list[Env]]:
    """The environments of so many migrated, empty databases, each for a process of its own; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="lgnet-bench-") as name:
        folder = Path(name)
        make = _sqlite_files if engine == "sqlite" else _postgres_databases
        with make(folder, count) as urls:
            yield [_env(folder, url) for url in urls]


def _env(folder: Path, url: str) -> Env:
    usual = {"LGNET_DATA_DIR": str(folder), "LGNET_DEMO": "1", "DJANGO_SETTINGS_MODULE": "lgnet.settings"}
    return dict(os.environ) | usual | {"DATABASE_URL": url, "LGNET_ALLOWED_HOSTS": "127.0.0.1,localhost"}


@contextlib.contextmanager
def _sqlite_files(folder: Path, count: int) -> Iterator[list[str]]:
    files = [folder / f"{number}.sqlite3" for number in range(count)]
    manage(_env(folder, f"sqlite:///{files[0]}"), "migrate", "-v", "0")
    for file in files[1:]:
        shutil.copyfile(files[0], file)  # the last connection has closed: nothing is left in its journal
    yield [f"sqlite:///{file}" for file in files]


@contextlib.contextmanager
def _postgres_databases(folder: Path, count: int) -> Iterator[list[str]]:
    parts = urlsplit(os.environ["DATABASE_URL"])
    names = [f"bench_{os.getpid()}_{number}" for number in range(count)]
    urls = [urlunsplit(parts._replace(path=f"/{name}")) for name in names]
    try:
        _sql(f'CREATE DATABASE "{names[0]}"')
        manage(_env(folder, urls[0]), "migrate", "-v", "0")
        for name in names[1:]:
            _sql(f'CREATE DATABASE "{name}" TEMPLATE "{names[0]}"')
        yield urls
    finally:
        for name in names:
            _sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _sql(statement: str) -> None:
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def manage(env: Env, *command: str) -> None:
    """Run a command of the platform on that database."""
    subprocess.run([sys.executable, "-m", "lgnet.cli", *command], cwd=ROOT, env=env, check=True)


def start_inside(module: str, env: Env, **arguments: Any) -> subprocess.Popen[str]:
    """Start `inside(**arguments)` of a module of the bench, on that database, in a process of its own."""
    command = [sys.executable, "-m", "bench.inside", module, json.dumps(arguments)]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)


def result_of(process: subprocess.Popen[str]) -> Any:
    """What it returned. Raises SystemExit when it failed; why is on the terminal."""
    told, _none = process.communicate()
    if process.returncode:
        raise SystemExit(f"a process of the bench failed ({process.returncode})")
    return json.loads(told)


def run_inside(module: str, env: Env, **arguments: Any) -> Any:
    """Run `inside(**arguments)` of a module of the bench on that database, and return what it returns."""
    return result_of(start_inside(module, env, **arguments))


def say(text: str) -> None:
    """Tell whoever waits how far it is."""
    print(text, file=sys.stderr, flush=True)
