"""Appointments through their pages: set up, book, move, cancel, receive; who sees what."""

from datetime import date, time, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.desks import appointment_booking as booking
from lgnet.desks import appointment_selectors as selectors
from lgnet.desks import appointment_views as views
from lgnet.desks.appointment_feeds import appointments_in, create_feed
from lgnet.desks.models import (
    Absence,
    Appointment,
    AppointmentKind,
    AppointmentWish,
    CityDay,
    Opening,
    Room,
    Ticket,
    Visit,
)
from lgnet.network.roles import Role
from lgnet.people.services import PersonDetails, register_person
from tests.desks.planned import a_kind, an_opening, at, slots_on
from tests.queries import count_queries

MONDAY = date(2026, 11, 30)
DAY, LIST, NEW, SETUP = (
    reverse(name) for name in ("appointment_day", "appointment_list", "appointment_new", "appointment_setup")
)  # fmt: skip


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(at(date(2026, 11, 27), "08:00"), tick=False):
        yield


@pytest.fixture
def kind(desk, desk_operator):
    return a_kind(desk_operator, desk, documents=["passport"])


@pytest.fixture
def opening(desk, desk_operator, kind):
    return an_opening(desk_operator, desk, kind, desk_operator)


@pytest.fixture
def appointment(kind, opening, desk_operator, person):
    return booking.book_appointment(
        by=desk_operator, person=person, kind=kind, opening_id=opening.pk, starts_at=at(MONDAY, "09:00")
    )


@pytest.fixture
def counter(sign_in, desk_operator):
    return sign_in(desk_operator)


def text(response):
    return response.content.decode()


def test_a_desk_is_set_up_from_nothing(counter, desk, desk_operator):
    assert "Nobody receives on this day" in text(counter.get(DAY))
    assert "Begin here" in text(counter.get(SETUP))
    data = {
        "name_it": "Primo colloquio", "name_en": "First talk", "area": "legal", "way": "in_person", "minutes": 30,
        "places": 1, "booked_by_whom": "city", "lead_hours": 0, "documents": ["passport"],
    }  # fmt: skip
    url = reverse("kind_new", args=[desk.pk])
    assert counter.post(url, data | {"minutes": 7}).status_code == 422
    assert "multiples of five" in text(counter.post(url, data | {"minutes": 7}))
    assert counter.post(url, data).status_code == 302
    kind = AppointmentKind.objects.get()
    counter.post(reverse("room_new", args=[desk.pk]), {"name": "Stanza 1"})
    room = Room.objects.get()
    data = {
        "kinds": [kind.pk], "operator": desk_operator.pk, "from_clock": "09:00", "until_clock": "12:00",
        "weekdays": [0, 2], "every_weeks": 1, "starts_on": "2026-11-30", "room": room.pk, "languages": ["fr"],
    }  # fmt: skip
    url = reverse("opening_new", args=[desk.pk])
    assert "past" in text(counter.post(url, data | {"starts_on": "2026-11-02"}))
    assert counter.post(url, data).status_code == 302
    again = counter.post(url, data | {"from_clock": "11:00", "until_clock": "13:00"})
    assert again.status_code == 422
    assert "receives people then already" in text(again)
    assert 'value="13:00"' in text(again)
    page = text(counter.get(SETUP))
    for words in ("First talk", "Monday, Wednesday", "Stanza 1", "French", "December"):
        assert words in page
    page = text(counter.get(DAY, {"day": "2026-11-30"}))
    assert "09:00–12:00" in page
    assert "Stanza 1" in text(counter.get(DAY, {"day": "2026-11-30", "by": "room"}))
    assert "Mon 30 Nov" in text(counter.get(DAY, {"day": "2026-12-01", "view": "week"}))
    counter.post(reverse("room_edit", args=[room.pk]), {"name": "Stanza blu"})
    room.refresh_from_db()
    assert (room.name, room.is_active) == ("Stanza blu", False)


def test_booking_from_the_page_of_a_person(counter, person, kind, opening):
    assert reverse("appointment_new") + f"?person={person.pk}" in text(
        counter.get(reverse("person_detail", args=[person.pk]))
    )
    assert "Consulenza" in text(counter.get(NEW, {"person": person.pk}))
    url = f"{NEW}?person={person.pk}&kind={kind.pk}"
    page = counter.get(url)
    day, (slot, *_others) = page.context["page"].days[0]
    assert (day, slot.clock) == (date(2026, 11, 27), "09:00")
    form = {"record_id": page.context["form"]["record_id"].value(), "slot": slot.key, "note": "porta il figlio"}
    done = counter.post(url, form, follow=True)
    assert "Booked: Friday 27 November, 09:00" in text(done)
    counter.post(url, form)
    assert Appointment.objects.count() == 1
    other = counter.post(url, form | {"record_id": "", "note": "ancora"})
    assert other.status_code == 422
    assert "taken meanwhile" in text(other)
    assert 'value="ancora"' in text(other)
    assert "Friday 27 November" in text(counter.get(reverse("person_detail", args=[person.pk])))


def test_whom_to_book_for(counter, person):
    assert "Mohammed Provadati" in text(counter.get(NEW, {"q": "Mohamed Provadati"}))
    assert "Nobody is called like this" in text(counter.get(NEW, {"q": "Zzzzz"}))
    assert AuditEntry.objects.filter(action="list", detail__query="Mohamed Provadati").exists()


def test_times_in_a_language_and_the_first_one_later(counter, person, desk, desk_operator, kind):
    far = date(2027, 1, 11)
    an_opening(desk_operator, desk, kind, desk_operator, weekdays=[0], starts_on=far, languages=["fr"])
    url = f"{NEW}?person={person.pk}&kind={kind.pk}"
    assert "The first free time is on Monday 11 January at 09:00." in text(counter.get(url))
    assert "first=2027-01-11" in text(counter.get(url))
    assert counter.get(f"{url}&first=2027-01-11&language=fr").context["page"].days
    assert not counter.get(f"{url}&first=2027-01-11&language=ar").context["page"].days
    assert not counter.get(f"{url}&first=2027-01-11&mediator=on").context["page"].days
    assert "waiting list" in text(counter.get(f"{url}&language=ar"))
    assert counter.get(f"{url}&first=nonsense").status_code == 200


def test_moving_and_cancelling(counter, appointment, kind):
    url = reverse("appointment_move", args=[appointment.pk])
    page = counter.get(url, {"first": "2026-11-30"})
    (day, times), *_days = page.context["page"].days
    assert (day, times[0].clock) == (MONDAY, "09:00")  # its own time is free for itself
    assert "Moved: Monday 30 November, 11:00" in text(counter.post(url, {"slot": times[4].key}, follow=True))
    url = reverse("appointment_cancel", args=[appointment.pk])
    assert counter.post(url, {"reason": ""}).status_code == 422
    assert "the service cannot receive" in text(counter.post(url, {"reason": "service"}, follow=True))
    assert "cancelled" in text(counter.post(url, {"reason": "service"}))


def test_today_at_the_desk(sign_in, desk_operator, appointment):
    with time_machine.travel(at(MONDAY, "08:50"), tick=False):
        counter = sign_in(desk_operator)
        page = text(counter.get(reverse("desk_today")))
        assert "Appointments today: 1" in page
        counter.post(reverse("appointment_ticket", args=[appointment.pk]))
        assert Ticket.objects.get().priority == "appointment"
        answer = counter.post(reverse("appointment_arrived", args=[appointment.pk]), {"back": "today"}, follow=True)
        assert "arrived" in text(answer)
        assert answer.redirect_chain[-1][0] == reverse("desk_today")
        appointment.refresh_from_db()
        assert (appointment.status, appointment.visit) == ("arrived", Visit.objects.get())
        counter.post(reverse("appointment_kept", args=[appointment.pk]), {"back": "today"})
        appointment.refresh_from_db()
        assert appointment.status == "kept"
        assert "Undo" in text(counter.get(reverse("appointment_detail", args=[appointment.pk])))
        counter.post(reverse("appointment_kept", args=[appointment.pk]))
        assert Visit.objects.count() == 1


def test_an_arrival_by_one_button_is_of_that_appointment_alone(
    sign_in, appointment, kind, opening, desk_operator, person
):
    second = booking.book_appointment(
        by=desk_operator, person=person, kind=kind, opening_id=opening.pk, starts_at=at(MONDAY, "10:00")
    )
    with time_machine.travel(at(MONDAY, "08:50"), tick=False):
        counter = sign_in(desk_operator)
        counter.post(reverse("appointment_arrived", args=[appointment.pk]))
        second.refresh_from_db()
        assert second.status == "booked"


def test_an_absence_lists_who_is_booked_and_asks(counter, appointment, desk, desk_operator):
    url = reverse("absence_new", args=[desk.pk])
    data = {
        "operator": desk_operator.pk, "starts_at": "2026-11-30T08:00", "ends_at": "2026-11-30T13:00", "reason": "illness",
    }  # fmt: skip
    asked = counter.post(url, data)
    assert asked.status_code == 422
    assert "Mohammed Provadati" in text(asked)
    assert 'name="confirmed"' in text(asked)
    assert not Absence.objects.exists()
    assert counter.post(url, data | {"confirmed": "on"}).status_code == 302
    page = text(counter.get(DAY))
    assert "1 appointment to be moved" in page
    assert reverse("appointment_move", args=[appointment.pk]) in page
    assert slots_on(appointment.kind, MONDAY) == []
    counter.post(reverse("absence_withdraw", args=[Absence.objects.get().pk]))
    assert "to be moved" not in text(counter.get(DAY))


def test_changing_and_ending_an_opening_asks(counter, appointment, opening, kind, desk_operator):
    data = {
        "kinds": [kind.pk], "operator": desk_operator.pk, "from_clock": "10:00", "until_clock": "12:00",
        "weekdays": [0, 1, 2, 3, 4], "every_weeks": 1, "starts_on": "2026-11-27",
    }  # fmt: skip
    url = reverse("opening_edit", args=[opening.pk])
    assert "1 appointment is booked then" in text(counter.post(url, data))
    assert counter.post(url, data | {"confirmed": "on"}).status_code == 302
    opening.refresh_from_db()
    assert opening.from_clock == time(10)
    url = reverse("opening_end", args=[opening.pk])
    assert "1 appointment is booked then" in text(counter.post(url, {"last_day": "2026-11-27"}))
    assert counter.post(url, {"last_day": "2026-11-27", "confirmed": "on"}).status_code == 302
    assert Opening.objects.get().ends_on == date(2026, 11, 27)


def test_days_of_the_city(sign_in, counter, coordinator, appointment, desk, kind, partner):
    url = reverse("city_day_new", args=[desk.pk])
    assert counter.get(url).status_code == 403
    boss = sign_in(coordinator)
    data = {"day": "2026-11-30", "is_open": "closed", "name": "Neve"}
    assert "1 appointment is booked then" in text(boss.post(url, data))
    assert boss.post(url, data | {"confirmed": "on"}).status_code == 302
    assert slots_on(kind, MONDAY) == []
    assert "Neve" in text(boss.get(DAY, {"day": "2026-11-30"}))
    holiday = date(2026, 12, 8)
    assert slots_on(kind, holiday) == []
    boss.post(url, {"day": "2026-12-08", "is_open": "open"})
    assert slots_on(kind, holiday)
    for one in CityDay.objects.all():
        boss.post(reverse("city_day_withdraw", args=[one.pk]))
    assert slots_on(kind, holiday) == []
    assert slots_on(kind, MONDAY)


def test_who_sees_an_appointment(
    sign_in, appointment, coordinator, stranger, colleague, outreach_operator, case_worker
):
    url = reverse("appointment_detail", args=[appointment.pk])
    assert sign_in(coordinator).get(url).status_code == 200
    assert sign_in(stranger).get(url).status_code == 404
    assert sign_in(outreach_operator).get(url).status_code == 404  # whose file is closed for the street unit
    assert "Provadati" not in text(sign_in(outreach_operator).get(LIST))
    assert sign_in(colleague).get(DAY).status_code == 200
    assert "You are in no service today" in text(sign_in(colleague).get(DAY))
    assert sign_in(case_worker).get(reverse("kind_edit", args=[appointment.kind.pk])).status_code == 403
    assert sign_in(stranger).get(reverse("kind_edit", args=[appointment.kind.pk])).status_code == 404


def test_a_day_costs_as_many_queries_when_it_is_full(
    counter, appointment, kind, opening, desk, desk_operator, make_user, partner
):
    few = {view: count_queries(counter, DAY, {"day": "2026-11-30", "view": view}) for view in ("day", "week")}
    for number, clock in enumerate(("09:30", "10:00", "10:30", "11:00"), 1):
        person = register_person(by=desk_operator, team=desk, details=PersonDetails(nickname=f"Prova {number}"))
        booking.book_appointment(
            by=desk_operator, person=person, kind=kind, opening_id=opening.pk, starts_at=at(MONDAY, clock)
        )
        colleague = make_user(Role.DESK_OPERATOR, partner)
        an_opening(colleague, desk, kind, colleague)
    for view in ("day", "week"):
        assert count_queries(counter, DAY, {"day": "2026-11-30", "view": view}) == few[view]
    assert max(few.values()) <= 30


@pytest.mark.parametrize(("hour", "kept"), [(8, [9, 10, 11, 12]), (11, [11, 12, 13, 14]), (16, [14, 15, 16, 17])])
def test_of_a_crowded_day_what_comes_next_is_drawn(hour, kept, desk, desk_operator, make_user, partner, person):
    """At least four of each column, those that are over last; the columns say how many are left out."""
    kind = a_kind(desk_operator, desk, "Ora", minutes=60)
    for operator in (desk_operator, make_user(Role.DESK_OPERATOR, partner)):
        opening = an_opening(desk_operator, desk, kind, operator, from_clock=time(9), until_clock=time(18))
        for clock in range(9, 18):
            Appointment.objects.create(
                partner=partner, team=desk, kind=kind, opening=opening, person=person, operator=operator,
                starts_at=at(MONDAY, f"{clock}:00"), ends_at=at(MONDAY, f"{clock}:30"),
            )  # fmt: skip
    with time_machine.travel(at(MONDAY, f"{hour}:00"), tick=False):
        columns = selectors.team_columns(desk_operator, desk, [MONDAY], "operator", most=8)
        assert [[timezone.localtime(one.starts_at).hour for one in column.appointments] for column in columns] == [
            kept, kept,
        ]  # fmt: skip
        assert {column.hidden for column in columns} == {5}
        (rooms,) = selectors.team_columns(desk_operator, desk, [MONDAY], "room", most=8)
        assert (rooms.title, len(rooms.appointments), rooms.hidden) == ("no room", 8, 10)
        week = [MONDAY + timedelta(days=number) for number in range(7)]
        monday, *others = selectors.team_columns(desk_operator, desk, week, "operator", most=8)
        assert (len(monday.appointments), monday.hidden) == (4, 14)
        assert not any(column.appointments or column.hidden for column in others)
        whole = selectors.team_columns(desk_operator, desk, [MONDAY], "operator")
        assert [(len(column.appointments), column.hidden) for column in whole] == [(9, 0), (9, 0)]


def test_of_one_day_only_those_are_moved_whom_nobody_receives(desk, desk_operator, kind, opening, person, partner):
    other = register_person(by=desk_operator, team=desk, details=PersonDetails(nickname="Nuvola"))
    made = [
        booking.book_appointment(
            by=desk_operator, person=who, kind=kind, opening_id=opening.pk, starts_at=at(MONDAY, clock)
        )
        for who, clock in ((person, "09:00"), (other, "11:00"))
    ]
    assert selectors.to_move(desk_operator, desk) == []
    absent = {"partner": partner, "team": desk, "reason": "training", "recorded_by": desk_operator}
    away = Absence.objects.create(**absent, starts_at=at(MONDAY, "09:30"), ends_at=at(MONDAY, "11:00"))
    assert selectors.to_move(desk_operator, desk) == []
    away.ends_at = at(MONDAY, "11:10")
    away.save()
    assert selectors.to_move(desk_operator, desk) == made[1:]
    opening.from_clock = time(10)
    opening.save()
    assert selectors.to_move(desk_operator, desk) == made


def test_a_crowded_day_says_so_and_shows_all(counter, appointment, monkeypatch):
    monkeypatch.setattr(views, "MOST_DRAWN", 0)
    monkeypatch.setattr(selectors, "FEWEST", 0)
    asked = {"day": timezone.localdate(appointment.starts_at).isoformat()}
    text = counter.get(DAY, asked).content.decode()
    assert "Show all 1 appointments" in text
    assert "and 1 more" in text
    assert "appointment-link" not in text
    assert "appointment-link" in counter.get(DAY, asked | {"full": "1"}).content.decode()


def test_the_waiting_list_by_its_pages(counter, appointment, kind, desk, desk_operator):
    other = register_person(by=desk_operator, team=desk, details=PersonDetails(nickname="Nuvola"))
    url = f"{reverse('wish_new')}?person={other.pk}&kind={kind.pk}"
    assert "This day is past" in text(counter.post(url, {"from_day": "2026-11-02"}))
    assert "is on the waiting list" in text(counter.post(url, {"from_day": "2026-11-27"}, follow=True))
    assert "on this waiting list already" in text(counter.post(url, {"from_day": "2026-11-27"}))
    counter.post(reverse("appointment_cancel", args=[appointment.pk]), {"reason": "person"})
    wish = AppointmentWish.objects.get()
    assert wish.status == "offered"
    offer = wish.appointments.get()
    page = text(counter.get(reverse("appointment_detail", args=[offer.pk])))
    assert "The person takes the offer" in page
    assert "answer the offer first" in text(counter.post(reverse("wish_end", args=[wish.pk]), follow=True))
    counter.post(reverse("appointment_accept", args=[offer.pk]))
    wish.refresh_from_db()
    offer.refresh_from_db()
    assert (wish.status, offer.status) == ("met", "booked")
    assert "Nuvola" in text(counter.get(reverse("wish_list")))


def test_an_operator_of_another_service_books_and_comes_back(sign_in, outreach_operator, person, kind, opening):
    counter = sign_in(outreach_operator)
    answer = counter.get(NEW, {"person": person.pk})
    assert answer.status_code == 302  # the file is closed: it is opened with a reason first
    assert "open" in answer["Location"]
    assert timezone.localdate() + timedelta(days=3) == MONDAY


def test_who_receives_finds_the_appointments_on_the_home_page(sign_in, desk_operator, case_worker, appointment, person):
    with time_machine.travel(at(MONDAY, "08:00"), tick=False):
        counter = sign_in(desk_operator)
        assert "Your appointments today" in text(counter.get(reverse("home")))
        assert "Appointment today at 09:00" in text(counter.get(reverse("person_detail", args=[person.pk])))
        assert "Your appointments today" not in text(sign_in(case_worker).get(reverse("home")))
    with time_machine.travel(at(MONDAY - timedelta(days=1), "08:00"), tick=False):
        page = text(sign_in(desk_operator).get(reverse("person_detail", args=[person.pk])))
        assert "Appointment tomorrow at 09:00" in page


def test_who_is_in_a_restricted_file_is_not_named(sign_in, coordinator, appointment, desk, desk_operator, person):
    person.restricted = True
    person.save()
    url = reverse("absence_new", args=[desk.pk])
    data = {"starts_at": "2026-11-30T08:00", "ends_at": "2026-11-30T13:00", "reason": "closed"}
    page = text(sign_in(coordinator).post(url, data))
    assert "1 appointment is booked then" in page
    assert "Some are not shown to you" in page
    assert "Provadati" not in page
    feed, _secret = create_feed(by=coordinator, team=desk)
    assert list(appointments_in(feed)) == []
    feed, _secret = create_feed(by=desk_operator, team=desk)
    assert list(appointments_in(feed)) == [appointment]
