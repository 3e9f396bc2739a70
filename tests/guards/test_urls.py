"""Every address refuses the anonymous, the wrong role and the other city, and never fails for its owner.

The lists below are read both ways: an address that is missing fails, and so does an entry that is no longer needed.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
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
from lgnet.cases.views.meeting_items import ITEM_ACTS
from lgnet.cases.views.meetings import ACTS as MEETING_ACTS
from lgnet.catalogue import knowledge
from lgnet.catalogue.directory import OfferDetails
from lgnet.catalogue.directory_places import PlaceDetails, add_exception, create_offer_at
from lgnet.catalogue.models import ServiceType, Team, Zone
from lgnet.catalogue.urls import ANSWER_ACTS
from lgnet.desks.appointment_absences import record_absence, say_city_day
from lgnet.desks.appointment_booking import book_appointment
from lgnet.desks.appointment_feeds import create_feed
from lgnet.desks.appointment_planning import create_room
from lgnet.desks.appointment_slots import free_slots
from lgnet.desks.appointment_views import ACTS as APPOINTMENT_ACTS
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
from lgnet.desks.urls import COUNTER_ACTS, TICKET_ACTS
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

# Open to anybody, and why.
PUBLIC: dict[str, str] = {
    "account_login": "one has to come in",
    "account_logout": "signing out twice is harmless",
    "account_reset_password": "a forgotten password is asked for before sign-in; the answer tells nothing",
    "account_reset_password_done": "the page after it",
    "account_reset_password_from_key": "opened from the mail, with its key",
    "account_reset_password_from_key_done": "the page after it",
    "account_inactive": "says that the account is closed",
    "mfa_authenticate": "second step of signing in",
    "mfa_login_webauthn": "signing in with a passkey",
    "mfa_reauthenticate": "needs a sign-in by its own check",
    "invitation_accept": "opened from the mail, with its key",
    "street_app_manifest": "name and mark of the app; the browser asks for it without its cookies",
    "set_language": "the language of the sign-in page",
    "queue_display": "numbers only; opened by the secret in its address",
    "queue_display_now": "numbers only; opened by the secret in its address",
    "display_seen": "says that the screen is alive; opened by the secret in its address",
    "queue_kiosk": "gives numbers; opened by the secret in its address",
    "queue_kiosk_tickets": "gives numbers; opened by the secret in its address",
    "kiosk_seen": "says that the screen is alive; opened by the secret in its address",
    "queue_ticket": "one's own number; its long id is in the address",
    "own_enter": "code and PIN of the own card",
    "own_enter_code": "code and PIN of the own card",
    "own_home": "opened with code and PIN, else it leads to them",
    "own_appointments": "opened with code and PIN, else it leads to them",
    "own_appointment_cannot": "opened with code and PIN, else it leads to them",
    "own_appointment_answer": "opened with code and PIN, else it leads to them",
    "own_appointment_calendar": "opened with code and PIN, else it leads to them",
    "own_book": "opened with code and PIN, else it leads to them",
    "own_book_time": "opened with code and PIN, else it leads to them",
    "own_plan": "opened with code and PIN, else it leads to them",
    "own_services": "opened with code and PIN, else it leads to them",
    "own_looks": "opened with code and PIN, else it leads to them",
    "own_rights": "opened with code and PIN, else it leads to them",
    "own_messages": "opened with code and PIN, else it leads to them",
    "own_helped": "opened with code and PIN, else it leads to them",
    "own_close": "opened with code and PIN, else it leads to them",
    "appointment_feed": "pseudonyms and times only; opened by the secret in its address",
    "answer_link": "a body outside answers a referral; opened by the signed link of a mail",
    "answer_link_act": "its answers, with the link and the word of who reads",
    "answer_link_note": "what it writes, with the link and the word of who reads",
    "answer_link_read": "that it has read, with the link and the word of who reads",
    "message_receipts": "what a gateway tells; opened by the secret in its address",
    "messages_stop": "no more e-mails; opened by the signed link of one",
    "help_cities": "where to find help is for everybody",
    "help_city": "published stops and places only",
    "help_city_data": "the same as open data",
    "help_answers": "pages approved and marked as public",
    "help_answer": "a page approved and marked as public",
    "help_services": "published services only",
    "help_service": "published services only",
    "help_hsds": "the same as open data",
}
# For everybody who is signed in, and why.
EVERYBODY: dict[str, str] = {
    "home": "one's own day",
    "week": "one's own week",
    "offer_list": "the own city's directory, and what other cities have published",
    "offer_detail": "as the list; where a protected place is, only who takes people there is told",
    "offer_sheet": "as the list, without the address of a protected place",
    "component_gallery": "no data in it",
    "draft": "one's own drafts only",
    "project_page": "public facts",
    "partner_list": "public facts",
    "partner_detail": "public facts",
    "methodology": "the rules of the figures",
    "role_list": "what roles may do is no secret",
    "second_factor_needed": "how to protect one's own sign-in",
    "no_membership": "whom to ask for a role",
}
# For programs: they are told in JSON what is the matter, instead of being led to a page.
PROGRAMS = {
    "street_devices", "street_sync", "street_wiped", "street_bundle", "street_key", "street_status", "street_openapi",
    "street_picture",
}  # fmt: skip
# Of allauth: the number of one of one's own keys, looked up among them only (tests/network).
OWN_KEYS = {"mfa_edit_webauthn", "mfa_remove_webauthn"}


@dataclass(frozen=True)
class Address:
    name: str
    arguments: tuple[str, ...]


def addresses(patterns: Any = None, inherited: tuple[str, ...] = ()) -> list[Address]:
    found = []
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        names = entry.pattern.converters or getattr(entry.pattern, "regex", re.compile("")).groupindex
        arguments = (*inherited, *names)
        if isinstance(entry, URLResolver):
            found += addresses(entry.url_patterns, arguments)
        elif isinstance(entry, URLPattern):
            found.append(Address(entry.name or str(entry.pattern), tuple(dict.fromkeys(arguments))))
    return found


ADDRESSES = {address.name: address for address in addresses()}


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


@pytest.fixture
def world(partner, make_user, person, desk_operator, outreach_operator, case_worker, service_type) -> World:
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


# Addresses with arguments: which thing of the world each is about.
ABOUT: dict[str, str] = {
    **dict.fromkeys(
        ["person_detail", "person_edit", "file_open", "file_restrict", "eligibility_new", "eligibility_proposal",
         "eligibility_history", "eligibility_paper", "notice_new",
         "contact_point_new", "identifier_new", "household_edit", "household_leave", "own_card_new", "person_alike",
         "person_join", "person_different"], "person"
    ),
    **dict.fromkeys(["own_card_detail", "own_card_pin", "own_card_stop"], "own_card"),
    **dict.fromkeys(
        ["outing_detail", "outing_edit", "outing_cancel", "outing_restore", "outing_start", "outing_end", "outing_log",
         "outing_shifts"],
        "outing",
    ),
    **dict.fromkeys([f"ticket_{act}" for act in TICKET_ACTS], "ticket"), "screen_stop": "screen",
    **dict.fromkeys([f"counter_{act}" for act in (*COUNTER_ACTS, "edit")], "counter"),
    **dict.fromkeys(["ticket_new", "counter_new", "screen_new"], "team"),
    **dict.fromkeys([f"appointment_{act}" for act in APPOINTMENT_ACTS], "appointment"),
    **dict.fromkeys(
        ["appointment_detail", "appointment_move", "appointment_cancel", "appointment_slip", "appointment_ics"],
        "appointment",
    ),
    **dict.fromkeys(["wish_detail", "wish_end"], "wish"), "feed_stop": "feed", "room_edit": "room", "kind_edit": "kind",
    **dict.fromkeys(["opening_edit", "opening_end"], "hours"), "absence_withdraw": "absence",
    "city_day_withdraw": "city_day",
    **dict.fromkeys(["room_new", "kind_new", "opening_new", "absence_new", "city_day_new"], "team"),
    **dict.fromkeys(["visit_detail", "visit_close", "visit_identify", "request_new"], "visit"),
    **dict.fromkeys([f"request_{act}" for act in ("edit", "words", "answer", "void", "documents")], "request"),
    "needed_document_edit": "needed", "counted_undo": "count",
    **dict.fromkeys(
        ["mailbox_detail", "mailbox_renew", "mailbox_close", "mailbox_print", "letter_new", "mail_handover"], "box"
    ),
    "handover_undo": "handover", "letter_return": "letter",
    **dict.fromkeys(["message_detail", "message_again"], "message"), "mediator_here": "team", "mediator_gone": "here",
    **dict.fromkeys(["person_messages", "person_wishes"], "person"), "ticket_mediator": "ticket", "ticket_detail": "ticket",
    **dict.fromkeys([f"mediation_{act}" for act in ("booking", "cancel", "close")], "booking"),
    **dict.fromkeys(
        ["mediation_book", *(f"mediation_offer_{act}" for act in ("detail", "stop", "skip"))], "hours_offered"
    ),
    "stop_edit": "stop", **dict.fromkeys(["unit_detail", "unit_edit"], "unit"),
    **dict.fromkeys(
        ["knowledge_detail", "knowledge_read", "knowledge_changes", "knowledge_edit", "knowledge_text", "knowledge_send_back",
         "knowledge_outdate", "knowledge_confirm", "knowledge_feedback", *(f"knowledge_{act}" for act in ANSWER_ACTS)],
        "answer",
    ), "knowledge_settle": "answer_said", "document_new": "person",
    **dict.fromkeys([f"document_{act}" for act in ("detail", "replace", "edit", "propose", "keep", "destroy")], "document"),
    **dict.fromkeys(["document_page", "document_page_small"], "document_page"),
    "contact_point_end": "point", "file_opening": "opening", "merge_detail": "merge",
    **dict.fromkeys(["contact_detail", "contact_identify", "contact_refer", "contact_change", "contact_mistake"], "contact"),
    **dict.fromkeys(
        ["import_detail", "import_columns", "import_preview", "import_to_mend", "import_leave", "import_undo"], "import"
    ),
    **dict.fromkeys(["picture_new", "position_remove"], "contact"),
    **dict.fromkeys(["picture_detail", "picture_full", "picture_thumbnail", "picture_remove"], "picture"),
    **dict.fromkeys(["device_detail", "device_wipe"], "device"), "conflict_detail": "conflict", "alike_undo": "likeness",
    **dict.fromkeys(["operation_detail", "operation_mend", "operation_set_aside"], "operation"),
    **dict.fromkeys(
        ["referral_detail", "referral_seen", "referral_accept", "referral_refuse", "referral_withdraw",
         "referral_arrived", "referral_not_arrived", "referral_reopen", "referral_close", "referral_note",
         "referral_card"],
        "referral",
    ),
    **dict.fromkeys(["referral_link", "referral_link_stop"], "referral_outside"), "receiver_edit": "body",
    **dict.fromkeys(["sheet_detail", "sheet_edit", "sheet_finish", "sheet_review"], "sheet"),
    **dict.fromkeys(["instrument_detail", "version_withdraw"], "instrument"), "follow_up": "follow_up",
    **dict.fromkeys(["sheet_new", "case_reopen", "helpfulness_edit", "helpfulness_ask", "helpfulness_not_asked"], "case"),
    "title_detail": "title", "wait_cause": "person",
    **dict.fromkeys(["sheet_new"], "case"),
    **dict.fromkeys(["note_list", "note_new"], "case"),
    **dict.fromkeys(["note_detail", "note_edit", "note_show", "note_take_back"], "note"),
    "request_pages": "request", "task_new": "case",
    **dict.fromkeys([f"task_{act}" for act in ("detail", "edit", "done", "drop", "reopen")], "task"),
    "case_agenda": "case",
    **dict.fromkeys(
        [f"meeting_{act.replace('-', '_')}" for act in
         ("detail", "edit", "fill", "minutes", "point", "attendance", "addendum", *MEETING_ACTS)], "meeting"
    ), "meeting_stored": "meeting_closed",
    **dict.fromkeys([f"item_{act.replace('-', '_')}" for act in ("note", "decide", *ITEM_ACTS)], "item"),
    **dict.fromkeys(["decision_withdraw", "decision_done"], "decision"),
    "transfer_new": "case", "transfer_copy": "transfer_copy",
    **dict.fromkeys([f"transfer_{act}" for act in ("detail", "edit", "agree", "send", "withdraw")], "transfer"),
    **dict.fromkeys(["transfer_incoming", "transfer_refuse"], "transfer_in"), "case_handover_line": "handover_line",
    **dict.fromkeys(["case_handover", "case_handover_decline", "case_handover_act"], "case_handover"),
    **dict.fromkeys(
        ["case_detail", "case_team", "assessment_new", "plan_edit", "service_new", "case_close"], "case"
    ),
    **dict.fromkeys(["plan_sign", "plan_print", "plan_compare"], "plan"), "goal_status": "goal",
    **dict.fromkeys(["plan_detail", "plan_review", "plan_scan", "plan_signature"], "plan_signed"),
    **dict.fromkeys([f"plan_action_{act}" for act in ("progress", "undo", "link")], "action"),
    **dict.fromkeys(["membership_edit", "membership_end"], "membership"),
    **dict.fromkeys(
        ["staff_detail", "user_deactivate", "user_reactivate", "second_factor_reset", "team_join"], "user"
    ),
    **dict.fromkeys(
        ["offer_detail", "offer_edit", "offer_texts", "offer_confirm", "offer_suspend", "offer_resume", "offer_place_new",
         "offer_sheet"], "offer"
    ),
    **dict.fromkeys(
        ["offer_place_edit", "offer_place_remove", "offer_season", "offer_season_remove", "offer_exception"], "offer_place"
    ),
    "offer_exception_remove": "offer_exception",
    **dict.fromkeys(["team_detail", "team_edit"], "team"), **dict.fromkeys(["team_leave", "team_stay"], "place"),
    **dict.fromkeys(["invitation_detail", "invitation_withdraw", "invitation_resend"], "invitation"),
}  # fmt: skip


STEPS = {
    "step": "assessed",
    "version": 1,
    "role": "person",
    "act": "accept",
}  # of addresses about a thing, and about more


def path_of(address: Address, world: World) -> str:
    if address.name in ABOUT:
        more = [STEPS[name] for name in address.arguments[1:]]
        return reverse(address.name, args=[world.things[ABOUT[address.name]].pk, *more])
    values = {
        "slug": world.partner.slug,
        "form_key": "guard",
        "code": "contacts",
        "uidb36": "1",
        "key": "2-3",
        "kind": "stops",
    }
    if address.name in OWN_KEYS:
        values["pk"] = "1"
    arguments = [values.get(name, uuid.uuid4()) for name in address.arguments]
    return reverse(address.name, args=arguments)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def ask(client: Client, path: str) -> int:
    """The status of a GET, or of an empty POST where GET is not allowed."""
    status = client.get(path).status_code
    return client.post(path).status_code if status == 405 else status


def test_lists_are_not_stale():
    names = set(ADDRESSES)
    assert set(PUBLIC) <= names
    assert set(EVERYBODY) <= names
    assert names >= PROGRAMS
    pages_of_app = {"street_app", "street_app_worker", "street_app_manifest"}
    assert {name for name in names if name.startswith("street_")} == PROGRAMS | pages_of_app
    assert set(ABOUT) <= names
    assert names >= OWN_KEYS
    with_key = {n for n, a in ADDRESSES.items() if {"pk", "person_pk", "case_pk"} & set(a.arguments)}
    assert with_key - OWN_KEYS <= set(ABOUT), "say in ABOUT what these addresses are about"


@pytest.fixture
def alone(subtests: pytest.Subtests) -> Callable[[str], AbstractContextManager[None]]:
    """Return a context in which one address is tested, by its name, and what that does is undone.

    One world serves them all: making it anew for each address would take most of the time of the guards.
    """

    @contextmanager
    def undone(name: str) -> Iterator[None]:
        with subtests.test(name), transaction.atomic():
            yield
            transaction.set_rollback(True)

    return undone


def test_the_anonymous_are_asked_to_sign_in(alone, world, client):
    for name in sorted(ADDRESSES):
        with alone(name):
            path = path_of(ADDRESSES[name], world)
            for answer in (client.get(path), client.post(path)):
                if name in PUBLIC:
                    assert answer.status_code < 500
                elif name in PROGRAMS:
                    assert (answer.status_code, answer.json()["error"]) == (401, "signed_out")
                else:
                    assert answer.status_code == 302, f"{name} answered {answer.status_code}"
                    assert answer["Location"].startswith("/accounts/login/")


def test_another_city_finds_nothing(alone, world, make_user, other_partner):
    stranger = make_user(Role.CASE_WORKER, other_partner)
    for role in (Role.DESK_OPERATOR, Role.OUTREACH_OPERATOR, Role.COORDINATOR, Role.DPO):
        Membership.objects.create(user=stranger, partner=other_partner, role=role)
    for kind in (Team.Kind.MOBILE_UNIT, Team.Kind.DESK):
        team_of(other_partner, kind).memberships.create(user=stranger)
    client = signed_in(stranger)
    for name in sorted(ABOUT):
        with alone(name):
            path = path_of(ADDRESSES[name], world)
            assert ask(client, path) == 404
            assert client.post(path).status_code in {404, 405}


def test_the_wrong_role_is_refused(alone, world, make_user):
    finance = signed_in(make_user(Role.FINANCE_OFFICER, world.partner))
    # figures have tests of their own: every role sees those of its partner
    not_asked = {name for name in ADDRESSES if name.startswith(("account_", "mfa_", "indicator_"))}
    for name in sorted(set(ADDRESSES) - set(PUBLIC) - set(EVERYBODY) - not_asked):
        with alone(name):
            assert ask(finance, path_of(ADDRESSES[name], world)) in {403, 404}


# What reading a page may write: the session, who signs in and out, and the log of reads.
WRITTEN_BY_READING = re.compile("django_session|axes_|audit_auditentry|account_|mfa_|network_user")


def tables_written(queries: CaptureQueriesContext) -> set[str]:
    pattern = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
    return {found[1] for query in queries if (found := pattern.match(query["sql"]))}


def test_the_owner_is_served_and_reading_changes_nothing(alone, world):
    client = signed_in(world.owner)
    for name in sorted(ADDRESSES):
        with alone(name):
            with CaptureQueriesContext(connection) as queries:
                status = client.get(path_of(ADDRESSES[name], world)).status_code
            assert status < 500
            if name in ABOUT or name in EVERYBODY:
                assert status in {200, 302, 405}
            assert not [table for table in tables_written(queries) if not WRITTEN_BY_READING.match(table)]


def test_forged_ids_are_not_found(alone, world):
    client = signed_in(world.owner)
    for name in sorted(ABOUT):
        with alone(name):
            more = [STEPS[argument] for argument in ADDRESSES[name].arguments[1:]]
            assert ask(client, reverse(name, args=[uuid.uuid4(), *more])) == 404
