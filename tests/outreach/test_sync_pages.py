"""Pages about what devices sent: mend, set aside, choose, wipe."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Team, Zone
from lgnet.outreach.corrections import change_contact, wire
from lgnet.outreach.models import Conflict, Contact, Operation
from lgnet.outreach.services import refer_contact
from lgnet.outreach.sync.devices import ask_wipe, record_receipt
from lgnet.people.services import open_file_for, restrict_file
from tests.conftest import team_of
from tests.outreach.street import as_shown, change, contact, met, operation, results, send, some_id

# -- devices ---------------------------------------------------------------------------------------------------------


def test_devices_of_the_city_for_the_coordinator_and_own_ones_for_the_operator(street, office, phone, tablet):
    listed = [row.pk for row in office.get(reverse("device_list")).context["table"].page_rows]
    assert set(listed) == {phone.pk, tablet.pk}
    assert [row.pk for row in street.get(reverse("device_list")).context["table"].page_rows] == [phone.pk]
    assert street.get(reverse("device_detail", args=[tablet.pk])).status_code == 404


def test_devices_are_found_by_word_and_state(office, phone, tablet, coordinator):
    ask_wipe(by=coordinator, device=tablet, reason="perso")
    for asked, found in (
        ({"q": "tabl"}, {tablet.pk}), ({"state": "wipe"}, {tablet.pk}), ({"state": "active"}, {phone.pk}),
        ({"state": "expired"}, set()), ({"state": "wiped"}, set()),
    ):  # fmt: skip
        rows = office.get(reverse("device_list"), asked).context["table"].page_rows
        assert {row.pk for row in rows} == found


def test_wiping_is_asked_with_a_reason_and_its_receipt_is_shown(office, elsewhere, phone):
    address = reverse("device_wipe", args=[phone.pk])
    assert office.post(address, {"reason": ""}).status_code == 422
    assert office.post(address, {"reason": "perso in tram"}).status_code == 302
    assert elsewhere.post(address, {"reason": "x"}).status_code == 404
    page = office.get(reverse("device_detail", args=[phone.pk])).content.decode()
    assert "perso in tram" in page
    assert "No receipt yet" in page
    record_receipt(by=phone.user, device=phone, unsent=3)
    assert "3 operations had not been sent" in office.get(reverse("device_detail", args=[phone.pk])).content.decode()


def test_an_operator_wipes_only_the_own_device(street, phone, tablet, outreach_operator):
    assert street.post(reverse("device_wipe", args=[phone.pk]), {"reason": "perso"}).status_code == 302
    with pytest.raises(PermissionDenied):
        ask_wipe(by=outreach_operator, device=tablet, reason="x")


# -- what needs attention --------------------------------------------------------------------------------------------


@pytest.fixture
def refused(phone, unit):
    bad = contact(unit, zone=some_id(), who="nickname", nickname="Stella", note="parole mie", needs=["legal"])
    assert results(send(phone, bad)) == ["refused"]
    return Operation.objects.get()


def test_what_was_refused_is_listed_with_the_reason_for_user_and_coordinator(street, office, elsewhere, refused):
    for client in (street, office):
        page = client.get(reverse("attention_list")).content.decode()
        assert refused.reason in page
        page = client.get(reverse("operation_detail", args=[refused.pk])).content.decode()
        assert "parole mie" in page
        assert "Stella" in page
    assert elsewhere.get(reverse("operation_detail", args=[refused.pk])).status_code == 404
    assert elsewhere.get(reverse("attention_list")).context["table"].count == 0


def test_it_is_mended_in_the_form_and_sent_again(street, refused, unit):
    address = reverse("operation_mend", args=[refused.pk])
    data = as_shown(street, address)
    assert (data["nickname"], data["note"], data["needs"]) == ("Stella", "parole mie", ["legal"])
    assert street.post(address, data).status_code == 422
    zone = Zone.objects.filter(partner=unit.partner).first()
    assert street.post(address, data | {"zone": str(zone.pk)}).status_code == 302
    row = Contact.objects.get()
    assert (row.pk, row.nickname, row.note, row.zone) == (refused.record_id, "Stella", "parole mie", zone)
    refused.refresh_from_db()
    assert refused.result == "mended"
    assert Operation.objects.get(mends=refused).result == "applied"
    assert street.post(address, data).status_code == 403


def test_a_correction_and_a_card_are_mended_too(street, phone, unit, partner, outreach_operator):
    row = met(outreach_operator, unit, gender="f")
    card = operation("contact.refer", row.pk, changes={"to_team": some_id(), "reason": "documenti"})
    send(phone, change(row.pk, {"gender": "f"}, {"gender": "?"}), card)
    wrong, card = Operation.objects.order_by("created_at")
    assert street.post(reverse("operation_mend", args=[wrong.pk]), {"gender": "m"}).status_code == 302
    desk = team_of(partner, Team.Kind.DESK)
    address = reverse("operation_mend", args=[card.pk])
    assert as_shown(street, address)["reason"] == "documenti"
    assert street.post(address, {"to_team": desk.pk, "reason": "documenti"}).status_code == 302
    row.refresh_from_db()
    assert (row.gender, row.referral.reason) == ("m", "documenti")
    assert set(Operation.objects.filter(mends=None).values_list("result", flat=True)) == {"mended"}


def test_a_mending_that_is_refused_writes_nothing(street, phone, unit, partner, outreach_operator):
    row = met(outreach_operator, unit)
    desk = team_of(partner, Team.Kind.DESK)
    refer_contact(by=outreach_operator, contact=row, to_team=desk)
    send(phone, operation("contact.refer", row.pk, changes={"to_team": str(desk.pk)}))
    again = Operation.objects.get()
    answer = street.post(reverse("operation_mend", args=[again.pk]), {"to_team": desk.pk})
    assert answer.status_code == 422
    assert Operation.objects.count() == 1


def test_it_is_set_aside_with_a_reason_and_stays_readable(office, street, refused):
    address = reverse("operation_set_aside", args=[refused.pk])
    assert office.post(address, {"reason": " "}).status_code == 422
    assert office.post(address, {"reason": "doppione"}).status_code == 302
    page = street.get(reverse("operation_detail", args=[refused.pk])).content.decode()
    assert "doppione" in page
    assert "parole mie" in page
    assert street.get(reverse("attention_list")).context["table"].count == 0
    assert street.get(reverse("attention_list"), {"state": "set_aside"}).context["table"].count == 1
    assert office.post(address, {"reason": "di nuovo"}).status_code == 422


def test_an_operation_of_a_kind_nobody_knows_can_only_be_set_aside(street, phone):
    send(phone, operation("outing.start", changes={"km": 7}))
    (row,) = Operation.objects.all()
    page = street.get(reverse("operation_detail", args=[row.pk]))
    assert not page.context["may_mend"]
    assert page.context["may_set_aside"]
    assert street.get(reverse("operation_mend", args=[row.pk])).status_code == 403


def test_what_is_about_a_restricted_file_is_shown_to_nobody_else(
    office, phone, tablet, unit, person, case_worker, sign_in
):
    bad = contact(unit, zone=some_id(), who="registered", person=str(person.pk), note="segreto")
    send(phone, bad)
    open_file_for(person, team=team_of(person.partner, Team.Kind.MULTIDISCIPLINARY), basis="contact")
    colleague = sign_in(tablet.user)
    assert "segreto" in colleague.get(reverse("operation_detail", args=[bad["id"]])).content.decode()
    assert "segreto" not in office.get(reverse("operation_detail", args=[bad["id"]])).content.decode()
    restrict_file(by=case_worker, person=person, restricted=True, reason="protezione")
    for client in (office, colleague):
        assert client.get(reverse("operation_detail", args=[bad["id"]])).status_code == 404
        assert client.get(reverse("attention_list")).context["table"].count == 0


def test_what_waits_for_more_than_a_day_is_looked_at_too(street, phone, sign_in, outreach_operator):
    send(phone, change(some_id(), {}, {"note": "x"}))
    assert street.get(reverse("attention_list")).context["table"].count == 0
    assert street.get(reverse("attention_list"), {"state": "waiting"}).context["table"].count == 1
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert sign_in(outreach_operator).get(reverse("attention_list")).context["table"].count == 1


# -- choosing --------------------------------------------------------------------------------------------------------


@pytest.fixture
def clash(phone, tablet, unit):
    made = contact(unit)
    send(phone, made)
    send(phone, change(made["record_id"], {"note": ""}, {"note": "di uno"}))
    send(tablet, change(made["record_id"], {"note": ""}, {"note": "di due"}))
    return Conflict.objects.get()


def note():
    return Contact.objects.get().note


@pytest.mark.parametrize(
    ("choice", "typed", "becomes"), [("server", "", "di uno"), ("device", "", "di due"), ("other", "terza", "terza")]
)
def test_both_values_stand_side_by_side_and_one_is_chosen(street, clash, choice, typed, becomes, coordinator):
    address = reverse("conflict_detail", args=[clash.pk])
    page = street.get(address).content.decode()
    for words in ("di uno", "di due", "Telefono", "Tablet", clash.operation.user.full_name):
        assert words in page
    data = {"choice": choice, "seen": '"di uno"', "value": typed}
    assert street.post(address, data).status_code == 302
    clash.refresh_from_db()
    assert (note(), clash.state, clash.decided_value) == (becomes, "decided", becomes)
    assert AuditEntry.objects.filter(object_type="outreach.conflict", object_id=clash.pk, action="update").exists()
    assert street.post(address, data).status_code == 422


def test_who_wrote_the_values_is_told_who_chose_what(clash, tablet, sign_in, outreach_operator):
    street, writer = sign_in(outreach_operator), sign_in(tablet.user)
    street.post(reverse("conflict_detail", args=[clash.pk]), {"choice": "server", "seen": '"di uno"'})
    told = writer.get("/api/street/v1/status", {"device": tablet.pk}).json()["chosen"]
    assert [(one["field"], one["value"], one["by"]) for one in told] == [
        ("note", "di uno", outreach_operator.full_name)
    ]
    later = timezone.now().isoformat()
    assert writer.get("/api/street/v1/status", {"device": tablet.pk, "told_until": later}).json()["chosen"] == []


def test_what_was_corrected_meanwhile_has_to_be_seen_before_choosing(street, clash, outreach_operator):
    change_contact(by=outreach_operator, contact=clash.contact, changes={"note": "nuova"})
    address = reverse("conflict_detail", args=[clash.pk])
    answer = street.post(address, {"choice": "device", "seen": '"di uno"'})
    assert answer.status_code == 422
    assert "nuova" in answer.content.decode()
    assert note() == "nuova"
    assert street.post(address, {"choice": "device", "seen": '"nuova"'}).status_code == 302
    assert note() == "di due"


def test_only_the_unit_chooses(office, elsewhere, clash):
    address = reverse("conflict_detail", args=[clash.pk])
    data = {"choice": "device", "seen": '"di uno"'}
    assert office.get(address).status_code == 200
    assert office.post(address, data).status_code == 403
    assert elsewhere.post(address, data).status_code == elsewhere.get(address).status_code == 404
    assert note() == "di uno"


def test_a_value_that_is_no_longer_possible_is_not_chosen(street, phone, tablet, unit):
    made = contact(unit)
    other = Zone.objects.create(partner=unit.partner, name="Zona nuova")
    third = Zone.objects.create(partner=unit.partner, name="Zona terza")
    send(phone, made)
    seen = {"zone": made["changes"]["zone"]}
    send(phone, change(made["record_id"], seen, {"zone": str(other.pk)}))
    send(tablet, change(made["record_id"], seen, {"zone": str(third.pk)}))
    clash = Conflict.objects.get()
    page = street.get(reverse("conflict_detail", args=[clash.pk])).content.decode()
    assert "Zona nuova" in page
    assert "Zona terza" in page
    third.is_active = False
    third.save()
    data = {"choice": "device", "seen": f'"{other.pk}"', "value": str(other.pk)}
    assert street.post(reverse("conflict_detail", args=[clash.pk]), data).status_code == 422


@pytest.mark.parametrize(
    ("field", "one", "two", "third"),
    [
        ("needs", ["legal"], ["health"], ["housing", "legal"]), ("sleeping_rough", "yes", "no", ""),
        ("language", "fr", "wo", "ar"), ("occurred_at", -50, -90, -70), ("gender", "f", "m", "x"),
        ("next_step", "a", "b", "c"), ("nickname", "A", "B", "C"),
    ],
)  # fmt: skip
def test_every_field_can_be_chosen(street, phone, tablet, unit, field, one, two, third):
    def value(of):
        return (timezone.now() + timedelta(minutes=of)).isoformat() if isinstance(of, int) else of

    row_id = contact(unit)
    send(phone, row_id)
    row = Contact.objects.get()
    send(phone, change(row.pk, wire(row), {field: value(one)}))
    send(tablet, change(row.pk, wire(row), {field: value(two)}))
    address = reverse("conflict_detail", args=[Conflict.objects.get().pk])
    seen = street.get(address).context["form"]["seen"].value()
    typed = timezone.localtime() + timedelta(minutes=third) if isinstance(third, int) else third
    typed = typed.strftime("%Y-%m-%dT%H:%M") if isinstance(third, int) else typed
    assert street.post(address, {"choice": "other", "seen": seen, "value": typed}).status_code == 302
    expected = value(third) if isinstance(third, int) else third
    from lgnet.outreach.corrections import canonical

    assert wire(Contact.objects.get())[field] == canonical(field, expected)


# -- whatever was sent, the pages show it ----------------------------------------------------------------------------

ODD = [
    "0001-01-01T00:00Z", "9999-12-31T23:59Z", "9999-12-31T23:59", "\x00\ud800<b>", "9" * 400, ["\x00"], {"a": [1]},
    [{"a": 1}], None, 10**30,
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_odd_operations_have_a_page_and_can_be_mended_or_set_aside(street, phone, unit, odd):
    made = contact(unit)
    send(phone, made)
    names = [*made["changes"], "nickname", "needs", "given", "head_count", "sleeping_rough", "language", "earlier"]
    names += ["person", "note", "unknown"]
    everything = dict.fromkeys(names, odd)
    sent = [contact(unit, **everything), change(made["record_id"], everything, everything), change(some_id(), odd, odd)]
    sent += [operation("contact.refer", made["record_id"], changes={"to_team": odd, "need": odd, "reason": odd})]
    sent += [contact(unit, **{name: odd}) for name in ("zone", "occurred_at")]
    send(phone, *sent)
    for row in Operation.objects.filter(result__in=("refused", "waiting")):
        assert street.get(reverse("operation_detail", args=[row.pk])).status_code == 200
        mend = reverse("operation_mend", args=[row.pk])
        assert street.get(mend).status_code in {200, 302}
        assert street.post(mend, {"zone": "x", "occurred_at": "x"}).status_code in {302, 422}
    for name in ("attention_list", "conflict_list"):
        assert street.get(reverse(name)).status_code == 200
    for clash in Conflict.objects.all():
        assert street.get(reverse("conflict_detail", args=[clash.pk])).status_code == 200
