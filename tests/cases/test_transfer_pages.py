"""Transfers on their pages: each side sees what is its own, and nobody else anything."""

from django.urls import reverse
from django.utils import timezone

from lgnet.cases.closing import Obstacle, Open, register, unregister
from lgnet.cases.models import Case, Transfer, TransferCopy
from lgnet.cases.services import open_case
from lgnet.network.roles import Role
from lgnet.people.records import add_identifier, record_notice
from lgnet.people.services import PersonDetails, open_file_with_reason, register_person
from tests.cases.test_transfers import full_case, sent  # noqa: F401  fixtures
from tests.conftest import team_of
from tests.queries import count_queries

LIST = reverse("transfer_list")


def text(page):
    return page.content.decode()


def test_from_the_case_to_the_other_city(sign_in, case_worker, stranger, other_partner, full_case):  # noqa: F811
    client = sign_in(case_worker)
    assert reverse("transfer_new", args=[full_case.pk]) in text(client.get(reverse("case_detail", args=[full_case.pk])))
    url = reverse("transfer_new", args=[full_case.pk])
    data = {"to_partner": other_partner.pk, "why": "La famiglia vive là", "parts": ["languages"], "answer_days": 7}
    assert client.post(url, data | {"why": ""}).status_code == 422
    assert client.post(url, data).status_code == 302
    transfer = Transfer.objects.get()
    detail = reverse("transfer_detail", args=[transfer.pk])
    page = client.get(detail)
    assert "without it nothing is sent" in text(page)
    assert "STP123" not in text(page)
    assert "Provadati" in text(page)
    client.post(reverse("transfer_send", args=[transfer.pk]), {"seen": page.context["seen"]})
    assert Transfer.objects.get().is_draft
    assert client.get(url).status_code == 302  # leads to the one under way
    agreement = {"agreed_on": timezone.localdate(), "language": "ar", "with_interpreter": "on"}
    assert client.post(reverse("transfer_agree", args=[transfer.pk]), agreement).status_code == 422
    assert client.post(reverse("transfer_agree", args=[transfer.pk]), agreement | {"agrees": "on"}).status_code == 302
    client.post(reverse("transfer_send", args=[transfer.pk]), {"seen": client.get(detail).context["seen"]})
    assert Transfer.objects.get().is_waiting
    assert client.get(reverse("transfer_edit", args=[transfer.pk])).status_code == 403

    there = sign_in(stranger)
    incoming = reverse("transfer_incoming", args=[transfer.pk])
    page = text(there.get(incoming))
    assert "M. P." in page
    assert "Provadati" not in page
    assert "Mohammed" not in page
    team = team_of(other_partner, "multidisciplinary")
    answer = there.post(incoming, {"team": team.pk, "manager": stranger.pk, "members": [stranger.pk], "who": "new"})
    copy = TransferCopy.objects.get()
    assert answer["Location"] == reverse("transfer_copy", args=[copy.pk])
    assert "Provadati" in text(there.get(answer["Location"]))
    assert "What Provaltina sent" in text(there.get(reverse("case_detail", args=[copy.case_id])))
    page = text(client.get(detail))
    assert "acknowledged" in page
    assert copy.person.pseudonym not in page
    assert client.get(reverse("case_detail", args=[copy.case_id])).status_code == 404
    assert client.get(reverse("transfer_copy", args=[copy.pk])).status_code == 404


def test_who_sees_what(sign_in, colleague, coordinator, stranger, make_user, partner, other_partner, sent):  # noqa: F811
    detail, incoming = (reverse(f"transfer_{name}", args=[sent.pk]) for name in ("detail", "incoming"))
    assert sign_in(stranger).get(detail).status_code == 404
    assert sign_in(colleague).get(detail).status_code == 302  # a closed file: say why
    for user in (colleague, coordinator):
        assert sign_in(user).get(incoming).status_code == 404
    there = make_user(Role.COORDINATOR, other_partner)
    page = sign_in(there).get(incoming)
    assert page.status_code == 200
    assert page.context["form"] is None
    assert sign_in(there).post(incoming, {}).status_code == 403
    assert sign_in(make_user(Role.DESK_OPERATOR, other_partner)).get(incoming).status_code == 404
    assert sign_in(make_user(Role.FINANCE_OFFICER, partner)).get(LIST).status_code == 403
    for user, who in ((coordinator, "Momo"), (there, "M. P."), (stranger, "M. P.")):
        assert who in text(sign_in(user).get(LIST, {"state": "sent"}))
    assert "Momo" not in text(sign_in(there).get(LIST))
    assert sign_in(there).get(LIST, {"format": "csv"}).status_code == 200
    refuse = reverse("transfer_refuse", args=[sent.pk])
    assert sign_in(there).post(refuse, {"reason": " "}).status_code == 422
    assert sign_in(there).post(refuse, {"reason": "Non c'è posto"}).status_code == 302
    assert "Non c&#x27;è posto" in text(sign_in(sent.proposed_by).get(detail))


def test_somebody_known_here_already_is_proposed_and_joined(sign_in, stranger, make_user, other_partner, sent):  # noqa: F811
    team = team_of(other_partner, "multidisciplinary")
    details = PersonDetails(given_names="Mohamed", family_names="Provadati", nickname="Mo", note="qui")
    known = register_person(by=stranger, team=team, details=details)
    add_identifier(by=stranger, person=known, kind="stp", value="STP123")
    client, url = sign_in(stranger), reverse("transfer_incoming", args=[sent.pk])
    assert known.pseudonym in text(client.get(url))
    data = {"team": team.pk, "manager": stranger.pk, "members": [stranger.pk], "who": str(known.pk)}
    assert client.post(url, data).status_code == 302
    copy = TransferCopy.objects.get()
    known.refresh_from_db()
    assert (copy.person, copy.joined, copy.case.person) == (known, True, known)
    assert (known.nickname, known.given_names, known.citizenship, known.note) == ("Mo", "Mohamed", "MA", "qui")
    assert known.identifiers.count() == known.contact_points.count() == 1
    assert Case.objects.filter(person=known).count() == 1


def test_taken_back_on_its_page(sign_in, case_worker, sent, full_case):  # noqa: F811
    client = sign_in(case_worker)
    url = reverse("transfer_withdraw", args=[sent.pk])
    assert client.post(url)["Location"] == reverse("case_detail", args=[full_case.pk])
    assert client.post(url).status_code == 302
    assert Transfer.objects.get().status == "withdrawn"


def test_what_is_still_open_here_is_told_before(sign_in, case_worker, sent, full_case):  # noqa: F811
    client, detail = sign_in(case_worker), reverse("transfer_detail", args=[sent.pk])
    assert "Still open here" not in text(client.get(detail))
    register(Obstacle("stay", "Stays", lambda user, case: [Open("Casa Blu, letto 2", "/stay")]))
    try:
        page = text(client.get(detail))
    finally:
        unregister("stay")
    assert "Still open here" in page
    assert '<a href="/stay">Casa Blu, letto 2</a>' in page


def test_as_many_queries_for_many(sign_in, case_worker, sent):  # noqa: F811
    client = sign_in(case_worker)
    few = count_queries(client, LIST)
    for _number in range(3):
        Transfer.objects.create(
            partner=sent.partner, person=sent.person, case=sent.case, to_partner=sent.to_partner, why="x",
            proposed_by=case_worker, status="withdrawn", ended_at=timezone.now(),
        )  # fmt: skip
    assert count_queries(client, LIST) == few


def test_known_here_but_closed_or_in_charge(sign_in, stranger, make_user, other_partner, sent):  # noqa: F811
    team, desk = team_of(other_partner, "multidisciplinary"), team_of(other_partner, "desk")
    operator, manager = make_user(Role.DESK_OPERATOR, other_partner), make_user(Role.CASE_WORKER, other_partner)
    details = PersonDetails(given_names="Mohammed", family_names="Provadati")
    known = register_person(by=operator, team=desk, details=details)
    add_identifier(by=operator, person=known, kind="stp", value="STP123")
    client, url = sign_in(stranger), reverse("transfer_incoming", args=[sent.pk])
    data = {"team": team.pk, "manager": stranger.pk, "members": [stranger.pk], "who": str(known.pk)}
    page = client.post(url, data)
    assert page.status_code == 422
    assert "closed to you" in text(page)
    today = timezone.localdate()
    record_notice(by=operator, person=known, kind="privacy", method="spoken", language="ar", given_on=today)
    open_case(by=operator, person=known, team=team, manager=manager, basis="desk")
    open_file_with_reason(by=stranger, person=known, reason="comes from another city")
    page = client.post(url, data)
    assert page.status_code == 422
    assert f"Ask {manager.full_name}" in text(page)
    assert Transfer.objects.get().is_waiting
    answer = sign_in(manager).post(url, data | {"manager": manager.pk, "members": [manager.pk]})
    assert answer.status_code == 302
    assert Case.objects.get(person=known).transfer_copies.count() == 1
