"""What goes along with a transfer: gathered from the file, told in words, written the same way on both sides."""

import json
from collections.abc import Callable, Iterable
from datetime import date
from hashlib import sha256
from typing import Any

from django.utils import translation
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from lgnet.cases.instruments.showing import answer_words
from lgnet.cases.models import Assessment, Case, Goal, Plan, Transfer
from lgnet.cases.transfer_models import Part
from lgnet.catalogue.models import ServiceType
from lgnet.core.languages import country_name, language_name
from lgnet.core.tables import shown
from lgnet.network.models import User
from lgnet.people.codes import AgeBand, Gender, HousingSituation, Literacy
from lgnet.people.document_selectors import present_documents
from lgnet.people.models import ContactPoint, Document, Identifier, Person

Content = dict[str, Any]
Rows = list[tuple[str, str]]
IDENTITY = (
    "nickname", "given_names", "family_names", "birth_date", "birth_precision", "age_band", "gender", "citizenship",
)  # fmt: skip


def gather(user: User, transfer: Transfer) -> Content:
    """Everything that is ticked, as it is now; documents only those the user may read."""
    case, person = transfer.case, transfer.case.person
    found: Content = {"identity": {name: _plain(getattr(person, name)) for name in IDENTITY}}
    gathered: dict[Part, Callable[[], Any]] = {
        Part.NUMBERS: lambda: [{"kind": one.kind, "value": one.value} for one in _in_order(person.identifiers.all())],
        Part.CONTACTS: lambda: _contacts(person),
        Part.LANGUAGES: lambda: {
            "interpreter_needed": person.interpreter_needed,
            "spoken": [{"language": one.language, "literacy": one.literacy} for one in person.languages.all()],
        },
        Part.HOUSEHOLD: lambda: (
            {"name": person.household.name, "role": person.household_role} if person.household else {}
        ),
        Part.PLAN: lambda: _plan(case),
        Part.ASSESSMENTS: lambda: [_assessment(one) for one in case.assessments.select_related("author", "sheet")],
    }
    for part, read in gathered.items():
        if part in transfer.parts:
            found[part.value] = read()
    if transfer.document_classes:
        rows = present_documents(user).filter(person=person, access__in=transfer.document_classes)
        found["documents"] = [_document(one) for one in _in_order(rows)]
    return found


def fingerprint(content: Content) -> str:
    """What tells whether two contents are the same, field by field."""
    return sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def initials_of(person: Person) -> str:
    """The first letters of the names, or of what the person is called."""
    words = person.full_name.split() or person.nickname.split()
    return " ".join(f"{word[0].upper()}." for word in words[:2])


def needs_of(case: Case) -> list[str]:
    """Areas of need: of the latest assessment that names any, or else of the goals."""
    for assessment in case.assessments.all():
        if assessment.needs:
            return list(assessment.needs)
    plan = case.plans.first()
    return sorted({goal.area for goal in plan.goals.all()}) if plan else []


def area_words(codes: Iterable[str]) -> list[str]:
    """Areas of the catalogue in the reader's language."""
    return [str(ServiceType.Area(code).label) for code in codes if code in ServiceType.Area.values]


def _in_order(rows: Any) -> list[Any]:
    return list(rows.order_by("created_at", "pk"))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _contacts(person: Person) -> list[dict[str, str]]:
    rows = _in_order(person.contact_points.filter(ended_on__isnull=True))
    return [{"kind": one.kind, "value": one.value, "safe": one.safe, "note": one.note} for one in rows]


def _plan(case: Case) -> Content:
    plan = case.plans.filter(status=Plan.Status.SIGNED).first() or case.plans.first()
    if plan is None:
        return {}
    goals = [
        {"area": goal.area, "words": goal.words, "due_on": _plain(goal.due_on), "status": goal.status}
        for goal in plan.goals.all()
    ]
    return {
        "version": plan.version, "signed_on": _plain(plan.signed_on), "language": plan.language, "goals": goals
    }  # fmt: skip


def _assessment(one: Assessment) -> Content:
    found = {
        "kind": one.kind, "done_on": _plain(one.done_on), "author": one.author.full_name, "note": one.note,
        "needs": list(one.needs), "housing": one.housing,
    }  # fmt: skip
    if sheet := getattr(one, "sheet", None):
        with translation.override("it"):  # as it was asked; the other city may not have this instrument
            asked, answers = sheet.version.definition, sheet.answers
            lines = [
                [str(question.words), answer_words(question, answers.get(question.key))]
                for section in asked.asked(answers)
                for question in section.questions
            ]
            found["title"], found["lines"] = str(asked.words), [line for line in lines if line[1]]
        found["scores"] = dict(sheet.scores)
    return found


def _document(one: Document) -> Content:
    names = ("kind", "title", "access", "language", "number_masked", "issued_on", "expires_on")
    found: Content = {name: _plain(getattr(one, name)) for name in names}
    pages = one.pages.select_related("file").order_by("number")
    return found | {"id": str(one.pk), "sha256": [page.file.sha256 for page in pages]}


# -- in words ---------------------------------------------------------------------------------------------------------


def told(content: Content) -> list[tuple[str, Rows]]:
    """The content as headings with rows, in the reader's language."""
    writers: dict[str, tuple[str, Callable[[Any], Rows]]] = {
        "identity": (_("Who the person is"), _identity_rows), "numbers": (_("Numbers"), _number_rows),
        "contacts": (_("Ways to reach the person"), _contact_rows), "languages": (_("Languages"), _language_rows),
        "household": (_("Household"), _household_rows), "plan": (_("Plan"), _plan_rows),
        "assessments": (_("Assessments"), _assessment_rows), "documents": (_("Documents"), _document_rows),
    }  # fmt: skip
    return [(title, write(content[key])) for key, (title, write) in writers.items() if key in content]


def _label(choices: Any, code: str) -> str:
    return str(choices(code).label) if code in choices.values else code


def _day(text: str | None) -> str:
    day = parse_date(text) if text else None
    return shown(day) if day else ""


def _identity_rows(one: Content) -> Rows:
    return _known(
        (_("called"), one["nickname"]), (_("given names"), one["given_names"]),
        (_("family names"), one["family_names"]), (_("date of birth"), _day(one["birth_date"])),
        (_("apparent age"), _label(AgeBand, one["age_band"])), (_("gender"), _label(Gender, one["gender"])),
        (_("citizenship"), country_name(one["citizenship"]) if one["citizenship"] else ""),
    )  # fmt: skip


def _known(*rows: tuple[str, str]) -> Rows:
    return [(str(label), value) for label, value in rows if value]


def _number_rows(rows: list[Content]) -> Rows:
    return [(_label(Identifier.Kind, one["kind"]), one["value"]) for one in rows]


def _contact_rows(rows: list[Content]) -> Rows:
    return [
        (
            _label(ContactPoint.Kind, one["kind"]),
            " · ".join(part for part in (one["value"], _label(ContactPoint.Safe, one["safe"]), one["note"]) if part),
        )
        for one in rows
    ]


def _language_rows(one: Content) -> Rows:
    spoken = [
        (language_name(row["language"]), _label(Literacy, row["literacy"]) if row["literacy"] else _("not known"))
        for row in one["spoken"]
    ]
    return [*spoken, (_("interpreter needed"), _("yes") if one["interpreter_needed"] else _("no"))]


def _household_rows(one: Content) -> Rows:
    return _known((_("name of the household"), one["name"]), (_("role in the household"), one["role"])) if one else []


def _plan_rows(one: Content) -> Rows:
    if not one:
        return []
    first = _known((_("signed on"), _day(one["signed_on"])))
    return first + [
        (
            _label(ServiceType.Area, goal["area"]),
            " · ".join(p for p in (goal["words"], _day(goal["due_on"]), _label(Goal.Status, goal["status"])) if p),
        )
        for goal in one["goals"]
    ]


def _assessment_rows(rows: list[Content]) -> Rows:
    found: Rows = []
    for one in rows:
        title = one.get("title") or _label(Assessment.Kind, one["kind"])
        needs, housing = ", ".join(area_words(one["needs"])), _label(HousingSituation, one["housing"])
        found.append((title, " · ".join(p for p in (_day(one["done_on"]), one["author"], needs, housing) if p)))
        found += _known((_("note"), one["note"]))
        found += [(question, answer) for question, answer in one.get("lines", ())]
    return found


def _document_rows(rows: list[Content]) -> Rows:
    return [
        (
            _label(Document.Kind, one["kind"]),
            " · ".join(
                p for p in (one["title"], _label(Document.Access, one["access"]), _day(one["expires_on"])) if p
            ) + (f" ({_('destroyed before it could arrive')})" if one.get("missing") else "")
            + (f" ({_('not sent: who may read it was changed')})" if one.get("kept_back") else ""),
        )
        for one in rows
    ]  # fmt: skip
