"""Every list: as many queries for 30 rows as for 3, odd addresses never fail, an export holds exactly what is seen."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.cases import services as cases
from lgnet.cases.meetings import plan_meeting
from lgnet.cases.models import FollowUp
from lgnet.catalogue import knowledge
from lgnet.catalogue.directory import OfferDetails
from lgnet.catalogue.directory_places import PlaceDetails, create_offer_at
from lgnet.catalogue.hours_text import read_hours
from lgnet.catalogue.models import ServiceType, Team, Zone
from lgnet.desks.appointment_booking import book_appointment
from lgnet.desks.appointment_slots import free_slots
from lgnet.desks.appointment_waiting import add_wish
from lgnet.desks.counted_services import count_service
from lgnet.desks.mailbox_services import open_mailbox, receive_letter
from lgnet.desks.mediation_bookings import book_mediation
from lgnet.desks.mediation_slots import slots_on
from lgnet.desks.queue import issue_ticket
from lgnet.desks.request_services import Answer, Question, answer_request, make_request, set_needed_document
from lgnet.desks.services import record_arrival
from lgnet.imports.kinds import kind_of
from lgnet.imports.services import start_import
from lgnet.messaging.services import write_to_person
from lgnet.network.invitations import invite_colleague
from lgnet.network.models import Membership
from lgnet.network.roles import Role
from lgnet.outreach.models import Conflict, Device, Operation
from lgnet.outreach.outings import Halt, Plan, plan_outing
from lgnet.outreach.services import Sighting, record_contact, refer_contact
from lgnet.outreach.stops import create_stop
from lgnet.people.documents import DocumentDetails, Upload, propose_destruction, store_document
from lgnet.people.merging import merge_persons
from lgnet.people.models import Person, PersonPair
from lgnet.people.records import add_contact_point, record_notice
from lgnet.people.services import PersonDetails, open_file_with_reason, register_person
from tests.conftest import team_of
from tests.desks.booking_mediation import offer_hours
from tests.desks.planned import a_kind, an_opening
from tests.files.images import a_picture
from tests.guards.test_urls import ADDRESSES, signed_in
from tests.queries import count_queries

# Pages without arguments that show rows of the city. The first test fails when one is missing or no longer there.
LISTS = {
    "person_list", "file_openings", "contact_list", "visit_list", "referral_list", "case_list", "staff_list",
    "invitation_list", "audit_list", "partner_list", "team_list", "outing_list", "stop_list", "not_met_list",
    "device_list", "attention_list", "conflict_list", "alike_list", "import_list", "ticket_list",
    "document_list", "document_destruction_list", "knowledge_list",
    "appointment_list", "wish_list",
    "receiver_list", "offer_list", "request_list", "promise_list", "needed_document_list", "counted_list", "mailbox_list",
    "duplicate_list", "merge_list", "message_list", "mediation_list", "mediation_offers", "mediation_counted",
    "waiting_list", "follow_up_list", "meeting_list",
}  # fmt: skip
NO_TABLE = {
    "home", "desk_today", "indicator_list", "methodology", "component_gallery", "project_page", "role_list",
    "outing_calendar", "outing_board", "tonight", "contact_report", "desk_report", "zone_outlines", "queue_panel", "queue_setup",
    "appointment_day", "appointment_setup", "appointment_feeds", "appointment_new", "counted_panel", "counted_setup",
    "mediation_now", "mediation_calendar",
}  # fmt: skip
ODD = ["\x00", "%", "'\"<b>", "\u202eabc", "9" * 400, "-1", "nonsense", "2026-13-45", "😀", "𝕬"]


@pytest.fixture
def boss(make_user, partner):
    """Somebody who works in every team and oversees everything, so that every list is full."""
    user = make_user(Role.CASE_WORKER, partner)
    since = timezone.localdate() - timedelta(days=9)
    for role in (Role.DESK_OPERATOR, Role.OUTREACH_OPERATOR, Role.COORDINATOR, Role.DPO):
        Membership.objects.create(user=user, partner=partner, role=role, starts_on=since)
    for kind in (Team.Kind.MOBILE_UNIT, Team.Kind.DESK):
        team_of(partner, kind).memberships.create(user=user, starts_on=since)
    return user


def fill_appointments(boss, desk, person):
    """An appointment, and somebody who waits for an earlier one."""
    kind = desk.appointment_kinds.first()
    if kind is None:
        kind = a_kind(boss, desk)
        an_opening(boss, desk, kind, boss)
    today = timezone.localdate()
    slot = free_slots(kind, today, today + timedelta(days=60))[0]
    book_appointment(by=boss, person=person, kind=kind, opening_id=slot.opening.pk, starts_at=slot.starts_at)
    add_wish(by=boss, person=person, kind=kind, from_day=today)


def fill_sync(boss, colleague, contact, turn):
    """What a device sent about a contact: refused, clashing; and somebody who has almost the same name."""
    place = {"partner": contact.partner, "team": contact.team}
    device = Device.objects.create(**place, user=boss, name=f"Telefono {turn}")
    refused = Operation.objects.create(
        **place, device=device, user=boss, kind="contact.change", record_id=contact.pk, result="refused", reason="x"
    )
    Conflict.objects.create(**place, contact=contact, operation=refused, field="note", proposed="x", server_value="")
    twin = Sighting(nickname=contact.nickname)
    record_contact(by=colleague, team=contact.team, zone=contact.zone, occurred_at=timezone.now(), sighting=twin)


def fill_desk(boss, visit, turn):
    """What is asked at a visit and promised, a document to bring, a shower, a mailbox with a letter."""
    service, _is_new = ServiceType.objects.get_or_create(
        code="shower", defaults={"area": "practical", "name_it": "Doccia", "name_en": "Shower"}
    )
    asked = make_request(by=boss, visit=visit, question=Question(service))
    answer_request(by=boss, request=asked, answer=Answer("later"))
    set_needed_document(by=boss, partner_id=visit.partner_id, service_type=service, name_it=f"Foglio {turn}")
    count_service(by=boss, team=visit.team, service_type=service, person=visit.person)
    box = open_mailbox(by=boss, team=visit.team, person=visit.person, kind="poste_restante")
    receive_letter(by=boss, mailbox=box)


def fill_merging(boss, person, desk):
    """A pair that may be one person, and a file that was joined with another."""
    details = PersonDetails(given_names=person.given_names, family_names=person.family_names)
    twins = [register_person(by=boss, team=desk, details=details) for _ in range(2)]
    PersonPair.objects.create(
        partner=person.partner, one=person, other=twins[0], score=0.99, reasons=["same_names", "same_phone"]
    )
    kept = register_person(by=boss, team=desk, details=details)
    merge_persons(by=boss, kept=kept, absorbed=twins[1], reason="the same papers")


def fill_messages(boss, person, turn):
    """A message to the person, and a mediator who is booked for her."""
    add_contact_point(by=boss, person=person, kind="email", value=f"prova{turn}@example.org", safe="yes")
    write_to_person(
        by=boss, person=person, kind="test", about=person, key=f"k{turn}", compose=lambda language: ("s", "t")
    )
    offer = offer_hours(boss, person.partner, name=f"Prova {turn}", languages=[("bn", "ar", "uk")[turn % 3]])
    slot = slots_on(offer, timezone.localdate() + timedelta(days=1))[0]
    book_mediation(
        by=boss, partner=person.partner, offer=offer, starts_at=slot.starts_at, language=offer.languages[0],
        way="phone", person=person,
    )  # fmt: skip


@pytest.fixture
def fill(boss, partner, make_user, service_type):
    """Return `fill(n)`: n more of everything a list can show."""
    unit, desk = team_of(partner, Team.Kind.MOBILE_UNIT), team_of(partner, Team.Kind.DESK)
    team, zone = team_of(partner, Team.Kind.MULTIDISCIPLINARY), Zone.objects.get(partner=partner)
    other, made = make_user(Role.OUTREACH_OPERATOR, partner), 0

    def more(number):
        nonlocal made
        for turn in range(made, made + number):
            details = PersonDetails(nickname=f"Nuvola {turn}", given_names="Amina", family_names=f"Prova{turn}")
            person = register_person(by=boss, team=desk, details=details)
            record_notice(
                by=boss, person=person, kind="privacy", method="spoken", language="fr", given_on=timezone.localdate()
            )
            sighting = Sighting(nickname=f"Radio {turn}", needs=["legal"])
            contact = record_contact(by=boss, team=unit, zone=zone, occurred_at=timezone.now(), sighting=sighting)
            fill_sync(boss, other, contact, turn)
            refer_contact(by=boss, contact=contact, to_team=desk)
            long_ago = timezone.now() - timedelta(days=20)
            record_contact(
                by=boss, team=unit, zone=zone, occurred_at=long_ago, sighting=Sighting(nickname=f"Fischio {turn}")
            )
            stop = create_stop(by=boss, zone=zone, name=f"Piazza {turn}")
            start = timezone.now() + timedelta(days=turn + 1)
            plan = Plan(start, start + timedelta(hours=4), [boss], [f"Prova {turn}"], [Halt(stop, start)])
            plan_outing(by=boss, team=unit, plan=plan)
            fill_appointments(boss, desk, person)
            fill_desk(boss, record_arrival(by=boss, team=desk, person=person), turn)
            fill_merging(boss, person, desk)
            start_import(
                by=boss, kind=kind_of("stops"), partner=partner, file_name=f"{turn}.csv", content=b"Nome;Zona\nUno;Due"
            )
            issue_ticket(team=desk)
            answer = knowledge.Answer(f"Prova {turn}", "x", topic="legal", review_by=timezone.localdate(start))
            knowledge.write_page(by=boss, partner=partner, answer=answer)
            details, files = (
                DocumentDetails("permit", expires_on=start.date()),
                [Upload("a.jpg", a_picture(size=(9, 9)))],
            )
            document = store_document(by=boss, person=person, details=details, files=files)
            propose_destruction(by=boss, document=document, reason="x")
            fill_messages(boss, person, turn)
            case = cases.open_case(by=boss, person=person, team=team, manager=boss, basis="desk")
            FollowUp.objects.create(case=case, months=3, due_on=timezone.localdate())
            plan_meeting(by=boss, team=team, starts_at=start, chair=boss)
            Team.objects.create(partner=partner, kind=Team.Kind.HOUSING, name=f"Casa {turn}")
            offered = OfferDetails(name=f"Servizio {turn}", types=[service_type], languages=["it"])
            where = PlaceDetails(zone=zone, hours=read_hours("lun-ven 9-13").spans)
            create_offer_at(by=boss, partner=partner, details=offered, place=where)
            colleague = make_user(Role.CASE_WORKER, partner, team=None)
            open_file_with_reason(by=colleague, person=person, reason="stands in for a colleague")
            invite_colleague(
                by=boss, partner=partner, role=Role.DESK_OPERATOR, email=f"prova{turn}@example.org", full_name="Prova",
                site_url="/",
            )  # fmt: skip
        made += number

    return more


def test_every_list_is_looked_at(boss, fill):
    client, tables, others = signed_in(boss), set(), set()
    for name, address in ADDRESSES.items():
        if not address.arguments and not name.startswith(("account_", "mfa_")):
            response = client.get(reverse(name))
            context = getattr(response, "context", None)
            if response.status_code == 200 and context is not None:
                (tables if context.get("table") is not None else others).add(name)
    assert tables - NO_TABLE == LISTS
    assert set(ADDRESSES) >= NO_TABLE


def test_a_list_asks_as_much_for_30_rows_as_for_3(boss, fill, subtests):
    fill(3)
    client = signed_in(boss)
    few = {name: count_queries(client, reverse(name)) for name in LISTS}
    fill(27)
    for name in sorted(LISTS):
        with subtests.test(name):
            assert count_queries(client, reverse(name)) == few[name]


def test_odd_addresses_give_a_page(boss, fill, subtests):
    fill(1)
    client = signed_in(boss)
    for name in sorted(LISTS):
        with subtests.test(name):
            table = client.get(reverse(name)).context["table"]
            fields = list(table.filters.fields) if table.filters else []
            for odd in ODD:
                asked = dict.fromkeys([*fields, "sort", "page", "unknown"], odd)
                assert client.get(reverse(name), asked).status_code == 200, odd
                assert client.get(reverse(name), {"q": odd, "format": odd}).status_code == 200
            for column in table.all_columns:
                for sign in ("", "-"):
                    assert client.get(reverse(name), {"sort": sign + column.key}).status_code == 200


@pytest.mark.parametrize("name", sorted(LISTS))
def test_an_export_holds_exactly_what_is_seen(name, boss, fill):
    fill(2)
    client = signed_in(boss)
    seen = client.get(reverse(name)).context["table"]
    answer = client.get(reverse(name), {"format": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert list(rows[0]) == [str(column.label) for column in seen.all_columns]
    # looking at the log writes one row more into it
    assert len(rows) - 1 - seen.count in ({0, 1} if name == "audit_list" else {0})
    text = client.get(reverse(name), {"format": "csv"}).content.decode("utf-8-sig")
    assert text.splitlines()[0].split(";")[0].strip('"') == str(seen.all_columns[0].label)


# Lists whose rows are about persons: whose rows were shown, or exported, is in the log.
# The lists of what devices sent are about somebody registered too, though not in this world (tests/outreach).
ABOUT_PERSONS = {
    "person_list", "file_openings", "contact_list", "visit_list", "referral_list", "case_list", "not_met_list",
    "document_list", "document_destruction_list",
    "appointment_list", "wish_list",
    "merge_list",
    "message_list", "mediation_list", "waiting_list", "follow_up_list",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(ABOUT_PERSONS))
def test_who_was_shown_and_exported_is_logged(name, boss, fill):
    fill(2)
    client = signed_in(boss)
    for asked, action in (({}, "list"), ({"format": "csv"}, "export")):
        before = set(AuditEntry.objects.values_list("pk", flat=True))
        table = client.get(reverse(name), asked).context
        rows = AuditEntry.objects.exclude(pk__in=before).filter(action=action)
        logged = {pk for row in rows for pk in row.detail.get("persons", [])}
        persons = {str(pk) for pk in Person.objects.values_list("pk", flat=True)}
        if table is not None and action == "list":
            about = {person.pk for person in table["table"].shown_persons()}
            persons = {str(pk) for pk in about if pk}
            assert logged == persons
        elif name not in {
            "contact_list",
            "referral_list",
            "not_met_list",
        }:  # those of the street are about nobody known
            assert logged
            assert logged <= persons
