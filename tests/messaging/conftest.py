"""A person who can be written to, and gateways on loopback."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from lgnet.messaging.services import write_to_person
from lgnet.people.records import add_contact_point

PHONE, MAIL = "+393201234567", "prova@example.org"


@dataclass
class HttpGateway:
    """Where it listens, what it was asked, and how it answers the next requests; then 200 with an id."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)  # a status, (status, body), or seconds to wait before a good one
    known: dict[str, str] = field(default_factory=dict)  # the id given for each Idempotency-Key: doubles are known
    texts: list[str] = field(default_factory=list)  # what it really sent on

    @property
    def keys(self) -> list[str]:
        return [one["key"] for one in self.asked]


@contextmanager
def http_gateway() -> Iterator[HttpGateway]:
    """Run a gateway for text messages on a free port of the loopback."""
    box, lock = HttpGateway(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            key = self.headers["Idempotency-Key"]
            with lock:
                sent = {"key": key, "auth": self.headers.get("Authorization"), "body": body, "path": self.path}
                box.asked.append(sent)
                answer = box.answers.pop(0) if box.answers else 200
                status = answer if isinstance(answer, int) else answer[0] if isinstance(answer, tuple) else 200
                if status == 200 and key not in box.known:
                    box.known[key] = f"gw-{len(box.known) + 1}"
                    box.texts.append(json.loads(body)["text"] if body.startswith(b"{") else body.decode())
            if isinstance(answer, float):
                time.sleep(answer)
            told = answer[1] if isinstance(answer, tuple) else json.dumps({"id": box.known.get(key, "")})
            if status == 302:
                self.send_response(302)
                self.send_header("Location", "/elsewhere")
            else:
                self.send_response(status)
            self.send_header("Content-Length", str(len(told.encode())))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(told.encode())

        def log_message(self, *_: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """A client that went away while we slept."""

    with Quiet(("127.0.0.1", 0), Handler) as server:
        box.url = f"http://127.0.0.1:{server.server_address[1]}/sms"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def sms(settings):
    """A gateway for text messages that is set up and knows doubles."""
    with http_gateway() as box:
        settings.SMS_GATEWAY = settings.SMS_GATEWAY | {
            "url": box.url, "header": "Authorization: Bearer geheim", "is_safe_to_repeat": True, "seconds": 0.5,
        }  # fmt: skip
        yield box


@pytest.fixture
def reachable(person, desk_operator):
    """The person, with a number and an address that are safe."""
    add_contact_point(by=desk_operator, person=person, kind="phone", value=PHONE, safe="yes")
    add_contact_point(by=desk_operator, person=person, kind="email", value=MAIL, safe="yes")
    return person


@pytest.fixture
def write(reachable, desk_operator):
    """Return `write(key, **more)`: messages to the person, by channel."""

    def writing(key="one", **more):
        def compose(language):
            return f"Promemoria {language}", f"Ti aspettiamo {key}"

        made = write_to_person(
            by=desk_operator, person=reachable, kind="reminder", about=reachable, key=key, compose=compose, **more
        )
        return {message.channel: message for message in made}

    return writing
