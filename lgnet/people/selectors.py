"""Reads of persons. Every function takes the user first, scopes by partner and file, and logs what is read."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.utils import timezone

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.network.access import access_of
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission
from lgnet.people import matching, names
from lgnet.people.models import FileMember, FileOpening, JourneyEvent, NameKey, Person
from lgnet.people.policies import file_is_open_for, in_team_of_file, may_see_exists

CANDIDATES = 400  # rows re-ranked by name; more are not read, so a very common name stays fast


class FileClosed(Exception):
    """The user may know that the person exists, but the file is closed: it may be opened with a reason."""

    def __init__(self, person: Person) -> None:
        super().__init__(person.pseudonym)
        self.person = person


def visible_persons(user: User) -> QuerySet[Person]:
    """Persons the user may know to exist: of own partners, without restricted files of others."""
    return Person.objects.filter(may_see_exists(user)).select_related("partner")


def get_listed_person(user: User, pk: uuid.UUID) -> Person:
    """A person the user may know to exist. Raises Http404 otherwise."""
    person = visible_persons(user).filter(pk=pk).first()
    if person is None:
        raise Http404
    return person


def get_person(user: User, pk: uuid.UUID) -> Person:
    """A person whose file is open for the user; the read is logged. Raises Http404, or FileClosed."""
    person = get_listed_person(user, pk)
    if not file_is_open_for(user, person):
        raise FileClosed(person)
    audit.note_read(
        by=user, object_type="people.person", object_id=person.pk, partner_id=person.partner_id, person_id=person.pk
    )
    return person


def log_listing(
    user: User, persons: Iterable[Person], *, action: str = AuditEntry.Action.LIST, query: str = ""
) -> None:
    """Log that these persons were shown in a list, found by `query`, or exported."""
    by_partner: dict[uuid.UUID, list[str]] = {}
    for person in persons:
        by_partner.setdefault(person.partner_id, []).append(str(person.pk))
    for partner_id, ids in by_partner.items():
        audit.note_read(
            by=user, object_type="people.person", object_id=None, partner_id=partner_id, action=action,
            detail={"persons": ids, "query": query},
        )  # fmt: skip


def search_persons(user: User, text: str, *, within: QuerySet[Person] | None = None, limit: int = 100) -> list[Person]:
    """Persons found by name in any spelling or order, date of birth, pseudonym or number, best first."""
    rows = visible_persons(user) if within is None else within
    text = text.strip()
    exact = list(rows.filter(pseudonym__iexact=text)[:1]) or list(rows.filter(identifiers__value__iexact=text)[:5])
    if exact:
        return exact
    name, birth = names.split_query(text)
    if birth is not None and birth[0] is not None:
        day, precision = birth
        rows = rows.filter(birth_date__year=day.year) if precision == "year" else rows.filter(birth_date=day)
    keys = names.query_keys(name) if name else []
    if not keys:
        return list(rows.order_by("family_names", "given_names")[:limit]) if birth is not None else []
    partners = access_of(user).partner_ids(Permission.VIEW_PEOPLE)
    ids = NameKey.objects.filter(partner__in=partners, key__in=keys).values_list("person_id", flat=True)
    candidates = rows.filter(pk__in=set(ids[: CANDIDATES * 4]))[:CANDIDATES]
    ranked = [(names.score(name, p.given_names, p.family_names, p.nickname), p) for p in candidates]
    ranked.sort(key=lambda pair: (-pair[0], pair[1].family_names, pair[1].given_names))
    return [person for score, person in ranked if score >= 60][:limit]


def likely_duplicates(
    user: User, partner: Partner, identity: "matching.Identity", *, exclude: uuid.UUID | None = None
) -> list[tuple[Person, "matching.Match"]]:
    """Persons of the partner who may be the same, best first, at most five, with the reasons.

    A restricted file of others is never proposed: that it exists must not show.
    """
    keys = names.search_keys(identity.given_names, identity.family_names, identity.nickname)
    ids = set(NameKey.objects.filter(partner=partner, key__in=keys).values_list("person_id", flat=True)[:2000])
    numbers = [value for _kind, value in identity.identifiers]
    if numbers:
        ids |= set(Person.objects.filter(partner=partner, identifiers__value__in=numbers).values_list("pk", flat=True))
    if identity.phones:
        ids |= set(
            Person.objects.filter(partner=partner, contact_points__value__in=identity.phones).values_list(
                "pk", flat=True
            )
        )
    ids.discard(exclude)  # type: ignore[arg-type]
    persons = visible_persons(user).filter(pk__in=ids).prefetch_related("identifiers", "contact_points")
    found = [(person, matching.compare(identity, identity_of(person))) for person in persons]
    likely = [pair for pair in found if matching.likely_duplicate(pair[1])]
    return sorted(likely, key=lambda pair: -pair[1].score)[:5]


def identity_of(person: Person) -> "matching.Identity":
    """What is known of a person, for comparison; reads identifiers and contact points."""
    return matching.Identity(
        given_names=person.given_names,
        family_names=person.family_names,
        nickname=person.nickname,
        birth_date=person.birth_date,
        birth_precision=person.birth_precision,
        age_band=person.age_band,
        gender=person.gender,
        citizenship=person.citizenship,
        identifiers=frozenset((number.kind, number.value) for number in person.identifiers.all()),
        phones=frozenset(c.value for c in person.contact_points.all() if c.kind == c.Kind.PHONE),
    )


def timeline(person: Person) -> QuerySet[JourneyEvent]:
    """What happened to a person whose file the caller has opened, latest first; voided rows are left out."""
    return (
        JourneyEvent.objects.filter(person=person, voided_at__isnull=True)
        .select_related("partner", "site", "team", "service_type", "recorded_by")
        .order_by("-occurred_at", "-recorded_at")
    )


def file_members(person: Person) -> QuerySet[FileMember]:
    """Teams and users the file is open for now."""
    return FileMember.objects.filter(person=person, ends_at__isnull=True).select_related("team", "user")


def visible_openings(user: User) -> QuerySet[FileOpening]:
    """Openings with a reason at the partners where the user oversees them; unseen ones first."""
    partners = access_of(user).partner_ids(Permission.VIEW_FILE_OPENINGS)
    return (
        FileOpening.objects.filter(partner__in=partners)
        .select_related("person", "user", "seen_by")
        .order_by("seen_at", "-created_at")
    )


def with_open_file_flag(user: User, rows: QuerySet[Person]) -> QuerySet[Any]:
    """Add `file_open`: whether the user is in the team of the file or has it open with a reason."""
    opened = Exists(FileOpening.objects.filter(person=OuterRef("pk"), user_id=user.pk, ends_at__gt=timezone.now()))
    return rows.annotate(file_open=in_team_of_file(user) | opened)
