"""Columns and filters of the lists of persons and of opened files."""

from typing import Any

from django import forms
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from lgnet.core.addresses import address_of
from lgnet.core.languages import country_name
from lgnet.core.tables import Column, FilterForm
from lgnet.network.models import User
from lgnet.people.codes import DatePrecision, Gender
from lgnet.people.forms import country_field
from lgnet.people.models import EligibilityCheck, FileOpening, JourneyEvent, Person
from lgnet.people.policies import in_part_of_file, in_team_of_file, opened_by
from lgnet.people.selectors import search_persons

ANY = ("", _("all"))
FIRST = 100  # persons of a search that are shown; more would be a list to read, not an answer


def birth_in_words(person: Person) -> Any:
    """The date of birth, or as much of it as is sure; otherwise the apparent age."""
    if person.birth_date is None:
        return person.get_age_band_display() or None
    if person.birth_precision == DatePrecision.YEAR:
        return str(person.birth_date.year)
    if person.birth_precision == DatePrecision.MONTH:
        return person.birth_date.strftime("%m/%Y")
    return person.birth_date


def person_columns() -> tuple[Column, ...]:
    """What a list shows of persons: enough to tell them apart, nothing of their story."""
    return (
        Column("name", _("Name"), _names, link=_person_url, sort="family_names"),
        Column("birth", _("Born, or age"), birth_in_words, sort="birth_date"),
        Column("gender", _("Gender"), lambda p: p.get_gender_display() or None),
        Column("citizenship", _("Citizenship"), lambda p: country_name(p.citizenship) if p.citizenship else None),
        Column("code", _("Code"), lambda p: p.pseudonym, code=True),
        Column("last", _("Last event"), _last_day),
        Column("file", _("File"), _file_word, badge=lambda p: "success" if p.file_open else "neutral"),
    )


def _names(person: Person) -> str:
    """The name in use, and the full one where it is another."""
    return f"{person.nickname} ({person.full_name})" if person.nickname and person.full_name else person.name_as_used


def _person_url(person: Person) -> str:
    return address_of("person_detail", person.pk)


def _last_day(person: Any) -> Any:
    """When something last happened: part of the story, so only for whoever has the file open."""
    return timezone.localtime(person.last_event).date() if person.file_open and person.last_event else None


def _file_word(person: Any) -> str:
    return _now("open to you") if person.file_open else pgettext("file", "closed")


def with_last_event(rows: QuerySet[Person]) -> QuerySet[Any]:
    """Add `last_event`: when something last happened to the person."""
    latest = JourneyEvent.objects.filter(person=OuterRef("pk"), voided_at__isnull=True).order_by("-occurred_at")
    return rows.annotate(last_event=Subquery(latest.values("occurred_at")[:1]))


class PersonFilter(FilterForm):
    """Name in any spelling, date of birth, code or number; gender, citizenship, eligibility, own files."""

    q = forms.CharField(label=_("Name, birth, code, number"), required=False, max_length=200)
    gender = forms.ChoiceField(label=_("Gender"), choices=[ANY, *Gender.choices], required=False)
    citizenship = country_field(label=_("Citizenship"))
    eligible = forms.ChoiceField(
        label=_("Eligible"), required=False,
        choices=[
            ANY, ("eligible", _("yes")), ("not_eligible", _("no")), ("pending", _("to be completed")),
            ("none", _("not checked")),
        ],
    )  # fmt: skip
    mine = forms.ChoiceField(
        label=_("Files"),
        required=False,
        choices=[ANY, ("mine", _("open to my teams or me")), ("closed", _("closed to me"))],
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def apply(self, rows: QuerySet[Person]) -> Any:
        """Persons asked for; a search gives a list, best first."""
        data = self.cleaned_data
        for name in ("gender", "citizenship"):
            if data.get(name):
                rows = rows.filter(**{name: data[name]})
        if data.get("eligible"):  # what was found about the title is in the file: only open ones are looked at
            rows = rows.filter(Q(in_team_of_file(self.user)) | Q(opened_by(self.user)), ~in_part_of_file(self.user))
            latest = EligibilityCheck.objects.filter(person=OuterRef("pk")).order_by("-checked_on", "-created_at")
            rows = rows.annotate(verdict=Subquery(latest.values("verdict")[:1]))
            rows = rows.filter(verdict=None if data["eligible"] == "none" else data["eligible"])
        if data.get("mine"):
            mine = Q(in_team_of_file(self.user))
            rows = rows.filter(mine if data["mine"] == "mine" else ~mine)
        if not data.get("q"):
            return rows
        found = search_persons(self.user, data["q"], within=rows, limit=FIRST)
        self.more = found.cut
        return found


def opening_columns() -> tuple[Column, ...]:
    """Who opened which closed file, and why."""
    return (
        Column("at", _("When"), lambda o: o.created_at, sort="created_at"),
        Column("who", _("Who"), lambda o: o.user.full_name, sort="user__full_name"),
        Column("code", _("File"), lambda o: o.person.pseudonym, code=True),
        Column("reason", _("Reason"), lambda o: o.reason),
        Column("state", _("Seen"), _seen_word, link=_see_url),
    )


def _seen_word(opening: FileOpening) -> str:
    if opening.seen_by is None:
        return _now("not seen yet: look at it")
    return _now("seen by %(name)s") % {"name": opening.seen_by.full_name}


def _see_url(opening: FileOpening) -> str:
    return address_of("file_opening", opening.pk)


class OpeningFilter(FilterForm):
    """Openings by a word in the reason or the name of who opened; seen or not."""

    seen = forms.ChoiceField(label=_("Seen"), required=False, choices=[ANY, ("no", _("not yet")), ("yes", _("seen"))])

    def apply(self, rows: QuerySet[FileOpening]) -> QuerySet[FileOpening]:
        """Return the openings asked for."""
        data = self.cleaned_data
        if data.get("q"):
            rows = rows.filter(
                Q(reason__icontains=data["q"])
                | Q(user__full_name__icontains=data["q"])
                | Q(person__pseudonym=data["q"])
            )
        if data.get("seen"):
            rows = rows.filter(seen_at__isnull=data["seen"] == "no")
        return rows
