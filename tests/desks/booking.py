"""Twenty who book one time at the same moment. Run as a program it does so on the database of DATABASE_URL."""

import threading
from datetime import timedelta

from django.db import connections

AT_ONCE = 20


def book_all_at_once(operator, kind, opening, people, starts_at):
    """Everybody books the same time; return (booked, refused in words, problems)."""
    from lgnet.core.errors import DomainError  # when this is a program, Django is set up first
    from lgnet.desks.appointment_booking import book_appointment

    booked, refused, problems, barrier = [], [], [], threading.Barrier(len(people))

    def work(person):
        try:
            barrier.wait()
            booked.append(
                book_appointment(by=operator, person=person, kind=kind, opening_id=opening.pk, starts_at=starts_at).pk
            )
        except DomainError as error:
            refused.append(str(error))
        except Exception as problem:  # told by the test
            problems.append(repr(problem))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return booked, refused, problems


def open_a_desk(desk, operator, places=1):
    """A kind of appointment, an opening for it, twenty people, and one of its times."""
    from lgnet.people.services import PersonDetails, register_person
    from tests.desks.planned import a_kind, an_opening, slots_on, tomorrow

    kind = a_kind(operator, desk, f"Prova {places}", places=places)
    opening = an_opening(operator, desk, kind, operator, weekdays=(0, 1, 2, 3, 4, 5, 6))
    people = [
        register_person(by=operator, team=desk, details=PersonDetails(nickname=f"Prova {number}"))
        for number in range(AT_ONCE)
    ]
    day = tomorrow()
    while not slots_on(kind, day):  # a holiday
        day += timedelta(days=1)
    return kind, opening, people, slots_on(kind, day)[0].starts_at


def main():
    """Make a city with a desk; one time for one person, then a group of three."""
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
    counts = []
    for places in (1, 3):
        user = User.objects.create(username=f"prova-{places}", full_name=f"Prova {places}")
        Membership.objects.create(user=user, partner=partner, role=Role.DESK_OPERATOR, starts_on=day)
        TeamMembership.objects.create(team=desk, user=user, starts_on=day)
        kind, opening, people, starts_at = open_a_desk(desk, user, places)
        booked, refused, problems = book_all_at_once(user, kind, opening, people, starts_at)
        counts.append((len(booked), len(refused), problems))
    print(counts)


if __name__ == "__main__":
    main()
