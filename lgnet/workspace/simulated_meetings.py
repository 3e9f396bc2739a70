"""Team meetings in the demo: every week, the last two with minutes and decisions, the next one with its agenda."""

import random
from collections.abc import Callable
from datetime import datetime, time, timedelta

from django.utils import timezone

from lgnet.cases import meeting_minutes, meetings
from lgnet.cases.meeting_models import AgendaItem, TeamMeeting
from lgnet.cases.meeting_selectors import next_meeting, readable_items
from lgnet.catalogue.models import Team
from lgnet.core.periods import at_clock
from lgnet.network.models import User
from lgnet.workspace.demo_staff import SHOWN_CITY

SAID = (
    "Viene agli appuntamenti, il corso va bene. Resta da rinnovare la tessera sanitaria.",
    "Dorme ancora da conoscenti. L'équipe concorda: prima il posto letto, poi il tirocinio.",
    "La mediatrice segnala che le scadenze del piano non erano chiare: si rilegge insieme.",
    "Non risponde da due settimane. L'unità mobile passa dalla stazione giovedì.",
)
DECIDED = (
    "Prenotare la visita con la mediatrice", "Chiedere il posto letto alla struttura", "Rileggere il piano insieme",
    "Sentire il legale per il rinnovo", "Passare dalla scuola di italiano",
)  # fmt: skip
GENERAL = "Turni di agosto"
DISCUSSED = 4  # cases in a meeting told in full

At = Callable[[datetime, Callable[[], None]], None]


class Meetings:
    """The weekly meeting of one team; `plan` puts it into the simulation."""

    def __init__(self, team: Team, staff: list[User], *, seed: int, at: At) -> None:
        self.team, self.staff, self.at = team, staff, at
        self.rng = random.Random(f"meetings {seed} {team.name}")  # noqa: S311  # of invented people
        self.clock = time(self.rng.choice((9, 10, 14)), 30)

    def plan(self, now: datetime) -> None:
        """Two that were, and three to come, in the city that is told in full; elsewhere only those to come."""
        day = timezone.localdate(now) + timedelta(days=1)
        while day.weekday() >= 5:  # not at the weekend
            day += timedelta(days=1)
        soon = at_clock(day, self.clock)
        if self.team.partner.slug == SHOWN_CITY:
            for weeks in (2, 1):
                held = at_clock(day - timedelta(weeks=weeks), self.clock)
                self.at(held - timedelta(days=1), lambda held=held: self._plan(held, 1))  # type: ignore[misc]
                self.at(held, self._hold)
        self.at(now - timedelta(minutes=30), lambda: self._plan(soon, 3))

    def _plan(self, moment: datetime, times: int) -> None:
        meeting = meetings.plan_meeting(
            by=self.staff[0], team=self.team, starts_at=moment, chair=self.staff[0], place="Sala riunioni", every=7,
            times=times,
        )  # fmt: skip
        if times > 1 and self.team.partner.slug == SHOWN_CITY:
            meetings.fill_agenda(by=None, meeting=meeting)

    def _hold(self) -> None:
        chair, meeting = self.staff[0], next_meeting(self.team)
        if meeting is None:
            return
        meeting = meetings.start_meeting(by=chair, meeting=meeting)
        for number, item in enumerate(list(readable_items(chair).filter(meeting=meeting))):
            if number < DISCUSSED and item.case is not None and item.case.manager_id == chair.pk:
                self._discuss(item)
            else:
                meeting_minutes.put_off_item(by=chair, item=item)
        self._talk_generally(meeting)
        meeting_minutes.set_attendance(
            by=chair, meeting=meeting, present=self.staff[:4], seen=[chair], guests="Prova Esempi, medico di base",
            guests_seen="",
        )  # fmt: skip
        meeting_minutes.close_meeting(by=chair, meeting=meeting)

    def _discuss(self, item: AgendaItem) -> None:
        meeting_minutes.note_item(by=self.staff[0], item=item, said=self.rng.choice(SAID), seen="")
        meeting_minutes.decide(
            by=self.staff[0], item=item, words=self.rng.choice(DECIDED), owner=self.staff[0],
            due_on=timezone.localdate() + timedelta(days=self.rng.randint(3, 20)),
        )  # fmt: skip

    def _talk_generally(self, meeting: TeamMeeting) -> None:
        chair = self.staff[0]
        item = meetings.add_point(by=chair, meeting=meeting, words=GENERAL)
        day = timezone.localdate() + timedelta(days=10)
        meeting_minutes.decide(by=chair, item=item, words="Scrivere i turni", owner=self.staff[-1], due_on=day)
