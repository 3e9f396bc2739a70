"""A mail server on loopback, as much of one as Django's client speaks to."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class MailServer:
    """Where it listens, what came in, and whether it takes mails."""

    port: int = 0
    refuses: bool = False
    recipients: list[str] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run a mail server on a free port of the loopback."""
    box = MailServer()

    class Session(socketserver.StreamRequestHandler):
        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                match line.split(":")[0].split()[0].upper():
                    case "RCPT":
                        box.recipients.append(line.partition(":")[2].strip("<>"))
                        self.say("550 no such mailbox" if box.refuses else "250 ok")
                    case "DATA":
                        self.say("354 go on")
                        body = b"".join(iter(self.rfile.readline, b".\r\n")).replace(b"\r\n..", b"\r\n.")
                        box.mails.append(message_from_bytes(body, policy=policy.default))
                        self.say("250 taken")
                    case "QUIT":
                        self.say("221 bye")
                        break
                    case _:
                        self.say("250 ok")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
