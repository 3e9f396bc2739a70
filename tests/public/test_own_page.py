"""The person's own page: opened only with code and PIN, shows what it may and nothing else, ends when it should."""

from datetime import timedelta
from unittest import mock

import pytest
import time_machine
from django.contrib.auth import hashers
from django.core import signing
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.cases.referrals import accept_referral, send_referral
from lgnet.catalogue.models import Team
from lgnet.network.roles import Role
from lgnet.people import own_entry
from lgnet.people.models import OwnCard, OwnPageTries
from lgnet.people.own_cards import OwnCardDetails, change_own_card, create_own_card, renew_pin, stop_own_card
from lgnet.people.own_entry import open_own_page
from lgnet.people.records import add_contact_point, add_identifier, put_in_household
from lgnet.people.selectors import get_person
from lgnet.people.services import PersonDetails, open_file_with_reason, register_person, restrict_file, update_person
from lgnet.public.own_session import COOKIE, IDLE, LONGEST, SALT
from tests.conftest import team_of
from tests.people.doubles import join, register

PAGES = ["own_home", "own_services", "own_looks", "own_rights"]


@pytest.fixture
def card(person, desk_operator):
    made, pin = create_own_card(by=desk_operator, person=person, details=OwnCardDetails("en"))
    made.pin = pin
    return made


def enter(client, card, pin=None, **asked):
    address = reverse("own_enter") + (f"?lang={asked['lang']}" if asked else "")
    return client.post(address, {"code": card.code, "pin": card.pin if pin is None else pin})


@pytest.fixture
def inside(card):
    client = Client()
    assert enter(client, card)["Location"] == reverse("own_home")
    return client


def shown(client, name="own_home", **asked):
    answer = client.get(reverse(name), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def wrong(pin):
    return f"{(int(pin) + 1) % 1_000_000:06}"


# -- coming in -------------------------------------------------------------------------------------------------------


def test_code_and_pin_open_the_page(card, inside):
    assert "Hello" in shown(inside)
    row = AuditEntry.objects.get(action="sign_in")
    assert (row.object_type, row.person_id, row.actor_id) == ("people.owncard", card.person_id, None)


def test_the_code_of_the_picture_is_filled_in_and_the_pin_is_not(card):
    page = Client().get(reverse("own_enter_code", args=[card.code])).content.decode()
    assert f'value="{card.code}"' in page
    answer = Client().post(reverse("own_enter"), {"code": card.code, "pin": wrong(card.pin)})
    assert answer.status_code == 422
    assert card.code in answer.content.decode()
    assert wrong(card.pin) not in answer.content.decode()


def test_what_is_wrong_is_never_told(card, person, desk_operator):
    texts = set()
    stopped = card.code
    answers = [
        Client().post(reverse("own_enter"), {"code": "ACDEFGHJ", "pin": card.pin}),
        enter(Client(), card, wrong(card.pin)),
    ]
    stop_own_card(by=desk_operator, card=card)
    answers.append(Client().post(reverse("own_enter"), {"code": stopped, "pin": card.pin}))
    for answer in answers:
        page = answer.content.decode()
        texts.add(page[page.index('role="alert"') : page.index("</p>", page.index('role="alert"'))])
        assert answer.status_code == 422
        assert COOKIE not in answer.cookies
    assert len(texts) == 1


def test_every_try_costs_one_hash_whatever_is_wrong(card, desk_operator):
    own_entry._of_nobody()

    def hashes(code, pin):
        with mock.patch.object(own_entry, "check_password", wraps=hashers.check_password) as looked:
            open_own_page(code=code, pin=pin, address="192.0.2.1")
        return looked.call_count

    assert hashes(card.code, card.pin) == hashes(card.code, wrong(card.pin)) == hashes("ACDEFGHJ", "123456") == 1
    assert hashes("", "") == hashes("x" * 200, "123456") == 1
    stop_own_card(by=desk_operator, card=card)
    assert hashes(card.code, card.pin) == 1


@pytest.mark.parametrize("known", [True, False])
def test_after_five_tries_one_waits_and_then_longer(card, known):
    """The same for a code that no card has."""
    code = card.code if known else "ACDEFGHJ"
    start = timezone.now()
    waits = []
    with time_machine.travel(start, tick=False) as clock:
        for turn in range(5):
            for number in range(5):
                entry = open_own_page(code=code, pin="x", address=f"192.0.{turn}.{number}")
                assert entry.card is None
                assert bool(entry.locked_until) == (number == 4)
            waits.append(entry.locked_until - timezone.now())
            assert open_own_page(code=code, pin=card.pin, address="198.51.100.9").locked_until == entry.locked_until
            clock.move_to(entry.locked_until + timedelta(seconds=1))
    assert waits == [
        timedelta(minutes=15),
        timedelta(hours=1),
        timedelta(hours=4),
        timedelta(hours=16),
        timedelta(hours=24),
    ]


def test_the_page_says_until_when_and_keeps_out(card):
    for _try in range(4):
        assert enter(Client(), card, wrong(card.pin)).status_code == 422
    answer = enter(Client(), card, wrong(card.pin), lang="en")
    assert answer.status_code == 429
    assert "Too many tries" in answer.content.decode()
    assert enter(Client(), card).status_code == 429
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert enter(Client(), card).status_code == 302
    assert not OwnPageTries.objects.filter(key=own_entry._key("card", card.code)).exists()


def test_one_address_that_tries_many_codes_waits(card):
    for number in range(20):
        entry = open_own_page(code=f"ACDEFG{number:02}", pin="x", address="2001:db8::1")
    assert entry.locked_until
    assert open_own_page(code=card.code, pin=card.pin, address="2001:db8::ffff").locked_until, "of the same line"
    assert open_own_page(code=card.code, pin=card.pin, address="2001:db8:0:1::1").card == card


def test_a_good_try_forgives_the_card_and_not_the_address(card):
    for _turn in range(4):
        for _try in range(4):
            assert open_own_page(code=card.code, pin="x", address="192.0.2.7").locked_until is None
        assert open_own_page(code=card.code, pin=card.pin, address="192.0.2.7").card
    for number in range(4):
        entry = open_own_page(code=f"ACDEFGH{number}", pin="x", address="192.0.2.7")
    assert entry.locked_until


def test_tries_are_logged_and_those_while_one_waits_are_not(card):
    for _try in range(9):
        open_own_page(code=card.code, pin="x", address="192.0.2.1")
    rows = AuditEntry.objects.filter(action="sign_in_failed", person_id=card.person_id)
    assert rows.count() == 5
    assert [row.detail.get("locked") for row in rows.order_by("created_at")][-1] == "yes"
    open_own_page(code="ACDEFGHJ", pin="x", address="192.0.2.1")
    row = AuditEntry.objects.get(action="sign_in_failed", person_id=None)
    assert row.object_id is None
    assert "ACDEFGHJ" not in str(row.detail)


def test_old_tries_are_forgotten(card):
    for _try in range(4):
        open_own_page(code=card.code, pin="x", address="192.0.2.1")
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert open_own_page(code=card.code, pin="x", address="192.0.2.1").locked_until is None
        open_own_page(code="ACDEFGHJ", pin="x", address="192.0.2.2")
        assert not OwnPageTries.objects.filter(last_at__lt=timezone.now() - timedelta(days=7)).exists()


def test_nothing_typed_breaks_it(card):
    for odd in ("\x00", "😀", "%", "'\"<b>", "9" * 400, "\u202eabc", "٣" * 8, "²" * 8):
        for sent in ({"code": odd, "pin": "1"}, {"code": card.code, "pin": odd}, {"code": odd}, {}):
            assert Client().post(reverse("own_enter"), sent).status_code in {422, 429}
        assert Client().get(f"/me/{odd.replace('%', '%25')}".replace("\x00", "%00")).status_code == 200


def test_nobody_who_writes_waits_for_the_pin():
    """On SQLite a request that may write holds the one lock there is, unless it begins its transactions itself."""
    for path in ("/me", "/me/ACDEFGHJ"):
        assert resolve(path).func._non_atomic_requests == {"default"}


def test_the_page_is_found_from_where_help_is(partner):
    assert f'href="{reverse("own_enter")}' in Client().get(reverse("help_cities")).content.decode()
    assert f'href="{reverse("own_enter")}' in Client().get(reverse("help_city", args=[partner.slug])).content.decode()


def test_a_form_from_elsewhere_is_refused(card):
    client = Client(enforce_csrf_checks=True)
    assert enter(client, card).status_code == 403
    page = client.get(reverse("own_enter"))
    token = page.content.decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    sent = {"code": card.code, "pin": card.pin, "csrfmiddlewaretoken": token}
    assert client.post(reverse("own_enter"), sent).status_code == 302
    assert client.post(reverse("own_close")).status_code == 403


# -- staying in, and going out ---------------------------------------------------------------------------------------


def test_the_cookie_goes_to_these_pages_alone(card):
    cookie = enter(Client(), card).cookies[COOKIE]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"], cookie["max-age"]) == ("/me", "Strict", True, 900)
    assert card.code not in cookie.value
    assert card.pin not in cookie.value


def test_no_page_is_kept_by_anybody(inside):
    for name in ("own_enter", *PAGES):
        answer = (Client() if name == "own_enter" else inside).get(reverse(name))
        assert "no-store" in answer["Cache-Control"]
        assert "private" in answer["Cache-Control"]
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["Referrer-Policy"] == "same-origin", "without a referrer browsers send forms from nowhere"


def test_without_a_cookie_every_page_leads_to_the_pin(card):
    for name in [*PAGES, "own_close"]:
        for answer in (Client().get(reverse(name)), Client().post(reverse(name))):
            assert answer["Location"] == "/me?ended"


def test_it_closes_by_itself(card):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = Client()
        enter(client, card)
        start = timezone.now()
        while timezone.now() - start <= LONGEST - timedelta(minutes=10):
            clock.shift(timedelta(minutes=10))
            assert client.get(reverse("own_home")).status_code == 200
        clock.shift(timedelta(minutes=1))
        assert client.get(reverse("own_home"))["Location"] == "/me?ended", "an hour is the longest"
        client = Client()
        enter(client, card)
        client.cookies[COOKIE]["max-age"] = ""  # a browser that keeps it longer than told
        clock.shift(IDLE + timedelta(seconds=1))
        assert client.get(reverse("own_home"))["Location"] == "/me?ended"


def test_the_screen_clears_by_itself_without_script(inside):
    assert inside.get(reverse("own_home"))["Refresh"] == "900;url=/me?ended"


def test_a_new_pin_a_stop_and_close_end_what_is_open(card, inside, desk_operator):
    kept = inside.cookies[COOKIE].value
    answer = inside.post(reverse("own_close"))
    assert answer["Location"] == "/me?closed&lang=en"
    assert answer.cookies[COOKIE].value == ""
    assert AuditEntry.objects.filter(action="sign_out", person_id=card.person_id).count() == 1

    def opens(value):
        client = Client()
        client.cookies[COOKIE] = value
        return client.get(reverse("own_home")).status_code == 200

    assert not opens(kept), "the cookie that somebody kept"
    client = Client()
    enter(client, card)
    assert opens(client.cookies[COOKIE].value)
    card.pin = renew_pin(by=desk_operator, card=card)
    assert not opens(client.cookies[COOKIE].value)
    enter(client, card)
    assert opens(client.cookies[COOKIE].value)
    stop_own_card(by=desk_operator, card=card)
    assert not opens(client.cookies[COOKIE].value)


def test_forged_cookies_open_nothing(card):
    good = {"card": card.pk.hex, "version": 1, "started": timezone.now().timestamp(), "language": "en"}
    forged = [
        "x", "", signing.dumps(good, salt="another"), signing.dumps(good, key="guessed", salt=SALT),
        signing.dumps("text", salt=SALT), signing.dumps(good | {"card": "x"}, salt=SALT),
        signing.dumps(good | {"version": 2}, salt=SALT), signing.dumps({"card": card.pk.hex}, salt=SALT),
        signing.dumps(good | {"started": "x"}, salt=SALT), "A" + signing.dumps(good, salt=SALT),
        signing.dumps(good | {"started": 9e99}, salt=SALT),
    ]  # fmt: skip
    for value in forged:
        client = Client()
        client.cookies[COOKIE] = value
        assert client.get(reverse("own_home")).status_code == 302, value


def test_it_does_not_mix_with_who_is_signed_in(card, desk_operator, sign_in):
    client = sign_in(desk_operator)
    assert client.get(reverse("own_home")).status_code == 302
    enter(client, card)
    assert "Hello" in shown(client)
    assert client.get(reverse("person_list")).status_code == 200
    client.post(reverse("own_close"))
    assert client.get(reverse("person_list")).status_code == 200
    outsider = Client()
    enter(outsider, card)
    assert outsider.get(reverse("person_detail", args=[card.person_id])).status_code == 302


def test_who_is_in_is_led_on_and_another_card_is_asked_for(card, inside):
    assert inside.get(reverse("own_enter"))["Location"] == reverse("own_home")
    assert inside.get(reverse("own_enter_code", args=[card.code]))["Location"] == reverse("own_home")
    assert inside.get(reverse("own_enter_code", args=["ACDEFGHJ"])).status_code == 200


# -- what it shows ---------------------------------------------------------------------------------------------------

SECRET = ("SegretoNota", "SegretoMotivo", "SegretaRisposta", "333123456", "AB12345", "SegretaFamiglia", "Altrapersona",
          "Provadati", "Mohammed", "Morocco", "SegretoSoprannome")  # fmt: skip


@pytest.fixture
def lived(person, desk_operator, case_worker, partner):
    """A person about whom much is written, sent on to the team of the city."""
    desk = team_of(partner, Team.Kind.DESK)
    details = PersonDetails(
        given_names="Mohammed", family_names="Provadati", nickname="SegretoSoprannome", citizenship="MA",
        note="SegretoNota", languages=(("ar", ""), ("fr", "")),
    )  # fmt: skip
    update_person(by=desk_operator, person=person, details=details)
    add_contact_point(by=desk_operator, person=person, kind="phone", value="333123456", safe="no", note="SegretoNota")
    add_identifier(by=desk_operator, person=person, kind="passport", value="AB12345")
    put_in_household(by=desk_operator, person=person, new_name="SegretaFamiglia")
    other = register_person(by=desk_operator, team=desk, details=PersonDetails(nickname="Altrapersona"))
    put_in_household(by=desk_operator, person=other, household=person.household)
    return send_referral(
        by=desk_operator, person=person, from_team=desk, to_team=team_of(partner, Team.Kind.MULTIDISCIPLINARY),
        need="psychological", reason="SegretoMotivo",
    )  # fmt: skip


def test_nothing_that_staff_wrote_and_nothing_of_others(lived, inside):
    for name in PAGES:
        page = shown(inside, name)
        assert not [word for word in SECRET if word in page], name
    assert "Arabic, French" in shown(inside)


def test_the_name_only_if_the_card_says_so(lived, card, inside, desk_operator):
    change_own_card(by=desk_operator, card=card, details=OwnCardDetails("en", shows_name=True))
    assert "Hello, SegretoSoprannome" in shown(inside)
    change_own_card(by=desk_operator, card=card, details=OwnCardDetails("en", shows_name=True, discreet=True))
    assert "SegretoSoprannome" not in shown(inside)


def test_where_i_was_sent_and_whether_they_expect_me(lived, inside, case_worker):
    page = shown(inside, "own_services")
    assert "Équipe Provaltina" in page
    assert "They know that you may come." in page
    assert lived.code in page
    accept_referral(by=case_worker, referral=lived, answer="SegretaRisposta")
    page = shown(inside, "own_services")
    assert "They expect you." in page
    assert "SegretaRisposta" not in page
    assert "psycholog" not in page.lower()


def test_a_discreet_page_names_nothing(lived, card, inside, desk_operator, colleague, person):
    get_person(desk_operator, person.pk)
    open_file_with_reason(by=colleague, person=person, reason="SegretoMotivo di apertura")
    change_own_card(by=desk_operator, card=card, details=OwnCardDetails("en", discreet=True))
    for name in PAGES:
        page = shown(inside, name)
        for word in ("LGNet", "Ministry", "Équipe", "Sportello", "SegretoMotivo", lived.code):
            assert word not in page, (name, word)
    assert "Somebody of the services of the city" in shown(inside, "own_looks")


def test_a_restricted_file_is_discreet_whatever_the_card_says(lived, card, inside, person, case_worker):
    person.refresh_from_db()
    restrict_file(by=case_worker, person=person, restricted=True, reason="In pericolo")
    assert "Équipe" not in shown(inside, "own_services")
    assert "LGNet" not in shown(inside)


def test_who_saw_my_file_by_team_and_day(
    card, inside, person, partner, make_user, desk_operator, case_worker, colleague
):
    coordinator = make_user(Role.COORDINATOR, partner)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        get_person(desk_operator, person.pk)
        get_person(desk_operator, person.pk)
        open_file_with_reason(by=colleague, person=person, reason="sostituisco una collega")
        get_person(colleague, person.pk)
        open_file_with_reason(by=coordinator, person=person, reason="verifica della lista")
    enter(Client(), card, wrong(card.pin))
    page = shown(inside, "own_looks")
    for told in ("Sportello Provaltina</bdi>: read your file<", "sostituisco una collega", "verifica della lista",
                 "The coordination of the city: read your file", "wrote in your file",
                 "This page was opened with your card and PIN.", "Somebody tried your card with a wrong PIN."):  # fmt: skip
        assert told in page, told
    for user in (desk_operator, colleague, coordinator):
        assert user.full_name not in page
        assert user.username not in page


def test_a_look_at_another_person_is_not_mine(inside, partner, desk_operator, outreach_operator):
    unit = team_of(partner, Team.Kind.MOBILE_UNIT)
    register_person(by=outreach_operator, team=unit, details=PersonDetails(nickname="A"))
    assert "Unità mobile" not in shown(inside, "own_looks")


def test_who_has_left_is_told_by_the_team_of_that_day(inside, person, desk_operator, partner):
    with time_machine.travel(timezone.now() - timedelta(days=3)):
        get_person(desk_operator, person.pk)
    desk_operator.team_memberships.update(ended_at=timezone.now() - timedelta(days=2))
    desk_operator.memberships.update(ended_at=timezone.now() - timedelta(days=2))
    page = shown(inside, "own_looks")
    assert "Sportello Provaltina</bdi>: read your file<" in page
    assert "Somebody of the services of the city: wrote in your file" in page, "who registered after leaving is told so"


def test_looks_at_a_file_that_was_joined_with_mine_are_mine(inside, person, partner, desk_operator):
    with time_machine.travel(timezone.now() - timedelta(days=5)):
        other = register(desk_operator, partner)
        get_person(desk_operator, other.pk)
    days = shown(inside, "own_looks").count("own-day")
    join(desk_operator, person, other)
    assert shown(inside, "own_looks").count("own-day") == days + 1


def test_old_days_come_when_asked_for(inside, person, desk_operator):
    for ago in range(1, 20):
        with time_machine.travel(timezone.now() - timedelta(days=ago)):
            get_person(desk_operator, person.pk)
    assert shown(inside, "own_looks").count("own-day") == 15
    assert shown(inside, "own_looks", all="").count("own-day") == 20


def test_as_many_queries_for_many_looks_as_for_few(
    inside, person, desk_operator, case_worker, django_assert_max_num_queries
):
    for ago in range(1, 20):
        with time_machine.travel(timezone.now() - timedelta(days=ago)):
            get_person(desk_operator, person.pk)
    with django_assert_max_num_queries(10):
        shown(inside, "own_looks")


@pytest.mark.parametrize("language", ["it", "en", "fr", "es", "ar", "uk", "bn", "ur"])
def test_every_page_in_every_language(language, lived, card, desk_operator):
    change_own_card(by=desk_operator, card=card, details=OwnCardDetails(language))
    client = Client()
    enter(client, card)
    for name in PAGES:
        page = shown(client, name)
        direction = "rtl" if language in {"ar", "ur"} else "ltr"
        assert f'<html lang="{language}" dir="{direction}">' in page
    shown(client, lang="it")
    assert '<html lang="it"' in shown(client, "own_looks"), "the choice is kept"


def test_the_language_chosen_before_the_pin_stays(card):
    client = Client()
    enter(client, card, lang="ar")
    assert '<html lang="ar" dir="rtl">' in shown(client)


def test_the_demo_card_is_told_in_a_demo_only(settings, db):
    from lgnet.people.own_card_demo import PIN

    assert PIN not in Client().get(reverse("own_enter")).content.decode()
    settings.DEMO = True
    assert PIN in Client().get(reverse("own_enter")).content.decode()
    assert not OwnCard.objects.exists()
