"""Own cards: made, printed, changed, stopped, by whoever may; the PIN is shown once and kept nowhere."""

import re

import pytest
from django.contrib.auth.hashers import check_password
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.core.ids import CODE_ALPHABET, uuid7
from lgnet.network.roles import Role
from lgnet.people.models import OwnCard, PersonLanguage
from lgnet.people.own_card_selectors import person_of_card
from lgnet.people.own_card_words import RIGHT_TO_LEFT, WORDS
from lgnet.people.own_cards import OwnCardDetails, change_own_card, create_own_card, renew_pin, stop_own_card
from lgnet.people.own_entry import clean_code, clean_pin, open_own_page

FRENCH = OwnCardDetails("fr")


@pytest.fixture
def made(person, desk_operator):
    return create_own_card(by=desk_operator, person=person, details=FRENCH)


def pin_on(page):
    found = re.search(r'own-pin-figures" dir="ltr">(\d{3}) (\d{3})<', page)
    assert found, page
    return found[1] + found[2]


# -- services --------------------------------------------------------------------------------------------------------


def test_a_card_has_a_code_to_read_aloud_and_a_pin_kept_as_a_hash(made, person):
    card, pin = made
    assert len(card.code) == 8
    assert set(card.code) <= set(CODE_ALPHABET)
    assert re.fullmatch(r"\d{6}", pin)
    assert pin not in card.pin_hash
    assert check_password(pin, card.pin_hash)
    row = AuditEntry.objects.get(object_type="people.owncard", action="create")
    assert (row.person_id, row.object_id) == (person.pk, card.pk)
    assert pin not in str(row.detail)


def test_a_form_sent_twice_makes_one_card_and_shows_the_pin_once(person, desk_operator):
    record_id = uuid7()
    card, pin = create_own_card(by=desk_operator, person=person, details=FRENCH, record_id=record_id)
    again, nothing = create_own_card(by=desk_operator, person=person, details=FRENCH, record_id=record_id)
    assert (again, nothing) == (card, "")
    assert pin
    assert OwnCard.objects.count() == 1


def test_a_second_card_only_when_the_first_is_stopped(made, person, desk_operator):
    with pytest.raises(DomainError, match="has a card already"):
        create_own_card(by=desk_operator, person=person, details=FRENCH)
    stop_own_card(by=desk_operator, card=made[0])
    assert create_own_card(by=desk_operator, person=person, details=FRENCH)[0].code != made[0].code


def test_a_language_that_the_page_does_not_speak_is_refused(person, desk_operator, made):
    for wrong in ("wo", ""):
        with pytest.raises(DomainError) as told:
            change_own_card(by=desk_operator, card=made[0], details=OwnCardDetails(wrong))
        assert told.value.field == "language"


def test_who_does_not_register_people_makes_no_card(person, made, make_user, partner, stranger):
    for user in (make_user(Role.COORDINATOR, partner), stranger):
        for act in (
            lambda user=user: create_own_card(by=user, person=person, details=FRENCH),
            lambda user=user: renew_pin(by=user, card=made[0]),
            lambda user=user: stop_own_card(by=user, card=made[0]),
            lambda user=user: change_own_card(by=user, card=made[0], details=FRENCH),
        ):
            with pytest.raises(PermissionDenied):
                act()


def test_a_new_pin_ends_the_old_one(made, desk_operator):
    card, old = made
    new = renew_pin(by=desk_operator, card=card)
    assert open_own_page(code=card.code, pin=new, address="").card == card
    if new != old:
        assert open_own_page(code=card.code, pin=old, address="").card is None


def test_a_stopped_card_gets_no_new_pin_and_is_not_changed(made, desk_operator):
    stop_own_card(by=desk_operator, card=made[0])
    stop_own_card(by=desk_operator, card=made[0])
    assert AuditEntry.objects.filter(object_type="people.owncard", action="update").count() == 1
    for act in (renew_pin, lambda **told: change_own_card(details=FRENCH, **told)):
        with pytest.raises(DomainError, match="stopped"):
            act(by=desk_operator, card=made[0])


def test_a_change_is_logged_with_what_was_before(made, desk_operator):
    change_own_card(by=desk_operator, card=made[0], details=OwnCardDetails("ar", discreet=True))
    row = AuditEntry.objects.get(object_type="people.owncard", action="update")
    assert row.detail["changes"] == {"language": ["fr", "ar"], "discreet": ["False", "True"]}


def test_a_restricted_file_is_always_discreet(made, person, case_worker):
    assert not made[0].is_discreet
    person.restricted = True
    assert made[0].is_discreet


@pytest.mark.parametrize(
    "typed",
    [
        "{code}",
        " {code} ",
        "{half}-{rest}",
        "{half} {rest}",
        "https://lgnet.example/me/{code}",
        "{low}",
        "/me/{code}/",
        "httpsç--lgnet.example-me-{code}",
    ],
)
def test_a_code_is_found_however_it_is_typed_or_scanned(typed, made, desk_operator, person):
    code = made[0].code
    text = typed.format(code=code, half=code[:4], rest=code[4:], low=code.lower())
    assert person_of_card(desk_operator, person.partner_id, text) == person


def test_figures_of_every_keyboard_are_read():
    assert clean_pin("٣٤٦ ٧٩٠") == clean_pin("۳۴۶۷۹۰") == clean_pin("৩৪৬-৭৯০") == "346790"
    assert clean_code("a৩٤۶") == "A346"


def test_whose_card_it_is_is_told_to_the_city_alone(made, person, colleague, stranger, case_worker, desk_operator):
    code = made[0].code
    assert person_of_card(colleague, person.partner_id, code) == person
    assert person_of_card(stranger, person.partner_id, code) is None
    assert person_of_card(colleague, stranger.memberships.get().partner_id, code) is None
    person.restricted = True
    person.save()
    assert person_of_card(colleague, person.partner_id, code) is None
    assert person_of_card(desk_operator, person.partner_id, code) == person
    stop_own_card(by=desk_operator, card=made[0])
    assert person_of_card(desk_operator, person.partner_id, code) is None


# -- pages -----------------------------------------------------------------------------------------------------------


def test_the_card_is_made_with_its_pin_shown_once(person, desk_operator, sign_in):
    client = sign_in(desk_operator)
    PersonLanguage.objects.create(person=person, language="wo", is_preferred=True)
    PersonLanguage.objects.create(person=person, language="ar")
    form = client.get(reverse("own_card_new", args=[person.pk]))
    sent = {"language": form.context["form"]["language"].value(), "record_id": str(uuid7())}
    assert sent["language"] == "ar"
    answer = client.post(reverse("own_card_new", args=[person.pk]), sent)
    page = answer.content.decode()
    card = OwnCard.objects.get()
    assert check_password(pin_on(page), card.pin_hash)
    assert "no-store" in answer["Cache-Control"]
    assert 'lang="ar" dir="rtl"' in page
    assert WORDS["ar"]["title"] in page
    assert WORDS["it"]["title"] in page
    assert f"{card.code[:4]} {card.code[4:]}" in page
    assert "testserver/me" in page
    assert "Provadati" not in re.sub(r"<header.*?</header>|<nav.*?</nav>", "", page, flags=re.DOTALL)
    again = client.post(reverse("own_card_new", args=[person.pk]), sent)
    assert again.status_code == 302
    assert again["Location"] == reverse("own_card_detail", args=[card.pk])
    shown = client.get(again["Location"]).content.decode()
    assert "own-pin" not in shown
    assert card.code[:4] in shown


def test_a_new_pin_and_the_stop_from_the_page(made, person, desk_operator, sign_in):
    client, card = sign_in(desk_operator), made[0]
    page = client.post(reverse("own_card_pin", args=[card.pk])).content.decode()
    card.refresh_from_db()
    assert check_password(pin_on(page), card.pin_hash)
    assert card.code in client.get(reverse("person_detail", args=[person.pk])).content.decode()
    assert client.post(reverse("own_card_stop", args=[card.pk])).status_code == 302
    shown = client.get(reverse("person_detail", args=[person.pk])).content.decode()
    assert card.code not in shown
    assert reverse("own_card_new", args=[person.pk]) in shown
    assert "it opens nothing any more" in client.get(reverse("own_card_detail", args=[card.pk])).content.decode()
    assert client.post(reverse("own_card_pin", args=[card.pk])).status_code == 302


def test_how_the_page_speaks_is_changed(made, desk_operator, sign_in):
    client, address = sign_in(desk_operator), reverse("own_card_detail", args=[made[0].pk])
    assert client.post(address, {"language": "xx"}).status_code == 422
    assert client.post(address, {"language": "bn", "discreet": "on", "shows_name": "on"}).status_code == 302
    card = OwnCard.objects.get()
    assert (card.language, card.discreet, card.shows_name) == ("bn", True, True)


def test_a_discreet_card_names_no_service(made, desk_operator, sign_in):
    change_own_card(by=desk_operator, card=made[0], details=OwnCardDetails("it", discreet=True))
    page = sign_in(desk_operator).get(reverse("own_card_detail", args=[made[0].pk])).content.decode()
    card = page[page.index('<article class="own-card"') : page.index("</article>")]
    assert "LGNet" not in card
    assert "Comune" not in card
    assert WORDS["it"]["title"] not in card
    assert WORDS["it"]["discreet"] in card
    assert "testserver/me" in card


def test_that_a_card_is_locked_is_told_to_staff(made, desk_operator, sign_in):
    for _try in range(5):
        open_own_page(code=made[0].code, pin="wrong", address="")
    page = sign_in(desk_operator).get(reverse("own_card_detail", args=[made[0].pk])).content.decode()
    assert "tried wrong PINs" in page
    new = renew_pin(by=desk_operator, card=made[0])
    assert open_own_page(code=made[0].code, pin=new, address="").card


def test_a_closed_file_asks_for_a_reason_first(made, person, colleague, stranger, sign_in):
    for name, pk in (("own_card_new", person.pk), ("own_card_detail", made[0].pk)):
        answer = sign_in(colleague).get(reverse(name, args=[pk]))
        assert answer.status_code == 302
        assert "/open" in answer["Location"]
        assert sign_in(stranger).get(reverse(name, args=[pk])).status_code == 404


def test_the_desk_receives_with_the_code(made, person, desk_operator, sign_in):
    client = sign_in(desk_operator)
    for asked in ({"q": made[0].code}, {"code": made[0].code}, {"q": f"http://testserver/me/{made[0].code}"}):
        page = client.get(reverse("visit_new"), asked).content.decode()
        assert f'value="{person.pk}" id="who-{person.pk}" checked' in page
        assert "No card of this city" not in page
    row = AuditEntry.objects.filter(action="list").latest("created_at")
    assert row.detail["persons"] == [str(person.pk)]
    team = client.get(reverse("visit_new")).context["form"]["team"].field.queryset.get()
    sent = {"code": made[0].code, "who": str(person.pk), "team": str(team.pk), "record_id": str(uuid7())}
    assert client.post(reverse("visit_new"), sent).status_code == 302
    assert person.visits.count() == 1


def test_a_stopped_card_is_told_at_the_desk(made, desk_operator, sign_in):
    stop_own_card(by=desk_operator, card=made[0])
    page = sign_in(desk_operator).get(reverse("visit_new"), {"code": made[0].code}).content.decode()
    assert "No card of this city has the code" in page


# -- words -----------------------------------------------------------------------------------------------------------


def test_the_words_are_there_in_eight_languages(settings):
    assert set(WORDS) == {code for code, _name in settings.PUBLIC_LANGUAGES}
    for language, words in WORDS.items():
        assert set(words) == set(WORDS["en"])
        assert all(text == text.strip() != "" for text in words.values())
        if language in RIGHT_TO_LEFT:
            assert not any(sign.isascii() and sign.isalpha() for sign in "".join(words.values()))


def test_made_today(made):
    assert timezone.localdate(made[0].created_at) == timezone.localdate()
