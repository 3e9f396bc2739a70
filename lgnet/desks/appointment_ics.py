"""Appointments as iCalendar (RFC 5545): one for the person, feeds for who receives people. Times are universal."""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urljoin

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from lgnet.cases.models import Task
from lgnet.cases.selectors import place_of
from lgnet.core import addresses
from lgnet.desks.appointment_models import Appointment, AppointmentKind
from lgnet.desks.appointment_words import appointment_words, documents_in

PRODUCT = "-//LGNet//appointments//IT"
HERE = {AppointmentKind.Way.IN_PERSON}  # the address is told for those alone


def calendar_for_person(appointment: Appointment, language: str) -> bytes:
    """One appointment for the calendar of the person: when, where, what to bring; nothing of what it is about."""
    event = _event(appointment)
    words, kind = appointment_words(language), appointment.kind
    event.add("summary", words["title"])
    if address := address_of(appointment):
        event.add("location", address)
    bring = documents_in(language, kind.documents, kind.documents_note)
    lines = [words[kind.way], *([f"{words['bring']}: {', '.join(bring)}"] if bring else []), words["cannot"]]
    event.add("description", "\n".join(lines))
    return _calendar([event])


def scanned_event(appointment: Appointment, language: str) -> str:
    """The same for a QR code, short: what a telephone needs to keep it."""
    event = Event()
    event.add("summary", appointment_words(language)["title"])
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    if address := address_of(appointment):
        event.add("location", address)
    return event.to_ical().decode()


def calendar_for_staff(appointments: Iterable[Appointment], tasks: Iterable[Task], site: str) -> bytes:
    """Appointments for who receives people, and what is to be done by a day: pseudonyms and kinds, no name of anybody.

    The words of a task tell of the person and stay in the platform: the event leads there, under the address `site`.
    """
    events = []
    for one in appointments:
        event = _event(one)
        event.add("summary", f"{one.kind.name} · {one.person.pseudonym}")
        people = [one.operator.full_name, one.mediator.full_name if one.mediator else ""]
        event.add("description", " · ".join(part for part in (one.get_status_display(), *people) if part))
        if one.room:
            event.add("location", one.room.name)
        events.append(event)
    return _calendar([*events, *(_task_event(task, site) for task in tasks)], name=_("Appointments"))


def address_of(appointment: Appointment) -> str:
    """Where to come; nothing when nobody has to, or when the place is not public."""
    if appointment.kind.way not in HERE:
        return ""
    place = place_of(appointment.team)
    return " · ".join(part for part in (place["place"], place["address"]) if part) if place["address"] else ""


def _event(appointment: Appointment) -> Event:
    event = Event()
    event.add("uid", f"{appointment.pk}@lgnet")
    event.add("dtstamp", appointment.changed_at)
    event.add("sequence", appointment.sequence)
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    states = {Appointment.Status.CANCELLED: "CANCELLED", Appointment.Status.OFFERED: "TENTATIVE"}
    event.add("status", states.get(Appointment.Status(appointment.status), "CONFIRMED"))
    return event


def _task_event(task: Task, site: str) -> Event:
    """A whole day on which nobody is busy because of it."""
    if task.due_on is None:
        raise ValueError("a task without a day has no place in a calendar")
    event = Event()
    event.add("uid", f"{task.pk}@lgnet")
    event.add("dtstamp", task.created_at)
    event.add("dtstart", task.due_on)
    event.add("dtend", task.due_on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("summary", _("To do · %(code)s") % {"code": task.person.pseudonym})
    event.add("url", urljoin(site, addresses.address_of("task_detail", task.pk)))
    return event


def _calendar(events: Iterable[Event], name: str = "") -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    if name:
        calendar.add("x-wr-calname", name)
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())
