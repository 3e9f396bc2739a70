"""The API of the street app through HTTP: who gets in, what is refused how, devices, leases, wiping, the bundle."""

import json
from datetime import timedelta

import jsonschema
import pytest
from django.test import Client
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import ServiceType, Team
from lgnet.core.ids import uuid7
from lgnet.network.models import Membership
from lgnet.network.roles import Role
from lgnet.outreach.models import Contact, Device, Operation
from lgnet.outreach.sync.bundle import CONTACT_FIELDS, PERSON_FIELDS
from lgnet.outreach.sync.devices import ask_wipe
from lgnet.people.models import Person
from lgnet.people.services import open_file_for, restrict_file
from tests.conftest import team_of
from tests.outreach.street import a_device, change, contact, post, results, send, some_id
from tests.queries import count_queries


@pytest.fixture
def fits(street, phone):
    """Return `fits(name, answer)`: the answer is as the document of the API says."""
    schema = street.get("/api/street/v1/openapi.json").json()

    def check(name, answer):
        document = {"$ref": f"#/components/schemas/{name}", "components": schema["components"]}
        jsonschema.Draft202012Validator(document).validate(answer)

    return check


def get(client, name, **asked):
    return client.get(f"/api/street/v1/{name}", asked)


# -- who gets in -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["devices", "sync", "wiped", "bundle", "status", "openapi.json"])
def test_the_signed_out_get_401_in_json(db, name):
    for answer in (get(Client(), name), post(Client(), name, {})):
        assert answer.status_code == 401
        assert answer.json()["error"] == "signed_out"


def test_a_forged_post_is_refused_in_json_and_status_gives_a_token(outreach_operator, phone, unit):
    client = Client(enforce_csrf_checks=True)
    client.force_login(outreach_operator, backend="allauth.account.auth_backends.AuthenticationBackend")
    body = json.dumps({"device": str(phone.pk), "operations": [contact(unit)]})
    refused = client.post("/api/street/v1/sync", body, content_type="application/json")
    assert (refused.status_code, refused.json()["error"]) == (403, "csrf")
    token = get(client, "status").json()["csrf_token"]
    sent = client.post("/api/street/v1/sync", body, content_type="application/json", headers={"X-CSRFToken": token})
    assert sent.json()["answers"][0]["result"] == "applied"


def test_without_a_second_factor_nothing_is_taken(street, phone, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    answer = post(street, "sync", {"device": str(phone.pk), "operations": []})
    assert (answer.status_code, answer.json()["error"]) == (403, "second_factor_needed")


def test_who_has_no_role_any_more_still_delivers_and_gets_nothing(street, phone, unit, outreach_operator):
    Membership.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    answer = post(street, "sync", {"device": str(phone.pk), "operations": [contact(unit, note="resta")]})
    assert results(answer.json()["answers"]) == ["refused"]
    assert answer.json()["answers"][0]["kept"]
    assert Operation.objects.get().changes["note"] == "resta"
    assert get(street, "bundle", device=phone.pk).status_code == 403
    assert get(street, "status", device=phone.pk).status_code == 200


def test_a_device_of_somebody_else_is_not_found(sign_in, make_user, partner, other_partner, phone, unit):
    for city in (partner, other_partner):
        client = sign_in(make_user(Role.OUTREACH_OPERATOR, city))
        assert post(client, "sync", {"device": str(phone.pk), "operations": [contact(unit)]}).status_code == 404
        assert post(client, "wiped", {"device": str(phone.pk), "unsent": 0}).status_code == 404
        assert get(client, "bundle", device=phone.pk).status_code == 404
        assert get(client, "status", device=phone.pk).status_code == 404
    assert not Operation.objects.exists()


@pytest.mark.parametrize("role", [Role.DESK_OPERATOR, Role.FINANCE_OFFICER, Role.COORDINATOR])
def test_other_roles_are_refused(sign_in, make_user, partner, role):
    client = sign_in(make_user(role, partner))
    for name in ("devices", "sync", "wiped"):
        assert post(client, name, {}).status_code == 403
    assert get(client, "bundle").status_code == get(client, "status").status_code == 403


# -- what cannot be read ---------------------------------------------------------------------------------------------

BODIES = ["", "[]", "nonsense", '"text"', "1", b"\xff\xfe", "9" * 5000, "[" * 100_000, '{"a":' * 100_000, "NaN",
          '{"operations": NaN}', '{"operations": [{"id": 1e999}', "{}{}"]  # fmt: skip


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_malformed_json_gets_400_and_a_word(street, phone, body):
    for name in ("sync", "devices", "wiped"):
        answer = post(street, name, body)
        assert (answer.status_code, answer.json()["error"]) == (400, "malformed")
        assert answer.json()["message"]


def test_too_much_is_refused_whole(street, phone, unit, settings):
    many = {"device": str(phone.pk), "operations": [None] * 501}
    answer = post(street, "sync", many)
    assert (answer.status_code, answer.json()["error"]) == (413, "too_many")
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = post(street, "sync", {"device": str(phone.pk), "operations": [contact(unit, note="x" * 2000)]})
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")
    assert not Operation.objects.exists()


def test_odd_envelopes(street, phone):
    for odd in (None, 1, "x", {}, True):
        assert post(street, "sync", {"device": str(phone.pk), "operations": odd}).status_code in {200, 400}
        assert post(street, "sync", {"device": odd}).status_code == 404
        body = {"device": str(phone.pk), "queue": odd, "sent_at": odd, "app_version": odd, "told_until": odd}
        assert post(street, "sync", body).status_code == 200
        assert post(street, "devices", {"id": odd, "unit": odd}).status_code == 400
    body = {"device": str(phone.pk), "queue": 10**30, "app_version": "\x00\ud800" * 300, "sent_at": "0001-01-01T00:00Z"}
    assert post(street, "sync", body).status_code == 200
    assert post(street, "wiped", {"device": str(phone.pk), "unsent": -1}).status_code == 400
    assert (
        post(street, "devices", {"id": some_id(), "unit": str(phone.team_id), "name": "\x00" * 99}).status_code == 200
    )


def test_infinite_numbers_are_kept_as_texts(street, phone):
    body = f'{{"device": "{phone.pk}", "operations": [{{"id": "{some_id()}", "x": 1e999}}]}}'
    assert post(street, "sync", body).status_code == 200
    assert Operation.objects.get().extra == {"x": "inf"}


# -- devices ---------------------------------------------------------------------------------------------------------


def test_a_device_is_registered_once_and_renewed(street, unit, outreach_operator, fits):
    body = {"id": str(uuid7()), "unit": str(unit.pk), "name": "  Telefono\n rosso ", "app_version": "1.2"}
    first = post(street, "devices", body)
    fits("DeviceAnswer", first.json())
    Device.objects.filter(pk=body["id"]).update(lease_until=timezone.now() - timedelta(days=1))
    again = post(street, "devices", body | {"name": "Altro"})
    assert (first.json()["device"]["name"], again.json()["device"]["name"]) == ("Telefono rosso", "Altro")
    assert again.json()["device"]["state"] == "active"
    device = Device.objects.get(pk=body["id"])
    assert (device.user, device.team, device.app_version) == (outreach_operator, unit, "1.2")
    assert AuditEntry.objects.filter(object_type="outreach.device", object_id=device.pk).count() == 2


def test_a_device_of_a_unit_of_others_or_of_somebody_else(street, sign_in, make_user, partner, other_partner, phone):
    theirs = team_of(other_partner, Team.Kind.MOBILE_UNIT)
    assert post(street, "devices", {"id": some_id(), "unit": str(theirs.pk)}).status_code == 403
    colleague = sign_in(make_user(Role.OUTREACH_OPERATOR, partner))
    answer = post(colleague, "devices", {"id": str(phone.pk), "unit": str(phone.team_id)})
    assert (answer.status_code, answer.json()["error"]) == (409, "refused")


def test_each_contact_with_the_server_renews_the_lease(street, phone):
    Device.objects.update(lease_until=timezone.now() + timedelta(hours=1))
    post(street, "sync", {"device": str(phone.pk), "operations": [], "queue": 3, "app_version": "9"})
    phone.refresh_from_db()
    assert phone.lease_until > timezone.now() + timedelta(hours=71)
    assert (phone.queue_length, phone.app_version) == (3, "9")
    assert phone.last_sync_at is not None


def test_an_expired_device_delivers_but_gets_no_data(street, phone, unit):
    Device.objects.update(lease_until=timezone.now() - timedelta(hours=1))
    answer = post(street, "sync", {"device": str(phone.pk), "operations": [contact(unit)]}).json()
    assert (results(answer["answers"]), answer["device"]["state"]) == (["applied"], "expired")
    refused = get(street, "bundle", device=phone.pk)
    assert (refused.status_code, refused.json()["error"]) == (403, "expired")


def test_wiping_with_a_receipt(street, phone, unit, coordinator, fits):
    ask_wipe(by=coordinator, device=phone, reason="perso in tram")
    answer = post(street, "sync", {"device": str(phone.pk), "operations": [contact(unit)]}).json()
    assert (results(answer["answers"]), answer["device"]["wipe"]) == (["applied"], True)
    assert get(street, "bundle", device=phone.pk).json()["error"] == "wipe"
    fits("DeviceAnswer", post(street, "wiped", {"device": str(phone.pk), "unsent": 4}).json())
    post(street, "wiped", {"device": str(phone.pk), "unsent": 0})
    phone.refresh_from_db()
    assert (phone.state, phone.unsent_when_wiped) == ("wiped", 4)
    late = post(street, "sync", {"device": str(phone.pk), "operations": [contact(unit)]}).json()
    assert (results(late["answers"]), late["device"]["state"]) == (["applied"], "wiped")
    assert get(street, "bundle", device=phone.pk).status_code == 403
    assert post(street, "devices", {"id": str(phone.pk), "unit": str(unit.pk)}).status_code == 409


# -- what the phone may hold -----------------------------------------------------------------------------------------


def test_the_bundle_has_whom_the_unit_met_and_codes_with_labels(street, phone, unit, person, fits):
    ServiceType.objects.create(code="blanket", area="first_help", name_it="Coperta", name_en="Blanket")
    send(phone, contact(unit, who="nickname", nickname="Stella", language="fr", note="segreto", needs=["legal"]))
    send(phone, contact(unit), contact(unit, who="registered", person=str(person.pk)))
    found = get(street, "bundle", device=phone.pk)
    fits("Bundle", found.json())
    assert sorted(face["called"] for face in found.json()["people"]) == ["Mohammed Provadati", "Stella"]
    assert {"code": "blanket", "label": "Blanket"} in found.json()["codes"]["given"]
    assert [zone["name"] for zone in found.json()["zones"]] == ["Stazione Provaltina"]
    assert "segreto" not in found.content.decode()
    logged = AuditEntry.objects.get(object_type="outreach.device", object_id=phone.pk, action="list")
    assert logged.detail == {"people": 2}
    assert AuditEntry.objects.filter(action="list", detail__persons=[str(person.pk)]).exists()


def test_nothing_restricted_and_nothing_of_another_city_is_in_the_bundle(
    street, phone, unit, person, case_worker, make_user, other_partner
):
    theirs = team_of(other_partner, Team.Kind.MOBILE_UNIT)
    foreign = a_device(make_user(Role.OUTREACH_OPERATOR, other_partner), theirs)
    send(foreign, contact(theirs, who="nickname", nickname="Lontana"))
    send(phone, contact(unit, who="registered", person=str(person.pk)))
    open_file_for(person, team=team_of(person.partner, Team.Kind.MULTIDISCIPLINARY), basis="contact")
    restrict_file(by=case_worker, person=person, restricted=True, reason="protezione")
    assert get(street, "bundle", device=phone.pk).json()["people"] == []  # though the unit is in its team


def test_what_the_bundle_tells_is_not_sensitive():
    for model, fields in ((Contact, CONTACT_FIELDS), (Person, PERSON_FIELDS)):
        allowed = set(f"{model.PRIVACY['internal']} {model.PRIVACY['personal']}".split())
        assert set(fields) <= allowed


def test_labels_are_in_the_language_of_the_user(street, phone, outreach_operator):
    outreach_operator.language = "it"
    outreach_operator.save()
    labels = {code["label"] for code in get(street, "bundle", device=phone.pk).json()["codes"]["needs"]}
    assert "salute" in labels


# -- the document ----------------------------------------------------------------------------------------------------


def test_answers_are_as_the_document_says(street, phone, unit, fits):
    made = contact(unit, who="nickname", nickname="Stella", temperature="7")
    early = change(some_id(), {}, {"note": "x"})
    wrong = change(made["record_id"], {}, {"gender": "?"}) | {"made_at": "gibberish"}
    body = {"device": str(phone.pk), "operations": [made, early, wrong, {"id": "no"}], "queue": 4}
    fits("SyncRequest", body | {"operations": [made, early]})
    answer = post(street, "sync", body).json()
    assert results(answer["answers"]) == ["applied", "waiting", "refused", "refused"]
    fits("SyncAnswer", answer)
    fits("Status", get(street, "status").json())
    fits("State", get(street, "status", device=phone.pk).json())
    with pytest.raises(jsonschema.ValidationError):
        fits("SyncAnswer", {"answers": [{"id": 1}]})


def test_the_document_names_every_kind_and_its_fields(street, phone):
    schema = street.get("/api/street/v1/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    fields = schema["components"]["schemas"]["ContactRecordFields"]["properties"]
    assert set(fields) >= {"team", "zone", "who", "nickname", "earlier", "person", "needs", "note"}
    assert "record_id" not in fields
    assert set(schema["components"]["schemas"]["Operation"]["properties"]["kind"]["enum"]) == {
        "contact.record", "contact.change", "contact.refer",
    }  # fmt: skip


def test_the_answer_is_never_cached(street, phone):
    assert get(street, "status")["Cache-Control"] == "no-store"


def test_ways_that_are_not_for_this_address(street, phone):
    assert street.get("/api/street/v1/sync").status_code == 405
    assert post(street, "bundle", {}).status_code == 405


def test_the_bundle_asks_as_much_for_30_people_as_for_3(street, phone, unit):
    def some(number):
        send(phone, *(contact(unit, who="nickname", nickname=f"N {turn}") for turn in range(number)))

    some(3)
    few = count_queries(street, "/api/street/v1/bundle", {"device": phone.pk})
    some(27)
    assert len(get(street, "bundle", device=phone.pk).json()["people"]) == 30
    assert count_queries(street, "/api/street/v1/bundle", {"device": phone.pk}) == few
