"""Reads of street contacts, scoped and logged."""

import uuid
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from lgnet.audit import services as audit
from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import own_teams
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.outreach.models import Contact
from lgnet.people.models import Person
from lgnet.people.policies import in_team_of_file

RECENT = timedelta(days=90)  # after 90 days without contact somebody counts as gone (DOMAIN 3, Outreach)


def units_of(user: User) -> QuerySet[Team]:
    """Mobile units the user works in and may record contacts for."""
    return own_teams(user, Permission.RECORD_CONTACT, kind=Team.Kind.MOBILE_UNIT)


def visible_contacts(user: User) -> QuerySet[Contact]:
    """Contacts of the user's partners; those of restricted files only for their team."""
    partners = access_of(user).partner_ids(Permission.VIEW_CONTACTS)
    hidden = Person.objects.filter(~Q(in_team_of_file(user)), pk=OuterRef("person_id"), restricted=True)
    return Contact.objects.filter(~Exists(hidden), partner__in=partners).select_related(
        "zone", "team", "person", "referral", "recorded_by"
    )


def get_contact(user: User, pk: uuid.UUID) -> Contact:
    """A contact the user may see; the read is logged. Raises Http404."""
    contact = visible_contacts(user).filter(pk=pk).first()
    if contact is None:
        raise Http404
    audit.note_read(
        by=user, object_type="outreach.contact", object_id=contact.pk, partner_id=contact.partner_id,
        person_id=contact.person_id,
    )  # fmt: skip
    return contact


def met_before(unit: Team) -> list[Contact]:
    """The latest contact of everybody this unit could tell again and met in the last 90 days, latest first."""
    recent = Contact.objects.filter(team=unit, occurred_at__gte=timezone.now() - RECENT).select_related(
        "person", "zone"
    )
    seen: dict[uuid.UUID, Contact] = {}
    for contact in recent.filter(Q(person__isnull=False) | Q(trace__isnull=False)).order_by("-occurred_at"):
        key = contact.person_id or contact.trace
        if key is not None and key not in seen:
            seen[key] = contact
    return list(seen.values())
