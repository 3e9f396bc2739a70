"""Files are closed to strangers: opened with a reason that the coordinator sees, or hidden from all but their team."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Team
from lgnet.core.errors import DomainError
from lgnet.desks.services import record_arrival
from lgnet.people.models import FileMember, FileOpening
from lgnet.people.services import open_file_with_reason, restrict_file
from tests.conftest import team_of


def page(client, person):
    return client.get(reverse("person_detail", args=[person.pk]))


def test_owner_reads_colleague_is_asked_stranger_finds_nothing(sign_in, desk_operator, colleague, stranger, person):
    assert page(sign_in(desk_operator), person).status_code == 200
    asked = page(sign_in(colleague), person)
    assert asked.status_code == 302
    assert asked.url.startswith(reverse("file_open", args=[person.pk]))
    assert page(sign_in(stranger), person).status_code == 404
    assert sign_in(stranger).get(reverse("file_open", args=[person.pk])).status_code == 404


def test_a_reason_opens_the_file_for_a_day_and_the_coordinator_sees_it(sign_in, colleague, coordinator, person):
    client = sign_in(colleague)
    asked = page(client, person)
    assert "Mohammed" in client.get(asked.url).content.decode()
    short = client.post(asked.url, {"reason": "because"})
    assert short.status_code == 422
    opened = client.post(asked.url, {"reason": "stands in for a colleague who is ill"})
    assert opened.status_code == 302
    assert opened.url == reverse("person_detail", args=[person.pk])
    assert page(client, person).status_code == 200
    log = AuditEntry.objects.filter(person_id=person.pk, actor_id=colleague.pk)
    assert {"open", "read"} <= set(log.values_list("action", flat=True))
    boss = sign_in(coordinator)
    assert "stands in for" in boss.get(reverse("file_openings")).content.decode()
    opening = FileOpening.objects.get()
    detail = boss.get(reverse("file_opening", args=[opening.pk]))
    assert [entry.action for entry, _what in detail.context["done"]] == ["open", "read"]
    assert boss.post(reverse("file_opening", args=[opening.pk])).status_code == 302
    opening.refresh_from_db()
    assert opening.seen_by == coordinator
    with time_machine.travel(timezone.now() + timedelta(hours=9)):
        assert page(sign_in(colleague), person).status_code == 302


def test_the_reason_leads_back_to_where_one_wanted_to_go_and_nowhere_else(sign_in, colleague, person):
    client, ask = sign_in(colleague), reverse("file_open", args=[person.pk])
    assert client.get(ask, {"next": "https://example.org/"}).context["onward"].startswith("/people/")
    wanted = reverse("referral_new") + f"?person={person.pk}"
    assert client.get(ask, {"next": wanted}).context["onward"] == wanted


def test_nobody_looks_at_what_they_opened_themselves(sign_in, coordinator, person):
    opening = open_file_with_reason(by=coordinator, person=person, reason="a complaint about the desk")
    answer = sign_in(coordinator).post(reverse("file_opening", args=[opening.pk]))
    assert answer.status_code == 422
    opening.refresh_from_db()
    assert opening.seen_by is None


def test_openings_of_another_city_are_not_seen(sign_in, colleague, make_user, other_partner, person):
    opening = open_file_with_reason(by=colleague, person=person, reason="stands in for a colleague")
    other = sign_in(make_user("coordinator", other_partner))
    assert other.get(reverse("file_opening", args=[opening.pk])).status_code == 404
    assert other.get(reverse("file_openings")).context["table"].count == 0


@pytest.fixture
def team_member(make_user, partner):
    """Somebody of the desk who may restrict files."""
    return make_user("case_worker", partner, team=team_of(partner, Team.Kind.DESK))


def test_a_restricted_file_is_not_even_listed(sign_in, team_member, colleague, coordinator, desk_operator, person):
    client = sign_in(team_member)
    answer = client.post(
        reverse("file_restrict", args=[person.pk]), {"reason": "threatened by relatives", "wanted": "restricted"}
    )
    assert answer.status_code == 302
    for outsider in (colleague, coordinator):
        outside = sign_in(outsider)
        assert page(outside, person).status_code == 404
        assert outside.get(reverse("file_open", args=[person.pk])).status_code == 404
        assert outside.get(reverse("person_list"), {"q": "Mohammed"}).context["table"].count == 0
        assert "Mohammed" not in outside.get(reverse("person_list")).content.decode()
        assert outside.get(reverse("person_list"), {"q": person.pseudonym}).context["table"].count == 0
    assert page(sign_in(desk_operator), person).status_code == 200
    again = client.post(reverse("file_restrict", args=[person.pk]), {"reason": "the danger is over", "wanted": "shown"})
    assert again.status_code == 302
    assert "Mohammed" in sign_in(colleague).get(reverse("person_list")).content.decode()


def test_an_opening_ends_when_the_file_is_restricted(sign_in, colleague, team_member, person):
    open_file_with_reason(by=colleague, person=person, reason="stands in for a colleague")
    assert page(sign_in(colleague), person).status_code == 200
    restrict_file(by=team_member, person=person, restricted=True, reason="threatened by relatives")
    assert page(sign_in(colleague), person).status_code == 404


def test_who_is_not_in_the_team_cannot_hide_a_file(colleague, person):
    open_file_with_reason(by=colleague, person=person, reason="stands in for a colleague")
    with pytest.raises(DomainError):
        restrict_file(by=colleague, person=person, restricted=True, reason="wants to hide it")


def test_membership_of_a_file_ends_with_its_day(sign_in, desk_operator, person):
    FileMember.objects.filter(person=person).update(ends_at=timezone.now())
    assert page(sign_in(desk_operator), person).status_code == 302


def test_every_read_of_a_file_is_one_row_of_the_log(sign_in, desk_operator, person):
    client = sign_in(desk_operator)
    before = AuditEntry.objects.filter(action="read", person_id=person.pk).count()
    page(client, person)
    client.get(reverse("eligibility_new", args=[person.pk]))
    assert AuditEntry.objects.filter(action="read", person_id=person.pk).count() == before + 2


def test_a_file_stays_open_for_90_days_after_the_last_meeting(sign_in, desk_operator, partner, person):
    team = team_of(partner, Team.Kind.DESK)
    later = timezone.now() + timedelta(days=80)
    with time_machine.travel(later):
        assert page(sign_in(desk_operator), person).status_code == 200
        record_arrival(by=desk_operator, team=team, person=person)
    with time_machine.travel(later + timedelta(days=80)):
        assert page(sign_in(desk_operator), person).status_code == 200
    with time_machine.travel(later + timedelta(days=91)):
        assert page(sign_in(desk_operator), person).status_code == 302
    assert FileMember.objects.filter(person=person).count() == 1


def test_the_team_of_a_restricted_file_keeps_it(sign_in, team_member, desk_operator, person):
    restrict_file(by=team_member, person=person, restricted=True, reason="threatened by relatives")
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        assert page(sign_in(desk_operator), person).status_code == 200


def test_hiding_a_file_twice_does_not_show_it_again(sign_in, team_member, person):
    client = sign_in(team_member)
    form = {"reason": "threatened by relatives", "wanted": "restricted"}
    for _turn in range(2):
        assert client.post(reverse("file_restrict", args=[person.pk]), form).status_code == 302
        person.refresh_from_db()
        assert person.restricted


def test_openings_of_a_file_restricted_since_are_not_shown_to_the_coordinator(
    sign_in, colleague, coordinator, team_member, make_user, partner, person
):
    opening = open_file_with_reason(by=colleague, person=person, reason="stands in for a colleague")
    restrict_file(by=team_member, person=person, restricted=True, reason="threatened by relatives")
    assert sign_in(coordinator).get(reverse("file_openings")).context["table"].count == 0
    assert sign_in(coordinator).get(reverse("file_opening", args=[opening.pk])).status_code == 404
    assert sign_in(make_user("dpo", partner)).get(reverse("file_openings")).context["table"].count == 1
