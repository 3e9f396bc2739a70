"""Reads of visits, requests and promises, scoped and logged."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from lgnet.audit import services as audit
from lgnet.catalogue.knowledge_models import KnowledgeVersion
from lgnet.catalogue.knowledge_selectors import usable_pages
from lgnet.catalogue.models import ServiceType, Team
from lgnet.catalogue.selectors import current_team_memberships, service_types, team_ids_of, teams_at
from lgnet.desks.models import DocumentCheck, NeededDocument, Request, Visit
from lgnet.desks.policies import records_requests_at
from lgnet.network.access import access_of
from lgnet.network.models import Membership, Partner, User
from lgnet.network.roles import ROLES, Permission
from lgnet.people.models import Person
from lgnet.people.policies import file_is_whole_for, is_hidden_from, not_hidden_from
from lgnet.people.selectors import FileClosed

OFTEN = 8  # topics with a button of their own; more would be a list, not a choice
PAGES = 10  # of answers, at once
LOOKED_BACK = timedelta(days=90)
_ANSWERING = frozenset(role for role, spec in ROLES.items() if Permission.RECORD_REQUESTS in spec.permissions)


def _standing() -> QuerySet[Request]:
    return Request.objects.filter(voided_at__isnull=True)


def listed_requests(user: User) -> QuerySet[Request]:
    """Requests made at the user's desks and those promised by the user; of restricted files only for their team."""
    rows = _own_requests(user).filter(not_hidden_from(user))
    return rows.select_related("person", "team", "visit", "service_type", "answered_by", "owner", "recorded_by")


def _own_requests(user: User) -> QuerySet[Request]:
    partners = access_of(user).partner_ids(Permission.RECORD_REQUESTS)
    return _standing().filter(Q(team__in=team_ids_of(user)) | Q(owner=user), partner__in=partners)


def promised(user: User) -> QuerySet[Request]:
    """What was taken for later and is not done yet, at the user's desks or by the user; the first due comes first."""
    return listed_requests(user).filter(outcome=Request.Outcome.LATER).order_by("due_on", "promised_at")


def get_request(user: User, pk: uuid.UUID) -> Request:
    """A request that the user may read: of an own desk, of an own promise, or of a file that is open; logged.

    Raises Http404 in another city and for a restricted file, FileClosed, or PermissionDenied.
    """
    request = (
        _standing()
        .filter(pk=pk)
        .select_related(
            "visit", "person", "team__partner", "service_type", "owner", "answered_by", "recorded_by", "answer_page"
        )
        .first()
    )  # fmt: skip
    if request is None:
        raise Http404
    request.visit.person = request.person  # of the same visit: not read again
    if request.owner_id == user.pk and not (request.person and is_hidden_from(user, request.person)):
        if request.partner_id not in access_of(user).partner_ids(Permission.RECORD_REQUESTS):
            raise Http404
    else:
        _require_reads(user, request.visit, request.team)
    _note_read(user, "desks.request", request.pk, request.partner_id, request.person_id)
    return request


def get_visit(user: User, pk: uuid.UUID) -> Visit:
    """A visit to an own desk, or of a person whose file is open; the read is logged. Raises as `get_request`."""
    visit = (
        Visit.objects.filter(pk=pk)
        .select_related("person__partner", "team__partner", "site", "recorded_by", "closed_by", "referral", "ticket")
        .first()
    )
    if visit is None:
        raise Http404
    _require_reads(user, visit, visit.team)
    _note_read(user, "desks.visit", visit.pk, visit.partner_id, visit.person_id)
    return visit


def _require_reads(user: User, visit: Visit, team: Team) -> None:
    """What was asked is for who works at that desk, and for whom the person's file is open."""
    access, person = access_of(user), visit.person
    reads = access.partner_ids(Permission.RECORD_REQUESTS) | access.partner_ids(Permission.VIEW_PEOPLE)
    if team.partner_id not in reads or (person and is_hidden_from(user, person)):
        raise Http404
    if records_requests_at(user, team) or (person and file_is_whole_for(user, person)):
        return
    if person is None:
        raise PermissionDenied
    raise FileClosed(person)


def _note_read(user: User, kind: str, pk: uuid.UUID, partner_id: uuid.UUID, person_id: uuid.UUID | None) -> None:
    audit.note_read(by=user, object_type=kind, object_id=pk, partner_id=partner_id, person_id=person_id)


@dataclass(frozen=True)
class PagesFound:
    """Pages of answers for one request, in the person's language where they are written in it."""

    language: str
    versions: list[KnowledgeVersion]
    about_service: bool  # whether they are those about what is asked, for want of words to look for


def pages_for(user: User, request: Request, text: str) -> PagesFound:
    """What may be given as the answer: found by words, else what is written about what is asked."""
    first = request.person.languages.first() if request.person and not request.language else None
    kind = None if text.strip() else request.service_type
    rows = usable_pages(user, request.partner, text, kind)
    return PagesFound(first.language if first else request.language, list(rows[:PAGES]), kind is not None)


def get_page(user: User, request: Request, pk: str) -> KnowledgeVersion:
    """A version that may be given as the answer to this request. Raises Http404."""
    try:
        version = usable_pages(user, request.partner).filter(pk=pk).first()
    except ValidationError:
        version = None
    if version is None:
        raise Http404
    return version


def requests_of_visit(visit: Visit) -> list[Request]:
    """What was asked at a visit whose page the caller has opened, in order, with what was seen of documents."""
    checks = Prefetch("document_checks", DocumentCheck.objects.all())
    found = _standing().filter(visit=visit).select_related("service_type", "owner", "answered_by")
    return list(found.prefetch_related(checks).order_by("asked_at", "id"))


def requests_of_person(person: Person, limit: int) -> list[Request]:
    """The latest requests of a person whose file the caller has opened, open and promised ones first."""
    found = _standing().filter(person=person).select_related("service_type", "team", "owner")
    rows = list(found.order_by("-asked_at")[: 4 * limit])
    return sorted(rows, key=lambda row: row.is_final)[:limit]


def promises_to(user: User, person: Person, *, besides: Visit) -> list[Request]:
    """What was promised to the person at other visits and is not done, as far as the user may see it."""
    if is_hidden_from(user, person):
        return []
    rows = _own_requests(user).filter(person=person, outcome=Request.Outcome.LATER).exclude(visit=besides)
    return list(rows.select_related("team", "service_type", "owner").order_by("due_on", "promised_at"))


def visit_today(user: User, person: Person) -> Visit | None:
    """The latest visit of the person today at a desk of the user."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    teams = [pk for pk in team_ids_of(user) if person.partner_id in _partners(user)]
    return Visit.objects.filter(person=person, team__in=teams, arrived_at__gte=today).order_by("-arrived_at").first()


@dataclass
class Topics:
    """What can be asked at a desk: the services asked most often there, then all, by area."""

    often: list[ServiceType] = field(default_factory=list)
    by_area: list[tuple[str, list[ServiceType]]] = field(default_factory=list)


def topics_of(team: Team, area: str = "") -> Topics:
    """Services to choose from at a desk: those asked most often in 90 days, first those of the area said at arrival.

    Where too little was asked yet, the first services of each area stand in. Two queries.
    """
    catalogue = list(service_types().exclude(area=ServiceType.Area.FIRST_HELP))
    lately = _standing().filter(team=team, asked_at__gte=timezone.now() - LOOKED_BACK).order_by()
    asked = dict(lately.values_list("service_type").annotate(n=Count("pk")).values_list("service_type", "n"))
    firsts = {one.area: one.pk for one in reversed(catalogue)}

    def rank(one: ServiceType) -> tuple[bool, int, bool]:
        return one.area != area, -asked.get(one.pk, 0), one.pk != firsts[one.area]

    often = sorted(catalogue, key=rank)[: OFTEN // 2] if area else []
    often += [one for one in sorted(catalogue, key=lambda one: rank(one)[1:]) if one not in often]
    groups: dict[str, list[ServiceType]] = {}
    for one in catalogue:
        groups.setdefault(str(one.get_area_display()), []).append(one)
    return Topics(often[:OFTEN], list(groups.items()))


def needed_documents(partner_id: uuid.UUID, service_type_id: uuid.UUID) -> list[NeededDocument]:
    """The checklist of a service in a city."""
    return list(NeededDocument.objects.filter(partner=partner_id, service_type=service_type_id, is_active=True))


@dataclass(frozen=True)
class Line:
    """A line of the checklist of one request: the document, and whether it was seen or is missing."""

    document: NeededDocument
    state: str


def checklists(requests: Iterable[Request]) -> dict[uuid.UUID, list[Line]]:
    """The checklist of each request, those with documents asked for. One query."""
    rows = list(requests)
    services, partners = {row.service_type_id for row in rows}, {row.partner_id for row in rows}
    wanted = NeededDocument.objects.filter(partner__in=partners, service_type__in=services)
    found: dict[uuid.UUID, list[Line]] = {}
    documents = list(wanted)
    for row in rows:
        states = {check.document_id: check.state for check in row.document_checks.all()}
        mine = [
            one for one in documents if (one.service_type_id, one.partner_id) == (row.service_type_id, row.partner_id)
        ]
        lines = [Line(one, states.get(one.pk, "")) for one in mine if one.is_active or one.pk in states]
        if lines:
            found[row.pk] = lines
    return found


def possible_owners(partner_id: uuid.UUID) -> QuerySet[User]:
    """Who can keep a promise in a city: colleagues in its teams who answer requests, by name."""
    places = current_team_memberships().filter(team__partner=partner_id)
    posts = Membership.objects.current().filter(partner=partner_id, role__in=_ANSWERING, user=OuterRef("pk"))
    return User.objects.filter(Exists(posts), pk__in=places.values("user_id"), is_active=True).order_by("full_name")


def kept_documents(user: User) -> QuerySet[NeededDocument]:
    """Checklists of the cities where the user keeps the directory."""
    partners = access_of(user).partner_ids(Permission.KEEP_DIRECTORY)
    return NeededDocument.objects.filter(partner__in=partners).select_related("service_type", "partner")


def get_needed_document(user: User, pk: uuid.UUID) -> NeededDocument:
    """A document of a checklist that the user keeps. Raises Http404."""
    document = kept_documents(user).filter(pk=pk).first()
    if document is None:
        raise Http404
    return document


def cities_of_checklists(user: User) -> QuerySet[Partner]:
    """Cities whose checklists the user keeps."""
    return Partner.objects.filter(pk__in=access_of(user).partner_ids(Permission.KEEP_DIRECTORY)).order_by("short_name")


def desks_listed(user: User) -> QuerySet[Team]:
    """The user's teams at which requests are made: what a list can be narrowed to."""
    return teams_at(user, Permission.RECORD_REQUESTS).filter(pk__in=team_ids_of(user))


def _partners(user: User) -> frozenset[uuid.UUID]:
    return access_of(user).partner_ids(Permission.RECORD_REQUESTS)
