"""Drafts belong to one user and end when the form is sent."""

import json

import pytest

from lgnet.core import drafts
from lgnet.core.models import Draft


@pytest.fixture
def two(desk_operator, case_worker, sign_in):
    return sign_in(desk_operator), sign_in(case_worker)


def post(client, key, data):
    return client.post(f"/drafts/{key}", json.dumps(data), content_type="application/json")


def test_what_was_typed_comes_back_to_its_owner_only(two):
    mine, other = two
    assert post(mine, "person_new", {"nickname": "Stella", "csrfmiddlewaretoken": "x"}).status_code == 204
    assert mine.get("/drafts/person_new").json()["data"] == {"nickname": "Stella"}
    assert other.get("/drafts/person_new").json() == {}


def test_a_later_save_replaces_and_delete_forgets(two):
    mine, _other = two
    post(mine, "k", {"a": "1"})
    post(mine, "k", {"a": "2"})
    assert Draft.objects.count() == 1
    assert mine.get("/drafts/k").json()["data"] == {"a": "2"}
    assert mine.delete("/drafts/k").status_code == 204
    assert mine.get("/drafts/k").json() == {}


@pytest.mark.parametrize("body", ["", "[]", "nonsense", '"text"', "1"])
def test_what_is_no_form_is_refused(two, body):
    mine, _other = two
    assert mine.post("/drafts/k", body, content_type="application/json").status_code == 400


def test_nul_and_overlong_texts_do_not_break_a_draft(two):
    mine, _other = two
    assert post(mine, "k", {"a": "x\0y" + "z" * 60_000, "b": ["\0"]}).status_code == 204
    assert mine.get("/drafts/k").json()["data"]["b"] == [""]


def test_a_signed_out_background_request_is_told_so(client, db):
    assert (
        client.post(
            "/drafts/k", "{}", content_type="application/json", headers={"X-Requested-With": "fetch"}
        ).status_code
        == 401
    )


def test_sending_the_form_forgets_its_draft(two, desk_operator):
    mine, _other = two
    drafts.save_draft(owner_id=desk_operator.pk, form_key="language", data={"a": "1"})
    mine.post("/language", {"language": "it", "next": "/", "_draft": "language"})
    assert not Draft.objects.exists()


def test_signing_out_or_timing_out_keeps_the_draft(two, desk_operator):
    mine, _other = two
    post(mine, "k", {"a": "1"})
    mine.logout()
    mine.post("/somewhere", {"_draft": "k"})
    assert drafts.get_draft(owner_id=desk_operator.pk, form_key="k")
