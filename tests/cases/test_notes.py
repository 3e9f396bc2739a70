"""Notes: written once, joined when two write at the same time, nothing typed lost; for whose eyes, and taken back."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lgnet.audit.models import AuditEntry
from lgnet.cases import notes
from lgnet.cases.line_merging import Both, differences, lines_of, merge_lines
from lgnet.cases.models import CaseNote
from lgnet.cases.notes import MARK, NoteDraft
from lgnet.cases.parts import add_member, set_areas
from lgnet.cases.services import change_team_of_case, close_case, open_case
from lgnet.cases.visibility import sees_case
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.network.models import Membership
from lgnet.network.roles import Profile, Role
from lgnet.people.models import FileMember
from lgnet.people.services import open_file_with_reason
from tests.conftest import team_of


def today():
    return timezone.localdate()


@pytest.fixture
def psychologist(make_user, partner):
    return make_user(Role.CASE_WORKER, partner, profile=Profile.PSYCHOLOGIST)


@pytest.fixture
def case(person, case_worker, psychologist, desk_operator, partner):
    return open_case(
        by=desk_operator, person=person, team=team_of(partner, "multidisciplinary"), manager=case_worker, basis="desk",
        members=[psychologist], opened_on=today() - timedelta(days=20),
    )  # fmt: skip


def write(by, case, words="Uno\nDue\nTre", **options):
    return notes.write_note(by=by, case=case, draft=NoteDraft(words, today()), **options)


def edit(by, note, words, base, **options):
    draft = NoteDraft(words, note.occurred_on, note.way)
    return notes.edit_note(by=by, note=note, draft=draft, base=base, **options)


def typed(note, **values):
    return {"words": note.words, "occurred_on": today().isoformat(), "way": "talk", "base": 1} | values


# -- texts that are joined -------------------------------------------------------------------------------------------

busy = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # as a machine with much to do is
TEXTS = st.lists(st.sampled_from(["", "a", "b", "c", "Era qui.", "Torna lunedì."]), max_size=8)


@busy
@given(base=TEXTS, saved=TEXTS, sent=TEXTS)
def test_no_line_that_somebody_typed_is_lost(base, saved, sent):
    parts = merge_lines(base, saved, sent)
    result = [line for part in parts for line in ([*part.saved, *part.sent] if isinstance(part, Both) else part)]
    kept = set(base) | set(saved)  # the versions there are
    assert set(sent) <= set(result) | kept
    assert set(saved) - set(base) <= set(result)
    assert set(sent) - set(base) <= set(result)


@busy
@given(base=TEXTS, saved=TEXTS)
def test_who_changed_nothing_changes_nothing(base, saved):
    def whole(parts):
        return [line for part in parts for line in part]

    assert whole(merge_lines(base, saved, base)) == saved
    assert whole(merge_lines(base, base, saved)) == saved
    assert whole(merge_lines(base, saved, saved)) == saved


@busy
@given(base=TEXTS, first=TEXTS, second=TEXTS)
def test_what_two_added_at_two_ends_is_joined(base, first, second):
    between = ["— qui —", *base, "— lì —"]
    parts = merge_lines(between, [*first, *between], [*between, *second])
    assert [line for part in parts for line in part] == [*first, *between, *second]


@busy
@given(before=TEXTS, after=TEXTS)
def test_differences_tell_both_texts(before, after):
    found = differences("\n".join(before), "\n".join(after))
    assert [line for kind, line in found if kind != "new"] == lines_of("\n".join(before))
    assert [line for kind, line in found if kind != "gone"] == lines_of("\n".join(after))


def test_very_long_texts_are_kept_whole():
    assert merge_lines([""] * 3000, ["a"] * 3000, ["b"]) == [Both(["a"] * 3000, ["b"])]


# -- writing ---------------------------------------------------------------------------------------------------------


def test_a_note_is_written_on_the_page_of_the_case(sign_in, case_worker, case):
    client, url = sign_in(case_worker), reverse("note_new", args=[case.pk])
    sent = {"words": "Cerca un corso.", "occurred_on": today().isoformat(), "way": "phone", "visibility": "team"}
    sent["record_id"] = str(uuid7())
    for _time in range(2):
        assert client.post(url, sent)["Location"] == f"{reverse('case_detail', args=[case.pk])}#notes"
    note = CaseNote.objects.get()
    page = client.get(reverse("case_detail", args=[case.pk])).content.decode()
    assert "Cerca un corso." in page
    assert f'data-draft="note_new-{case.pk}"' in page
    entry = AuditEntry.objects.get(object_type="cases.casenote", action="create")
    assert (entry.object_id, entry.detail) == (note.pk, {})
    assert client.post(url, sent | {"words": "", "record_id": ""}).status_code == 422


@pytest.mark.parametrize(
    ("words", "days", "options", "field"),
    [
        (" \n", 0, {}, "words"),
        ("x", -1, {}, "occurred_on"),
        ("x", 21, {}, "occurred_on"),
        ("x", 0, {"visibility": "health", "for_bodies": True}, "for_bodies"),
    ],
)
def test_a_note_that_cannot_be(case_worker, case, words, days, options, field):
    draft = NoteDraft(words, today() - timedelta(days=days))
    with pytest.raises(DomainError) as error:
        notes.write_note(by=case_worker, case=case, draft=draft, **options)
    assert error.value.field == field


def test_who_writes(sign_in, case_worker, colleague, stranger, case, person):
    note = write(case_worker, case, visibility="city")
    detail, change = reverse("note_detail", args=[note.pk]), reverse("note_edit", args=[note.pk])
    assert sign_in(stranger).get(detail).status_code == 404
    assert "open" in sign_in(colleague).get(detail)["Location"]
    open_file_with_reason(by=colleague, person=person, reason="asked by the coordinator")
    assert sign_in(colleague).get(detail).status_code == 200
    assert sign_in(colleague).post(change, typed(note)).status_code == 302
    with pytest.raises(PermissionDenied):
        edit(colleague, note, "x", 1)
    with pytest.raises(PermissionDenied):
        write(colleague, case)
    assert note.versions.count() == 1


def test_nothing_is_written_when_the_case_is_closed(case_worker, case):
    note = write(case_worker, case)
    close_case(by=case_worker, case=case, closed_on=today(), outcome="other")
    case.refresh_from_db()
    with pytest.raises(DomainError):
        write(case_worker, case)
    with pytest.raises(PermissionDenied):
        edit(case_worker, note, "x", 1)


# -- two at the same time --------------------------------------------------------------------------------------------


def test_two_write_in_different_lines(case_worker, psychologist, case):
    note = write(case_worker, case)
    edit(case_worker, note, "Uno, ieri\nDue\nTre", 1)
    now = edit(psychologist, note, "Uno\nDue\nTre\nQuattro", 1)
    assert (now.words, now.has_both, now.number) == ("Uno, ieri\nDue\nTre\nQuattro", False, 3)
    assert [v.words for v in now.versions.order_by("number")][:2] == ["Uno\nDue\nTre", "Uno, ieri\nDue\nTre"]


def test_two_write_in_the_same_line_and_settle_it(sign_in, case_worker, psychologist, case):
    note = write(case_worker, case)
    edit(case_worker, note, "Uno\nDue, di mattina\nTre", 1)
    client, url = sign_in(psychologist), reverse("note_edit", args=[note.pk])
    sent = typed(note, words="Uno\nDue, di sera\nTre", record_id=str(uuid7()))
    for _time in range(2):
        assert client.post(url, sent)["Location"] == url
    note.refresh_from_db()
    assert (note.has_both, note.number) == (True, 3)
    page = client.get(url).content.decode()
    assert "Due, di mattina" in page
    assert "Due, di sera" in page
    assert f"{MARK} {psychologist.full_name}:" in page
    assert client.post(url, typed(note, words="Uno\nDue, tutto il giorno\nTre", base=3)).status_code == 302
    note.refresh_from_db()
    assert (note.words, note.has_both) == ("Uno\nDue, tutto il giorno\nTre", False)
    history = client.get(reverse("note_detail", args=[note.pk])).content.decode()
    assert "di mattina" in history
    assert "di sera" in history


def test_saving_what_is_there_makes_no_version(case_worker, case):
    note = write(case_worker, case)
    assert edit(case_worker, note, "Uno\r\nDue\r\nTre\r\n", 1).number == 1
    with pytest.raises(DomainError):
        edit(case_worker, note, "x", 7)


# -- for whose eyes --------------------------------------------------------------------------------------------------


def test_the_author_says_who_reads_it_and_confirms(sign_in, case_worker, psychologist, case):
    note = write(psychologist, case, visibility="health")
    mine, other = sign_in(psychologist), sign_in(case_worker)
    detail, url = reverse("note_detail", args=[note.pk]), reverse("note_show", args=[note.pk])
    assert other.get(detail).status_code == 404
    assert mine.post(url, {"visibility": "team"}).status_code == 422
    assert mine.post(url, {"visibility": "team", "confirmed": "on"}).status_code == 302
    entry = AuditEntry.objects.filter(object_id=note.pk, action="update").get()
    assert entry.detail == {"changes": {"visibility": ["health", "team"]}}
    page = other.get(detail)
    assert [kept.version.number for kept in page.context["kept"]] == [2]  # what was under the secret stays so
    with pytest.raises(PermissionDenied):
        notes.show_note_to(by=case_worker, note=note, visibility="city", confirmed=True)


def test_a_note_is_taken_back(sign_in, case_worker, psychologist, case):
    note = write(case_worker, case)
    url = reverse("note_take_back", args=[note.pk])
    assert sign_in(psychologist).post(url, {"reason": "mia"}).status_code == 403
    assert sign_in(case_worker).post(url, {"reason": " "}).status_code == 422
    assert sign_in(case_worker).post(url, {"reason": "Scritta nel caso sbagliato"}).status_code == 302
    assert sign_in(psychologist).get(reverse("note_detail", args=[note.pk])).status_code == 404
    assert "Uno" in sign_in(case_worker).get(reverse("note_detail", args=[note.pk])).content.decode()
    assert "sbagliato" not in str(AuditEntry.objects.filter(object_id=note.pk).values_list("reason", "detail"))


# -- a part of the case ----------------------------------------------------------------------------------------------


def test_who_is_of_another_body_is_asked_which_part(sign_in, case_worker, psychologist, make_user, partner, case):
    body = make_user(Role.CASE_WORKER, partner)
    Membership.objects.filter(user=body).update(employer="Cooperativa Prova")
    client, url = sign_in(case_worker), reverse("case_team", args=[case.pk])
    assert "Cooperativa Prova" in client.get(url).content.decode()
    sent = {"manager": case_worker.pk, "members": [psychologist.pk, body.pk], f"areas_{body.pk}": ["language", "work"]}
    assert client.post(url, sent).status_code == 302
    member = case.members.get(user=body)
    assert member.areas == ["language", "work"]
    assert FileMember.objects.get(user=body).for_part
    client.post(url, sent | {f"areas_{body.pk}": []})
    member.refresh_from_db()
    assert (member.areas, FileMember.objects.get(user=body).for_part) == ([], False)
    set_areas(member, ["work"])
    with pytest.raises(DomainError):
        change_team_of_case(by=case_worker, case=case, manager=body, members=[], areas={body.pk: ["work"]})
    with pytest.raises(DomainError):
        change_team_of_case(by=case_worker, case=case, manager=case_worker, members=[body], areas={body.pk: ["x"]})


def test_who_is_of_another_body_and_not_in_the_case_sees_that_it_is_there(sign_in, make_user, partner, case, person):
    body = make_user(Role.CASE_WORKER, partner)
    Membership.objects.filter(user=body).update(employer="Cooperativa Prova")
    open_file_with_reason(by=body, person=person, reason="asked by the coordinator")
    write(case.manager, case, words="Per tutti", visibility="city")
    client = sign_in(body)
    page = client.get(reverse("case_detail", args=[case.pk]))
    assert page.status_code == 200
    assert "Per tutti" not in page.content.decode()
    assert client.get(reverse("sheet_new", args=[case.pk])).status_code == 403


def test_a_part_stays_a_part_also_in_another_role(make_user, partner, case):
    body = make_user(Role.CASE_WORKER, partner)
    add_member(case, body, ["work"])
    assert sees_case(body, case).in_part
    Membership.objects.filter(user=body).update(role=Role.DESK_OPERATOR)
    now = sees_case(type(body).objects.get(pk=body.pk), case)
    assert (now.whole, now.in_part, now.in_team) == (False, False, False)
