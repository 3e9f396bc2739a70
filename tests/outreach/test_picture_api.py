"""The street app sends pictures: each once, after its contact; what can never be kept is said and noted."""

from datetime import timedelta
from hashlib import sha256

import jsonschema
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from lgnet.catalogue.models import Team
from lgnet.core.ids import uuid7
from lgnet.files.models import StoredFile
from lgnet.files.pictures import MOST_BYTES
from lgnet.files.services import read_file
from lgnet.network.models import Membership
from lgnet.network.roles import Role
from lgnet.outreach.models import Contact, ContactPicture, Operation
from lgnet.outreach.pictures import remove_picture
from lgnet.outreach.sync.conflicts import set_aside
from lgnet.people.models import FileMember
from lgnet.people.services import open_file_for, restrict_file
from tests.conftest import team_of
from tests.files.images import PLACE, a_picture, from_a_phone
from tests.outreach.street import a_contact, a_device, contact, met, results, send


@pytest.fixture
def upload(street, phone):
    """Return `upload(contact, ...)`: the answer to a picture sent as the app does, held against the description."""
    schema = street.get("/api/street/v1/openapi.json").json()

    def check(name, value):
        document = {"$ref": f"#/components/schemas/{name}", "components": schema["components"]}
        jsonschema.Draft202012Validator(document).validate(value)

    def sent(record, *, content=None, pk=None, client=street, name="IMG.jpg", **fields):
        content = a_picture() if content is None else content
        body = {"contact": str(record), "device": str(phone.pk), "sha256": sha256(content).hexdigest(), "caption": "Foglio",
                "agreed": "yes", "made_at": timezone.now().isoformat(), **fields}  # fmt: skip
        body = {key: value for key, value in body.items() if value is not None}
        if body.get("agreed") == "yes" and len(body["caption"]) <= 200:
            check("PictureRequest", {**body, "picture": ""})
        file = SimpleUploadedFile(name, content, content_type="image/jpeg")
        answer = client.post(f"/api/street/v1/pictures/{pk or uuid7()}", {**body, "picture": file})
        documented = schema["paths"]["/api/street/v1/pictures/{picture_id}"]["post"]["responses"]
        assert str(answer.status_code) in documented
        check("PictureAnswer" if answer.status_code in {200, 409, 422} else "Problem", answer.json())
        return answer

    return sent


def test_a_picture_is_kept_once_however_often_it_is_sent(upload, phone, unit, outreach_operator):
    row, pk, made = a_contact(phone, unit), uuid7(), timezone.now() - timedelta(hours=3)
    for _turn in range(3):
        answer = upload(row.pk, pk=pk, content=from_a_phone(), made_at=made.isoformat())
        assert (answer.status_code, answer.json()) == (200, {"state": "stored"})
    picture = ContactPicture.objects.get()
    assert (picture.pk, picture.contact_id, picture.device_id, picture.made_at) == (pk, row.pk, phone.pk, made)
    assert (picture.caption, picture.agreed, picture.recorded_by) == ("Foglio", True, outreach_operator)
    assert StoredFile.objects.count() == 2
    assert PLACE not in read_file(picture.file)
    assert not Operation.objects.filter(kind="contact.picture").exists()


def test_it_waits_for_its_contact(upload, phone, unit):
    made = contact(unit)
    pk = uuid7()
    answer = upload(made["record_id"], pk=pk)
    assert (answer.status_code, answer.json()) == (409, {"state": "waiting"})
    assert not StoredFile.objects.exists()
    assert results(send(phone, made)) == ["applied"]
    assert upload(made["record_id"], pk=pk).status_code == 200
    assert ContactPicture.objects.get().pk == pk


def test_it_does_not_wait_for_a_contact_that_was_set_aside(upload, phone, unit, outreach_operator):
    made = contact(unit, zone="nowhere")
    assert results(send(phone, made)) == ["refused"]
    assert upload(made["record_id"]).status_code == 409  # it may be mended
    set_aside(by=outreach_operator, operation=Operation.objects.get(), reason="a trial")
    answer = upload(made["record_id"])
    assert (answer.status_code, answer.json()["state"]) == (422, "refused")
    assert "set aside" in answer.json()["reason"]


REFUSED = {
    "no picture": ({"content": b"%PDF-1.7 a document"}, "no picture"),
    "empty": ({"content": b""}, "empty"),
    "svg called jpg": ({"content": b"<svg/>", "name": "x.jpg"}, "no picture"),
    "cut short": ({"content": a_picture("JPEG", (500, 500))[:-200]}, "damaged or cut short"),
    "not agreed": ({"agreed": "no"}, "consent"),
    "nothing about consent": ({"agreed": None}, "consent"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_can_never_be_kept_is_refused_and_noted(upload, phone, unit, street, name):
    given, word = REFUSED[name]
    row, pk = a_contact(phone, unit), uuid7()
    for _turn in range(2):
        answer = upload(row.pk, pk=pk, **given)
        assert (answer.status_code, answer.json()["state"]) == (422, "refused")
        assert word in answer.json()["reason"]
    noted = Operation.objects.get(kind="contact.picture")
    assert (noted.pk, noted.result, noted.record_id, noted.reason) == (pk, "refused", row.pk, answer.json()["reason"])
    assert not StoredFile.objects.exists()
    shown = street.get("/street/attention").content.decode()
    assert "Picture of a contact" in shown
    page = street.get(f"/street/attention/{pk}").content.decode()
    assert "Foglio" in page
    assert word in page
    assert street.get("/api/street/v1/status").json()["counts"]["needs_attention"] == 1


def test_larger_than_the_limit_and_larger_than_the_memory(upload, phone, unit, settings):
    row = a_contact(phone, unit)
    content = a_picture() + bytes(MOST_BYTES)
    assert "10 MB" in upload(row.pk, content=content).json()["reason"]
    from lgnet.files import uploads

    far_too_large = bytes(uploads.MOST_BYTES + 1)
    assert "10 MB" in upload(row.pk, content=far_too_large).json()["reason"]


def test_no_more_than_four_and_a_refusal_ends_when_there_is_room(upload, phone, unit, outreach_operator):
    row = a_contact(phone, unit)
    ids = [uuid7() for _number in range(5)]
    assert [upload(row.pk, pk=pk).status_code for pk in ids] == [200, 200, 200, 200, 422]
    gone = remove_picture(by=outreach_operator, picture=ContactPicture.objects.get(pk=ids[0]), reason="asked")
    assert upload(row.pk, pk=ids[4]).status_code == 200
    noted = Operation.objects.get(pk=ids[4])
    assert (noted.result, noted.settled_at is None) == ("applied", False)
    assert upload(row.pk, pk=ids[0]).status_code == 200  # it was kept, and is not brought back
    gone.refresh_from_db()
    assert gone.removed_at
    assert ContactPicture.objects.filter(removed_at=None).count() == 4


def test_the_id_of_another_picture_is_refused(upload, phone, unit, sign_in, make_user, partner):
    row, other, pk = a_contact(phone, unit), a_contact(phone, unit), uuid7()
    assert upload(row.pk, pk=pk).status_code == 200
    assert upload(row.pk, pk=pk, content=a_picture(color="blue")).status_code == 422
    mate = make_user(Role.OUTREACH_OPERATOR, partner)
    tablet = a_device(mate, unit)
    answer = upload(other.pk, pk=pk, client=sign_in(mate), device=str(tablet.pk), content=a_picture("PNG"))
    assert answer.status_code == 422
    assert ContactPicture.objects.get().contact_id == row.pk


def test_only_who_works_in_the_unit_adds_pictures(
    upload, phone, unit, second_unit, sign_in, make_user, partner, other_partner, outreach_operator
):
    own, row = a_contact(phone, unit), None
    foreign_unit = Team.objects.get(partner=other_partner, kind=Team.Kind.MOBILE_UNIT)
    foreigner = make_user(Role.OUTREACH_OPERATOR, other_partner)
    row = met(foreigner, foreign_unit)
    answer = upload(row.pk)
    assert (answer.status_code, answer.json()["state"]) == (422, "refused")
    assert Operation.objects.get(kind="contact.picture").partner_id == partner.pk
    colleague = make_user(Role.OUTREACH_OPERATOR, partner, team=second_unit)
    device = a_device(colleague, second_unit)
    assert upload(own.pk, client=sign_in(colleague), device=str(device.pk)).status_code == 422
    assert upload(own.pk, client=sign_in(foreigner)).status_code == 404  # the device is not theirs
    mate = make_user(Role.OUTREACH_OPERATOR, partner, team=unit)
    assert upload(own.pk, client=sign_in(mate), device=str(a_device(mate, unit).pk)).status_code == 200


def test_a_restricted_file_takes_nothing_from_others_and_shows_them_nothing(
    upload, phone, unit, case_worker, person, office
):
    row = met(phone.user, unit, person=person)
    FileMember.objects.filter(person=person, team=unit).delete()
    open_file_for(person, team=team_of(unit.partner, Team.Kind.MULTIDISCIPLINARY), basis="case")
    restrict_file(by=case_worker, person=person, restricted=True, reason="danger")
    assert upload(row.pk).status_code == 422
    noted = Operation.objects.get(kind="contact.picture")
    assert noted.person_id == person.pk
    assert office.get(f"/street/attention/{noted.pk}").status_code == 404


def test_who_gets_in(upload, phone, unit, sign_in, make_user, partner, outreach_operator, settings):
    row = a_contact(phone, unit)
    assert upload(row.pk, client=Client()).status_code == 401
    assert upload(row.pk, client=sign_in(make_user(Role.COORDINATOR, partner))).status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(outreach_operator, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert upload(row.pk, client=strict).json()["error"] == "csrf"
    Membership.objects.filter(user=outreach_operator).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert upload(row.pk).status_code == 403
    assert not ContactPicture.objects.exists()


def test_what_arrives_damaged_or_without_its_parts_is_sent_again(upload, phone, unit, street):
    row, pk = a_contact(phone, unit), uuid7()
    assert upload(row.pk, pk=pk, sha256="0" * 64).json()["error"] == "damaged"
    assert upload("nonsense", pk=pk).status_code == 400
    assert upload(row.pk, pk=pk, device="nonsense").status_code == 404
    address = f"/api/street/v1/pictures/{pk}"
    fields = {"contact": str(row.pk), "device": str(phone.pk), "agreed": "yes", "sha256": "x"}
    assert street.post(address, fields).status_code == 400
    assert street.post(address, {**fields, "picture": "a text"}).status_code == 400
    assert street.post(address, "{}", content_type="application/json").status_code == 404
    for broken in (b"", b"--x\r\n", b"\xff" * 100):
        assert street.post(address, broken, content_type="multipart/form-data; boundary=x").status_code in {400, 404}
    assert street.get(address).status_code == 405
    assert street.post("/api/street/v1/pictures/nonsense", fields).status_code == 404
    assert not ContactPicture.objects.exists()
    assert not Operation.objects.filter(kind="contact.picture").exists()


def test_odd_texts_are_kept_as_texts(upload, phone, unit):
    row = a_contact(phone, unit)
    for caption in ("\x00a\x00", "x" * 5000, "\u202ewo\n\nnd", "<b>"):
        assert upload(row.pk, caption=caption, made_at="nonsense").status_code == 200
    assert {picture.caption for picture in ContactPicture.objects.all()} >= {"a", "x" * 200}
    later = upload(a_contact(phone, unit).pk, made_at=(timezone.now() + timedelta(days=9)).isoformat())
    assert later.status_code == 200
    assert ContactPicture.objects.latest("created_at").made_at <= timezone.now()


def test_the_app_keeps_no_picture(upload, phone, unit, street):
    row = a_contact(phone, unit, who="nickname", nickname="Stella")
    assert upload(row.pk).status_code == 200
    bundle = street.get("/api/street/v1/bundle", {"device": phone.pk}).content.decode()
    assert "Stella" in bundle
    assert str(ContactPicture.objects.get().pk) not in bundle
    assert "Foglio" not in bundle
    assert Contact.objects.filter(pictures__isnull=False).count() == 1
