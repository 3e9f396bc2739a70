"""The one place where a referral changes its state. Who may is asked before: in `referrals` and `referral_links`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Referral, ReferralStep, Side
from lgnet.cases.plan_kinds import REFERRAL, state_of_referral
from lgnet.cases.plan_links import progressed
from lgnet.cases.referral_clocks import next_due
from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.errors import DomainError
from lgnet.network.models import User
from lgnet.people import journey
from lgnet.people.models import FileMember, JourneyKind
from lgnet.people.services import close_file_for, open_file_for

Status = Referral.Status
LONGEST_ANSWER = 300
FAR_AHEAD = timedelta(days=366)
# What the journey of the person says of a state. Of an arrival inside the network the desk or the case tells.
KINDS = {
    Status.SENT: JourneyKind.REFERRAL_SENT, Status.ACCEPTED: JourneyKind.REFERRAL_ACCEPTED,
    Status.REFUSED: JourneyKind.REFERRAL_REFUSED, Status.ARRIVED: JourneyKind.REFERRAL_ARRIVED,
    Status.NOT_ARRIVED: JourneyKind.REFERRAL_NOT_ARRIVED, Status.CLOSED: JourneyKind.REFERRAL_CLOSED,
}  # fmt: skip


@dataclass(frozen=True)
class Outside:
    """Somebody of a body outside of the network, who has no account: the name that was typed, and the body."""

    name: str
    team: Team
    pk: None = None

    def get_full_name(self) -> str:
        """The name with that of the body, as it is written down everywhere."""
        return f"{self.name} · {self.team.name}"[:120]


Author = User | Outside


@dataclass(frozen=True)
class Said:
    """What goes with a change of state: words, when to come, what came of it. Each state takes what it needs."""

    words: str = ""
    come_at: datetime | None = None
    result: str = ""
    at: datetime | None = None


NOTHING = Said()


def change(referral: Referral, to: Status, *, by: Author, said: Said = NOTHING) -> Referral:
    """Bring a referral into another state, with its step, its event of the journey and its row of the log.

    Raises DomainError for a state that may not follow, a refusal without a reason, a closing without a result, and
    moments that make no sense.
    """
    lock_for(referral, to)
    check_said(referral, to, said)
    before, now = referral.status, timezone.now()
    for name, value in _fields(referral, to, by, said, now).items():
        setattr(referral, name, value)
    referral.status, referral.due_at = to, None
    referral.due_at = next_due(referral)
    referral.save()
    tell(referral, by=by, at=said.at or now, words=_words(to, said))
    log(AuditEntry.Action.UPDATE, by, referral, {"status": str(to), "before": before})
    progressed(REFERRAL, referral.pk, state_of_referral(referral), by=by, on=timezone.localdate(said.at or now))
    _give_or_take_file(referral, to)
    return referral


def lock_for(referral: Referral, to: Status) -> None:
    """Raise DomainError unless `to` may follow; what others wrote since the referral was read is taken over."""
    locked = Referral.objects.select_for_update().get(pk=referral.pk)  # a second answer waits here
    if to not in Referral.TRANSITIONS[locked.status]:
        label = Referral.Status(locked.status).label
        raise DomainError(_("This referral was answered in the meantime: %(status)s.") % {"status": label})
    for field in Referral._meta.concrete_fields:
        if getattr(referral, field.attname) != (now := getattr(locked, field.attname)):
            setattr(referral, field.attname, now)


def check_said(referral: Referral, to: Status, said: Said) -> None:
    """Raise DomainError, at its field, for what may not be said with this state."""
    now = timezone.now()
    if to == Status.REFUSED and not said.words.strip():
        raise DomainError(_("Say why, so that the colleagues can look for another way."), field="answer")
    if to == Status.CLOSED and said.result not in Referral.Result.values:
        raise DomainError(_("Say what came of it."), field="result")
    if said.come_at and said.come_at < now - timedelta(minutes=5):
        raise DomainError(_("This moment is in the past."), field="come_at")
    if said.come_at and said.come_at > now + FAR_AHEAD:
        raise DomainError(_("Check the year: this is too far ahead."), field="come_at")
    if said.at and said.at < referral.sent_at.replace(second=0, microsecond=0):  # people type hours and minutes
        raise DomainError(_("The card was given only after this moment."), field="arrived_at")
    if said.at and said.at > now:
        raise DomainError(_("This moment is in the future."), field="arrived_at")


def tell(referral: Referral, *, by: Author, at: datetime, words: str = "") -> None:
    """Write the step into the state the referral is in now, and what the journey of the person says of it."""
    status, user = Status(referral.status), by if isinstance(by, User) else None
    ReferralStep.objects.create(
        referral=referral, status=status, at=at, by=user, by_name=by.get_full_name()[:120], side=side_of(by, referral),
        words=words[:400],
    )  # fmt: skip
    kind = KINDS.get(status)
    if kind and (status != Status.ARRIVED or referral.to_team.is_outside):
        journey.record(
            kind, by=user, partner=referral.partner, source=referral, person=referral.person, trace=referral.trace,
            team=referral.from_team if status == Status.SENT else referral.to_team, occurred_at=at,
        )  # fmt: skip


def side_of(by: Author, referral: Referral) -> Side:
    """For which side somebody speaks: of a team of the network by the place in it, the body outside for itself."""
    if isinstance(by, Outside):
        return Side.TO
    return Side.TO if not referral.to_team.is_outside and referral.to_team_id in team_ids_of(by) else Side.FROM


def log(action: AuditEntry.Action, by: Author, referral: Referral, detail: dict[str, Any]) -> None:
    """Write the row of the log of a change."""
    audit.record(
        action, by=by, object_type="cases.referral", object_id=referral.pk, partner_id=referral.partner_id,
        person_id=referral.person_id, detail=detail,
    )  # fmt: skip


def _fields(referral: Referral, to: Status, by: Author, said: Said, now: datetime) -> dict[str, Any]:
    """The columns that change with the state, beside the state itself."""
    user, at, words = by if isinstance(by, User) else None, said.at or now, _words(to, said)
    seen = {"seen_at": referral.seen_at or now}
    answered = {"answered_by": user, "answered_at": at}
    answer = seen | answered | {"answer": words, "come_at": said.come_at}
    fields: dict[str, dict[str, Any]] = {
        Status.SENT: {  # once more
            "asked_at": now, "seen_at": None, "answered_by": None, "answered_at": None, "answer": "", "come_at": None,
        },
        Status.SEEN: seen, Status.ACCEPTED: answer, Status.REFUSED: answer, Status.WITHDRAWN: answered,
        Status.ARRIVED: seen | ({} if referral.answered_at else answered) | {"arrived_at": at},
        Status.CLOSED: {"closed_at": now, "result": said.result, "result_note": words},
    }  # fmt: skip
    return fields.get(to, {})


def _words(to: Status, said: Said) -> str:
    """What the step says, in the words of who took it; when to come is in the columns."""
    return said.words.strip()[:LONGEST_ANSWER] if to != Status.SEEN else ""


def _give_or_take_file(referral: Referral, to: Status) -> None:
    """The team of the network that is asked (again), or where the person has come, has the file; who refuses loses it.

    Unless it has it for another reason.
    """
    if referral.person is None or referral.to_team.is_outside:
        return
    basis = FileMember.Basis.REFERRAL
    if to in {Status.SENT, Status.ARRIVED}:
        open_file_for(referral.person, team=referral.to_team, basis=basis)
    elif to in {Status.REFUSED, Status.WITHDRAWN}:
        close_file_for(referral.person, team=referral.to_team, basis=basis)
