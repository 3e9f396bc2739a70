"""How people are sent to a team: what a body outside is, its e-mail, and within how many days to answer."""

import uuid
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Receiver, Referral
from lgnet.cases.referral_clocks import next_due
from lgnet.catalogue.models import Team
from lgnet.catalogue.services import create_team
from lgnet.core.errors import DomainError
from lgnet.network.access import can
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission
from lgnet.people.services import require

SHORTEST, LONGEST = 1, 90  # days
DAYS = ("seen_days", "answer_days", "arrive_days")


@transaction.atomic
def create_body(
    *, by: User, partner: Partner, name: str, kind: str, email: str = "", reach: str = "", schedule: str = "",
    record_id: uuid.UUID | None = None,
) -> Team:  # fmt: skip
    """Add a body outside of the network, to which people of the city can be sent; a form sent twice adds one.

    Raises PermissionDenied for whoever does not keep the directory, DomainError as `catalogue.services.create_team`.
    """
    team = create_team(
        by=by, partner=partner, kind=Team.Kind.OUTSIDE, name=name, reach=reach, schedule=schedule, record_id=record_id
    )
    if not Receiver.objects.filter(team=team).exists():
        change_body(by=by, team=team, kind=kind, email=email)
    return team


@transaction.atomic
def change_body(*, by: User, team: Team, kind: str, email: str) -> Receiver:
    """Say what a body outside of the network is and where mail reaches it. Links sent before go on as they are.

    Raises PermissionDenied for whoever does not keep the directory, DomainError for a team of the network.
    """
    require(by, Permission.KEEP_DIRECTORY, team.partner)
    if not team.is_outside:
        raise DomainError(_("This is a team of the network: it has no e-mail of its own here."), field="email")
    receiver = _locked(team)
    before = {"kind": receiver.kind, "email": receiver.email}
    receiver.kind, receiver.email = kind, email.strip().lower()
    return _saved(by, receiver, before)


@transaction.atomic
def set_clocks(*, by: User, team: Team, seen_days: int, answer_days: int, arrive_days: int) -> Receiver:
    """Say within how many days a team is to see, to answer, and people to arrive; what is open is reckoned anew.

    Raises PermissionDenied for whoever does not manage the teams of the city, DomainError for days out of 1 to 90.
    """
    if not sets_clocks(by, team):
        raise PermissionDenied(_("Only the coordinator says within how many days to answer."))
    given = dict(zip(DAYS, (seen_days, answer_days, arrive_days), strict=True))
    for name, days in given.items():
        if not SHORTEST <= days <= LONGEST:
            text = _("From %(first)s to %(last)s days.") % {"first": SHORTEST, "last": LONGEST}
            raise DomainError(text, field=name)
    receiver = _locked(team)
    before = {name: getattr(receiver, name) for name in DAYS}
    for name, days in given.items():
        setattr(receiver, name, days)
    if before != given:
        _saved(by, receiver, before)
        _reckon_anew(team, receiver)
    return receiver


def sets_clocks(user: User, team: Team) -> bool:
    """Whether the user says within how many days the team is to answer."""
    return can(user, Permission.MANAGE_STAFF, partner=team.partner_id)


def _reckon_anew(team: Team, receiver: Receiver) -> None:
    open_ones = Referral.objects.select_for_update(of=("self",)).select_related("partner")
    for referral in open_ones.filter(to_team=team, status__in=Referral.OPEN):
        referral.due_at = next_due(referral, receiver)
        referral.save(update_fields=["due_at"])


def _locked(team: Team) -> Receiver:
    Team.objects.select_for_update().get(pk=team.pk)
    return Receiver.objects.filter(team=team).first() or Receiver(team=team)


def _saved(by: User, receiver: Receiver, before: Mapping[str, object]) -> Receiver:
    changes = audit.changes(dict(before), {name: getattr(receiver, name) for name in before})
    receiver.save()
    team = receiver.team
    audit.record(
        AuditEntry.Action.UPDATE, by=by, object_type="cases.receiver", object_id=receiver.pk,
        partner_id=team.partner_id, detail={"what": team.name, "changes": changes},
    )  # fmt: skip
    return receiver
