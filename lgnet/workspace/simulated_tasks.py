"""Tasks in the demo: what a plan brings with it; most are done in time, some late, some are overdue."""

import random
from collections.abc import Callable
from datetime import datetime, time, timedelta

from django.utils import timezone

from lgnet.cases.models import Case, Task
from lgnet.cases.tasks import add_task, end_task
from lgnet.network.models import User

WORDS = (
    "Chiamare il medico per il certificato", "Preparare i documenti per il rinnovo", "Prenotare il mediatore",
    "Accompagnare all'iscrizione del corso di italiano", "Sentire il proprietario della stanza",
    "Scrivere la relazione per i servizi sociali", "Ricordare l'appuntamento in questura",
    "Verificare l'iscrizione anagrafica", "Fissare il colloquio con il centro per l'impiego",
)  # fmt: skip
RESULTS = ("", "", "fatto al telefono", "richiamano la prossima settimana", "consegnato a mano")
GIVEN = 0.4  # how many of the plans bring a task with them
DONE = 0.75


class ToDo:
    """Writes tasks with the plans of a city, and ends most of them. The same seed gives the same ones."""

    def __init__(self, *, seed: int, at: Callable[[datetime, Callable[[], None]], None]) -> None:
        self.rng, self.at = random.Random(f"tasks-{seed}"), at  # noqa: S311

    def give(self, case: Case) -> None:
        """One of the team gets something to do, until some day of the next three weeks."""
        rng = self.rng
        if rng.random() > GIVEN:
            return
        team = [member.user for member in case.members.filter(ends_at__isnull=True).select_related("user")]
        owner = rng.choice(sorted(team, key=lambda user: user.username))
        due_on = timezone.localdate() + timedelta(days=rng.randint(3, 20))
        task = add_task(
            by=case.manager, case=case, words=rng.choice(WORDS), owner=owner, due_on=due_on,
            remind_on=due_on - timedelta(days=2) if rng.random() < 0.4 else None,
        )  # fmt: skip
        if rng.random() < DONE:
            day = due_on + timedelta(days=rng.randint(-2, 1))
            moment = timezone.make_aware(datetime.combine(day, time(11, rng.randint(0, 59))))
            self.at(moment, lambda: self._end(owner, task))

    def _end(self, by: User, task: Task) -> None:
        now = Task.objects.select_related("case", "person").filter(pk=task.pk, status=Task.Status.OPEN).first()
        if now is not None and now.case is not None and now.case.is_open:
            end_task(by=by, task=now, status=Task.Status.DONE, result=self.rng.choice(RESULTS))
