"""Street contacts through the pages: recorded in half a minute, known again, handed over, kept from strangers."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Referral
from lgnet.catalogue.models import ServiceType, Team, Zone
from lgnet.desks.services import receive_new_person
from lgnet.network.roles import Role
from lgnet.outreach.models import Contact
from lgnet.outreach.services import Sighting, record_contact, refer_contact
from lgnet.people.models import FileMember, JourneyEvent
from lgnet.people.services import PersonDetails, open_file_for, restrict_file
from tests.conftest import team_of
from tests.queries import count_queries


@pytest.fixture
def blanket(db):
    return ServiceType.objects.create(code="blanket", area="first_help", name_it="Coperta", name_en="Blanket")


def typed(unit, **changes):
    zone = Zone.objects.filter(partner=unit.partner).first()
    moment = timezone.localtime() - timedelta(minutes=5)
    data = {
        "record_id": str(uuid.uuid4()), "team": unit.pk, "zone": zone.pk, "who": "anonymous",
        "occurred_at": moment.strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    return data | changes


def record(user, unit, *, minutes=30, person=None, earlier=None, **seen):
    return record_contact(
        by=user, team=unit, zone=Zone.objects.get(partner=unit.partner), person=person, earlier=earlier,
        sighting=Sighting(**seen),
        occurred_at=timezone.now() - timedelta(minutes=minutes),
    )  # fmt: skip


def test_a_contact_needs_nothing_but_zone_and_moment(street, unit, outreach_operator):
    page = street.get(reverse("contact_new"))
    assert page.status_code == 200
    assert page.context["form"]["occurred_at"].value() is not None
    response = street.post(reverse("contact_new"), typed(unit))
    contact = Contact.objects.get()
    assert response.status_code == 302
    assert response.url == reverse("contact_detail", args=[contact.pk])
    assert (contact.person, contact.trace, contact.nickname, contact.sleeping_rough) == (None, None, "", None)
    event = JourneyEvent.objects.get()
    assert (event.kind, event.source_id, event.recorded_by) == ("contact", contact.pk, outreach_operator)
    assert AuditEntry.objects.filter(action="create", object_id=contact.pk, actor_id=outreach_operator.pk).exists()
    detail = street.get(response.url).content.decode()
    assert reverse("contact_refer", args=[contact.pk]) in detail
    assert reverse("contact_new") in detail


def test_everything_seen_is_stored(street, unit, blanket):
    data = typed(
        unit, who="nickname", nickname="Stella 7", needs=["health", "housing"], given=["blanket"], sleeping_rough="yes",
        next_step="Tomorrow at eight", gender="f", age_band="18-29", language="wo", note="Speaks some French.",
    )  # fmt: skip
    assert street.post(reverse("contact_new"), data).status_code == 302
    contact = Contact.objects.get()
    assert (contact.nickname, contact.needs, contact.given) == ("Stella 7", ["health", "housing"], ["blanket"])
    assert (contact.sleeping_rough, contact.next_step, contact.language) == (True, "Tomorrow at eight", "wo")
    assert contact.trace is not None
    page = street.get(reverse("contact_detail", args=[contact.pk])).content.decode()
    assert "Stella 7" in page
    assert "Blanket" in page
    assert "Wolof" in page


def test_the_zone_of_the_last_contact_today_is_proposed(street, unit):
    Zone.objects.create(partner=unit.partner, name="A different zone")
    zone = Zone.objects.get(partner=unit.partner, name__startswith="Stazione")
    first = street.get(reverse("contact_new"))
    assert first.context["form"]["zone"].value() is None
    street.post(reverse("contact_new"), typed(unit, zone=zone.pk))
    again = street.get(reverse("contact_new"))
    assert again.context["form"]["zone"].value() == zone.pk


def test_a_form_sent_twice_gives_one_contact(street, unit):
    data = typed(unit)
    first = street.post(reverse("contact_new"), data)
    second = street.post(reverse("contact_new"), data)
    assert first.url == second.url
    assert Contact.objects.count() == JourneyEvent.objects.count() == 1


def test_a_form_used_by_somebody_else_is_refused_and_nothing_is_lost(street, unit, sign_in, make_user, partner):
    data = typed(unit, note="mine")
    street.post(reverse("contact_new"), data)
    other = sign_in(make_user(Role.OUTREACH_OPERATOR, partner))
    response = other.post(reverse("contact_new"), data | {"note": "typed by another"})
    assert response.status_code == 422
    assert "typed by another" in response.content.decode()
    assert Contact.objects.count() == 1


def test_somebody_met_before_is_known_again(street, unit, outreach_operator):
    earlier = record(outreach_operator, unit, nickname="Zaino rosso")
    record(outreach_operator, unit, nickname="Fischio")
    found = street.get(reverse("contact_people"), {"kind": "met", "q_met": "zaino", "team": unit.pk}).content.decode()
    assert "Zaino rosso" in found
    assert "Fischio" not in found
    response = street.post(reverse("contact_new"), typed(unit, who="met", earlier=earlier.pk))
    again = Contact.objects.get(pk=response.url.rsplit("/", 1)[1])
    assert (again.trace, again.nickname) == (earlier.trace, "Zaino rosso")


def test_a_registered_person_is_found_by_name_and_the_unit_gets_the_file(street, unit, person):
    found = street.get(
        reverse("contact_people"), {"kind": "registered", "q_registered": "Muhamad Provadati", "team": unit.pk}
    )
    assert person.pseudonym in found.content.decode()
    street.post(reverse("contact_new"), typed(unit, who="registered", person=person.pk))
    assert Contact.objects.get().person == person
    assert FileMember.objects.filter(person=person, team=unit, basis="contact").exists()


def test_without_scripts_a_search_keeps_what_was_typed(street, unit, person):
    data = typed(unit, who="registered", q_registered="Provadati", note="kept as it is", search="1")
    page = street.post(reverse("contact_new"), data)
    assert page.status_code == 200
    assert Contact.objects.count() == 0
    text = page.content.decode()
    assert person.pseudonym in text
    assert "kept as it is" in text


def test_a_group_has_a_number_and_no_name(street, unit):
    assert street.post(reverse("contact_new"), typed(unit, who="group", head_count="1")).status_code == 422
    street.post(reverse("contact_new"), typed(unit, who="group", head_count="7", nickname="ignored"))
    contact = Contact.objects.get()
    assert (contact.head_count, contact.nickname) == (7, "")
    assert JourneyEvent.objects.get().quantity == 7
    assert street.get(reverse("contact_refer", args=[contact.pk])).status_code == 200
    response = street.post(reverse("contact_refer", args=[contact.pk]), {"to_team": team_of(unit.partner, "desk").pk})
    assert response.status_code == 422


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("occurred_at", "2999-01-01T10:00"),
        ("occurred_at", "yesterday"),
        ("occurred_at", ""),
        ("zone", ""),
        ("zone", "not-an-id"),
        ("head_count", "0"),
        ("head_count", "99999999999"),
        ("nickname", "x" * 81),
        ("nickname", "a\x00b"),
        ("gender", "z"),
        ("needs", ["none-such"]),
        ("note", "n" * 20_001),
    ],
)
def test_bad_input_is_told_at_the_field_and_nothing_typed_is_lost(street, unit, field, value):
    who = {"head_count": "group", "nickname": "nickname"}.get(field, "anonymous")
    data = typed(unit, who=who, next_step="come back at nine") | {field: value}
    response = street.post(reverse("contact_new"), data)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert "come back at nine" in response.content.decode()
    assert Contact.objects.count() == 0


def test_ids_of_another_city_are_refused(street, unit, other_partner, make_user):
    abroad = team_of(other_partner, Team.Kind.MOBILE_UNIT)
    stranger = make_user(Role.OUTREACH_OPERATOR, other_partner)
    theirs = record(stranger, abroad, nickname="Ombra")
    for change in (
        {"zone": Zone.objects.get(partner=other_partner).pk},
        {"team": abroad.pk},
        {"who": "met", "earlier": theirs.pk},
        {"who": "registered", "person": uuid.uuid4()},
    ):
        assert street.post(reverse("contact_new"), typed(unit, **change)).status_code == 422
    assert Contact.objects.filter(team=unit).count() == 0


def test_long_and_odd_text_is_stored_whole(street, unit):
    note = "שלום مرحبا 👩🏽‍⚕️ " + "x" * 10_000
    street.post(reverse("contact_new"), typed(unit, note=note))
    assert Contact.objects.get().note == note


def test_strangers_and_other_roles(
    street, unit, outreach_operator, sign_in, stranger, colleague, coordinator, make_user, partner
):
    contact = record(outreach_operator, unit, nickname="Nuvola")
    detail, refer = (reverse(name, args=[contact.pk]) for name in ("contact_detail", "contact_refer"))
    assert sign_in(stranger).get(detail).status_code == 404
    assert sign_in(stranger).get(refer).status_code == 404
    assert sign_in(stranger).get(reverse("contact_list")).status_code == 403
    assert sign_in(colleague).get(reverse("contact_new")).status_code == 403
    assert sign_in(colleague).get(reverse("contact_people")).status_code == 403
    assert sign_in(coordinator).get(detail).status_code == 200
    assert sign_in(coordinator).get(refer).status_code == 403
    other = make_user(Role.OUTREACH_OPERATOR, partner, team=None)
    assert sign_in(other).get(reverse("contact_new")).status_code == 403
    assert sign_in(other).get(detail).status_code == 200
    assert street.get(reverse("contact_detail", args=[uuid.uuid4()])).status_code == 404


def test_details_about_a_registered_person_need_the_open_file(sign_in, coordinator, outreach_operator, unit, person):
    contact = record(outreach_operator, unit, person=person, note="a private word")
    page = sign_in(coordinator).get(reverse("contact_detail", args=[contact.pk])).content.decode()
    assert "a private word" not in page
    assert reverse("person_detail", args=[person.pk]) in page


def test_contacts_of_a_restricted_file_are_not_even_listed(
    sign_in, coordinator, outreach_operator, case_worker, unit, person
):
    contact = record(outreach_operator, unit, person=person)
    client = sign_in(coordinator)
    assert "Mohammed" in client.get(reverse("contact_list")).content.decode()
    open_file_for(person, user=case_worker, basis=FileMember.Basis.CASE)
    restrict_file(by=case_worker, person=person, restricted=True, reason="at risk")
    assert "Mohammed" not in client.get(reverse("contact_list")).content.decode()
    assert client.get(reverse("contact_detail", args=[contact.pk])).status_code == 404
    assert sign_in(outreach_operator).get(reverse("contact_detail", args=[contact.pk])).status_code == 200


def test_the_card_is_given_once(street, unit, outreach_operator, partner):
    contact = record(outreach_operator, unit, needs=["legal"])
    desk = team_of(partner, Team.Kind.DESK)
    refer = reverse("contact_refer", args=[contact.pk])
    assert street.get(refer).context["form"]["need"].value() == "legal"
    response = street.post(refer, {"to_team": desk.pk, "need": "legal", "reason": "wants to renew a permit"})
    referral = Referral.objects.get()
    assert response.url == reverse("referral_card", args=[referral.pk])
    contact.refresh_from_db()
    assert contact.trace == referral.trace
    assert referral.trace is not None
    again = street.post(refer, {"to_team": desk.pk, "need": "legal", "reason": "again"})
    assert again.url == response.url
    assert Referral.objects.count() == 1
    card = street.get(response.url).content.decode()
    assert desk.name in card
    assert all(f"<span>{sign}</span>" in card for sign in referral.code)


def test_a_card_for_a_team_of_another_city_is_refused(street, unit, outreach_operator, other_partner):
    contact = record(outreach_operator, unit)
    response = street.post(
        reverse("contact_refer", args=[contact.pk]), {"to_team": team_of(other_partner, "desk").pk, "reason": "kept"}
    )
    assert response.status_code == 422
    assert "kept" in response.content.decode()


def test_filters_and_export(street, unit, outreach_operator, person):
    record(outreach_operator, unit, nickname="Lanterna")
    record(outreach_operator, unit, head_count=4)
    record(outreach_operator, unit, person=person)
    url = reverse("contact_list")

    def who(**asked):
        return {contact.called for contact in street.get(url, asked).context["table"].page_rows}

    assert who() == {"Lanterna", "", "Mohammed Provadati"}
    assert who(who="known") == {"Mohammed Provadati"}
    assert who(who="nickname") == {"Lanterna"}
    assert who(who="group") == {""}
    assert who(q="lant") == {"Lanterna"}
    assert who(until="2020-01-01") == set()
    assert who(team=unit.pk, since="2020-01-01") == {"Lanterna", "", "Mohammed Provadati"}
    assert who(since="not a day", zone="x") == set()  # a filter that cannot be read shows nothing, not everything
    exported = street.get(url, {"format": "csv", "who": "nickname"})
    body = b"".join(exported.streaming_content) if exported.streaming else exported.content
    assert "Lanterna" in body.decode("utf-8-sig")
    entry = AuditEntry.objects.get(action="export")
    assert (entry.object_type, entry.detail) == ("outreach.contact", {"rows": 1})


def test_the_queries_of_the_pages_do_not_grow(street, unit, outreach_operator):
    pages = [reverse("contact_list"), reverse("contact_new"), reverse("contact_people")]
    for number in range(3):
        record(outreach_operator, unit, nickname=f"Lanterna {number}", minutes=number)
    few = [count_queries(street, page) for page in pages]
    for number in range(27):
        record(outreach_operator, unit, nickname=f"Tamburo {number}", minutes=number)
    assert [count_queries(street, page) for page in pages] == few


def test_a_person_whose_file_is_restricted_is_not_known_to_the_unit_any_more(
    sign_in, street, unit, outreach_operator, desk_operator, case_worker, partner
):
    desk = team_of(partner, Team.Kind.DESK)
    contact = record(outreach_operator, unit, nickname="Radio")
    card = refer_contact(by=outreach_operator, contact=contact, to_team=desk)
    details = PersonDetails(given_names="Amina", family_names="Provadoro")
    person = receive_new_person(by=desk_operator, team=desk, details=details, referral=card).person
    open_file_for(person, user=case_worker, basis=FileMember.Basis.CASE)
    restrict_file(by=case_worker, person=person, restricted=True, reason="at risk")
    for page in (
        street.get(reverse("contact_people"), {"kind": "met"}),
        street.get(reverse("home")),
        street.get(reverse("contact_new"), {"earlier": contact.pk}),
        street.get(reverse("contact_new"), {"person": person.pk}),
    ):
        assert page.status_code == 200
        assert "Amina" not in page.content.decode()
        assert "Radio" not in page.content.decode()
    assert street.post(reverse("contact_new"), typed(unit, who="met", earlier=contact.pk)).status_code == 422
    assert street.get(reverse("person_detail", args=[person.pk])).status_code == 404
    with pytest.raises(PermissionDenied):
        record(outreach_operator, unit, earlier=contact)


def test_who_has_the_file_reads_what_the_street_knew(
    sign_in, unit, outreach_operator, desk_operator, colleague, person
):
    contact = record(outreach_operator, unit, person=person, note="dorme vicino al ponte")
    url = reverse("contact_detail", args=[contact.pk])
    assert "dorme vicino" in sign_in(desk_operator).get(url).content.decode()
    assert sign_in(colleague).get(url).status_code == 404


def test_somebody_without_a_card_is_identified_later_and_the_history_is_together(
    street, sign_in, unit, outreach_operator, stranger, colleague, person
):
    first = record(outreach_operator, unit, nickname="Radio", note="primo")
    second = record(outreach_operator, unit, earlier=first)
    lone = record(outreach_operator, unit)
    url = reverse("contact_identify", args=[second.pk])
    assert url in street.get(reverse("contact_detail", args=[second.pk])).content.decode()
    assert person.pseudonym in street.get(url, {"q": "Muhamad"}).content.decode()
    assert sign_in(stranger).get(url).status_code == 404
    assert street.post(url, {"q": "Muhamad"}).status_code == 422
    assert street.post(url, {"person": person.pk}).url == reverse("person_detail", args=[person.pk])
    for contact in (first, second):
        contact.refresh_from_db()
        assert contact.person == person
    assert street.post(reverse("contact_identify", args=[lone.pk]), {"person": person.pk}).status_code == 302
    events = JourneyEvent.objects.filter(kind="contact", voided_at=None)
    assert set(events.values_list("person", flat=True)) == {person.pk}
    assert events.count() == 3
    changed = AuditEntry.objects.filter(object_type="outreach.contact", action="update", person_id=person.pk)
    assert changed.count() == 3
    assert street.get(url).status_code == 302


def test_who_was_met_before_a_birth_is_somebody_else(street, unit, outreach_operator, person):
    contact = record(outreach_operator, unit, nickname="Radio")
    Contact.objects.filter(pk=contact.pk)
    person.birth_date, person.birth_precision = timezone.localdate() + timedelta(days=1), "day"
    person.save()
    answer = street.post(reverse("contact_identify", args=[contact.pk]), {"person": person.pk})
    assert answer.status_code == 422
    contact.refresh_from_db()
    assert contact.person is None
