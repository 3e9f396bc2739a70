"""Who receives people: desks keep the bodies outside, the coordinator the days; another city sees nothing."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Receiver
from lgnet.cases.receivers import change_body, create_body
from lgnet.catalogue.models import Team
from lgnet.core.errors import DomainError
from lgnet.network.roles import Role
from tests.cases.referral_world import make_body
from tests.conftest import team_of

BODY = {"name": "Prefettura Provaltina", "kind": "prefecture", "email": "Sportello@Prefettura.example.org", "reach": ""}


def test_a_desk_adds_a_body_and_people_can_be_sent_there(sign_in, desk_operator, person):
    client = sign_in(desk_operator)
    url = reverse("receiver_new")
    record = client.get(url).context["form"]["record_id"].value()
    for _twice in range(2):
        assert client.post(url, BODY | {"record_id": record}).status_code == 302
    team = Team.objects.get(name="Prefettura Provaltina")
    assert (team.kind, team.receiver.kind, team.receiver.email) == (
        "outside", "prefecture", "sportello@prefettura.example.org",
    )  # fmt: skip
    assert "Prefettura Provaltina" in client.get(f"{reverse('referral_new')}?person={person.pk}").content.decode()
    same = client.post(url, BODY | {"reach": "kept"})
    assert same.status_code == 422
    assert "kept" in same.content.decode()
    assert "Prefettura Provaltina" in client.get(reverse("receiver_list"), {"kind": "prefecture"}).content.decode()
    assert client.get(reverse("receiver_list"), {"kind": "police"}).context["table"].count == 0


def test_who_keeps_what(sign_in, partner, desk_operator, coordinator, outreach_operator, stranger, make_user):
    body, desk = make_body(partner, desk_operator), team_of(partner, "desk")
    url = reverse("receiver_edit", args=[body.pk])
    for user in (outreach_operator, make_user(Role.FINANCE_OFFICER, partner)):
        for name in ("receiver_list", "receiver_new"):
            assert sign_in(user).get(reverse(name)).status_code == 403
        assert sign_in(user).get(url).status_code == 403
    assert sign_in(make_user(Role.COORDINATOR, stranger.memberships.get().partner)).get(url).status_code == 404
    assert set(sign_in(desk_operator).get(url).context["form"].fields) == {"kind", "email"}
    assert sign_in(desk_operator).get(reverse("receiver_edit", args=[desk.pk])).context["form"].fields == {}
    client = sign_in(coordinator)
    days = {"seen_days": "3", "answer_days": "10", "arrive_days": "20"}
    data = {"kind": "police", "email": "immigrazione@example.org"} | days
    assert client.post(url, data | {"answer_days": "0"}).status_code == 422
    assert client.post(url, data | {"email": "no mail"}).status_code == 422
    assert client.post(url, data).status_code == 302
    receiver = Receiver.objects.get(team=body)
    assert (receiver.kind, receiver.email, receiver.answer_days) == ("police", "immigrazione@example.org", 10)
    assert client.post(reverse("receiver_edit", args=[desk.pk]), days).status_code == 302
    assert team_of(partner, "desk").receiver.seen_days == 3
    assert AuditEntry.objects.filter(object_type="cases.receiver", object_id=receiver.pk).count() == 3


def test_rules(partner, desk_operator, outreach_operator, stranger):
    for user in (outreach_operator, stranger):
        with pytest.raises(PermissionDenied):
            create_body(by=user, partner=partner, name="X", kind="iom")
    with pytest.raises(DomainError, match="team of the network"):
        change_body(by=desk_operator, team=team_of(partner, "desk"), kind="iom", email="x@example.org")
