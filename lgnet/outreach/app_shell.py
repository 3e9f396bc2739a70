"""The shell of the street app: the files that a phone keeps, each with the hash it must have, and their version.

The scripts and styles are asked for by their plain names, so that a module finds the others beside it; the worker takes
none whose content is not the one named here, so a phone never holds files of two versions.
"""

import base64
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language

from lgnet.cases.card_words import WORDS as CARD_LANGUAGES
from lgnet.cases.card_words import card_words, direction
from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import service_types
from lgnet.core.languages import native_name
from lgnet.network.models import User
from lgnet.outreach.app_words import words
from lgnet.outreach.forms import ContactForm, ContactReferForm

FONT = "fonts/Titillium_Web/titillium-web-v10-latin-ext_latin-"
MODULES = (
    "api", "app", "clock", "contacts", "crypto", "detail", "dom", "form", "ids", "lists", "now", "outbox", "people",
    "pictures", "picturing", "queue", "referring", "screens", "shell", "store", "sync", "vault", "words", "writing",
)  # fmt: skip
STYLES = ("lgnet/lgnet.css", "outreach/street.css", "street/app.css")
FILES = (
    *STYLES,
    *(f"street/{name}.js" for name in MODULES),
    "outreach/position.js",
    "outreach/pictograms.svg",
    "lgnet/mark.svg",
    *(f"{FONT}{weight}.woff2" for weight in ("regular", "600", "700")),
)
WORKER = Path(__file__).parent / "static" / "street" / "worker.js"


def plain_url(name: str) -> str:
    """The address of a static file by its plain name, without the hash of its content."""
    return f"/{settings.STATIC_URL.strip('/')}/{name}"


def render_shell(user: User) -> str:
    """The page of the app in the language in use. Nothing of the user is in it: it is kept on the phone in clear."""
    no_units: list[Team] = []
    form = ContactForm(user=user, units=no_units, services=list(service_types()))
    context = {
        "form": form, "refer": ContactReferForm(receivers=Team.objects.none(), auto_id="refer_%s"), "offline": True,
        "card_words": {language: _card(language) for language in (*CARD_LANGUAGES, "other")},
        "card_languages": [(language, native_name(language)) for language in CARD_LANGUAGES],
        "words": {name: str(text) for name, text in words().items()},
        "styles": [plain_url(name) for name in STYLES], "script": plain_url("street/app.js"),
        "position": plain_url("outreach/position.js"),
        "mark": plain_url("lgnet/mark.svg"),
    }  # fmt: skip
    return render_to_string("outreach/app.html", context)


def _card(language: str) -> dict[str, Any]:
    """What a card says in a language, and how it is written; "other" stands for one in which it says nothing."""
    return {"words": card_words(language), "direction": direction(language)}


def shell_manifest(user: User) -> dict[str, Any]:
    """What the worker keeps: the page, and each file with its hash as `integrity` of a request; and their version."""
    files = [{"url": plain_url(name), "integrity": f"sha256-{_digest(name)}"} for name in FILES]
    parts = [get_language() or "", render_shell(user), WORKER.read_text(encoding="utf-8")]
    parts += [file["integrity"] for file in files]
    version = sha256("\n".join(parts).encode()).hexdigest()[:12]
    return {"version": version, "page": reverse("street_app"), "files": files}


@lru_cache(maxsize=None if not settings.DEBUG else 0)
def _digest(name: str) -> str:
    """SHA-256 of what is served under the plain name, in base64."""
    if staticfiles_storage.exists(name):
        with staticfiles_storage.open(name) as file:
            content = file.read()
    else:
        found = finders.find(name)
        if found is None:
            raise FileNotFoundError(name)
        content = Path(found).read_bytes()
    return base64.b64encode(sha256(content).digest()).decode()
