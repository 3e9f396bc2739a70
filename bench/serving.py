"""The platform on a port of its own, as it is served: two processes; and who asks it."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


@contextlib.contextmanager
def server() -> Iterator[tuple[int, int]]:
    """The port and the process of a running server on the database of DATABASE_URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    Path(os.environ["LGNET_DATA_DIR"], "static").mkdir(exist_ok=True)  # where a part asks for no page, it stays empty
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
               "--workers", "2", "--blocking-threads", "2", "--no-ws", "--log-level", "warning",
               "lgnet.wsgi:application"]  # fmt: skip
    process = subprocess.Popen(command, env=dict(os.environ), stdout=subprocess.DEVNULL)
    try:
        for _try in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:  # it finishes what it was asked for; nobody waits for that any more
            process.kill()


def cpu_seconds(pid: int) -> float:
    """Processor time used so far by a process and those it started (Linux; elsewhere 0)."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(cpu_seconds(int(child)) for child in children)


def cookie(user: Any) -> str:
    """The cookie of a new session of the user."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"sessionid={session.session_key}"


def share(times: list[float], part: float) -> float:
    """The value that this part of the measured ones does not exceed."""
    ordered = sorted(times) or [0.0]
    return ordered[max(0, round(len(ordered) * part) - 1)]
