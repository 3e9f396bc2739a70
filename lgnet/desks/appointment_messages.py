"""What is written to the person about an appointment: reminders, changes, offers. Only to numbers that are safe."""

from datetime import datetime, time, timedelta

from babel.dates import format_date
from django.utils import timezone

from lgnet.cases.card_words import card_language
from lgnet.core.periods import at_clock
from lgnet.desks.appointment_models import Appointment
from lgnet.desks.appointment_words import appointment_words
from lgnet.messaging.services import Compose, cancel_messages, write_to_person
from lgnet.network.models import User

REMINDER, CHANGE, OFFER = "appointment_reminder", "appointment_change", "appointment_offer"
DAYS_BEFORE, AT_CLOCK = 2, time(10)
MORNING, LATEST_BEFORE = time(7, 30), timedelta(minutes=90)


def when_in(language: str, moment: datetime) -> dict[str, str]:
    """Day and time of a moment in Rome, in the words of a language."""
    here = timezone.localtime(moment)
    day = format_date(here.date(), "EEEE d MMMM", locale=card_language(language))
    return {"day": day, "time": f"{here:%H:%M}"}


def queue_reminders(appointment: Appointment, *, by: User | None) -> None:
    """Two days before and on the same morning, unless that is past already."""
    now = timezone.now()
    for name, moment in reminder_moments(appointment.starts_at).items():
        if moment > now:
            write_to_person(
                by=by, person=appointment.person, kind=REMINDER, about=appointment, key=_key(appointment, name),
                compose=_composer("reminder", appointment), not_before=moment, expires_at=appointment.starts_at,
            )  # fmt: skip


def reminder_moments(starts_at: datetime) -> dict[str, datetime]:
    """When reminders of an appointment are sent."""
    day = timezone.localdate(starts_at)
    morning = min(at_clock(day, MORNING), starts_at - LATEST_BEFORE)
    return {"days": at_clock(day - timedelta(days=DAYS_BEFORE), AT_CLOCK), "morning": morning}


def tell_moved(appointment: Appointment, *, by: User | None) -> None:
    """The old reminders are not sent; the person hears the new time, and is reminded of that."""
    cancel_messages(about=appointment)
    _tell("moved", appointment, by)
    queue_reminders(appointment, by=by)


def tell_cancelled(appointment: Appointment, *, by: User | None) -> None:
    """The reminders are not sent; the person hears that nobody is expected, unless it was her or his own word."""
    cancel_messages(about=appointment)
    if appointment.reason != Appointment.Reason.PERSON and appointment.starts_at > timezone.now():
        _tell("cancelled", appointment, by)


def tell_offer(appointment: Appointment, *, by: User | None) -> None:
    """A place is free, and until when it is kept."""
    write_to_person(
        by=by, person=appointment.person, kind=OFFER, about=appointment, key=_key(appointment, "offer"),
        compose=_composer("offer", appointment), expires_at=appointment.offer_ends_at,
    )  # fmt: skip


def _tell(words: str, appointment: Appointment, by: User | None) -> None:
    write_to_person(
        by=by, person=appointment.person, kind=CHANGE, about=appointment, key=_key(appointment, words),
        compose=_composer(words, appointment), expires_at=appointment.starts_at,
    )  # fmt: skip


def _composer(words: str, appointment: Appointment) -> Compose:
    def compose(language: str) -> tuple[str, str]:
        known = appointment_words(language)
        values = when_in(language, appointment.starts_at)
        if appointment.offer_ends_at:
            until = when_in(language, appointment.offer_ends_at)
            values["until"] = f"{until['day']} {until['time']}"
        return known["title"], known[words].format(**values)

    return compose


def _key(appointment: Appointment, name: str) -> str:
    return f"appointment:{appointment.pk}:{appointment.sequence}:{name}"
