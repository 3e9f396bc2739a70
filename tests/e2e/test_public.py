"""The public site in a real browser: both directions of writing, both widths, without script, aloud, on paper."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import check

pytestmark = pytest.mark.e2e
PAGES = {"help": "/help", "help-genova": "/help/genova", "help-napoli": "/help/napoli", "help-nowhere": "/help/nowhere"}
# A device with an Arabic voice: browsers without a desktop have none.
VOICES = """
  const spoken = []; window.spoken = spoken;
  window.speechSynthesis.getVoices = () => [{ lang: "ar-SA", name: "prova" }];
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };
  window.speechSynthesis.speak = (part) => { spoken.push(part.lang + " " + part.text); };
"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["it", "ar"])
def test_every_public_page_in_both_directions(visit, axe, language, width):
    page = visit(width=width, language=language)
    for name, link in PAGES.items():
        page.goto(link)
        assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
        check(page, axe, f"{name}-{language}-{width}")


def test_every_language_fits_a_phone(visit, axe):
    page = visit(width=390)
    page.goto("/help/genova")
    codes = page.eval_on_selector_all(".languages a", "all => all.map(a => a.lang)")
    assert len(codes) == 8
    for code in codes:
        page.locator(f".languages a[lang={code}]").click()
        expect(page.locator("html")).to_have_attribute("lang", code)
        check(page, axe)
        small = "all => all.map(a => a.getBoundingClientRect().height).filter(height => height < 44).length"
        assert page.eval_on_selector_all("main a, main button:not([hidden]), nav a", small) == 0


def test_with_the_keyboard_to_the_times_of_a_city(visit):
    page = visit()
    page.goto("/help?lang=uk")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/help/aosta?lang=uk")


def test_without_script_everything_is_there(server, browser):
    context = browser.new_context(base_url=server, java_script_enabled=False, locale="fr")
    page = context.new_page()
    page.goto("/help")
    page.locator("a", has_text="Genova").click()
    expect(page.locator("h1")).to_have_text("Aide dans la rue à Genova")
    expect(page.locator(".place").first).to_be_visible()
    expect(page.locator("button:visible")).to_have_count(0)
    context.close()


def test_it_is_read_aloud_where_the_device_can(visit):
    page = visit(width=390)
    page.goto("/help/genova?lang=ar")
    expect(page.locator("[data-read-aloud]")).to_be_hidden()
    page.add_init_script(VOICES)
    page.reload()
    button = page.locator("[data-read-aloud]")
    label = button.inner_text()
    button.click()
    assert page.evaluate("window.spoken") == ["ar " + page.locator("h1").inner_text()]
    assert button.inner_text() == page.locator("[data-read-aloud]").get_attribute("data-stop")
    button.click()
    assert button.inner_text() == label


def test_on_paper_it_is_a_poster(visit):
    page = visit()
    page.goto("/help/genova")
    expect(page.locator(".qr")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator(".qr")).to_be_visible()
    for hidden in (".languages", ".tools", ".demo", ".near"):
        assert page.locator(f"{hidden}:visible").count() == 0
    expect(page.locator("footer img")).to_be_visible()
