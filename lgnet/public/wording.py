"""The words of the public site for what services tell in codes, and moments as its languages write them."""

from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from lgnet.core.help_places import Opening

# The heading of each section that a service registers (core.help_places), and the picture beside it.
SECTIONS: dict[str, tuple[Promise, str]] = {
    "street": (gettext_lazy("Where and when you find us"), "van"),
    "services": (gettext_lazy("Services in the city"), "way"),
    "sites": (gettext_lazy("Other places you can go to"), "house"),
}
KINDS: dict[str, Promise] = {
    "one_stop_shop": gettext_lazy("Help desk"),
    "day_centre": gettext_lazy("Day centre"),
    "community_space": gettext_lazy("Meeting place"),
    "hub": gettext_lazy("Help centre"),
}
# Of the Unicode standard; figures stay 0 to 9 in every language, as on the clocks and buses of the city.
DAYS = {
    "es": "EEEE, d 'de' MMMM", "ar": "EEEE، d MMMM", "ur": "EEEE، d MMMM", "uk": "EEEE, d MMMM", "bn": "EEEE, d MMMM",
}  # fmt: skip
DAY = "EEEE d MMMM"


@dataclass(frozen=True)
class Moment:
    """An opening in words. `near` says today or tomorrow, which is true on a screen and not on paper."""

    near: str
    day: str
    hours: str
    is_now: bool


def moment_of(opening: Opening, now: datetime) -> Moment:
    """The opening as the reader's language writes it."""
    start = timezone.localtime(opening.starts_at)
    end = timezone.localtime(opening.ends_at) if opening.ends_at else None
    hours = f"{start:%H:%M}–{end:%H:%M}" if end else _("from %(time)s") % {"time": f"{start:%H:%M}"}
    return Moment(_near(start, now), day_of(start), hours, opening.starts_at <= now)


def day_of(moment: datetime) -> str:
    """The day in Rome as the reader's language writes it."""
    return day_of_date(timezone.localdate(moment))


def day_of_date(day: date) -> str:
    """A day as the reader's language writes it; with its year if that is not this one."""
    language = get_language() or "it"
    form = DAYS.get(language, DAY) + ("" if day.year == timezone.localdate().year else " y")
    return format_date(day, form, locale=language)


def _near(moment: datetime, now: datetime) -> str:
    days = (timezone.localdate(moment) - timezone.localdate(now)).days
    return {0: _("Today"), 1: _("Tomorrow")}.get(days, "")
