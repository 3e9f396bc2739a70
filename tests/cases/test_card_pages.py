"""The card is written in the language of the person, with Italian beside it, and a picture that scanners read."""

import re

import pytest
import qrcode
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from lgnet.cases.card_words import WORDS
from lgnet.cases.cards import card_of
from lgnet.cases.referrals import send_referral
from lgnet.catalogue.models import Site, Zone
from lgnet.core.qr import qr_code
from lgnet.outreach.services import Sighting, record_contact, refer_contact
from lgnet.people.models import PersonLanguage
from tests.conftest import team_of
from tests.queries import count_queries


@pytest.fixture
def give(partner, outreach_operator):
    """Return `give(language)`: the card of somebody met in the street who speaks it."""
    unit, zone = team_of(partner, "mobile_unit"), Zone.objects.get(partner=partner)

    def given(language):
        contact = record_contact(
            by=outreach_operator, team=unit, zone=zone, occurred_at=timezone.now(), sighting=Sighting(language=language)
        )
        return refer_contact(by=outreach_operator, contact=contact, to_team=team_of(partner, "desk"))

    return given


def page_of(client, referral, **asked):
    return client.get(reverse("referral_card", args=[referral.pk]), asked).content.decode()


def test_a_card_can_be_written_in_every_public_language():
    assert set(WORDS) == set(dict(settings.PUBLIC_LANGUAGES))


@pytest.mark.parametrize(
    ("spoken", "language", "direction"),
    [("ar", "ar", "rtl"), ("ur", "ur", "rtl"), ("fr", "fr", "ltr"), ("wo", "en", "ltr"), ("", "en", "ltr")],
)
def test_it_is_in_the_language_of_the_contact_with_italian(
    sign_in, outreach_operator, give, spoken, language, direction
):
    page = page_of(sign_in(outreach_operator), give(spoken))
    assert f'<article class="paper-card" lang="{language}" dir="{direction}">' in page
    for key in ("title", "show_at", "code", "free"):
        assert WORDS[language][key] in page.replace("&#x27;", "'")
        assert WORDS["it"][key] in page.replace("&#x27;", "'")


def test_it_can_be_switched_and_in_italian_says_nothing_twice(sign_in, outreach_operator, give):
    client, referral = sign_in(outreach_operator), give("ar")
    page = page_of(client, referral, language="it")
    assert page.count(WORDS["it"]["free"]) == 1
    assert WORDS["ar"]["free"] not in page
    assert 'aria-current="true"' in re.search(r'<a href="\?language=it"[^>]*>', page)[0]
    for odd in ("xx", "", "\x00", "it' onload='", "ar" * 500):
        assert WORDS["ar"]["free"] in page_of(client, referral, language=odd)


def test_of_somebody_registered_it_takes_a_language_there_are_words_in(desk_operator, partner, person):
    PersonLanguage.objects.create(person=person, language="ber", is_preferred=True)
    PersonLanguage.objects.create(person=person, language="fr")
    teams = {"from_team": team_of(partner, "desk"), "to_team": team_of(partner, "multidisciplinary")}
    assert card_of(send_referral(by=desk_operator, person=person, **teams)).language == "fr"
    PersonLanguage.objects.filter(language="fr").update(language="ar", is_preferred=True)
    assert card_of(send_referral(by=desk_operator, person=person, language="es", **teams)).language == "es"


def test_an_address_that_is_not_published_is_on_no_card(give, partner):
    site = Site.objects.get(partner=partner)
    site.address, site.hours = "Via Segreta 9", "lun-ven 9-13"
    site.save()
    referral = give("en")
    referral.to_team.site = site
    assert (card_of(referral).address, card_of(referral).hours) == ("", "")
    site.is_published = True
    assert (card_of(referral).address, card_of(referral).hours) == ("Via Segreta 9", "lun-ven 9-13")


def drawn(path, size):
    """The modules that an SVG path of bars paints."""
    dark = {
        (int(row), column)
        for start, row, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path)
        for column in range(int(start), int(start) + int(length))
    }
    return [[(row, column) in dark for column in range(size)] for row in range(size)]


@pytest.mark.parametrize("text", ["AB12CD", "https://example.org/help/genova"])
def test_the_picture_draws_the_modules_of_the_code(text):
    plain = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    plain.add_data(text, optimize=0)
    picture = qr_code(text)
    assert drawn(picture.path, picture.size) == plain.get_matrix()


def test_the_picture_of_a_card_is_its_code(sign_in, outreach_operator, give):
    referral = give("bn")
    assert qr_code(referral.code).path in page_of(sign_in(outreach_operator), referral)


def test_a_card_costs_few_queries(sign_in, outreach_operator, give):
    url = reverse("referral_card", args=[give("uk").pk])
    assert count_queries(sign_in(outreach_operator), url) <= 9
