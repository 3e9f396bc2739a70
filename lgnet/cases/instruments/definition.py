"""What an instrument asks: sections, questions, options, conditions, points. Made from rows by `reading`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from lgnet.core.languages import in_reader_language

Answer = str | list[str]  # a list for several options; numbers and days as they are written for machines
Answers = Mapping[str, Answer]
YES, NO = "yes", "no"


class QuestionType(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    NOTE = "note"  # nothing is answered: a word to who asks


class Scoring(StrEnum):
    """How the points of a section, and of the whole, are made from those of the answers."""

    NONE = "none"
    SUM = "sum"
    MEAN = "mean"


@dataclass(frozen=True)
class Words:
    """A text in Italian, and in English where there is one."""

    it: str
    en: str = ""

    def __str__(self) -> str:
        return in_reader_language(self.it, self.en or self.it)

    def __bool__(self) -> bool:
        return bool(self.it or self.en)


@dataclass(frozen=True)
class Option:
    """One answer that can be chosen, and its points."""

    code: str
    words: Words
    points: Decimal | None = None


@dataclass(frozen=True)
class Condition:
    """When a question is asked: an earlier one has (or, `negated`, has not) one of these answers; any, if none."""

    key: str
    values: tuple[str, ...] = ()
    negated: bool = False

    def holds(self, answers: Answers) -> bool:
        """Whether it is met by what was answered so far; what was not answered meets nothing."""
        given = answers.get(self.key) or []
        found = set(given if isinstance(given, list) else [given])
        if not found:
            return False
        return bool(found & set(self.values)) != self.negated if self.values else True


@dataclass(frozen=True)
class Question:
    """One question. `is_sensitive`: its answer is only for the team of the case, never for a contractor or a report."""

    key: str
    type: QuestionType
    words: Words
    help: Words = Words("")
    options: tuple[Option, ...] = ()
    when: Condition | None = None
    is_sensitive: bool = False

    @property
    def is_answered(self) -> bool:
        """Whether there is anything to answer."""
        return self.type != QuestionType.NOTE

    def points_of(self, answer: Answer | None) -> Decimal | None:
        """The points of an answer; those of several options are added up; None if none of them has any."""
        chosen = answer if isinstance(answer, list) else [answer]
        points = [option.points for option in self.options if option.code in chosen and option.points is not None]
        return sum(points, Decimal(0)) if points else None

    @property
    def most_points(self) -> Decimal | None:
        """The highest points that an answer can have."""
        points = [option.points for option in self.options if option.points is not None]
        if not points:
            return None
        return sum((one for one in points if one > 0), Decimal(0)) if self.type == QuestionType.CHOICES else max(points)


@dataclass(frozen=True)
class Section:
    """Questions under one heading."""

    key: str
    words: Words
    help: Words = Words("")
    when: Condition | None = None
    questions: list[Question] = field(default_factory=list)


@dataclass(frozen=True)
class Definition:
    """A whole instrument."""

    code: str
    words: Words
    help: Words
    scoring: Scoring
    sections: list[Section] = field(default_factory=list)

    def questions(self) -> Iterator[Question]:
        """Every question, in order."""
        return (question for section in self.sections for question in section.questions)

    def question(self, key: str) -> Question | None:
        """The question with this key."""
        return next((one for one in self.questions() if one.key == key), None)

    def asked(self, answers: Answers) -> list[Section]:
        """The sections with the questions that are to be asked after these answers, in order."""
        found, known = [], dict(answers)
        for section in self.sections:
            is_asked = section.when is None or section.when.holds(known)
            shown = []
            for question in section.questions:
                if is_asked and (question.when is None or question.when.holds(known)):
                    shown.append(question)
                else:
                    known.pop(question.key, None)  # what hangs on an answer that is not asked is not asked either
            if shown:
                found.append(Section(section.key, section.words, section.help, section.when, shown))
        return found

    def scores(self, answers: Answers) -> dict[str, Decimal]:
        """Points by the key of each section with a scored answer, and of the whole under an empty key."""
        if self.scoring == Scoring.NONE:
            return {}
        by_section = {
            section.key: points
            for section in self.asked(answers)
            if (points := [p for one in section.questions if (p := one.points_of(answers.get(one.key))) is not None])
        }
        every = [one for points in by_section.values() for one in points]
        return {key: self._made(points) for key, points in [*by_section.items(), ("", every)] if points}

    def _made(self, points: list[Decimal]) -> Decimal:
        total = sum(points, Decimal(0))
        return total if self.scoring == Scoring.SUM else round(total / len(points), 2)


KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
