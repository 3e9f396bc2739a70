"""Two files of one person are joined with everything that hangs on them, and parted again."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.cases import services as cases
from lgnet.core.errors import DomainError
from lgnet.desks.models import Visit
from lgnet.desks.services import record_arrival
from lgnet.network.roles import Role
from lgnet.people import duplicates
from lgnet.people.merging import FIELDS, Seen, merge_persons, recorded_since, suggested, undo_merge
from lgnet.people.models import (
    ContactPoint,
    EligibilityCheck,
    FileMember,
    Identifier,
    JourneyEvent,
    NameKey,
    Person,
    PersonLanguage,
    PersonMerge,
    PersonPair,
)
from lgnet.people.records import add_contact_point, add_identifier
from lgnet.people.selectors import get_person, ids_of, search_persons, visible_persons
from lgnet.people.services import PersonDetails, open_file_with_reason, restrict_file, update_person
from tests.conftest import team_of
from tests.people.doubles import REASON, everything, join, live_a_little, meet, register


@pytest.fixture
def kept(desk_operator, partner):
    return register(desk_operator, partner)


@pytest.fixture
def absorbed(desk_operator, partner):
    return register(desk_operator, partner, given_names="Amena", nickname="Radio")


def take_in_charge(by, person, manager):
    team = team_of(person.partner, "multidisciplinary")
    return cases.open_case(by=by, person=person, team=team, manager=manager, basis="desk")


def test_everything_moves_to_the_kept_person(desk_operator, outreach_operator, kept, absorbed):
    live_a_little(desk_operator, kept)
    live_a_little(desk_operator, absorbed, phone="320 9998887")
    meet(outreach_operator, absorbed)
    before = JourneyEvent.objects.filter(voided_at=None).count()
    merge = join(desk_operator, kept, absorbed)
    absorbed.refresh_from_db()
    assert absorbed.merged_into == kept
    for model in (Visit, EligibilityCheck, ContactPoint, Identifier):
        assert not model.objects.filter(person=absorbed).exists()
        assert model.objects.filter(person=kept).count() == 2
    live = JourneyEvent.objects.filter(voided_at=None)
    assert live.filter(person=kept).count() == live.count() == before
    assert len(merge.events) == JourneyEvent.objects.filter(voided_at=merge.created_at).count() == 5
    assert not NameKey.objects.filter(person=absorbed).exists()


def test_rows_that_say_the_same_stay_and_the_rest_moves(desk_operator, kept, absorbed):
    for person in (kept, absorbed):
        PersonLanguage.objects.create(person=person, language="ar", is_preferred=True)
        add_identifier(by=desk_operator, person=person, kind="passport", value="AA 123")
    PersonLanguage.objects.filter(person=absorbed).update(literacy="reads")
    PersonLanguage.objects.create(person=absorbed, language="fr", is_preferred=True)
    merge = join(desk_operator, kept, absorbed)
    assert set(kept.languages.values_list("language", "literacy", "is_preferred")) == {
        ("ar", "reads", True), ("fr", "", False),
    }  # fmt: skip
    assert kept.identifiers.count() == absorbed.identifiers.count() == 1
    assert set(merge.stayed) == {"people.PersonLanguage.person", "people.Identifier.person"}
    undo_merge(by=desk_operator, merge=merge, reason="two sisters")
    assert list(kept.languages.values_list("language", "literacy")) == [("ar", "")]
    assert sorted(absorbed.languages.values_list("language", "is_preferred")) == [("ar", True), ("fr", True)]


def test_a_phone_that_one_file_calls_unsafe_is_never_called_safe(desk_operator, kept, absorbed):
    add_contact_point(by=desk_operator, person=kept, kind="phone", value="3201112223", safe="yes")
    add_contact_point(by=desk_operator, person=absorbed, kind="phone", value="320 111 2223", safe="no", note="husband")
    merge = join(desk_operator, kept, absorbed)
    assert list(kept.contact_points.values_list("safe", "note")) == [("no", "husband")]
    undo_merge(by=desk_operator, merge=merge, reason="two sisters")
    assert list(kept.contact_points.values_list("safe", "note")) == [("yes", "")]


def test_the_values_chosen_are_kept_and_logged(desk_operator, kept, absorbed):
    Person.objects.filter(pk=kept.pk).update(note="una nota")
    Person.objects.filter(pk=absorbed.pk).update(note="altra nota", birth_date=date(1990, 3, 5), household_role="madre")
    merge = join(desk_operator, kept, absorbed, choices={"birth_date": "absorbed", "nickname": "kept"})
    kept.refresh_from_db()
    assert (kept.birth_date, kept.nickname, kept.given_names) == (date(1990, 3, 5), "", "Amina")
    assert kept.note == "una nota\n\naltra nota"
    entry = AuditEntry.objects.filter(person_id=kept.pk, action="update", detail__joined=absorbed.pseudonym)
    changes = entry.filter(object_type="people.person").get().detail["changes"]
    assert changes["birth_date"] == ["1990-05-03", "1990-03-05"]
    assert changes["note"] == []
    undo_merge(by=desk_operator, merge=merge, reason="two sisters")
    kept.refresh_from_db()
    assert (kept.birth_date, kept.note) == (date(1990, 5, 3), "una nota")


def test_what_the_kept_one_does_not_know_is_taken_from_the_other(kept, absorbed):
    kept.gender, kept.birth_date = "", None
    found = suggested(kept, absorbed)
    assert set(found) == set(FIELDS)
    assert {name for name, whose in found.items() if whose == "absorbed"} == {"nickname", "gender", "birth_date"}


def test_undone_everything_is_as_before(desk_operator, outreach_operator, case_worker, kept, absorbed):
    live_a_little(desk_operator, kept)
    live_a_little(desk_operator, absorbed)
    meet(outreach_operator, absorbed)
    take_in_charge(desk_operator, absorbed, case_worker)
    before = everything()
    merge = join(desk_operator, kept, absorbed)
    assert everything() != before
    undone = undo_merge(by=desk_operator, merge=merge, reason="two sisters")
    assert everything() == before
    assert undone.left == {}
    assert PersonPair.objects.get().status == "different"


def test_what_was_done_since_with_what_came_goes_back_with_it(desk_operator, case_worker, service_type, kept, absorbed):
    live_a_little(desk_operator, absorbed)
    case = take_in_charge(desk_operator, absorbed, case_worker)
    merge = join(desk_operator, kept, absorbed)
    case.refresh_from_db()
    work = {"by": case_worker, "case": case}
    cases.record_assessment(**work, kind="preliminary", done_on=timezone.localdate(), note="x")
    given = cases.deliver_service(**work, service_type=service_type, delivered_on=timezone.localdate(), quantity=1)
    arrival = record_arrival(by=desk_operator, team=team_of(kept.partner, "desk"), person=kept)
    assert given.person == kept
    undo_merge(by=desk_operator, merge=merge, reason="two sisters")
    case.refresh_from_db()
    given.refresh_from_db()
    assert case.person == given.person == absorbed
    live = JourneyEvent.objects.filter(voided_at=None)
    assert set(live.filter(kind__in=["assessed", "service_delivered"]).values_list("person", flat=True)) == {
        absorbed.pk
    }
    assert live.get(source_id=arrival.pk).person == kept


def test_what_was_recorded_since_stays_unless_it_is_given_back(desk_operator, kept, absorbed):
    desk = team_of(kept.partner, "desk")
    merge = join(desk_operator, kept, absorbed)
    stays = record_arrival(by=desk_operator, team=desk, person=kept)
    goes = record_arrival(by=desk_operator, team=desk, person=kept)
    offered = {row: key for key, row in recorded_since(merge)}
    assert {stays, goes} <= set(offered)
    undo_merge(by=desk_operator, merge=merge, reason="two sisters", given_back=[offered[goes], "desks.Visit.person:x"])
    for visit, person in ((stays, kept), (goes, absorbed)):
        visit.refresh_from_db()
        assert visit.person == person
        assert JourneyEvent.objects.get(source_id=visit.pk, voided_at=None).person == person


def test_what_cannot_be_put_back_is_told(desk_operator, kept, absorbed):
    PersonLanguage.objects.create(person=absorbed, language="fr")
    merge = join(desk_operator, kept, absorbed)
    kept.refresh_from_db()
    update_person(by=desk_operator, person=kept, details=PersonDetails(nickname="Altro", languages=(("fr", ""),)))
    undone = undo_merge(by=desk_operator, merge=merge, reason="two sisters")
    kept.refresh_from_db()
    assert kept.nickname == "Altro"
    assert undone.left.keys() == {"people.PersonLanguage.person", "people.Person"}
    assert undone.left["people.Person"] == ["nickname"]


def test_joined_in_a_chain_and_parted_in_turn(desk_operator, partner, kept, absorbed):
    third = register(desk_operator, partner, given_names="Aminah")
    for person in (kept, absorbed, third):
        live_a_little(desk_operator, person, phone=f"32000000{person.given_names[-1]}1")
    before = everything()
    first = join(desk_operator, kept, absorbed)
    between = everything()
    second = join(desk_operator, third, kept)
    assert {person.merged_into_id for person in Person.objects.exclude(pk=third.pk)} == {third.pk}
    assert set(ids_of(absorbed.pk)) == {third.pk, kept.pk, absorbed.pk}
    with pytest.raises(DomainError, match="later"):
        undo_merge(by=desk_operator, merge=first, reason="two sisters")
    undo_merge(by=desk_operator, merge=second, reason="two sisters")
    assert everything() == between
    undo_merge(by=desk_operator, merge=first, reason="two sisters")
    assert everything() == before


def test_two_open_cases_have_to_be_decided_first(desk_operator, case_worker, kept, absorbed):
    for person in (kept, absorbed):
        live_a_little(desk_operator, person)
        take_in_charge(desk_operator, person, case_worker)
    before = everything()
    with pytest.raises(DomainError, match="case"):
        join(desk_operator, kept, absorbed)
    assert everything() == before
    assert not PersonMerge.objects.exists()


@pytest.mark.parametrize("wrong", ["itself", "reason", "city", "again", "restricted", "changed", "name", "birth"])
def test_what_cannot_be_joined_is_refused_in_words(wrong, desk_operator, make_user, other_partner, kept, absorbed):
    options, other, reason = {}, absorbed, REASON
    if wrong == "itself":
        other = kept
    if wrong == "reason":
        reason = " "
    if wrong == "city":
        other = register(make_user(Role.DESK_OPERATOR, other_partner), other_partner)
    if wrong == "again":
        join(desk_operator, kept, absorbed)
    if wrong == "restricted":
        Person.objects.filter(pk=absorbed.pk).update(restricted=True)
    if wrong == "changed":
        options["seen"] = Seen(kept.updated_at, kept.updated_at)
    if wrong == "name":
        Person.objects.filter(pk=absorbed.pk).update(nickname="", given_names="", family_names="")
        options["choices"] = dict.fromkeys(("nickname", "given_names", "family_names"), "absorbed")
    if wrong == "birth":
        Person.objects.filter(pk=absorbed.pk).update(birth_date=timezone.localdate() + timedelta(days=1))
        options["choices"] = {"birth_date": "absorbed"}
    before = PersonMerge.objects.count()
    with pytest.raises(DomainError):
        merge_persons(by=desk_operator, kept=kept, absorbed=other, reason=reason, **options)
    assert PersonMerge.objects.count() == before


def test_only_with_the_permission_and_both_files_open(desk_operator, coordinator, make_user, partner, kept, absorbed):
    from lgnet.catalogue.models import Team

    elsewhere = Team.objects.create(partner=partner, kind=Team.Kind.DESK, name="Altro sportello")
    colleague = make_user(Role.DESK_OPERATOR, partner, team=elsewhere)
    for user in (coordinator, colleague):
        with pytest.raises(PermissionDenied):
            join(user, kept, absorbed)
    open_file_with_reason(by=colleague, person=kept, reason="looks like a double")
    with pytest.raises(PermissionDenied):
        join(colleague, kept, absorbed)
    open_file_with_reason(by=colleague, person=absorbed, reason="looks like a double")
    assert join(colleague, kept, absorbed).merged_by == colleague


def test_two_restricted_files_are_joined_by_who_is_in_both_teams(case_worker, partner, make_user):
    people = [register(case_worker, partner, given_names=name) for name in ("Amina", "Amena")]
    for person in people:
        FileMember.objects.create(person=person, team=team_of(partner, "multidisciplinary"), basis="case")
        restrict_file(by=case_worker, person=person, restricted=True, reason="violence at home")
    merge = join(case_worker, *people)
    assert get_person(case_worker, people[1].pk) == people[0]
    undo_merge(by=case_worker, merge=merge, reason="two sisters")
    assert get_person(case_worker, people[1].pk) == people[1]


def test_the_absorbed_one_is_in_no_list_and_its_code_and_numbers_lead_to_the_kept_one(desk_operator, kept, absorbed):
    add_identifier(by=desk_operator, person=absorbed, kind="stp", value="STP 0102 0304")
    join(desk_operator, kept, absorbed)
    assert list(visible_persons(desk_operator)) == [kept]
    for text in (absorbed.pseudonym, absorbed.pseudonym.lower(), "STP01020304", "Amena Doppiavista", kept.pseudonym):
        assert list(search_persons(desk_operator, text)) == [kept], text
    assert get_person(desk_operator, absorbed.pk) == kept


def test_who_writes_with_the_old_file_in_hand_is_told(desk_operator, kept, absorbed):
    join(desk_operator, kept, absorbed)
    with pytest.raises(DomainError, match="joined"):
        record_arrival(by=desk_operator, team=team_of(kept.partner, "desk"), person=absorbed)
    with pytest.raises(DomainError, match="joined"):
        add_identifier(by=desk_operator, person=absorbed, kind="stp", value="1")


def test_who_is_not_the_absorbed_one_is_not_the_kept_one_until_they_are_parted(desk_operator, partner, kept, absorbed):
    third = register(desk_operator, partner, given_names="Aminah")
    duplicates.say_different(by=desk_operator, one=third, other=absorbed)
    merge = join(desk_operator, kept, absorbed)
    assert duplicates.different_from(kept) == {third.pk}
    undo_merge(by=desk_operator, merge=merge, reason="two sisters")
    assert duplicates.different_from(kept) == {absorbed.pk}
    assert duplicates.different_from(third) == {absorbed.pk}
