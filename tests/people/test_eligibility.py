"""Whether the fund counts a person on a day: the rules as a table, histories in any order, reasons, who may read."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lgnet.core.errors import DomainError
from lgnet.people.checks import record_eligibility
from lgnet.people.codes import TitleType
from lgnet.people.documents import DocumentDetails, Upload, store_document
from lgnet.people.eligibility import Facts, Look, Rule, eligibility_on, propose, standing
from lgnet.people.models import EligibilityCheck, Person
from tests.files.images import a_picture

END, DAY = date(2026, 6, 30), timedelta(days=1)


def facts(kind="work", **known):
    return Facts(kind, **{"issued_on": date(2025, 7, 1), "expires_on": END} | known)


@pytest.mark.parametrize(
    ("known", "day", "verdict", "rule"),
    [
        (facts(), END, "eligible", Rule.VALID),
        (facts(), END + DAY, "pending", Rule.CAN_RENEW),
        (facts(), END + 60 * DAY, "pending", Rule.CAN_RENEW),
        (facts(), END + 61 * DAY, "not_eligible", Rule.ENDED),
        (facts(asked_on=END - 40 * DAY, has_receipt=True), END + 300 * DAY, "eligible", Rule.RECEIPT),
        (facts(asked_on=END + 60 * DAY, has_receipt=True), END + 70 * DAY, "eligible", Rule.RECEIPT),
        (facts(asked_on=END + 60 * DAY, has_receipt=True), END + 50 * DAY, "pending", Rule.CAN_RENEW),
        (facts(asked_on=END + 61 * DAY, has_receipt=True), END + 70 * DAY, "pending", Rule.LATE),
        (facts(has_receipt=True), END + 70 * DAY, "eligible", Rule.RECEIPT_NO_DAY),
        (facts(asked_on=END, receipt_ends_on=END + 90 * DAY), END + 90 * DAY, "eligible", Rule.RECEIPT),
        (facts(asked_on=END, receipt_ends_on=END + 90 * DAY), END + 91 * DAY, "pending", Rule.RECEIPT_OVER),
        (facts(has_receipt=True, receipt_ends_on=END + DAY), END + 2 * DAY, "pending", Rule.RECEIPT_OVER),
        (facts("asylum_request", expires_on=None), END, "eligible", Rule.ASYLUM),
        (facts("asylum_request"), END + 61 * DAY, "not_eligible", Rule.ENDED),
        (facts("refugee", expires_on=None), END, "eligible", Rule.NO_END),
        (facts("long_term"), END + 900 * DAY, "eligible", Rule.LONG_TERM),
        (facts("minor_age"), END, "eligible", Rule.VALID),
        (facts("other"), END, "pending", Rule.OTHER),
        (facts("none"), END, "not_eligible", Rule.NO_TITLE),
        (facts("eu_or_italian"), END, "not_eligible", Rule.EU),
    ],
)
def test_the_rules(known, day, verdict, rule):
    assert propose(known, day) == (verdict, rule)
    assert str(propose(known, day).source)


def test_a_minor_without_a_title_is_to_be_completed():
    assert propose(facts("none"), END, is_minor=True) == ("pending", Rule.MINOR)


def test_the_days_to_renew_are_set_by_the_manual(settings):
    settings.ELIGIBILITY_RULES = {"renewal_days_before": 90, "renewal_days_after": 0}
    assert propose(facts(), END + DAY) == ("not_eligible", Rule.ENDED)


days = st.dates(date(2025, 1, 1), date(2027, 12, 31))
maybe = st.none() | days
all_facts = st.builds(
    Facts, title_type=st.sampled_from(TitleType.values), issued_on=maybe, expires_on=maybe, has_receipt=st.booleans(),
    asked_on=maybe, receipt_ends_on=maybe,
)  # fmt: skip


@st.composite
def histories(draw):
    """Checks of different days, in the order of days and in another one in which they were typed."""
    rows = []
    for day in draw(st.lists(days, unique=True, max_size=6)):
        known = draw(all_facts)
        proposed = propose(known, day).verdict
        verdict = draw(st.sampled_from([proposed, proposed, *EligibilityCheck.Verdict.values]))
        rows.append((day, str(verdict), draw(st.sampled_from([str(proposed), ""])), known))
    return sorted(rows), draw(st.permutations(sorted(rows)))


def typed(rows):
    start = datetime(2028, 1, 1, tzinfo=UTC)
    return [Look(day, start + number * DAY, *rest) for number, (day, *rest) in enumerate(rows)]


@given(histories(), days)
def test_the_verdict_of_a_day_never_depends_on_the_order_of_typing(history, day):
    one, other = (standing(typed(rows), day) for rows in history)
    assert one.verdict == other.verdict
    assert (one.look and one.look.day) == (other.look and other.look.day)


@given(histories(), days)
def test_whoever_is_eligible_is_so_by_a_check_that_says_it(history, day):
    found = standing(typed(history[0]), day)
    assert not found.is_eligible or (found.look and found.look.verdict == "eligible")


def record(person, by, **changes):
    data = {"checked_on": timezone.localdate(), "title_type": "work", "verdict": "eligible"} | changes
    return record_eligibility(by=by, person=person, **data)


def test_eligible_until_it_ends_and_again_by_a_receipt_seen_later(person, desk_operator):
    today = timezone.localdate()
    first, ends = today - 200 * DAY, today - 100 * DAY
    record(person, desk_operator, checked_on=first, issued_on=first - 300 * DAY, expires_on=ends)
    assert eligibility_on(person, first - DAY).is_eligible  # issued by then
    assert eligibility_on(person, ends).is_eligible
    assert not eligibility_on(person, ends + DAY).is_eligible
    record(
        person, desk_operator, issued_on=first - 300 * DAY, expires_on=ends, renewal_asked_on=ends - DAY,
        receipt_ends_on=today + 90 * DAY,
    )  # fmt: skip
    assert eligibility_on(person, ends + DAY).is_eligible
    assert eligibility_on(person, today + 90 * DAY).is_eligible
    assert not eligibility_on(person, today + 91 * DAY).is_eligible


def test_otherwise_than_the_rules_only_with_a_reason(person, desk_operator):
    good = {"expires_on": timezone.localdate() + 90 * DAY, "verdict": "not_eligible"}
    with pytest.raises(DomainError, match="valid on this day"):
        record(person, desk_operator, **good)
    check = record(person, desk_operator, **good, decided_reason="Revocato il 3 maggio")
    assert (check.proposed, check.rule, check.decided_reason) == ("eligible", "valid", "Revocato il 3 maggio")
    pending = record(person, desk_operator, **good | {"verdict": "pending"})
    assert pending.decided_reason == ""
    assert not eligibility_on(person, timezone.localdate()).is_eligible


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"renewal_asked_on": timezone.localdate() + DAY}, "renewal_asked_on"),
        ({"renewal_asked_on": timezone.localdate(), "receipt_ends_on": timezone.localdate() - DAY}, "receipt_ends_on"),
        ({"receipt_ends_on": timezone.localdate() + DAY}, "receipt_ends_on"),
        ({"converted_on": timezone.localdate()}, "converted_from"),
        (
            {"converted_from": "study", "conversion_asked_on": timezone.localdate(),
             "converted_on": timezone.localdate() - DAY},
            "converted_on",
        ),
    ],
)  # fmt: skip
def test_days_that_cannot_be(person, desk_operator, changes, field):
    with pytest.raises(DomainError) as refused:
        record(person, desk_operator, **changes)
    assert refused.value.field == field
    assert not EligibilityCheck.objects.exists()


def test_a_permit_for_minor_age_ends_with_it(person, desk_operator):
    person.birth_date, person.birth_precision = date(timezone.localdate().year - 17, 1, 2), "day"
    person.save()
    assert record(person, desk_operator, title_type="minor_age").expires_on == date(timezone.localdate().year + 1, 1, 1)


def test_the_page_proposes_and_writes_once(sign_in, person, desk_operator):
    client, url = sign_in(desk_operator), reverse("eligibility_new", args=[person.pk])
    typed_in = {
        "checked_on": timezone.localdate(),
        "title_type": "none",
        "record_id": "01890000-0000-7000-8000-000000000001",
    }
    proposed = client.post(reverse("eligibility_proposal", args=[person.pk]), typed_in)
    assert "not eligible" in proposed.content.decode()
    assert not EligibilityCheck.objects.exists()
    asked = client.post(url, typed_in)
    assert asked.status_code == 422
    assert "Without a title to stay" in asked.content.decode()
    for _turn in range(2):
        assert client.post(url, typed_in | {"verdict": "not_eligible"}).status_code == 302
    assert EligibilityCheck.objects.count() == 1


def test_history_with_what_is_new_on_paper_too(sign_in, person, desk_operator, colleague, stranger):
    document = store_document(
        by=desk_operator, person=person, details=DocumentDetails("permit"), files=[Upload("a.jpg", a_picture())]
    )
    record(person, desk_operator, title_type="study", number_masked="QX77", document=document)
    record(person, desk_operator, converted_from="study", converted_on=timezone.localdate())
    history = reverse("eligibility_history", args=[person.pk])
    page = sign_in(desk_operator).get(history).content.decode()
    assert "<del>study</del>" in page
    assert reverse("document_detail", args=[document.pk]) in page
    paper = sign_in(desk_operator).get(reverse("eligibility_paper", args=[person.pk]))
    assert paper.content.startswith(b"%PDF")
    type(document).objects.filter(pk=document.pk).update(access="health", stored_by=colleague)
    assert "Document kept in the file" not in sign_in(desk_operator).get(history).content.decode()
    assert sign_in(stranger).get(history).status_code == 404
    assert sign_in(colleague).get(history).status_code == 302  # a closed file: say why
    other = Person.objects.create(partner=person.partner)
    with pytest.raises(DomainError, match="can read"):
        record(other, desk_operator, document=document)
