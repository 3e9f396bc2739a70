"""An import of people in charge is undone: figures, files and journey as before, unless somebody has worked since."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Case, CaseMember, CaseNote, FollowUp
from lgnet.cases.notes import NoteDraft, edit_note, write_note
from lgnet.cases.services import change_team_of_case, close_case, open_case, record_assessment
from lgnet.cases.tasks import add_task
from lgnet.core.periods import Quarter
from lgnet.imports.services import carry_out, undo_import
from lgnet.indicators.figures import partner_figures
from lgnet.indicators.registry import find_indicator
from lgnet.indicators.services import SETTLED, refresh
from lgnet.people.merging import undo_merge
from lgnet.people.models import FileMember, JourneyEvent
from lgnet.people.policies import file_is_open_for
from lgnet.people.records import record_eligibility
from lgnet.people.services import restrict_file
from tests.cases.imports.rows import files_of, row
from tests.people.doubles import join


def journey_of(partner):
    live = JourneyEvent.objects.filter(partner=partner, voided_at=None)
    return sorted(live.values_list("person", "kind", "occurred_at"), key=str)


def in_charge(partner, day):
    """How many the board says were taken in charge in the quarter of a day, read at once and computed anew."""
    of_board, quarter = find_indicator("taken_in_charge"), Quarter.of(day).first_day

    def count():
        value = partner_figures(partner.pk).value(of_board, quarter, partner.pk)
        return value.count if value else 0

    at_once = count()
    refresh(now=timezone.now() + SETTLED)
    assert count() == at_once
    return at_once


def test_figures_right_after_the_import_and_after_its_undo(case_worker, desk_operator, amina, known, load, partner):
    joe, day, other_day = known("Joe", "Esempio"), date(2025, 3, 5), date(2023, 2, 1)
    for person in (amina, joe):
        record_eligibility(
            by=desk_operator, person=person, checked_on=other_day, title_type="asylum_request", verdict="eligible"
        )
    refresh(now=timezone.now() + SETTLED)
    assert (in_charge(partner, day), in_charge(partner, other_day)) == (0, 0)
    rows = [row(amina.pseudonym, opened=day), row(joe.pseudonym, opened=other_day, closed="1/6/2023", outcome="altro")]
    run = carry_out(by=case_worker, run=load(case_worker, *rows))
    assert (in_charge(partner, day), in_charge(partner, other_day)) == (1, 1)
    undo_import(by=case_worker, run=run)
    assert (in_charge(partner, day), in_charge(partner, other_day)) == (0, 0)


def test_undo_takes_back_exactly_what_was_made(sign_in, case_worker, second, amina, known, load, partner):
    joe = known("Joe", "Esempio")
    before = journey_of(partner), files_of(amina), files_of(joe)
    closed = timezone.localdate() - timedelta(days=30)
    run = load(
        case_worker, row(amina.pseudonym, note="Nota"),
        row(joe.pseudonym, closed=closed, outcome="altro", manager=second.full_name),
    )  # fmt: skip
    carry_out(by=case_worker, run=run)
    assert journey_of(partner) != before[0]
    assert FollowUp.objects.count() == 3
    page = sign_in(case_worker).post(reverse("import_undo", args=[run.pk]), follow=True)
    assert "2 records are taken away." in page.content.decode()
    assert not Case.objects.exists()
    assert not any(model.objects.exists() for model in (CaseNote, CaseMember, FollowUp))
    assert journey_of(partner) == before[0]
    assert not FileMember.objects.filter(basis="case", ends_at=None).exists()
    assert {(user, team, basis) for user, team, basis, _end in files_of(amina)} == {
        (user, team, basis) for user, team, basis, _end in before[1]
    } | {(case_worker.pk, None, "case")}  # that it was open for the manager meanwhile stays known
    assert AuditEntry.objects.filter(object_type="cases.case", action="delete").count() == 2
    carry_out(by=case_worker, run=load(case_worker, row(amina.pseudonym)))  # and in again
    assert Case.objects.count() == 1
    FileMember.objects.filter(person=joe).exclude(team=None).delete()
    assert not file_is_open_for(second, joe)


def test_undo_keeps_the_file_that_an_earlier_case_gave(case_worker, amina, load, team):
    old = open_case(
        by=case_worker, person=amina, team=team, manager=case_worker, basis="desk", opened_on=date(2023, 1, 1)
    )
    close_case(by=case_worker, case=old, closed_on=date(2023, 9, 1), outcome="moved")
    run = carry_out(by=case_worker, run=load(case_worker, row(amina.pseudonym)))
    assert FileMember.objects.filter(person=amina, user=case_worker, ends_at=None).exists()
    undo_import(by=case_worker, run=run)
    kept = FileMember.objects.get(person=amina, user=case_worker)
    assert kept.ends_at is not None
    assert kept.ends_at > timezone.now() + timedelta(days=80)


def work(what, case, by, second):
    today = timezone.localdate()
    if what == "note":
        write_note(by=by, case=case, draft=NoteDraft("Nuova", today))
    elif what == "note changed":
        edit_note(by=by, note=case.notes.get(), draft=NoteDraft("Altro", today), base=1)
    elif what == "assessment":
        record_assessment(by=by, case=case, kind="preliminary", done_on=today, note="x")
    elif what == "task":
        add_task(by=by, case=case, words="Chiamare", owner=by, due_on=today)
    elif what == "team":
        change_team_of_case(by=by, case=case, manager=by, members=[second])
    elif what == "closed":
        close_case(by=by, case=case, closed_on=today, outcome="moved")


@pytest.mark.parametrize("what", ["note", "note changed", "assessment", "task", "team", "closed"])
def test_undo_is_refused_in_plain_words_where_somebody_has_worked(what, case_worker, second, amina, known, load):
    joe = known("Joe", "Esempio")
    run = carry_out(by=case_worker, run=load(case_worker, row(amina.pseudonym, note="Nota"), row(joe.pseudonym)))
    work(what, Case.objects.get(person=amina), case_worker, second)
    undone = undo_import(by=case_worker, run=run)
    assert (undone.taken, undone.kept) == (1, 1)
    assert [case.person for case in Case.objects.all()] == [amina]
    kept = run.records.get(undone_at=None).kept_why
    assert "since" in kept
    assert JourneyEvent.objects.filter(person=amina, kind="case_opened", voided_at=None).count() == 1


def test_undo_after_the_file_was_joined_or_restricted(case_worker, second, desk_operator, known, load):
    joined, kept = known("Samira", "Unita"), known("Samira", "Unita")
    secret = known("Zahra", "Riservata")
    rows = [row(one.pseudonym, manager=second.full_name) for one in (joined, secret)]
    run = carry_out(by=case_worker, run=load(case_worker, *rows))
    merge = join(desk_operator, kept, joined)
    restrict_file(by=second, person=secret, restricted=True, reason="pericolo")
    FileMember.objects.filter(person=secret).exclude(team=None).delete()
    undone = undo_import(by=case_worker, run=run)
    assert (undone.taken, undone.kept) == (1, 1)
    assert run.records.get(undone_at=None).kept_why == "You may not change it."
    assert Case.objects.get().person == secret
    undo_merge(by=desk_operator, merge=merge, reason="two different people, as it turned out")
    assert not Case.objects.filter(person__in=(joined, kept)).exists()
