"""A day-by-day simulator: invented people meet the services of every city through the same services as the pages.

Every event happens at its own moment (the clock is moved there), so that what was known when is told truly. The rates
per city come from the figures that cities published (DOMAIN 1.2); where there are none, a middling city is assumed.
"""

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import time_machine
from django.db import transaction
from django.utils import timezone

from lgnet.cases import services as cases
from lgnet.cases.models import Case, Referral
from lgnet.cases.plan_writing import GoalDraft
from lgnet.cases.referrals import accept_referral, mark_arrived_outside
from lgnet.catalogue.models import ServiceType, Zone
from lgnet.desks.services import receive_new_person, record_arrival
from lgnet.network.models import Partner, User
from lgnet.outreach.models import Contact
from lgnet.outreach.services import Sighting, record_contact, refer_contact
from lgnet.people import records
from lgnet.people import services as people
from lgnet.people.invented_names import InventedPerson, invent_person, misspell
from lgnet.people.models import Person
from lgnet.workspace import simulated_plans
from lgnet.workspace.demo_staff import SHOWN_CITY
from lgnet.workspace.simulated_appointments import Appointments
from lgnet.workspace.simulated_assessments import assess, measure
from lgnet.workspace.simulated_city import City, city_of
from lgnet.workspace.simulated_directory import Directory
from lgnet.workspace.simulated_documents import Papers, plan_answers
from lgnet.workspace.simulated_meetings import Meetings
from lgnet.workspace.simulated_merge import SecondFiles
from lgnet.workspace.simulated_messaging import Exchange
from lgnet.workspace.simulated_notes import Notes
from lgnet.workspace.simulated_outings import Rounds
from lgnet.workspace.simulated_own import OwnCards
from lgnet.workspace.simulated_queue import Mornings
from lgnet.workspace.simulated_referrals import Sendings
from lgnet.workspace.simulated_requests import DeskWork
from lgnet.workspace.simulated_tasks import ToDo
from lgnet.workspace.simulated_team import plan_team_work
from lgnet.workspace.simulated_titles import end_case, look_at_title

# People met in a year, from public targets and results where there are any (DOMAIN 1.2).
PEOPLE_A_YEAR = {
    "roma": 900, "milano": 600, "torino": 500, "napoli": 300, "palermo": 260, "genova": 400, "latina": 476,
    "bologna": 316, "bari": 300, "taranto": 90, "potenza": 60, "sassari": 80, "trieste": 60, "bolzano": 155,
    "aosta": 40, "venezia": 150,
}  # fmt: skip
USUAL = 120
OTHERS = 0.4  # of the scale, for cities that are not shown
SHARE_OF_MEN = {"latina": 0.89}  # 424 of 476
NEEDS = ("orientation", "legal", "health", "language", "work", "housing", "social", "practical")
NICKNAMES = (
    "Stella", "Berretto", "Zaino rosso", "Bicicletta", "Fischio", "Libro", "Radio", "Ombrello", "Sciarpa blu",
    "Sorriso", "Chitarra", "Mantello", "Nuvola", "Scacchi", "Tamburo", "Cappuccio", "Lanterna", "Gelsomino",
)  # fmt: skip
GIVEN = ("hot_drink", "food", "blanket", "hygiene_kit", "orientation_leaflet")
ASSESSED = (
    "Dorme all'aperto da alcune settimane; chiede un posto letto e di riprendere il corso di italiano.",
    "Vive ospite di conoscenti; ha un lavoro irregolare; documenti da rinnovare.",
    "Arriva dopo l'uscita dall'accoglienza; buone competenze di cucina; da orientare al lavoro.",
    "Riferisce insonnia; concordato un primo colloquio con la psicologa e una visita medica.",
    "Nucleo con figli a scuola; affitto in scadenza; serve mediazione con il proprietario.",
)
WISHES = (
    ("housing", "Avere una stanza mia con un contratto"), ("language", "Parlare italiano al lavoro"),
    ("work", "Trovare un lavoro in cucina"), ("legal", "Rinnovare il permesso"), ("health", "Curarmi e dormire bene"),
    ("social", "Conoscere persone nel quartiere"), ("work", "Ottenere il riconoscimento del mio diploma"),
)  # fmt: skip
OUTCOMES = ("goal_reached", "insertion", "ordinary_services", "moved", "abandoned", "lost_contact")
OUTCOME_WEIGHTS = (30, 22, 18, 12, 8, 10)


@dataclass
class Life:
    """One invented person: who it is, and what the services know so far."""

    invented: InventedPerson
    gender: str
    nickname: str
    open_to_share: float
    zone: Zone | None
    person: Person | None = None
    contact: Contact | None = None
    referral: Referral | None = None
    gone: bool = False


@dataclass(order=True)
class _Event:
    at: datetime
    order: int
    act: Callable[[], None] = field(compare=False)


class Simulation:
    """Runs invented lives through the services from `days` ago to now. The same seed gives the same lives."""

    def __init__(self, *, seed: int, scale: float, days: int, only: str | None = None) -> None:
        self.rng = random.Random(seed)  # noqa: S311
        self.seed, self.scale, self.days = seed, scale, days
        self.notes = Notes(seed=seed)
        self.to_do = ToDo(seed=seed, at=self._at)
        self.now = timezone.now()
        self.events: list[_Event] = []
        self.count = 0
        self.service_types = list(ServiceType.objects.filter(is_active=True).exclude(area="first_help"))
        partners = Partner.objects.filter(kind__in=(Partner.Kind.MUNICIPALITY, Partner.Kind.AGENCY))
        self.cities = [city_of(partner) for partner in (partners.filter(slug=only) if only else partners)]

    def run(self) -> Iterator[float]:
        """Do everything in one transaction; yield the share done, about once per simulated day."""
        with transaction.atomic():
            start, shown = self.now - timedelta(days=self.days), -1
            for city in self.cities:
                city.papers = Papers(city.partner, seed=self.seed)
                self._populate(city)
                self._send_out(city)
                self._receive(city)
                self._open_desk(city)
            plan_answers(at=self._at, start=start)
            plan_team_work(self.cities, seed=self.seed, at=self._at, now=self.now)
            desks = [(city.desk, city.staff[city.desk.pk]) for city in self.cities if city.desk]
            Exchange(desks, seed=self.seed, scale=self.scale, at=self._at).plan(self.now)
            while self.events:
                event = heapq.heappop(self.events)
                if event.at >= self.now:
                    break
                with time_machine.travel(event.at, tick=False):
                    event.act()
                day = (event.at - start).days
                if day > shown:
                    shown = day
                    yield day / self.days
        yield 1.0

    def _scale(self, city: City) -> float:
        """The city in which the sign-ins of the demo work is told in full, the others as far as lists need."""
        shown = [one for one in self.cities if one.partner.slug == SHOWN_CITY]
        return self.scale * OTHERS if shown and city not in shown else self.scale

    def _populate(self, city: City) -> None:
        a_year = PEOPLE_A_YEAR.get(city.partner.slug, USUAL) * self._scale(city)
        for _number in range(max(3, round(a_year * self.days / 365))):
            life = self._life(city)
            first = self._moment(self.rng.uniform(0, self.days - 0.5), 19 if city.unit else 10)
            if city.unit and self.rng.random() < 0.75:
                self._at(first, lambda life=life: self._meet(city, life))  # type: ignore[misc]
            elif city.desk:
                self._at(first, lambda life=life: self._arrive(city, life))  # type: ignore[misc]
            elif city.team:
                self._at(first, lambda life=life: self._apply(city, life))  # type: ignore[misc]

    def _receive(self, city: City) -> None:
        """Desk and team receive people by appointment."""
        for team in (city.desk, city.team):
            if team:
                staff = city.staff[team.pk]
                Appointments(team, staff, seed=self.seed, scale=self._scale(city), at=self._at).plan(self.now)
        if city.team:
            Meetings(city.team, city.staff[city.team.pk], seed=self.seed, at=self._at).plan(self.now)

    def _open_desk(self, city: City) -> None:
        """Everything that a one-stop shop does beside receiving who comes."""
        if city.desk is None:
            return
        staff, workers = city.staff[city.desk.pk], city.staff[city.team.pk] if city.team else []
        how: Any = {"seed": self.seed, "scale": self._scale(city), "at": self._at}
        Mornings(city.desk, staff, **how).plan(self.now)
        city.work = DeskWork(city.desk, staff, **how)
        city.work.plan(self.now, self.days)
        Directory(city.partner, staff, **how).plan(self.now, self.days)
        SecondFiles(city.desk, staff, **how).plan(self.now)
        OwnCards(city.desk, staff, seed=self.seed, at=self._at).plan(self.now)
        Sendings(city.desk, staff, city.team, workers, **how).plan(self.now)

    def _send_out(self, city: City) -> None:
        if city.unit and city.zones:
            crew = city.staff[city.unit.pk]
            city.rounds = Rounds(city.unit, crew, city.zones, seed=self.seed, at=self._at)
            city.rounds.begin(self.now)

    def _life(self, city: City) -> Life:
        rng = self.rng
        invented = invent_person(rng)
        man = SHARE_OF_MEN.get(city.partner.slug)
        while man and (invented.gender == "m") != (rng.random() < man):
            invented = invent_person(rng)
        nickname = f"{rng.choice(NICKNAMES)} {rng.randint(2, 99)}" if rng.random() < 0.6 else ""
        zone = rng.choice(city.zones) if city.zones else None
        return Life(invented, invented.gender, nickname, rng.random(), zone)

    # -- the steps of a life; each plans the next ones ------------------------------------------------------------

    def _meet(self, city: City, life: Life) -> None:
        rng = self.rng
        assert city.unit is not None
        if life.gone or life.zone is None:
            return
        if city.rounds and city.rounds.has_begun and not city.rounds.is_out:
            self._in(1, city.rounds.contact_hour, lambda: self._meet(city, life))  # the unit is at home: another day
            return
        by = city.somebody(city.unit, rng)
        zone = (city.rounds.zone_now if city.rounds and rng.random() < 0.85 else None) or life.zone
        sighting = Sighting(
            nickname="" if life.person or (life.contact and life.contact.trace) else life.nickname,
            gender=life.gender if rng.random() < 0.8 else "",
            language=life.invented.languages[0] if rng.random() < 0.7 else "",
            needs=rng.sample(NEEDS, rng.randint(0, 3)),
            given=rng.sample(GIVEN, rng.randint(0, 2)),
            sleeping_rough=rng.choice((True, True, False, None)),
        )
        earlier = life.contact if life.contact and (life.contact.trace or life.contact.person_id) else None
        life.contact = record_contact(
            by=by, team=city.unit, zone=zone, occurred_at=timezone.now(), sighting=sighting, person=life.person,
            earlier=earlier,
        )  # fmt: skip
        if rng.random() < 0.06:
            group = Sighting(head_count=rng.randint(2, 7), given=["hot_drink"])
            record_contact(by=by, team=city.unit, zone=zone, occurred_at=timezone.now(), sighting=group)
        if city.outside and rng.random() < 0.05:
            self._send_outside(city, by, life.contact)
        elif life.person is None and life.referral is None and city.desk and rng.random() < 0.45:
            life.referral = refer_contact(by=by, contact=life.contact, to_team=city.desk, need=rng.choice(NEEDS))
            if rng.random() < 0.85:
                referral = life.referral
                self._in(rng.expovariate(1 / 2) + 0.1, 9, lambda: self._answer(city, referral))
            if rng.random() < 0.7:
                self._in(rng.expovariate(1 / 6) + 0.5, 10, lambda: self._arrive(city, life))
        if rng.random() < 0.55:
            self._in(rng.expovariate(1 / 18) + 1, 20, lambda: self._meet(city, life))

    def _send_outside(self, city: City, by: User, contact: Contact) -> None:
        """To first aid or a shelter of others; the unit hears later whether the person has been there."""
        to = self.rng.choice(city.outside)
        if contact.referral and contact.referral.status in Referral.OPEN:
            return
        referral = refer_contact(by=by, contact=contact, to_team=to, need=self.rng.choice(("health", "housing")))
        if self.rng.random() < 0.7:
            self._in(self.rng.expovariate(1 / 2) + 0.5, 18, lambda: self._been_outside(by, referral))

    def _been_outside(self, by: User, sent: Referral) -> None:
        referral = Referral.objects.filter(pk=sent.pk, status__in=Referral.OPEN).first()
        if referral:
            mark_arrived_outside(by=by, referral=referral)

    def _answer(self, city: City, sent: Referral) -> None:
        """The desk says that it expects the person, unless she or he has come already."""
        assert city.desk is not None
        referral = Referral.objects.filter(pk=sent.pk, status=Referral.Status.SENT).first()
        if referral:
            accept_referral(by=city.somebody(city.desk, self.rng), referral=referral)

    def _arrive(self, city: City, life: Life) -> None:
        rng = self.rng
        assert city.desk is not None
        by = city.somebody(city.desk, rng)
        referral = (
            Referral.objects.filter(pk=life.referral.pk, status__in=Referral.OPEN).first() if life.referral else None
        )
        topic = rng.choice(NEEDS)
        if life.person is None:
            visit = receive_new_person(
                by=by, team=city.desk, details=self._details(life), referral=referral, topic=topic
            )
            life.person = visit.person
            self._welcome(by, life)
            if city.papers and life.person:
                city.papers.keep(by, life.person)
            if rng.random() < 0.62 and city.team:
                self._in(rng.expovariate(1 / 14) + 0.2, 11, lambda: self._open_case(city, life))
        else:
            visit = record_arrival(by=by, team=city.desk, person=life.person, referral=referral, topic=topic)
        if city.work:
            city.work.receive(by, visit)
        if rng.random() < 0.4:
            self._in(rng.expovariate(1 / 30) + 3, 10, lambda: self._arrive(city, life))

    def _apply(self, city: City, life: Life) -> None:
        """Where a city has no desk, a person applies to the team."""
        assert city.team is not None
        by = city.somebody(city.team, self.rng)
        life.person = people.register_person(by=by, team=city.team, details=self._details(life), basis="case")
        self._welcome(by, life)
        if city.papers and life.person:
            city.papers.keep(by, life.person)
        self._in(self.rng.expovariate(1 / 20) + 0.2, 11, lambda: self._open_case(city, life))

    def _welcome(self, by: User, life: Life) -> None:
        rng, today = self.rng, timezone.localdate()
        assert life.person is not None
        language = life.invented.languages[0]
        if rng.random() < 0.96:
            method = rng.choice(("paper", "spoken", "interpreter"))
            records.record_notice(
                by=by, person=life.person, kind="privacy", method=method, language=language, given_on=today
            )
        if rng.random() < 0.85:
            look_at_title(rng, by, life.person)
        if rng.random() < 0.5:
            number = f"320 000 {rng.randint(1000, 9999)}"
            safe = rng.choice(("yes", "yes", "unknown", "no"))
            records.add_contact_point(by=by, person=life.person, kind="phone", value=number, safe=safe)

    def _open_case(self, city: City, life: Life) -> None:
        rng = self.rng
        assert city.team is not None
        assert life.person is not None
        if not life.person.notices.filter(kind="privacy").exists():
            return
        manager, *others = rng.sample(self._workers(city), k=min(3, len(self._workers(city))))
        case = cases.open_case(
            by=manager, person=life.person, team=city.team, manager=manager, members=others,
            basis=Case.Basis.REFERRAL if life.referral else Case.Basis.DESK,
        )  # fmt: skip
        self._in(rng.expovariate(1 / 7) + 0.1, 12, lambda: self._assess(city, case))

    def _assess(self, city: City, case: Case) -> None:
        rng = self.rng
        if not assess(rng, case):
            cases.record_assessment(
                by=case.manager, case=case, kind="preliminary", done_on=timezone.localdate(), note=rng.choice(ASSESSED),
                needs=rng.sample(NEEDS, rng.randint(1, 4)), housing=rng.choice(("1", "1", "2", "5", "8", "11")),
            )  # fmt: skip
        if rng.random() < 0.9:
            self._in(rng.expovariate(1 / 25) + 1, 15, lambda: self._plan(case))

    def _plan(self, case: Case) -> None:
        rng, today = self.rng, timezone.localdate()
        goals = [
            GoalDraft(area, words, today + timedelta(days=rng.randint(30, 180)))
            for area, words in rng.sample(WISHES, 2)
        ]
        simulated_plans.agree(rng, case, goals, self.service_types)
        self.to_do.give(case)
        measure(rng, case)
        self.notes.write(case)
        self._in(rng.expovariate(1 / 6) + 1, 10, lambda: self._serve(case, rng.randint(2, 9)))

    def _serve(self, case: Case, left: int) -> None:
        rng = self.rng
        cases.deliver_service(
            by=case.manager, case=case, service_type=rng.choice(self.service_types), delivered_on=timezone.localdate(),
            quantity=rng.choice((1, 1, 1, 2, 3)),
        )  # fmt: skip
        if left:
            self._in(rng.expovariate(1 / 12) + 1, 10, lambda: self._serve(case, left - 1))
        elif rng.random() < 0.8:
            self._in(rng.expovariate(1 / 20) + 2, 16, lambda: self._close(case))

    def _close(self, case: Case) -> None:
        outcome = self.rng.choices(OUTCOMES, OUTCOME_WEIGHTS)[0]
        measure(self.rng, case)
        end_case(self.rng, case, outcome)

    # -- small parts ----------------------------------------------------------------------------------------------

    def _details(self, life: Life) -> people.PersonDetails:
        invented, rng = life.invented, self.rng
        given = misspell(rng, invented.given_names) if rng.random() < 0.2 else invented.given_names
        knows_birth = rng.random() < 0.9
        return people.PersonDetails(
            nickname=life.nickname if rng.random() < 0.5 else "",
            given_names=given,
            family_names=invented.family_names,
            birth_date=invented.birth_date if knows_birth else None,
            birth_precision=invented.birth_precision if knows_birth else "",
            age_band="" if knows_birth else "18-29",
            gender=invented.gender,
            citizenship=invented.citizenship,
            interpreter_needed=rng.random() < 0.3,
            languages=tuple((code, rng.choice(("reads", "little", "no"))) for code in invented.languages[:2]),
        )

    def _workers(self, city: City) -> list[User]:
        assert city.team is not None
        return city.staff[city.team.pk]

    def _moment(self, days_after_start: float, hour: int) -> datetime:
        day = (self.now - timedelta(days=self.days) + timedelta(days=days_after_start)).date()
        minute = timedelta(minutes=self.rng.randint(0, 150))
        return timezone.make_aware(datetime.combine(day, time(hour))) + minute

    def _in(self, days: float, hour: int, act: Callable[[], None]) -> None:
        day = (timezone.now() + timedelta(days=days)).date()
        at = timezone.make_aware(datetime.combine(day, time(hour))) + timedelta(minutes=self.rng.randint(0, 150))
        self._at(max(at, timezone.now() + timedelta(minutes=5)), act)

    def _at(self, moment: datetime, act: Callable[[], None]) -> None:
        self.count += 1
        heapq.heappush(self.events, _Event(moment, self.count, act))
