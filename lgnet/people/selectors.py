"""Reads of persons. Every function takes the user first, scopes by partner and file, and logs what is read."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.network.access import access_of, can
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission
from lgnet.people import matching, names
from lgnet.people.codes import DatePrecision
from lgnet.people.finders import persons_coded
from lgnet.people.journey_models import NOT_TOLD
from lgnet.people.models import (
    PSEUDONYM_PREFIX,
    ContactPoint,
    FileMember,
    FileOpening,
    Household,
    Identifier,
    JourneyEvent,
    NameKey,
    Person,
)
from lgnet.people.numbers import is_phone, normal_number, normal_phone
from lgnet.people.policies import (
    file_is_open_for,
    has_part_of_file,
    in_team_of_file,
    is_hidden_from,
    may_see_exists,
    not_hidden_from,
    opened_by,
)

LOGGED_TOGETHER = 500  # persons in one row of the log
MOST_OF_A_DAY = 200  # persons born on one day: only 1 January, when the year alone is known, has so many
WORTH_A_LOOK = 0.01  # by name and birth alone: with the numbers too it may become likely
MOST_NUMBERED = 20  # persons with one number or one phone
CANDIDATES = 120  # keys whose persons are re-ranked by name: the most selective ones, so a common name stays fast


class FileClosed(Exception):
    """The user may know that the person exists, but the file is closed: it may be opened with a reason."""

    def __init__(self, person: Person) -> None:
        super().__init__(person.pseudonym)
        self.person = person


def visible_persons(user: User) -> QuerySet[Person]:
    """Persons the user may know to exist: of own partners, without restricted files of others, each person once."""
    return Person.objects.filter(may_see_exists(user), merged_into__isnull=True).select_related("partner")


def living_id(pk: Any) -> Any:
    """The id under which a person is kept: another one where the file was joined with one of the same person.

    Whoever typed, opened or queued something of that file before goes on with the right person.
    """
    return Person.objects.filter(pk=pk).values_list(Coalesce("merged_into_id", "pk"), flat=True).first() or pk


def ids_of(pk: Any) -> list[uuid.UUID]:
    """The id of a person and of every file that was joined with it: the log and old papers name them all."""
    kept = living_id(pk)
    return [kept, *Person.objects.filter(merged_into=kept).order_by("pk").values_list("pk", flat=True)]


def get_listed_person(user: User, pk: uuid.UUID) -> Person:
    """A person the user may know to exist; of a file that was joined, the one it was joined with. Raises Http404."""
    here = Person.objects.filter(partner__in=access_of(user).partner_ids(Permission.VIEW_PEOPLE))
    person = here.filter(pk=pk).select_related("partner").first()
    if person is not None and person.merged_into_id:
        person = here.filter(pk=person.merged_into_id).select_related("partner").first()
    if person is None or is_hidden_from(user, person):
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


def get_whole_person(user: User, pk: uuid.UUID) -> Person:
    """As `get_person`; PermissionDenied for who works on a part of the person's case and reads no more of the file."""
    person = get_person(user, pk)
    if has_part_of_file(user, person):
        raise PermissionDenied(_("You work on a part of this case. This page is of another part of the file."))
    return person


def get_person_to_change(user: User, pk: uuid.UUID, permission: Permission, *, part: bool = False) -> Person:
    """A person whose file is open for the user, who holds `permission` there; the read is logged.

    Raises Http404, FileClosed, or PermissionDenied; also for who works on a part of the person's case only, unless the
    page shows no more than that: `part`.
    """
    person = get_person(user, pk) if part else get_whole_person(user, pk)
    if not can(user, permission, partner=person.partner_id):
        raise PermissionDenied(_("Your role does not change this."))
    return person


def get_contact_point(user: User, pk: uuid.UUID) -> ContactPoint:
    """A way to reach a person that the user may change. Raises as `get_person_to_change`."""
    point = ContactPoint.objects.filter(pk=pk, person__in=visible_persons(user)).first()
    if point is None:
        raise Http404
    point.person = get_person_to_change(user, point.person_id, Permission.REGISTER_PERSON)
    return point


def households_for(user: User, person: Person) -> QuerySet[Household]:
    """Households of the person's city with somebody whose file is open for the user, and the person's own."""
    members = visible_persons(user).filter(Q(in_team_of_file(user)) | Q(opened_by(user)) | Q(pk=person.pk))
    return Household.objects.filter(partner=person.partner_id, members__in=members).distinct().order_by("name")


def log_listing(
    user: User, persons: Iterable[Person], *, action: str = AuditEntry.Action.LIST, query: str = "",
    object_type: str = "people.person",
) -> None:  # fmt: skip
    """Log that these persons were shown in a list, found by `query`, or exported; a row of the log for every 500."""
    by_partner: dict[uuid.UUID, list[str]] = {}
    for person in persons:
        by_partner.setdefault(person.partner_id, []).append(str(person.pk))
    for partner_id, ids in by_partner.items():
        for start in range(0, len(ids), LOGGED_TOGETHER):
            audit.note_read(
                by=user, object_type=object_type, object_id=None, partner_id=partner_id, action=action,
                detail={"persons": ids[start : start + LOGGED_TOGETHER], "query": query},
            )  # fmt: skip


class Ranked(Sequence[Any]):
    """Rows in the order of `keys`, read only as far as they are looked at; `cut` if there may be more."""

    def __init__(self, rows: QuerySet[Any], keys: Sequence[Any], *, cut: bool) -> None:
        self.rows, self.keys, self.cut = rows, keys, cut

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, at: Any) -> Any:
        wanted = self.keys[at]
        if not isinstance(at, slice):
            return self.rows.get(pk=wanted)
        found = self.rows.in_bulk(wanted)
        return [found[key] for key in wanted if key in found]

    def __iter__(self) -> Iterator[Any]:
        return iter(self[:])


def search_persons(
    user: User, text: str, *, within: QuerySet[Person] | None = None, limit: int = 100
) -> Ranked:  # fmt: skip
    """Persons found by name in any spelling or order, date of birth, pseudonym or number, best first."""
    rows = visible_persons(user) if within is None else within
    text = text.strip()
    if exact := _by_number(rows, text):
        return Ranked(rows, exact, cut=False)
    name, birth = names.split_query(text)
    born = _born(*birth) if birth else {}
    keys = names.query_keys(name) if name else []
    if not keys:
        by_name = rows.filter(**born) if born else rows.none()
        first = list(by_name.order_by("family_names", "given_names").values_list("pk", flat=True)[: limit + 1])
        return Ranked(rows, first[:limit], cut=len(first) > limit)
    partners = access_of(user).partner_ids(Permission.VIEW_PEOPLE)
    found = NameKey.objects.filter(partner__in=partners, **{f"person__{k}": v for k, v in born.items()})
    likely = _candidates(found, keys)
    candidates = rows.filter(pk__in=likely).values_list("pk", "given_names", "family_names", "nickname")
    ranked = sorted(
        ((names.score(name, *texts), pk) for pk, *texts in candidates), reverse=True, key=lambda pair: pair[0]
    )
    alike = [pk for score, pk in ranked if score >= 60]
    return Ranked(rows, alike[:limit], cut=len(alike) > limit or len(likely) == CANDIDATES)


def _candidates(found: QuerySet[NameKey], keys: list[str]) -> set[uuid.UUID]:
    """Persons with one of `keys`, as many as can be ranked: the first character of a key tells how selective it is.

    Asked for one class of keys after the other: sorted by the database, all keys of a city would be looked through.
    """
    ids: set[uuid.UUID] = set()
    for _selectivity, some in groupby(sorted(keys), key=lambda key: key[0]):
        if len(ids) < CANDIDATES:
            rows = found.filter(key__in=list(some)).order_by().values_list("person_id", flat=True)
            ids |= set(rows[: CANDIDATES - len(ids)])
    return ids


def _by_number(rows: QuerySet[Person], text: str) -> list[uuid.UUID]:
    """Ids of the persons with this pseudonym, number of a document, phone or code of another app, however written.

    The pseudonym of a file that was joined leads to the one it was joined with.
    """
    if not any(sign.isdigit() for sign in text) and not text.upper().startswith(PSEUDONYM_PREFIX):
        return []  # words only: a name
    ids, code = rows.values_list("pk", flat=True), text.upper()
    if coded := Person.objects.filter(pseudonym=code).values_list(Coalesce("merged_into_id", "pk"), flat=True).first():
        return list(ids.filter(pk=coded))
    written = {normal_number(text), normal_number("".join(sign for sign in text if sign.isalnum()))}
    found = set(Identifier.objects.filter(value__in=written).values_list("person_id", flat=True)[:MOST_NUMBERED])
    if is_phone(text):
        called = ContactPoint.objects.filter(kind=ContactPoint.Kind.PHONE, value=normal_phone(text))
        found |= set(called.values_list("person_id", flat=True)[:MOST_NUMBERED])
    return list(ids.filter(pk__in=found | persons_coded(text)))


def find_by_number(user: User, partner: Partner, text: str) -> list[Person]:
    """The persons of the city that the user may know of with this pseudonym, number, phone or code, however written."""
    rows = visible_persons(user).filter(partner=partner)
    return list(rows.filter(pk__in=_by_number(rows, text.strip())).order_by("pk"))


def _born(day: date | None, precision: str) -> dict[str, Any]:
    """Conditions on the date of birth as far as it was said."""
    if day is None:
        return {}
    if precision == DatePrecision.DAY:
        return {"birth_date": day}
    year = {"birth_date__year": day.year}
    return year if precision == DatePrecision.YEAR else year | {"birth_date__month": day.month}


def likely_duplicates(
    user: User, partner: Partner, identity: "matching.Identity", *, exclude: uuid.UUID | None = None
) -> list[tuple[Person, "matching.Match"]]:
    """Persons of the partner who may be the same, best first, at most five, with the reasons.

    A restricted file of others is never proposed: that it exists must not show.
    """
    here = visible_persons(user).filter(~Q(pk=exclude) if exclude else Q(), partner=partner)
    among, frequencies = _rarity(partner, identity)
    near = _with_number(identity)
    for pk, *values in here.filter(pk__in=_like(partner, identity)).values_list("pk", *matching.COMPARED):
        other = matching.Identity(**dict(zip(matching.COMPARED, values, strict=True)))
        if matching.compare(identity, other, among=among, frequencies=frequencies).score >= WORTH_A_LOOK:
            near.add(pk)
    persons = here.filter(pk__in=near).prefetch_related("identifiers", "contact_points")
    found = [
        (person, matching.compare(identity, identity_of(person), among=among, frequencies=frequencies))
        for person in persons
    ]
    likely = [pair for pair in found if matching.likely_duplicate(pair[1])]
    return sorted(likely, key=lambda pair: -pair[1].score)[:5]


def _like(partner: Partner, identity: "matching.Identity") -> set[uuid.UUID]:
    """Persons with the most selective keys of these names, and those born on the same day (or day and month swapped).

    Names so frequent that their keys are cut tell too little without the birth; with it, the second part finds them.
    """
    keys = names.search_keys(identity.given_names, identity.family_names, identity.nickname)
    ids = _candidates(NameKey.objects.filter(partner=partner), sorted(keys)) if keys else set()
    if keys and (born := identity.birth_date):
        days = {born, born.replace(month=born.day, day=born.month) if born.day <= 12 else born}
        same = Person.objects.filter(partner=partner, birth_date__in=days, merged_into__isnull=True)
        ids |= set(same.values_list("pk", flat=True)[:MOST_OF_A_DAY])
    return ids


def _with_number(identity: "matching.Identity") -> set[uuid.UUID]:
    """Persons of any city with one of these numbers or phones."""
    ids: set[uuid.UUID] = set()
    if numbers := {value for _kind, value in identity.identifiers}:
        ids |= set(Identifier.objects.filter(value__in=numbers).values_list("person_id", flat=True)[:MOST_NUMBERED])
    if identity.phones:
        called = ContactPoint.objects.filter(value__in=identity.phones)
        ids |= set(called.values_list("person_id", flat=True)[:MOST_NUMBERED])
    return ids


def _rarity(partner: Partner, identity: "matching.Identity") -> tuple[int, dict[str, float]]:
    """How many persons the partner knows, and the share of them under each key of these names."""
    among = Person.objects.filter(partner=partner, merged_into__isnull=True).count()
    codes = names.frequency_keys(identity.given_names, identity.family_names)
    counts = NameKey.objects.filter(partner=partner, key__in=codes).values_list("key").annotate(n=Count("person_id"))
    return among, {codes[key]: count / max(among, 1) for key, count in counts}


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
    """What happened to a person whose file the caller has opened, latest first; without void rows and NOT_TOLD."""
    return (
        JourneyEvent.objects.filter(person=person, voided_at__isnull=True)
        .exclude(kind__in=NOT_TOLD)
        .select_related("site", "team", "service_type", "recorded_by")
        .order_by("-occurred_at", "-recorded_at")
    )


def file_members(person: Person) -> QuerySet[FileMember]:
    """Teams and users the file is open for now, in the order they came in."""
    now = Q(ends_at__isnull=True) | Q(ends_at__gt=timezone.now())
    return FileMember.objects.filter(now, person=person).select_related("team", "user").order_by("starts_at")


def visible_openings(user: User) -> QuerySet[FileOpening]:
    """Openings with a reason at the partners where the user oversees them; unseen ones first.

    Those of a file that is restricted now are shown to its team and to who may see the log of restricted files.
    """
    access = access_of(user)
    whole = access.partner_ids(Permission.VIEW_RESTRICTED_AUDIT)
    return (
        FileOpening.objects.filter(partner__in=access.partner_ids(Permission.VIEW_FILE_OPENINGS))
        .filter(Q(partner__in=whole) | not_hidden_from(user))
        .select_related("person", "user", "seen_by")
        .order_by("seen_at", "-created_at")
    )


def get_opening(user: User, pk: uuid.UUID) -> FileOpening:
    """One opening that the user oversees. Raises Http404."""
    opening = visible_openings(user).filter(pk=pk).first()
    if opening is None:
        raise Http404
    return opening


def done_with_file(opening: FileOpening) -> QuerySet[AuditEntry]:
    """What whoever opened the file read and wrote in it while it was open, first things first."""
    return AuditEntry.objects.filter(
        actor_id=opening.user_id, person_id__in=ids_of(opening.person_id), created_at__gte=opening.created_at,
        created_at__lt=opening.ends_at,
    ).order_by("created_at", "id")  # fmt: skip


def with_open_file_flag(user: User, rows: QuerySet[Person]) -> QuerySet[Any]:
    """Add `file_open`: whether the user is in the team of the file or has it open with a reason."""
    return rows.annotate(file_open=in_team_of_file(user) | opened_by(user))
