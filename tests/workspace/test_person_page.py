"""The page of a person: the journey as a story, what matters today, and what each reader can do."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from lgnet.cases import services as cases
from lgnet.catalogue.models import Team, Zone
from lgnet.desks.services import record_arrival
from lgnet.outreach.services import Sighting, record_contact
from lgnet.people.models import JourneyEvent
from tests.conftest import team_of
from tests.queries import count_queries


def busy(partner, person, outreach_operator, desk_operator, case_worker, times):
    for turn in range(times):
        record_contact(
            by=outreach_operator, team=team_of(partner, Team.Kind.MOBILE_UNIT), zone=Zone.objects.get(partner=partner),
            occurred_at=timezone.now() - timedelta(days=turn, minutes=1), sighting=Sighting(needs=["legal"]), person=person,
        )  # fmt: skip
        record_arrival(by=desk_operator, team=team_of(partner, Team.Kind.DESK), person=person)


def open_case(partner, person, desk_operator, case_worker):
    return cases.open_case(
        by=desk_operator, person=person, team=team_of(partner, Team.Kind.MULTIDISCIPLINARY), manager=case_worker,
        basis="desk",
    )  # fmt: skip


def test_the_story_is_told_latest_first_and_opens_its_records(
    sign_in, partner, person, outreach_operator, desk_operator, case_worker, service_type
):
    busy(partner, person, outreach_operator, desk_operator, case_worker, 2)
    case = open_case(partner, person, desk_operator, case_worker)
    today = timezone.localdate()
    cases.record_assessment(by=case_worker, case=case, kind="preliminary", done_on=today, note="Sleeps outside.")
    cases.deliver_service(by=case_worker, case=case, service_type=service_type, delivered_on=today)
    page = sign_in(case_worker).get(reverse("person_detail", args=[person.pk]))
    events = page.context["events"]
    assert [event["at"] for event in events] == sorted((event["at"] for event in events), reverse=True)
    assert events[0]["title"] == "Service delivered: Italian course"
    assert events[0]["url"] == events[1]["url"] == reverse("case_detail", args=[case.pk])
    for reader in (case_worker, desk_operator, outreach_operator):
        client = sign_in(reader)
        story = client.get(reverse("person_detail", args=[person.pk])).context["events"]
        opened = {event["url"]: client.get(event["url"]).status_code for event in story if event["url"]}
        assert opened
        assert set(opened.values()) <= {200, 302}, reader  # an opened case may be closed to the street: it asks why


def test_chapters_narrow_the_story_and_old_events_are_one_tap_away(
    sign_in, partner, person, outreach_operator, desk_operator, case_worker
):
    busy(partner, person, outreach_operator, desk_operator, case_worker, 30)
    client, url = sign_in(desk_operator), reverse("person_detail", args=[person.pk])
    page = client.get(url)
    assert page.context["more"]
    assert len(page.context["events"]) == 25
    everything = client.get(url, {"all": ""})
    assert len(everything.context["events"]) == JourneyEvent.objects.filter(person=person, voided_at=None).count()
    street = client.get(url, {"show": "street", "all": ""}).context["events"]
    assert len(street) == 30
    assert client.get(url, {"show": "none-such"}).context["chapter"] == ""


def test_each_role_finds_its_next_step(sign_in, partner, person, outreach_operator, desk_operator, case_worker):
    busy(partner, person, outreach_operator, desk_operator, case_worker, 1)
    url = reverse("person_detail", args=[person.pk])
    counter, street = (sign_in(user).get(url).context["may"] for user in (desk_operator, outreach_operator))
    assert {word for word, may in counter.items() if may} == {
        "change",
        "check",
        "book",
        "refer",
        "receive",
        "open_case",
        "keep_mail",
        "merge",
    }
    assert {word for word, may in street.items() if may} == {"change", "book", "refer", "meet"}
    open_case(partner, person, desk_operator, case_worker)
    assert not sign_in(desk_operator).get(url).context["may"]["open_case"]


def test_what_matters_today_is_on_top(sign_in, desk_operator, person):
    person.notices.all().delete()
    alerts = sign_in(desk_operator).get(reverse("person_detail", args=[person.pk])).context["alerts"]
    assert [alert.url for alert in alerts] == [
        reverse("notice_new", args=[person.pk]), reverse("eligibility_new", args=[person.pk])
    ]  # fmt: skip


def test_the_queries_of_the_page_do_not_grow(sign_in, partner, person, outreach_operator, desk_operator, case_worker):
    url, client = reverse("person_detail", args=[person.pk]), sign_in(desk_operator)
    busy(partner, person, outreach_operator, desk_operator, case_worker, 2)
    few = count_queries(client, url)
    busy(partner, person, outreach_operator, desk_operator, case_worker, 20)
    assert count_queries(client, url) == few
