"""The street report: numbers that agree with the rows, hours of Rome, who may see what, the same few queries."""

import io
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import openpyxl
import pytest
import time_machine
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Referral
from lgnet.catalogue.models import Zone
from lgnet.catalogue.reporting import reach_of
from lgnet.core.periods import Quarter
from lgnet.core.report_tables import protect
from lgnet.core.week_hours import Slot, WeekHour, clock_ahead, hours_between, slot_of, spans_of
from lgnet.network.models import Partner
from lgnet.network.roles import Permission, Role
from lgnet.outreach.mistakes import void_contact
from lgnet.outreach.models import Contact, Outing, PlannedStop
from lgnet.outreach.outing_log import LogEntry, end_outing, start_outing
from lgnet.outreach.outings import cancel_outing
from lgnet.outreach.report import street_report
from lgnet.outreach.report_selection import select
from lgnet.outreach.services import Sighting, record_contact, refer_contact
from tests.conftest import team_of
from tests.outreach.conftest import hours_from_now
from tests.queries import count_queries

URL = "contact_report"
LONG = {"since": "2024-01-01"}


@pytest.fixture
def far(partner):
    return Zone.objects.create(partner=partner, name="Porto Provaltina", latitude=44.4, longitude=8.9)


@pytest.fixture(autouse=True)
def _zones_have_a_middle(zone):
    Zone.objects.filter(pk=zone.pk).update(latitude=44.41, longitude=8.93)


@pytest.fixture
def lead(sign_in, make_user, db):
    ministry = Partner.objects.create(slug="lead", name="Ministero", short_name="Ministero", kind=Partner.Kind.LEAD)
    return sign_in(make_user(Role.LEAD_AUTHORITY, ministry))


def met(user, unit, zone, at=None, **seen):
    return record_contact(
        by=user, team=unit, zone=zone, occurred_at=at or hours_from_now(-1), sighting=Sighting(**seen)
    )  # fmt: skip


def recent():
    """Days of the quarter in which `met` happens."""
    return {"since": timezone.localdate(hours_from_now(-1)).isoformat()}


def figures(page):
    return {figure.label: figure.value for figure in page.context["figures"]}


def table(page, name):
    return {
        line.label: list(line.values)
        for one, _links in page.context["tables"]
        if one.name == name
        for line in one.lines
    }


# -- what is counted --------------------------------------------------------------------------------------------------


def test_the_four_counts_stay_apart(office, outreach_operator, unit, zone, far, partner):
    cloud = met(outreach_operator, unit, zone, nickname="Nuvola", needs=["legal", "health"], sleeping_rough=True)
    record_contact(
        by=outreach_operator, team=unit, zone=far, occurred_at=hours_from_now(-0.5), earlier=cloud,
        sighting=Sighting(needs=["legal"], sleeping_rough=False),
    )  # fmt: skip
    met(outreach_operator, unit, zone, head_count=5)
    met(outreach_operator, unit, zone)
    refer_contact(by=outreach_operator, contact=cloud, to_team=team_of(partner, "desk"))
    page = office.get(reverse(URL), LONG)
    assert figures(page) == {
        "Contacts": "4", "People present": "8", "Persons reached in the street": "1", "Cards given": "1",
        "Hours of presence": "0", "Sleeping rough": "1",
    }  # fmt: skip
    assert table(page, "places") == {far.name: [1, 1, 1, 0, 0], zone.name: [3, 7, 1, 0, 0]}
    assert table(page, "needs") == {"Legal help and documents": [2, 50], "Health": [1, 25]}
    assert table(page, "cards") == {"Sent": [1]}
    text = page.content.decode()
    for figure in page.context["figures"]:
        assert figure.rule in text
    assert reverse("indicator_list") in text, "taken in charge and participants are counted there"


def test_the_filters_narrow_everything(office, outreach_operator, unit, second_unit, make_user, partner, zone, far):
    mate = make_user(Role.OUTREACH_OPERATOR, partner, team=second_unit)
    met(outreach_operator, unit, zone)
    met(mate, second_unit, far)
    met(mate, second_unit, far, timezone.now() - timedelta(days=40))
    url = reverse(URL)

    def count(**asked):
        return (
            figures(office.get(url, LONG | asked))["Contacts"] if asked else figures(office.get(url, LONG))["Contacts"]
        )

    yesterday = (timezone.localdate() - timedelta(days=20)).isoformat()
    assert count() == "3"
    assert (count(zone=far.pk), count(team=unit.pk), count(until=yesterday)) == ("2", "1", "1")
    assert count(zone=far.pk, since=yesterday) == "1"
    links = [
        line.url for one, _d in office.get(url, LONG).context["tables"] if one.name == "places" for line in one.lines
    ]
    assert [office.get(link).context["table"].count for link in links] == [2, 1], "a number opens onto its contacts"


@pytest.mark.parametrize(
    ("moment", "slot"),
    [
        ("2026-07-05T22:30", Slot(0, 0)),  # Monday after midnight in Rome
        ("2026-01-04T22:30", Slot(6, 23)),
        ("2026-03-29T00:59", Slot(6, 1)), ("2026-03-29T01:00", Slot(6, 3)),  # the clock is put forward
        ("2026-10-25T00:30", Slot(6, 2)), ("2026-10-25T01:30", Slot(6, 2)),  # the hour that comes twice
    ],
)  # fmt: skip
def test_hours_are_those_of_the_clock_in_rome(outreach_operator, unit, zone, moment, slot):
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    met(outreach_operator, unit, zone, at)
    rows = Contact.objects.order_by().annotate(
        text=WeekHour("occurred_at"), ahead=clock_ahead(date(2026, 1, 1), date(2026, 12, 31))
    )
    ((text, ahead, count),) = rows.values_list("text", "ahead").annotate(n=Count("pk"))
    assert (slot_of(text, ahead), count) == (slot, 1)
    here = timezone.localtime(at)
    assert Slot(here.weekday(), here.hour) == slot
    ((found, share),) = hours_between(at, at + timedelta(seconds=36))
    assert (found, share) == (slot, 0.01)


def test_the_clock_changes_twice_a_year():
    spans = spans_of(date(2024, 1, 1), date(2026, 12, 31))
    assert len(spans) == 7
    assert [ahead for _start, _end, ahead in spans] == [60, 120, 60, 120, 60, 120, 60]
    assert all(one[1] == other[0] for one, other in pairwise(spans))
    assert spans_of(date(2026, 10, 25), date(2026, 10, 25))[0][1] == datetime(2026, 10, 25, 1, tzinfo=UTC)
    assert len(spans_of(date(2026, 5, 1), date(2026, 5, 1))) == 1


# -- presence ---------------------------------------------------------------------------------------------------------


def test_presence_is_the_plan_within_what_really_happened(
    office, planned, outreach_operator, unit, square, zone, partner
):
    outing = planned(start=-6, length=5, halts=[(square, 0.5), (square, 2)])
    start_outing(by=outreach_operator, outing=outing, started_at=hours_from_now(-5), km_start=None)
    end_outing(by=outreach_operator, outing=outing, ended_at=hours_from_now(-2), entry=LogEntry())
    planned(start=-40, halts=[(square, 1)])  # never started
    cancel_outing(by=outreach_operator, outing=planned(start=30, halts=[(square, 1)]), reason="pioggia")
    # at the stop from half an hour before it started, until the next stop; there until it ended
    page = office.get(reverse(URL), LONG)
    assert table(page, "places")[zone.name][3:] == [3, 2]
    assert figures(page)["Hours of presence"] == "3"
    grid = table(page, "presence")[zone.name]
    assert sum(grid) == pytest.approx(3, abs=0.3), "each hour is rounded"
    assert page.context["report"].total_hours == pytest.approx(3, abs=0.05)
    week = table(page, "week")
    assert len(week) == 7
    assert sum(sum(numbers) for numbers in week.values()) == pytest.approx(3, abs=0.3)
    assert {mark.place.name: mark.place.is_covered for mark in page.context["maps"]["wide"].marks}[zone.name]


def test_a_zone_where_nobody_was_is_drawn_empty(office, outreach_operator, unit, zone, far):
    met(outreach_operator, unit, zone)
    page = office.get(reverse(URL), LONG)
    assert {mark.place.name: mark.place.is_covered for mark in page.context["maps"]["wide"].marks} == {
        zone.name: True, far.name: False,
    }  # fmt: skip
    assert table(page, "places")[far.name] == [0, 0, 0, 0, 0]


def test_the_map_of_an_hour(office, outreach_operator, unit, zone, far):
    with time_machine.travel("2026-10-10T12:00:00+00:00", tick=False):
        met(outreach_operator, unit, zone, datetime(2026, 10, 8, 19, 30, tzinfo=UTC))
        met(outreach_operator, unit, far, datetime(2026, 10, 8, 20, 30, tzinfo=UTC))
        page = office.get(reverse(URL), {"since": "2026-10-01", "hour": "21"})
        assert [link["label"] for link in page.context["hours"]] == ["All day", "21–22", "22–23"]
        assert [link["label"] for link in page.context["hours"] if link["is_here"]] == ["21–22"]
        counts = {mark.place.name: mark.place.value for mark in page.context["maps"]["narrow"].marks}
        assert counts == {zone.name: 1, far.name: 0}
        assert "hour=22" in page.context["hours"][2]["url"]


# -- who sees what ----------------------------------------------------------------------------------------------------


def test_owner_colleague_stranger(
    sign_in, street, office, elsewhere, lead, outreach_operator, unit, zone, desk_operator, partner
):
    met(outreach_operator, unit, zone)
    for client in (street, office):
        assert figures(client.get(reverse(URL), LONG))["Contacts"] == "1"
    assert elsewhere.get(reverse(URL), LONG).context["report"].is_empty
    for asked in ({"zone": zone.pk}, {"team": unit.pk}):
        refused = elsewhere.get(reverse(URL), LONG | asked)
        assert refused.context.get("report") is None
        assert refused.context["form"].errors
    assert sign_in(desk_operator).get(reverse(URL)).status_code == 403
    assert lead.get(reverse(URL), LONG | {"partner": partner.slug}).status_code == 200


def test_cards_of_a_zone_are_those_of_contacts_that_stand(office, outreach_operator, unit, zone, partner):
    rows = [met(outreach_operator, unit, zone, nickname=name) for name in ("Nuvola", "Stella")]
    for row in rows:
        refer_contact(by=outreach_operator, contact=row, to_team=team_of(partner, "desk"))
    Referral.objects.filter(pk=rows[0].referral.pk).update(status="refused")
    rows[0].refresh_from_db()
    void_contact(by=outreach_operator, contact=rows[0], reason="x")
    assert table(office.get(reverse(URL), LONG | {"zone": zone.pk}), "cards") == {"Sent": [1]}


def test_how_many_came_is_not_told_on_top_where_the_table_hides_it(lead, outreach_operator, unit, zone, partner):
    for turn in range(9):
        row = met(outreach_operator, unit, zone, nickname=f"Nuvola {turn}")
        card = refer_contact(by=outreach_operator, contact=row, to_team=team_of(partner, "desk"))
        if turn < 6:
            Referral.objects.filter(pk=card.pk).update(status="arrived")
    page = lead.get(reverse(URL), recent())
    assert table(page, "cards") == {"Sent": ["hidden"], "Arrived": ["hidden"]}
    (given,) = [figure for figure in page.context["figures"] if figure.label == "Cards given"]
    assert (given.value, given.note) == ("9", "Came so far: hidden")


def test_the_network_sees_one_quarter_at_a_time(lead, partner):
    page = lead.get(reverse(URL), {"since": "2024-02-03", "until": "2024-09-01", "partner": partner.slug})
    selection = page.context["selection"]
    assert (selection.first, selection.last) == (date(2024, 1, 1), date(2024, 3, 31))
    assert "until" not in page.context["form"].fields


def test_the_network_sees_sums_of_whole_quarters_and_no_small_count(
    lead, outreach_operator, unit, zone, far, partner, other_partner
):
    for number in range(7):
        met(outreach_operator, unit, zone, nickname=f"Nuvola {number}", needs=["legal"], sleeping_rough=True)
    for _number in range(9):
        met(outreach_operator, unit, far, needs=["health"])
    met(outreach_operator, unit, Zone.objects.create(partner=partner, name="Vicolo"), needs=["work"])
    whole = lead.get(reverse(URL), recent())
    assert table(whole, "places")[partner.short_name][0] == 17
    assert whole.context["maps"]["wide"] is None
    city = lead.get(reverse(URL), recent() | {"partner": partner.slug, "zone": zone.pk, "hour": "3", "team": unit.pk})
    selection = city.context["selection"]
    assert (selection.zone, selection.team, selection.hour) == (None, None, None)
    assert selection.first == Quarter.of(timezone.localdate(hours_from_now(-1))).first_day
    assert (selection.last + timedelta(days=1)).day == 1
    places = table(city, "places")
    assert places[far.name][:3] == [9, 9, 0]
    assert places["Vicolo"][:3] == ["hidden"] * 3
    assert places[zone.name][:3] == ["hidden"] * 3, "or the sum would tell the small one"
    assert table(city, "needs")["Work and training"] == ["hidden", None]
    assert table(city, "contacts") == {}, "no contacts by zone and hour"
    text = city.content.decode()
    assert f"{reverse('contact_list')}?" not in text
    assert "Nuvola" not in text


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ([9, 0, 7], [9, 0, 7]), ([9, 3, 7], [9, "hidden", "hidden"]), ([9, 3, 2], [9, "hidden", "hidden"]),
        ([3], ["hidden"]), ([], []), ([4, 0, 5], ["hidden", 0, "hidden"]),
    ],
)  # fmt: skip
def test_a_small_count_cannot_be_told_from_the_sum(counts, told):
    assert protect(counts, is_exact=False) == told
    assert protect(counts, is_exact=True) == counts


# -- spreadsheets, odd addresses, cost ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["places", "hours", "contacts", "presence", "week", "needs", "cards"])
def test_every_table_is_exported_as_it_is_seen_and_logged(office, coordinator, out_and_back, name, partner):
    url = reverse(URL)
    page = office.get(url, LONG)
    seen = next(one for one, _links in page.context["tables"] if one.name == name)
    answer = office.get(url, LONG | {"format": "xlsx", "table": name})
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert list(rows[0]) == list(seen.heads)
    assert [list(row) for row in rows[1:]] == seen.export_rows()
    entry = AuditEntry.objects.get(object_type="outreach.report")
    assert (entry.action, entry.actor_id, entry.partner_id) == ("export", coordinator.pk, partner.pk)
    assert (entry.detail["table"], entry.detail["rows"]) == (name, len(seen.lines))
    assert (
        office.get(url, LONG | {"format": "csv", "table": name}).content.decode("utf-8-sig").startswith(seen.heads[0])
    )


@pytest.fixture
def out_and_back(planned, outreach_operator, unit, square, zone, partner):
    outing = planned(start=-6, length=5, halts=[(square, 1)])
    start_outing(by=outreach_operator, outing=outing, started_at=hours_from_now(-6), km_start=None)
    contact = met(outreach_operator, unit, zone, nickname="Nuvola", needs=["legal"])
    refer_contact(by=outreach_operator, contact=contact, to_team=team_of(partner, "desk"))
    return outing


def test_odd_addresses_give_a_page_that_says_so(office, out_and_back):
    url = reverse(URL)
    for name in ("partner", "team", "zone", "since", "until", "hour", "table", "x"):
        for odd in ("\x00", "nonsense", "-1", "9" * 400, "0001-01-01", "9999-12-31", "'\"<b>", "😀"):
            assert office.get(url, {name: odd}).status_code == 200, (name, odd)
            assert office.get(url, {name: odd, "format": "xlsx"}).status_code in {200, 422}
    wrong = office.get(url, {"since": "2026-05-02", "until": "2026-05-01"})
    assert "before the first one" in wrong.content.decode()
    assert wrong.context["form"]["until"].value() == "2026-05-01"


def test_without_anything_the_page_says_what_to_do(office, partner):
    page = office.get(reverse(URL))
    assert page.context["report"].is_empty
    assert "Nothing in these days" in page.content.decode()


def test_as_many_queries_for_many_rows(office, lead, outreach_operator, unit, zone, planned, square, partner):
    def fill(first, number):
        for turn in range(first, first + number):
            extra = Zone.objects.create(partner=partner, name=f"Zona {turn}", latitude=44.4, longitude=8.9 + turn / 100)
            contact = met(
                outreach_operator, unit, extra, nickname=f"Nuvola {turn}", needs=["legal", "work"][: turn % 3]
            )
            refer_contact(by=outreach_operator, contact=contact, to_team=team_of(partner, "desk"))
            begins = timezone.now() - timedelta(days=turn + 2)
            outing = Outing.objects.create(
                partner=partner, team=unit, planned_by=outreach_operator, starts_at=begins, started_at=begins,
                ends_at=begins + timedelta(hours=4), ended_at=begins + timedelta(hours=4),
            )  # fmt: skip
            PlannedStop.objects.create(outing=outing, stop=square, arrives_at=begins)

    fill(0, 3)
    few = [count_queries(client, reverse(URL), LONG) for client in (office, lead)]
    fill(3, 20)
    assert [count_queries(client, reverse(URL), LONG) for client in (office, lead)] == few
    assert max(few) < 20


def test_the_report_itself_asks_seven_times(coordinator, out_and_back, django_assert_num_queries, zone):
    reach = reach_of(coordinator, Permission.VIEW_CONTACTS)
    chosen = select(reach, partner=None, first=date(2024, 1, 1), last=timezone.localdate())
    with django_assert_num_queries(7):
        found = street_report(chosen)
    assert found.totals["contacts"] == 1
