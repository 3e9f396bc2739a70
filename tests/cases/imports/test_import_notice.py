"""The privacy notice that was given on paper comes in with the case, and goes with it when the import is undone."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Case
from lgnet.imports.services import carry_out, undo_import
from lgnet.people.models import JourneyEvent, NoticeGiven
from tests.cases.imports.rows import HEAD, row, wrong

GIVEN = [*HEAD, "Informativa privacy", "Lingua informativa"]


@pytest.fixture
def amina(known):
    """Amina, who was given no notice that the platform knows of."""
    person = known("Amina", "Provadati", notice=False)
    person.languages.create(language="ar", is_preferred=True)
    return person


def told(person, given_on="4/3/2025", language=None, **more):
    return [*row(person.pseudonym, **more), given_on, language]


def test_the_notice_comes_with_the_case(case_worker, amina, known, load):
    joe, has = known("Joe", "Esempio", notice=False), known("Ha", "Giàavuta")
    rows = [told(amina), told(joe, date(2025, 3, 1), "Francese"), told(has, "1/1/2025")]
    run = load(case_worker, *rows, head=GIVEN)
    assert wrong(case_worker, run) == []
    carry_out(by=case_worker, run=run)
    assert set(Case.objects.values_list("person", flat=True)) == {amina.pk, joe.pk, has.pk}
    notices = NoticeGiven.objects.filter(person__in=[amina, joe])
    assert {(one.person_id, one.kind, one.method, one.language, one.given_on) for one in notices} == {
        (amina.pk, "privacy", "paper", "ar", date(2025, 3, 4)), (joe.pk, "privacy", "paper", "fr", date(2025, 3, 1)),
    }  # fmt: skip
    assert has.notices.get().given_on == timezone.localdate()  # who has one keeps it
    events = JourneyEvent.objects.filter(kind="notice_given", person__in=[amina, joe], voided_at=None)
    assert {timezone.localdate(one.occurred_at) for one in events} == {date(2025, 3, 4), date(2025, 3, 1)}

    undo_import(by=case_worker, run=run)
    assert not Case.objects.exists()
    assert list(NoticeGiven.objects.values_list("person", flat=True)) == [has.pk]
    assert not JourneyEvent.objects.filter(kind="notice_given", person__in=[amina, joe], voided_at=None).exists()
    assert AuditEntry.objects.filter(action="delete", object_type="people.noticegiven").count() == 2


def test_the_notice_of_another_case_stays(case_worker, amina, load):
    carry_out(
        by=case_worker, run=(first := load(case_worker, told(amina, closed="6/3/2025", outcome="altro"), head=GIVEN))
    )
    carry_out(by=case_worker, run=(second := load(case_worker, row(amina.pseudonym, opened="1/4/2025"))))
    undo_import(by=case_worker, run=first)
    assert amina.notices.count() == 1
    undo_import(by=case_worker, run=second)
    assert amina.notices.count() == 1


def test_what_is_wrong_with_a_notice_is_told_at_its_cell(case_worker, amina, known, load):
    joe, tomorrow = known("Joe", "Esempio", notice=False), timezone.localdate() + timedelta(days=1)
    run = load(
        case_worker, told(joe), told(amina, tomorrow), told(amina, None, "fr"), told(amina, "4/3/2025", "marziano"),
        told(amina, "31/2/2025"), told(amina, None), head=GIVEN,
    )  # fmt: skip
    found = wrong(case_worker, run)
    assert [(number, heading) for number, heading, _why in found] == [
        (2, "Informativa privacy"), (3, "Informativa privacy"), (4, "Informativa privacy"), (5, "Lingua informativa"),
        (6, "Informativa privacy"), (7, "Codice"),
    ]  # fmt: skip
    assert "in which language" in found[0][2]
    assert "future" in found[1][2]
    assert "the day on which" in found[2][2]
    assert "First record that the privacy notice" in found[5][2]
