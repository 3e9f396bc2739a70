"""Many colleagues join the same two files at the same moment. Run as a program: on the database of DATABASE_URL."""

import threading

from django.db import connections

AT_ONCE = 8


def join_at_once(places):
    """Let every (user, kept, absorbed) join, all begun together; return (joined, what was refused, problems)."""
    from lgnet.core.errors import DomainError  # when this is a program, Django is set up first
    from lgnet.people.merging import merge_persons

    joined, refused, problems, barrier = [], [], [], threading.Barrier(len(places))

    def work(user, kept, absorbed):
        try:
            barrier.wait()
            joined.append(merge_persons(by=user, kept=kept, absorbed=absorbed, reason="the same papers").pk)
        except DomainError as error:
            refused.append(str(error))
        except Exception as problem:  # told by the test
            problems.append(repr(problem))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=place) for place in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return joined, refused, problems


def main():
    """Make a city with a desk and somebody with two files, and let its operators join them, in both directions."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from lgnet.catalogue.models import TeamMembership
    from lgnet.network.models import Membership, User
    from lgnet.network.roles import Role
    from lgnet.people.models import JourneyEvent, PersonMerge
    from tests.conftest import make_partner, team_of
    from tests.people.doubles import live_a_little, register

    call_command("migrate", verbosity=0)
    partner, day = make_partner("provaltina", "Provaltina"), timezone.localdate()
    users = []
    for number in range(AT_ONCE):
        user = User.objects.create(username=f"prova-{number}", full_name=f"Prova {number}")
        Membership.objects.create(user=user, partner=partner, role=Role.DESK_OPERATOR, starts_on=day)
        TeamMembership.objects.create(team=team_of(partner, "desk"), user=user, starts_on=day)
        users.append(user)
    one, other = (register(users[0], partner, given_names=name) for name in ("Amina", "Amena"))
    for person in (one, other):
        live_a_little(users[0], person)
    before = JourneyEvent.objects.filter(voided_at=None).count()
    both_ways = [(user, *((one, other) if turn % 2 else (other, one))) for turn, user in enumerate(users)]
    joined, refused, problems = join_at_once(both_ways)
    live = JourneyEvent.objects.filter(voided_at=None)
    kept = PersonMerge.objects.get().kept
    print(len(joined), len(refused), problems, live.count() == before == live.filter(person=kept).count())


if __name__ == "__main__":
    main()
