"""A morning of a large one-stop shop: its numbers and appointments of today, and what the desk did in 90 days."""

import random
import sys
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from bench.writer import Writer
from lgnet.catalogue.directory import OfferDetails, create_offer
from lgnet.catalogue.models import ServiceType, Team, TeamMembership
from lgnet.core.ids import uuid7
from lgnet.desks.appointment_booking import book_appointment
from lgnet.desks.appointment_models import CityDay
from lgnet.desks.appointment_planning import KindDetails, OpeningPlan, create_kind, create_opening
from lgnet.desks.appointment_slots import free_slots
from lgnet.desks.models import Request, Visit
from lgnet.desks.queue_models import Counter, Ticket, rank
from lgnet.desks.screens import create_screen
from lgnet.messaging.models import OutgoingMessage
from lgnet.network.models import Membership, Partner, User
from lgnet.people.models import FileMember, Person

TICKETS, APPOINTMENTS, COUNTERS = 2000, 500, 20
WAITING = 60  # of the numbers, at this moment; the others have been received
DAYS, VISITS, MESSAGES, OFFERS = 90, 20_000, 10_000, 200  # before today
TOPICS = ("legal", "orientation", "housing", "work", "health", "language", "practical", "social", "")
LANGUAGES = ("it", "fr", "ar", "en", "bn", "ur", "es", "uk", "")
TICKET = ("id", "created_at", "partner", "team", "day", "number", "topic", "language", "source", "issued_at", "ranks_at",
          "status", "counter", "called_at", "called_by", "calls", "finished_at", "visit")  # fmt: skip
VISIT = ("id", "created_at", "partner", "team", "person", "arrived_at", "topic", "recorded_by", "minutes", "closed_at",
         "closed_by")  # fmt: skip
REQUEST = ("id", "created_at", "partner", "team", "visit", "person", "service_type", "asked_at", "language", "outcome",
           "owner", "due_on", "promised_at", "answered_by", "answered_at", "recorded_by")  # fmt: skip
MESSAGE = ("id", "created_at", "partner", "person", "channel", "to", "kind", "key", "language", "text", "about_type",
           "about_id", "status", "sent_at")  # fmt: skip


class Morning:
    """The desk of the city that knows most people, as it stands at this moment."""

    def __init__(self, seed: int = 7) -> None:
        self.rng = random.Random(seed)
        self.partner = Partner.objects.annotate(n=Count("persons")).order_by("-n")[0]
        self.user = User.objects.get(username=f"bench.{self.partner.slug}")
        self.desk = Team.objects.filter(partner=self.partner, kind=Team.Kind.DESK, memberships__user=self.user)[0]
        members = FileMember.objects.filter(team=self.desk).select_related("person").order_by("pk")
        self.persons: list[Person] = [member.person for member in members[: VISITS // 4]]
        self.services = list(ServiceType.objects.filter(is_active=True))
        self.visits, self.requests = Writer(Visit, VISIT), Writer(Request, REQUEST)

    def build(self) -> dict[str, Any]:
        """Write it; return how much, and the secret of a display."""
        with transaction.atomic():  # rows of one table may be written before those they point to
            self._past()
            self._tickets()
            for writer in (self.visits, self.requests):
                writer.flush()
            self._messages()
        self._offers()
        _screen, secret = create_screen(by=self.user, team=self.desk, kind="display", name="Sala d'attesa")
        booked = self._appointments()
        call_command("rebuild_episodes", stdout=sys.stderr)  # what is printed is read as JSON
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        return {"tickets": TICKETS, "appointments": booked, "secret": secret}

    def _past(self) -> None:
        now = timezone.now()
        for _number in range(VISITS):
            self._visit(now - timedelta(minutes=self.rng.randint(24 * 60, DAYS * 24 * 60)))

    def _visit(self, arrived: datetime) -> UUID:
        """Somebody came, asked one or two things, and was answered; one promise in 40 is still open."""
        rng, user, pk, person = self.rng, self.user.pk, uuid7(), self.rng.choice(self.persons)
        ended = arrived + timedelta(minutes=6)
        self.visits.add(
            pk, arrived, self.partner.pk, self.desk.pk, person.pk, arrived, rng.choice(TOPICS), user, 6, ended, user
        )
        for _number in range(rng.randint(1, 2)):
            later = rng.random() < 0.025
            promise = (user, (ended + timedelta(days=7)).date(), ended) if later else (None, None, None)
            answer = (None, None) if later else (user, ended)
            self.requests.add(
                uuid7(), arrived, self.partner.pk, self.desk.pk, pk, person.pk, rng.choice(self.services).pk, arrived,
                rng.choice(LANGUAGES), "later" if later else "answered", *promise, *answer, user,
            )  # fmt: skip
        return pk

    def _tickets(self) -> None:
        rng, now, today, user = self.rng, timezone.now(), timezone.localdate(), self.user.pk
        names = [f"Postazione {number:02}" for number in range(1, COUNTERS + 1)]
        counters = [Counter.objects.create(partner=self.partner, team=self.desk, name=name) for name in names]
        Counter.objects.filter(pk=counters[0].pk).update(occupant=self.user, occupied_at=now)
        writer = Writer(Ticket, TICKET)
        for number in range(1, TICKETS + 1):
            issued = now - timedelta(seconds=round(5 * 3600 * (1 - number / TICKETS)) + 1)
            received: tuple[object, ...] = ("waiting", None, None, None, 0, None, None)
            if number <= TICKETS - WAITING:
                called = min(issued + timedelta(minutes=rng.randint(1, 45)), now)
                ended, visit = called + timedelta(minutes=6), self._visit(called)
                received = ("served", rng.choice(counters).pk, called, user, 1, ended, visit)
            writer.add(
                uuid7(), issued, self.partner.pk, self.desk.pk, today, number, rng.choice(TOPICS),
                rng.choice(LANGUAGES), "kiosk", issued, rank(issued, ""), *received,
            )  # fmt: skip
        writer.flush()

    def _messages(self) -> None:
        rng, now, writer = self.rng, timezone.now(), Writer(OutgoingMessage, MESSAGE)
        for number in range(MESSAGES):
            person, at = rng.choice(self.persons), now - timedelta(minutes=rng.randint(1, DAYS * 24 * 60))
            writer.add(
                uuid7(), at, self.partner.pk, person.pk, "sms", f"+39320{number:07}", "appointment", f"bench:{number}",
                "it", "Ti aspettiamo domani alle 10:00.", "desks.appointment", uuid7(), "delivered", at,
            )  # fmt: skip
        writer.flush()

    def _offers(self) -> None:
        for number in range(OFFERS):
            details = OfferDetails(f"Servizio di prova {number:03}", [self.rng.choice(self.services)])
            create_offer(by=self.user, partner=self.partner, details=details)

    def _appointments(self) -> int:
        """Booked at seven in the morning, by the service, with operators enough for all."""
        today, user = timezone.localdate(), self.user
        open_today = {"is_open": True, "said_by": user}
        CityDay.objects.update_or_create(partner=self.partner, day=today, defaults=open_today)
        seven = timezone.make_aware(datetime.combine(today, time(7)))
        with time_machine.travel(seven, tick=False):
            kind = create_kind(by=user, team=self.desk, details=KindDetails("Consulenza", "legal", 15))
            for number in range(COUNTERS):
                plan = OpeningPlan(
                    kinds=[kind], operator=self._operator(number) if number else user, from_clock=time(8),
                    until_clock=time(19), weekdays=tuple(range(7)), starts_on=today,
                )  # fmt: skip
                create_opening(by=user, team=self.desk, plan=plan)
            slots, persons = free_slots(kind, today, today), list(dict.fromkeys(self.persons))[:APPOINTMENTS]
            chosen = self.rng.sample(slots, min(len(slots), len(persons)))
            for slot, person in zip(chosen, persons, strict=False):
                book_appointment(
                    by=user, person=person, kind=kind, opening_id=slot.opening.pk, starts_at=slot.starts_at
                )
        return len(chosen)

    def _operator(self, number: int) -> User:
        operator = User(username=f"bench.operator.{number}", full_name=f"Operatore {number}")
        operator.set_unusable_password()
        operator.save()
        since = timezone.localdate() - timedelta(days=30)
        Membership.objects.create(user=operator, partner=self.partner, role="desk_operator", starts_on=since)
        TeamMembership.objects.create(team=self.desk, user=operator, starts_on=since)
        return operator
