"""What the kiosk of a waiting room says, in every public language at once: it changes language without the network."""

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lgnet.catalogue.models import ServiceType

Area = ServiceType.Area
# In the words of who asks, not of the catalogue. The pictures are those of the street form.
TOPICS: dict[str, Promise] = {
    Area.LEGAL: gettext_lazy("Documents, permit to stay"),
    Area.HEALTH: gettext_lazy("Health, doctor"),
    Area.HOUSING: gettext_lazy("A place to sleep, a home"),
    Area.WORK: gettext_lazy("Work"),
    Area.LANGUAGE: gettext_lazy("Italian course"),
    Area.PRACTICAL: gettext_lazy("Shower, laundry, post"),
    Area.SOCIAL: gettext_lazy("Help for me or my family"),
    Area.PSYCHOLOGICAL: gettext_lazy("Talk about how I feel"),
    Area.ORIENTATION: gettext_lazy("Information"),
}


def kiosk_words() -> list[dict[str, Any]]:
    """For each public language: its code, name, direction, the topics with their words, and the other texts."""
    return [_in(code, name) for code, name in settings.PUBLIC_LANGUAGES]


def _in(code: str, name: str) -> dict[str, Any]:
    with translation.override(code):
        return {
            "code": code, "name": name, "direction": "rtl" if translation.get_language_bidi() else "ltr",
            "topics": {str(topic): str(words) for topic, words in TOPICS.items()},
            "what": _("What do you need?"), "other": _("Something else"), "back": _("Back"),
            "number": _("Your number"), "watch": _("Look at the screen. When you see your number, go to that counter."),
            "ahead": _("People before you: {n}"), "minutes": _("You wait about {n} minutes."),
            "scan": _("Scan it with your phone: it tells you when it is your turn."), "print": _("Print"),
            "done": _("Done"), "failed": _("It did not work. Ask at the desk."),
            "first": _("Are you pregnant, with small children, ill or in danger? Tell us at the desk now."),
            "offline": _("There is no network now. Your number is good."),
        }  # fmt: skip
