"""The pages of team meetings: before, during, after; what one reader sees and the other does not; as many queries."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lgnet.audit.models import AuditEntry
from lgnet.cases import meeting_minutes, meeting_paper, meetings
from lgnet.cases.line_merging import merged
from lgnet.cases.meeting_models import Addendum, AgendaItem, Decision, TeamMeeting
from lgnet.cases.meeting_selectors import readable_items
from lgnet.cases.models import Task
from lgnet.network.roles import Role
from lgnet.people.models import Person
from tests.cases.test_meetings import in_hours, make_case, meeting, second, started, team
from tests.queries import count_queries

__all__ = ["make_case", "meeting", "second", "team"]  # fixtures
LIST = reverse("meeting_list")


def url(name, thing):
    return reverse(name, args=[thing.pk])


def moment(hours):
    return timezone.localtime(in_hours(hours)).strftime("%Y-%m-%dT%H:%M")


# -- through the pages ------------------------------------------------------------------------------------------------


def test_from_planning_to_the_minutes(sign_in, case_worker, team, make_case):
    case, client = make_case("Amina"), sign_in(case_worker)
    page = client.get(reverse("meeting_new"))
    key = page.context["form"]["record_id"].value()
    plan = {
        "team": team.pk, "starts_at": moment(1), "place": "Sala", "chair": case_worker.pk, "every": 7, "times": 2,
        "record_id": key,
    }  # fmt: skip
    for _turn in range(2):
        assert client.post(reverse("meeting_new"), plan).status_code == 302
    held, following = TeamMeeting.objects.order_by("starts_at")
    assert client.post(url("meeting_fill", held)).status_code == 302
    page = client.get(url("meeting_detail", held)).content.decode()
    assert "Amina Qui" in page
    assert "New case" in page
    assert case.person.pseudonym in page
    client.post(url("meeting_start", held))
    item = held.items.get()
    client.post(url("item_note", item), {"said": "Sta bene.\r\nCerca casa.", "seen": ""})
    decided = {"words": "Telefonare", "owner": case_worker.pk, "due_on": timezone.localdate().isoformat()}
    assert client.post(url("item_decide", item), decided).status_code == 302
    assert Task.objects.get().words == "Telefonare"
    assert client.post(url("meeting_point", held), {"words": "Ferie"}).status_code == 302
    general = held.items.get(case=None)
    answer = client.post(url("meeting_close", held), follow=True).content.decode()
    assert "1 point is left" in answer
    client.post(url("item_put_off", general))
    client.post(url("meeting_close", held))
    held.refresh_from_db()
    assert held.status == "closed"
    page = client.get(url("meeting_detail", held)).content.decode()
    assert "Cerca casa." in page
    assert client.post(url("meeting_addendum", held), {"item": item.pk, "words": "Era lunedì."}).status_code == 302
    assert Addendum.objects.get().item == item
    assert "Ferie" in client.get(url("meeting_detail", following)).content.decode()
    on_case = client.get(url("case_detail", case)).content.decode()
    assert "Era lunedì." in on_case
    assert "Telefonare" in on_case


def test_what_cannot_be_decided_stays_typed(sign_in, case_worker, meeting, make_case):
    make_case("Amina")
    started(case_worker, meeting)
    client, item = sign_in(case_worker), meeting.items.get()
    answer = client.post(url("item_decide", item), {"words": "Scrivere alla scuola", "owner": "", "due_on": "no"})
    assert answer.status_code == 422
    assert 'value="Scrivere alla scuola"' in answer.content.decode()
    assert client.post(url("meeting_point", meeting), {"words": ""}).status_code == 422
    assert not Decision.objects.exists()


def test_two_write_the_minutes_and_the_second_sees_both(sign_in, case_worker, second, meeting, make_case):
    make_case("Amina", members=[second])
    started(case_worker, meeting)
    item = meeting.items.get()
    headers = {"HX-Request": "true"}
    first = sign_in(case_worker).post(url("item_note", item), {"said": "Uno", "seen": ""}, headers=headers)
    assert "hx-swap-oob" not in first.content.decode()
    later = sign_in(second).post(url("item_note", item), {"said": "Due", "seen": ""}, headers=headers).content.decode()
    assert "hx-swap-oob" in later
    assert re.search(r">\s*Uno\nDue</textarea>", later)
    assert "at the same moment" in later


def test_ticks_are_kept_as_they_are_made(sign_in, case_worker, second, meeting):
    started(case_worker, meeting)
    client = sign_in(second)
    ticks = {"present": [case_worker.pk, second.pk, "nonsense"], "seen": [case_worker.pk], "guests": "Rossi, medico"}
    answer = client.post(url("meeting_attendance", meeting), ticks, headers={"HX-Request": "true"}).content.decode()
    assert "Kept." in answer
    assert answer.count("checked") == 2
    meeting.refresh_from_db()
    assert meeting.guests == "Rossi, medico"


def test_a_case_is_brought_to_the_team(sign_in, case_worker, colleague, stranger, team, make_case):
    case = make_case("Amina", days_ago=40)
    client, address = sign_in(case_worker), url("case_agenda", case)
    assert "is planned yet" in client.get(address).content.decode()
    assert client.post(address, {"words": "Non viene"}).status_code == 422
    meetings.plan_meeting(by=case_worker, team=team, starts_at=in_hours(2), chair=case_worker)
    assert client.post(address, {"words": ""}).status_code == 422
    for _turn in range(2):
        assert client.post(address, {"words": "Non viene", "disagreement": "on"}).status_code == 302
    assert AgendaItem.objects.get().reasons[0][2] == "Non viene"
    assert "On the agenda of" in client.get(url("case_detail", case)).content.decode()
    assert sign_in(stranger).get(address).status_code == 404
    assert sign_in(colleague).get(address).status_code == 302  # a closed file asks for a reason


def test_moved_marked_and_called_off(sign_in, case_worker, meeting):
    client = sign_in(case_worker)
    one, two = (meetings.add_point(by=case_worker, meeting=meeting, words=word) for word in ("Uno", "Due"))
    client.post(url("item_up", two))
    client.post(url("item_disagree", one))
    assert list(meeting.items.values_list("words", "disagreement")) == [("Due", False), ("Uno", True)]
    client.post(url("item_out", one))
    assert "Uno" not in client.get(url("meeting_detail", meeting)).content.decode()
    change = {"starts_at": moment(5), "place": "Altrove", "chair": case_worker.pk}
    assert client.post(url("meeting_edit", meeting), change).status_code == 302
    assert client.post(url("meeting_edit", meeting), change | {"starts_at": "x"}).status_code == 422
    client.post(url("meeting_call_off", meeting))
    meeting.refresh_from_db()
    assert (meeting.place, meeting.status) == ("Altrove", "called_off")
    assert client.get(url("meeting_edit", meeting)).status_code == 302
    assert "called off" in client.post(url("meeting_start", meeting), follow=True).content.decode()


# -- who sees what ----------------------------------------------------------------------------------------------------


def test_nothing_hints_at_what_is_not_for_the_reader(sign_in, case_worker, second, meeting, make_case):
    hidden, open_to_both = make_case("Nascosta"), make_case("Amina", members=[second])
    Person.objects.filter(pk=hidden.person_id).update(restricted=True)
    meetings.fill_agenda(by=case_worker, meeting=meeting)
    started(case_worker, meeting)
    page = sign_in(second).get(url("meeting_detail", meeting)).content.decode()
    assert page.count("data-point") == 1
    assert "Nascosta" not in page
    item = meeting.items.get(case=hidden)
    for name in ("item_note", "item_decide", "item_up", "item_put_off"):
        assert sign_in(second).post(url(name, item)).status_code == 404
    meeting_minutes.discuss_item(by=case_worker, item=item)
    meeting_minutes.discuss_item(by=case_worker, item=meeting.items.get(case=open_to_both))
    meeting_minutes.close_meeting(by=second, meeting=meeting)
    assert sign_in(second).get(url("meeting_stored", meeting)).status_code == 404
    assert "as they were fixed" not in sign_in(second).get(url("meeting_detail", meeting)).content.decode()
    kept = sign_in(case_worker).get(url("meeting_stored", meeting))
    assert kept.content.startswith(b"%PDF")
    assert "attachment" in kept["Content-Disposition"]


def test_the_coordinator_sees_that_it_was(sign_in, coordinator, make_user, partner, case_worker, meeting, make_case):
    make_case("Amina")
    meetings.fill_agenda(by=case_worker, meeting=meeting)
    client = sign_in(coordinator)
    table = client.get(LIST).context["table"]
    assert [(row.points, row.decisions) for row in table.page_rows] == [(1, 0)]
    assert "/meetings/" not in "".join(table.lines())
    assert client.get(LIST, {"format": "csv"}).status_code == 200
    for name in ("meeting_detail", "meeting_minutes", "meeting_stored"):
        assert client.get(url(name, meeting)).status_code == 404
    assert client.get(reverse("meeting_new")).status_code == 403
    assert sign_in(make_user(Role.FINANCE_OFFICER, partner)).get(LIST).status_code == 403


def test_the_next_one_is_on_top(sign_in, case_worker, team):
    for hours in (-48, 30, 3):
        meetings.plan_meeting(by=case_worker, team=team, starts_at=in_hours(hours), chair=case_worker, place=str(hours))
    old = TeamMeeting.objects.get(place="-48")
    meeting_minutes.close_meeting(by=case_worker, meeting=meetings.start_meeting(by=case_worker, meeting=old))
    client = sign_in(case_worker)

    def places(**asked):
        return [row.place for row in client.get(LIST, asked).context["table"].page_rows]

    assert places() == ["3", "30", "-48"]
    assert places(state="open") == ["3", "30"]
    assert places(state="closed", team=team.pk) == ["-48"]
    assert places(q="30") == ["30"]


def test_reading_the_page_and_the_pdf_is_logged(sign_in, case_worker, meeting, make_case):
    case = make_case("Amina")
    meetings.fill_agenda(by=case_worker, meeting=meeting)
    client = sign_in(case_worker)
    for name in ("meeting_detail", "meeting_minutes"):
        before = AuditEntry.objects.filter(action="read", person_id=case.person_id).count()
        assert client.get(url(name, meeting)).status_code == 200
        assert AuditEntry.objects.filter(action="read", person_id=case.person_id).count() == before + 1


def test_my_day(sign_in, case_worker, colleague, meeting):
    meetings.add_point(by=case_worker, meeting=meeting, words="Ferie")
    TeamMeeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now())
    assert "1 point" in sign_in(case_worker).get(reverse("home")).content.decode()
    assert "Team meeting today" not in sign_in(colleague).get(reverse("home")).content.decode()


def test_as_many_queries_for_three_points(sign_in, case_worker, meeting, make_case):
    client = sign_in(case_worker)
    make_case("Uno")
    started(case_worker, meeting)

    def decide(item):
        day = timezone.localdate()
        meeting_minutes.decide(by=case_worker, item=item, words="X", owner=case_worker, due_on=day)

    decide(meeting.items.get())
    few = count_queries(client, url("meeting_detail", meeting))
    for name in ("Due", "Tre"):
        make_case(name)
    meetings.fill_agenda(by=case_worker, meeting=meeting)
    decide(meeting.items.last())
    assert count_queries(client, url("meeting_detail", meeting)) == few


# -- on paper ---------------------------------------------------------------------------------------------------------


def test_names_are_codes_on_paper(case_worker, second, meeting, make_case):
    case = make_case("Amina", members=[second])
    hidden = make_case("Nascosta")
    Person.objects.filter(pk=hidden.person_id).update(restricted=True)
    started(case_worker, meeting)
    for item in meeting.items.all():
        meeting_minutes.note_item(by=case_worker, item=item, said="#panic() *Va* bene", seen="")
        meeting_minutes.decide(
            by=case_worker, item=item, words="X", owner=case_worker, due_on=timezone.localdate() + timedelta(days=3)
        )

    def about(user, **asked):
        return {point["about"] for point in meeting_paper.paper_of(meeting, readable_items(user), **asked)["points"]}

    code, initials = case.person.pseudonym, f"{case.person.pseudonym} (A. Q.)"
    assert about(case_worker) == {initials, hidden.person.pseudonym}
    assert about(second) == {initials}
    assert about(second, full_names=True) == {f"Amina Qui ({code})"}
    assert meeting_paper.minutes_for(second, meeting).startswith(b"%PDF-1.7")
    assert meeting_paper.minutes_for(case_worker, meeting, full_names=True).startswith(b"%PDF-1.7")


# -- properties -------------------------------------------------------------------------------------------------------

words = st.lists(st.sampled_from(["a", "b", "c", "d", "", "e f"]), max_size=5).map("\n".join)


@given(base=words, stored=words, mine=words)
@example(base="a\nb", stored="a\na\nb", mine="b\na")  # moved by one, while the other wrote beside it
def test_no_line_that_somebody_wrote_is_lost(base, stored, mine):
    lines = merged(base, stored, mine).split("\n")
    written = {line for text in (stored, mine) for line in text.split("\n") if line} - set(base.split("\n"))
    assert written <= set(lines)
    both = (set(stored.split("\n")) & set(mine.split("\n"))) - {""}
    assert both <= set(lines)
    again = merged(base, "\n".join(lines), mine)  # sent twice
    assert set(again.split("\n")) - {""} <= set(lines)


acts = st.lists(
    st.tuples(st.sampled_from(["fill", "out", "up", "down", "point", "hand"]), st.integers(0, 5)), max_size=9
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=acts)
def test_filling_again_adds_only_what_is_new(case_worker, team, many, acts):
    meeting = many
    AgendaItem.objects.filter(meeting=meeting).delete()
    out = set()
    for act, number in acts:
        items = list(meeting.items.exclude(state="taken_out"))
        item = items[number % len(items)] if items else None
        if act == "fill":
            before = [one.pk for one in meeting.items.exclude(state="taken_out")]
            meetings.fill_agenda(by=case_worker, meeting=meeting)
            after = [one.pk for one in meeting.items.exclude(state="taken_out")]
            assert after[: len(before)] == before
            assert meetings.fill_agenda(by=case_worker, meeting=meeting) == []
        elif act == "point":
            meetings.add_point(by=case_worker, meeting=meeting, words=f"Punto {number}")
        elif item is None:
            continue
        elif act == "out":
            meetings.take_out(by=case_worker, item=item)
            out.add(item.case_id)
        elif act == "hand" and item.case:
            meetings.put_on_agenda(by=case_worker, case=item.case, words="Perché")
        elif act in {"up", "down"}:
            meetings.move_item(by=case_worker, item=item, up=act == "up")
    cases = list(meeting.items.filter(case__isnull=False).values_list("case", flat=True))
    assert len(cases) == len(set(cases))
    there = set(meeting.items.exclude(state="taken_out").values_list("case", flat=True))
    assert not (out - {None}) & there


@pytest.fixture
def many(make_case, meeting):
    for name in ("Uno", "Due", "Tre"):
        make_case(name)
    return meeting


def test_every_morning_agendas_fill(case_worker, meeting, make_case, capsys):
    make_case("Amina")
    for expected in (1, 0):
        call_command("fill_agendas")
        assert f"{expected} points" in capsys.readouterr().out
