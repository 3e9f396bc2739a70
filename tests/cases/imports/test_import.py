"""Who is in charge already comes in from the team's own spreadsheet, by the same rules as on the pages."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.cases.case_imports import MOST_ROWS
from lgnet.cases.models import Case, CaseMember, CaseNote, FollowUp
from lgnet.cases.notes import write_first_note
from lgnet.cases.past_cases import PastCase, record_past_case, take_back_past_case
from lgnet.cases.referrals import send_referral
from lgnet.cases.services import close_case, open_case
from lgnet.catalogue.models import Team, TeamMembership
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.imports.selectors import examined
from lgnet.imports.services import carry_out, undo_import
from lgnet.network.roles import Role
from lgnet.people.models import FileMember, JourneyEvent, Person
from lgnet.people.services import open_file_for, restrict_file
from tests.cases.imports.rows import HEAD, headings, row, wrong
from tests.conftest import team_of
from tests.imports.conftest import sheet_of, workbook
from tests.people.doubles import join, register


def test_the_whole_way_through_the_pages(sign_in, case_worker, second, amina, known, team):
    joe = known("Joe", "Esempio", birth_date=date(1985, 7, 9))
    client = sign_in(case_worker)
    listed = client.get(reverse("case_list")).content.decode()
    assert reverse("import_new", args=["cases"]) in listed
    content = workbook(
        ["Registro delle prese in carico"], [], HEAD,
        row(amina.pseudonym, note="Cerca casa.\nParla francese."),
        row(None, "ESEMPIO joe", "09.07.1985", date(2023, 2, 1), "Segnalazione", manager="SECONDA@example.org",
            status="Chiuso", closed="2024-06-30", outcome="autonomia", where="affitto"),
        row("LG-0000-0000", opened="5/3/2099", basis="boh"),
    )  # fmt: skip
    sent = client.post(reverse("import_new", args=["cases"]), {"file": SimpleUploadedFile("registro.xlsx", content)})
    form = client.get(sent.url).context["form"]
    guessed = [bound.value() for bound in form.columns()]
    assert guessed == [
        "code", "name", "birth_date", "opened_on", "basis", "team", "manager", "status", "closed_on", "outcome",
        "destination", "note",
    ]  # fmt: skip
    answer = client.post(sent.url, {f"column_{at}": name for at, name in enumerate(guessed)})
    preview = client.get(answer.url)
    assert (preview.context["good"], preview.context["wrong"]) == (2, 1)
    assert [(number, problem.heading) for number, problem in preview.context["problems"]] == [(6, "Provenienza")]
    assert not Case.objects.exists()
    assert "2 rows are imported." in client.post(answer.url, follow=True).content.decode()

    one, other = Case.objects.get(person=amina), Case.objects.get(person=joe)
    assert (one.opened_on, one.basis, one.team, one.manager, one.opened_by, one.status) == (
        date(2025, 3, 5), "desk", team, case_worker, case_worker, "open",
    )  # fmt: skip
    note = CaseNote.objects.get()
    assert (note.case, note.words, note.author, note.occurred_on) == (
        one, "Cerca casa.\nParla francese.", case_worker, one.opened_on,
    )  # fmt: skip
    assert (other.manager, other.basis, other.status, other.closed_on, other.outcome, other.destination) == (
        second, "referral", "closed", date(2024, 6, 30), "insertion", "own_home",
    )  # fmt: skip
    assert not other.plans.exists()
    events = JourneyEvent.objects.filter(kind__in=["case_opened", "outcome", "case_closed"], voided_at=None)
    assert {(event.person, event.kind, timezone.localdate(event.occurred_at)) for event in events} == {
        (amina, "case_opened", date(2025, 3, 5)), (joe, "case_opened", date(2023, 2, 1)),
        (joe, "outcome", date(2024, 6, 30)), (joe, "case_closed", date(2024, 6, 30)),
    }  # fmt: skip
    assert set(CaseMember.objects.values_list("case", "user")) == {(one.pk, case_worker.pk), (other.pk, second.pk)}
    assert FileMember.objects.filter(person=amina, user=case_worker, basis="case", ends_at=None).exists()
    written = AuditEntry.objects.filter(object_type="cases.case", action="create")
    assert {entry.actor_id for entry in written} == {case_worker.pk}
    assert "Amina" in client.get(reverse("case_list")).content.decode()
    assert client.get(reverse("case_detail", args=[one.pk])).status_code == 200
    assert "Parla francese" in client.get(reverse("case_detail", args=[one.pk])).content.decode()


def test_twice_is_once_and_the_mapping_is_remembered(case_worker, amina, load):
    first = load(case_worker, row(amina.pseudonym))
    carry_out(by=case_worker, run=first)
    again = load(case_worker, row(amina.pseudonym), row(amina.pseudonym.lower(), opened="6/3/2025"))
    assert again.mapping == first.mapping
    _grid, rows, _known = examined(case_worker, again)
    assert [line.existing for line in rows.existing] == [f"{amina.pseudonym}, 05/03/2025"]
    assert [why for _n, _heading, why in wrong(case_worker, again)] == ["A case is already open for this person."]
    with pytest.raises(DomainError, match="no row"):
        carry_out(by=case_worker, run=again)
    assert Case.objects.count() == 1


def test_a_file_of_comma_separated_values(sign_in, case_worker, amina):
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(
        [["Pseudonimo", "In carico dal", "Origine"], [amina.pseudonym, "5/3/2025", "spontaneo"]]
    )
    client = sign_in(case_worker)
    file = SimpleUploadedFile("registro.csv", text.getvalue().encode("cp1252"))
    url = client.post(reverse("import_new", args=["cases"]), {"file": file}).url
    answer = client.post(url, {"column_0": "code", "column_1": "opened_on", "column_2": "basis"})
    client.post(answer.url)
    assert Case.objects.get().basis == "request"


def test_the_template_explains_itself(sign_in, case_worker, team):
    answer = sign_in(case_worker).get(reverse("import_template", args=["cases"]))
    told = {line[0]: line[1:] for line in sheet_of(answer, "How to fill it")}
    assert told["Team"][2] == team.name
    assert "goals reached" in told["Outcome"][2]


def test_who_is_meant(case_worker, known, load, desk_operator, partner, other_partner, make_user):
    known("Fatou", "Diallo", birth_date=date(1990, 1, 1), birth_precision="year")
    twins = [known("Ali", "Gemello", birth_date=date(1999, 4, 5)) for _ in range(2)]
    kept = known("Samira", "Unita", birth_date=date(1991, 2, 3))
    absorbed = known("Samira", "Unita", birth_date=date(1991, 2, 3))
    there = register(make_user(Role.DESK_OPERATOR, other_partner), other_partner, given_names="Noor")
    secret = known("Zahra", "Riservata", is_open=False, birth_date=date(1993, 3, 3))
    restrict_file(
        by=desk_operator_who_may(make_user, partner, secret), person=secret, restricted=True, reason="pericolo"
    )
    join(desk_operator, kept, absorbed)
    run = load(
        case_worker,
        row(absorbed.pseudonym),  # leads to the one it was joined with
        row(None, "Diallo Fatou", "1/1/1990", opened="6/3/2025"),
        row(None, "Ali Gemello", "5/4/1999"),
        row(there.pseudonym), row(secret.pseudonym), row(None, "Zahra Riservata", "3/3/1993"),
        row(None, "Nessuno Ignoto", "3/3/1993"), row(None, "Samira Unita"), row(None),
        row(kept.pseudonym, "Giovanni Bianchi", opened="6/3/2025"), row(kept.pseudonym, None, "4/5/1960", "7/3/2025"),
        row(None, "Samira Unita", "3/2/1991", "6/3/2025"),
    )  # fmt: skip
    told = {number: (heading, why) for number, heading, why in wrong(case_worker, run)}
    assert 2 not in told
    assert told[3][0] == told[4][0] == "Nominativo"
    assert all(one.pseudonym in told[4][1] for one in twins)
    nobody = ("Codice", "Nobody here has this code. Register the person first, or mend the code.")
    assert told[5] == told[6] == nobody  # of another city, and restricted: the same word as for nobody
    assert told[7][1] == told[8][1]
    assert told[7][1].startswith("Nobody here has this name and date of birth. Register the person first")
    assert told[9][1].startswith("Beside the name, write the date of birth")
    assert told[10][1].startswith("Write the code of the person, or name")
    assert told[11] == ("Codice", "This code is of somebody with another name.")
    assert told[12] == ("Codice", "This code is of somebody with another date of birth.")
    assert told[13][1] == "Another row of the file has this person in charge then."
    carry_out(by=case_worker, run=run)
    assert [case.person for case in Case.objects.all()] == [kept]


def desk_operator_who_may(make_user, partner, person):
    """Somebody in the team of the file who may restrict it."""
    user = make_user(Role.CASE_WORKER, partner, team=None)
    open_file_for(person, user=user, basis=FileMember.Basis.CASE)
    return user


def test_the_code_of_a_card_leads_to_its_person(case_worker, outreach_operator, partner, amina, load, team):
    unit = team_of(partner, Team.Kind.MOBILE_UNIT)
    open_file_for(amina, team=unit, basis=FileMember.Basis.CONTACT)
    card = send_referral(by=outreach_operator, from_team=unit, to_team=team, person=amina, reason="x")
    carry_out(by=case_worker, run=load(case_worker, row(card.code)))
    assert Case.objects.get().person == amina


def test_what_cannot_be_is_told_at_its_cell(case_worker, second, known, load, colleague):
    people = [known("Amina", f"Numero{n}") for n in range(12)]
    code = [person.pseudonym for person in people]
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    run = load(
        case_worker,
        row(code[0], opened=tomorrow), row(code[1], opened="5/3/1999"), row(code[2], opened="30/2/2025"),
        row(code[3], basis="marziano"), row(code[4], closed="4/3/2025", outcome="altro"),
        row(code[5], closed=tomorrow, outcome="altro"), row(code[6], closed="6/3/2025"),
        row(code[7], status="chiuso"), row(code[8], status="aperto", closed="6/3/2025", outcome="altro"),
        row(code[9], outcome="altro"), row(code[10], manager=colleague.full_name), row(code[10], team="Luna"),
        row(code[11], outcome="volato via", closed="6/3/2025"), row(code[11], where="sulla luna"),
        row(code[11], opened=None), row(code[11], note="x" * 5001), row(code[11], manager="nessuno@example.org"),
    )  # fmt: skip
    assert headings(case_worker, run) == [
        (2, "Presa in carico"), (3, "Presa in carico"), (4, "Presa in carico"), (5, "Provenienza"), (6, "Chiusura"),
        (7, "Chiusura"), (8, "Esito"), (9, "Chiusura"), (10, "Stato"), (11, "Chiusura"), (12, "Operatore"),
        (13, "Équipe"), (14, "Esito"), (15, "Destinazione"), (16, "Presa in carico"), (17, "Note"), (18, "Operatore"),
    ]  # fmt: skip
    assert all(why for *_where, why in wrong(case_worker, run))


def test_who_cannot_be_taken_in_charge_now(case_worker, known, load, team, second):
    without, closed = known("Uno", "Senza", notice=False), known("Due", "Chiusa", is_open=False)
    there, past = known("Tre", "Aperta"), known("Quattro", "Passata")
    open_case(by=case_worker, person=there, team=team, manager=second, basis="desk", opened_on=date(2025, 1, 1))
    old = open_case(
        by=case_worker, person=past, team=team, manager=case_worker, basis="desk", opened_on=date(2024, 1, 1)
    )
    close_case(by=case_worker, case=old, closed_on=date(2024, 9, 1), outcome="moved")
    run = load(
        case_worker, row(without.pseudonym), row(closed.pseudonym), row(there.pseudonym),
        row(past.pseudonym, opened="1/3/2024"), row(past.pseudonym, opened="1/3/2023"),
        row(past.pseudonym, opened="1/3/2023", closed="2/1/2024", outcome="altro"),
        row(without.pseudonym, basis="trasferimento", opened="6/3/2025"),
        row(past.pseudonym, opened="1/3/2023", closed="1/1/2024", outcome="altro"),  # on the day the next one begins
    )  # fmt: skip
    told = wrong(case_worker, run)
    assert [(number, heading) for number, heading, _why in told] == [
        (2, "Codice"), (3, "Codice"), (4, "Codice"), (5, "Presa in carico"), (6, "Presa in carico"),
        (7, "Presa in carico"), (8, "Codice"),
    ]  # fmt: skip
    assert "privacy notice" in told[0][2]
    assert told[0][2] == told[6][2]
    assert "closed to you" in told[1][2]
    assert "already open" in told[2][2]
    carry_out(by=case_worker, run=run)
    assert Case.objects.filter(person=past).count() == 2


def test_one_person_several_times_whatever_the_order(case_worker, amina, load):
    run = load(
        case_worker,
        row(amina.pseudonym, opened="1/2/2025"),
        row(amina.pseudonym, opened="1/1/2022", closed="1/6/2022", outcome="abbandono"),
        row(amina.pseudonym, opened="1/2/2025"), row(amina.pseudonym, opened="1/5/2022", closed="1/9/2022", outcome="altro"),
        row(amina.pseudonym, opened="1/6/2022", closed="1/1/2023", outcome="altro"),
    )  # fmt: skip
    assert headings(case_worker, run) == [(4, "Presa in carico"), (5, "Presa in carico")]
    carry_out(by=case_worker, run=run)
    made = list(run.records.values_list("number", flat=True))
    assert made == [2, 3, 6]
    assert list(Case.objects.order_by("opened_on").values_list("status", flat=True)) == ["closed", "closed", "open"]
    assert not FollowUp.objects.exists()  # all their days are long past
    assert undo_import(by=case_worker, run=run).taken == 3
    assert not Case.objects.exists()


def test_follow_ups_are_planned_only_as_far_as_they_are_ahead(case_worker, amina, load):
    closed = timezone.localdate() - timedelta(days=120)
    opened = closed - timedelta(days=90)
    carry_out(
        by=case_worker, run=load(case_worker, row(amina.pseudonym, opened=opened, closed=closed, outcome="altro"))
    )
    assert list(FollowUp.objects.values_list("months", flat=True)) == [6, 12]
    assert Case.objects.get().destination == "unknown"


def test_team_and_manager_left_empty(case_worker, second, amina, known, load, partner, team, make_user):
    joe = known("Joe", "Esempio")
    other = Team.objects.create(partner=partner, kind=Team.Kind.MULTIDISCIPLINARY, name="Seconda équipe")
    third = make_user(Role.CASE_WORKER, partner, team=other)
    run = load(case_worker, row(amina.pseudonym), row(joe.pseudonym, team="seconda equipe"))
    assert wrong(case_worker, run) == [
        (3, "Operatore", "Write who follows the case: you do not work on cases in this team.")
    ]
    TeamMembership.objects.create(team=other, user=case_worker, starts_on=date(2025, 1, 1))
    del case_worker._own_teams
    assert headings(case_worker, run) == [(2, "Équipe")]
    third.full_name = case_worker.full_name
    third.save()
    run = load(
        case_worker, row(amina.pseudonym, team=other.name, manager=third.full_name),
        row(joe.pseudonym, team=team.name, manager=case_worker.full_name),
    )  # fmt: skip
    assert wrong(case_worker, run) == [(2, "Operatore", "Two colleagues have this name: write the e-mail.")]


def test_who_may(
    sign_in, case_worker, desk_operator, coordinator, outreach_operator, stranger, colleague, load, amina, team
):
    run = carry_out(by=case_worker, run=load(case_worker, row(amina.pseudonym)))
    pages = [
        reverse(name, args=[run.pk]) for name in ("import_detail", "import_preview", "import_columns", "import_to_mend")
    ]
    for user in (desk_operator, coordinator, outreach_operator):
        assert sign_in(user).get(reverse("import_new", args=["cases"])).status_code == 403
        assert reverse("import_new", args=["cases"]) not in sign_in(user).get(reverse("case_list")).content.decode()
        with pytest.raises(PermissionDenied):
            load(user, row(amina.pseudonym))
    assert sign_in(coordinator).get(reverse("import_detail", args=[run.pk])).status_code == 200  # reads the log
    for page in pages:
        assert sign_in(stranger).get(page).status_code == 404
    assert sign_in(colleague).get(pages[0]).status_code == 200
    assert [sign_in(colleague).get(page).status_code for page in pages[1:]] == [403, 403, 403]
    with pytest.raises(PermissionDenied):
        load(stranger, row(amina.pseudonym))
    past = PastCase(team, case_worker, "desk", date(2025, 1, 1))
    for user in (desk_operator, coordinator, stranger):
        with pytest.raises(PermissionDenied):
            record_past_case(by=user, person=amina, past=past, record_id=uuid7())
        with pytest.raises(PermissionDenied):
            take_back_past_case(by=user, case=Case.objects.get())
    with pytest.raises(DomainError, match="closed to you"):
        record_past_case(by=colleague, person=amina, past=past, record_id=uuid7())
    # a colleague who neither brought it in nor works on it undoes nothing
    assert undo_import(by=colleague, run=run).kept == 1
    assert Case.objects.exists()


def test_who_imports_for_a_colleague_gets_no_file(case_worker, second, amina, known, load):
    run = carry_out(by=case_worker, run=load(case_worker, row(amina.pseudonym, manager=second.full_name, note="Nota")))
    case = Case.objects.get()
    assert not FileMember.objects.filter(person=amina, user=case_worker).exists()
    with pytest.raises(PermissionDenied):
        write_first_note(by=second, case=case, words="x", record_id=uuid7())
    with pytest.raises(PermissionDenied):
        write_first_note(by=case_worker, case=case, words="x", record_id=uuid7())
    assert undo_import(by=case_worker, run=run).taken == 1


def test_many_rows_are_loaded_in_parts(case_worker, load):
    with pytest.raises(DomainError, match="more than"):
        load(case_worker, *[row(None, f"Persona {n}", "1/1/1990") for n in range(MOST_ROWS + 1)])


def test_reading_whom_the_rows_mean_is_logged(case_worker, amina, load):
    run = load(case_worker, row(amina.pseudonym))
    examined(case_worker, run)
    seen = AuditEntry.objects.filter(action="list", object_type="people.person").last()
    assert seen.detail["persons"] == [str(amina.pk)]
    assert Person.objects.get().pk == amina.pk
