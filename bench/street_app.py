"""`python -m bench.street_app`: the street app in Chromium, on a processor slowed down four times, offline and on slow 3G.

The bars: a contact saved offline (200 ms), start offline (2 s), 500 operations synchronised on a slow 3G link of
400 kbit/s and 400 ms a round trip (10 s), each of them once on the server.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.command import alone
from bench.engines import say
from bench.report import Table

SLOWER = 4
SLOW_3G = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}
SAVES = 30
OPERATIONS = 500
# From the tap on the button to the words that it is saved; what follows (the lists) is not waited for.
SAVE = """async ([name]) => {
    const until = async (ready) => { while (!ready()) await new Promise((go) => setTimeout(go, 20)); };
    await until(() => !document.getElementById("screen-home").hidden);
    location.hash = "#new";
    await until(() => !document.getElementById("screen-new").hidden);
    const form = document.getElementById("contact");
    form.querySelector("#who-nickname").click();
    form.elements.nickname.value = name;
    form.elements.nickname.dispatchEvent(new Event("input", { bubbles: true }));
    if (!form.elements.zone.value) form.elements.zone.selectedIndex = 1;
    await new Promise((go) => setTimeout(go, 700));
    const saved = document.getElementById("saved");
    const said = new Promise((go) => {
        const watch = new MutationObserver(() => saved.textContent.includes(name) && (watch.disconnect(), go()));
        watch.observe(saved, { childList: true, subtree: true, characterData: true });
    });
    const began = performance.now();
    form.querySelector(".street-save .btn-primary").click();
    await said;
    return performance.now() - began;
}"""
# From the start of the navigation to a screen that can be used.
READY = """(id) => new Promise((go) => {
    const look = () => document.getElementById(id)?.hidden === false ? go(performance.now()) : setTimeout(look, 5);
    look();
})"""


def options(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def measure(engine: str, asked: argparse.Namespace) -> list[Table]:
    """Serve a small demo, measure in the browser; each operation has to be on the server once."""
    from playwright.sync_api import sync_playwright

    from tests.e2e.conftest import FLAGS, Server, chromium
    from tests.e2e.street_phone import set_up

    with tempfile.TemporaryDirectory(prefix="lgnet-street-") as folder, sync_playwright() as playwright:
        machine = Server(Path(folder))
        machine.prepare("0.06")
        machine.start()
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            context = browser.new_context(base_url=machine.url, viewport={"width": 390, "height": 844}, locale="it")
            page = set_up(context)
            rows = [*saving(context, page), *starting(context), synchronising(context, page, machine)]
        finally:
            browser.close()
            machine.stop()
    table = Table(
        "The street app in Chromium",
        ("what", "measured ms", "bar"),
        note=f"Processor slowed down {SLOWER} times, but for the last row: there the link is slow, 400 kbit/s and 400 "
        f"ms a round trip, and the least that it allows is said beside it.",
    )
    for name, milliseconds, bar in rows:
        verdict = table.verdict(milliseconds < bar, f"{bar:,} ms") if bar else ""
        table.rows.append((name, f"{milliseconds:,.0f}", verdict))
    return [table]


def saving(context: Any, page: Any) -> list[tuple[str, float, int | None]]:
    """Save contacts offline, the first of them into a queue that has 200 already."""
    from tests.e2e.street_phone import fill_queue

    say("saving offline")
    context.set_offline(True)
    fill_queue(page, [f"Coda {n:03}" for n in range(200)])
    slow = context.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    times = sorted(page.evaluate(SAVE, [f"Misura {n:02}"]) for n in range(SAVES))
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    p95 = times[int(len(times) * 0.95) - 1]
    return [
        (f"contact saved offline, 200 in the queue, p50 of {SAVES}", statistics.median(times), None),
        (f"contact saved offline, 200 in the queue, p95 of {SAVES}", p95, 200),
    ]


def starting(context: Any) -> list[tuple[str, float, int | None]]:
    """Open the app in a new tab offline; then open the store with the PIN."""
    from tests.e2e.street_phone import APP, PIN

    say("starting offline")
    starts, unlocks = [], []
    for _time in range(5):
        page = context.new_page()
        slow = context.new_cdp_session(page)
        slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(APP, wait_until="commit")
        starts.append(page.evaluate(READY, "screen-lock"))
        page.fill("#pin", PIN)
        began = page.evaluate("performance.now()")
        page.click("#pin-go")
        unlocks.append(page.evaluate(READY, "screen-home") - began)
        page.close()
    return [
        ("start offline to the PIN, median of 5", statistics.median(starts), 2000),
        ("PIN to tonight's list (600,000 rounds), median of 5", statistics.median(unlocks), None),
    ]


def synchronising(context: Any, page: Any, machine: Any) -> tuple[str, float, int]:
    """Send 500 operations over slow 3G."""
    from playwright.sync_api import expect

    from tests.e2e.street_phone import APP, fill_queue, on_server, sent

    say("synchronising")
    context.set_offline(False)
    page.goto(f"{APP}#send")
    page.click("#send-now")
    sent(page, 120_000)
    link = context.new_cdp_session(page)
    link.send("Network.enable")
    link.send("Network.emulateNetworkConditions", SLOW_3G)
    fill_queue(page, [f"Lenta {n:03}" for n in range(OPERATIONS)])
    page.evaluate("dispatchEvent(new Event('offline'))")  # draws the count
    expect(page.locator("#state")).to_contain_text(str(OPERATIONS))
    began = time.monotonic()
    page.click("#send-now", no_wait_after=True)
    sent(page, 120_000)
    seconds = time.monotonic() - began
    there = on_server(machine, "Lenta")
    if there != [f"Lenta {n:03}" for n in range(OPERATIONS)]:
        raise SystemExit(f"{len(there)} of {OPERATIONS} operations are on the server")
    return f"{OPERATIONS} operations synchronised on slow 3G", seconds * 1000, 10_000


if __name__ == "__main__":
    sys.exit(alone("street-app"))
