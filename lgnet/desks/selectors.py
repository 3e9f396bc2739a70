"""Reads of arrivals at the desks, scoped."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import own_teams
from lgnet.desks.models import Visit
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.models import Person
from lgnet.people.policies import in_team_of_file


def desks_of(user: User) -> QuerySet[Team]:
    """Desks the user works at and may record arrivals for."""
    return own_teams(user, Permission.RECORD_VISIT, kind=Team.Kind.DESK)


def visible_visits(user: User) -> QuerySet[Visit]:
    """Arrivals at the desks of the user's partners; those of restricted files only for their team."""
    partners = access_of(user).partner_ids(Permission.RECORD_VISIT)
    hidden = Person.objects.filter(~Q(in_team_of_file(user)), pk=OuterRef("person_id"), restricted=True)
    return Visit.objects.filter(~Exists(hidden), partner__in=partners).select_related(
        "person", "team", "site", "referral", "recorded_by"
    )
