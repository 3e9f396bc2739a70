"""Referrals of a desk in the demo: to the team of the city and, by link, to bodies outside that answer or do not."""

import random
import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from lgnet.cases import referral_links as links
from lgnet.cases import referrals
from lgnet.cases.models import Referral, ReferralLink
from lgnet.cases.receivers import create_body
from lgnet.cases.referral_moves import Outside
from lgnet.cases.referral_sharing import Sharing, Told
from lgnet.cases.referral_thread import mark_notes_read, write_note
from lgnet.catalogue.models import Team
from lgnet.messaging.services import cancel_messages
from lgnet.network.models import User
from lgnet.people.models import FileMember, Person

SITE = "https://lgnet.example.org/"
DAYS = 35  # of the calendar: long enough for clocks to run out
BODIES = (  # name, kind, who answers there
    ("Ambulatorio STP dell'azienda sanitaria", "health", "Dott.ssa Prova, accoglienza"),
    ("Questura, ufficio immigrazione", "police", "Isp. Prova, sportello"),
    ("Prefettura, sportello unico", "prefecture", "Prova, area IV"),
    ("Clinica legale dell'università", "legal_clinic", "Avv. Prova"),
    ("Progetto antitratta", "anti_trafficking", "Prova, équipe antitratta"),
)
ASKED = (
    ("health", "Ha mal di denti da giorni; serve una prima visita."),
    ("legal", "La ricevuta del rinnovo è scaduta: serve un appuntamento."),
    ("legal", "Ha ricevuto un diniego: il termine per il ricorso è vicino."),
    ("health", "Iscrizione al servizio sanitario: ha già il codice fiscale."),
    ("social", "Chiede di parlare con qualcuno di fiducia, senza altri."),
)
QUESTIONS = ("In quale lingua possiamo parlarle?", "Ha con sé un documento?", "Può venire di mattina?")
ANSWERS = ("Capisce il francese; viene con la mediatrice.", "Sì, l'originale.", "Sì, dopo le nove.")

At = Callable[[datetime, Callable[[], None]], None]


class Sendings:
    """What one desk sends to others; `plan` puts it into the simulation."""

    def __init__(
        self, desk: Team, staff: list[User], team: Team | None, workers: list[User], *, seed: int, scale: float, at: At
    ) -> None:
        self.desk, self.staff, self.team, self.workers, self.at = desk, staff, team, workers, at
        self.rng = random.Random(f"referrals {seed} {desk.name}")  # noqa: S311  # lives of invented people
        self.number = max(5, round(14 * scale))
        self.bodies: list[tuple[Team, str]] = []

    def plan(self, now: datetime) -> None:
        """The bodies first, then the referrals until now."""
        start = now - timedelta(days=DAYS)
        self.at(start - timedelta(hours=1), self._add_bodies)
        for _number in range(self.number):
            day = timezone.localdate(start) + timedelta(days=self.rng.randrange(1, DAYS))
            self.at(self._office_hour(day), self._send)

    def _add_bodies(self) -> None:
        by = self.staff[0]
        for number, (name, kind, voice) in enumerate(BODIES):
            known = Team.objects.filter(partner=self.desk.partner_id, name=name).first()
            team = known or create_body(
                by=by, partner=self.desk.partner, name=name, kind=kind, email=f"ufficio{number}@enti.example.org"
            )
            self.bodies.append((team, voice))

    def _send(self) -> None:
        """Somebody whose file the desk has is sent to a body by link, or to the team of the city."""
        rng, by = self.rng, self.rng.choice(self.staff)
        open_now = Q(ends_at=None) | Q(ends_at__gt=timezone.now())
        of_desk = FileMember.objects.filter(open_now, team=self.desk).values("person")
        known = Person.objects.filter(pk__in=of_desk, restricted=False, notices__kind="privacy")
        persons = list(known.order_by("created_at", "family_names", "given_names").distinct()[:200])
        body, voice = rng.choice(self.bodies)
        need, reason = rng.choice(ASKED)
        inside = self.team is not None and self.workers and rng.random() < 0.35
        person = rng.choice(persons) if persons else None
        if person is None:
            return
        if inside and self.team:
            sent = referrals.send_referral(
                by=by, from_team=self.desk, to_team=self.team, person=person, need=need, reason=reason
            )
            self._in(0.1, 3, lambda: self._answer_inside(sent.pk))
            return
        told = Told("spoken", "it", timezone.localdate())
        shared = ("called", "languages", "need", "reason", *(("name", "birth") if rng.random() < 0.4 else ()))
        sent = links.refer_person(
            by=by, person=person, from_team=self.desk, to_team=body, site_url=SITE, need=need, reason=reason,
            sharing=Sharing(shared, "health" if need == "health" else "public_task", told),
        )  # fmt: skip
        cancel_messages(about=sent)  # nobody is written to in a demo
        if rng.random() < 0.85:
            self._in(0.1, 3, lambda: self._open(sent.pk, voice))

    def _answer_inside(self, pk: uuid.UUID) -> None:
        referral = self._waiting(pk, Referral.UNANSWERED)
        if referral is None:
            return
        by = self.rng.choice(self.workers)
        referrals.mark_seen(by=by, referral=referral)
        if self.rng.random() < 0.8:
            referrals.accept_referral(by=by, referral=referral, answer="La aspettiamo in équipe.")
        else:
            referrals.refuse_referral(
                by=by, referral=referral, answer="Per ora non abbiamo posto: riprovate tra un mese."
            )

    def _open(self, pk: uuid.UUID, voice: str) -> None:
        link = self._link(pk)
        if link is None:
            return
        by = Outside(voice, link.referral.to_team)
        links.enter_by_link(link=link, by=by, ip="")
        if self.rng.random() < 0.5:
            which = self.rng.randrange(len(QUESTIONS))
            links.write_by_link(link=link, by=by, text=QUESTIONS[which])
            self._in(0.1, 1, lambda: self._reply(pk, ANSWERS[which]))
        if self.rng.random() < 0.85:
            self._in(0.3, 4, lambda: self._answer(pk, voice))

    def _reply(self, pk: uuid.UUID, text: str) -> None:
        referral = self._waiting(pk, Referral.OPEN)
        if referral:
            by = self.rng.choice(self.staff)
            mark_notes_read(by=by, referral=referral)
            write_note(by=by, referral=referral, text=text)

    def _answer(self, pk: uuid.UUID, voice: str) -> None:
        link = self._link(pk)
        if link is None or link.referral.status not in Referral.UNANSWERED:
            return
        by = Outside(voice, link.referral.to_team)
        if self.rng.random() < 0.2:
            links.answer_by_link(link=link, by=by, act="refuse", answer="Non è di nostra competenza: provate al CAF.")
            return
        come = self._office_hour(timezone.localdate() + timedelta(days=self.rng.randint(2, 6)))
        links.answer_by_link(link=link, by=by, act="accept", answer="Piano terra, stanza 4.", come_at=come)
        if self.rng.random() < 0.75:
            self._in(6, 9, lambda: self._end(pk, voice))

    def _end(self, pk: uuid.UUID, voice: str) -> None:
        """The person came, mostly; sometimes the body says what came of it."""
        link = self._link(pk)
        if link is None or link.referral.status != Referral.Status.ACCEPTED:
            return
        by = Outside(voice, link.referral.to_team)
        came = self.rng.random() < 0.75
        links.answer_by_link(link=link, by=by, act="arrived" if came else "not-arrived")
        if came and self.rng.random() < 0.5:
            result = self.rng.choice(("helped", "taken_on", "partly"))
            links.answer_by_link(link=link, by=by, act="close", result=result)

    def _link(self, pk: uuid.UUID) -> ReferralLink | None:
        link = ReferralLink.objects.filter(referral=pk).first()
        return links.find_link(links.token_of(link))[0] if link else None

    def _waiting(self, pk: uuid.UUID, statuses: tuple[str, ...]) -> Referral | None:
        rows = Referral.objects.select_related("from_team", "to_team", "person")
        return rows.filter(pk=pk, status__in=statuses).first()

    def _in(self, least: float, most: float, act: Callable[[], None]) -> None:
        self.at(timezone.now() + timedelta(days=self.rng.uniform(least, most)), act)

    def _office_hour(self, day: date) -> datetime:
        clock = time(self.rng.randint(9, 16), self.rng.choice((0, 15, 30, 45)))
        return timezone.make_aware(datetime.combine(day, clock))
