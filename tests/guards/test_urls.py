"""Every address refuses the anonymous, the wrong role and the other city, and never fails for its owner.

The lists below are read both ways: an address that is missing fails, and so does an entry that is no longer needed.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from lgnet.cases.views.meeting_items import ITEM_ACTS
from lgnet.cases.views.meetings import ACTS as MEETING_ACTS
from lgnet.catalogue.models import Team
from lgnet.catalogue.urls import ANSWER_ACTS
from lgnet.desks.appointment_views import ACTS as APPOINTMENT_ACTS
from lgnet.desks.urls import COUNTER_ACTS, TICKET_ACTS
from lgnet.network.models import Membership, User
from lgnet.network.roles import Role
from tests.conftest import team_of
from tests.guards.url_world import World, make_world

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


@pytest.fixture
def world(partner, make_user, person, desk_operator, outreach_operator, case_worker, service_type) -> World:
    return make_world(partner, make_user, person, desk_operator, outreach_operator, case_worker, service_type)


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
