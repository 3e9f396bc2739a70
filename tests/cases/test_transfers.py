"""A case goes to another city: only with agreement, complete, as a copy; and every figure stays right."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lgnet.cases import services, transfer_arrivals, transfers
from lgnet.cases.models import Case, Task, Transfer, TransferCopy
from lgnet.cases.transfer_content import gather
from lgnet.cases.transfer_models import Part
from lgnet.core.errors import DomainError
from lgnet.files.services import read_file
from lgnet.network.roles import Role
from lgnet.people.documents import DocumentDetails, Upload, store_document
from lgnet.people.models import Document, Person
from lgnet.people.records import add_contact_point, add_identifier, put_in_household
from lgnet.people.services import PersonDetails, register_person, restrict_file, update_person
from tests.conftest import team_of
from tests.files.images import a_picture

TODAY = timezone.localdate


@pytest.fixture
def full_case(person, case_worker, desk_operator, partner):
    """A case of somebody of whom everything is known that can go along."""
    details = PersonDetails(
        nickname="Momo", given_names="Mohammed", family_names="Provadati", birth_date=date(1999, 5, 4),
        birth_precision="year", age_band="adult", gender="m", citizenship="MA", interpreter_needed=True,
        note="a note that stays", languages=(("ar", "no"), ("fr", "")),
    )  # fmt: skip
    update_person(by=desk_operator, person=person, details=details)
    add_identifier(by=desk_operator, person=person, kind="stp", value="STP123")
    add_contact_point(by=desk_operator, person=person, kind="phone", value="320 1234567", safe="no", note="after six")
    put_in_household(by=desk_operator, person=person, role="father", new_name="Provadati")
    team = team_of(partner, "multidisciplinary")
    case = services.open_case(by=desk_operator, person=person, team=team, manager=case_worker, basis="desk")
    services.record_assessment(
        by=case_worker, case=case, kind="preliminary", done_on=TODAY(), note="Ha bisogno di un letto",
        needs=["housing", "legal"], housing="1",
    )  # fmt: skip
    goals = [
        services.GoalDraft("work", "Un lavoro", TODAY() + timedelta(days=60)),
        services.GoalDraft("housing", "Una stanza"),
    ]
    plan = services.save_plan(by=case_worker, case=case, goals=goals)
    services.sign_plan(by=case_worker, plan=plan, signed_on=TODAY(), language="ar", interpreter_present=True)
    services.set_goal_status(by=case_worker, goal=plan.goals.get(area="housing"), status="reached")
    store_document(
        by=case_worker, person=person, details=DocumentDetails("passport", title="Passaporto", note="stays here"),
        files=[Upload("a.jpg", a_picture())],
    )  # fmt: skip
    store_document(
        by=case_worker, person=person, details=DocumentDetails("medical", access="health"),
        files=[Upload("b.jpg", a_picture())],
    )  # fmt: skip
    case.refresh_from_db()
    return case


def proposal(city, **values):
    usual = {"to_partner": city, "why": "La famiglia vive là", "parts": Part.values, "document_classes": ["team"]}
    return transfers.Proposal(**usual | values)


def agree(by, transfer, **values):
    usual = {"agreed_on": TODAY(), "language": "ar", "with_interpreter": True}
    return transfers.record_agreement(by=by, transfer=transfer, agreement=transfers.Agreement(**usual | values))


@pytest.fixture
def sent(full_case, case_worker, stranger, other_partner):
    transfer = transfers.propose_transfer(by=case_worker, case=full_case, proposal=proposal(other_partner))
    agree(case_worker, transfer)
    return transfers.send_transfer(by=case_worker, transfer=transfer)


def welcome(city, manager, **values):
    return transfer_arrivals.Welcome(team=team_of(city, "multidisciplinary"), manager=manager, **values)


def take(by, transfer, **values):
    there = welcome(transfer.to_partner, by, **values)
    return transfer_arrivals.acknowledge_transfer(by=by, transfer=transfer, welcome=there)


def test_everything_that_was_ticked_arrives_and_nothing_else(sent, full_case, stranger, other_partner):
    content = dict(sent.content)
    copy = take(stranger, sent)
    here, there = copy.person, full_case.person
    assert (here.partner, copy.case.basis, copy.from_partner) == (other_partner, "transfer", full_case.partner)
    assert here.pk != there.pk
    assert here.pseudonym != there.pseudonym
    for name, value in content["identity"].items():
        now = getattr(here, name)
        assert (now.isoformat() if isinstance(now, date) else now) == value, name
    assert here.note == ""
    for names, rows in (
        (("kind", "value"), "identifiers"), (("kind", "value", "safe", "note"), "contact_points"),
        (("language", "literacy", "is_preferred"), "languages"),
    ):  # fmt: skip
        was, came = (sorted(getattr(one, rows).values_list(*names)) for one in (there, here))
        assert was == came != []
    assert (here.household.name, here.household_role, here.interpreter_needed) == ("Provadati", "father", True)
    assert here.household_id != there.household_id
    assert [(g.words, g.area) for g in copy.case.plans.get().goals.all()] == [("Un lavoro", "work")]
    for key, value in content.items():
        if key != "documents":
            assert copy.content[key] == value, key
    passport = Document.objects.get(person=here)
    old = Document.objects.get(person=there, kind="passport")
    assert (passport.title, passport.kind, passport.access, passport.note) == ("Passaporto", "passport", "team", "")
    assert read_file(passport.pages.get().file) == read_file(old.pages.get().file)
    assert passport.pages.get().file.partner == other_partner
    assert [one["sha256"] for one in copy.content["documents"]] == [one["sha256"] for one in content["documents"]]
    assert "a note that stays" not in str(content)
    assert "stays here" not in str(content)


def test_the_case_ends_there_and_the_file_stays(sent, full_case, stranger, case_worker):
    take(stranger, sent)
    full_case.refresh_from_db()
    sent.refresh_from_db()
    assert (full_case.status, full_case.outcome, full_case.closed_by) == ("closed", "moved", case_worker)
    assert not full_case.follow_ups.exists()
    assert (sent.status, sent.content, sent.initials, sent.needs) == ("acknowledged", {}, "", [])
    assert Person.objects.filter(pk=full_case.person_id, note="a note that stays").exists()
    task = Task.objects.get(person__partner=sent.to_partner)
    assert "privacy notice" in task.words
    assert task.due_on == TODAY() + timedelta(days=30)


def test_only_what_is_ticked_leaves(full_case, case_worker, stranger, other_partner):
    few = proposal(other_partner, parts=[Part.LANGUAGES], document_classes=[])
    transfer = transfers.propose_transfer(by=case_worker, case=full_case, proposal=few)
    assert set(gather(case_worker, transfer)) == {"identity", "languages"}
    agree(case_worker, transfer)
    copy = take(stranger, transfers.send_transfer(by=case_worker, transfer=transfer))
    assert set(copy.content) == {"identity", "languages"}
    assert not copy.person.identifiers.exists()
    assert not copy.case.plans.exists()
    assert not Document.objects.filter(person=copy.person).exists()


def test_what_cannot_be_proposed(full_case, case_worker, colleague, stranger, partner, other_partner):
    def refused(match, by=case_worker, **values):
        with pytest.raises(DomainError, match=match):
            transfers.propose_transfer(by=by, case=full_case, proposal=proposal(**{"city": other_partner} | values))

    refused("own city", city=partner)
    refused("why", why=" ")
    refused("days", answer_days=0)
    refused("list", parts=["notes"])
    with pytest.raises(services.PermissionDenied):
        transfers.propose_transfer(by=colleague, case=full_case, proposal=proposal(other_partner))
    stranger.team_memberships.all().delete()
    refused("Nobody takes in charge")
    services.close_case(by=case_worker, case=full_case, closed_on=TODAY(), outcome="other")
    refused("closed")


def test_without_agreement_nothing_is_sent(full_case, case_worker, stranger, other_partner):
    transfer = transfers.propose_transfer(by=case_worker, case=full_case, proposal=proposal(other_partner))
    with pytest.raises(DomainError, match="agrees"):
        transfers.send_transfer(by=case_worker, transfer=transfer)
    for values, match in (
        ({"agreed_on": TODAY() + timedelta(days=1)}, "future"), ({"language": ""}, "language"),
        ({"agreed_on": TODAY() - timedelta(days=1)}, "opened"),
    ):  # fmt: skip
        with pytest.raises(DomainError, match=match):
            agree(case_worker, transfer, **values)
    agree(case_worker, transfer)
    more = proposal(other_partner, document_classes=["team", "health"])
    assert transfers.change_transfer(by=case_worker, transfer=transfer, proposal=more).agreed_on is None


def test_the_file_changed_since_the_preview(full_case, case_worker, stranger, other_partner):
    transfer = transfers.propose_transfer(by=case_worker, case=full_case, proposal=proposal(other_partner))
    agree(case_worker, transfer)
    seen = transfers.fingerprint(gather(case_worker, transfer))
    add_contact_point(by=case_worker, person=full_case.person, kind="email", value="a@example.org", safe="yes")
    with pytest.raises(DomainError, match="changed since"):
        transfers.send_transfer(by=case_worker, transfer=transfer, seen=seen)
    full_case = Case.objects.get(pk=full_case.pk)
    transfer = Transfer.objects.get(pk=transfer.pk)
    seen = transfers.fingerprint(gather(case_worker, transfer))
    assert transfers.send_transfer(by=case_worker, transfer=transfer, seen=seen).is_waiting


def test_sent_twice_proposed_twice_acknowledged_twice(sent, full_case, case_worker, stranger, make_user, other_partner):
    before = sent.sent_at
    assert transfers.send_transfer(by=case_worker, transfer=sent).sent_at == before
    with pytest.raises(DomainError, match="under way"):
        transfers.propose_transfer(by=case_worker, case=full_case, proposal=proposal(other_partner))
    copy = take(stranger, sent)
    assert take(stranger, sent) == copy
    with pytest.raises(DomainError, match="answered this already"):
        take(make_user(Role.CASE_WORKER, other_partner), sent)
    with pytest.raises(DomainError, match="answered already"):
        transfers.withdraw_transfer(by=case_worker, transfer=sent)
    assert (TransferCopy.objects.count(), Person.objects.filter(partner=other_partner).count()) == (1, 1)


def test_taken_back_or_refused_nothing_of_the_person_stays(sent, full_case, case_worker, stranger, colleague):
    with pytest.raises(services.PermissionDenied):
        transfers.refuse_transfer(by=colleague, transfer=sent, reason="no")
    with pytest.raises(DomainError, match="why"):
        transfers.refuse_transfer(by=stranger, transfer=sent, reason=" ")
    transfers.refuse_transfer(by=stranger, transfer=sent, reason="Non c'è posto")
    sent.refresh_from_db()
    assert (sent.status, sent.content, sent.initials, sent.languages) == ("refused", {}, "", [])
    full_case.refresh_from_db()
    assert full_case.is_open
    again = transfers.propose_transfer(by=case_worker, case=full_case, proposal=proposal(sent.to_partner))
    agree(case_worker, again)
    transfers.send_transfer(by=case_worker, transfer=again)
    transfers.withdraw_transfer(by=case_worker, transfer=again)
    with pytest.raises(DomainError, match="taken this back"):
        take(stranger, again)


def test_a_restricted_file_only_by_its_team_and_restricted_from_the_start(
    full_case, case_worker, coordinator, stranger, make_user, other_partner
):
    restrict_file(by=case_worker, person=full_case.person, restricted=True, reason="in pericolo")
    with pytest.raises(services.PermissionDenied):
        transfers.propose_transfer(by=coordinator, case=full_case, proposal=proposal(other_partner))
    transfer = transfers.propose_transfer(by=case_worker, case=full_case, proposal=proposal(other_partner))
    agree(case_worker, transfer)
    transfer = transfers.send_transfer(by=case_worker, transfer=transfer)
    assert (transfer.restricted, transfer.initials) == (True, "")
    copy = take(stranger, transfer)
    assert Person.objects.get(pk=copy.person_id).restricted
    away = make_user(Role.CASE_WORKER, other_partner, team=None)
    assert not services.Case.objects.filter(pk__in=transfer_arrivals_visible(away)).exists()


def transfer_arrivals_visible(user):
    from lgnet.cases.selectors import visible_cases

    return visible_cases(user).values("pk")


def test_transferred_then_taken_in_charge_again_at_the_sender(sent, full_case, stranger, case_worker):
    from lgnet.cases.after import reopen_case

    take(stranger, sent)
    full_case.refresh_from_db()
    again = reopen_case(by=case_worker, case=full_case, reason="È tornato")
    assert (again.reopens, again.is_open) == (full_case, True)
    full_case.refresh_from_db()
    assert full_case.outcome == "moved"
    assert Case.objects.filter(status="open").count() == 2  # one in each city


def test_who_left_the_household_meanwhile_joins_no_stranger_s(sent, stranger, other_partner, full_case, desk_operator):
    elsewhere = register_person(
        by=stranger, team=team_of(other_partner, "desk"), details=PersonDetails(given_names="Altra")
    )
    put_in_household(by=stranger, person=elsewhere, role="mother", new_name="Altra")
    alone = Person.objects.create(partner=full_case.partner)
    case = Case.objects.create(
        partner=alone.partner, person=alone, team=full_case.team, manager=full_case.manager, opened_by=desk_operator,
        basis="desk",
    )  # fmt: skip
    earlier = Transfer.objects.create(
        partner=alone.partner, person=alone, case=case, to_partner=other_partner, why="x", proposed_by=desk_operator,
        status="withdrawn", ended_at=timezone.now(),
    )  # fmt: skip
    TransferCopy.objects.create(
        partner=other_partner, transfer=earlier, person=elsewhere, case=case, from_partner=alone.partner,
        sent_on=TODAY(), received_by=stranger,
    )  # fmt: skip
    Person.objects.filter(pk=full_case.person_id).update(household=None, household_role="")
    came = take(stranger, sent).person
    elsewhere.refresh_from_db()
    assert came.household_id != elsewhere.household_id
    assert came.household.name == "Provadati"


def test_restricted_after_it_was_sent_it_arrives_restricted(sent, full_case, case_worker, stranger, sign_in):
    assert sent.shown_initials == "M. P."
    restrict_file(by=case_worker, person=full_case.person, restricted=True, reason="in pericolo")
    client = sign_in(stranger)
    page = client.get(reverse("transfer_incoming", args=[sent.pk])).content.decode()
    assert "restricted: it will be here too" in page
    for url in (reverse("transfer_incoming", args=[sent.pk]), reverse("transfer_list"), reverse("home")):
        assert "M. P." not in client.get(url).content.decode(), url
    assert Person.objects.get(pk=take(stranger, sent).person_id).restricted


def test_a_document_kept_for_others_since_does_not_go_along(sent, full_case, stranger, sign_in):
    Document.objects.filter(person=full_case.person, kind="passport").update(access="legal")
    copy = take(stranger, sent)
    assert [one["kept_back"] for one in copy.content["documents"]] == [True]
    assert not Document.objects.filter(person=copy.person).exists()
    page = sign_in(stranger).get(reverse("transfer_copy", args=[copy.pk])).content.decode()
    assert "not sent: who may read it was changed" in page


def test_where_the_person_went(sent, full_case, stranger):
    take(stranger, sent)
    full_case.refresh_from_db()
    assert full_case.destination == "other_city"


def test_a_case_that_is_closed_takes_its_transfer_back(sign_in, sent, full_case, case_worker, stranger):
    client, url = sign_in(case_worker), reverse("case_close", args=[full_case.pk])
    page = client.get(url).content.decode()
    assert reverse("transfer_detail", args=[sent.pk]) in page
    data = {"outcome": "moved", "destination": "other_city", "closed_on": TODAY(), "housing_at_exit": "0"}
    assert client.post(url, data | {"settle": [f"transfer:{sent.pk}"]}).status_code == 302
    sent.refresh_from_db()
    assert (sent.status, sent.content) == ("withdrawn", {})
    with pytest.raises(DomainError, match="taken this back"):
        take(stranger, sent)
