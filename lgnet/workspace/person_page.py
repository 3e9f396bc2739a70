"""The page of one person: who it is, what matters today, the journey, and what to do next."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from lgnet.cases.models import Case
from lgnet.cases.selectors import case_of_record, cases_of, open_referrals_of
from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import teams_of
from lgnet.desks.appointment_selectors import appointments_of
from lgnet.desks.mailbox_selectors import mailboxes_of
from lgnet.desks.models import Appointment
from lgnet.desks.request_selectors import requests_of_person, visit_today
from lgnet.messaging.selectors import unwanted_by
from lgnet.network.access import can
from lgnet.network.models import User
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people import merge_selectors, selectors
from lgnet.people.closed_files import asks_for_closed_file
from lgnet.people.document_selectors import all_documents_of, ending
from lgnet.people.document_tables import time_left
from lgnet.people.models import ContactPoint, Document, EligibilityCheck, JourneyEvent, JourneyKind, NoticeGiven, Person
from lgnet.people.own_card_selectors import own_cards_of
from lgnet.people.policies import FileAccess, access_to_file
from lgnet.people.wording import age_words, birth_words, citizenship_words, language_words
from lgnet.workspace.person_part import part_of_person

REQUESTS_SHOWN = 5  # beside the journey, those that wait first
SHOWN = 25  # events of the journey at first; the rest is one tap away
EXPIRES_SOON = timedelta(days=60)  # renewing a title takes weeks: early enough to ask for an appointment

K = JourneyKind
CHAPTERS: dict[str, tuple[Any, tuple[JourneyKind, ...]]] = {
    "": (gettext_lazy("Everything"), ()),
    "street": (gettext_lazy("Street"), (K.CONTACT,)),
    "desk": (
        gettext_lazy("Desk"),
        (
            K.ARRIVAL,
            K.REGISTERED,
            K.REQUEST_MADE,
            K.REQUEST_ANSWERED,
            K.MEDIATION,
            K.NOTICE_GIVEN,
            K.ELIGIBILITY_CHECKED,
        ),
    ),
    "appointment": (gettext_lazy("Appointments"), (K.APPOINTMENT_BOOKED, K.APPOINTMENT_KEPT, K.APPOINTMENT_MISSED)),
    "referral": (
        gettext_lazy("Referrals"),
        (
            K.REFERRAL_SENT,
            K.REFERRAL_ACCEPTED,
            K.REFERRAL_REFUSED,
            K.REFERRAL_ARRIVED,
            K.REFERRAL_NOT_ARRIVED,
            K.REFERRAL_CLOSED,
        ),
    ),
    "case": (
        gettext_lazy("Case"),
        (K.CASE_OPENED, K.ASSESSED, K.PLAN_SIGNED, K.GOAL_REACHED, K.OUTCOME, K.CASE_CLOSED, K.FOLLOWED_UP),
    ),
    "service": (gettext_lazy("Services"), (K.SERVICE_DELIVERED,)),
}
ICONS = {
    K.CONTACT: "it-map-marker", K.ARRIVAL: "it-pa", K.REGISTERED: "it-user", K.NOTICE_GIVEN: "it-file",
    K.ELIGIBILITY_CHECKED: "it-card", K.REFERRAL_SENT: "it-exchange-circle", K.REFERRAL_ACCEPTED: "it-check-circle",
    K.REFERRAL_REFUSED: "it-close-circle", K.REFERRAL_ARRIVED: "it-pin", K.REFERRAL_NOT_ARRIVED: "it-error",
    K.REFERRAL_CLOSED: "it-check", K.REQUEST_MADE: "it-help-circle", K.REQUEST_ANSWERED: "it-comment",
    K.APPOINTMENT_BOOKED: "it-calendar", K.APPOINTMENT_KEPT: "it-check-circle", K.APPOINTMENT_MISSED: "it-error",
    K.MEDIATION: "it-user", K.CASE_OPENED: "it-folder",
    K.ASSESSED: "it-note", K.PLAN_SIGNED: "it-file-signed", K.SERVICE_DELIVERED: "it-plus-circle", K.OUTCOME: "it-flag",
    K.CASE_CLOSED: "it-locked", K.GOAL_REACHED: "it-star-outline", K.FOLLOWED_UP: "it-calendar",
}  # fmt: skip


@dataclass(frozen=True)
class Alert:
    """Something that matters today: in words, with a colour word, and perhaps where to mend it."""

    text: str
    kind: str
    url: str = ""
    label: str = ""


@require_GET
@asks_for_closed_file
def person_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The file of a person, for whom it is open."""
    user = request.user
    person = selectors.get_person(user, pk)
    if person.pk != pk:  # the file was joined with this one
        return redirect("person_detail", person.pk)
    file = access_to_file(user, person)
    if file.in_part:
        return render(request, "workspace/person_part.html", part_of_person(user, person, file))
    appointments = list(appointments_of(user, person, file)[:5])
    points = list(person.contact_points.filter(ended_on__isnull=True).order_by("created_at"))
    checks = list(person.eligibility_checks.select_related("checked_by"))
    notices = list(person.notices.select_related("given_by"))
    cases, (documents, destroyed) = list(cases_of(user, person)), all_documents_of(user, person, file)
    may = _may(user, person, cases, file)
    alerts = _soon(appointments) + _alerts(user, person, points, checks, notices) + _document_alerts(documents, checks)
    context = {
        "person": person,
        "identity": _identity(person),
        "points": points,
        "unwanted": unwanted_by(person),
        "identifiers": person.identifiers.order_by("kind", "value"),
        "household": _household(user, person),
        "checks": checks,
        "notices": notices,
        "cases": cases,
        "referrals": list(open_referrals_of(user, person)),
        "appointments": appointments,
        "requests": requests_of_person(person, REQUESTS_SHOWN),
        "mailboxes": mailboxes_of(user, person),
        "visit": visit_today(user, person) if may["receive"] else None,
        "members": _members(person),
        "documents": documents,
        "destroyed_documents": destroyed,
        "alerts": alerts,
        "may": may,
        "own_cards": own_cards_of(person) if may["change"] else [],
        "joined": merge_selectors.merges_of(person),
    }
    return render(request, "workspace/person.html", context | _story(request, person))


def _identity(person: Person) -> list[tuple[str, str]]:
    spoken = ", ".join(language_words(one) for one in person.languages.all())
    birth = birth_words(person)
    return [
        (_("Given and family names"), person.full_name),
        (_("Born"), f"{birth} · {age_words(person)}" if birth else age_words(person)),
        (_("Gender"), str(person.get_gender_display())),
        (_("Citizenship"), citizenship_words(person)),
        (_("Languages"), spoken),
    ]


def _household(user: User, person: Person) -> QuerySet[Person] | None:
    """The others of the household whom the reader may know to exist, or None if the person lives in none."""
    if person.household_id is None:
        return None
    return selectors.visible_persons(user).filter(household=person.household_id).exclude(pk=person.pk)


def _members(person: Person) -> dict[str, str]:
    """Teams and users the file is open for, each with why, in the order they came in."""
    found: dict[str, list[str]] = {}
    for member in selectors.file_members(person):
        found.setdefault(str(member.team or member.user), []).append(str(member.get_basis_display()))
    return {name: ", ".join(dict.fromkeys(bases)) for name, bases in found.items()}


def _soon(appointments: list[Appointment]) -> list[Alert]:
    """The next appointment when it is today or tomorrow."""
    today = timezone.localdate()
    next_one = next((one for one in appointments if one.is_expected), None)
    if next_one is None or (day := timezone.localdate(next_one.starts_at)) > today + timedelta(days=1):
        return []
    words = {"time": f"{timezone.localtime(next_one.starts_at):%H:%M}", "kind": next_one.kind.name}
    text = (
        _("Appointment today at %(time)s: %(kind)s.")
        if day == today
        else _("Appointment tomorrow at %(time)s: %(kind)s.")
    )
    return [Alert(text % words, "info", reverse("appointment_detail", args=[next_one.pk]), _("See it"))]


def _alerts(
    user: User, person: Person, points: list[ContactPoint], checks: list[EligibilityCheck], notices: list[NoticeGiven]
) -> list[Alert]:
    """What matters today, most pressing first."""
    found = []
    if any(point.safe == ContactPoint.Safe.NO for point in points):
        found.append(Alert(_("Careful: one of the contacts is not safe to use."), "danger"))
    if person.interpreter_needed:
        may_book = can(user, Permission.BOOK_MEDIATION, partner=person.partner_id)
        url = f"{reverse('mediation_now')}?person={person.pk}" if may_book else ""
        found.append(Alert(_("An interpreter is needed."), "info", url, _("Find a mediator")))
    if not any(notice.kind == NoticeGiven.Kind.PRIVACY for notice in notices):
        may_record = can(user, Permission.REGISTER_PERSON, partner=person.partner_id)
        url = reverse("notice_new", args=[person.pk]) if may_record else ""
        found.append(Alert(_("The privacy notice was not given yet."), "warning", url, _("Record the notice")))
    if may_merge(user, person) and merge_selectors.is_in_pair(user, person):
        url = reverse("person_alike", args=[person.pk])
        found.append(Alert(_("Perhaps this person is registered twice."), "warning", url, _("Compare the files")))
    return found + _title_alerts(user, person, checks)


def _title_alerts(user: User, person: Person, checks: list[EligibilityCheck]) -> list[Alert]:
    may_check = can(user, Permission.CHECK_ELIGIBILITY, partner=person.partner_id)
    url = reverse("eligibility_new", args=[person.pk]) if may_check else ""
    if not checks:
        return [Alert(_("The title to stay was not looked at yet."), "warning", url, _("Record a check"))]
    ends, today = checks[0].ends_on, timezone.localdate()
    if ends is None or ends > today + EXPIRES_SOON:
        return []
    words = _("The title to stay expired on %(day)s.") if ends < today else _("The title to stay ends on %(day)s.")
    kind = "danger" if ends < today else "warning"
    return [Alert(words % {"day": date_format(ends, "SHORT_DATE_FORMAT")}, kind, url, _("Record a new check"))]


def _document_alerts(documents: list[Document], checks: list[EligibilityCheck]) -> list[Alert]:
    """Documents kept that have expired or soon will; not once more the title whose last day was said already."""
    said, today = (checks[0].expires_on if checks else None), timezone.localdate()
    of_title = {Document.Kind.PERMIT, Document.Kind.RECEIPT}
    return [
        Alert(
            f"{document}: {time_left(document)}", "danger" if document.expires_on < today else "warning",
            reverse("document_detail", args=[document.pk]), _("See the document"),
        )
        for document in ending(documents)
        if document.expires_on and not (document.kind in of_title and document.expires_on == said)
    ]  # fmt: skip


def may_merge(user: User, person: Person) -> bool:
    """Whether the reader joins files in the person's city."""
    return can(user, Permission.MERGE_PERSONS, partner=person.partner_id)


def _may(user: User, person: Person, cases: list[Case], file: FileAccess) -> dict[str, bool]:
    """What the reader can do with this person, by the word the page uses for it."""

    def holds(permission: Permission) -> bool:
        return can(user, permission, partner=person.partner_id)

    kinds = {team.kind for team in teams_of(user) if team.partner_id == person.partner_id}
    return {
        "change": holds(Permission.REGISTER_PERSON),
        "check": holds(Permission.CHECK_ELIGIBILITY),
        "restrict": holds(Permission.RESTRICT_FILE) and file.in_team,
        "book": holds(Permission.BOOK_APPOINTMENT),
        "refer": holds(Permission.SEND_REFERRAL) and bool(kinds),
        "receive": holds(Permission.RECORD_VISIT) and Team.Kind.DESK in kinds,
        "keep_mail": holds(Permission.COUNT_SERVICES) and Team.Kind.DESK in kinds,
        "meet": holds(Permission.RECORD_CONTACT) and Team.Kind.MOBILE_UNIT in kinds,
        "merge": may_merge(user, person),
        "open_case": holds(Permission.OPEN_CASE) and not any(case.is_open for case in cases),
    }


def _story(request: StaffRequest, person: Person) -> dict[str, Any]:
    """The journey, latest first, as far as it is asked for."""
    chapter = request.GET.get("show", "")
    if chapter not in CHAPTERS:
        chapter = ""
    events = selectors.timeline(person)
    if chapter:
        events = events.filter(kind__in=CHAPTERS[chapter][1])
    shown = list(events if "all" in request.GET else events[: SHOWN + 1])
    more = "all" not in request.GET and len(shown) > SHOWN
    may_open = _addresses(request.user, person)
    return {
        "events": [_told(event, may_open) for event in (shown[:SHOWN] if more else shown)],
        "more": more,
        "chapter": chapter,
        "chapters": [(key, label) for key, (label, _kinds) in CHAPTERS.items()],
    }


def _addresses(user: User, person: Person) -> Callable[[JourneyEvent], str]:
    """Return a function that gives the address of the record behind an event, where the reader gets in."""
    reads_cases = can(user, Permission.VIEW_CASES, partner=person.partner_id)
    reads_referrals = can(user, Permission.VIEW_REFERRALS, partner=person.partner_id)
    books = can(user, Permission.BOOK_MEDIATION, partner=person.partner_id)
    case_of = cache(lambda: case_of_record(person))  # asked for when the first record of a case is met

    def address(event: JourneyEvent) -> str:
        if event.source_type == "outreach.contact":
            return reverse("contact_detail", args=[event.source_id])
        if event.source_type == "cases.referral":
            return reverse("referral_detail", args=[event.source_id]) if reads_referrals else ""
        if event.source_type == "desks.visit":
            return reverse("visit_detail", args=[event.source_id])
        if event.source_type == "desks.request":
            return reverse("request_edit", args=[event.source_id])
        if event.source_type == "desks.mediationbooking":
            return reverse("mediation_booking", args=[event.source_id]) if books else ""
        of_case = reads_cases and event.source_type.startswith("cases.")
        case = case_of().get(event.source_id) if of_case and event.source_id else None
        return reverse("case_detail", args=[case]) if case else ""

    return address


def _told(event: JourneyEvent, address: Callable[[JourneyEvent], str]) -> dict[str, Any]:
    """One event as the timeline shows it."""
    service = event.service_type
    where = " · ".join(dict.fromkeys(str(place) for place in (event.team, event.site) if place))
    title = f"{event.get_kind_display()}: {service.name}" if service else event.get_kind_display()
    return {
        "at": event.occurred_at,
        "title": title[:1].upper() + title[1:],
        "icon": ICONS.get(JourneyKind(event.kind), "it-info-circle"),
        "text": where,
        "by": event.recorded_by.full_name if event.recorded_by else "",
        "url": address(event),
    }
