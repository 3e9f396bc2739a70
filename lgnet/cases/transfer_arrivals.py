"""A transfer is acknowledged: the person, the file and the case begin in the new city, and end at the sender's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from lgnet.audit.models import AuditEntry
from lgnet.cases.codes import Destination
from lgnet.cases.models import Case, Goal, Transfer, TransferCopy
from lgnet.cases.plan_writing import GoalDraft
from lgnet.cases.policies import works_on
from lgnet.cases.services import end_case, open_case, save_plan
from lgnet.cases.tasks import add_task
from lgnet.cases.transfer_content import IDENTITY, Content
from lgnet.cases.transfers import end_transfer, lock_transfer, log_answer, require_waiting
from lgnet.catalogue.models import Team
from lgnet.core.errors import DomainError
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.document_copies import copy_document
from lgnet.people.matching import Identity
from lgnet.people.models import ContactPoint, Document, Household, Identifier, NoticeGiven, Person
from lgnet.people.numbers import normal_number
from lgnet.people.policies import file_is_open_for
from lgnet.people.records import add_contact_point, add_identifier, put_in_household
from lgnet.people.selectors import likely_duplicates
from lgnet.people.services import (
    PersonDetails,
    log_write,
    register_person,
    require,
    restrict_file,
    update_person,
)

NOTICE_WITHIN = timedelta(days=30)  # GDPR 14.3: a month at most


@dataclass(frozen=True)
class Welcome:
    """Who takes the person in charge; `existing` is the person, if she or he was known in the city already."""

    team: Team
    manager: User
    members: Iterable[User] = ()
    existing: Person | None = None


@transaction.atomic
def acknowledge_transfer(*, by: User, transfer: Transfer, welcome: Welcome) -> TransferCopy:
    """Take the person in charge here with what was sent; the case at the sender ends as moved. Twice is once.

    Raises DomainError when it was answered or taken back, or who takes in charge does not fit; PermissionDenied.
    """
    locked = lock_transfer(transfer)
    city = locked.to_partner
    require(by, Permission.OPEN_CASE, city)
    require(by, Permission.WORK_ON_CASE, city)
    if locked.status == Transfer.Status.ACKNOWLEDGED and locked.ended_by_id == by.pk:
        return TransferCopy.objects.get(transfer=locked)
    require_waiting(locked)
    if welcome.team.partner_id != city.pk:
        raise DomainError(_("The team belongs to another city."), field="team")
    content = dict(locked.content)
    person = _person(by, locked, welcome, content)
    case = _case(by, locked, welcome, person)
    _add_what_came(by, locked, person, content)
    _draft_plan(by, case, content)
    content["documents"] = _documents(by, person, content)
    if not content["documents"]:
        del content["documents"]
    _remember_notice(by, case)
    copy = TransferCopy.objects.create(
        partner=city, transfer=locked, person=person, case=case, from_partner=locked.partner,
        sent_on=timezone.localdate(locked.sent_at), parts=[*locked.parts, *locked.document_classes], content=content,
        joined=welcome.existing is not None, received_by=by,
    )  # fmt: skip
    log_write(AuditEntry.Action.CREATE, by, copy, person, detail={"from": locked.partner.slug})
    _end_there(by, locked)
    return copy


def alike(by: User, transfer: Transfer) -> list[Person]:
    """Who of the receiving city may be the person that was sent, best first; nobody that is hidden from the user."""
    content = transfer.content
    known = content.get("identity", {})
    numbers = ((one["kind"], normal_number(one["value"])) for one in content.get("numbers", ()))
    phones = (one["value"] for one in content.get("contacts", ()) if one["kind"] == ContactPoint.Kind.PHONE)
    identity = Identity(
        **known | {"birth_date": _day(known.get("birth_date"))}, identifiers=frozenset(numbers),
        phones=frozenset(phones),
    )  # fmt: skip
    return [person for person, _match in likely_duplicates(by, transfer.to_partner, identity)]


def _end_there(by: User, transfer: Transfer) -> None:
    """At the sender's: the case ends as moved, whoever sent it has closed it, and nothing of the content stays.

    The note on the outcome is kept in the language of who acknowledges, as everything that is written.
    """
    case = transfer.case
    if case.is_open:
        words = _("Taken in charge in %(city)s.") % {"city": transfer.to_partner.short_name}
        end_case(
            by=by, case=case, closed_on=timezone.localdate(), outcome=Case.Outcome.MOVED, outcome_note=words,
            destination=Destination.OTHER_CITY,
        )  # fmt: skip
        Case.objects.filter(pk=case.pk).update(closed_by=transfer.sent_by)
    end_transfer(transfer, by, Transfer.Status.ACKNOWLEDGED)
    log_write(AuditEntry.Action.UPDATE, by, transfer, transfer.person, detail={"status": transfer.status})
    log_answer(by, transfer)


def _person(by: User, transfer: Transfer, welcome: Welcome, content: Content) -> Person:
    """Registered anew, or the one who is there with what was not known yet."""
    details = _details(content)
    if (there := welcome.existing) is None:
        return register_person(by=by, team=welcome.team, details=details)
    if there.partner_id != transfer.to_partner_id:
        raise PermissionDenied(str(Permission.OPEN_CASE))
    if not file_is_open_for(by, there):
        raise DomainError(_("This file is closed to you. Open it first, with the reason, then come back."), field="who")
    known: dict[str, Any] = {name: getattr(there, name) or getattr(details, name) for name in IDENTITY}
    if there.birth_date:
        known["birth_precision"] = there.birth_precision
    spoken = {one.language: one.literacy for one in there.languages.all()}
    for language, literacy in details.languages:
        spoken[language] = spoken.get(language) or literacy
    merged = PersonDetails(
        **known, note=there.note, languages=tuple(spoken.items()),
        interpreter_needed=there.interpreter_needed or details.interpreter_needed,
    )  # fmt: skip
    return update_person(by=by, person=there, details=merged)


def _details(content: Content) -> PersonDetails:
    known, spoken = content["identity"], content.get("languages", {"spoken": (), "interpreter_needed": False})
    return PersonDetails(
        **known | {"birth_date": _day(known["birth_date"])}, interpreter_needed=spoken["interpreter_needed"],
        languages=tuple((one["language"], one["literacy"]) for one in spoken["spoken"]),
    )  # fmt: skip


def _case(by: User, transfer: Transfer, welcome: Welcome, person: Person) -> Case:
    """A case of its own with its team, to which who acknowledges belongs; or the one that is open for the person.

    What is written of where it comes from is kept in the language of who acknowledges.
    """
    case = Case.objects.filter(person=person, partner=person.partner_id, status=Case.Status.OPEN).first()
    if case is not None and not works_on(by, case):
        words = _("This person is in charge here already. Ask %(who)s to acknowledge it.")
        raise DomainError(words % {"who": case.manager.full_name}, field="who")
    if case is None:
        words = _("Transferred by %(city)s.") % {"city": transfer.partner.short_name}
        case = open_case(
            by=by, person=person, team=welcome.team, manager=welcome.manager, basis=Case.Basis.TRANSFER,
            basis_note=words, members=[*welcome.members, by],
        )  # fmt: skip
    if transfer.is_restricted and not person.restricted:
        reason = _("It was restricted in %(city)s.") % {"city": transfer.partner.short_name}
        case.person = restrict_file(by=by, person=person, restricted=True, reason=reason)
    return case


def _add_what_came(by: User, transfer: Transfer, person: Person, content: Content) -> None:
    """Numbers, ways to be reached and household, where they are not there yet."""
    for one in content.get("numbers", ()):
        if not Identifier.objects.filter(person=person, kind=one["kind"], value=one["value"]).exists():
            add_identifier(by=by, person=person, kind=one["kind"], value=one["value"])
    there = set(person.contact_points.filter(ended_on__isnull=True).values_list("kind", "value"))
    for one in content.get("contacts", ()):
        if (one["kind"], one["value"]) not in there:
            add_contact_point(
                by=by, person=person, kind=one["kind"], value=one["value"], safe=one["safe"], note=one["note"]
            )  # fmt: skip
    if (household := content.get("household")) and person.household_id is None:
        put_in_household(
            by=by, person=person, role=household["role"], household=_came_before(transfer, person),
            new_name=household["name"],
        )  # fmt: skip


def _came_before(transfer: Transfer, person: Person) -> Household | None:
    """The household here of who came from the same one before: together again; nobody's, who has left it meanwhile."""
    if transfer.person.household_id is None:
        return None
    came = TransferCopy.objects.filter(
        partner=person.partner_id, transfer__person__household=transfer.person.household_id,
        person__household__isnull=False,
    ).first()  # fmt: skip
    return came.person.household if came else None


def _draft_plan(by: User, case: Case, content: Content) -> None:
    """Goals not reached yet begin the draft of the first plan; what was agreed elsewhere is signed anew here."""
    goals = [
        GoalDraft(goal["area"], goal["words"], _from_today(_day(goal["due_on"])))
        for goal in content.get("plan", {}).get("goals", ())
        if goal["status"] != Goal.Status.REACHED
    ]
    if goals and not case.plans.exists():
        save_plan(by=by, case=case, goals=goals)


def _documents(by: User, person: Person, content: Content) -> list[Content]:
    """Copy the documents; one that was destroyed meanwhile, or is kept for others than was agreed, is marked."""
    told = []
    for one in content.get("documents", ()):
        found = Document.objects.select_related("person", "partner").filter(pk=one["id"]).first()
        here = {key: value for key, value in one.items() if key != "id"}
        if found is None or found.is_destroyed:
            told.append(here | {"missing": True})
        elif found.access != one["access"]:
            told.append(here | {"kept_back": True})
        else:
            told.append(here | {"id": str(copy_document(by=by, document=found, person=person).pk)})
    return told


def _remember_notice(by: User, case: Case) -> None:
    """The notice of the new city is still to be given, if it was not: a task for the manager.

    Its words are kept in the language of who acknowledges.
    """
    if not case.person.notices.filter(kind=NoticeGiven.Kind.PRIVACY).exists():
        words = _("Give the privacy notice of our city: the data came from another one (GDPR art. 14).")
        due = timezone.localdate() + NOTICE_WITHIN
        add_task(by=by, case=case, words=words, owner=case.manager, due_on=due)


def _day(text: str | None) -> date | None:
    return parse_date(text) if text else None


def _from_today(day: date | None) -> date | None:
    return day if day and day >= timezone.localdate() else None
