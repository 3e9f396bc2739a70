"""Workers that send at the same moment. Run as a program it does so on the database of DATABASE_URL (see desks)."""

import json
import os
import threading

from django.db import connections

WORKERS, MESSAGES = 4, 60


def send_all_at_once():
    """Let every worker send what is due, all begun together; return problems."""
    from lgnet.messaging.delivery import deliver_due

    problems, barrier = [], threading.Barrier(WORKERS)

    def work():
        try:
            barrier.wait()
            deliver_due()
        except Exception as problem:  # told by the test
            problems.append(repr(problem))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


def queue_messages(partner):
    """Messages to a body outside, which no quiet hours hold back."""
    from lgnet.messaging.services import write_to_address

    for number in range(MESSAGES):
        write_to_address(
            by=None, partner=partner, channel="sms", to=f"+39320{1000000 + number}", kind="test", about=partner,
            key=f"key-{number}", language="it", subject="", text=f"text {number}",
        )  # fmt: skip


def main():
    """Make a city, queue messages and let the workers send them to LGNET_SMS_URL."""
    import django

    django.setup()
    from django.core.management import call_command

    from lgnet.messaging.models import OutgoingMessage
    from tests.conftest import make_partner

    call_command("migrate", verbosity=0)
    queue_messages(make_partner("provaltina", "Provaltina"))
    problems = send_all_at_once()
    sent = OutgoingMessage.objects.filter(status="sent").count()
    print(json.dumps([sent, problems]))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lgnet.settings")
    main()
