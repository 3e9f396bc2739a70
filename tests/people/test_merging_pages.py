"""Joining two files through the pages: proposed, compared, joined or kept apart, undone."""

import pytest
from django.urls import reverse

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Team
from lgnet.network.roles import Role
from lgnet.people.duplicates import find_duplicates
from lgnet.people.merging import undo_merge
from lgnet.people.models import FileMember, Person, PersonMerge, PersonPair
from lgnet.people.records import add_identifier
from lgnet.people.services import restrict_file
from tests.people.doubles import REASON, join, live_a_little, register


@pytest.fixture
def two(desk_operator, partner):
    """Two files of Amina, in order of registration, with a bit of history each; the pair is proposed."""
    found = [register(desk_operator, partner), register(desk_operator, partner, given_names="Amena", nickname="Radio")]
    for number, person in enumerate(found):
        live_a_little(desk_operator, person, phone=f"320 111222{number}")
    find_duplicates(partner)
    return found


@pytest.fixture
def counter(sign_in, desk_operator):
    return sign_in(desk_operator)


def join_url(kept, absorbed):
    return f"{reverse('person_join', args=[kept.pk])}?other={absorbed.pk}"


def posted(page, **changes):
    """What the form of the page would send."""
    form = page.context["form"]
    return {name: form[name].value() or "" for name in form.fields} | changes


def test_the_pair_is_proposed_on_the_desk_in_the_list_and_on_the_page_of_the_person(counter, two):
    assert "1 pair of files may be one person" in counter.get(reverse("desk_today")).content.decode()
    text = counter.get(reverse("duplicate_list")).content.decode()
    assert "same date of birth" in text
    assert join_url(*two).replace("&", "&amp;") in text
    assert "registered twice" in counter.get(reverse("person_detail", args=[two[0].pk])).content.decode()
    alike = counter.get(reverse("person_alike", args=[two[0].pk]))
    assert [other for other, _reasons in alike.context["proposed"]] == [two[1]]
    found = counter.get(reverse("person_alike", args=[two[0].pk]), {"q": two[1].pseudonym})
    assert list(found.context["found"]) == [two[1]]


def test_side_by_side_then_joined_then_undone(counter, two):
    page = counter.get(join_url(*two))
    text = page.content.decode()
    for part in ("Amena", "Radio", "same date of birth", "check of the title to stay: <strong>1", "+393201112221"):
        assert part in text, part
    assert "arrival at the desk: <strong>1" in text
    answer = counter.post(join_url(*two), posted(page, given_names="absorbed", reason=REASON))
    assert answer.url == reverse("person_detail", args=[two[0].pk])
    kept = Person.objects.get(pk=two[0].pk)
    assert (kept.given_names, kept.nickname) == ("Amena", "Radio")
    shown = counter.get(answer.url).content.decode()
    merge = PersonMerge.objects.get()
    assert reverse("merge_detail", args=[merge.pk]) in shown
    old = counter.get(reverse("person_detail", args=[two[1].pk]))
    assert old.url == answer.url
    assert counter.get(reverse("duplicate_list")).context["table"].count == 0
    detail = counter.get(reverse("merge_detail", args=[merge.pk]))
    assert REASON in detail.content.decode()
    assert counter.post(reverse("merge_detail", args=[merge.pk]), {"reason": ""}).status_code == 422
    assert counter.post(reverse("merge_detail", args=[merge.pk]), {"reason": "two sisters"}).status_code == 302
    assert "two sisters" in counter.get(reverse("merge_detail", args=[merge.pk])).content.decode()
    assert counter.get(reverse("person_detail", args=[two[1].pk])).status_code == 200
    assert counter.get(reverse("duplicate_list")).context["table"].count == 0


def test_a_form_sent_twice_joins_once_and_nothing_typed_is_lost(counter, two):
    data = posted(counter.get(join_url(*two)), reason=REASON)
    assert counter.post(join_url(*two), data).status_code == 302
    assert counter.post(join_url(*two), data).url == reverse("person_detail", args=[two[0].pk])
    assert PersonMerge.objects.count() == 1
    undo_merge(by=PersonMerge.objects.get().merged_by, merge=PersonMerge.objects.get(), reason="x")
    again = counter.post(join_url(*two), data)
    assert again.status_code == 422
    assert "Look at them once more" in again.content.decode()
    assert REASON in again.content.decode()


def test_two_different_people_are_never_proposed_again(counter, two, partner):
    answer = counter.post(reverse("person_different", args=[two[0].pk]), {"other": two[1].pk})
    assert answer.url == reverse("duplicate_list")
    Person.objects.update(compared_at=None)
    find_duplicates(partner)
    assert counter.get(reverse("duplicate_list")).context["table"].count == 0
    assert counter.get(reverse("duplicate_list"), {"status": "different"}).context["table"].count == 1
    assert counter.get(reverse("person_alike", args=[two[0].pk])).context["proposed"] == []
    assert "said on" in counter.get(join_url(*two)).content.decode()


def test_what_stands_in_the_way_is_told_before(counter, two):
    Person.objects.filter(pk=two[1].pk).update(restricted=True)
    FileMember.objects.filter(person=two[1]).update(ends_at=None)
    assert "Only one of the two files is restricted" in counter.get(join_url(*two)).content.decode()


def test_a_closed_file_asks_for_a_reason_and_a_hidden_one_does_not_exist(sign_in, make_user, partner, two):
    other = Team.objects.create(partner=partner, kind=Team.Kind.DESK, name="Altro sportello")
    client = sign_in(make_user(Role.DESK_OPERATOR, partner, team=other))
    assert client.get(reverse("duplicate_list")).context["table"].count == 1
    assert reverse("file_open", args=[two[0].pk]) in client.get(join_url(*two)).url
    Person.objects.filter(pk=two[1].pk).update(restricted=True)
    assert client.get(reverse("duplicate_list")).context["table"].count == 0
    assert client.get(join_url(two[1], two[0])).status_code == 404


def test_strangers_and_roles_without_the_permission(sign_in, stranger, coordinator, two):
    assert sign_in(stranger).get(join_url(*two)).status_code == 404
    assert sign_in(stranger).get(reverse("duplicate_list")).context["table"].count == 0
    assert sign_in(coordinator).get(join_url(*two)).status_code == 403
    assert sign_in(coordinator).get(reverse("duplicate_list")).status_code == 403


def test_filters_and_export(counter, two, desk_operator, partner):
    add_identifier(by=desk_operator, person=two[0], kind="passport", value="AA1")
    add_identifier(by=desk_operator, person=two[1], kind="passport", value="AA1")
    find_duplicates(partner)
    for asked, count in (
        ({"q": "Doppiavista"}, 1), ({"q": two[0].pseudonym}, 1), ({"q": "nessuno"}, 0), ({"same": "same_identifier"}, 1),
        ({"same": "same_phone"}, 0), ({"status": "open"}, 1), ({"status": "different"}, 0),
    ):  # fmt: skip
        assert counter.get(reverse("duplicate_list"), asked).context["table"].count == count, asked
    text = counter.get(reverse("duplicate_list"), {"format": "csv"}).content.decode()
    assert two[1].pseudonym in text
    logged = AuditEntry.objects.filter(action="export", object_type="people.person").latest("created_at")
    assert set(logged.detail["persons"]) == {str(person.pk) for person in two}


def test_the_log_shows_both_ids(sign_in, make_user, partner, desk_operator, two):
    dpo = sign_in(make_user(Role.DPO, partner))
    join(desk_operator, *two)
    for person in two:
        table = dpo.get(reverse("audit_list"), {"q": person.pseudonym}).context["table"]
        assert {str(pk) for pk in table.rows.values_list("person_id", flat=True)} >= {str(one.pk) for one in two}


def test_the_log_of_a_restricted_file_that_was_joined_stays_hidden(sign_in, coordinator, case_worker, partner):
    people = [register(case_worker, partner, given_names=name) for name in ("Amina", "Amena")]
    for person in people:
        FileMember.objects.create(person=person, user=case_worker, basis="case")
        restrict_file(by=case_worker, person=person, restricted=True, reason="violence at home")
    join(case_worker, *people)
    rows = sign_in(coordinator).get(reverse("audit_list")).context["table"].rows
    assert not rows.filter(person_id__in=[person.pk for person in people]).exists()
    assert not PersonPair.objects.exists()
