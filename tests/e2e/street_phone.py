"""A phone with the street app on it, and what the server has of what it sent."""

import io
import re
import sqlite3
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from typing import Any

from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import PASSWORD, Server

PIN = "258036"
APP = "/street/app/"
NO_LIMIT = 30_000
# How many rows each store of the phone has.
STORED = """import("/static/street/store.js").then((store) =>
    Promise.all(["meta", "queue", "sealed"].map(async (name) => (await store.all(name)).length)))"""
CONTROLLED = """navigator.serviceWorker.controller ? null : new Promise((resolve) =>
    navigator.serviceWorker.addEventListener("controllerchange", () => resolve(null)))"""


def sign_in(page: Page, username: str = "strada.genova") -> None:
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/login" not in url)


def open_app(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto(APP)
    return page


def set_up(context: BrowserContext, look: Callable[[Page], None] | None = None) -> Page:
    """Sign in, set the app up (`look` at its first screen), and wait until it is kept on the phone."""
    page = context.new_page()
    page.goto("/")
    sign_in(page)
    page.goto(APP)
    expect(page.locator("#setup-unit option")).not_to_have_count(0)
    if look:
        look(page)
    page.fill("#setup-pin", PIN)
    page.fill("#setup-again", PIN)
    page.click("#setup-form button")
    expect(page.locator("#screen-home")).to_be_visible(timeout=NO_LIMIT)
    page.evaluate(CONTROLLED)
    sent(page)
    return page


def unlock(page: Page, pin: str = PIN) -> None:
    page.fill("#pin", pin)
    page.click("#pin-go")
    expect(page.locator("#screen-lock")).to_be_hidden(timeout=NO_LIMIT)


def record(page: Page, nickname: str, zone: int = 1) -> None:
    """Record a contact with somebody of this nickname, and see that it was saved."""
    page.goto(f"{APP}#home")
    page.click(".app-main-action")
    if not page.input_value("#contact [name=zone]"):
        page.locator("#contact [name=zone]").select_option(index=zone)
    page.locator("#who-nickname").check(force=True)
    page.fill("#contact [name=nickname]", nickname)
    page.locator("input[name=needs][value=health]").check(force=True)
    save(page)
    expect(page.locator("#saved")).to_contain_text(nickname)


def save(page: Page) -> None:
    """Press the button of the form."""
    page.click(".street-save .btn-primary")


def save_and_see(page: Page) -> None:
    """Press it, and wait for the screen that says that it was saved."""
    save(page)
    expect(page.locator("#screen-home")).to_be_visible()


def fill_queue(page: Page, names: list[str]) -> None:
    """Put contacts into the queue as the form does, without going through its screen each time."""
    page.evaluate(
        """async (names) => {
            const { record } = await import("/static/street/outbox.js");
            const form = document.getElementById("contact");
            const team = form.elements.team.value, zone = form.elements.zone.options[1].value;
            for (const nickname of names)
                await record({ team, zone, who: "nickname", nickname, occurred_at: new Date().toISOString() });
        }""",
        names,
    )


def sent(page: Page, timeout: float = NO_LIMIT) -> None:
    """Wait until everything is sent."""
    expect(page.locator("#state")).to_have_text(re.compile(r"Tutto inviato|All sent"), timeout=timeout)


def on_server(machine: Server, prefix: str) -> list[str]:
    """The nicknames of the contacts on the server that begin so, sorted; one entry for each contact."""
    sql = "SELECT nickname FROM outreach_contact WHERE nickname LIKE ? ORDER BY nickname"
    return [row[0] for row in _rows(machine, sql, f"{prefix}%")]


def traces(machine: Server, nickname: str) -> set[str]:
    """What ties the contacts with this nickname together."""
    return {row[0] for row in _rows(machine, "SELECT trace FROM outreach_contact WHERE nickname = ?", nickname)}


def device_of(page: Page) -> str:
    return page.evaluate("import('/static/street/sync.js').then((sync) => sync.device()).then((own) => own.id)")


def receipt(machine: Server, device: str) -> int | None:
    """How many operations the device said that it had not sent, once its receipt is there."""
    sql = "SELECT unsent_when_wiped FROM outreach_device WHERE id = ? AND wiped_at IS NOT NULL"
    for _try in range(50):
        if rows := _rows(machine, sql, uuid.UUID(device).hex):
            return rows[0][0]
        time.sleep(0.1)
    return None


def ask_to_empty(machine: Server, device: str) -> None:
    """Do in the database what the page of the devices does."""
    with closing(sqlite3.connect(machine.folder / "e2e.sqlite3", timeout=20)) as database, database:
        sql = "UPDATE outreach_device SET wipe_asked_at = datetime('now'), wipe_reason = 'persa' WHERE id = ?"
        assert database.execute(sql, [uuid.UUID(device).hex]).rowcount == 1


def a_colleague(machine: Server, username: str, of: str = "strada.genova") -> None:
    """Let somebody else sign in who works in the same unit, with the same password."""
    machine.run(
        "shell",
        "-c",
        "from lgnet.network.models import Membership, User\n"
        "from lgnet.catalogue.models import TeamMembership\n"
        f"first = User.objects.get(username='{of}')\n"
        f"user = User.objects.create(username='{username}', full_name='Collega Di Prova', password=first.password)\n"
        "for row in Membership.objects.filter(user=first):\n"
        "    Membership.objects.create(user=user, partner=row.partner, role=row.role, starts_on=row.starts_on)\n"
        "for row in TeamMembership.objects.filter(user=first):\n"
        "    TeamMembership.objects.create(user=user, team=row.team, starts_on=row.starts_on)\n",
    )


def row_of(machine: Server, table: str, columns: str, where: str, *values: Any) -> list[Any]:
    """Rows of a table of the server."""
    return _rows(machine, f"SELECT {columns} FROM {table} WHERE {where}", *values)


def forget_that_one_just_signed_in(machine: Server) -> None:
    """Make every sign-in an hour old, for whatever asks for a fresh one."""
    machine.run(
        "shell",
        "-c",
        "from django.contrib.sessions.backends.db import SessionStore\n"
        "from django.contrib.sessions.models import Session\n"
        "for row in Session.objects.all():\n"
        "    session = SessionStore(row.pk)\n"
        "    for one in session.get('account_authentication_methods', []): one['at'] -= 3600\n"
        "    session.modified = True\n"
        "    session.save()\n",
    )


def _rows(machine: Server, sql: str, *values: Any) -> list[Any]:
    with closing(sqlite3.connect(machine.folder / "e2e.sqlite3", timeout=20)) as database:
        return database.execute(sql, values).fetchall()


def photo(width: int = 3000, height: int = 1500) -> dict:
    """A picture as a camera makes it, with the place in it."""
    place = Image.Exif()
    place[0x010F] = "Fotocamera di prova"
    file = io.BytesIO()
    Image.effect_noise((width, height), 40).convert("RGB").save(file, "JPEG", exif=place)
    return {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def stored(page: Page) -> str:
    """Everything that the browser keeps of this site, as text; bytes as the letters they could be."""
    return page.evaluate(
        """async () => {
            const text = (value) => {
                if (value instanceof ArrayBuffer) value = new Uint8Array(value);
                if (ArrayBuffer.isView(value)) return new TextDecoder("latin1").decode(value);
                if (value && typeof value === "object") return Object.entries(value).map(([k, v]) => k + text(v)).join(" ");
                return String(value);
            };
            const open = indexedDB.open("lgnet-street");
            const db = await new Promise((resolve) => (open.onsuccess = () => resolve(open.result)));
            const parts = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie, location.href];
            for (const name of db.objectStoreNames) {
                const request = db.transaction(name).objectStore(name).getAll();
                parts.push(text(await new Promise((resolve) => (request.onsuccess = () => resolve(request.result)))));
            }
            db.close();
            for (const name of await caches.keys())
                for (const kept of await (await caches.open(name)).keys())
                    parts.push(kept.url, await (await caches.match(kept)).clone().text());
            return parts.join("\\n");
        }"""
    )
