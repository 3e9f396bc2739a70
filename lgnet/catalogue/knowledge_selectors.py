"""Reads of pages of answers: scoped by city, drafts for who works on them. Nothing in them is personal."""

import uuid
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone

from lgnet.catalogue.knowledge_models import (
    FIRST_LANGUAGE,
    KnowledgeFeedback,
    KnowledgePage,
    KnowledgeText,
    KnowledgeVersion,
)
from lgnet.catalogue.knowledge_policies import may_review, partners_read, reads_pages, reviews_for, writes_for
from lgnet.catalogue.knowledge_text import differences, search_terms
from lgnet.catalogue.models import ServiceType
from lgnet.core.languages import reader_language
from lgnet.network.access import access_of
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission

IN_TITLE, IN_TEXT = 5, 1  # what a word found there is worth
Status = KnowledgeVersion.Status


def visible_versions(user: User) -> QuerySet[KnowledgeVersion]:
    """Versions the user may read: finished ones of own cities and of the network, others where she or he works."""
    if not reads_pages(user):
        return KnowledgeVersion.objects.none()
    own = Q(page__partner__in=partners_read(user)) | Q(page__partner__isnull=True)
    access, works = access_of(user), Q()
    for permission in (Permission.WRITE_KNOWLEDGE, Permission.REVIEW_KNOWLEDGE):
        works |= Q(page__partner__in=access.partner_ids(permission))
        if access.reaches_network(permission):
            works |= Q(page__partner__isnull=True)
    finished = Q(status__in=(Status.APPROVED, Status.OUTDATED))
    return KnowledgeVersion.objects.filter(own & (finished | works)).select_related("page__partner", "service_type")


def listed_versions(user: User) -> QuerySet[Any]:
    """What a list shows: of each page what is approved, what is being written, and else what it last was.

    With `shown_title` in the reader's language and `reports`, how many say that something is wrong or missing.
    """
    newer = KnowledgeVersion.objects.filter(page=OuterRef("page"), number__gt=OuterRef("number"))
    rows = visible_versions(user).filter(~Q(status=Status.OUTDATED) | ~Exists(newer))
    texts = KnowledgeText.objects.filter(version=OuterRef("pk"))
    in_language = texts.filter(language=reader_language()).values("title")[:1]
    title = Coalesce(Subquery(in_language), Subquery(texts.filter(language=FIRST_LANGUAGE).values("title")[:1]))
    return rows.annotate(shown_title=title, reports=_reports()).order_by("topic", "shown_title", "pk")


def _reports() -> Count:
    open_ones = Q(feedback__settled_at__isnull=True) & ~Q(feedback__verdict=KnowledgeFeedback.Verdict.HELPED)
    return Count("feedback", filter=open_ones, distinct=True)


def usable_today() -> Q:
    """For a queryset of versions: approved, and not past the last day on which they are true."""
    return Q(status=Status.APPROVED) & (Q(valid_until__isnull=True) | Q(valid_until__gte=timezone.localdate()))


def review_due() -> Q:
    """For a queryset of versions: approved, and the day has come to look at them again."""
    return Q(status=Status.APPROVED, review_by__lte=timezone.localdate())


def usable_pages(
    user: User, partner: Partner, text: str = "", service_type: ServiceType | None = None
) -> QuerySet[Any]:  # fmt: skip
    """Versions that may be given as an answer in this city: its own and the network's, the best first.

    With `text` those with one of its words, a title counting most; with `service_type` those about it, before those
    about its area. The texts come with them. An answer refers to the version: it tells for ever what was said.
    """
    rows = (
        visible_versions(user).filter(usable_today()).filter(Q(page__partner=partner) | Q(page__partner__isnull=True))
    )
    order: list[Any] = [F("page__partner").asc(nulls_last=True), "topic", "pk"]
    if service_type is not None:
        rows = rows.filter(Q(service_type=service_type) | Q(service_type__isnull=True, topic=service_type.area))
        order = [F("service_type").asc(nulls_last=True), *order]
    rows = rows.order_by(*order).prefetch_related("texts")
    return found_by_words(rows, text) if text.strip() else rows


def found_by_words(rows: QuerySet[Any], text: str, *, every: bool = False) -> QuerySet[Any]:
    """Those with one of the words of `text`, or with every one, in a title or text of any language, the best first."""
    score, hits, terms = Value(0) + Value(0), Value(0) + Value(0), search_terms(text)
    texts = KnowledgeText.objects.filter(version=OuterRef("pk"))
    for term in terms:
        title, body = Exists(texts.filter(title_key__contains=term)), Exists(texts.filter(body_key__contains=term))
        score = score + Case(When(title, then=Value(IN_TITLE)), default=Value(0))
        score = score + Case(When(body, then=Value(IN_TEXT)), default=Value(0))
        hits = hits + Case(When(title | body, then=Value(1)), default=Value(0))
    found = rows.annotate(score=score, hits=hits).filter(hits__gte=len(terms) if every else 1)
    return found.order_by("-score", *(found.query.order_by or ["pk"]))


def get_version(user: User, pk: uuid.UUID) -> KnowledgeVersion:
    """A version the user may read, with its texts. Raises Http404."""
    rows = visible_versions(user).select_related("author", "reviewer", "outdated_by").prefetch_related("texts")
    version = rows.filter(pk=pk).first()
    if version is None:
        raise Http404
    return version


def get_feedback(user: User, pk: uuid.UUID) -> KnowledgeFeedback:
    """What somebody said of a version the user may read. Raises Http404."""
    said = KnowledgeFeedback.objects.select_related("version__page__partner").filter(pk=pk).first()
    if said is None or not visible_versions(user).filter(pk=said.version_id).exists():
        raise Http404
    return said


def versions_of(user: User, page: KnowledgePage) -> list[KnowledgeVersion]:
    """Every version of a page the user may read, newest first."""
    rows = visible_versions(user).filter(page=page).select_related("author", "reviewer")
    return list(rows.prefetch_related("texts").order_by("-number"))


def changes_of(user: User, version: KnowledgeVersion) -> tuple[KnowledgeVersion | None, list[dict[str, Any]]]:
    """The version before this one, and by language what changed in title and text since."""
    before = next((row for row in versions_of(user, version.page) if row.number < version.number), None)
    if before is None:
        return None, []
    old, new = ({text.language: text for text in row.texts.all()} for row in (before, version))
    found = []
    for language in dict.fromkeys([*version.languages, *before.languages]):
        was, now = old.get(language), new.get(language)
        texts = [(one.title, one.body) if one else ("", "") for one in (was, now)]
        if texts[0] != texts[1]:
            title, body = (differences(a, b) for a, b in zip(*texts, strict=True))
            found.append({"language": language, "title": title, "body": body})
    return before, found


def page_context(user: User, version: KnowledgeVersion) -> dict[str, Any]:
    """What the page of a version shows beside its text, and what the reader may do."""
    versions = versions_of(user, version.page)
    partner, works = version.page.partner, any(one.is_open for one in versions)
    live = next((one for one in versions if one.status == Status.APPROVED), None)
    writes, reviews = writes_for(user, partner), reviews_for(user, partner)
    return {
        "version": version,
        "versions": versions,
        "live": live if live and live.pk != version.pk else None,
        "times_given": version.requests_answered.filter(voided_at__isnull=True).count(),
        "said": list(version.feedback.select_related("user", "settled_by")),
        "own": version.feedback.filter(user=user).first(),
        "may": {
            "edit": writes and version.status == Status.DRAFT,
            "submit": writes and version.status == Status.DRAFT,
            "review": version.status == Status.IN_REVIEW and may_review(user, version),
            "wait": version.status == Status.IN_REVIEW and reviews and not may_review(user, version),
            "again": writes and not works and version.pk == versions[0].pk,
            "outdate": (writes or reviews) and version.status != Status.OUTDATED,
            "confirm": version.status == Status.APPROVED and may_review(user, version),
            "settle": writes or reviews,
            "say": version.status == Status.APPROVED,
        },
    }


def public_versions(partner: Partner) -> QuerySet[KnowledgeVersion]:
    """What anybody may read in this city: approved, valid today and marked for the public site; with its texts."""
    rows = KnowledgeVersion.objects.filter(usable_today(), is_public=True)
    rows = rows.filter(Q(page__partner=partner) | Q(page__partner__isnull=True)).select_related("page")
    return rows.prefetch_related("texts").order_by("topic", "pk")
