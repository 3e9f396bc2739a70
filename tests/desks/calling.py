"""Twenty counters that call at the same moment. Run as a program it does so on the database of DATABASE_URL.

SQLite in memory, as tests have it, has one connection; a file has as many as there are counters.
"""

import threading

from django.db import connections

COUNTERS, TURNS = 20, 5
TICKETS = COUNTERS * TURNS - 7  # some counters find nobody in the end


def call_all_at_once(places):
    """Let every (operator, counter) call TURNS times, all begun together; return (numbers called, problems)."""
    from lgnet.desks import queue  # when this is a program, Django is set up first

    called, problems, barrier = [], [], threading.Barrier(len(places))

    def work(operator, counter):
        try:
            barrier.wait()
            tickets = [queue.call_next(by=operator, counter=counter) for _ in range(TURNS)]
            called.extend(ticket.number for ticket in tickets if ticket)
        except Exception as problem:  # told by the test
            problems.append(repr(problem))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=place) for place in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return called, problems


def open_counters(desk, operators, boss):
    """A counter of the desk for each operator, who works at it, and tickets that wait."""
    from lgnet.desks import queue, screens

    places = []
    for number, operator in enumerate(operators):
        counter = screens.create_counter(by=boss, team=desk, name=f"Postazione {number}")
        places.append((operator, queue.take_counter(by=operator, counter=counter)))
    for _ in range(TICKETS):
        queue.issue_ticket(team=desk)
    return places


def main():
    """Make a city with a desk, and let its counters call."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from lgnet.catalogue.models import TeamMembership
    from lgnet.network.models import Membership, User
    from lgnet.network.roles import Role
    from tests.conftest import make_partner, team_of

    call_command("migrate", verbosity=0)
    partner, day = make_partner("provaltina", "Provaltina"), timezone.localdate()
    desk = team_of(partner, "desk")

    def colleague(number, role):
        user = User.objects.create(username=f"prova-{number}", full_name=f"Prova {number}")
        Membership.objects.create(user=user, partner=partner, role=role, starts_on=day)
        return user

    operators = [colleague(number, Role.DESK_OPERATOR) for number in range(COUNTERS)]
    TeamMembership.objects.bulk_create(TeamMembership(team=desk, user=user, starts_on=day) for user in operators)
    called, problems = call_all_at_once(open_counters(desk, operators, colleague("capo", Role.COORDINATOR)))
    print(sorted(called) == list(range(1, TICKETS + 1)), problems)


if __name__ == "__main__":
    main()
