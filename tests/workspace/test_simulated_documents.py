"""Documents and pages of answers of the demo come from the services, marked as examples."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lgnet.catalogue.knowledge_models import KnowledgeFeedback, KnowledgePage, KnowledgeVersion
from lgnet.catalogue.knowledge_selectors import usable_pages
from lgnet.network.models import Partner
from lgnet.network.roles import Role
from lgnet.people.document_models import Document
from lgnet.people.models import Person
from lgnet.workspace import simulated_documents
from lgnet.workspace.simulated_answers import OF_NETWORK


@pytest.fixture
def plan(make_user, partner, desk_operator, coordinator):
    """Return a function that plans the answers and does all of it at once."""
    anci = Partner.objects.create(slug="anci", name="ANCI", short_name="ANCI", kind=Partner.Kind.ASSOCIATION)
    for _number in range(2):
        make_user(Role.NETWORK_SUPPORT, anci)

    def run():
        planned = []
        simulated_documents.plan_answers(at=lambda moment, act: planned.append((moment, act)), start=timezone.now())
        for _moment, act in sorted(planned, key=lambda pair: pair[0]):
            act()

    return run


def test_answers_of_the_network_and_of_cities_in_every_state(plan, partner, desk_operator):
    plan()
    usable = usable_pages(desk_operator, partner)
    assert len(usable) == len(OF_NETWORK) + 1
    assert all("esempio" in version.text_in("it").body for version in usable)
    assert KnowledgeVersion.objects.filter(status="in_review").count() == 1
    assert KnowledgeVersion.objects.filter(number=2, status="approved").count() == 1
    assert KnowledgeFeedback.objects.filter(settled_at__isnull=True).exists()
    pages = KnowledgePage.objects.count()
    plan()  # once is enough
    assert KnowledgePage.objects.count() == pages
    [found, *_others] = usable_pages(desk_operator, partner, text="mi scade il permesso di soggiorno, come lo rinnovo?")
    assert found.title == "Come si rinnova il permesso di soggiorno?"


def test_a_few_documents_are_kept(partner, person, desk_operator):
    papers = simulated_documents.Papers(partner, seed=1)
    for _number in range(80):
        papers.keep(desk_operator, person)
    assert simulated_documents.MOST_DOCUMENTS <= Document.objects.count() <= simulated_documents.MOST_DOCUMENTS + 1
    assert Document.objects.filter(proposed_at__isnull=False).exists()
    limit = timezone.localdate() + timedelta(days=2000)
    assert all(one.expires_on is None or one.expires_on < limit for one in Document.objects.all())
    again = simulated_documents.Papers(partner, seed=1)
    assert again.rng.random() == simulated_documents.Papers(partner, seed=1).rng.random()
    assert Person.objects.count() == 1
