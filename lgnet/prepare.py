"""The second half of `make run`: what the server needs is brought up to date, then it is started.

What was done is noted in the data directory with a hash of all it depends on, so that a second start does it not again.
"""

import contextlib
import fcntl
import hashlib
import http.client
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import environ

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent
HOST = "127.0.0.1"
START_SECONDS = 60
DELIVER_SECONDS = 30  # between two rounds of messages that are due
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class PrepareError(Exception):
    """Something a person has to put right; the message is one line that says what to do."""


def main() -> int:
    """Prepare, serve until told to stop, and return the exit code."""
    environ.Env.read_env(ROOT / ".env")
    os.environ.setdefault("LGNET_DEMO", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lgnet.settings")
    for number in STOPPING:
        signal.signal(number, _stop)
    try:
        return serve(os.environ.get("PORT", "8000"), prepare())
    except PrepareError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; run make again to go on.", file=sys.stderr)
        return 130


def _stop(*_: object) -> None:
    """End in good order on the first signal, and let no further one disturb that."""
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def prepare() -> str:
    """Bring catalogues, static files, database, network and demo data up to date; nothing if they are.

    Return the demo sign-ins as they were when the data was loaded: asking for them anew takes a second at every start.
    """
    from django.conf import settings

    note = settings.DATA_DIR / "prepared.json"
    with (settings.DATA_DIR / "prepare.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = _read(note)
        static, data = _static_hash(), _data_hash(settings)
        if done.get("static") != static or not (settings.STATIC_ROOT / "staticfiles.json").exists():
            _step("Collecting static files", "collectstatic", interactive=False, clear=True, verbosity=0)
            done["static"] = static
            _write(note, done)
        database = settings.DATABASES["default"]
        if done.get("data") != data or done.get("migrations") != _migrations(database) or not done.get("migrations"):
            _write(note, {"static": static})
            _fill(demo=settings.DEMO)
            done = {"static": static, "data": data, "migrations": _migrations(database), "sign_ins": _sign_ins()}
            _write(note, done)
        return str(done.get("sign_ins", ""))


def _fill(*, demo: bool) -> None:
    """Run the steps that write to the database; each leaves alone what an earlier run finished."""
    _step("Compiling the translations", "compile_catalogues", verbosity=0)
    _step("Preparing the database", "migrate", interactive=False, verbosity=0)
    _step("Loading the network", "load_network")
    _step("Loading the instruments of assessment", "load_instruments", stdout=io.StringIO())
    if demo:
        _step("Loading the demo data", "load_demo")


def _step(what: str, command: str, **options: Any) -> None:
    """Run a management command; when it fails, keep its traceback in a file and raise PrepareError."""
    import django
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command

    print(f"{what} ...", flush=True)
    try:
        if not apps.ready:
            django.setup()
        call_command(command, **options)
    except Exception as error:
        trace = settings.DATA_DIR / "prepare-error.log"
        trace.write_text(traceback.format_exc(), "utf-8")
        reason = " ".join(str(error).split())[:200].rstrip(".?! ") or type(error).__name__
        database = settings.DATABASES["default"]
        advice = f"check DATABASE_URL (host {database['HOST']})"
        if _is_sqlite(database):
            advice = f"if that does not mend it, move {database['NAME']} away"
        raise PrepareError(f"{what} failed: {reason}. Run make again; {advice}. The details are in {trace}.") from error


def _is_sqlite(database: dict[str, Any]) -> bool:
    return str(database["ENGINE"]).endswith("sqlite3")


def _migrations(database: dict[str, Any]) -> int:
    """Count the migrations in the SQLite file: 0 if it is missing, not ours, or we are on another engine.

    A database that was removed or put back from a copy is noticed by this; other engines are brought up to date at
    every start.
    """
    if not _is_sqlite(database):
        return 0
    with contextlib.suppress(sqlite3.Error):
        connection = sqlite3.connect(f"file:{database['NAME']}?mode=ro", uri=True)
        with contextlib.closing(connection):
            return int(connection.execute("select count(*) from django_migrations").fetchone()[0])
    return 0


def _data_hash(settings: Any) -> str:
    files = (path for path in PACKAGE.rglob("*") if path.suffix not in {".pyc", ".mo"})
    database = {key: str(settings.DATABASES["default"].get(key)) for key in ("ENGINE", "NAME", "HOST", "PORT")}
    return _hash(files, json.dumps([database, settings.DEMO]))


def _static_hash() -> str:
    return _hash([ROOT / "requirements.lock", PACKAGE / "settings.py", *PACKAGE.glob("*/static/**/*")], "")


def _hash(files: Iterable[Path], more: str) -> str:
    total = hashlib.sha256(more.encode())
    for path in sorted(path for path in files if path.is_file()):
        total.update(f"\0{path.relative_to(ROOT)}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def _read(note: Path) -> dict[str, Any]:
    try:
        content = json.loads(note.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _write(note: Path, content: dict[str, Any]) -> None:
    new = note.with_suffix(".new")
    new.write_text(json.dumps(content), "utf-8")
    new.replace(note)


def serve(port: str, sign_ins: str) -> int:
    """Start the web server, print where it is and how to sign in, and wait for its end or for Ctrl-C."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", port]
    command += ["--workers", "2", "--blocking-threads", "2", "--no-ws", "--log-level", "warning"]
    command += ["--respawn-failed-workers", "lgnet.wsgi:application"]
    # In a group of its own, so that Ctrl-C reaches only us: workers ended by it would be started again.
    server = subprocess.Popen(command, cwd=ROOT, process_group=0)
    post: subprocess.Popen[bytes] | None = None
    try:
        if not _answers(server, int(port)):
            raise PrepareError(f"The server did not start on port {port}: the reason is above. Run make again.")
        post = _deliver_messages()
        print(f"\nLGNet is at http://{HOST}:{port} (passkeys need http://localhost:{port})", flush=True)
        print(f"{sign_ins}\nCtrl-C stops it.", flush=True)
        return server.wait()
    except KeyboardInterrupt:
        print("\nStopping ...", flush=True)
        return 0
    finally:
        for process in (post, server):
            if process is not None:
                _end(process)


def _deliver_messages() -> subprocess.Popen[bytes]:
    """Start what sends the messages that are due; it ends by itself if we are gone."""
    command = [sys.executable, "-m", "lgnet.cli", "deliver_messages", "--every", str(DELIVER_SECONDS)]
    command += ["--parent", str(os.getpid())]
    return subprocess.Popen(command, cwd=ROOT, process_group=0, stdout=subprocess.DEVNULL)


def _end(server: subprocess.Popen[bytes]) -> None:
    """Let the server finish its requests, and end it with its workers if that takes too long."""
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)


def _answers(server: subprocess.Popen[bytes], port: int) -> bool:
    end = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(HOST, port, timeout=10)
            with contextlib.closing(connection):
                connection.request("GET", "/")
                connection.getresponse()
                return True
        time.sleep(0.1)
    return False


def _sign_ins() -> str:
    """Return one demo sign-in per role, a line each; empty without demo data."""
    from django.conf import settings
    from django.core.management import call_command

    if not settings.DEMO:
        return ""
    output = io.StringIO()
    call_command("demo_users", stdout=output)
    return f"\nSign in with one of these: role, username, password.\n\n{output.getvalue()}"


if __name__ == "__main__":
    sys.exit(main())
