"""Every model that points at a person is moved when two files are joined, on an example, or named with a reason."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone

from lgnet.cases import services as cases
from lgnet.cases import waiting
from lgnet.cases.models import Transfer, TransferCopy
from lgnet.cases.referrals import send_referral
from lgnet.cases.tasks import add_task
from lgnet.desks.mediation_bookings import book_mediation
from lgnet.desks.mediation_slots import slots_on
from lgnet.desks.services import record_arrival
from lgnet.messaging.models import OutgoingMessage
from lgnet.messaging.opt_outs import opt_out
from lgnet.network.models import Partner
from lgnet.outreach.models import Device, Operation
from lgnet.people import moving
from lgnet.people.documents import DocumentDetails, Upload, store_document
from lgnet.people.models import FileOpening, Person, PersonLanguage
from lgnet.people.own_cards import OwnCardDetails, create_own_card
from tests.conftest import team_of
from tests.desks.booking_mediation import offer_hours
from tests.files.images import a_picture
from tests.guards.url_world import make_appointments, what_the_desk_keeps
from tests.people.doubles import join, live_a_little, meet, register


def all_fields():
    return {moving.name_of(model, one): (model, one) for model, one in moving.fields_to_persons()}


def test_what_is_left_alone_is_there():
    assert set(moving.LEFT_ALONE) <= set(all_fields())
    assert all(moving.LEFT_ALONE.values())


def test_uniqueness_with_a_person_is_something_the_moving_can_read():
    """A constraint of expressions, or a field unique for a date, would have to be taught to `moving`."""
    for name, (model, one) in all_fields().items():
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint):
                assert not constraint.expressions, f"{name}: {constraint.name}"
        assert not one.unique_for_date


def test_ids_of_persons_that_are_no_foreign_keys_are_known():
    """The log keeps the old id (people.selectors.ids_of tells them all); nothing else may keep one in silence."""
    without_key = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("lgnet.")
        for field in model._meta.concrete_fields
        if field.name == "person_id" and field.remote_field is None
    }
    assert without_key == {"audit.AuditEntry.person_id"}


def from_the_desk(boss, operator, person, service_type):
    """What the one-stop shop has of somebody."""
    desk, today = team_of(person.partner, "desk"), timezone.localdate()
    make_appointments(boss, desk, operator, person)
    visit = record_arrival(by=operator, team=desk, person=person)
    what_the_desk_keeps(operator, desk, person, visit, service_type)
    store_document(
        by=operator, person=person, details=DocumentDetails("passport"), files=[Upload("a.jpg", a_picture())]
    )
    create_own_card(by=operator, person=person, details=OwnCardDetails("fr"))
    opt_out(by=operator, person=person, channel="sms")
    hours = offer_hours(boss, person.partner, reach="own")
    book_mediation(
        by=operator, partner=person.partner, offer=hours, language="ar", way="phone", person=person,
        starts_at=slots_on(hours, today + timedelta(days=1))[0].starts_at,
    )  # fmt: skip
    _person, episode, step = waiting.get_waiting(operator, person.pk, "assessed")
    waiting.state_cause(by=operator, person=person, episode=episode, step=step, cause="staff")


def go_and_come(by, case):
    """A transfer that was begun, and one by which the person came; something that is to be done."""
    add_task(by=by, case=case, words="x", owner=by)
    city = Partner.objects.create(slug="altrove", name="Altrove", short_name="Altrove", kind="municipality")
    sent = {"why": "x", "proposed_by": by, "status": "withdrawn", "ended_at": timezone.now()}
    gone = Transfer.objects.create(partner=case.partner, person=case.person, case=case, to_partner=city, **sent)
    TransferCopy.objects.create(
        partner=case.partner, transfer=gone, person=case.person, case=case, from_partner=city, received_by=by,
        sent_on=timezone.localdate(),
    )  # fmt: skip


@pytest.fixture
def everything(desk_operator, outreach_operator, case_worker, coordinator, partner, service_type):
    """Somebody of whom every table that tells of persons has a row."""
    person = register(desk_operator, partner)
    live_a_little(desk_operator, person)
    meet(outreach_operator, person)
    PersonLanguage.objects.create(person=person, language="fr")
    FileOpening.objects.create(
        person=person, partner=partner, user=case_worker, reason="stands in", ends_at=timezone.now() + timedelta(1)
    )
    team, unit = team_of(partner, "multidisciplinary"), team_of(partner, "mobile_unit")
    case = cases.open_case(by=desk_operator, person=person, team=team, manager=case_worker, basis="desk")
    today = timezone.localdate()
    go_and_come(case_worker, case)
    cases.deliver_service(by=case_worker, case=case, service_type=service_type, delivered_on=today)
    send_referral(by=desk_operator, from_team=team_of(partner, "desk"), to_team=team, person=person)
    device = Device.objects.create(partner=partner, team=unit, user=outreach_operator, name="Telefono")
    Operation.objects.create(partner=partner, team=unit, device=device, user=outreach_operator, kind="x", person=person)
    OutgoingMessage.objects.create(
        partner=partner, person=person, channel="sms", to="1", kind="x", key="x", language="it", text="x",
        about_type="x", about_id=person.pk,
    )  # fmt: skip
    from_the_desk(coordinator, desk_operator, person, service_type)
    earlier = register(desk_operator, partner, given_names="Aminah")
    join(desk_operator, person, earlier)
    return person


# Tables of other apps whose own tests show that their rows move: by field, the file of that test.
SHOWN_ELSEWHERE: dict[str, str] = {}


def test_every_field_is_moved_on_an_example(everything, desk_operator, partner):
    other = register(desk_operator, partner, given_names="Amena")
    of_person = {
        name: model._base_manager.filter(**{one.name: everything}).count()
        for name, (model, one) in all_fields().items()
        if name not in moving.LEFT_ALONE and name not in SHOWN_ELSEWHERE
    }
    assert [name for name, count in of_person.items() if not count] == [], "make a row of these in `everything`"
    merge = join(desk_operator, other, everything)
    for name, (model, one) in all_fields().items():
        if name in of_person:
            stayed = len(merge.stayed.get(name, ()))
            assert model._base_manager.filter(**{one.name: everything}).count() == stayed, name
            assert len(merge.moved.get(name, ())) == of_person[name] - stayed, name
            assert stayed == 0 or name == "people.FileMember.person"


def test_how_much_a_joining_asks_the_database(everything, desk_operator, partner, django_assert_max_num_queries):
    other = register(desk_operator, partner, given_names="Amena")
    with django_assert_max_num_queries(200):
        join(desk_operator, other, Person.objects.get(pk=everything.pk))
