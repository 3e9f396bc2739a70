"""Writes of pages of answers. Each is logged and atomic; a second person approves what the first has written."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.knowledge_models import (
    FIRST_LANGUAGE,
    KnowledgeFeedback,
    KnowledgePage,
    KnowledgeText,
    KnowledgeVersion,
)
from lgnet.catalogue.knowledge_policies import may_review, reads_pages, reviews_for, writes_for
from lgnet.catalogue.knowledge_text import fold
from lgnet.catalogue.models import ServiceType
from lgnet.core.errors import DomainError
from lgnet.core.once import write_once
from lgnet.core.words import one_line
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission

VERSION = "catalogue.knowledgeversion"
LOOKED_AT_EVERY = timedelta(days=365)  # laws and offices change: nothing stays true for longer without a look
LONGEST = timedelta(days=3 * 365)
Status = KnowledgeVersion.Status


@dataclass(frozen=True)
class Answer:
    """What a version says, in Italian, and what is known about it. `sources` are (label, address or nothing)."""

    title: str
    body: str
    topic: str
    review_by: date
    service_type: ServiceType | None = None
    sources: list[tuple[str, str]] = field(default_factory=list)
    valid_until: date | None = None
    is_public: bool = False


@transaction.atomic
def write_page(
    *, by: User, partner: Partner | None, answer: Answer, record_id: uuid.UUID | None = None
) -> KnowledgeVersion:  # fmt: skip
    """Begin a page of a city, or of the network, as a draft; `record_id` is the version's. Sent twice, it is one.

    Raises DomainError for impossible days, PermissionDenied for who does not write there.
    """
    if not writes_for(by, partner):
        raise PermissionDenied(str(Permission.WRITE_KNOWLEDGE))

    def write() -> KnowledgeVersion:
        _check(answer)
        page = KnowledgePage.objects.create(partner=partner, made_by=by)
        values: dict[str, Any] = {"pk": record_id} if record_id else {}
        version = KnowledgeVersion(page=page, number=1, author=by, **_values(answer), **values)
        version.save(force_insert=True)
        version.writers.add(by)
        _put_text(version, FIRST_LANGUAGE, answer.title, answer.body)
        _log(AuditEntry.Action.CREATE, by, version)
        return version

    return write_once(KnowledgeVersion, record_id, is_mine=lambda found: found.author_id == by.pk, write=write)


@transaction.atomic
def begin_version(*, by: User, page: KnowledgePage) -> KnowledgeVersion:
    """Begin a new version as a copy of the last one; if one is being written already, it is returned."""
    if not writes_for(by, page.partner):
        raise PermissionDenied(str(Permission.WRITE_KNOWLEDGE))
    KnowledgePage.objects.select_for_update().get(pk=page.pk)
    versions = list(page.versions.order_by("-number"))
    if there := next((version for version in versions if version.is_open), None):
        return there
    last = next((version for version in versions if version.status == Status.APPROVED), versions[0])
    kept = ("topic", "service_type", "sources", "valid_until", "is_public")
    version = KnowledgeVersion.objects.create(
        page=page, number=versions[0].number + 1, author=by, review_by=timezone.localdate() + LOOKED_AT_EVERY,
        **{name: getattr(last, name) for name in kept},
    )  # fmt: skip
    version.writers.add(by)
    for text in last.texts.all():
        _put_text(version, text.language, text.title, text.body)
    _log(AuditEntry.Action.CREATE, by, version, copy_of=last.number)
    return version


@transaction.atomic
def change_draft(
    *, by: User, version: KnowledgeVersion, answer: Answer, seen: datetime | None = None
) -> KnowledgeVersion:  # fmt: skip
    """Write a draft anew. `seen` is its `changed_at` as the writer saw it.

    Raises DomainError for impossible days, when it is no draft any more, and when a colleague has changed it since.
    """
    locked = _draft(by, version)
    if seen is not None and seen != locked.changed_at:
        raise DomainError(
            _("A colleague changed this page while you were writing. Compare, then save again to keep your version.")
        )
    _check(answer)
    for name, value in _values(answer).items():
        setattr(locked, name, value)
    _put_text(locked, FIRST_LANGUAGE, answer.title, answer.body)
    return _written(by, locked)


@transaction.atomic
def write_text(*, by: User, version: KnowledgeVersion, language: str, title: str, body: str) -> KnowledgeVersion:
    """Write a draft in one more language, or anew; without title and text the language goes.

    Raises DomainError for half a text, a language that is none of the public ones, and when it is no draft any more.
    """
    locked = _draft(by, version)
    if language not in dict(settings.PUBLIC_LANGUAGES):
        raise DomainError(_("Choose a language."), field="language")
    if not title.strip() and not body.strip() and language != FIRST_LANGUAGE:
        locked.texts.filter(language=language).delete()
        return _written(by, locked, removed=language)
    if not title.strip() or not body.strip():
        raise DomainError(_("Write the title and the text."), field="body" if title.strip() else "title")
    _put_text(locked, language, title, body)
    return _written(by, locked, language=language)


@transaction.atomic
def submit_version(*, by: User, version: KnowledgeVersion) -> KnowledgeVersion:
    """Ask for the review of a draft. Asked already, it stays so. Raises DomainError when it was decided about."""
    locked = _lock(version)
    if not writes_for(by, locked.page.partner):
        raise PermissionDenied(str(Permission.WRITE_KNOWLEDGE))
    if locked.status == Status.IN_REVIEW:
        return locked
    _require(locked, Status.DRAFT)
    locked.status, locked.submitted_at, locked.review_note = Status.IN_REVIEW, timezone.now(), ""
    return _saved(by, locked, "status", "submitted_at", "review_note")


@transaction.atomic
def approve_version(*, by: User, version: KnowledgeVersion) -> KnowledgeVersion:
    """Approve a version: from now on it is the answer, and the one before it is outdated.

    Raises DomainError for who wrote something of it, and when it does not wait for a review.
    """
    locked = _to_review(by, version, Status.IN_REVIEW)
    before = KnowledgeVersion.objects.filter(page=locked.page, status=Status.APPROVED).first()
    if before is not None:
        _outdate(by, before, _("replaced by a newer version"))
    locked.status, locked.reviewer, locked.reviewed_at = Status.APPROVED, by, timezone.now()
    return _saved(by, locked, "status", "reviewer", "reviewed_at")


@transaction.atomic
def send_back(*, by: User, version: KnowledgeVersion, reason: str) -> KnowledgeVersion:
    """Give a version back to who wrote it, saying what to mend. Raises DomainError as `approve_version`."""
    if not reason.strip():
        raise DomainError(_("Say what to mend."), field="reason")
    locked = _to_review(by, version, Status.IN_REVIEW)
    locked.status, locked.reviewer, locked.reviewed_at = Status.DRAFT, by, timezone.now()
    locked.review_note = one_line(reason)[:500]
    return _saved(by, locked, "status", "reviewer", "reviewed_at", "review_note", reason=reason)


@transaction.atomic
def confirm_version(*, by: User, version: KnowledgeVersion, review_by: date) -> KnowledgeVersion:
    """Say that an approved version is still right, until it is looked at again by `review_by`.

    Raises DomainError for an impossible day, for who wrote something of it, and when it is not approved.
    """
    locked = _to_review(by, version, Status.APPROVED)
    _check_review(review_by)
    locked.review_by, locked.reviewer, locked.reviewed_at = review_by, by, timezone.now()
    return _saved(by, locked, "review_by", "reviewer", "reviewed_at")


@transaction.atomic
def outdate_version(*, by: User, version: KnowledgeVersion, reason: str) -> KnowledgeVersion:
    """Say that a version is not, or will not be, an answer any more. It stays to be read.

    Raises DomainError without a reason, PermissionDenied for who neither writes nor reviews there.
    """
    locked = _lock(version)
    partner = locked.page.partner
    if not (writes_for(by, partner) or reviews_for(by, partner)):
        raise PermissionDenied(str(Permission.WRITE_KNOWLEDGE))
    if not reason.strip():
        raise DomainError(_("Say why."), field="reason")
    return locked if locked.status == Status.OUTDATED else _outdate(by, locked, one_line(reason)[:300])


@transaction.atomic
def give_feedback(*, by: User, version: KnowledgeVersion, verdict: str, note: str = "") -> KnowledgeFeedback:
    """Say whether an answer helped. Said again, the new word counts. DomainError for "wrong" without saying what."""
    if not reads_pages(by):
        raise PermissionDenied
    if verdict != KnowledgeFeedback.Verdict.HELPED and not note.strip():
        raise DomainError(_("Say what is missing or wrong."), field="note")
    _require(version, Status.APPROVED)
    values = {"verdict": verdict, "note": one_line(note)[:500], "given_at": timezone.now()}
    said, _is_new = KnowledgeFeedback.objects.update_or_create(
        version=version, user=by, defaults={**values, "settled_at": None, "settled_by": None}
    )
    _log(AuditEntry.Action.UPDATE, by, version, feedback=verdict)
    return said


@transaction.atomic
def settle_feedback(*, by: User, feedback: KnowledgeFeedback) -> KnowledgeFeedback:
    """Say that what somebody reported was looked at. Settled already, it stays as it is."""
    partner = feedback.version.page.partner
    if not (writes_for(by, partner) or reviews_for(by, partner)):
        raise PermissionDenied(str(Permission.WRITE_KNOWLEDGE))
    if feedback.settled_at is None:
        feedback.settled_at, feedback.settled_by = timezone.now(), by
        feedback.save(update_fields=["settled_at", "settled_by"])
        _log(AuditEntry.Action.UPDATE, by, feedback.version, feedback="settled")
    return feedback


def _lock(version: KnowledgeVersion) -> KnowledgeVersion:
    rows = KnowledgeVersion.objects.select_for_update(of=("self",)).select_related("page__partner")
    return rows.get(pk=version.pk)


def _draft(by: User, version: KnowledgeVersion) -> KnowledgeVersion:
    locked = _lock(version)
    if not writes_for(by, locked.page.partner):
        raise PermissionDenied(str(Permission.WRITE_KNOWLEDGE))
    _require(locked, Status.DRAFT)
    return locked


def _to_review(by: User, version: KnowledgeVersion, status: str) -> KnowledgeVersion:
    locked = _lock(version)
    if not reviews_for(by, locked.page.partner):
        raise PermissionDenied(str(Permission.REVIEW_KNOWLEDGE))
    _require(locked, status)
    if not may_review(by, locked):
        raise DomainError(_("You wrote something of this version: somebody else has to review it."))
    return locked


def _require(version: KnowledgeVersion, status: str) -> None:
    if version.status != status:
        state = version.get_status_display()
        raise DomainError(_("Meanwhile this version has another state: %(state)s.") % {"state": state})


def _outdate(by: User, version: KnowledgeVersion, reason: str) -> KnowledgeVersion:
    version.status, version.outdated_at, version.outdated_by = Status.OUTDATED, timezone.now(), by
    version.outdated_reason = reason
    return _saved(by, version, "status", "outdated_at", "outdated_by", "outdated_reason", reason=reason)


def _written(by: User, version: KnowledgeVersion, **detail: Any) -> KnowledgeVersion:
    """Save a draft that was written; who wrote does not review."""
    version.changed_at = timezone.now()
    version.save()
    version.writers.add(by)
    _log(AuditEntry.Action.UPDATE, by, version, **detail)
    return version


def _saved(by: User, version: KnowledgeVersion, *fields: str, reason: str = "") -> KnowledgeVersion:
    version.save(update_fields=fields)
    _log(AuditEntry.Action.UPDATE, by, version, reason=reason)
    return version


def _put_text(version: KnowledgeVersion, language: str, title: str, body: str) -> None:
    title, body = one_line(title)[:150], body.strip()
    values = {"title": title, "body": body, "title_key": fold(title)[:300], "body_key": fold(body)}
    KnowledgeText.objects.update_or_create(version=version, language=language, defaults=values)


def _values(answer: Answer) -> dict[str, Any]:
    names = ("topic", "service_type", "valid_until", "review_by", "is_public")
    sources = [{"label": one_line(label)[:200], "url": url} for label, url in answer.sources]
    return {name: getattr(answer, name) for name in names} | {"sources": sources}


def _check(answer: Answer) -> None:
    if not answer.title.strip() or not answer.body.strip():
        raise DomainError(_("Write the title and the text."), field="body" if answer.title.strip() else "title")
    _check_review(answer.review_by)
    if answer.valid_until and answer.valid_until < timezone.localdate():
        raise DomainError(_("This day is over."), field="valid_until")
    if answer.service_type and answer.service_type.area != answer.topic:
        raise DomainError(_("This service is of another topic."), field="service_type")
    for label, url in answer.sources:
        if not label.strip() or (url and not url.startswith(("https://", "http://"))):
            raise DomainError(_("Write each source as: text | https://address"), field="sources")


def _check_review(day: date) -> None:
    today = timezone.localdate()
    if day <= today:
        raise DomainError(_("Choose a day to come."), field="review_by")
    if day > today + LONGEST:
        raise DomainError(_("Within three years at the latest: laws and offices change."), field="review_by")


def _log(action: AuditEntry.Action, by: User, version: KnowledgeVersion, *, reason: str = "", **detail: Any) -> None:
    audit.record(
        action, by=by, object_type=VERSION, object_id=version.pk, partner_id=version.page.partner_id, reason=reason,
        detail={"number": version.number, "state": version.status, **detail},
    )  # fmt: skip
