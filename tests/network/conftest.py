"""People with an e-mail, and nothing remembered of earlier requests."""

import pytest
from django.core.cache import cache

from lgnet.network.models import Partner
from lgnet.network.roles import Role


@pytest.fixture(autouse=True)
def _no_earlier_requests():
    """Limits of requests in a short time are kept in the cache; each test begins afresh."""
    cache.clear()


def with_email(user, email):
    user.email = email
    user.save(update_fields=["email"])
    return user


@pytest.fixture
def worker(case_worker):
    """A case worker, who sees personal data, with an e-mail."""
    return with_email(case_worker, "ada.prova@example.org")


@pytest.fixture
def boss(coordinator):
    """The coordinator of the city, with an e-mail."""
    return with_email(coordinator, "boss@example.org")


@pytest.fixture
def other_boss(make_user, other_partner):
    """The coordinator of another city."""
    return make_user(Role.COORDINATOR, other_partner)


@pytest.fixture
def support(make_user):
    """Somebody of the network's support, at an association of cities."""
    association = Partner.objects.create(slug="anciprova", name="ANCI Prova", short_name="ANCI", kind="association")
    return make_user(Role.NETWORK_SUPPORT, association)
