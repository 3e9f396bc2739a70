"""The page of a person for who works on a part of her or his case: what that part needs, and nothing else (ADR 24)."""

from typing import Any

from lgnet.cases.selectors import cases_of
from lgnet.cases.task_selectors import own_tasks_about
from lgnet.desks.appointment_selectors import appointments_of
from lgnet.messaging.selectors import unwanted_by
from lgnet.network.access import can
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.document_selectors import documents_of
from lgnet.people.models import ContactPoint, Person
from lgnet.people.policies import FileAccess
from lgnet.people.wording import language_words


def part_of_person(user: User, person: Person, file: FileAccess) -> dict[str, Any]:
    """Name as used, code, languages, interpreter, what is dangerous, safe contacts, own tasks, papers, appointments."""
    points = list(person.contact_points.filter(ended_on__isnull=True).order_by("created_at"))
    return {
        "person": person,
        "spoken": ", ".join(language_words(one) for one in person.languages.all()),
        "points": [point for point in points if point.safe == ContactPoint.Safe.YES],
        "unsafe": any(point.safe == ContactPoint.Safe.NO for point in points),
        "unwanted": unwanted_by(person),
        "cases": list(cases_of(user, person)),
        "tasks": own_tasks_about(user, person),
        "documents": documents_of(user, person, file),
        "appointments": list(appointments_of(user, person, file)[:5]),
        "may_book": can(user, Permission.BOOK_APPOINTMENT, partner=person.partner_id),
        "may_keep": can(user, Permission.REGISTER_PERSON, partner=person.partner_id),
    }
