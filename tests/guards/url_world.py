"""One of everything that an address can be about, in one city."""

import uuid
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from django.utils import timezone

from lgnet.cases import services as cases
from lgnet.cases.handovers import Passing
from lgnet.cases.handovers import hand_over as pass_cases
from lgnet.cases.instruments.services import load_instrument, start_sheet
from lgnet.cases.meeting_minutes import close_meeting, decide, put_off_item
from lgnet.cases.meetings import add_point, plan_meeting, start_meeting
from lgnet.cases.models import Case, FollowUp, Transfer, TransferCopy
from lgnet.cases.notes import NoteDraft, write_note
from lgnet.cases.referral_links import refer_person
from lgnet.cases.tasks import add_task
from lgnet.catalogue import knowledge
from lgnet.catalogue.directory import OfferDetails
from lgnet.catalogue.directory_places import PlaceDetails, add_exception, create_offer_at
from lgnet.catalogue.models import ServiceType, Team, Zone
from lgnet.desks.appointment_absences import record_absence, say_city_day
from lgnet.desks.appointment_booking import book_appointment
from lgnet.desks.appointment_feeds import create_feed
from lgnet.desks.appointment_planning import create_room
from lgnet.desks.appointment_slots import free_slots
from lgnet.desks.appointment_waiting import add_wish
from lgnet.desks.counted_services import count_service
from lgnet.desks.mailbox_services import hand_over, open_mailbox, receive_letter
from lgnet.desks.mediation import say_here
from lgnet.desks.mediation_bookings import book_mediation
from lgnet.desks.mediation_slots import slots_on
from lgnet.desks.queue import issue_ticket
from lgnet.desks.request_services import Question, make_request, set_needed_document
from lgnet.desks.screens import create_counter, create_screen
from lgnet.desks.services import record_arrival
from lgnet.imports.kinds import kind_of
from lgnet.imports.services import start_import
from lgnet.messaging.services import write_to_person
from lgnet.network.invitations import invite_colleague
from lgnet.network.models import Membership, Partner, User
from lgnet.network.roles import Role
from lgnet.outreach.models import Conflict, Device, Likeness, Operation
from lgnet.outreach.outings import Plan, plan_outing
from lgnet.outreach.pictures import add_picture
from lgnet.outreach.services import Sighting, record_contact, refer_contact
from lgnet.outreach.stops import create_stop
from lgnet.people.checks import record_eligibility
from lgnet.people.documents import DocumentDetails, Upload, store_document
from lgnet.people.merging import merge_persons
from lgnet.people.models import Person
from lgnet.people.own_cards import OwnCardDetails, create_own_card
from lgnet.people.records import add_contact_point
from lgnet.people.services import PersonDetails, open_file_with_reason, register_person
from tests.cases.plan_world import an_action, both_drawn, sign, write
from tests.cases.referral_world import make_body, sharing
from tests.conftest import team_of
from tests.desks.booking_mediation import offer_hours
from tests.desks.planned import a_kind, an_opening
from tests.files.images import a_picture

INSTRUMENT = b"tipo,codice,testo\nstrumento,prova,Prova\nsezione,s,Prima\ntesto,t,Come va?\n"


@dataclass
class World:
    """One of everything in a city, and who works with it."""

    partner: Partner
    person: Person
    owner: User
    things: dict[str, Any]


def make_appointments(owner: User, desk: Team, operator: User, person: Person) -> dict[str, Any]:
    """What is set up at a desk, somebody who has an appointment, and who waits for one."""
    today = timezone.localdate()
    kind = a_kind(operator, desk)
    opening = an_opening(operator, desk, kind, operator)
    slot = free_slots(kind, today, today + timedelta(days=14))[0]
    appointment = book_appointment(
        by=operator, person=person, kind=kind, opening_id=opening.pk, starts_at=slot.starts_at
    )
    begin = timezone.now() + timedelta(days=40)
    absence = record_absence(
        by=operator, team=desk, starts_at=begin, ends_at=begin + timedelta(days=1), reason="leave", operator=operator
    )
    city_day = say_city_day(by=owner, partner=desk.partner, day=begin.date() + timedelta(days=9), is_open=False)
    return {
        "kind": kind, "hours": opening, "appointment": appointment, "absence": absence, "city_day": city_day,
        "room": create_room(by=operator, team=desk, name="Stanza 1"), "feed": create_feed(by=owner)[0],
        "wish": add_wish(by=operator, person=person, kind=kind, from_day=today),
    }  # fmt: skip


def what_the_desk_keeps(operator, desk, person, visit, service_type) -> dict[str, Any]:
    """A request, a document of its checklist, a tap of the quick screen, a mailbox with a letter and a hand-over."""
    shower, _post = (
        ServiceType.objects.create(code=code, area="practical", name_it=code, name_en=code)
        for code in ("shower", "poste_restante")
    )
    box = open_mailbox(by=operator, team=desk, person=person, kind="virtual_residence")
    first, letter = (receive_letter(by=operator, mailbox=box) for _turn in range(2))
    return {
        "request": make_request(by=operator, visit=visit, question=Question(service_type)),
        "needed": set_needed_document(
            by=operator, partner_id=desk.partner_id, service_type=service_type, name_it="Passaporto"
        ),
        "count": count_service(by=operator, team=desk, service_type=shower, person=person),
        "box": box, "letter": letter, "handover": hand_over(by=operator, mailbox=box, letters=[first.pk]),
    }  # fmt: skip


def what_the_team_says(owner: User, team: Team) -> dict[str, Any]:
    """A team meeting that was, and one under way with a decision on a general point."""
    earlier = plan_meeting(by=owner, team=team, starts_at=timezone.now() - timedelta(days=7), chair=owner)
    begun = start_meeting(by=owner, meeting=earlier)
    for item in begun.items.all():
        put_off_item(by=owner, item=item)
    closed = close_meeting(by=owner, meeting=begun)
    meeting = plan_meeting(by=owner, team=team, starts_at=timezone.now(), chair=owner)
    item = add_point(by=owner, meeting=start_meeting(by=owner, meeting=meeting), words="Ferie")
    decision = decide(by=owner, item=item, words="x", owner=owner, due_on=timezone.localdate())
    return {"meeting": meeting, "meeting_closed": closed, "item": item, "decision": decision}


def what_goes_and_comes(owner: User, case: Case, other: User) -> dict[str, Any]:
    """A handover, a transfer that is being prepared, and one that came from a third city."""
    city = Partner.objects.create(slug="terza", name="Terza", short_name="Terza", kind=Partner.Kind.MUNICIPALITY)
    draft = Transfer.objects.create(
        partner=case.partner, person=case.person, case=case, to_partner=city, why="x", proposed_by=owner
    )
    away = Person.objects.create(partner=city, nickname="Altrove")
    ended = Case.objects.create(partner=city, person=away, team=case.team, manager=other, opened_by=other, basis="desk")
    agreed = {"agreed_on": timezone.localdate(), "asked_by": other, "agreed_language": "ar", "proposed_by": other}
    came = Transfer.objects.create(
        partner=city, person=away, case=ended, to_partner=case.partner, why="x", status="sent", sent_by=other,
        sent_at=timezone.now(), due_on=timezone.localdate(), content={"identity": {}}, **agreed,
    )  # fmt: skip
    copy = TransferCopy.objects.create(
        partner=case.partner, transfer=draft, person=case.person, case=case, from_partner=city, received_by=owner,
        sent_on=timezone.localdate(),
    )  # fmt: skip
    handover = pass_cases(by=owner, passing=Passing(owner, other, [case]))
    return {
        "transfer": draft, "transfer_in": came, "transfer_copy": copy, "case_handover": handover,
        "handover_line": handover.lines.get(),
    }  # fmt: skip


def make_world(partner, make_user, person, desk_operator, outreach_operator, case_worker, service_type) -> World:
    """Made by the services, each thing by who would make it."""
    unit, desk = team_of(partner, Team.Kind.MOBILE_UNIT), team_of(partner, Team.Kind.DESK)
    zone, today = Zone.objects.get(partner=partner), timezone.localdate()
    contact = record_contact(
        by=outreach_operator, team=unit, zone=zone, occurred_at=timezone.now(), sighting=Sighting(nickname="Nuvola")
    )
    referral = refer_contact(by=outreach_operator, contact=contact, to_team=desk)
    visit = record_arrival(by=desk_operator, team=desk, person=person)
    owner = case_worker
    for role in (Role.DESK_OPERATOR, Role.OUTREACH_OPERATOR, Role.COORDINATOR):
        Membership.objects.create(user=owner, partner=partner, role=role, starts_on=today - timedelta(days=9))
    for team in (unit, desk):
        team.memberships.create(user=owner, starts_on=today - timedelta(days=9))
    case = cases.open_case(
        by=desk_operator, person=person, team=team_of(partner, Team.Kind.MULTIDISCIPLINARY), manager=owner, basis="desk"
    )
    signed = sign(write(case, owner, an_action()), owner, signing=both_drawn())
    plan = cases.save_plan(by=owner, case=case, goals=[cases.GoalDraft("work", "A job")])
    colleague = make_user(Role.CASE_WORKER, partner, team=None)
    opening = open_file_with_reason(by=colleague, person=person, reason="asked by the coordinator")
    point = add_contact_point(by=owner, person=person, kind="phone", value="320 1234567", safe="yes")
    invited = invite_colleague(
        by=owner, partner=partner, role=Role.DESK_OPERATOR, email="prova@example.org", full_name="Prova", site_url="/"
    )
    hours = Plan(timezone.now(), timezone.now() + timedelta(hours=4), [outreach_operator])
    outing = plan_outing(by=outreach_operator, team=unit, plan=hours)
    phone = Device.objects.create(partner=partner, team=unit, user=outreach_operator, name="Telefono")
    sent = {"partner": partner, "team": unit, "device": phone, "user": outreach_operator, "record_id": contact.pk}
    operation = Operation.objects.create(kind="contact.change", result="refused", changes={"note": "x"}, **sent)
    conflict = Conflict.objects.create(
        partner=partner, team=unit, contact=contact, operation=operation, field="note", proposed="x", server_value=""
    )
    likeness = Likeness.objects.create(
        partner=partner, one=uuid.UUID(int=1), other=uuid.UUID(int=2), is_same=False, decided_by=outreach_operator
    )
    picture = add_picture(
        by=outreach_operator, contact=contact, picture_id=uuid.uuid4(), content=a_picture(), agreed=True
    )
    appointments = make_appointments(owner, desk, desk_operator, person)
    screen, _secret = create_screen(by=owner, team=desk, kind="display", name="Sala")
    answer = knowledge.Answer("Prova", "Prova", topic="legal", review_by=today + timedelta(days=9))
    page = knowledge.write_page(by=desk_operator, partner=partner, answer=answer)
    knowledge.submit_version(by=desk_operator, version=page)
    said = knowledge.give_feedback(
        by=owner, version=knowledge.approve_version(by=owner, version=page), verdict="wrong", note="x"
    )
    document = store_document(
        by=desk_operator, person=person, details=DocumentDetails("passport"), files=[Upload("a.jpg", a_picture())]
    )
    body = make_body(partner, owner)
    told = sharing(today)
    outside = refer_person(by=owner, person=person, from_team=desk, to_team=body, site_url="/", sharing=told)
    offer = create_offer_at(
        by=owner,
        partner=partner,
        details=OfferDetails(name="Prova", types=[service_type]),
        place=PlaceDetails(name="Qui"),
    )
    place = offer.places.get()
    closed = add_exception(by=owner, place=place, first_day=today, last_day=today)
    kept = what_the_desk_keeps(desk_operator, desk, person, visit, service_type)
    twins = [register_person(by=desk_operator, team=desk, details=PersonDetails(nickname="Gemella")) for _ in range(2)]
    merge = merge_persons(by=desk_operator, kept=twins[0], absorbed=twins[1], reason="the same")
    hours = offer_hours(owner, partner, reach="own")
    instrument = load_instrument(by=None, partner=partner, kind="scale", content=INSTRUMENT)
    met = what_the_team_says(owner, team_of(partner, Team.Kind.MULTIDISCIPLINARY))
    colleague_in_team = make_user(Role.CASE_WORKER, partner)
    things = appointments | kept | met | what_goes_and_comes(owner, case, colleague_in_team) | {
        "instrument": instrument, "sheet": start_sheet(by=owner, case=case, version=instrument),
        "task": add_task(by=owner, case=case, words="Prova", owner=owner),
        "follow_up": FollowUp.objects.create(case=case, months=3, due_on=today),
        "title": record_eligibility(
            by=owner, person=person, checked_on=today, title_type="work", verdict="eligible", expires_on=today
        ),
        "note": write_note(by=owner, case=case, draft=NoteDraft("x", today)),
        "answer": page, "answer_said": said, "document": document, "document_page": document.pages.get(),
        "body": body, "referral_outside": outside,
        "offer": offer, "offer_place": place, "offer_exception": closed,
        "merge": merge,
        "message": write_to_person(
            by=owner, person=person, kind="test", about=person, key="guard", compose=lambda language: ("s", "t")
        )[0],
        "hours_offered": hours, "here": say_here(by=owner, team=desk, name="Prova", languages=["ar"], until=time(23, 59)),
        "booking": book_mediation(
            by=owner, partner=partner, offer=hours, starts_at=slots_on(hours, today + timedelta(days=1))[0].starts_at,
            language="ar", way="phone", person=person,
        ),
        "ticket": issue_ticket(team=desk), "counter": create_counter(by=owner, team=desk, name="1"), "screen": screen,
        "picture": picture,
        "own_card": create_own_card(by=owner, person=person, details=OwnCardDetails("fr"))[0],
        "outing": outing, "stop": create_stop(by=outreach_operator, zone=zone, name="Piazza"), "unit": unit,
        "device": phone, "operation": operation, "conflict": conflict, "likeness": likeness,
        "import": start_import(
            by=owner, kind=kind_of("stops"), partner=partner, file_name="fermate.csv", content=b"Nome;Zona\nUno;Due"
        ),
        "invitation": invited.invitation, "person": person, "contact": contact, "referral": referral, "visit": visit, "case": case, "plan": plan,
        "plan_signed": signed, "action": signed.goals.get().actions.get(),
        "goal": plan.goals.get(), "opening": opening, "point": point, "membership": colleague.memberships.get(),
        "user": colleague, "team": desk, "place": desk.memberships.get(user=desk_operator),
    }  # fmt: skip
    return World(partner, person, owner, things)
