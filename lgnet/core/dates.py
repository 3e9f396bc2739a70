"""Days in words, as the reader's language writes them within a sentence."""

from datetime import date, datetime, timedelta

from babel.dates import format_date
from django.utils import timezone
from django.utils.translation import get_language

WEEKDAY = "EEEE d MMMM"


def day_words(moment: date | datetime, pattern: str = WEEKDAY) -> str:
    """The day as "giovedì 26 novembre", or by another pattern of the Unicode standard; of a moment, the day in Rome."""
    day = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
    return format_date(day, pattern, locale=(get_language() or "it").split("-")[0])


def whole_minutes(length: timedelta) -> int:
    """The minutes of a length of time, without those begun."""
    return int(length.total_seconds() // 60)
