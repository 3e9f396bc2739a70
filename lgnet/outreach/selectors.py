"""Reads of street contacts, scoped and logged."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Window
from django.db.models.functions import Coalesce, RowNumber
from django.http import Http404
from django.utils import timezone

from lgnet.audit import services as audit
from lgnet.catalogue.models import Team, Zone
from lgnet.catalogue.selectors import own_teams, team_ids_of
from lgnet.core.periods import midnight
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.outreach.models import Contact
from lgnet.outreach.outing_selectors import outing_at, stop_at
from lgnet.people import names
from lgnet.people.models import NAMED, Person
from lgnet.people.policies import file_is_whole_for, not_hidden_from, person_is_whole_for
from lgnet.people.selectors import log_listing

RECENT = timedelta(days=90)  # after 90 days without contact somebody counts as gone (DOMAIN 3, Outreach)
MET_LIMIT = 400  # latest faces a unit can look through; older ones are found as registered persons


def units_of(user: User) -> QuerySet[Team]:
    """Mobile units the user works in and may record contacts for."""
    return own_teams(user, Permission.RECORD_CONTACT, kind=Team.Kind.MOBILE_UNIT)


def zones_for(units: Iterable[Team]) -> QuerySet[Zone]:
    """Active zones of the cities of these units."""
    return Zone.objects.filter(partner__in={unit.partner_id for unit in units}, is_active=True)


def visible_contacts(user: User) -> QuerySet[Contact]:
    """Contacts of the user's partners; those of restricted files only for their team."""
    return recorded_contacts(user).filter(voided_at__isnull=True)


def recorded_contacts(user: User) -> QuerySet[Contact]:
    """`visible_contacts`, and those that were recorded by mistake."""
    partners = access_of(user).partner_ids(Permission.VIEW_CONTACTS)
    return _with_names(Contact.objects.filter(not_hidden_from(user), partner__in=partners))


def listed_contacts(user: User) -> QuerySet[Contact]:
    """`recorded_contacts`, with no more than their list and its export show."""
    shown = ("zone__name", "team__name", "referral__status", "recorded_by__full_name")
    own = ("occurred_at", "nickname", "head_count", "gender", "age_band", "trace")
    rows = (
        recorded_contacts(user).select_related(None).select_related("zone", "team", "person", "referral", "recorded_by")
    )
    return rows.only(*own, *shown, *(f"person__{name}" for name in NAMED))


def _with_names(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    return contacts.select_related("zone", "team", "person", "referral", "recorded_by", "voided_by")


def get_contact(user: User, pk: uuid.UUID) -> Contact:
    """What `find_contact` gives; logged. Raises Http404."""
    contact = find_contact(user, pk)
    if contact is None:
        raise Http404
    audit.note_read(
        by=user, object_type="outreach.contact", object_id=contact.pk, partner_id=contact.partner_id,
        person_id=contact.person_id,
    )  # fmt: skip
    return contact


def find_contact(user: User, pk: uuid.UUID) -> Contact | None:
    """A contact the user may see, or of a person whose file is open for the user. The caller logs the read.

    One recorded by mistake is found too.
    """
    contact = recorded_contacts(user).filter(pk=pk).first()
    return contact or _with_names(Contact.objects.filter(person_is_whole_for(user), pk=pk)).first()


def reads_contact(user: User, contact: Contact) -> bool:
    """Whether the user may read what was seen and done: of somebody registered only with the file open (DESIGN 4.6)."""
    if contact.person is None or contact.team_id in team_ids_of(user):  # a hidden file does not come this far
        return True
    return file_is_whole_for(user, contact.person)


def zone_now(user: User, units: Iterable[Team]) -> Zone | None:
    """The zone that a new contact has most likely: of the user's last contact of today, or of the stop the plan says.

    The plan counts on an outing that is running, unless the user has recorded a contact since the arrival there.
    """
    now = timezone.now()
    latest = contacts_since_midnight(user).order_by("-occurred_at", "-pk").first()
    for unit in units:
        if (outing := outing_at(unit, now)) and (row := stop_at(outing, now)):
            if latest and latest.occurred_at >= row.arrives_at:
                break
            return row.stop.zone
    return latest.zone if latest else None


def latest_of_everybody(user: User, units: Iterable[Team]) -> QuerySet[Any]:
    """The latest contact, in the last 90 days, of everybody these units could tell again, latest first.

    Somebody whose file is restricted, and the user not in its team, is not among them.
    """
    latest = (
        Contact.objects.standing()
        .filter(team__in=list(units), occurred_at__gte=timezone.now() - RECENT)
        .filter(Q(person__isnull=False) | Q(trace__isnull=False))
        .annotate(
            latest=Window(RowNumber(), partition_by=[Coalesce("person_id", "trace")], order_by=["-occurred_at", "-id"])
        )
        .filter(latest=1)
    )
    # within, so that what narrows the result further chooses among the latest and does not make an earlier one latest
    return visible_contacts(user).filter(pk__in=latest.values("pk")).order_by("-occurred_at")


def names_of(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    """The same contacts, with no more than a line about each needs: who, when, where. Four queries."""
    wanted = ("person", "trace", "nickname", "language", "head_count", "occurred_at", "zone", "team")
    people = Prefetch("person", Person.objects.only(*NAMED))
    places = Prefetch("zone", Zone.objects.only("name")), Prefetch("team", Team.objects.only("name"))
    return contacts.select_related(None).only(*wanted).prefetch_related(people, *places)


def met_before(user: User, unit: Team, text: str = "", *, limit: int = 12) -> list[Contact]:
    """Everybody the unit met and could tell again, latest first; with `text`, those called something like it.

    The names shown are logged.
    """
    latest = list(latest_of_everybody(user, [unit])[:MET_LIMIT])
    if text := text.strip():
        scored = [(_likeness(text, contact), contact) for contact in latest]
        latest = [contact for score, contact in sorted(scored, key=lambda pair: -pair[0]) if score >= 60]
    log_listing(user, [contact.person for contact in latest[:limit] if contact.person], query=text)
    return latest[:limit]


def get_met(user: User, unit: Team, pk: uuid.UUID) -> Contact | None:
    """A contact of this unit with somebody it could tell again, whom the user may know of, or None."""
    could_tell = Q(person__isnull=False) | Q(trace__isnull=False)
    return visible_contacts(user).filter(could_tell, team=unit, pk=pk).first()


def contacts_since_midnight(user: User) -> QuerySet[Contact]:
    """What the user recorded today, latest first."""
    return visible_contacts(user).filter(recorded_by=user, occurred_at__gte=midnight(timezone.localdate()))


def not_met_for(user: User, units: Iterable[Team], days: int) -> QuerySet[Any]:
    """The latest contact of everybody the units met in the last 90 days but not in the last `days`, longest first."""
    now, teams, moment = timezone.now(), list(units), OuterRef("occurred_at")
    since = Contact.objects.standing().filter(team__in=teams, occurred_at__gte=moment)
    since = since.filter(Q(occurred_at__gt=moment) | Q(pk__gt=OuterRef("pk")))
    # asked of each contact, so that the first of a long list are found without looking at all of it
    by_trace = ~Exists(since.filter(person__isnull=True, trace=OuterRef("trace")))
    could_tell = Q(person__isnull=False) | Q(trace__isnull=False) & by_trace
    days_before = {"occurred_at__gte": now - RECENT, "occurred_at__lt": now - timedelta(days=days)}
    rows = visible_contacts(user).filter(could_tell, team__in=teams, **days_before)
    return rows.filter(~Exists(since.filter(person=OuterRef("person")))).order_by("occurred_at")


def _likeness(text: str, contact: Contact) -> float:
    person = contact.person
    if person is None:
        return names.score(text, "", "", contact.nickname)
    best = names.score(text, person.given_names, person.family_names, person.nickname)
    return max(best, names.score(text, "", "", contact.nickname)) if contact.nickname else best
