"""What is asked at the desk and what is answered: one function owns each change, with its step of the journey."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.knowledge_models import KnowledgeVersion
from lgnet.catalogue.knowledge_selectors import usable_pages
from lgnet.catalogue.models import ServiceType
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.languages import language_choices
from lgnet.core.once import write_once
from lgnet.desks.models import DocumentCheck, NeededDocument, Request, Visit
from lgnet.desks.policies import records_requests_at
from lgnet.desks.request_selectors import needed_documents, possible_owners
from lgnet.network.access import can
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people import journey
from lgnet.people.models import JourneyEvent, JourneyKind
from lgnet.people.policies import is_hidden_from

USUAL_PROMISE = timedelta(days=7)  # by when what is taken for later is done, if nobody says another day
LONGEST_PROMISE = timedelta(days=366)  # a later day is a slip of the finger
_ASKED = ("service_type", "words", "mediation", "language")
_ANSWERED = ("outcome", "reason", "answer", "answer_page", "owner", "due_on", "answered_by")


@dataclass(frozen=True)
class Question:
    """What is asked, in the person's words, and how people understand each other."""

    service_type: ServiceType
    words: str = ""
    mediation: str = ""
    language: str = ""


@dataclass(frozen=True)
class Answer:
    """How a request ends, or by when and by whom it is promised.

    Without `answered_by` it is whoever writes; without `owner` and `due_on` the promise is kept by whoever writes, in a
    week. `answer_page` is the version of a page of answers that was given; its title is kept as it was then.
    """

    outcome: str
    reason: str = ""
    answer: str = ""
    answered_by: User | None = None
    owner: User | None = None
    due_on: date | None = None
    answer_page: KnowledgeVersion | None = None


def request_state(request: Request) -> str:
    """What tells whether a request was changed: another word for other contents."""
    names = [field.attname for field in Request._meta.concrete_fields if field.name in {*_ASKED, *_ANSWERED}]
    contents = repr([str(getattr(request, name)) for name in names])
    return hashlib.sha256(contents.encode()).hexdigest()[:32]


def answer_so_far(request: Request) -> Answer:
    """What a request says of its answer now: what is not said anew stays."""
    return Answer(**{name: getattr(request, name) for name in _ANSWERED})


@transaction.atomic
def make_request(
    *, by: User, visit: Visit, question: Question, record_id: uuid.UUID | None = None
) -> Request:  # fmt: skip
    """Write down one thing asked at a visit; sent twice with one `record_id`, it is one request.

    Raises DomainError for a service that is no longer in the catalogue or a language that is none.
    """
    _require_desk(by, visit)
    _check_question(question)

    def write() -> Request:
        Visit.objects.select_for_update().get(pk=visit.pk)  # who says meanwhile who it was waits here
        visit.refresh_from_db(fields=["person"])
        asked = {name: getattr(question, name) for name in _ASKED}
        request = Request.objects.create(
            pk=record_id or uuid7(), partner_id=visit.partner_id, site_id=visit.site_id, team_id=visit.team_id,
            visit=visit, person_id=visit.person_id, asked_at=_moment(visit), recorded_by=by, **asked,
        )  # fmt: skip
        _tell(JourneyKind.REQUEST_MADE, by, request, request.asked_at)
        _log(AuditEntry.Action.CREATE, by, request, {"service": question.service_type.code})
        return request

    def is_mine(found: Request) -> bool:
        same = (found.recorded_by_id, found.visit_id) == (by.pk, visit.pk)
        return same and found.service_type_id == question.service_type.pk

    return write_once(Request, record_id, is_mine=is_mine, write=write)


@transaction.atomic
def note_words(*, by: User, request: Request, words: str) -> Request:
    """Keep what the person says, as it is being typed. Raises DomainError for a request recorded by mistake."""
    request = _locked(by, request)
    if request.words != words:
        request.words = words
        request.save(update_fields=["words"])
        _log(AuditEntry.Action.UPDATE, by, request, {"fields": ["words"]})
    return request


@transaction.atomic
def change_request(*, by: User, request: Request, question: Question) -> Request:
    """Correct what was asked; another service is corrected in the journey too.

    Raises DomainError for a service that is no longer in the catalogue, a language that is none, or a request recorded
    by mistake.
    """
    request = _locked(by, request)
    if question.service_type.pk != request.service_type_id:
        _check_question(question)
        for event in _events(request):
            journey.correct(event, by=by, reason="request corrected", service_type=question.service_type)
    _check_question(replace(question, service_type=request.service_type), active=False)
    _write(by, request, {name: getattr(question, name) for name in _ASKED})
    return request


@transaction.atomic
def answer_request(*, by: User, request: Request, answer: Answer, was: str | None = None) -> Request:
    """Say how a request ended, take it for later with an owner and a day, or correct what was said.

    `was` is the outcome as the writer saw it. The journey tells that it was answered once: when it was, and no longer
    if that is taken back; of what cannot be answered it does not. Raises DomainError when a colleague has said another
    outcome since, without a reason when it cannot be answered, for a day that has passed or is too far ahead, for an
    owner who cannot keep the promise, for a page that is no answer in this city today, and for a request recorded by
    mistake.
    """
    request = _locked(by, request, or_owner=True)
    if was is not None and was not in {request.outcome, answer.outcome}:
        raise DomainError(_("A colleague said meanwhile how this ended: you see it here. Correct it if it is wrong."))
    values = _answer_values(by, request, answer)
    was_final, is_final = request.is_final, answer.outcome in Request.FINAL
    now = timezone.now()
    if answer.outcome == Request.Outcome.LATER and request.promised_at is None:
        request.promised_at = now
    if is_final and not was_final:
        request.answered_at = now if request.promised_at else max(_moment(request.visit), request.asked_at)
    elif was_final and not is_final:
        request.answered_at = None
    _tell_answer(by, request, answered=is_final and answer.outcome != Request.Outcome.IMPOSSIBLE)
    _write(by, request, values, "promised_at", "answered_at")
    return request


@transaction.atomic
def revise_request(
    *, by: User, request: Request, question: Question | None, answer: Answer, seen: str | None = None
) -> Request:  # fmt: skip
    """Correct what was asked, unless that stays, and say how it ended, in one go. Raises DomainError as both do.

    `seen` is `request_state` as the writer saw it. Raises DomainError too when a colleague has changed it since.
    """
    request = _locked(by, request, or_owner=True)
    if seen is not None and seen != request_state(request):
        raise DomainError(
            _("A colleague changed this request while you were writing. Compare, then save again to keep your version.")
        )
    if question is not None:
        request = change_request(by=by, request=request, question=question)
    return answer_request(by=by, request=request, answer=answer)


@transaction.atomic
def void_request(*, by: User, request: Request, reason: str = "") -> Request:
    """Say that a request was recorded by mistake: it stays, with its reason, and counts nowhere. Twice is once."""
    _require_desk(by, request)
    request = Request.objects.select_for_update().get(pk=request.pk)
    if request.voided_at:
        return request
    request.voided_at, request.voided_by, request.void_reason = timezone.now(), by, reason.strip()[:200]
    request.save(update_fields=["voided_at", "voided_by", "void_reason"])
    for event in _events(request):
        journey.void(event, by=by, reason=f"recorded by mistake: {reason}")
    _log(AuditEntry.Action.UPDATE, by, request, {"changes": {"voided": ["", "yes"]}})
    return request


@transaction.atomic
def check_documents(*, by: User, request: Request, states: Mapping[uuid.UUID, str]) -> None:
    """Say of documents of the checklist that they were seen or are missing; an empty word takes it back.

    `states` is by the id of the document; others keep what was said of them. Raises DomainError for a document that is
    not asked for this service, or a word that is none.
    """
    request = _locked(by, request)
    asked = {document.pk for document in needed_documents(request.partner_id, request.service_type_id)}
    before = {check.document_id: check for check in request.document_checks.all()}
    if not set(states) <= asked | set(before) or not set(states.values()) <= {"", *DocumentCheck.State.values}:
        raise DomainError(_("This document is not on the list. Open the page again."))
    changed = {pk: state for pk, state in states.items() if state != (before[pk].state if pk in before else "")}
    DocumentCheck.objects.filter(request=request, document__in=changed).delete()
    DocumentCheck.objects.bulk_create(
        DocumentCheck(request=request, document_id=pk, state=state, checked_by=by)
        for pk, state in changed.items() if state
    )  # fmt: skip
    if changed:
        _log(AuditEntry.Action.UPDATE, by, request, {"documents": {str(pk): state for pk, state in changed.items()}})


@transaction.atomic
def set_needed_document(
    *, by: User, partner_id: uuid.UUID, service_type: ServiceType, name_it: str, name_en: str = "", position: int = 1,
    is_active: bool = True, document: NeededDocument | None = None, record_id: uuid.UUID | None = None,
) -> NeededDocument:  # fmt: skip
    """Add a document to the checklist of a service in a city, or change one. Raises DomainError for a name twice."""
    if not can(by, Permission.KEEP_DIRECTORY, partner=partner_id):
        raise PermissionDenied(str(Permission.KEEP_DIRECTORY))
    names = {"name_it": " ".join(name_it.split()), "name_en": " ".join(name_en.split())}
    there = NeededDocument.objects.filter(
        partner=partner_id, service_type=service_type, name_it__iexact=names["name_it"]
    )
    values = names | {"service_type": service_type, "position": position, "is_active": is_active}

    def write() -> NeededDocument:
        if there.exclude(pk=document.pk if document else (record_id or uuid7())).exists():
            raise DomainError(_("This document is on the list already."), field="name_it")
        row = document or NeededDocument(pk=record_id or uuid7(), partner_id=partner_id)
        before = {name: getattr(row, name) for name in values} if document else {}
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
        action = AuditEntry.Action.UPDATE if document else AuditEntry.Action.CREATE
        audit.record(
            action, by=by, object_type="desks.neededdocument", object_id=row.pk, partner_id=partner_id,
            detail={"changes": audit.changes(before, values)},
        )  # fmt: skip
        return row

    if document:
        return write()
    return write_once(NeededDocument, record_id, is_mine=lambda row: row.partner_id == partner_id, write=write)


# -- rules -----------------------------------------------------------------------------------------------------------


def _require_desk(by: User, record: Visit | Request) -> None:
    """Only who works at the desk writes, and of a restricted file only its team."""
    hidden = record.person is not None and is_hidden_from(by, record.person)
    if hidden or not records_requests_at(by, record.team):
        raise PermissionDenied(str(Permission.RECORD_REQUESTS))


def _locked(by: User, request: Request, *, or_owner: bool = False) -> Request:
    """The request, locked; a colleague who writes at this moment waits. Who keeps its promise may answer it."""
    owns = or_owner and request.owner_id == by.pk and can(by, Permission.RECORD_REQUESTS, partner=request.partner_id)
    if not owns or (request.person and is_hidden_from(by, request.person)):
        _require_desk(by, request)
    Request.objects.select_for_update().get(pk=request.pk)
    request.refresh_from_db()
    if request.voided_at:
        raise DomainError(_("This request was recorded by mistake and cannot be changed."))
    return request


def _check_question(question: Question, *, active: bool = True) -> None:
    if active and not question.service_type.is_active:
        raise DomainError(_("This service is no longer in the catalogue."), field="service_type")
    if question.mediation not in Request.Mediation.values:
        raise DomainError(_("Choose the mediator from the list."), field="mediation")
    if question.language and question.language not in dict(language_choices()):
        raise DomainError(_("Choose the language from the list."), field="language")


def _answer_values(by: User, request: Request, answer: Answer) -> dict[str, Any]:
    """The fields that the answer sets, checked."""
    if answer.outcome not in Request.Outcome.values:
        raise DomainError(_("Choose how it ended from the list."), field="outcome")
    values: dict[str, Any] = {name: getattr(answer, name) for name in _ANSWERED} | _page_values(by, request, answer)
    if answer.outcome == Request.Outcome.IMPOSSIBLE:
        if answer.reason not in Request.Reason.values or not answer.reason:
            raise DomainError(_("Say why it cannot be answered."), field="reason")
    else:
        values["reason"] = ""
    if answer.outcome == Request.Outcome.LATER:
        values |= _promise(by, request, answer) | {"answered_by": None}
    elif answer.outcome == Request.Outcome.OPEN:
        values |= {"owner": None, "due_on": None, "answered_by": None}
        request.promised_at = None
    else:
        values |= {"owner": request.owner, "due_on": request.due_on}  # what was promised is still told
        values["answered_by"] = answer.answered_by or request.answered_by or by
        _check_colleague(request, by, values["answered_by"], "answered_by")
    return values


def _page_values(by: User, request: Request, answer: Answer) -> dict[str, Any]:
    """The page of answers with its title; one that was given before stays, whatever became of it."""
    page = answer.answer_page
    if page is None or page.pk == request.answer_page_id:
        return {"answer_page": page, "answer_title": request.answer_title if page else ""}
    if not usable_pages(by, request.partner).filter(pk=page.pk).exists():
        raise DomainError(_("This page is no answer any more. Look for another one."))
    return {"answer_page": page, "answer_title": page.title}


def _promise(by: User, request: Request, answer: Answer) -> dict[str, Any]:
    owner = answer.owner or request.owner or by
    today = timezone.localdate()
    due_on = answer.due_on or request.due_on or today + USUAL_PROMISE
    if due_on != request.due_on:
        if due_on < today:
            raise DomainError(_("This day has passed."), field="due_on")
        if due_on > today + LONGEST_PROMISE:
            raise DomainError(_("Check the year: this is too far ahead."), field="due_on")
    _check_colleague(request, by, owner, "owner")
    return {"owner": owner, "due_on": due_on}


def _check_colleague(request: Request, by: User, colleague: User, field: str) -> None:
    if colleague.pk == by.pk or colleague.pk == getattr(request, f"{field}_id"):
        return
    if not possible_owners(request.partner_id).filter(pk=colleague.pk).exists():
        raise DomainError(_("Choose a colleague who answers requests in this city."), field=field)
    if request.person and is_hidden_from(colleague, request.person):
        raise DomainError(_("The file is restricted: choose a colleague of its team."), field=field)


def _moment(visit: Visit) -> datetime:
    """Now; for a visit that was written down on a later day, when the person came."""
    late = timezone.localdate(visit.created_at) > timezone.localdate(visit.arrived_at)
    return visit.arrived_at if late else timezone.now()


def _tell(kind: JourneyKind, by: User, request: Request, occurred_at: datetime) -> None:
    journey.record(
        kind, by=by, partner=request.partner, site=request.site, team=request.team, source=request,
        person=request.person, service_type=request.service_type, occurred_at=occurred_at,
    )  # fmt: skip


def _tell_answer(by: User, request: Request, *, answered: bool) -> None:
    """Let the journey tell once that the request was answered, or no longer."""
    told = _events(request, JourneyKind.REQUEST_ANSWERED)
    if answered and not told and request.answered_at:
        _tell(JourneyKind.REQUEST_ANSWERED, by, request, request.answered_at)
    for event in told if not answered else ():
        journey.void(event, by=by, reason="answer taken back")


def _events(request: Request, kind: JourneyKind | None = None) -> list[JourneyEvent]:
    """What the journey tells of a request and is not void."""
    live = JourneyEvent.objects.filter(source_id=request.pk, voided_at__isnull=True)
    return list(live.filter(kind=kind) if kind else live)


def _write(by: User, request: Request, values: dict[str, Any], *also: str) -> None:
    """Save what changed and log it, free words by their field alone."""
    before = {name: getattr(request, name) for name in values}
    for name, value in values.items():
        setattr(request, name, value)
    request.save(update_fields=[*values, *also])
    changed = [name for name, value in values.items() if before[name] != value]
    if changed:
        told = {name: values[name] for name in changed if name in {"outcome", "reason", "due_on", "mediation"}}
        detail: dict[str, Any] = {"fields": changed, "changes": audit.changes(before, told)}
        if "owner" in changed and request.owner:
            detail["owner"] = request.owner.full_name
        _log(AuditEntry.Action.UPDATE, by, request, detail)


def _log(action: AuditEntry.Action, by: User, request: Request, detail: dict[str, Any]) -> None:
    audit.record(
        action, by=by, object_type="desks.request", object_id=request.pk, partner_id=request.partner_id,
        person_id=request.person_id, detail=detail,
    )  # fmt: skip
