"""Coming in with a real browser: passkeys, an app for codes, an invitation; each page accessible on desk and phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, check
from tests.network.signing_in import code

pytestmark = pytest.mark.e2e
HOME = re.compile("://[^/]+/$")
KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def plug_in_key(page: Page):
    """Give the browser a device that answers for its owner; return how to talk to it, and its number."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    number = device.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})["authenticatorId"]
    return device, number


def submit(page: Page, form: str = "main form >> nth=0") -> None:
    page.locator(form).locator("button[type=submit]").first.click()


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    submit(page)
    page.wait_for_url(re.compile("/accounts/login/"))


def give_password(page: Page, username: str) -> None:
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", PASSWORD)
    submit(page)


def open_with_password(page: Page, address: str) -> None:
    """Open a delicate page, which asks for the password once more."""
    page.goto(address)
    if "/confirm/" in page.url:
        page.fill("main input[name=password]", PASSWORD)
        submit(page)
    page.wait_for_url(re.compile(re.escape(address)))


def test_a_passkey_replaces_the_password_and_serves_as_second_step(visit, axe):
    page = visit("psicologia.genova")
    device, number = plug_in_key(page)
    open_with_password(page, "/accounts/security/keys/add/")
    check(page, axe, "key-add-1280")
    page.fill("input[name=name]", "telefono di lavoro")
    page.check("input[name=passwordless]")
    submit(page, "form[data-passkey]")
    page.wait_for_url(re.compile("/accounts/security/recovery/"))
    check(page, axe, "recovery-codes-1280")
    assert len(device.send("WebAuthn.getCredentials", {"authenticatorId": number})["credentials"]) == 1
    page.goto("/accounts/security/keys/")
    expect(page.locator(".key-list")).to_contain_text("telefono di lavoro")
    check(page, axe, "keys-1280")

    sign_out(page)
    page.goto("/roles")
    submit(page, "form[data-passkey=login]")
    page.wait_for_url(re.compile("://[^/]+/roles$"))

    sign_out(page)
    give_password(page, "psicologia.genova")
    page.wait_for_url(re.compile("/accounts/security/code/"))
    check(page, axe, "second-step-1280")
    submit(page, "form[data-passkey=get]")
    page.wait_for_url(HOME)

    page.goto("/accounts/security/keys/")
    page.locator(".key-actions a").last.click()
    page.wait_for_load_state()
    if "/confirm/" in page.url:  # the key is proof enough, once it was used for that
        page.goto(page.url.replace("/accounts/confirm/", "/accounts/security/keys/confirm/"))
        check(page, axe, "confirm-key-1280")
        submit(page, "form[data-passkey=get]")
        page.wait_for_url(re.compile("keys/[0-9]+/remove/$"))
    check(page, axe, "key-remove-1280")
    submit(page)
    page.wait_for_url(re.compile("/accounts/security/keys/$"))
    sign_out(page)
    give_password(page, "psicologia.genova")
    page.wait_for_url(HOME)


def test_a_key_that_does_not_answer_is_told_and_can_be_tried_again(visit, axe):
    page = visit()
    plug_in_key(page)  # with no passkey for this place
    page.goto("/accounts/login/")
    button = page.locator("form[data-passkey=login] button")
    button.click()
    expect(page.locator("[data-passkey-failed]")).to_be_visible()
    expect(button).to_be_enabled()
    expect(button).to_be_focused()
    check(page, axe, "passkey-failed-1280")


def test_without_a_secure_connection_keys_are_not_offered(visit, server):
    page = visit()
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { get: () => false });")
    page.goto("/accounts/login/")
    expect(page.locator("[data-passkey-missing]")).to_be_visible()
    expect(page.locator("form[data-passkey=login] button")).to_be_disabled()


@pytest.mark.parametrize(("username", "width"), [("legale.genova", 390), ("legale.torino", 1280)])
def test_an_app_is_set_up_and_asked_for(visit, axe, username, width):
    page = visit(username, width=width)
    page.goto("/accounts/security/app/")
    check(page, axe, f"confirm-{width}")
    open_with_password(page, "/accounts/security/app/")
    check(page, axe, f"app-{width}")
    assert page.evaluate("document.querySelector('.set-up-code img').naturalWidth") > 0, "the picture is not blocked"
    page.fill("input[name=code]", "000000")
    submit(page)
    expect(page.locator(".lg-error").first).to_be_visible()
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.fill("input[name=code]", code(secret))
    submit(page)
    page.wait_for_url(re.compile("/accounts/security/recovery/"))
    check(page, axe, f"recovery-codes-{width}")
    recovery = page.locator(".recovery-codes li").all_inner_texts()
    page.goto("/accounts/security/")
    check(page, axe, f"security-{width}")

    sign_out(page)
    give_password(page, username)
    expect(page.locator("input[name=code]")).to_be_focused()
    page.keyboard.type(recovery[0])
    page.keyboard.press("Enter")
    page.wait_for_url(HOME)
    open_with_password(page, "/accounts/security/app/remove/")
    check(page, axe, f"app-remove-{width}")
    submit(page)
    page.wait_for_url(re.compile("/accounts/security/$"))


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_of_staff(visit, axe, width):
    page = visit("coordinamento.genova", width=width)
    page.goto("/invitations/new")
    submit(page, "main form[data-draft]")
    expect(page.locator(".lg-summary")).to_be_focused()
    check(page, axe, f"invitation-errors-{width}")
    page.fill("input[name=full_name]", "Nuova Collega")
    page.fill("input[name=email]", f"nuova.collega.{width}@example.org")
    page.select_option("select[name=role]", "desk_operator")
    submit(page, "main form[data-draft]")
    page.wait_for_url(re.compile("/invitations/[0-9a-f-]{36}"))
    check(page, axe, f"invitation-{width}")
    for address, name in (("/invitations", "invitations"), ("/staff", "staff"), ("/roles", "roles")):
        page.goto(address)
        check(page, axe, f"{name}-{width}")
    page.goto("/staff?role=auditor")
    page.locator("tbody a").first.click()
    page.wait_for_url(re.compile("/staff/[0-9a-f-]{36}"))
    check(page, axe, f"colleague-{width}")
    for link, name in (("/memberships/[^/]+$", "role-change"), ("/memberships/[^/]+/end$", "role-end")):
        links = page.locator(".post-actions a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        page.goto(next(href for href in links if re.search(link, href)))
        check(page, axe, f"{name}-{width}")
        page.go_back()


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_at_the_entrance(visit, axe, width):
    page = visit(width=width)
    for address, name in (
        ("/join/none", "invitation-invalid"),
        ("/accounts/password/reset/sent/", "password-sent"),
        ("/accounts/password/reset/1-x/", "password-link-old"),
        ("/accounts/inactive/", "inactive"),
    ):
        page.goto(address)
        check(page, axe, f"{name}-{width}")
    for _turn in range(5):
        page.goto("/accounts/login/")
        page.fill("input[name=login]", f"nobody{width}")
        page.fill("input[name=password]", "wrong")
        submit(page)
        page.wait_for_load_state()
    check(page, axe, f"locked-out-{width}")
    inside = visit("mediazione.genova", width=width)
    for address, name in (("/accounts/second-factor", "second-factor"), ("/accounts/no-membership", "no-membership")):
        inside.goto(address)
        check(inside, axe, f"{name}-{width}")
