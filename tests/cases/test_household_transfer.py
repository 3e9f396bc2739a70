"""A household moves to another city together: proposed and agreed at once, each looked at and sent by itself."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.cases import household_cases, services, transfers
from lgnet.cases.models import Transfer
from lgnet.cases.transfer_models import Part
from lgnet.core.errors import DomainError
from lgnet.people.models import FileMember, Person
from lgnet.people.services import restrict_file
from tests.cases.test_household_cases import both, family  # noqa: F401  fixtures
from tests.cases.test_transfers import agree, proposal, take
from tests.conftest import make_partner

TODAY = timezone.localdate


@pytest.fixture
def going(both, case_worker, stranger, other_partner):  # noqa: F811
    """The transfers of both parents, being prepared."""
    first, second = both
    transfer = household_cases.propose_transfers(
        by=case_worker, case=first, others=[second], proposal=proposal(other_partner)
    )
    return transfer, Transfer.objects.get(case=second)


def text(page):
    return page.content.decode()


def test_begun_agreed_and_received_together(sign_in, case_worker, both, stranger, other_partner):  # noqa: F811
    first, second = both
    client, url = sign_in(case_worker), reverse("transfer_new", args=[first.pk])
    form = client.get(url).context["form"]
    assert form["others"].value() == []
    data = {
        "record_id": form["record_id"].value(), "to_partner": other_partner.pk, "why": "La famiglia vive là",
        "parts": ["household", "languages"], "answer_days": 7, "others": [second.person_id],
    }  # fmt: skip
    for _time in range(2):  # sent twice, nothing is doubled
        assert client.post(url, data).status_code == 302
    one, other = Transfer.objects.get(case=first), Transfer.objects.get(case=second)
    assert Transfer.objects.count() == 2
    assert (other.to_partner, other.why, other.parts) == (one.to_partner, one.why, one.parts)
    detail = reverse("transfer_detail", args=[one.pk])
    page = text(client.get(detail))
    assert reverse("transfer_detail", args=[other.pk]) in page
    assert "not asked yet" in page
    listed = AuditEntry.objects.filter(action="list", actor_id=case_worker.pk)
    assert any(str(second.person_id) in entry.detail["persons"] for entry in listed)

    agreement = {"agreed_on": TODAY(), "language": "ar", "with_interpreter": "on", "agrees": "on"}
    agreement["others"] = [second.person_id]
    assert client.post(reverse("transfer_agree", args=[one.pk]), agreement).status_code == 302
    other.refresh_from_db()
    assert (other.agreed_on, other.agreed_language, other.agreed_with_interpreter) == (TODAY(), "ar", True)
    assert other.asked_by == case_worker
    assert "agreed, not sent yet" in text(client.get(detail))
    assert "others" not in client.get(reverse("transfer_agree", args=[one.pk])).context["form"].fields
    for transfer in (one, other):
        page = client.get(reverse("transfer_detail", args=[transfer.pk]))
        client.post(reverse("transfer_send", args=[transfer.pk]), {"seen": page.context["seen"]})
    assert set(Transfer.objects.values_list("status", flat=True)) == {"sent"}

    there = sign_in(stranger)
    page = text(there.get(reverse("transfer_incoming", args=[one.pk])))
    assert f'href="{reverse("transfer_incoming", args=[other.pk])}">A. P.</a>' in page
    copies = [take(stranger, transfer) for transfer in (one, other)]
    here = {copy.person.household_id for copy in copies}
    assert len(here) == 1
    assert here != {first.person.household_id}
    assert "Of the same household" not in text(there.get(reverse("transfer_incoming", args=[one.pk])))


def test_who_goes_already_is_not_offered(case_worker, both, going):  # noqa: F811
    first, second = both
    assert household_cases.can_go_too(case_worker, first) == []
    transfers.withdraw_transfer(by=case_worker, transfer=going[1])
    assert household_cases.can_go_too(case_worker, first) == [second]
    assert household_cases.going_together(case_worker, going[0]) == []


def test_of_a_restricted_file_a_colleague_of_the_other_case_is_not_told(case_worker, colleague, both, going):  # noqa: F811
    first, second = both
    services.change_team_of_case(by=case_worker, case=first, manager=case_worker, members=[colleague])
    assert household_cases.going_together(colleague, going[0]) == [going[1]]
    Person.objects.filter(pk=second.person_id).update(restricted=True)
    FileMember.objects.filter(person=second.person_id).exclude(user=case_worker).delete()
    assert household_cases.going_together(colleague, going[0]) == []
    assert household_cases.going_together(case_worker, going[0]) == [going[1]]


def test_all_or_none(case_worker, both, other_partner, stranger, going):  # noqa: F811
    first, second = both
    transfers.withdraw_transfer(by=case_worker, transfer=going[0])
    with pytest.raises(DomainError, match="Amina Provadati: A transfer of this case is under way"):
        household_cases.propose_transfers(
            by=case_worker, case=first, others=[second], proposal=proposal(other_partner)
        )  # fmt: skip
    assert Transfer.objects.filter(status="draft").count() == 1
    Person.objects.filter(pk=second.person_id).update(household=None)
    second.person.refresh_from_db()
    Transfer.objects.all().update(status="withdrawn", ended_at=timezone.now())
    with pytest.raises(DomainError, match="Choose from the list"):
        household_cases.propose_transfers(
            by=case_worker, case=first, others=[second], proposal=proposal(other_partner)
        )  # fmt: skip
    assert not Transfer.objects.filter(status="draft").exists()


def test_the_agreement_of_one_is_not_written_for_another_city(case_worker, going):
    one, other = going
    agreement = transfers.Agreement(TODAY(), "ar")
    third = make_partner("terza", "Terza")
    Transfer.objects.filter(pk=other.pk).update(to_partner=third)
    other.refresh_from_db()
    assert household_cases.going_together(case_worker, one) == []
    with pytest.raises(DomainError, match="Choose from the list"):
        household_cases.record_agreements(by=case_worker, transfer=one, others=[other], agreement=agreement)
    assert not Transfer.objects.filter(agreed_on__isnull=False).exists()
    Transfer.objects.filter(pk=other.pk).update(to_partner=one.to_partner_id)
    other.refresh_from_db()
    type(other.case).objects.filter(pk=other.case_id).update(opened_on=TODAY())
    early = transfers.Agreement(TODAY() - timedelta(days=1), "ar")
    type(one.case).objects.filter(pk=one.case_id).update(opened_on=TODAY() - timedelta(days=5))
    with pytest.raises(DomainError, match="Amina Provadati: The case was opened only after"):
        household_cases.record_agreements(by=case_worker, transfer=one, others=[other], agreement=early)
    assert not Transfer.objects.filter(agreed_on__isnull=False).exists()


@pytest.mark.parametrize("hidden", ["not sent along", "restricted"])
def test_the_other_city_is_not_told_who_comes_with_whom(hidden, case_worker, stranger, going):
    _one, other = going
    if hidden == "not sent along":
        Transfer.objects.filter(pk=other.pk).update(parts=[Part.IDENTITY])
        other.refresh_from_db()
    else:
        restrict_file(by=case_worker, person=other.person, restricted=True, reason="in pericolo")
    for transfer in going:
        agree(case_worker, transfer)
        transfers.send_transfer(by=case_worker, transfer=Transfer.objects.get(pk=transfer.pk))
    for transfer in Transfer.objects.all():
        assert household_cases.coming_together(stranger, transfer) == []
