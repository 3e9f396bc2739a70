"""Importing who is in charge already, and who was, from the spreadsheet in which a team kept it."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from lgnet.cases.case_words import BASES, DESTINATIONS, OUTCOMES, STATES
from lgnet.cases.codes import Destination
from lgnet.cases.models import Case
from lgnet.cases.past_cases import (
    PastCase,
    PastNotice,
    check_past_case,
    past_case_partners,
    record_past_case,
    take_back_past_case,
)
from lgnet.cases.selectors import case_teams_of, case_workers_of, find_card
from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.cells import Unreadable, plain, read_choice, read_day, read_long_text, read_text
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.languages import language_name
from lgnet.imports.kinds import ImportField, ImportKind, Made, Values, each_undone, one_by_one, register
from lgnet.imports.words import by_name, language_words, words_of
from lgnet.network.models import Partner, User
from lgnet.people.models import Person
from lgnet.people.selectors import log_listing
from lgnet.people.who_is_meant import Told, who_is_meant

MOST_ROWS = 150  # each is taken in charge by itself: more take too long for one request
LONGEST = 5000  # characters of what somebody wrote of a case
Colleagues = dict[str, User | None]  # by name and e-mail; None for a name that two have


@dataclass
class _Known:
    user: User
    partner: Partner
    teams: dict[str, Team]
    own_team: Team | None
    bases: dict[str, str]
    outcomes: dict[str, str]
    destinations: dict[str, str]
    states: dict[str, str]
    languages: dict[str, str]
    persons: dict[Told, Person | DomainError] = field(default_factory=dict)
    colleagues: dict[uuid.UUID, Colleagues] = field(default_factory=dict)
    in_file: dict[uuid.UUID, list[tuple[date, date | None]]] = field(default_factory=dict)


def _prepare(user: User, partner: Partner) -> _Known:
    teams = list(case_teams_of(partner.pk).select_related("partner"))
    own = [team for team in teams if team.pk in team_ids_of(user)] or teams
    return _Known(
        user=user, partner=partner, teams=by_name(teams), own_team=own[0] if len(own) == 1 else None,
        bases=words_of(Case.Basis.choices, BASES), outcomes=words_of(Case.Outcome.choices, OUTCOMES),
        destinations=words_of(Destination.choices, DESTINATIONS), states=words_of(Case.Status.choices, STATES),
        languages=language_words(),
    )  # fmt: skip


# -- who it is ---------------------------------------------------------------------------------------------------------


def _told(known: _Known, values: Values) -> Told:
    """How the row calls the person; the code of a card leads to whom it was given."""
    code = values.get("code") or ""
    if code and (card := find_card(known.user, code)) and card.person:
        code = card.person.pseudonym
    given = " ".join(part for part in (values.get("name"), values.get("given_names")) if part)
    return Told(code, given, values.get("family_names") or "", values.get("birth_date"))


def _person(known: _Known, values: Values) -> Person | DomainError:
    told = _told(known, values)
    if told not in known.persons:
        try:
            known.persons[told] = who_is_meant(known.user, known.partner, told)
        except DomainError as error:
            known.persons[told] = error
    return known.persons[told]


def _column_of_person(values: Values) -> str:
    """The column at which something is said of who it is."""
    written = (name for name in ("code", "name", "family_names", "given_names") if values.get(name))
    return next(written, "code" if "code" in values else "name")


def _find_existing(known: _Known, rows: Sequence[Values]) -> list[str]:
    persons = [_person(known, values) for values in rows]
    found = {one.pk: one for one in persons if isinstance(one, Person)}
    log_listing(known.user, found.values())
    cases = Case.objects.filter(person__in=found, partner=known.partner).values_list("person", "opened_on")
    there = set(cases)
    return [
        f"{one.pseudonym}, {values['opened_on']:%d/%m/%Y}"
        if isinstance(one, Person) and (one.pk, values["opened_on"]) in there
        else ""
        for one, values in zip(persons, rows, strict=True)
    ]


# -- what the case is --------------------------------------------------------------------------------------------------


def _check(known: _Known, values: Values) -> None:
    person = _person(known, values)
    if isinstance(person, DomainError):
        raise _at_person(values, person)
    past = _past(known, person, values)
    try:
        check_past_case(known.user, person, past)
    except DomainError as error:
        raise (_at_person(values, error) if error.field == "person" else error) from None
    spans = known.in_file.setdefault(person.pk, [])
    for opened_on, closed_on in spans:
        if opened_on == past.opened_on:
            raise DomainError(_now("This person is twice in the file, with the same day."), field="opened_on")
        if _meet((opened_on, closed_on), (past.opened_on, past.closed_on)):
            raise DomainError(_now("Another row of the file has this person in charge then."), field="opened_on")
    spans.append((past.opened_on, past.closed_on))


def _meet(one: tuple[date, date | None], other: tuple[date, date | None]) -> bool:
    """Whether two times in charge have a day in common, apart from the one on which the second begins."""
    (_first, ended), (second, _ended) = sorted((one, other), key=lambda span: span[0])
    return ended is None or ended > second


def _at_person(values: Values, error: DomainError) -> DomainError:
    return DomainError(str(error), field=_column_of_person(values))


def _past(known: _Known, person: Person, values: Values) -> PastCase:
    status, closed_on = values.get("status"), values.get("closed_on")
    if status == Case.Status.CLOSED and closed_on is None:
        raise DomainError(_now("Write the day on which it was closed."), field="closed_on")
    if status == Case.Status.OPEN and closed_on is not None:
        raise DomainError(_now("The row says that it is open, and the day on which it was closed."), field="status")
    team = values.get("team") or known.own_team
    if team is None:
        raise DomainError(_now("Write which team it is."), field="team")
    destination = values.get("destination") or (Destination.UNKNOWN if closed_on else "")
    return PastCase(
        team=team, manager=_manager(known, team, values.get("manager")), basis=values["basis"],
        opened_on=values["opened_on"], basis_note=values.get("basis_note") or "", closed_on=closed_on,
        outcome=values.get("outcome") or "", destination=destination, outcome_note=values.get("outcome_note") or "",
        note=values.get("note") or "", notice=_notice(person, values),
    )  # fmt: skip


def _notice(person: Person, values: Values) -> PastNotice | None:
    """The notice that the row tells of; without a language it was in the first one of the person."""
    given_on, language = values.get("notice_on"), values.get("notice_language")
    if given_on is None:
        if language:
            raise DomainError(_now("Write the day on which the notice was given."), field="notice_on")
        return None
    first = None if language else person.languages.first()
    return PastNotice(given_on, language or (first.language if first else ""))


def _manager(known: _Known, team: Team, written: str | None) -> User:
    """Who follows the case: a colleague of the team by name or e-mail, or else who imports."""
    if team.pk not in known.colleagues:
        known.colleagues[team.pk] = _colleagues(team)
    there = known.colleagues[team.pk]
    if written is None:
        if known.user not in there.values():
            text = _now("Write who follows the case: you do not work on cases in this team.")
            raise DomainError(text, field="manager")
        return known.user
    try:
        found = read_choice(written, there)
    except Unreadable as error:
        text = f"{error} " + _now("Write a colleague who works on cases in this team now.")
        raise DomainError(text, field="manager") from error
    if found is None:
        raise DomainError(_now("Two colleagues have this name: write the e-mail."), field="manager")
    return found


def _colleagues(team: Team) -> Colleagues:
    workers = [user for user, _profile in case_workers_of(team)]
    often = Counter(plain(user.full_name) for user in workers)
    names = {plain(user.full_name): user if often[plain(user.full_name)] == 1 else None for user in workers}
    return names | {plain(user.email): user for user in workers if user.email}


def _make_one(by: User, known: _Known, values: Values) -> uuid.UUID:
    person = _person(known, values)
    if isinstance(person, DomainError):
        raise _at_person(values, person)
    try:
        return record_past_case(by=by, person=person, past=_past(known, person, values), record_id=uuid7()).pk
    except DomainError as error:
        raise (_at_person(values, error) if error.field == "person" else error) from None


def _make(by: User, known: _Known, rows: Sequence[Values]) -> list[Made]:
    """Of one person the earliest case first: while one is open, no other can begin."""
    order = sorted(range(len(rows)), key=lambda at: rows[at]["opened_on"])
    made = one_by_one(_make_one)(by, known, [rows[at] for at in order])
    by_row = dict(zip(order, made, strict=True))
    return [by_row[at] for at in range(len(rows))]


def _undo(by: User, record_id: uuid.UUID) -> None:
    case = Case.objects.filter(pk=record_id).select_related("person__partner", "manager").first()
    if case is None:
        raise DomainError(_now("It is no longer there."))
    take_back_past_case(by=by, case=case)


# -- the columns -------------------------------------------------------------------------------------------------------


def _text(longest: int) -> Any:
    return lambda cell, _known: read_text(cell, longest)


def _words(cell: Any, _known: Any) -> str | None:
    return read_long_text(cell, LONGEST)


def _day(cell: Any, _known: Any) -> date | None:
    return read_day(cell)


def _coded(name: str, label: Any, choices: type[TextChoices], words: str, **more: Any) -> ImportField:
    """A field with a word of a list; `words` is where `_Known` has what spreadsheets call them."""
    return ImportField(
        name, label, lambda cell, known: read_choice(cell, getattr(known, words)),
        show=lambda code: choices(code).label, allowed=lambda _known: [str(one.label) for one in choices], **more,
    )  # fmt: skip


_WHO = (
    ImportField(
        "code", _("Code"), _text(40), names="codice|codice persona|pseudonimo|codice lgnet|scheda|card",
        help=_("The code of the person, of a card, or the number of a document. Or write name and date of birth."),
    ),
    ImportField(
        "name", _("First and family name"), _text(200),
        names="nominativo|nome e cognome|cognome e nome|persona|beneficiario|name|full name",
    ),
    ImportField("given_names", _("Given names"), _text(150), names="nome|nomi|first name|given name"),
    ImportField("family_names", _("Family names"), _text(150), names="cognome|cognomi|surname|family name|last name"),
    ImportField(
        "birth_date", _("Date of birth"), _day,
        names="data di nascita|nato il|nata il|data nascita|nascita|born|birth date",
    ),
)  # fmt: skip

_CASE = (
    ImportField(
        "opened_on", _("Taken in charge on"), _day, required=True,
        names="presa in carico|data presa in carico|data di presa in carico|in carico dal|data inizio|inizio|"
        "data apertura|aperto il|opened on|start date",
    ),
    _coded(
        "basis", _("How it came to this"), Case.Basis, "bases", required=True,
        names="provenienza|origine|segnalato da|inviato da|canale|come si e arrivati|base|basis|source",
    ),
    ImportField("basis_note", _("Why the person is taken in charge"), _words,
                names="motivo|perche|motivo presa in carico|bisogno|richiesta|reason"),
    ImportField(
        "team", _("Team"), lambda cell, known: read_choice(cell, known.teams), names="equipe|squadra|gruppo|servizio",
        show=lambda team: team.name, allowed=lambda known: [team.name for team in known.teams.values()],
        help=_("Left empty: your own team."),
    ),
    ImportField(
        "manager", _("Case manager"), _text(254),
        names="case manager|operatore|operatore di riferimento|referente|assistente sociale|responsabile|manager",
        help=_("Name or e-mail of a colleague who works in the team now. Left empty: you."),
    ),
    _coded(
        "status", _("State"), Case.Status, "states",
        names="stato|situazione|stato del caso|status",
        help=_("May be left out: what has a day of closing is closed."),
    ),
    ImportField(
        "closed_on", _("Closed on"), _day,
        names="chiusura|data chiusura|data di chiusura|chiuso il|data fine|fine|data uscita|dimesso il|closed|end date",
    ),
    _coded(
        "outcome", _("Outcome"), Case.Outcome, "outcomes",
        names="esito|motivo chiusura|motivo di chiusura|motivo uscita|outcome|closing reason",
        help=_("Must be written for who is no longer in charge."),
    ),
    _coded(
        "destination", _("Where the person goes"), Destination, "destinations",
        names="destinazione|dove va|dove e andato|dove e andata|uscita verso|destination",
        help=_("Left empty for who is no longer in charge: not known."),
    ),
    ImportField("outcome_note", _("What changed for the person"), _words,
                names="note di chiusura|relazione finale|cosa e cambiato"),
    ImportField(
        "notice_on", _("Privacy notice given on"), _day,
        names="informativa|informativa privacy|data informativa|informativa data il|privacy notice|notice given on",
        help=_("Only for who has none yet: it is recorded as given on paper, on this day."),
    ),
    ImportField(
        "notice_language", _("Language of the notice"),
        lambda cell, known: read_choice(cell, known.languages), show=language_name,
        names="lingua informativa|lingua dell informativa|notice language",
        help=_("Left empty: the first language of the person."),
    ),
    ImportField(
        "note", _("First note"), _words, names="note|nota|annotazioni|osservazioni|diario|notes",
        help=_("It is kept on the first day, in your name; the team of the case reads it."),
    ),
)  # fmt: skip

register(
    ImportKind(
        key="cases", label=_("People in charge"), order=60, object_type="cases.case", url_name="case_list",
        lead=_(
            "Who is in charge already, and who was. The people are registered first. "
            "No plan is made up: the team agrees it with the person."
        ),
        fields=(*_WHO, *_CASE), partners=past_case_partners, most_rows=MOST_ROWS,
        prepare=_prepare, find_existing=_find_existing, check=_check, make=_make, undo=each_undone(_undo),
    )
)  # fmt: skip
