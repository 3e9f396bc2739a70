"""Whether the fund counts a person on a day: what the rules propose from a title, and what a history of checks says.

The rules read facts and a day, nothing else, so that they can be told, printed and computed again (docs/adr/0026). Who
is not eligible is helped all the same. What the law leaves open follows `settings.ELIGIBILITY_RULES`.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lgnet.core.periods import Quarter
from lgnet.people.codes import TitleType
from lgnet.people.models import EligibilityCheck, Person

Verdict = EligibilityCheck.Verdict
OF_AGE = 18


class Rule(models.TextChoices):
    """The rule that spoke."""

    EU = "eu", _("Italian and EU citizens are not who this fund is for")
    NO_TITLE = "no_title", _("without a title to stay the fund does not count the person")
    MINOR = "minor", _("a minor without a title has a right to a permit for minor age: it is to be asked for")
    OTHER = "other", _("whether a title of another kind counts has to be asked")
    LONG_TERM = "long_term", _("the status of long-term resident does not end with its card")
    ASYLUM = "asylum", _("an asylum request is a title until it is decided")
    NO_END = "no_end", _("the title has no last day written on it")
    VALID = "valid", _("the title is valid on this day")
    RECEIPT = "receipt", _("the renewal was asked for in time: the title goes on until the answer")
    RECEIPT_NO_DAY = (
        "receipt_no_day",
        _("there is the receipt of a renewal, without the day on which it was asked for"),
    )
    RECEIPT_OVER = "receipt_over", _("the receipt of the renewal has ended too")
    LATE = "late", _("the renewal was asked for too late to keep the title by itself")
    CAN_RENEW = "can_renew", _("the title has ended, and its renewal can still be asked for")
    ENDED = "ended", _("the title has ended")


# Where a rule stands. What is not here is a rule of the project.
BY_LAW = frozenset({Rule.NO_TITLE, Rule.MINOR, Rule.LONG_TERM, Rule.ASYLUM, Rule.VALID, Rule.RECEIPT, Rule.ENDED})
SOURCES: dict[bool, Promise] = {
    True: _("by law"), False: _("a rule of the project, to be confirmed in the eligibility manual"),
}  # fmt: skip


class Facts(NamedTuple):
    """What was read on the papers. `asked_on`: the day on which a renewal, or a conversion, was asked for."""

    title_type: str
    issued_on: date | None = None
    expires_on: date | None = None
    has_receipt: bool = False
    asked_on: date | None = None
    receipt_ends_on: date | None = None


class Proposal(NamedTuple):
    """What the rules propose, and which one."""

    verdict: Verdict
    rule: Rule

    @property
    def source(self) -> Promise:
        """Whether the rule is of the law or of the project."""
        return SOURCES[self.rule in BY_LAW]


class Look(NamedTuple):
    """A check as the history needs it. `proposed`: what the rules proposed then; empty before they were written."""

    day: date
    written_at: datetime
    verdict: str
    proposed: str = ""
    facts: Facts | None = None

    @property
    def follows_rules(self) -> bool:
        """Whether it says what the rules proposed; then they also say how it goes on."""
        return self.facts is not None and self.verdict == self.proposed


class Standing(NamedTuple):
    """Whether the person is eligible on a day, and by which check."""

    verdict: str
    look: Look | None = None

    @property
    def is_eligible(self) -> bool:
        """Whether the fund counts the person on that day."""
        return self.verdict == Verdict.ELIGIBLE


# Titles of which nothing but the type is asked.
BY_TYPE = {
    TitleType.EU_OR_ITALIAN: Proposal(Verdict.NOT_ELIGIBLE, Rule.EU),
    TitleType.NONE: Proposal(Verdict.NOT_ELIGIBLE, Rule.NO_TITLE),
    TitleType.OTHER: Proposal(Verdict.PENDING, Rule.OTHER),
    TitleType.LONG_TERM: Proposal(Verdict.ELIGIBLE, Rule.LONG_TERM),
}


def propose(facts: Facts, day: date, *, is_minor: bool = False) -> Proposal:
    """What the rules say of these facts on a day."""
    kind = TitleType(facts.title_type)
    if kind == TitleType.NONE and is_minor:
        return Proposal(Verdict.PENDING, Rule.MINOR)
    if kind in BY_TYPE:
        return BY_TYPE[kind]
    if facts.expires_on is None:
        return Proposal(Verdict.ELIGIBLE, Rule.ASYLUM if kind == TitleType.ASYLUM_REQUEST else Rule.NO_END)
    if day <= facts.expires_on:
        return Proposal(Verdict.ELIGIBLE, Rule.VALID)
    return _after_the_end(facts, facts.expires_on, day)


def _after_the_end(facts: Facts, end: date, day: date) -> Proposal:
    last_to_ask = end + timedelta(days=settings.ELIGIBILITY_RULES["renewal_days_after"])
    if facts.asked_on is None and facts.has_receipt:
        if facts.receipt_ends_on and facts.receipt_ends_on < day:
            return Proposal(Verdict.PENDING, Rule.RECEIPT_OVER)
        return Proposal(Verdict.ELIGIBLE, Rule.RECEIPT_NO_DAY)
    if facts.asked_on is None or facts.asked_on > day:
        return Proposal(
            *(Verdict.PENDING, Rule.CAN_RENEW) if day <= last_to_ask else (Verdict.NOT_ELIGIBLE, Rule.ENDED)
        )
    if facts.asked_on > last_to_ask:
        return Proposal(Verdict.PENDING, Rule.LATE)
    if facts.receipt_ends_on and facts.receipt_ends_on < day:
        return Proposal(Verdict.PENDING, Rule.RECEIPT_OVER)
    return Proposal(Verdict.ELIGIBLE, Rule.RECEIPT)


def standing(looks: Iterable[Look], day: date) -> Standing:
    """What a history of checks says of a day, in whatever order they were typed.

    The latest check made up to that day counts; of two of the same day the one written later, as it corrects the other.
    Where its verdict is the one of the rules, they say whether the title has ended since. If that makes nobody
    eligible, a later check does that shows a title which was in hand on that day already: issued by then, or, when no
    day of issue was written, seen last in the same quarter.
    """
    last_of_day: dict[date, Look] = {}
    for look in sorted(looks, key=lambda one: (one.day, one.written_at)):
        last_of_day[look.day] = look
    made = [look for at, look in last_of_day.items() if at <= day]
    found = Standing(_goes_on(made[-1], day), made[-1]) if made else Standing(Verdict.PENDING)
    if found.is_eligible:
        return found
    ends = Quarter.of(day).next.first_day
    of_quarter = [at for at in last_of_day if at < ends]
    for at, look in last_of_day.items():
        if at > day and _was_in_hand(look, day, is_last=bool(of_quarter) and at == of_quarter[-1]):
            return Standing(Verdict.ELIGIBLE, look)
    return found


def _goes_on(look: Look, day: date) -> str:
    if look.follows_rules and look.facts and look.verdict == Verdict.ELIGIBLE:
        return propose(look.facts, day).verdict
    return look.verdict


def _was_in_hand(look: Look, day: date, *, is_last: bool) -> bool:
    """Whether a check made later shows a title that was good on the day; `is_last`: of the quarter of that day."""
    if look.verdict != Verdict.ELIGIBLE or look.facts is None:
        return False
    issued = look.facts.issued_on
    if issued is not None and issued > day:
        return False
    if not look.follows_rules:  # decided otherwise, or before there were rules: it says nothing of another quarter
        return is_last
    return (issued is not None or is_last) and propose(look.facts, day).verdict == Verdict.ELIGIBLE


# What a look is read from, in the order of `look_of`.
COLUMNS = (
    "checked_on", "created_at", "verdict", "proposed", "title_type", "issued_on", "converted_on", "expires_on",
    "is_renewal_receipt", "renewal_asked_on", "conversion_asked_on", "receipt_ends_on",
)  # fmt: skip


def facts_from(
    title_type: str, issued_on: date | None, converted_on: date | None, expires_on: date | None, is_receipt: bool,
    renewal: date | None, conversion: date | None, receipt_ends_on: date | None,
) -> Facts:  # fmt: skip
    """The facts from the columns of a check after the first four."""
    asked = min((day for day in (renewal, conversion) if day), default=None)
    since = max((day for day in (issued_on, converted_on) if day), default=None)
    return Facts(title_type, since, expires_on, is_receipt or asked is not None, asked, receipt_ends_on)


def look_of(checked_on: date, created_at: datetime, verdict: str, proposed: str, *facts: Any) -> Look:
    """A look from the columns of a check."""
    return Look(checked_on, created_at, verdict, proposed, facts_from(*facts))


def facts_of(check: EligibilityCheck) -> Facts:
    """The facts of a check, saved or not."""
    return facts_from(*(getattr(check, name) for name in COLUMNS[4:]))


def eligibility_on(person: Person, day: date) -> Standing:
    """Whether the fund counts the person on a day. The caller has seen to who may know it."""
    return standing([look_of(*row) for row in person.eligibility_checks.values_list(*COLUMNS)], day)


def is_minor_on(person: Person, day: date) -> bool:
    """Whether the person is known to be under 18 on a day."""
    return person.birth_date is not None and day < person.birth_date + relativedelta(years=OF_AGE)


def last_day_of_minor_age(person: Person) -> date | None:
    """The day before the person comes of age, if the date of birth is known."""
    return person.birth_date + relativedelta(years=OF_AGE, days=-1) if person.birth_date else None
