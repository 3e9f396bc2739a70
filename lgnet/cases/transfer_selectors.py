"""Reads of transfers: the file for who sends; for who receives, until it is acknowledged, no name."""

import uuid
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from lgnet.audit import services as audit
from lgnet.cases.models import Case, CaseMember, Transfer, TransferCopy
from lgnet.cases.selectors import case_teams_of, case_workers_of, get_case, visible_cases
from lgnet.cases.visibility import of_whole_cases
from lgnet.catalogue.models import Team
from lgnet.network.access import access_of
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission
from lgnet.people.policies import is_in_team_of_file

P = Permission


def receiving_partners(user: User) -> frozenset[uuid.UUID]:
    """Cities in which the user sees what other cities send: who works on cases there, and the coordinator."""
    access = access_of(user)
    of_bodies = {grant.partner_id for grant in access.grants if grant.employer}  # who works there for another body
    return (access.partner_ids(P.WORK_ON_CASE) - of_bodies) | access.partner_ids(P.ASSIGN_CASE)


def sent_transfers(user: User) -> QuerySet[Transfer]:
    """Transfers of the cases the user may list and would read whole."""
    rows = Transfer.objects.filter(of_whole_cases(user), case__in=visible_cases(user).order_by().values("pk"))
    return rows.select_related("person", "partner", "to_partner", "case__manager")


def incoming_transfers(user: User) -> QuerySet[Transfer]:
    """What other cities have sent to those of the user, answered or not."""
    rows = Transfer.objects.filter(to_partner__in=receiving_partners(user), sent_at__isnull=False)
    return rows.select_related("person", "partner", "to_partner")


def listed_transfers(user: User) -> QuerySet[Any]:
    """Both, for one list; `is_out` tells which, `case_here` and `copy_open` lead on from there."""
    out = of_whole_cases(user) & Q(case__in=visible_cases(user).order_by().values("pk"))
    into = Q(to_partner__in=receiving_partners(user), sent_at__isnull=False)
    mine = CaseMember.objects.filter(case=OuterRef("case_id"), user_id=user.pk, ends_at__isnull=True)
    rows = Transfer.objects.filter(out | into).select_related("person", "partner", "to_partner", "case__manager")
    return rows.annotate(mine=Exists(mine))


def waiting_here(user: User) -> QuerySet[Transfer]:
    """What waits for an answer of the user's cities, the first due on top."""
    return incoming_transfers(user).filter(status=Transfer.Status.SENT).order_by("due_on")


def late_there(user: User) -> QuerySet[Transfer]:
    """What the user's cities sent, and the other should have answered by now."""
    today = timezone.localdate()
    return sent_transfers(user).filter(status=Transfer.Status.SENT, due_on__lt=today).order_by("due_on")


def get_sent_transfer(user: User, pk: uuid.UUID) -> Transfer:
    """A transfer of a case whose file is open for the user; logged. Raises Http404, or FileClosed."""
    transfer = sent_transfers(user).filter(pk=pk).first()
    if transfer is None:
        raise Http404
    transfer.case = get_case(user, transfer.case_id)
    transfer.person = transfer.case.person
    return transfer


def get_incoming_transfer(user: User, pk: uuid.UUID) -> Transfer:
    """What another city has sent to one of the user; logged. Raises Http404."""
    transfer = incoming_transfers(user).filter(pk=pk).first()
    if transfer is None:
        raise Http404
    audit.note_read(
        by=user, object_type="cases.transfer", object_id=transfer.pk, partner_id=transfer.to_partner_id, person_id=None
    )
    return transfer


def copy_of(user: User, transfer: Transfer) -> TransferCopy | None:
    """What arrived, for whom it may be shown: of a restricted file only its team may know."""
    cases = visible_cases(user).order_by().values("pk")
    return TransferCopy.objects.filter(transfer=transfer, case__in=cases).first()


def get_copy(user: User, pk: uuid.UUID) -> TransferCopy:
    """What came along, for the team of the file; logged. Raises Http404 or FileClosed."""
    copy = TransferCopy.objects.select_related("from_partner").filter(pk=pk, case__in=visible_cases(user)).first()
    if copy is None:
        raise Http404
    copy.case = get_case(user, copy.case_id)
    if not is_in_team_of_file(user, copy.case.person):
        raise Http404
    return copy


def open_transfer_of(case: Case) -> Transfer | None:
    """The one that is being prepared or waits, of a case the caller has opened."""
    return Transfer.objects.filter(case=case, status__in=Transfer.OPEN).select_related("to_partner").first()


def teams_that_take_in_charge(partner_id: uuid.UUID) -> list[Team]:
    """Teams of a city in which somebody works on cases."""
    return [team for team in case_teams_of(partner_id) if case_workers_of(team)]


def cities_to_send_to(case: Case) -> QuerySet[Partner]:
    """Other cities of the network that have a team."""
    with_team = Team.objects.filter(is_active=True).exclude(kind=Team.Kind.OUTSIDE).values("partner")
    return Partner.objects.filter(pk__in=with_team).exclude(pk=case.partner_id).order_by("short_name")
