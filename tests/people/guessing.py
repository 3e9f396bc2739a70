"""Twelve guessers of one PIN at the same moment. Run as a program they guess on the database of DATABASE_URL.

SQLite in memory, as tests have it, has one connection; a file has as many as there are guessers.
"""

import threading

from django.db import connections

GUESSERS = 12


def guess_at_once(code):
    """Let each guesser try the card once, all begun together; return (how many PINs were looked at, problems)."""
    from lgnet.people import own_entry  # when this is a program, Django is set up first

    looked, problems, barrier = [], [], threading.Barrier(GUESSERS)
    check = own_entry.check_password
    own_entry.check_password = lambda pin, kept: looked.append(pin) or check(pin, kept)

    def work(number):
        try:
            barrier.wait()
            own_entry.open_own_page(code=code, pin="wrong", address=f"192.0.2.{number}")
        except Exception as problem:  # told by the test
            problems.append(repr(problem))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=[number]) for number in range(GUESSERS)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        own_entry.check_password = check
    return len(looked), problems


def main():
    """Guess a code that no card has: it is counted like any other."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(*guess_at_once("ACDEFGHJ"))


if __name__ == "__main__":
    main()
