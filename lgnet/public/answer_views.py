"""Answers for anybody: pages that were approved and marked as public, in the reader's language where there is one."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from lgnet.catalogue.knowledge_models import KnowledgeVersion
from lgnet.catalogue.knowledge_selectors import public_versions
from lgnet.catalogue.knowledge_text import render_text
from lgnet.public.cities import cities
from lgnet.public.kiosk_words import TOPICS
from lgnet.public.pages import public_page, render_page
from lgnet.public.wording import day_of


@public_page
def help_answers(request: HttpRequest, slug: str) -> HttpResponse:
    """The questions of a city, by topic."""
    city = cities().filter(slug=slug).first()
    if city is None:
        return _unknown_city(request)
    by_topic: dict[str, list[dict[str, Any]]] = {}
    for version in public_versions(city):
        by_topic.setdefault(version.topic, []).append(_told(version))
    topics = [(TOPICS[topic], by_topic[topic]) for topic in TOPICS if topic in by_topic]
    return render_page(request, "public/answers.html", {"city": city, "topics": topics})


@public_page
def help_answer(request: HttpRequest, slug: str, answer: uuid.UUID) -> HttpResponse:
    """One answer. The address is the page's: it stays when a newer version is approved."""
    city = cities().filter(slug=slug).first()
    if city is None:
        return _unknown_city(request)
    version = public_versions(city).filter(page=answer).first()
    if version is None:
        return render_page(request, "public/answers.html", {"city": city, "topics": [], "gone": True}, status=404)
    told = _told(version)
    checked_on = day_of(version.reviewed_at or timezone.now())
    context = {"city": city, "told": told, "body": render_text(told["text"].body), "checked_on": checked_on}
    return render_page(request, "public/answer.html", context)


def _unknown_city(request: HttpRequest) -> HttpResponse:
    return render_page(request, "public/help_cities.html", {"cities": cities(), "not_found": True}, status=404)


def _told(version: KnowledgeVersion) -> dict[str, Any]:
    language = get_language() or "it"
    text = version.text_in(language)
    return {
        "page": version.page_id, "text": text, "sources": version.sources, "in_language": text.language == language,
        "direction": "rtl" if text.language in {"ar", "ur"} else "ltr",
    }  # fmt: skip
