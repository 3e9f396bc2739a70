"""Forms about persons. Nothing is mandatory that the work on the ground cannot know (DESIGN 4.10)."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple, cast

from django import forms
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.models import Team
from lgnet.core.forms import LgForm, LongTextField
from lgnet.core.languages import country_choices, country_name, language_choices, language_name, reader_language
from lgnet.core.once import RecordIdField
from lgnet.people import matching
from lgnet.people.codes import AgeBand, DatePrecision, Gender, Literacy
from lgnet.people.models import ContactPoint, Identifier, NoticeGiven, Person
from lgnet.people.names import normalise, parse_birth
from lgnet.people.numbers import normal_number, normal_phone
from lgnet.people.registration import Newcomer, NoticeDetails
from lgnet.people.services import LONGEST_NUMBER, PersonDetails
from lgnet.people.wording import birth_typed

NOT_KNOWN = ("", _("not known"))
LANGUAGES = 3
Choices = Callable[[], list[tuple[str, str]]]


class Birth(NamedTuple):
    """A date of birth as it was told, and how sure it is; both empty when nothing is known."""

    day: date | None
    precision: str


def text_line() -> forms.TextInput:
    """A line of text that the browser does not fill in with the operator's own data."""
    return forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"})


class BirthField(forms.CharField):
    """A date of birth in one text: 12/05/1990, 05/1990, 1990. Gives a `Birth`."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("As it is known: 12/05/1990, 05/1990 or 1990. 01/01 is kept as the year."))
        usual: dict[str, Any] = {
            "label": _("Date of birth"), "required": False, "max_length": 30, "widget": text_line()
        }  # fmt: skip
        super().__init__(**usual | options)

    def clean(self, value: Any) -> Birth:
        """Read the date. Raises ValidationError when it is none, or lies in the future."""
        text = super().clean(value)
        try:
            day, precision = parse_birth(text)
        except (ValueError, OverflowError):
            if any(int(digits) > timezone.localdate().year for digits in re.findall(r"\d{4}", text)):
                raise forms.ValidationError(_("The date of birth is in the future."), code="future") from None
            raise forms.ValidationError(
                _("This is no date of birth. Write it as 12/05/1990, as 05/1990 or only the year, 1990."), code="date"
            ) from None
        return Birth(day, precision)


class ListedInput(forms.TextInput):
    """A text with the browser's own list of suggestions; one field of a page draws the list that others use too."""

    def __init__(self, list_id: str, choices: Choices, *, draws_list: bool) -> None:
        super().__init__(attrs={"autocomplete": "off", "list": list_id})
        self.list_id, self.choices, self.draws_list = list_id, choices, draws_list

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The input, and the list if it is drawn here."""
        line = super().render(name, value, attrs, renderer)
        if not self.draws_list:
            return line
        return format_html("{}{}", line, _datalist(self.list_id, self.choices, reader_language()))


@cache
def _datalist(list_id: str, choices: Choices, language: str) -> SafeString:
    """The list of suggestions in a language; the same for everybody, so it is made once."""
    options = format_html_join("", '<option value="{}"></option>', ((text,) for _code, text in choices()))
    return format_html('<datalist id="{}">{}</datalist>', list_id, options)


class NamedField(forms.CharField):
    """A code chosen by typing its name, with suggestions; takes the code itself too. Gives the code, or nothing."""

    def __init__(
        self, *, list_id: str, choices: Choices, name_of: Callable[[str], str], unknown: Any, draws_list: bool = True,
        **options: Any,
    ) -> None:  # fmt: skip
        self.choices, self.name_of, self.unknown = choices, name_of, unknown
        widget = ListedInput(list_id, choices, draws_list=draws_list)
        usual: dict[str, Any] = {"required": False, "max_length": 80, "widget": widget}
        super().__init__(**usual | options)

    def prepare_value(self, value: Any) -> Any:
        """The name of a code; what was typed as it is."""
        return self.name_of(value) if value else value

    def clean(self, value: Any) -> str:
        """Read the name, whatever its capitals and accents. Raises ValidationError when nothing has this name."""
        text = super().clean(value)
        if not text:
            return ""
        choices = self.choices()
        wanted = normalise(text)
        for code, name in choices:
            if text.casefold() == code.casefold() or (wanted and normalise(name) == wanted):
                return code
        raise forms.ValidationError(self.unknown, code="unknown")


def country_field(**options: Any) -> NamedField:
    """A country, by its name."""
    unknown = _("No country has this name. Choose one of those suggested, or leave it empty.")
    return NamedField(list_id="countries", choices=country_choices, name_of=country_name, unknown=unknown, **options)


def language_field(**options: Any) -> NamedField:
    """A language, by its name."""
    unknown = _("No language has this name. Choose one of those suggested, or leave it empty.")
    return NamedField(list_id="languages", choices=language_choices, name_of=language_name, unknown=unknown, **options)


class PersonForm(LgForm):
    """Who a person is, in few fields: all empty but a name or what the person is called."""

    nickname = forms.CharField(label=_("Known as"), max_length=80, required=False, widget=text_line())
    given_names = forms.CharField(label=_("Given names"), max_length=120, required=False, widget=text_line())
    family_names = forms.CharField(label=_("Family names"), max_length=120, required=False, widget=text_line())
    birth_date = BirthField()
    age_band = forms.ChoiceField(
        label=_("Apparent age"), choices=[NOT_KNOWN, *AgeBand.choices], required=False,
        help_text=_("When the date of birth is not known."),
    )  # fmt: skip
    gender = forms.ChoiceField(label=_("Gender"), choices=[NOT_KNOWN, *Gender.choices], required=False)
    citizenship = country_field(label=_("Citizenship"))
    language_1 = language_field(label=_("Language"))

    def details(self) -> PersonDetails:
        """What was typed, for the services."""
        data = self.cleaned_data
        names = ("nickname", "given_names", "family_names", "age_band", "gender", "citizenship")
        more = {name: data[name] for name in ("interpreter_needed", "note") if name in data}
        birth: Birth = data["birth_date"]
        return PersonDetails(
            birth_date=birth.day, birth_precision=birth.precision, languages=self._languages(),
            **{name: data[name] for name in names}, **more,
        )  # fmt: skip

    def _languages(self) -> tuple[tuple[str, str], ...]:
        data = self.cleaned_data
        pairs = [(data.get(f"language_{n}", ""), data.get(f"literacy_{n}", "")) for n in range(1, LANGUAGES + 1)]
        return tuple((code, literacy) for code, literacy in dict(reversed(pairs)).items() if code)[::-1]


def _literacy(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[NOT_KNOWN, *Literacy.choices], required=False)


class FullPersonForm(PersonForm):
    """Everything about who a person is."""

    literacy_1 = _literacy(_("Reads it"))
    language_2 = language_field(label=_("Second language"), draws_list=False)
    literacy_2 = _literacy(_("Reads the second one"))
    language_3 = language_field(label=_("Third language"), draws_list=False)
    literacy_3 = _literacy(_("Reads the third one"))
    interpreter_needed = forms.BooleanField(label=_("An interpreter is needed"), required=False)
    note = LongTextField(
        label=_("Note"), required=False,
        help_text=_("Only what helps to recognise and welcome the person. Who has the file reads it."),
    )  # fmt: skip


class NewcomerForm(PersonForm):
    """Who somebody new is, how to reach her or him, and a document: whatever can tell that the person is known."""

    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "dir": "ltr"}),
    )  # fmt: skip
    phone_safe = forms.ChoiceField(
        label=_("Is it safe to call?"), choices=ContactPoint.Safe.choices, initial=ContactPoint.Safe.UNKNOWN,
        required=False, help_text=_("Somebody else may answer: a call can put a person at risk."),
    )  # fmt: skip
    identifier_kind = forms.ChoiceField(
        label=_("Document or code"), choices=[("", _("none")), *Identifier.Kind.choices], required=False
    )
    identifier = forms.CharField(label=_("Its number"), max_length=60, required=False, widget=text_line())

    def clean_phone(self) -> str:
        """A number that can be called, as it is kept."""
        return checked_phone(self.cleaned_data["phone"])

    def clean_identifier(self) -> str:
        """The number as it is kept."""
        return checked_number(self.cleaned_data["identifier"])

    def clean(self) -> dict[str, Any]:
        """A document has a kind and a number."""
        data = super().clean() or self.cleaned_data
        if data.get("identifier") and not data.get("identifier_kind"):
            self.add_error("identifier_kind", _("What is this number of?"))
        if data.get("identifier_kind") and not data.get("identifier") and "identifier" not in self.errors:
            self.add_error("identifier", _("Write the number, or choose “none”."))
        return data

    def newcomer(self) -> Newcomer:
        """Everything typed, for the service."""
        data = self.cleaned_data
        return Newcomer(
            details=self.details(), phone=data["phone"], phone_safe=data["phone_safe"] or ContactPoint.Safe.UNKNOWN,
            identifier_kind=data["identifier_kind"], identifier=data["identifier"],
        )  # fmt: skip

    def identity(self) -> matching.Identity:
        """What can be compared with the persons registered; a field with an error counts as empty.

        A number counts for every kind of document as long as nobody has said of which it is.
        """
        data = self.cleaned_data
        names = ("given_names", "family_names", "nickname", "age_band", "gender", "citizenship")
        birth: Birth = data.get("birth_date") or Birth(None, "")
        kind, number, phone = data.get("identifier_kind"), data.get("identifier"), data.get("phone")
        kinds = [kind] if kind else Identifier.Kind.values
        return matching.Identity(
            birth_date=birth.day, birth_precision=birth.precision,
            identifiers=frozenset((one, number) for one in kinds if number),
            phones=frozenset({phone} if phone else ()), **{name: data.get(name) or "" for name in names},
        )  # fmt: skip


class RegisterForm(FullPersonForm, NewcomerForm):
    """Register somebody with everything that is told, the notice too; all but a name can wait."""

    record_id = RecordIdField()
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Registered by"), empty_label=None)
    notice_method = forms.ChoiceField(
        label=_("Privacy notice"), choices=[("", _("not given yet")), *NoticeGiven.Method.choices], required=False,
        help_text=_("Without it no case can be opened."),
    )  # fmt: skip
    notice_language = language_field(
        label=_("Notice given in"), help_text=_("Left empty, it is the person's first language."), draws_list=False
    )
    not_the_same = forms.BooleanField(label=_("It is none of them: register a new person"), required=False)

    def __init__(self, *args: Any, teams: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = cast(forms.ModelChoiceField, self.fields["team"])
        field.queryset = teams
        field.initial = first.pk if (first := teams.first()) else None

    def clean(self) -> dict[str, Any]:
        """A notice has a language."""
        data = super().clean()
        language = data.get("notice_language") or data.get("language_1")
        if data.get("notice_method") and not language and not {"notice_language", "language_1"} & set(self.errors):
            self.add_error("notice_language", _("In which language was the notice given?"))
        return data

    def newcomer(self) -> Newcomer:
        """Everything typed, for the service."""
        data = self.cleaned_data
        if not data["notice_method"]:
            return super().newcomer()
        notice = NoticeDetails(data["notice_method"], data["notice_language"] or data["language_1"])
        return replace(super().newcomer(), notice=notice)


def checked_phone(text: str) -> str:
    """The number as it is kept. Raises ValidationError for what cannot be called."""
    if text and sum(sign.isdigit() for sign in text) < 5:
        raise forms.ValidationError(_("This is no phone number: it has fewer than five digits."), code="phone")
    return normal_phone(text)


def checked_number(text: str) -> str:
    """The number of a document as it is kept. Raises ValidationError when it is too long."""
    number = normal_number(text)
    if len(number) > LONGEST_NUMBER:
        raise forms.ValidationError(_("This number is too long."), code="max_length")
    return number


class PersonEditForm(FullPersonForm):
    """Correct or complete what is known of a person."""

    first_january = forms.BooleanField(
        label=_("The person was really born on 1 January"), required=False,
        help_text=_("Papers say 1 January when only the year is known. Tick this only if the day is true."),
    )  # fmt: skip
    version = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    field_order = (
        "nickname", "given_names", "family_names", "birth_date", "first_january", "age_band", "gender", "citizenship",
        "language_1", "literacy_1", "language_2", "literacy_2", "language_3", "literacy_3", "interpreter_needed",
        "note", "version",
    )  # fmt: skip

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        self.person, self.spoken = person, list(person.languages.all())
        super().__init__(*args, initial=self._known(), **options)

    def _known(self) -> dict[str, Any]:
        person = self.person
        names = ("nickname", "given_names", "family_names", "age_band", "gender", "citizenship", "note")
        known: dict[str, Any] = {name: getattr(person, name) for name in (*names, "interpreter_needed")}
        born = person.birth_date
        known["birth_date"] = birth_typed(person)
        known["first_january"] = bool(
            born and (born.day, born.month) == (1, 1) and person.birth_precision == DatePrecision.DAY
        )
        known["version"] = person.updated_at.isoformat()
        for number, one in enumerate(self.spoken[:LANGUAGES], start=1):
            known |= {f"language_{number}": one.language, f"literacy_{number}": one.literacy}
        return known

    def clean(self) -> dict[str, Any]:
        """1 January is believed when it was said to be true."""
        data = super().clean() or self.cleaned_data
        birth: Birth | None = data.get("birth_date")
        if birth and birth.day and data.get("first_january"):
            if (birth.day.day, birth.day.month) != (1, 1):
                self.add_error("first_january", _("The date of birth is another day: take the tick away."))
            else:
                data["birth_date"] = Birth(birth.day, DatePrecision.DAY.value)
        return data

    def show_as_of(self, person: Person) -> None:
        """Take what a colleague has saved meanwhile as seen: saving once more keeps what was typed here."""
        self.data = {**self.data.dict(), "version": person.updated_at.isoformat()}  # type: ignore[attr-defined]

    def seen_version(self) -> datetime | None:
        """When the person was last changed as the reader saw it; None if the form does not tell."""
        try:
            seen = datetime.fromisoformat(self.cleaned_data["version"])
        except ValueError:
            return None
        return seen if timezone.is_aware(seen) else None

    def _languages(self) -> tuple[tuple[str, str], ...]:
        """Those of the form, and the ones beyond its rows as they were."""
        typed = super()._languages()
        there = {code for code, _literacy_of in typed}
        return (*typed, *((one.language, one.literacy) for one in self.spoken[LANGUAGES:] if one.language not in there))
