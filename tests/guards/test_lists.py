"""Every list: as many queries for 30 rows as for 3, odd addresses never fail, an export holds exactly what is seen."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.cases import services as cases
from lgnet.catalogue.models import Team, Zone
from lgnet.desks.mediation_bookings import book_mediation
from lgnet.desks.mediation_slots import slots_on
from lgnet.desks.queue import issue_ticket
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
from lgnet.people.models import Person
from lgnet.people.records import add_contact_point, record_notice
from lgnet.people.services import PersonDetails, open_file_with_reason, register_person
from tests.conftest import team_of
from tests.desks.booking import offer_hours
from tests.guards.test_urls import ADDRESSES, signed_in
from tests.queries import count_queries

# Pages without arguments that show rows of the city. The first test fails when one is missing or no longer there.
LISTS = {
    "person_list", "file_openings", "contact_list", "visit_list", "referral_list", "case_list", "staff_list",
    "invitation_list", "audit_list", "partner_list", "team_list", "outing_list", "stop_list", "not_met_list",
    "device_list", "attention_list", "conflict_list", "alike_list", "import_list", "ticket_list",
    "message_list", "mediation_list", "mediation_offers", "mediation_counted",
}  # fmt: skip
NO_TABLE = {
    "home", "desk_today", "indicator_list", "methodology", "component_gallery", "project_page", "role_list",
    "outing_calendar", "outing_board", "tonight", "contact_report", "zone_outlines", "queue_panel", "queue_setup",
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
def fill(boss, partner, make_user):
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
            record_arrival(by=boss, team=desk, person=person)
            start_import(
                by=boss, kind=kind_of("stops"), partner=partner, file_name=f"{turn}.csv", content=b"Nome;Zona\nUno;Due"
            )
            issue_ticket(team=desk)
            fill_messages(boss, person, turn)
            cases.open_case(by=boss, person=person, team=team, manager=boss, basis="desk")
            Team.objects.create(partner=partner, kind=Team.Kind.HOUSING, name=f"Casa {turn}")
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
    "message_list", "mediation_list",
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
            about = {row.pk if name == "person_list" else row.person_id for row in table["table"].page_rows}
            persons = {str(pk) for pk in about if pk}
            assert logged == persons
        elif name not in {
            "contact_list",
            "referral_list",
            "not_met_list",
        }:  # those of the street are about nobody known
            assert logged
            assert logged <= persons
