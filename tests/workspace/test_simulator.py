"""The simulator calls the real services, tells the same story for the same seed, and leaves the past in the past."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from lgnet.cases.models import Case
from lgnet.catalogue.models import ServiceType
from lgnet.network.models import Membership
from lgnet.outreach.models import Contact, Outing
from lgnet.people.models import JourneyEvent, Person
from lgnet.workspace.demo_staff import PASSWORD, demo_users, load_staff, one_per_role
from lgnet.workspace.simulator import Simulation


@pytest.fixture
def staffed(partner, other_partner, service_type, settings):
    settings.DEMO = True
    ServiceType.objects.create(code="hot_drink", area="first_help", name_it="Bevanda calda", name_en="Hot drink")
    load_staff(since=timezone.localdate() - timedelta(days=150))


def story() -> list[tuple[str, str, str]]:
    rows = JourneyEvent.objects.order_by("occurred_at", "kind").values_list("kind", "partner__slug", "team__name")
    return [tuple(row) for row in rows]


def test_lives_are_simulated_through_every_step(staffed):
    shares = list(Simulation(seed=1, scale=1, days=100).run())
    assert shares[-1] == 1.0
    kinds = set(JourneyEvent.objects.values_list("kind", flat=True))
    assert {"contact", "referral_sent", "arrival", "case_opened", "plan_signed", "service_delivered"} <= kinds
    assert Person.objects.count() > 20
    assert Contact.objects.filter(person=None).exists()
    assert Case.objects.exists()


def test_what_happened_was_recorded_when_it_happened(staffed):
    list(Simulation(seed=2, scale=0.5, days=60).run())
    for event in JourneyEvent.objects.all():
        assert abs(event.recorded_at - event.occurred_at) < timedelta(days=60)
        assert event.recorded_at <= timezone.now()
    oldest = JourneyEvent.objects.earliest("recorded_at")
    assert oldest.recorded_at < timezone.now() - timedelta(days=30)


def test_the_same_seed_tells_the_same_story(staffed):
    told = {}
    for name, seed in (("first", 5), ("again", 5), ("other", 6)):
        with transaction.atomic():
            list(Simulation(seed=seed, scale=0.3, days=40).run())
            told[name] = story()
            transaction.set_rollback(True)
    assert told["first"] == told["again"] != told["other"]


def test_staff_is_loaded_once_and_printed_one_per_role(staffed):
    before = Membership.objects.count()
    assert load_staff(since=timezone.localdate()) == 0
    assert Membership.objects.count() == before
    assert {"username", "password", "role", "partner"} <= set(demo_users()[0])
    assert all(user["password"] == PASSWORD for user in demo_users())
    roles = [user["role"] for user in one_per_role()]
    assert len(roles) == len(set(roles)) >= 9


def test_invented_staff_only_in_a_demo(partner, settings):
    settings.DEMO = False
    with pytest.raises(RuntimeError, match="LGNET_DEMO"):
        load_staff(since=timezone.localdate())


def test_units_go_out_and_meet_people_on_their_outings(staffed):
    list(Simulation(seed=1, scale=1, days=100).run())
    outings = Outing.objects.all()
    states = {outing.state for outing in outings}
    assert {"over", "planned"} <= states
    recent = Contact.objects.filter(occurred_at__gte=timezone.now() - timedelta(days=60))
    assert recent.count() > 10
    assert not recent.filter(outing=None).exists()
    for outing in outings.filter(ended_at__isnull=False):
        assert outing.crew.exists()
        assert outing.km_end > outing.km_start
    coming = outings.filter(starts_at__gt=timezone.now())
    assert coming.filter(starts_at__lt=timezone.now() + timedelta(days=7)).exists()
    assert not outings.filter(started_at__isnull=False, ended_at=None, ends_at__lt=timezone.now() - timedelta(hours=1))
