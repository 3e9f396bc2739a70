"""Mail kept for people: told where it is safe, handed over once, sent back after the term, seen by its desk alone."""

import threading
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import ServiceType, Team
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.desks import mailbox_services as services
from lgnet.desks.mailbox_words import WORDS
from lgnet.desks.models import Letter, Mailbox, MailHandover
from lgnet.desks.services import record_arrival
from lgnet.messaging.models import OutgoingMessage
from lgnet.people.models import FileMember, JourneyEvent
from lgnet.people.records import add_contact_point
from lgnet.people.services import PersonDetails, open_file_for, register_person, restrict_file
from tests.conftest import team_of
from tests.queries import count_queries

LIST, NEW = reverse("mailbox_list"), reverse("mailbox_new")


@pytest.fixture(autouse=True)
def poste(db):
    return ServiceType.objects.create(
        code="poste_restante", area="practical", name_it="Fermo posta", name_en="Poste restante"
    )


@pytest.fixture
def box(desk_operator, desk, person):
    return services.open_mailbox(by=desk_operator, team=desk, person=person, kind="poste_restante", number="12")


@pytest.fixture
def letter(desk_operator, box):
    return services.receive_letter(by=desk_operator, mailbox=box, sender="Questura")


@pytest.fixture
def counter(sign_in, desk_operator):
    return sign_in(desk_operator)


def test_a_mailbox_once_per_person_and_number(desk_operator, desk, person, box, partner):
    with pytest.raises(DomainError, match="already"):
        services.open_mailbox(by=desk_operator, team=desk, person=person, kind="poste_restante")
    other = register_person(by=desk_operator, team=desk, details=PersonDetails(nickname="Radio"))
    with pytest.raises(DomainError, match="taken"):
        services.open_mailbox(by=desk_operator, team=desk, person=other, kind="poste_restante", number=" 12 ")
    second = services.open_mailbox(by=desk_operator, team=desk, person=person, kind="virtual_residence")
    with pytest.raises(DomainError, match="taken"):
        services.renew_mailbox(by=desk_operator, mailbox=second, ends_on=second.ends_on, number="12")
    key = uuid7()
    for _ in range(2):
        services.open_mailbox(by=desk_operator, team=desk, person=other, kind="virtual_residence", record_id=key)
    assert Mailbox.objects.filter(person=other).count() == 1


def test_days_that_cannot_be_are_refused(desk_operator, desk, person, box):
    today = timezone.localdate()
    for days, field in (
        ({"starts_on": today, "ends_on": today - timedelta(days=1)}, "ends_on"),
        ({"starts_on": today.replace(year=1999)}, "starts_on"),
        ({"ends_on": today.replace(year=today.year + 9)}, "ends_on"),
        ({"signed_on": today + timedelta(days=1)}, "signed_on"),
        ({"starts_on": today.replace(year=today.year + 9)}, "starts_on"),
    ):
        with pytest.raises(DomainError) as refused:
            services.open_mailbox(by=desk_operator, team=desk, person=person, kind="virtual_residence", **days)
        assert refused.value.field == field
    for day in (today + timedelta(days=1), today.replace(year=1999)):
        with pytest.raises(DomainError):
            services.receive_letter(by=desk_operator, mailbox=box, arrived_on=day)


def test_the_person_is_told_once_a_day_where_it_is_safe_and_not_from_whom(desk_operator, box, person):
    add_contact_point(by=desk_operator, person=person, kind="phone", value="320 000 1111", safe="yes")
    add_contact_point(by=desk_operator, person=person, kind="phone", value="320 000 2222", safe="no")
    for sender in ("Questura", "Tribunale"):
        services.receive_letter(by=desk_operator, mailbox=box, sender=sender)
    message = OutgoingMessage.objects.get()
    assert message.kind == "mail_has_come"
    assert "Questura" not in message.text + message.subject
    assert "Sportello" not in message.text + message.subject
    services.hand_over(by=desk_operator, mailbox=box, letters=box.letters.values_list("pk", flat=True))
    message.refresh_from_db()
    assert message.status == "cancelled"  # it was not sent yet, and there is nothing to fetch any more
    services.receive_letter(by=desk_operator, mailbox=box)
    assert OutgoingMessage.objects.exclude(status="cancelled").count() == 1


def test_the_message_is_in_the_eight_languages(settings):
    assert set(WORDS) == {code for code, _name in settings.PUBLIC_LANGUAGES}
    assert all("{day}" in text for _subject, text in WORDS.values())


def test_a_hand_over_is_one_collection_in_the_journey(desk_operator, box, letter, person, poste, desk):
    other = services.receive_letter(by=desk_operator, mailbox=box)
    key = uuid7()
    for _ in range(2):
        row = services.hand_over(
            by=desk_operator, mailbox=box, letters=[letter.pk, other.pk], signed_on_paper=True, record_id=key
        )
    event = JourneyEvent.objects.get(source_id=row.pk)
    assert (event.kind, event.person, event.service_type, event.team) == ("service_delivered", person, poste, desk)
    assert (row.letter_count, MailHandover.objects.count()) == (2, 1)
    with pytest.raises(DomainError, match="Choose letters"):
        services.hand_over(by=desk_operator, mailbox=box, letters=[letter.pk])
    services.undo_handover(by=desk_operator, handover=row)
    services.undo_handover(by=desk_operator, handover=row)
    assert set(Letter.objects.values_list("status", flat=True)) == {"waiting"}
    assert not JourneyEvent.objects.filter(source_id=row.pk, voided_at=None).exists()


def test_a_hand_over_of_another_day_stays(desk_operator, box, letter):
    row = services.hand_over(by=desk_operator, mailbox=box, letters=[letter.pk])
    with time_machine.travel(timezone.now() + timedelta(days=1)), pytest.raises(DomainError, match="today"):
        services.undo_handover(by=desk_operator, handover=row)


def test_a_letter_goes_back_and_a_mailbox_closes_when_it_is_empty(desk_operator, box, letter):
    with pytest.raises(DomainError, match="Letters wait"):
        services.close_mailbox(by=desk_operator, mailbox=box)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert Letter.objects.get().is_past_term
        services.send_back(by=desk_operator, letter=letter)
        with pytest.raises(DomainError, match="any more"):
            services.send_back(by=desk_operator, letter=letter)
        closed = services.close_mailbox(by=desk_operator, mailbox=box)
    assert closed.state == "closed"
    for act in (services.close_mailbox, services.receive_letter):
        with pytest.raises(DomainError, match="closed"):
            act(by=desk_operator, mailbox=box)
    with pytest.raises(DomainError, match="closed"):
        services.renew_mailbox(by=desk_operator, mailbox=box, ends_on=timezone.localdate(), number="")


@pytest.mark.parametrize(
    ("days", "state"), [(60, "open"), (30, "open"), (29, "ending"), (0, "ending"), (-1, "expired")]
)
def test_the_clock_of_the_agreement(box, counter, days, state):
    Mailbox.objects.update(starts_on=timezone.localdate() - timedelta(days=90))
    Mailbox.objects.update(ends_on=timezone.localdate() + timedelta(days=days))
    assert Mailbox.objects.get().state == state
    for one in ("open", "ending", "expired", "closed"):
        assert counter.get(LIST, {"state": one}).context["table"].count == (one == state)


def test_only_the_desk_keeps_mail(desk, box, letter, person, case_worker, colleague, stranger, outreach_operator):
    for outsider in (case_worker, colleague, stranger, outreach_operator):
        for act in (
            lambda by: services.receive_letter(by=by, mailbox=box),
            lambda by: services.hand_over(by=by, mailbox=box, letters=[letter.pk]),
            lambda by: services.send_back(by=by, letter=letter),
            lambda by: services.close_mailbox(by=by, mailbox=box),
            lambda by: services.open_mailbox(by=by, team=desk, person=person, kind="virtual_residence"),
        ):
            with pytest.raises(PermissionDenied):
                act(outsider)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite in memory has one connection")
@pytest.mark.django_db(transaction=True)
def test_two_colleagues_hand_over_one_letter_at_one_moment(make_user, partner):
    desk, operator = team_of(partner, Team.Kind.DESK), make_user("desk_operator", partner)
    person = register_person(by=operator, team=desk, details=PersonDetails(nickname="Radio"))
    box = services.open_mailbox(by=operator, team=desk, person=person, kind="poste_restante")
    letter = services.receive_letter(by=operator, mailbox=box)
    barrier, told = threading.Barrier(4), []

    def give():
        try:
            barrier.wait()
            services.hand_over(by=operator, mailbox=box, letters=[letter.pk])
            told.append("given")
        except DomainError:
            told.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=give) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["given", "refused", "refused", "refused"]
    assert JourneyEvent.objects.filter(kind="service_delivered").count() == 1


# -- pages -----------------------------------------------------------------------------------------------------------


def test_the_life_of_a_mailbox_through_its_pages(counter, person, desk):
    new = f"{NEW}?person={person.pk}"
    form = counter.get(new).context["form"]
    typed = {name: form[name].value() for name in ("record_id", "team", "kind", "starts_on", "ends_on")}
    refused = counter.post(new, typed | {"ends_on": "2011-01-01", "number": "77"})
    assert (refused.status_code, 'value="77"' in refused.content.decode()) == (422, True)
    answer = counter.post(new, typed | {"number": "77"})
    box = Mailbox.objects.get()
    assert answer.url == reverse("mailbox_detail", args=[box.pk])
    assert "Nothing waits." in counter.get(answer.url).content.decode()
    arrived = {"record_id": uuid7(), "arrived_on": timezone.localdate().isoformat(), "is_registered": "on"}
    add = reverse("letter_new", args=[box.pk])
    for _ in range(2):
        assert counter.post(add, arrived).status_code == 302
    assert counter.post(add, {"arrived_on": "2999-01-01"}).status_code == 422
    letter = Letter.objects.get()
    hand = reverse("mail_handover", args=[box.pk])
    assert "Choose at least one letter." in counter.post(hand, {}).content.decode()
    given = {"record_id": uuid7(), "letters": [letter.pk], "handed_to": "Aicha Prova", "signed_on_paper": "on"}
    for _ in range(2):  # sent twice
        assert counter.post(hand, given).status_code == 302
    shown = counter.get(answer.url).content.decode()
    assert "to Aicha Prova" in shown
    assert "signed for on paper" in shown
    counter.post(reverse("handover_undo", args=[MailHandover.objects.get().pk]))
    counter.post(reverse("letter_return", args=[letter.pk]))
    assert "Letter sent back" in counter.get(answer.url).content.decode()
    renew = reverse("mailbox_renew", args=[box.pk])
    assert counter.post(renew, {"ends_on": "", "number": "78"}).status_code == 422
    later = timezone.localdate() + timedelta(days=300)
    assert counter.post(renew, {"ends_on": later.isoformat(), "number": "78"}).status_code == 302
    assert Mailbox.objects.get().ends_on == later
    assert counter.get(reverse("mailbox_print", args=[box.pk])).status_code == 404  # no virtual residence
    counter.post(reverse("mailbox_close", args=[box.pk]))
    assert Mailbox.objects.get().closed_on == timezone.localdate()


def test_who_has_mail_is_told_at_the_arrival(counter, desk_operator, desk, person, letter):
    assert "1 letter waits" in counter.get(reverse("visit_new"), {"q": "Provadati"}).content.decode()
    visit = record_arrival(by=desk_operator, team=desk, person=person)
    shown = counter.get(reverse("visit_detail", args=[visit.pk])).content.decode()
    assert "1 letter waits for this person." in shown
    assert reverse("mailbox_detail", args=[letter.mailbox_id]) in shown
    assert "Questura" not in shown


def test_the_confirmation_is_in_italian_whoever_prints_it(counter, desk_operator, desk, person):
    box = services.open_mailbox(by=desk_operator, team=desk, person=person, kind="virtual_residence")
    page = counter.get(reverse("mailbox_print", args=[box.pk])).content.decode()
    assert '<html lang="it"' in page
    assert person.full_name in page


def test_the_list_is_narrowed_and_exported(counter, desk_operator, desk, person, letter):
    services.open_mailbox(by=desk_operator, team=desk, person=person, kind="virtual_residence")
    for asked, number in (
        ({}, 2), ({"mail": "waits"}, 1), ({"mail": "late"}, 0), ({"kind": "virtual_residence"}, 1), ({"q": "12"}, 1),
        ({"q": "provadati"}, 2), ({"state": "closed"}, 0),
    ):  # fmt: skip
        sheet = load_workbook(BytesIO(counter.get(LIST, asked | {"format": "xlsx"}).content)).active
        assert len(list(sheet.values)) - 1 == number, asked
    assert AuditEntry.objects.filter(action="export", object_type="desks.mailbox").exists()


def test_who_sees_the_mail(sign_in, box, letter, person, case_worker, stranger, outreach_operator, desk_operator, desk):
    pages = [reverse("mailbox_detail", args=[box.pk]), reverse("mailbox_renew", args=[box.pk])]
    for outsider in (case_worker, stranger):
        client = sign_in(outsider)
        assert [client.get(page).status_code for page in pages] == [404, 404]
        assert client.post(reverse("letter_return", args=[letter.pk])).status_code == 404
        assert client.get(LIST).context["table"].count == 0
        assert client.get(f"{NEW}?person={person.pk}").status_code in {403, 404}
    assert sign_in(outreach_operator).get(LIST).status_code == 403
    open_file_for(person, user=case_worker, basis=FileMember.Basis.CASE)
    restrict_file(by=case_worker, person=person, restricted=True, reason="danger")
    FileMember.objects.filter(person=person, team=desk).delete()
    client = sign_in(desk_operator)
    assert [client.get(page).status_code for page in pages] == [404, 404]
    assert client.get(LIST).context["table"].count == 0


def test_the_pages_ask_as_much_for_many_as_for_few(counter, desk_operator, box, letter):
    pages = [LIST, reverse("mailbox_detail", args=[box.pk])]
    few = [count_queries(counter, page) for page in pages]
    for _ in range(4):
        services.receive_letter(by=desk_operator, mailbox=box)
    assert [count_queries(counter, page) for page in pages] == few
    assert max(few) <= 20
