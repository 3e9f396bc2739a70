"""Notes on cases in the demo, one of the psychologist among them, and a body that works on a part of some cases."""

import random

from django.utils import timezone

from lgnet.cases.models import Case
from lgnet.cases.notes import NoteDraft, write_note
from lgnet.cases.selectors import current_members
from lgnet.cases.services import change_team_of_case
from lgnet.network.models import Membership
from lgnet.network.roles import Profile, Role

TALKED = (
    "Parlato del corso: viene volentieri, la mattina. Teme di perdere il posto letto se manca una sera.",
    "Ha portato la ricevuta del rinnovo. Da accompagnare in questura il mese prossimo.",
    "Ha chiamato il cugino a Milano: per ora resta qui.",
)
FOR_ALL = "Chiamare solo di pomeriggio: la mattina lavora al mercato."
SECRET = "Primo colloquio. Dorme poco e si sveglia spesso; vuole continuare, ogni due settimane."  # noqa: S105
NOTED, IN_PART = 0.3, 0.25  # of the cases; of those of the city in which a body works


class Notes:
    """Writes the notes of a case when its plan is made; draws of its own, so that the lives stay the same."""

    def __init__(self, *, seed: int) -> None:
        self.rng = random.Random(f"notes {seed}")  # noqa: S311

    def write(self, case: Case) -> None:
        """Some notes of the team, and a part of the case for the body that works in the city."""
        if self.rng.random() >= NOTED:
            return
        self._note(case, self.rng.choice(TALKED))
        if self.rng.random() < 0.5:
            self._note(case, FOR_ALL, visibility="city", for_bodies=True)
        for member in current_members(case).filter(profile=Profile.PSYCHOLOGIST):
            write_note(by=member.user, case=case, draft=NoteDraft(SECRET, timezone.localdate()), visibility="health")
        if self.rng.random() < IN_PART:
            self._share(case)

    def _note(self, case: Case, words: str, **options: object) -> None:
        way = self.rng.choice(("talk", "phone", "services"))
        write_note(by=case.manager, case=case, draft=NoteDraft(words, timezone.localdate(), way), **options)  # type: ignore[arg-type]

    def _share(self, case: Case) -> None:
        """Let who is employed by a body work on the language and the work of the case."""
        here = Membership.objects.current().filter(partner=case.partner_id, role=Role.CASE_WORKER)
        post = here.exclude(employer="").select_related("user").first()
        members = [member.user for member in current_members(case)]
        if post and post.user not in members:
            change_team_of_case(
                by=case.manager, case=case, manager=case.manager, members=[*members, post.user],
                areas={post.user_id: ["language", "work"]},
            )  # fmt: skip
