"""Answers on the public site: only approved ones marked as public, in the reader's language or else in Italian."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lgnet.catalogue import knowledge
from lgnet.catalogue.knowledge_models import KnowledgeVersion


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def version(desk_operator, coordinator, partner):
    answer = knowledge.Answer(
        "Codice STP", "Per <b>chi</b> non ha **documenti**.", topic="health", is_public=True,
        review_by=timezone.localdate() + timedelta(days=90), sources=[("D.lgs. 286/1998, art. 35", "https://example.org/")],
    )  # fmt: skip
    made = knowledge.write_page(by=desk_operator, partner=partner, answer=answer)
    knowledge.write_text(by=desk_operator, version=made, language="ar", title="رمز", body="للعلاج")
    knowledge.submit_version(by=desk_operator, version=made)
    return knowledge.approve_version(by=coordinator, version=made)


def page(name, *arguments, status=200, **asked):
    response = Client().get(reverse(name, args=arguments), asked)
    assert response.status_code == status
    return response.content.decode()


def test_an_answer_is_read_in_its_languages(version, partner):
    listed = page("help_answers", partner.slug, lang="ar")
    assert reverse("help_answer", args=[partner.slug, version.page_id]) + "?lang=ar" in listed
    assert "رمز" in listed
    arabic = page("help_answer", partner.slug, version.page_id, lang="ar")
    assert '<article class="answer" lang="ar" dir="rtl" data-read>' in arabic
    french = page("help_answer", partner.slug, version.page_id, lang="fr")
    assert '<article class="answer" lang="it" dir="ltr">' in french
    assert "Per &lt;b&gt;chi&lt;/b&gt; non ha <strong>documenti</strong>." in french
    assert "D.lgs. 286/1998" in french
    assert reverse("help_answers", args=[partner.slug]) in page("help_city", partner.slug)


@pytest.mark.parametrize("change", [{"is_public": False}, {"status": "outdated"}, {"status": "draft"}, {"valid_until": timezone.localdate() - timedelta(days=1)}])  # fmt: skip
def test_nothing_else_is_told(version, partner, change):
    KnowledgeVersion.objects.update(**change)
    assert "STP" not in page("help_answers", partner.slug, lang="it")
    assert "STP" not in page("help_answer", partner.slug, version.page_id, lang="it", status=404)
    assert reverse("help_answers", args=[partner.slug]) not in page("help_city", partner.slug)


def test_of_another_city_or_an_unknown_one_nothing(version, other_partner):
    page("help_answer", other_partner.slug, version.page_id, status=404)
    page("help_answers", "atlantide", status=404)
    page("help_answer", "atlantide", version.page_id, status=404)


def test_the_address_stays_when_a_newer_version_is_approved(version, partner, desk_operator, coordinator):
    new = knowledge.begin_version(by=desk_operator, page=version.page)
    knowledge.write_text(by=desk_operator, version=new, language="it", title="Il codice STP", body="Nuovo testo")
    knowledge.submit_version(by=desk_operator, version=new)
    knowledge.approve_version(by=coordinator, version=new)
    assert "Nuovo testo" in page("help_answer", partner.slug, version.page_id, lang="it")
