"""Pages of outings, stops, units and the board: for the unit, for colleagues, never for another city."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import ServiceType, Site, Zone
from lgnet.core import tonight
from lgnet.network.roles import Role
from lgnet.outreach.models import Outing, OutingState, Stop
from lgnet.outreach.outing_log import LogEntry, end_outing, start_outing
from lgnet.outreach.outings import cancel_outing
from lgnet.outreach.services import Sighting, record_contact, refer_contact
from lgnet.people.models import FileMember
from lgnet.people.services import PersonDetails, open_file_for, register_person, restrict_file
from tests.conftest import team_of
from tests.outreach.conftest import hours_from_now
from tests.queries import count_queries


@pytest.fixture
def out(planned, outreach_operator, square):
    outing = planned(start=-2, length=5, halts=[(square, 0.5)], volunteers=["Ada Volontaria"])
    return start_outing(by=outreach_operator, outing=outing, started_at=hours_from_now(-2), km_start=100)


def at(name, row):
    return reverse(name, args=[row.pk])


def typed(unit, **changes):
    day = timezone.localdate() + timedelta(days=2)
    return {"team": unit.pk, "day": day.isoformat(), "since": "18:30", "until": "23:00", "weeks": "1"} | changes


def met(user, unit, hours=-1.0, person=None, **seen):
    return record_contact(
        by=user, team=unit, zone=Zone.objects.get(partner=unit.partner, name__startswith="Stazione"), person=person,
        occurred_at=hours_from_now(hours), sighting=Sighting(**seen),
    )  # fmt: skip


# -- planning ------------------------------------------------------------------------------------------------------------


def test_an_outing_is_planned_with_crew_and_stops(street, unit, outreach_operator, square):
    page = street.get(reverse("outing_new"))
    assert page.context["form"]["crew"].value() == [outreach_operator.pk]
    data = typed(
        unit, crew=[outreach_operator.pk], volunteers="Ada Volontaria\n\n  Bruno   Prova ", stop_0=square.pk,
        arrives_0="19:00", leaves_0="20:30", stop_1="", arrives_1="", leaves_1="", stop_2=square.pk, arrives_2="21:00",
        leaves_2="",
    )  # fmt: skip
    response = street.post(reverse("outing_new"), data)
    outing = Outing.objects.get()
    assert response.url == at("outing_detail", outing)
    assert [str(one) for one in outing.crew.all()] == [outreach_operator.full_name, "Ada Volontaria", "Bruno Prova"]
    assert [timezone.localtime(row.arrives_at).hour for row in outing.stops.all()] == [19, 21]
    shown = street.get(response.url).content.decode()
    assert "Piazza Prova" in shown
    assert "Tram 3" in shown


def test_hours_after_midnight_are_of_the_next_day(street, unit, outreach_operator, square):
    data = typed(unit, since="22:00", until="02:00", stop_0=square.pk, arrives_0="00:30", leaves_0="01:15")
    assert street.post(reverse("outing_new"), data).status_code == 302
    outing = Outing.objects.get()
    assert outing.ends_at - outing.starts_at == timedelta(hours=4)
    stop = outing.stops.get()
    assert stop.arrives_at - outing.starts_at == timedelta(hours=2.5)
    assert "22:00–02:00 (+1)" in street.get(reverse("outing_list")).content.decode()
    again = street.get(at("outing_edit", outing)).context["form"]
    assert (str(again["until"].value()), str(again["arrives_0"].value())) == ("02:00:00", "00:30:00")


def test_weeks_are_planned_at_once_and_told(street, unit):
    response = street.post(reverse("outing_new"), typed(unit, weeks="3"), follow=True)
    assert "3 outings are planned" in response.content.decode()
    days = Outing.objects.order_by("starts_at").values_list("starts_at", flat=True)
    assert [(day - days[0]).days for day in days] == [0, 7, 14]


def test_what_does_not_fit_is_said_at_its_field_and_nothing_is_lost(street, unit, square):
    response = street.post(reverse("outing_new"), typed(unit, stop_0=square.pk, volunteers="Ada", day="0202-01-01"))
    assert response.status_code == 422
    text = response.content.decode()
    assert "Check the year" in text
    assert "From what time?" in text
    assert "Ada" in text
    assert (
        "Which stop?" in street.post(reverse("outing_new"), typed(unit, stop_0="", arrives_0="19:00")).content.decode()
    )
    outside = street.post(reverse("outing_new"), typed(unit, stop_0=square.pk, arrives_0="12:00"))
    assert "outside of the hours" in outside.content.decode()
    for odd in ({"day": ""}, {"since": "25:00"}, {"weeks": "99"}, {"crew": ["x"]}, {"stop_0": "x"}):
        assert street.post(reverse("outing_new"), typed(unit, **odd)).status_code == 422, odd
    assert not Outing.objects.exists()


def test_an_outing_that_begins_now_is_proposed(street):
    form = street.get(reverse("outing_new"), {"now": "1"}).context["form"]
    assert form["day"].value() == timezone.localdate()
    assert form["since"].value().hour == timezone.localtime().hour


def test_moved_cancelled_and_taken_up_again_through_the_pages(street, unit, planned):
    outing = planned(start=30)
    data = typed(unit, since="10:00", until="12:00", crew=[], volunteers="Ada")
    assert street.post(at("outing_edit", outing), data).url == at("outing_detail", outing)
    outing.refresh_from_db()
    assert timezone.localtime(outing.starts_at).hour == 10
    assert street.post(at("outing_cancel", outing), {"reason": ""}).status_code == 422
    street.post(at("outing_cancel", outing), {"reason": "allerta meteo"})
    assert "allerta meteo" in street.get(at("outing_detail", outing)).content.decode()
    assert street.get(at("outing_edit", outing)).status_code == 302
    assert street.post(at("outing_restore", outing)).status_code == 302
    outing.refresh_from_db()
    assert outing.state == OutingState.PLANNED


# -- start, end, log -------------------------------------------------------------------------------------------------------


def test_out_and_back_with_what_contacts_say_was_given(street, unit, planned, outreach_operator):
    for code, area, name in (
        ("food", "first_help", "Food"),
        ("shower", "practical", "Shower"),
        ("advice", "legal", "Advice"),
    ):
        ServiceType.objects.create(code=code, area=area, name_it=name, name_en=name)
    outing = planned(start=-2, length=3)
    moment = timezone.localtime(hours_from_now(-2)).strftime("%Y-%m-%dT%H:%M")
    assert street.get(at("outing_start", outing)).context["form"]["started_at"].value() is not None
    assert street.post(at("outing_start", outing), {"started_at": moment, "km_start": "100"}).status_code == 302
    met(outreach_operator, unit, given=["food"], head_count=3)
    form = street.get(at("outing_end", outing)).context["form"]
    assert [field.label for field in form.supplies()] == ["Food", "Shower"]
    assert form["supply_food"].value() == 3
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    worse = street.post(at("outing_end", outing), {"ended_at": now, "km_end": "90", "note": "kept"})
    assert worse.status_code == 422
    assert "cannot have fewer" in worse.content.decode()
    assert "kept" in worse.content.decode()
    data = {"ended_at": now, "km_end": "130", "supply_food": "5", "weather": "rain", "incidents": "Una gomma"}
    assert street.post(at("outing_end", outing), data).url == at("outing_log", outing)
    outing.refresh_from_db()
    assert (outing.supplies, outing.kilometres) == ({"food": 5}, 30)
    mended = data | {"started_at": moment, "km_start": "100", "supply_food": "6"}
    assert street.get(at("outing_end", outing)).context["form"]["supply_food"].value() == 5
    assert street.post(at("outing_end", outing), mended).status_code == 302
    outing.refresh_from_db()
    assert outing.supplies == {"food": 6}


def test_the_log_tells_numbers_never_names(street, out, unit, outreach_operator, person):
    open_file_for(person, team=unit, basis=FileMember.Basis.CONTACT)
    met(outreach_operator, unit, nickname="Lanterna")
    met(outreach_operator, unit, person=person)
    met(outreach_operator, unit, head_count=4)
    entry = LogEntry(120, {"food": 7}, "rain", "Una gomma a terra.")
    end_outing(by=outreach_operator, outing=out, ended_at=timezone.now(), entry=entry)
    page = street.get(at("outing_log", out))
    text = page.content.decode()
    assert (page.context["contacts"], page.context["people"]) == (3, 6)
    for words in ("Ada Volontaria", "20 km", "Una gomma a terra.", "Piazza Prova", outreach_operator.full_name):
        assert words in text
    assert "Lanterna" not in text
    assert "Mohammed" not in text
    assert "paper-signatures" in text
    assert AuditEntry.objects.filter(object_type="outreach.outing", object_id=out.pk, action="read").exists()


# -- calendar --------------------------------------------------------------------------------------------------------------


def test_the_calendar_shows_a_week_and_a_month(street, planned, unit, second_unit):
    outing = planned(start=24 * 8)
    day = timezone.localdate(outing.starts_at)
    here = at("outing_detail", outing)
    assert here not in street.get(reverse("outing_calendar")).content.decode()
    week = street.get(reverse("outing_calendar"), {"day": day.isoformat()}).content.decode()
    assert here in week
    assert second_unit.name in week
    month = street.get(reverse("outing_calendar"), {"day": day.isoformat(), "view": "month"})
    assert here in month.content.decode()
    assert month.context["calendar"].first == day.replace(day=1)
    for odd in ("x", "0001-01-01", "9999-12-31", "\x00"):
        for view in ("week", "month", "x"):
            assert street.get(reverse("outing_calendar"), {"day": odd, "view": view}).status_code == 200


@pytest.mark.parametrize("day", ["2027-03-28", "2027-10-31"])
def test_an_outing_of_the_night_of_the_change_of_hour_stands_on_its_day(sign_in, outreach_operator, unit, day):
    with time_machine.travel(f"{day[:8]}20T12:00:00+00:00", tick=False):
        client = sign_in(outreach_operator)
        data = typed(unit, day=day, since="00:30", until="06:00")
        assert client.post(reverse("outing_new"), data).status_code == 302
        drawn = client.get(reverse("outing_calendar"), {"day": day}).context["calendar"]
    cells = [cell for _unit, cells in drawn.rows for cell in cells if cell.outings]
    assert [cell.day for cell in cells] == [date.fromisoformat(day)]


# -- who may what ------------------------------------------------------------------------------------------------------------


PAGES = ("outing_detail", "outing_edit", "outing_cancel", "outing_start", "outing_end", "outing_log")


def test_owner_colleague_stranger(
    sign_in, planned, outreach_operator, second_unit, make_user, partner, other_partner, desk_operator
):
    outing = planned()
    second_crew = make_user(Role.OUTREACH_OPERATOR, partner, team=second_unit)
    stranger = make_user(Role.OUTREACH_OPERATOR, other_partner)
    for name in PAGES:
        assert sign_in(outreach_operator).get(at(name, outing)).status_code in {200, 302}
        expected = 200 if name in {"outing_detail", "outing_log"} else 403
        assert sign_in(second_crew).get(at(name, outing)).status_code == expected, name
        assert sign_in(stranger).get(at(name, outing)).status_code == 404, name
        assert sign_in(desk_operator).get(at(name, outing)).status_code == 404, name
    seen = sign_in(second_crew).get(at("outing_detail", outing)).content.decode()
    assert at("outing_start", outing) not in seen
    assert sign_in(desk_operator).get(reverse("outing_calendar")).status_code == 403
    assert sign_in(outreach_operator).get(reverse("outing_board")).status_code == 403


def test_unit_and_stops_by_role(sign_in, outreach_operator, coordinator, unit, square, make_user, other_partner, zone):
    boss_elsewhere = make_user(Role.COORDINATOR, other_partner)
    boss, crew = sign_in(coordinator), sign_in(outreach_operator)
    data = {"vehicle": "Furgone blu", "plate": "AA 000 AA", "equipment": "Tablet\nStampante"}
    assert crew.get(at("unit_edit", unit)).status_code == 403
    assert boss.post(at("unit_edit", unit), data).status_code == 302
    assert "Furgone blu" in crew.get(at("unit_detail", unit)).content.decode()
    assert sign_in(boss_elsewhere).get(at("unit_detail", unit)).status_code == 404
    assert boss.get(at("unit_detail", team_of(unit.partner, "desk"))).status_code == 404
    assert (
        crew.post(
            at("stop_edit", square), {"zone": zone.pk, "name": "Piazza Nuova", "is_published": "on", "is_active": "on"}
        ).status_code
        == 302
    )
    assert Stop.objects.get().is_published
    assert sign_in(boss_elsewhere).post(at("stop_edit", square), {"zone": zone.pk, "name": "Via"}).status_code == 404
    taken = crew.post(reverse("stop_new"), {"zone": zone.pk, "name": "piazza nuova"})
    assert (taken.status_code, Stop.objects.count()) == (422, 1)


def test_lists_are_filtered(street, planned, square, outreach_operator, unit):
    planned(start=1, halts=[(square, 1)])
    planned(start=30, volunteers=["Ada Volontaria"])
    cancel_outing(by=outreach_operator, outing=planned(start=60), reason="pioggia")
    planned(start=-30)

    def rows(name="outing_list", **asked):
        return street.get(reverse(name), asked).context["table"].count

    assert rows() == 4
    assert [rows(state=one) for one in ("planned", "missed", "cancelled", "running", "over")] == [2, 1, 1, 0, 0]
    assert (rows(q="piazza"), rows(q="ada"), rows(q=outreach_operator.full_name), rows(q="nobody")) == (1, 1, 4, 0)
    assert (rows(team=unit.pk), rows(since="2100-01-01"), rows(since="x")) == (4, 0, 0)
    Stop.objects.create(partner=unit.partner, zone=square.zone, name="Vecchia", is_active=False)
    assert [
        rows("stop_list", **asked) for asked in ({}, {"use": "no"}, {"use": "all"}, {"published": "yes"}, {"q": "tram"})
    ] == [1, 1, 2, 0, 1]


# -- tonight -----------------------------------------------------------------------------------------------------------------


def test_tonight_shows_outings_and_places_of_this_city_only(sign_in, street, out, desk_operator, stranger, partner):
    Site.objects.filter(partner=partner).update(hours="9-13", address="Via Prova 1")
    Site.objects.create(
        partner=partner, kind=Site.Kind.SHELTER, name="Rifugio", hours="sempre", address="Via Segreta 2"
    )
    Site.objects.create(partner=partner, kind=Site.Kind.DAY_CENTRE, name="Senza orario")
    text = street.get(reverse("tonight")).content.decode()
    for words in ("Piazza Prova", "Tram 3", "9-13", "Via Prova 1", "Rifugio", "out now", at("outing_detail", out)):
        assert words in text
    assert "Via Segreta" not in text
    assert "Senza orario" not in text
    desk = sign_in(desk_operator).get(reverse("tonight")).content.decode()
    assert "Piazza Prova" in desk
    assert at("outing_detail", out) not in desk  # the desk knows where they are, and reads no log
    assert "Piazza Prova" not in sign_in(stranger).get(reverse("tonight")).content.decode()


def test_nothing_is_shown_before_it_is_real(street, planned):
    planned(start=30)
    planned(start=-30)
    response = street.get(reverse("tonight"))
    assert response.context["sections"] == []
    assert "Nothing is known to be open" in response.content.decode()


def test_a_service_registers_its_own_line(street, partner, monkeypatch):
    monkeypatch.setattr(tonight, "_sources", dict(tonight._sources))

    @tonight.shows_tonight("beds", "Free beds", order=1)
    def beds(_user, partners, now):
        return [tonight.Line("Casa Prova", "3 free", known_at=now)] if partner.pk in partners else []

    text = street.get(reverse("tonight")).content.decode()
    assert re.search(r"Free beds.*Casa Prova.*3 free.*as known at", text, re.DOTALL)
    with pytest.raises(ValueError, match="beds"):
        tonight.shows_tonight("beds", "Other", order=2)(lambda *_given: [])


# -- the board ---------------------------------------------------------------------------------------------------------------


def test_the_board_shows_outings_contacts_people_and_cards(sign_in, coordinator, out, unit, outreach_operator, partner):
    first = met(outreach_operator, unit, -1, head_count=3)
    met(outreach_operator, unit, -1)
    met(outreach_operator, unit, -24 * 20, nickname="Mantello")
    waiting = met(outreach_operator, unit, -0.5, nickname="Radio")
    card = refer_contact(by=outreach_operator, contact=waiting, to_team=team_of(partner, "desk"))
    page = sign_in(coordinator).get(reverse("outing_board"))
    grid = page.context["grid"]
    assert grid.total == 3
    assert [row.called for row in page.context["missed"]] == ["Mantello"]
    assert [row.code for row in page.context["waiting"]] == [card.code]
    shown = page.context["outings"][0]
    assert (shown.contacts_made, shown.people_met) == (3, 5)
    assert first.zone.name in page.content.decode()


def test_the_board_renews_without_names_and_without_a_read_in_the_log(
    sign_in, coordinator, out, unit, outreach_operator, partner, zone
):
    Zone.objects.filter(pk=zone.pk).update(latitude=44.4, longitude=8.9)
    far = Zone.objects.create(partner=partner, name="Porto", latitude=44.5, longitude=8.9)
    met(outreach_operator, unit, -1, head_count=3)
    met(outreach_operator, unit, -24 * 20, nickname="Mantello")
    client, url = sign_in(coordinator), reverse("outing_board")
    assert "Mantello" in client.get(url).content.decode()
    before = AuditEntry.objects.count()
    renewed = client.get(url, headers={"HX-Request": "true", "HX-Target": "board-live"})
    text = renewed.content.decode()
    assert "<html" not in text
    assert "Mantello" not in text
    assert 'data-contacts="1"' in text
    assert AuditEntry.objects.count() == before
    ((_city, maps),) = renewed.context["cities"]
    marks = {mark.place.name: mark.place for mark in maps["wide"].marks}
    assert (marks[zone.name].value, marks[zone.name].is_covered) == (1, True)
    assert (marks[far.name].value, marks[far.name].is_covered) == (0, False)
    hour = timezone.localtime(hours_from_now(-1)).hour
    for asked, count in ((hour, 1), ((hour + 5) % 24, 1), ("x", 1), ("9" * 400, 1), ("\x00", 1)):
        page = client.get(url, {"hour": asked})
        assert page.context["grid"].total == count, "an hour with nothing in it is the whole night"
    assert 'aria-current="true">' in client.get(url, {"hour": hour}).content.decode()


def test_another_city_s_board_is_empty(sign_in, make_user, other_partner, out, unit, outreach_operator):
    met(outreach_operator, unit, -24 * 20, nickname="Mantello")
    page = sign_in(make_user(Role.COORDINATOR, other_partner)).get(reverse("outing_board"))
    assert (page.context["outings"], page.context["grid"].rows, page.context["missed"]) == ([], [], [])


def test_who_is_restricted_is_not_on_the_board_and_who_is_shown_is_logged(
    sign_in, coordinator, unit, outreach_operator, desk_operator, case_worker, partner
):
    persons = []
    for name in ("Amina", "Bruna"):
        details = PersonDetails(given_names=name, family_names="Provadoro")
        persons.append(register_person(by=desk_operator, team=team_of(partner, "desk"), details=details))
        met(outreach_operator, unit, -24 * 20, person=persons[-1])
    open_file_for(persons[0], user=case_worker, basis=FileMember.Basis.CASE)
    restrict_file(by=case_worker, person=persons[0], restricted=True, reason="at risk")
    client = sign_in(coordinator)
    for name in ("outing_board", "not_met_list"):
        before = set(AuditEntry.objects.values_list("pk", flat=True))
        text = client.get(reverse(name)).content.decode()
        assert "Bruna" in text
        assert "Amina" not in text
        rows = AuditEntry.objects.exclude(pk__in=before).filter(action="list")
        assert {pk for row in rows for pk in row.detail["persons"]} == {str(persons[1].pk)}


# -- costs -------------------------------------------------------------------------------------------------------------------


def test_the_queries_of_the_pages_do_not_grow(
    sign_in, coordinator, outreach_operator, unit, planned, zone, out, partner
):
    users = {"street": sign_in(outreach_operator), "boss": sign_in(coordinator)}
    pages = [
        ("street", at("outing_detail", out)), ("street", at("outing_log", out)), ("street", at("outing_end", out)),
        ("street", reverse("outing_new")), ("street", reverse("contact_new")), ("street", at("unit_detail", unit)),
        ("street", reverse("tonight")), ("boss", reverse("outing_board")), ("boss", reverse("outing_calendar")),
        ("boss", reverse("outing_calendar") + "?view=month"),
    ]  # fmt: skip
    made = 0

    def fill(number):
        nonlocal made
        for turn in range(made, made + number):
            stop = Stop.objects.create(partner=partner, zone=zone, name=f"Fermata {turn}")
            planned(
                start=4 + turn / 3,
                length=0.2,
                halts=[(stop, 0)],
                volunteers=[f"Prova {turn}"],
                crew=[outreach_operator],
            )
            met(outreach_operator, unit, -24 * 20, nickname=f"Mantello {turn}")
            contact = met(outreach_operator, unit, -1, nickname=f"Radio {turn}")
            refer_contact(by=outreach_operator, contact=contact, to_team=team_of(partner, "desk"))
        made += number

    fill(3)
    few = [count_queries(users[who], url) for who, url in pages]
    fill(27)
    assert [count_queries(users[who], url) for who, url in pages] == few


def test_the_day_of_the_unit_begins_with_its_outings(street, out):
    sections = {section.title: section for section in street.get(reverse("home")).context["day"].sections}
    items = sections["Our outings"].items
    assert [item.url for item in items] == [at("outing_detail", out)]
    assert reverse("tonight") in [action.url for action in street.get(reverse("home")).context["day"].actions]
    menu = street.get(reverse("home")).content.decode()
    assert reverse("outing_calendar") in menu


def test_what_a_colleague_changed_meanwhile_is_not_overwritten_in_silence(
    street, sign_in, mate, planned, unit, outreach_operator
):
    outing = planned(start=30)
    url = at("outing_edit", outing)
    seen = street.get(url).context["form"]["seen"].value()
    theirs = typed(
        unit,
        since="10:00",
        until="12:00",
        volunteers="Bruno Prova",
        seen=sign_in(mate).get(url).context["form"]["seen"].value(),
    )
    assert sign_in(mate).post(url, theirs).status_code == 302
    mine = typed(
        unit, since="15:00", until="17:00", crew=[outreach_operator.pk, mate.pk], volunteers="Ada Prova", seen=seen
    )
    told = street.post(url, mine)
    assert told.status_code == 422
    text = told.content.decode()
    assert "A colleague changed this outing meanwhile" in text
    assert "Bruno Prova" in text
    assert "Ada Prova" in text
    form = told.context["form"]
    assert set(form["crew"].value()) == {str(outreach_operator.pk), str(mate.pk)}  # nothing that was typed is lost
    assert street.post(url, mine | {"seen": form["seen"].value()}).status_code == 302
    assert {str(one) for one in outing.crew.all()} >= {"Ada Prova", mate.full_name}
    # another mistake does not take the colleague's change as seen
    again = street.post(url, mine | {"day": "x", "seen": "old"})
    assert again.context["form"]["seen"].value() == "old"
