"""Pictures of a contact on its pages: added with consent, seen by who reads the contact, destroyed with a reason."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.core.ids import uuid7
from lgnet.files import vault
from lgnet.files.models import StoredFile
from lgnet.network.models import Partner
from lgnet.network.roles import Role
from lgnet.outreach.mistakes import void_contact
from lgnet.outreach.models import ContactPicture
from lgnet.outreach.pictures import MOST, add_picture
from tests.files.images import PLACE, a_picture, from_a_phone
from tests.outreach.street import met
from tests.queries import count_queries


@pytest.fixture
def row(outreach_operator, unit):
    return met(outreach_operator, unit, nickname="Stella")


@pytest.fixture
def picture(row, outreach_operator):
    content = from_a_phone()
    return add_picture(
        by=outreach_operator, contact=row, picture_id=uuid7(), content=content, caption="Ricetta", agreed=True
    )


def new(row):
    return reverse("picture_new", args=[row.pk])


def address(name, picture):
    return reverse(name, args=[picture.pk])


def upload(client, row, content=None, name="IMG_1.jpg", **fields):
    file = SimpleUploadedFile(name, a_picture() if content is None else content)
    return client.post(new(row), {"picture": file, "caption": "Foglio", "agreed": "on", **fields})


def test_a_picture_is_added_and_seen(street, row):
    page = street.get(new(row)).content.decode()
    assert 'accept="image/*"' in page
    assert 'enctype="multipart/form-data"' in page
    record = str(uuid7())
    for _turn in range(2):  # pressed twice
        answer = upload(street, row, from_a_phone(), record_id=record)
        assert answer.url == reverse("contact_detail", args=[row.pk])
    picture = ContactPicture.objects.get()
    assert (picture.caption, picture.agreed) == ("Foglio", True)
    shown = street.get(reverse("contact_detail", args=[row.pk])).content.decode()
    assert address("picture_thumbnail", picture) in shown
    assert "Foglio" in shown
    for name in ("picture_full", "picture_thumbnail"):
        file = street.get(address(name, picture))
        assert (file.status_code, file["Content-Type"]) == (200, "image/jpeg")
        assert file["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert (file["X-Content-Type-Options"], file["Cache-Control"]) == ("nosniff", "private, no-store")
        assert file["Content-Disposition"].startswith("inline; filename=")
        assert PLACE not in file.content
    assert address("picture_full", picture) in street.get(address("picture_detail", picture)).content.decode()


def test_each_look_is_logged(street, picture, outreach_operator):
    for name, shown in (("picture_full", "full"), ("picture_thumbnail", "thumbnail"), ("picture_detail", "page")):
        street.get(address(name, picture))
        read = AuditEntry.objects.get(action="read", object_type="outreach.contactpicture", detail__shown=shown)
        assert (read.object_id, read.actor_id) == (picture.pk, outreach_operator.pk)
    made = AuditEntry.objects.get(action="create", object_id=picture.pk)
    assert made.detail["agreed"] == "yes"


WRONG = {
    "no file": ({"picture": ""}, "Take a picture"),
    "not agreed": ({"agreed": ""}, "consent"),
    "no picture": ({"content": b"<svg onload=alert(1)>", "name": "x.jpg"}, "no picture"),
    "empty": ({"content": b""}, "empty"),
    "cut short": ({"content": a_picture("JPEG", (500, 500))[:-100]}, "damaged or cut short"),
}


@pytest.mark.parametrize("name", WRONG)
def test_bad_input_gets_a_word_at_the_field_and_keeps_what_was_typed(street, row, name):
    given, word = WRONG[name]
    answer = upload(street, row, **given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert word in page
    assert 'value="Foglio"' in page
    assert not ContactPicture.objects.exists()
    assert not StoredFile.objects.exists()


def test_too_large_is_said_at_the_field(street, row, settings):
    from lgnet.files.pictures import MOST_BYTES

    answer = upload(street, row, a_picture() + bytes(MOST_BYTES))
    assert answer.status_code == 422
    assert "larger than 10 MB" in answer.content.decode()


def test_four_are_enough(street, row, picture):
    for _number in range(MOST - 1):
        assert upload(street, row).status_code == 302
    assert "four pictures already" in street.get(new(row)).content.decode()
    assert upload(street, row).status_code == 422
    assert "Add a picture" not in street.get(reverse("contact_detail", args=[row.pk])).content.decode()


def test_a_contact_recorded_by_mistake_gets_no_picture(street, row, outreach_operator):
    void_contact(by=outreach_operator, contact=row, reason="x")
    assert new(row) not in street.get(reverse("contact_detail", args=[row.pk])).content.decode()
    answer = upload(street, row)
    assert (answer.status_code, "recorded by mistake" in answer.content.decode()) == (422, True)


def test_a_removed_picture_is_gone_and_leaves_who_and_why(
    street, row, picture, outreach_operator, django_capture_on_commit_callbacks
):
    paths = [vault.path_of(file.pk) for file in (picture.file, picture.thumbnail)]
    remove = address("picture_remove", picture)
    assert street.post(remove, {"reason": " "}).status_code == 422
    assert all(path.exists() for path in paths)
    with django_capture_on_commit_callbacks(execute=True):
        assert street.post(remove, {"reason": "the person asked"}).status_code == 302
    assert not any(path.exists() for path in paths)
    assert not StoredFile.objects.filter(wrapped_key__isnull=False).exists()
    logged = AuditEntry.objects.get(action="delete", object_id=picture.pk)
    assert (logged.reason, logged.actor_id) == ("the person asked", outreach_operator.pk)
    page = street.get(reverse("contact_detail", args=[row.pk])).content.decode()
    assert "the person asked" in page
    assert address("picture_thumbnail", picture) not in page
    for name in ("picture_detail", "picture_full", "picture_thumbnail", "picture_remove"):
        assert street.get(address(name, picture)).status_code == 404


def test_colleagues_see_it_coordinators_remove_it_strangers_find_nothing(
    picture, row, sign_in, make_user, partner, second_unit, office, elsewhere
):
    other = sign_in(make_user(Role.OUTREACH_OPERATOR, partner, team=second_unit))
    pages = [address(name, picture) for name in ("picture_detail", "picture_full", "picture_thumbnail")]
    for client in (other, office):
        assert {client.get(page).status_code for page in pages} == {200}
        assert upload(client, row).status_code == 403
    for client in (elsewhere, sign_in(make_user(Role.DESK_OPERATOR, partner))):
        assert {client.get(page).status_code for page in pages} == {404}
        assert client.post(address("picture_remove", picture), {"reason": "x"}).status_code == 404
    assert other.post(address("picture_remove", picture), {"reason": "x"}).status_code == 403
    assert office.post(address("picture_remove", picture), {"reason": "the person asked"}).status_code == 302


def test_the_network_sees_no_picture(picture, row, sign_in, make_user, other_partner):
    Partner.objects.filter(pk=other_partner.pk).update(kind=Partner.Kind.LEAD)
    for role in (Role.LEAD_AUTHORITY, Role.NETWORK_SUPPORT, Role.DPO):
        client = sign_in(make_user(role, other_partner))
        assert client.get(address("picture_full", picture)).status_code == 404
        assert client.get(reverse("contact_detail", args=[row.pk])).status_code == 404


def test_of_somebody_registered_only_with_the_file_open(street, office, unit, outreach_operator, person):
    row = met(outreach_operator, unit, person=person)
    picture = add_picture(
        by=outreach_operator, contact=row, picture_id=uuid7(), content=a_picture(), caption="Ferita", agreed=True
    )
    assert street.get(address("picture_full", picture)).status_code == 200
    assert office.get(address("picture_full", picture)).status_code == 404
    page = office.get(reverse("contact_detail", args=[row.pk])).content.decode()
    assert "Ferita" not in page
    assert str(picture.pk) not in page
    read = AuditEntry.objects.get(action="read", object_type="outreach.contactpicture")
    assert read.person_id == person.pk


def test_no_export_holds_a_picture_or_what_it_shows(street, picture):
    for kind in ("csv", "xlsx"):
        content = street.get(reverse("contact_list"), {"format": kind}).content
        assert b"Ricetta" not in content
        assert str(picture.pk).encode() not in content


def test_a_picture_whose_bytes_are_lost_is_not_found(street, picture):
    vault.path_of(picture.file_id).unlink()
    assert street.get(address("picture_full", picture)).status_code == 404
    assert street.get(address("picture_detail", picture)).status_code == 200


def test_as_many_queries_for_four_pictures_as_for_one(street, row, picture, outreach_operator):
    page = reverse("contact_detail", args=[row.pk])
    one = count_queries(street, page)
    for _number in range(3):
        add_picture(by=outreach_operator, contact=row, picture_id=uuid7(), content=a_picture(), agreed=True)
    assert count_queries(street, page) == one
    assert count_queries(street, address("picture_full", picture)) <= 9
    assert timezone.now() - picture.created_at < timedelta(hours=1)
