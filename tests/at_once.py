"""Several things done at the same moment, each on a connection of its own."""

import threading

from django.db import connections


def all_at_once(*works):
    """Do these things, all begun together; return the problems."""
    problems, barrier = [], threading.Barrier(len(works))

    def do(work):
        try:
            barrier.wait()
            work()
        except Exception as problem:  # told by the test
            problems.append(repr(problem))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems
