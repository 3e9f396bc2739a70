"""Twenty who book one slot at the same moment. Run as a program it does so on the database of DATABASE_URL."""

import threading
from datetime import time, timedelta

from django.db import connections

BOOKERS = 20


def book_at_once(offer, bookers):
    """Let every (user, partner) book the first slot of tomorrow; return (how many got it, what the others were told)."""
    from django.utils import timezone, translation

    from lgnet.core.errors import DomainError
    from lgnet.desks.mediation_bookings import book_mediation
    from lgnet.desks.mediation_slots import slots_on

    starts_at = slots_on(offer, timezone.localdate() + timedelta(days=1))[0].starts_at
    got, told, barrier = [], [], threading.Barrier(len(bookers))

    def work(user, partner):
        translation.activate("en")  # of this thread
        try:
            barrier.wait()
            got.append(
                book_mediation(by=user, partner=partner, offer=offer, starts_at=starts_at, language="bn", way="phone")
            )
        except DomainError as refusal:
            told.append(str(refusal))
        except Exception as problem:  # told by the test
            told.append(repr(problem))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=booker) for booker in bookers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(got), sorted(set(told)), len(told)


def offer_hours(by, partner, **more):
    """Hours of a mediator of Bengali and Arabic, every day from 9 to 11, for the network."""
    from django.utils import timezone

    from lgnet.desks.mediation import Hours, offer_mediation

    hours = {
        "name": "Rahima Prova", "languages": ["bn", "ar"], "ways": ["phone", "in_person"], "reach": "network",
        "starts_on": timezone.localdate(), "weekdays": range(7), "opens": time(9), "closes": time(11), "slot_minutes": 30,
        "how_to_join": "010 5550100",
    }  # fmt: skip
    return offer_mediation(by=by, partner=partner, hours=Hours(**hours | more))


def main():
    """Make two cities, an offer, and let twenty book it."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone, translation

    from lgnet.network.models import Membership, User
    from lgnet.network.roles import Role
    from tests.conftest import make_partner

    call_command("migrate", verbosity=0)
    translation.activate("en")
    cities = [make_partner("provaltina", "Provaltina"), make_partner("esempiana", "Esempiana")]

    def colleague(number):
        user = User.objects.create(
            username=f"prova-{number}", full_name=f"Prova {number}", email=f"p{number}@example.org"
        )
        partner = cities[number % 2]
        Membership.objects.create(user=user, partner=partner, role=Role.DESK_OPERATOR, starts_on=timezone.localdate())
        return user, partner

    bookers = [colleague(number) for number in range(BOOKERS)]
    print(book_at_once(offer_hours(*bookers[0]), bookers))


if __name__ == "__main__":
    main()
