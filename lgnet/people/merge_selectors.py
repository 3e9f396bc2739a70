"""Reads about pairs that may be one person, and about files that were joined."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.network.access import access_of, can
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission
from lgnet.people import matching
from lgnet.people.models import Person, PersonMerge, PersonPair
from lgnet.people.policies import in_team_of_file
from lgnet.people.selectors import get_whole_person, identity_of, likely_duplicates, log_listing

CHECKS = "people.EligibilityCheck.person"


def visible_pairs(user: User) -> QuerySet[PersonPair]:
    """Pairs of the cities where the user joins files, of two who are still two; no restricted file of others."""
    partners = access_of(user).partner_ids(Permission.MERGE_PERSONS)
    hidden = Person.objects.filter(~Q(in_team_of_file(user)), restricted=True, partner__in=partners).values("pk")
    return (
        PersonPair.objects.filter(partner__in=partners, one__merged_into__isnull=True, other__merged_into__isnull=True)
        .exclude(Q(one__in=hidden) | Q(other__in=hidden))
        .select_related("one", "other", "decided_by")
        .order_by("-score", "pk")
    )


def open_pairs(user: User) -> QuerySet[PersonPair]:
    """Those nobody has said anything of."""
    return visible_pairs(user).filter(status=PersonPair.Status.OPEN, score__gt=0)


def pairs_of(user: User, person: Person) -> QuerySet[PersonPair]:
    """Pairs to look at with this person in them, likeliest first."""
    return open_pairs(user).filter(Q(one=person) | Q(other=person))


def is_in_pair(user: User, person: Person) -> bool:
    """Whether there are `pairs_of`; the short question first, which is answered with no for nearly everybody."""
    there = PersonPair.objects.filter(Q(one=person) | Q(other=person), status=PersonPair.Status.OPEN, score__gt=0)
    return there.exists() and pairs_of(user, person).exists()


def pair_of(one: Person, other: Person) -> PersonPair | None:
    """What is known of these two as a pair."""
    first, second = sorted((one.pk, other.pk))
    return PersonPair.objects.filter(one=first, other=second).select_related("decided_by").first()


def get_two_to_merge(user: User, kept: uuid.UUID, other: uuid.UUID) -> tuple[Person, Person]:
    """Two persons of one city whose files are open for the user, who may join them; both reads are logged.

    Raises Http404 (also for one and the same), FileClosed, or PermissionDenied.
    """
    first, second = get_whole_person(user, kept), get_whole_person(user, other)
    if first.pk == second.pk or first.partner_id != second.partner_id:
        raise Http404
    if not can(user, Permission.MERGE_PERSONS, partner=first.partner_id):
        raise PermissionDenied(_("Your role does not join files."))
    return first, second


@dataclass(frozen=True)
class Likely:
    """Somebody registered who may be the one who is being registered, and why, in words."""

    person: Person
    reasons: list[str]


def likely_known(user: User, partner: Partner, identity: matching.Identity) -> list[Likely]:
    """Who of the city is registered already and likely the one described, likeliest first; they are logged."""
    found = likely_duplicates(user, partner, identity)
    log_listing(user, [person for person, _match in found])
    return [Likely(person, reasons_in_words(match.reasons)) for person, match in found]


def reasons_in_words(codes: Iterable[str]) -> list[str]:
    """Why two are thought to be one, or not, in words of the reader's language."""
    return [str(matching.REASON_LABELS[code]) for code in codes if code in matching.REASON_LABELS]


def reasons_of(one: Person, other: Person) -> list[str]:
    """Why these two are thought to be one, in words, as far as one pair alone can tell."""
    return reasons_in_words(matching.compare(identity_of(one), identity_of(other)).reasons)


def visible_merges(user: User) -> QuerySet[PersonMerge]:
    """Joined files of the cities where the user joins files; those of a restricted file only for its team."""
    partners = access_of(user).partner_ids(Permission.MERGE_PERSONS)
    hidden = Person.objects.filter(~Q(in_team_of_file(user)), restricted=True, partner__in=partners).values("pk")
    return (
        PersonMerge.objects.filter(partner__in=partners)
        .exclude(kept__in=hidden)
        .select_related("kept", "absorbed", "merged_by", "undone_by", "partner")
        .order_by("-created_at", "-pk")
    )


def get_merge(user: User, pk: uuid.UUID) -> PersonMerge:
    """A joining whose kept file is open for the user; the read is logged. Raises Http404 or FileClosed."""
    merge = visible_merges(user).filter(pk=pk).first()
    if merge is None:
        raise Http404
    get_whole_person(user, merge.kept_id)
    audit.note_read(
        by=user, object_type="people.personmerge", object_id=merge.pk, partner_id=merge.partner_id,
        person_id=merge.kept_id,
    )  # fmt: skip
    return merge


def merges_of(person: Person) -> QuerySet[PersonMerge]:
    """Joinings that stand, by which other files became part of this one, latest first."""
    of_person = Q(kept=person) | Q(kept__merged_into=person)
    standing = PersonMerge.objects.filter(of_person, undone_at__isnull=True)
    return standing.select_related("absorbed", "merged_by").order_by("-created_at")


def owners_at(partners: Iterable[uuid.UUID], moment: datetime) -> dict[uuid.UUID, uuid.UUID]:
    """Whose the checks of the title were at a moment, where joining or parting files moved them since: person by check.

    The figures as they were known need it: a check is a row that moves, unlike the rows of the journey.
    """
    since = Q(created_at__gt=moment) | Q(undone_at__gt=moment)
    steps: list[tuple[datetime, uuid.UUID, list[str]]] = []
    rows = PersonMerge.objects.filter(since, partner__in=list(partners)).order_by()
    for merged_at, undone_at, kept, absorbed, moved, put_back in rows.values_list(
        "created_at", "undone_at", "kept_id", "absorbed_id", "moved", "put_back"
    ):
        steps.append((merged_at, absorbed, moved.get(CHECKS, [])))
        if undone_at:
            steps.append((undone_at, kept, put_back.get(CHECKS, [])))
    owners: dict[uuid.UUID, uuid.UUID] = {}
    for at, owner, checks in sorted(steps, key=lambda step: step[0]):
        if at > moment:
            for pk in checks:
                owners.setdefault(uuid.UUID(pk), owner)
    return owners


def by_label(ids: dict[str, Any]) -> dict[str, int]:
    """How many records, by model in small letters, of what was kept by field."""
    found: dict[str, int] = defaultdict(int)
    for name, some in ids.items():
        found[name.rpartition(".")[0].lower() if name.count(".") > 1 else name.lower()] += len(some)
    return dict(found)
