"""What was asked, booked and sent on at the desks, for their report: added up by the database."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from lgnet.cases.models import Referral
from lgnet.catalogue.models import Team
from lgnet.catalogue.reporting import Selection
from lgnet.core.languages import in_reader_language
from lgnet.desks.models import Appointment, MediationBooking, Request

R, A = Request.Outcome, Appointment.Status


@dataclass
class Asked:
    """Requests of one area: how many, answered on the spot (never put off), with a mediator."""

    requests: int = 0
    at_once: int = 0
    mediated: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)


@dataclass
class Booked:
    """Appointments of one kind, by what became of them."""

    name: str
    kept: int = 0
    missed: int = 0
    cancelled: int = 0

    @property
    def missed_share(self) -> int | None:
        """Of those that were not cancelled and are over, how many in 100 were missed."""
        over = self.kept + self.missed
        return round(100 * self.missed / over) if over else None


@dataclass
class Sent:
    """Referrals of the desks to one receiving team, by what became of them until now."""

    name: str
    sent: int = 0
    arrived: int = 0
    refused: int = 0


def counted(rows: QuerySet[Any], column: str) -> Counter[str]:
    """How often each value of a column occurs."""
    return Counter(dict(rows.order_by().values_list(column).annotate(n=Count("pk"))))


def requests(selection: Selection) -> QuerySet[Request]:
    """Requests made in these days, but those recorded by mistake."""
    start, end = selection.moments
    found = Request.objects.filter(
        partner__in=selection.partner_ids, asked_at__gte=start, asked_at__lt=end, voided_at__isnull=True
    )
    return (found.filter(team=selection.team) if selection.team else found).order_by()


def by_area(asked: QuerySet[Request]) -> dict[str, Asked]:
    """Requests by area of the catalogue."""
    found: dict[str, Asked] = {}
    at_once = Count("pk", filter=Q(outcome=R.ANSWERED, promised_at__isnull=True))
    with_mediator = Count("pk", filter=~Q(mediation=Request.Mediation.NONE))
    rows = asked.values_list("service_type__area", "outcome").annotate(
        n=Count("pk"), at_once=at_once, mediated=with_mediator
    )
    for area, outcome, number, once, mediated in rows:
        one = found.setdefault(area, Asked())
        one.requests += number
        one.at_once += once
        one.mediated += mediated
        one.outcomes[outcome] += number
    return found


def mediated(selection: Selection, asked: QuerySet[Request]) -> Counter[str]:
    """Languages of requests with a mediator, and of talks booked through the network that took place."""
    start, end = selection.moments
    held = MediationBooking.objects.filter(
        partner__in=selection.partner_ids, starts_at__gte=start, starts_at__lt=end, status=MediationBooking.Status.HELD
    )
    here = counted(asked.exclude(mediation=Request.Mediation.NONE), "language")
    return here + (Counter() if selection.team else counted(held, "language"))


def booked(selection: Selection) -> list[Booked]:
    """Appointments of the desks whose day lies in these days, by kind (by team where cities are compared)."""
    start, end = selection.moments
    found = Appointment.objects.filter(
        partner__in=selection.partner_ids, starts_at__gte=start, starts_at__lt=end, team__kind=Team.Kind.DESK
    ).order_by()
    found = found.filter(team=selection.team) if selection.team else found
    names = ("partner__short_name", "partner__short_name") if selection.by_city else ("kind__name_it", "kind__name_en")
    rows = found.values_list(*names).annotate(
        kept=Count("pk", filter=Q(status__in=(A.KEPT, A.ARRIVED))), missed=Count("pk", filter=Q(status=A.MISSED)),
        cancelled=Count("pk", filter=Q(status=A.CANCELLED)),
    )  # fmt: skip
    return sorted(
        (Booked(in_reader_language(it, en or it), *numbers) for it, en, *numbers in rows if any(numbers)),
        key=lambda one: one.name,
    )


def sent(selection: Selection) -> list[Sent]:
    """Referrals that desks sent in these days, by who receives them (by city where cities are compared)."""
    start, end = selection.moments
    found = Referral.objects.filter(
        partner__in=selection.partner_ids, from_team__kind=Team.Kind.DESK, sent_at__gte=start, sent_at__lt=end
    ).order_by()
    found = found.filter(from_team=selection.team) if selection.team else found
    name = "partner__short_name" if selection.by_city else "to_team__name"
    rows = found.values_list(name).annotate(
        n=Count("pk"), arrived=Count("pk", filter=Q(arrived_at__isnull=False)),
        refused=Count("pk", filter=Q(status=Referral.Status.REFUSED)),
    )  # fmt: skip
    return sorted((Sent(*row) for row in rows), key=lambda one: (-one.sent, one.name))
