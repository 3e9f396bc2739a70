"""The work of a desk in the demo: what is asked and promised, showers counted, mail kept. Through the services."""

import random
import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from lgnet.catalogue.models import ServiceType, Team
from lgnet.desks.counted_selectors import counted_types
from lgnet.desks.counted_services import count_service, set_counted
from lgnet.desks.mailbox_models import POSTE_RESTANTE
from lgnet.desks.mailbox_services import hand_over, open_mailbox, receive_letter
from lgnet.desks.models import Mailbox, Request, Visit
from lgnet.desks.request_selectors import needed_documents
from lgnet.desks.request_services import (
    Answer,
    Question,
    answer_request,
    check_documents,
    make_request,
    set_needed_document,
)
from lgnet.desks.visit_services import close_visit, receive_anonymous
from lgnet.network.access import can
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.models import Person

COUNTED_DAYS = 20  # of the calendar: what is older has no lesson
DETAILED = timedelta(days=120)  # of visits longer ago fewer have requests
DOCUMENTS = {
    "residence_permit": (("Passaporto", "Passport"), ("Quattro fototessere", "Four photographs"),
                         ("Ricevuta del bollettino", "Receipt of the payment")),
    "civil_registration": (("Documento di identità", "Identity document"),
                           ("Permesso di soggiorno", "Residence permit")),
    "health_registration": (("Permesso di soggiorno o ricevuta", "Residence permit or its receipt"),
                            ("Codice fiscale", "Tax code")),
}  # fmt: skip
WORDS = (
    "Mi scade il permesso il mese prossimo.", "Vorrei iscrivermi al corso della sera.", "Non ho il medico.",
    "Mi serve un posto per dormire da stasera.", "Cerco lavoro in cucina, ho già lavorato.", "",
    "Ho ricevuto una lettera e non capisco.", "Vorrei la residenza per fare la carta d'identità.", "",
)  # fmt: skip
ANSWERS = (
    "Spiegati i passi e consegnato l'elenco dei documenti.", "Compilato insieme il modulo.",
    "Indicato lo sportello giusto, con orari e strada.", "",
)  # fmt: skip
LANGUAGES = ("it", "fr", "ar", "en", "bn", "ur", "es", "")
SENDERS = ("Questura", "INPS", "Tribunale", "ASL", "")
OUTCOMES = ("answered", "referred", "appointment", "later", "impossible")
WEIGHTS = (54, 14, 12, 16, 4)

At = Callable[[datetime, Callable[[], None]], None]


class DeskWork:
    """What happens at one desk: `plan` puts its days into the simulation, `receive` follows an arrival."""

    def __init__(self, desk: Team, staff: list[User], *, seed: int, scale: float, at: At) -> None:
        self.desk, self.staff, self.at = desk, staff, at
        self.rng = random.Random(f"requests {seed} {desk.name}")  # noqa: S311  # lives of invented people
        self.showers = max(1, round(6 * scale))
        self.asked = list(ServiceType.objects.filter(is_active=True).exclude(area__in=("first_help", "practical")))
        self.keeps_mail = ServiceType.objects.filter(code=POSTE_RESTANTE).exists()
        self.known: list[Person] = []
        self.now = timezone.now()

    def plan(self, now: datetime, days: int) -> None:
        """Checklists first, then the showers and who says no name, each working day until now."""
        self.now = now
        counted = [timezone.localdate(now) - timedelta(days=ago) for ago in range(COUNTED_DAYS, -1, -1)]
        self.at(now - timedelta(days=days - 1), self._set_up)
        for day in (one for one in counted if one.weekday() < 5):
            for _turn in range(self.showers):
                self.at(_clock(day, 9) + self.rng.random() * timedelta(hours=4), self._count)
            if self.rng.random() < 0.3:
                self.at(_clock(day, 11) + self.rng.random() * timedelta(hours=1), self._anonymous)

    def receive(self, by: User, visit: Visit) -> None:
        """What somebody who has just arrived asks: one to three things, in the half hour after the arrival."""
        rng = self.rng
        if visit.person and len(self.known) < 200:
            self.known.append(visit.person)
        if not self.asked or (self.now - visit.arrived_at > DETAILED and rng.random() < 0.6):
            return
        spoken = (rng.choice(("", "", "own", "phone", "other")), rng.choice(LANGUAGES))
        for turn in range(rng.choice((1, 1, 1, 2, 2, 3))):
            at = visit.arrived_at + timedelta(minutes=4 + 7 * turn + rng.randint(0, 5))
            self.at(at, lambda: self._ask(by, visit, spoken))
        self.at(visit.arrived_at + timedelta(minutes=rng.randint(26, 44)), lambda: self._close(by, visit))
        if visit.person and self.keeps_mail and rng.random() < 0.08:
            self.at(visit.arrived_at + timedelta(minutes=20), lambda: self._open_box(by, visit))

    def _set_up(self) -> None:
        partner_id = self.desk.partner_id
        keepers = [one for one in self.staff if can(one, Permission.KEEP_DIRECTORY, partner=partner_id)]
        if not keepers:
            return
        keeper = keepers[0]
        for service in (one for one in self.asked if one.code in DOCUMENTS):
            for position, (italian, english) in enumerate(DOCUMENTS[service.code], 1):
                set_needed_document(
                    by=keeper, partner_id=partner_id, service_type=service, name_it=italian, name_en=english,
                    position=position,
                )  # fmt: skip
        for shower in (one.service_type for one in counted_types(partner_id) if one.service_type.code == "shower"):
            set_counted(by=keeper, partner_id=partner_id, service_type=shower, is_counted=True, daily_limit=1)

    def _ask(self, by: User, visit: Visit, spoken: tuple[str, str]) -> None:
        rng = self.rng
        wanted = [one for one in self.asked if one.area == visit.topic] if rng.random() < 0.7 else []
        service = rng.choice(wanted or self.asked)
        row = make_request(by=by, visit=visit, question=Question(service, rng.choice(WORDS), *spoken))
        self._tick(by, row)
        outcome = rng.choices(OUTCOMES, WEIGHTS)[0]
        if outcome == "later":
            due = timezone.localdate() + timedelta(days=rng.randint(2, 12))
            answer_request(by=by, request=row, answer=Answer("later", owner=rng.choice(self.staff), due_on=due))
            if rng.random() < 0.8:
                self.at(_clock(due, 12) + timedelta(days=rng.choice((-1, 0, 0, 3))), lambda: self._keep(row))
        else:
            reason = rng.choice(("no_place", "documents", "no_right")) if outcome == "impossible" else ""
            answer_request(by=by, request=row, answer=Answer(outcome, reason, rng.choice(ANSWERS)))

    def _tick(self, by: User, row: Request) -> None:
        """The documents the service asks for, seen or missing."""
        if row.service_type.code in DOCUMENTS:
            needed = needed_documents(row.partner_id, row.service_type_id)
            states = {one.pk: self.rng.choice(("seen", "seen", "missing")) for one in needed}
            check_documents(by=by, request=row, states=states)

    def _keep(self, promised: Request) -> None:
        row = Request.objects.select_related("visit", "team", "person", "owner").get(pk=promised.pk)
        if row.outcome == Request.Outcome.LATER and row.owner:
            answer_request(by=row.owner, request=row, answer=Answer("answered", answer=self.rng.choice(ANSWERS)))

    def _close(self, by: User, visit: Visit) -> None:
        close_visit(by=by, visit=visit)

    def _anonymous(self) -> None:
        by = self.rng.choice(self.staff)
        topic = self.rng.choice(("legal", "health", "housing"))
        self.receive(by, receive_anonymous(by=by, team=self.desk, topic=topic))

    def _count(self) -> None:
        counted = [one.service_type for one in counted_types(self.desk.partner_id)]
        if counted:
            person = self.rng.choice(self.known) if self.known and self.rng.random() < 0.6 else None
            by = self.rng.choice(self.staff)
            count_service(by=by, team=self.desk, service_type=self.rng.choice(counted), person=person)

    def _open_box(self, by: User, visit: Visit) -> None:
        rng, person = self.rng, visit.person
        kind = rng.choice(("poste_restante", "poste_restante", "virtual_residence"))
        if person is None or Mailbox.objects.filter(person=person, kind=kind, closed_on__isnull=True).exists():
            return
        number = str(Mailbox.objects.filter(team=self.desk).count() + 1)
        today = timezone.localdate()
        box = open_mailbox(by=by, team=self.desk, person=person, kind=kind, number=number, signed_on=today)
        for _turn in range(rng.randint(1, 3)):
            self.at(timezone.now() + timedelta(days=rng.randint(2, 60)), lambda: self._letter(by, box))

    def _letter(self, by: User, box: Mailbox) -> None:
        letter = receive_letter(
            by=by, mailbox=box, sender=self.rng.choice(SENDERS), is_registered=self.rng.random() < 0.4
        )
        if self.rng.random() < 0.75:
            fetched = timezone.now() + timedelta(days=self.rng.randint(1, 14))
            self.at(fetched, lambda: self._fetch(by, box, letter.pk))

    def _fetch(self, by: User, box: Mailbox, letter: uuid.UUID) -> None:
        hand_over(by=by, mailbox=box, letters=[letter], signed_on_paper=True)


def _clock(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))
