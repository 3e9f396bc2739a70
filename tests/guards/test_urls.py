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
from lgnet.catalogue.models import Team, Zone
from lgnet.desks.mediation import say_here
from lgnet.desks.mediation_bookings import book_mediation
from lgnet.desks.mediation_slots import slots_on
from lgnet.desks.queue import issue_ticket
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
from lgnet.people.models import Person
from lgnet.people.records import add_contact_point
from lgnet.people.services import open_file_with_reason
from tests.conftest import team_of
from tests.desks.booking import offer_hours
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
    "message_receipts": "what a gateway tells; opened by the secret in its address",
    "messages_stop": "no more e-mails; opened by the signed link of one",
    "help_cities": "where to find help is for everybody",
    "help_city": "published stops and places only",
    "help_city_data": "the same as open data",
}
# For everybody who is signed in, and why.
EVERYBODY: dict[str, str] = {
    "home": "one's own day",
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


@dataclass
class World:
    """One of everything in a city, and who works with it."""

    partner: Partner
    person: Person
    owner: User
    things: dict[str, Any]


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
    offer = offer_hours(owner, partner, reach="own")
    screen, _secret = create_screen(by=owner, team=desk, kind="display", name="Sala")
    things = {
        "message": write_to_person(
            by=owner, person=person, kind="test", about=person, key="guard", compose=lambda language: ("s", "t")
        )[0],
        "offer": offer, "here": say_here(by=owner, team=desk, name="Prova", languages=["ar"], until=time(23, 59)),
        "booking": book_mediation(
            by=owner, partner=partner, offer=offer, starts_at=slots_on(offer, today + timedelta(days=1))[0].starts_at,
            language="ar", way="phone", person=person,
        ),
        "ticket": issue_ticket(team=desk), "counter": create_counter(by=owner, team=desk, name="1"), "screen": screen,
        "picture": picture,
        "outing": outing, "stop": create_stop(by=outreach_operator, zone=zone, name="Piazza"), "unit": unit,
        "device": phone, "operation": operation, "conflict": conflict, "likeness": likeness,
        "import": start_import(
            by=owner, kind=kind_of("stops"), partner=partner, file_name="fermate.csv", content=b"Nome;Zona\nUno;Due"
        ),
        "invitation": invited.invitation, "person": person, "contact": contact, "referral": referral, "visit": visit, "case": case, "plan": plan,
        "goal": plan.goals.get(), "opening": opening, "point": point, "membership": colleague.memberships.get(),
        "user": colleague, "team": desk, "place": desk.memberships.get(user=desk_operator),
    }  # fmt: skip
    return World(partner, person, owner, things)


# Addresses with arguments: which thing of the world each is about.
ABOUT: dict[str, str] = {
    **dict.fromkeys(
        ["person_detail", "person_edit", "file_open", "file_restrict", "eligibility_new", "notice_new",
         "contact_point_new", "identifier_new", "household_edit", "household_leave"], "person"
    ),
    **dict.fromkeys(
        ["outing_detail", "outing_edit", "outing_cancel", "outing_restore", "outing_start", "outing_end", "outing_log",
         "outing_shifts"],
        "outing",
    ),
    **dict.fromkeys([f"ticket_{act}" for act in TICKET_ACTS], "ticket"), "screen_stop": "screen",
    **dict.fromkeys([f"counter_{act}" for act in (*COUNTER_ACTS, "edit")], "counter"),
    **dict.fromkeys(["ticket_new", "counter_new", "screen_new"], "team"),
    **dict.fromkeys(["message_detail", "message_again"], "message"), "mediator_here": "team", "mediator_gone": "here",
    **dict.fromkeys(["person_messages", "person_wishes"], "person"), "ticket_mediator": "ticket",
    **dict.fromkeys([f"mediation_{act}" for act in ("booking", "cancel", "close")], "booking"),
    **dict.fromkeys(
        ["mediation_book", *(f"mediation_offer_{act}" for act in ("detail", "stop", "skip"))], "offer"
    ),
    "stop_edit": "stop", **dict.fromkeys(["unit_detail", "unit_edit"], "unit"),
    "contact_point_end": "point", "file_opening": "opening",
    **dict.fromkeys(["contact_detail", "contact_identify", "contact_refer", "contact_change", "contact_mistake"], "contact"),
    **dict.fromkeys(
        ["import_detail", "import_columns", "import_preview", "import_to_mend", "import_leave", "import_undo"], "import"
    ),
    **dict.fromkeys(["picture_new", "position_remove"], "contact"),
    **dict.fromkeys(["picture_detail", "picture_full", "picture_thumbnail", "picture_remove"], "picture"),
    **dict.fromkeys(["device_detail", "device_wipe"], "device"), "conflict_detail": "conflict", "alike_undo": "likeness",
    **dict.fromkeys(["operation_detail", "operation_mend", "operation_set_aside"], "operation"),
    **dict.fromkeys(
        ["referral_detail", "referral_accept", "referral_refuse", "referral_withdraw", "referral_arrived", "referral_card"],
        "referral",
    ),
    **dict.fromkeys(
        ["case_detail", "case_team", "assessment_new", "plan_edit", "service_new", "case_close"], "case"
    ),
    **dict.fromkeys(["plan_sign", "plan_print"], "plan"), "goal_status": "goal",
    **dict.fromkeys(["membership_edit", "membership_end"], "membership"),
    **dict.fromkeys(
        ["staff_detail", "user_deactivate", "user_reactivate", "second_factor_reset", "team_join"], "user"
    ),
    **dict.fromkeys(["team_detail", "team_edit"], "team"), **dict.fromkeys(["team_leave", "team_stay"], "place"),
    **dict.fromkeys(["invitation_detail", "invitation_withdraw", "invitation_resend"], "invitation"),
}  # fmt: skip


def path_of(address: Address, world: World) -> str:
    if address.name in ABOUT:
        return reverse(address.name, args=[world.things[ABOUT[address.name]].pk])
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
            assert ask(client, reverse(name, args=[uuid.uuid4()])) == 404
