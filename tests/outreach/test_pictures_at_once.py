"""Two send pictures at the same moment: each once, and no fifth. SQLite has one writer at a time."""

from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from lgnet.core.ids import uuid7
from lgnet.files.models import StoredFile
from lgnet.outreach.models import ContactPicture
from tests.cases.test_at_once import client_of, together
from tests.files.images import a_picture
from tests.outreach.street import a_contact

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time"),
]


def sending(phone, row, pk, content):
    client = client_of(phone.user)
    fields = {"contact": str(row.pk), "device": str(phone.pk), "agreed": "yes", "sha256": sha256(content).hexdigest()}

    def call():
        file = SimpleUploadedFile("x.jpg", content)
        return client.post(f"/api/street/v1/pictures/{pk}", {**fields, "picture": file}).status_code

    return call


def test_the_same_picture_from_two_windows_is_kept_once(phone, unit):
    content = a_picture("JPEG", (900, 900))
    for _turn in range(4):
        row, pk = a_contact(phone, unit), uuid7()
        assert together(sending(phone, row, pk, content), sending(phone, row, pk, content)) == [200, 200]
        assert ContactPicture.objects.get(contact=row).pk == pk
    assert StoredFile.objects.count() == 8


def test_the_last_place_is_given_once(phone, unit):
    row, content = a_contact(phone, unit), a_picture()
    assert [sending(phone, row, uuid7(), content)() for _number in range(3)] == [200] * 3
    assert sorted(together(*(sending(phone, row, uuid7(), content) for _number in range(2)))) == [200, 422]
    assert ContactPicture.objects.count() == 4
