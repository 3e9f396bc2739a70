"""A real server with its own database, and a real browser."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "test-results" / "screenshots"  # to look at after a run; `make screenshots` keeps some in docs/
PASSWORD = "lgnet-demo-prova"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream",  # a camera that shows a test picture, once it is allowed
]


class Server:
    """The platform as a newcomer gets it, with a smaller demo, in a folder of its own; it can be stopped and started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        database = f"sqlite:///{folder}/e2e.sqlite3"
        self.env = dict(os.environ, LGNET_DATA_DIR=str(folder), LGNET_DEMO="1", DATABASE_URL=database)
        self.env["LGNET_ALLOWED_HOSTS"] = "127.0.0.1,localhost"
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, *command: str) -> None:
        """Run a command of the platform on this server's data."""
        subprocess.run([sys.executable, "-m", "lgnet.cli", *command], env=self.env, cwd=ROOT, check=True)

    def prepare(self, scale: str) -> None:
        """Make the database with a demo of this scale, and collect the files."""
        for command in (
            ["compile_catalogues"],
            ["migrate", "-v", "0"],
            ["load_network"],
            ["load_demo", "--scale", scale],
            ["collectstatic", "--noinput", "-v", "0"],
        ):
            self.run(*command)

    def start(self) -> None:
        """Serve, and return when it answers."""
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port",
                   str(self.port), "--workers", "2", "--no-ws", "--log-level", "warning", "lgnet.wsgi:application"]  # fmt: skip
        with (self.folder / "server.log").open("a") as log:
            self._process = subprocess.Popen(
                command, env=self.env, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        _wait(self.port)

    def kill(self) -> None:
        """End all its processes at once, in the middle of whatever they do."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(20)
            self._process = None

    def stop(self) -> None:
        """End it in order."""
        if self._process:
            self._process.terminate()
            self._process.wait(20)
            self._process = None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """With a test that fails goes what the server said last: the page tells a visitor only that something went wrong."""
    report = yield
    running = getattr(item, "funcargs", {}).get("machine")
    if report.failed and running is not None:
        lines = (running.folder / "server.log").read_text("utf-8", errors="replace").splitlines()
        report.sections.append(("the server's last words", "\n".join(lines[-80:])))
    return report


@pytest.fixture(scope="session")
def machine(tmp_path_factory) -> Iterator[Server]:
    """A running server, for tests that stop it or look into its database."""
    running = Server(tmp_path_factory.mktemp("lgnet"))
    running.prepare("0.06")
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def server(machine: Server) -> str:
    """The address of the running server."""
    return machine.url


def _wait(port: int) -> None:
    for _try in range(600):  # a busy machine takes its time
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")


def chromium() -> str:
    """Where the browser is, or nothing."""
    return os.environ.get("LGNET_CHROMIUM") or shutil.which("chromium") or ""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if not path:
        pytest.skip("no Chromium: set LGNET_CHROMIUM")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


Visit = Callable[..., Page]


def expected(message: str) -> bool:
    """Whether the browser only says what a test brought about: a 404 asked for, a connection cut."""
    if message.startswith(("htmx:afterRequest", "htmx:sendError", "Response Status Error Code 401")):
        return True  # of a page that renews itself, without a connection or signed out
    return "status of" in message or "ERR_INTERNET_DISCONNECTED" in message


@pytest.fixture
def visit(server: str, browser: Browser) -> Iterator[Visit]:
    """Return `visit(username=None, width=1280, language="it")`: a page, signed in as that demo user.

    At the end of the test no page may have logged an error in its console, nor asked another host for anything.
    """
    contexts, problems = [], []

    def visitor(username: str | None = None, *, width: int = 1280, language: str = "it") -> Page:
        height = 900 if width > 600 else 844
        context = browser.new_context(
            base_url=server, viewport={"width": width, "height": height}, locale=language, has_touch=width < 600
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: problems.append(m.text) if m.type == "error" and not expected(m.text) else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "request", lambda r: problems.append(r.url) if not r.url.startswith((server, "data:", "blob:")) else None
        )
        if username:
            page.goto("/")
            page.fill("input[name=login]", username)
            page.fill("input[name=password]", PASSWORD)
            page.click("main button[type=submit]")
            page.wait_for_url(lambda url: "/login" not in url)
        return page

    yield visitor
    for context in contexts:
        context.close()
    assert problems == []


NewPhone = Callable[..., BrowserContext]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "locale": "it"}
BROUGHT_ABOUT = ("ERR_", "Failed to load resource")  # by a test that cuts the link


@pytest.fixture
def new_phone(server: str, browser: Browser, tmp_path) -> Iterator[NewPhone]:
    """Return `new_phone(**options)`: a phone of its own. No page of it may log an error or ask another host."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def watch(page) -> None:
        page.on("console", lambda m: note(m.text) if m.type == "error" and not expected(m.text) else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda r: problems.append(r.url) if not r.url.startswith((server, "data:")) else None)

    def note(text: str) -> None:
        if not any(part in text for part in BROUGHT_ABOUT):
            problems.append(text)

    def phone(*, on_disk: bool = False, **options) -> BrowserContext:
        wanted = PHONE | {"base_url": server} | options
        if on_disk:
            path = browser.browser_type
            context = path.launch_persistent_context(
                tmp_path / "phone", executable_path=chromium(), args=FLAGS, **wanted
            )
        else:
            context = browser.new_context(**wanted)
        contexts.append(context)
        context.on("page", watch)
        return context

    yield phone
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture(scope="session")
def axe() -> Axe:
    return Axe()


def check(page: Page, axe: Axe, name: str = "") -> None:
    """No finding of axe on the page, nothing wider than the screen; keep a picture under `name` if given."""
    results = axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert results.violations_count == 0, results.generate_report()
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 1, f"the page is {width}px wider than the screen"
    if name:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def send(page: Page) -> None:
    """Press the main button of the page's form, and wait for where it leads."""
    button = page.locator("main form[data-draft] button.btn-primary:not([name]):not([formaction])").last
    with page.expect_navigation():
        button.click()
