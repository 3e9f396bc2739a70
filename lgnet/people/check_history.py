"""The history of a person's title to stay: each check, what it rests on, and what is new in it."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lgnet.people.eligibility import BY_LAW, SOURCES, Rule, Standing, look_of, standing
from lgnet.people.eligibility import COLUMNS as OF_LOOK
from lgnet.people.models import EligibilityCheck, Person

COMPARED = (
    "title_type", "verdict", "issued_on", "expires_on", "is_renewal_receipt", "renewal_asked_on", "receipt_ends_on",
    "converted_from", "conversion_asked_on", "converted_on", "number_masked",
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A check as the history tells it."""

    check: EligibilityCheck
    rule: str
    source: str
    facts: list[tuple[str, str]]
    changes: list[tuple[str, str, str]]  # of what, before, now
    is_first: bool


def history(person: Person) -> list[Told]:
    """The checks of a person whose file the caller has opened, latest first."""
    checks = list(person.eligibility_checks.select_related("checked_by"))
    found = []
    for number, check in enumerate(checks):
        before = checks[number + 1] if number + 1 < len(checks) else None
        rule = Rule(check.rule) if check.rule in Rule.values else None
        found.append(
            Told(
                check=check, rule=str(rule.label) if rule else "", source=str(SOURCES[rule in BY_LAW]) if rule else "",
                facts=_facts(check), changes=_changes(before, check) if before else [], is_first=before is None,
            )
        )  # fmt: skip
    return found


def standing_today(person: Person) -> Standing:
    """Whether the fund counts the person today."""
    rows = person.eligibility_checks.values_list(*OF_LOOK)
    return standing([look_of(*row) for row in rows], timezone.localdate())


def _facts(check: EligibilityCheck) -> list[tuple[str, str]]:
    """What was read on the papers, in words; only what is there."""
    return [(_label(name), words) for name in COMPARED if name != "verdict" and (words := words_of(check, name))]


def _changes(before: EligibilityCheck, now: EligibilityCheck) -> list[tuple[str, str, str]]:
    return [
        (_label(name), words_of(before, name) or _("nothing"), words_of(now, name) or _("nothing"))
        for name in COMPARED
        if getattr(before, name) != getattr(now, name)
    ]


def _label(name: str) -> str:
    text = str(EligibilityCheck._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return text[:1].upper() + text[1:]


def words_of(check: EligibilityCheck, name: str) -> str:
    """A value of a check in words, or an empty text."""
    value = getattr(check, name)
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, bool):
        return _("yes") if value else ""
    if name in {"title_type", "verdict", "converted_from"}:
        return str(getattr(check, f"get_{name}_display")()) if value else ""
    return f"…{value}" if value else ""
