"""The queue through its pages: the counter's day, the set-up, the display."""

import json
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from lgnet.audit.models import AuditEntry
from lgnet.desks import queue, screens
from lgnet.desks.models import Counter, Screen, Ticket, Visit
from lgnet.desks.queue_views import SHOWN
from tests.queries import count_queries

PANEL, SETUP, LIST = reverse("queue_panel"), reverse("queue_setup"), reverse("ticket_list")


@pytest.fixture
def counter(desk, coordinator):
    return screens.create_counter(by=coordinator, team=desk, name="Sportello 1")


def post(client, name, row, **data):
    return client.post(reverse(name, args=[row.pk]), data, follow=True)


def test_the_day_of_a_counter(sign_in, desk_operator, desk, counter, person):
    client = sign_in(desk_operator)
    assert "Nobody waits." in client.get(PANEL).content.decode()
    page = post(client, "ticket_new", desk, topic="legal", language="ar", priority="pregnant")
    assert "Number 1 is given." in page.content.decode()
    queue.issue_ticket(team=desk)
    assert "First choose the counter" in post(client, "ticket_call", Ticket.objects.get(number=1)).content.decode()
    post(client, "counter_take", counter)
    page = post(client, "counter_next", counter).content.decode()
    ticket = Ticket.objects.get(number=1)
    assert ticket.status == "called"
    assert "legal help and documents · Arabic" in page
    receive = f"{reverse('visit_new')}?ticket={ticket.pk}&team={desk.pk}"
    assert receive in page
    form = client.get(receive).context["form"]
    data = {"record_id": form["record_id"].value(), "ticket": form["ticket"].value(), "team": desk.pk, "who": person.pk}
    assert client.post(reverse("visit_new"), data).status_code == 302
    ticket.refresh_from_db()
    assert (ticket.status, ticket.visit) == ("served", Visit.objects.get())
    post(client, "counter_next", counter)
    assert Ticket.objects.get(number=2).status == "called"
    post(client, "counter_next", counter)  # the button pressed a second time
    assert Ticket.objects.get(number=2).status == "called"
    assert f'name="seen" value="{Ticket.objects.get(number=2).pk}"' in client.get(PANEL).content.decode()
    post(client, "ticket_absent", Ticket.objects.get(number=2))
    assert "Has come back" in client.get(PANEL).content.decode()
    post(client, "ticket_back", Ticket.objects.get(number=2))
    post(client, "ticket_priority", Ticket.objects.get(number=2), priority="aged")
    assert Ticket.objects.get(number=2).priority == "aged"
    post(client, "ticket_left", Ticket.objects.get(number=2))
    assert "Nobody waits." in post(client, "counter_next", counter).content.decode()
    post(client, "counter_leave", counter)
    assert Counter.objects.get().occupant is None


def test_what_is_refused_is_said_in_words(sign_in, desk_operator, desk, counter):
    client = sign_in(desk_operator)
    assert client.get(reverse("ticket_new", args=[desk.pk])).status_code == 200
    refused = post(client, "ticket_new", desk, topic="soup")
    assert refused.status_code == 422
    assert "Select a valid choice" in refused.content.decode()
    assert "Take it first" in post(client, "counter_next", counter).content.decode()
    ticket = queue.issue_ticket(team=desk)
    assert "not at a counter" in post(client, "ticket_served", ticket).content.decode()
    assert "from the list" in post(client, "ticket_priority", ticket, priority="rich").content.decode()


def test_who_sees_the_queue(sign_in, desk, counter, case_worker, colleague, stranger, coordinator, desk_operator):
    ticket = queue.issue_ticket(team=desk)
    for outsider, number in ((case_worker, 403), (colleague, 403), (stranger, 404)):
        client = sign_in(outsider)
        assert client.get(PANEL).status_code == 403
        assert client.post(reverse("ticket_left", args=[ticket.pk])).status_code in {403, 404}, number
        assert client.post(reverse("counter_take", args=[counter.pk])).status_code in {403, 404}
        assert client.get(SETUP).status_code == 403
        assert client.get(reverse("counter_edit", args=[counter.pk])).status_code == 404
    assert Ticket.objects.get().status == "waiting"
    assert sign_in(coordinator).get(SETUP).status_code == 200
    assert sign_in(desk_operator).get(SETUP).status_code == 200


def test_setting_up_counters_and_screens(sign_in, coordinator, desk, client):
    boss = sign_in(coordinator)
    assert SETUP in boss.get(reverse("team_detail", args=[desk.pk])).content.decode()  # the menu has no desk for them
    assert "No counter yet" in boss.get(SETUP).content.decode()
    new = reverse("counter_new", args=[desk.pk])
    assert boss.get(new).status_code == 200
    assert boss.post(new, {"name": "Sportello 1"}).status_code == 302
    again = boss.post(new, {"name": "sportello 1"})
    assert again.status_code == 422
    assert "There is a counter with this name already." in again.content.decode()
    edit = reverse("counter_edit", args=[Counter.objects.get().pk])
    assert boss.post(edit, {"name": "Sportello A"}).status_code == 302
    assert not Counter.objects.get().is_active
    page = boss.post(reverse("screen_new", args=[desk.pk]), {"kind": "display", "name": "Sala"})
    assert page.context["address"].startswith("http://testserver/queue/display/")
    assert client.get(page.context["address"]).status_code == 200
    screen = Screen.objects.get()
    assert boss.post(reverse("screen_stop", args=[screen.pk])).status_code == 302
    assert client.get(page.context["address"]).status_code == 404
    assert AuditEntry.objects.filter(object_type="desks.screen").count() == 2


def test_the_display_shows_numbers_and_nothing_else(client, coordinator, desk, counter, desk_operator):
    _screen, secret = screens.create_screen(by=coordinator, team=desk, kind="display", name="Sala")
    queue.take_counter(by=desk_operator, counter=counter)
    queue.issue_ticket(team=desk, by=desk_operator, priority="unwell", topic="health")
    queue.issue_ticket(team=desk)
    queue.call_next(by=desk_operator, counter=counter)
    now = reverse("queue_display_now", args=[secret])
    answer = json.loads(client.get(now).content)
    assert answer["called"] == [{"number": 1, "counter": "Sportello 1", "calls": 1}]
    assert (answer["waiting"], answer["minutes"]) == (1, None)
    assert client.post(reverse("display_seen", args=[secret])).status_code == 204
    assert Screen.objects.get().last_seen_at
    assert count_queries(client, now) <= 6
    assert client.get(reverse("queue_display_now", args=["wrong"])).status_code == 404


def test_the_list_of_tickets_and_its_export(sign_in, desk_operator, desk, stranger):
    for topic in ("legal", "health", "legal"):
        queue.issue_ticket(team=desk, topic=topic)
    client = sign_in(desk_operator)
    sheet = load_workbook(BytesIO(client.get(LIST, {"topic": "legal", "format": "xlsx"}).content)).active
    assert [row[1] for row in sheet.values][1:] == [3, 1]
    assert "priority" not in str(next(sheet.values)).lower()
    assert client.get(LIST, {"q": 2}).content.decode().count("<tr>") == 2
    assert AuditEntry.objects.filter(action="export", object_type="desks.ticket").exists()
    assert sign_in(stranger).get(LIST).status_code == 403


def test_the_panel_asks_as_much_for_many_as_for_few(sign_in, desk_operator, desk, counter):
    client = sign_in(desk_operator)
    queue.take_counter(by=desk_operator, counter=counter)
    queue.issue_ticket(team=desk)
    few = count_queries(client, PANEL)
    for _ in range(12):
        queue.issue_ticket(team=desk)
    assert count_queries(client, PANEL) == few <= 14


def test_those_who_come_next_are_shown_and_all_by_a_link(sign_in, desk_operator, desk, counter):
    client = sign_in(desk_operator)
    queue.take_counter(by=desk_operator, counter=counter)
    last = [queue.issue_ticket(team=desk) for _ in range(SHOWN + 1)][-1]
    page, whole = client.get(PANEL).content.decode(), client.get(PANEL, {"all": 1}).content.decode()
    assert "Show all 21 that wait" in page
    assert "Waiting: 21" in page
    assert f'id="more-{last.number}"' not in page
    assert f'id="more-{last.number}"' in whole
    assert "&amp;all=1" in whole  # what renews itself shows all too
    assert "Show all" not in whole


def test_a_number_has_a_page_of_its_own(sign_in, desk_operator, desk, counter, colleague, stranger):
    ticket, client = queue.issue_ticket(team=desk), sign_in(desk_operator)
    address = reverse("ticket_detail", args=[ticket.pk])
    assert address in client.get(PANEL).content.decode()
    page = client.get(address).content.decode()
    assert reverse("ticket_left", args=[ticket.pk]) in page
    assert reverse("ticket_call", args=[ticket.pk]) not in page  # at no counter yet
    queue.take_counter(by=desk_operator, counter=counter)
    assert reverse("ticket_call", args=[ticket.pk]) in client.get(address).content.decode()
    post(client, "ticket_priority", ticket, priority="aged")
    assert 'value="aged" selected' in client.get(address).content.decode()
    post(client, "ticket_left", ticket)
    assert "does not wait any more" in client.get(address, follow=True).content.decode()
    assert sign_in(colleague).get(address).status_code == 404
    assert sign_in(stranger).get(address).status_code == 404


def test_the_fragment_is_only_the_queue(sign_in, desk_operator, desk, counter):
    fragment = sign_in(desk_operator).get(PANEL, headers={"HX-Request": "true", "HX-Target": "queue-now"})
    assert "<html" not in fragment.content.decode()
    assert "Waiting: 0" in fragment.content.decode()
