"""Real things of this app that actions of a plan can wait for: a referral, a service to be given."""

import uuid
from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from lgnet.cases.models import Case, Referral, ThingState
from lgnet.cases.plan_links import LinkKind, Thing, register
from lgnet.cases.selectors import visible_referrals
from lgnet.catalogue.models import ServiceType
from lgnet.catalogue.selectors import service_types
from lgnet.core.languages import in_reader_language
from lgnet.network.models import User

REFERRAL, SERVICE = "referral", "service"
SHOWN = 40
S = Referral.Status


def state_of_referral(referral: Referral) -> ThingState:
    """How a referral stands for a plan: done when the person has come, whatever came of it there."""
    states = {S.SENT: ThingState.EXPECTED, S.SEEN: ThingState.EXPECTED, S.ACCEPTED: ThingState.UNDER_WAY}
    if referral.status == S.ARRIVED or (referral.status == S.CLOSED and referral.arrived_at):
        return ThingState.DONE
    return states.get(S(referral.status), ThingState.FAILED)


def _referral_name(referral: Referral) -> str:
    return f"{referral.to_team.name} · {date_format(timezone.localtime(referral.sent_at), 'SHORT_DATE_FORMAT')}"


def _referrals(user: User, case: Case) -> list[tuple[uuid.UUID, str]]:
    usable = (*Referral.OPEN, S.ARRIVED)
    rows = visible_referrals(user).filter(person=case.person_id, status__in=usable).order_by("-sent_at")[:SHOWN]
    return [(row.pk, _referral_name(row)) for row in rows]


def _look_at_referrals(case: Case, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Thing]:
    rows = Referral.objects.filter(pk__in=list(ids), person=case.person_id).select_related("to_team")
    return {
        row.pk: Thing(
            _referral_name(row), reverse("referral_detail", args=[row.pk]), state_of_referral(row),
            timezone.localdate(row.arrived_at) if row.arrived_at else None,
        )
        for row in rows
    }  # fmt: skip


def _name(service: ServiceType) -> str:
    return in_reader_language(service.name_it, service.name_en)


def _services(_user: User, _case: Case) -> list[tuple[uuid.UUID, str]]:
    return [(one.pk, _name(one)) for one in service_types()]


def _look_at_services(_case: Case, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Thing]:
    return {one.pk: Thing(_name(one)) for one in ServiceType.objects.filter(pk__in=list(ids))}


register(LinkKind(REFERRAL, _("Referral"), _referrals, _look_at_referrals))
register(LinkKind(SERVICE, _("Service to be given"), _services, _look_at_services))
