"""Drafts belong to one user and one form, and end when the form is sent, or with their time."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.middleware.csrf import CSRF_TOKEN_LENGTH
from django.template import Context, Template
from django.utils import timezone

from lgnet.core import drafts
from lgnet.core.drafts import draft_key
from lgnet.core.ids import uuid7
from lgnet.core.models import Draft


@pytest.fixture
def two(desk_operator, case_worker, sign_in):
    return sign_in(desk_operator), sign_in(case_worker)


def post(client, key, data):
    return client.post(f"/drafts/{key}", json.dumps(data), content_type="application/json")


def kept(client, key):
    return client.get(f"/drafts/{key}").json().get("data")


def test_what_was_typed_comes_back_to_its_owner_only(two):
    mine, other = two
    assert post(mine, "person_new", {"nickname": "Stella", "csrfmiddlewaretoken": "x"}).status_code == 204
    assert kept(mine, "person_new") == {"nickname": "Stella"}
    assert kept(other, "person_new") is None


def test_a_later_save_replaces_and_delete_forgets(two):
    mine, _other = two
    post(mine, "k", {"a": "1"})
    post(mine, "k", {"a": "2"})
    assert Draft.objects.count() == 1
    assert kept(mine, "k") == {"a": "2"}
    assert mine.delete("/drafts/k").status_code == 204
    assert kept(mine, "k") is None


BODIES = [
    "", "[]", "nonsense", '"text"', "1", "\xff", "9" * 5000, "[" * 100_000, '{"a":' * 100_000, '{"a": ' + "[" * 100_000,
    '{"a": {"b": "1"}}', '{"a": [["1"]]}', '{"a": 1}', '{"a": null}', '{"a": 1e999}',
    json.dumps({str(n): "" for n in range(301)}),
]  # fmt: skip


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_what_is_no_form_is_refused(two, body):
    mine, _other = two
    assert mine.post("/drafts/k", body, content_type="application/json").status_code == 400
    assert not Draft.objects.exists()


def test_odd_texts_do_not_break_a_draft(two):
    mine, _other = two
    assert post(mine, "k", {"a": "x\0y" + "z" * 60_000, "b": ["\0"]}).status_code == 204
    assert kept(mine, "k")["b"] == [""]


def test_halves_of_characters_and_nul_in_names_do_not_either(two):
    mine, _other = two
    body = '{"a\\u0000b": "x", "c": "1\\ud800", "d": ["\\udc00"], "\\ud800e": "", "f": "\\ud83d\\ude00 محمد"}'
    assert mine.post("/drafts/k", body, content_type="application/json").status_code == 204
    assert kept(mine, "k") == {"ab": "x", "c": "1?", "d": ["?"], "?e": "", "f": "😀 محمد"}


@pytest.mark.parametrize("key", ["a%00b", "%ED%A0%80", "é", "a%2Fb", "a b", "..", "a.b"])
def test_a_key_that_is_none_is_not_found(two, key):
    mine, _other = two
    for answer in (mine.get(f"/drafts/{key}"), post(mine, key, {"a": "1"}), mine.delete(f"/drafts/{key}")):
        assert answer.status_code == 404


def test_a_key_that_is_too_long_has_no_draft(two):
    mine, _other = two
    key = "k" * 250
    assert post(mine, key, {"a": "1"}).status_code == 400
    assert kept(mine, key) is None
    assert mine.delete(f"/drafts/{key}").status_code == 204


def test_the_key_says_what_the_form_is_about_and_no_name():
    assert draft_key("visit_new") == draft_key("visit_new", None, "") == "visit_new"
    abouts = (["Ana"], ["Maria"], ["Maria", "Ana"], ["Ana", "Maria"], ['x"/\0', 5])
    keys = {draft_key("visit_new", *about) for about in abouts}
    assert keys == {draft_key("visit_new", *about) for about in abouts}
    assert len(keys) == len(abouts)
    assert draft_key("visit_new", "Ana", None) == draft_key("visit_new", "", "Ana")  # by either way the same person
    for key in keys:
        assert drafts.KEY.fullmatch(key)
        assert "Ana" not in key


def test_a_form_that_makes_something_new_offers_its_draft():
    code = "AB'\"<"
    html = Template("<form {% draft 'visit_new' code %}>").render(Context({"code": code}))
    assert html == '<form data-draft="{}" data-draft-offer>'.format(draft_key("visit_new", code))
    html = Template("<form {% draft 'visit_new' code.nothing other %}>").render(Context({"code": code}))
    assert html == '<form data-draft="visit_new" data-draft-offer>'


def test_reading_gives_the_token_of_whoever_is_signed_in_now(two):
    mine, _other = two
    assert len(mine.get("/drafts/k").json()["token"]) == CSRF_TOKEN_LENGTH


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


def test_a_cookie_names_the_page_of_the_form_that_was_sent(two):
    mine, _other = two
    mine.post("/language", {"language": "it", "next": "/", "_draft": "k", "_draft_page": "mf3k9x"})
    assert mine.cookies["sent_draft"].value == "mf3k9x"
    mine.post("/nowhere", {"_draft": "k", "_draft_page": "another"})
    assert mine.cookies["sent_draft"].value == "mf3k9x"


@pytest.mark.parametrize("odd", ["a\0b", "x" * 300, "é", "/", "a; b", "\r\n"])
def test_an_odd_key_sent_with_a_form_does_no_harm(two, odd):
    mine, _other = two
    post(mine, "k", {"a": "1"})
    answer = mine.post("/language", {"language": "it", "next": "/", "_draft": odd, "_draft_page": odd})
    assert answer.status_code == 302
    assert "sent_draft" not in mine.cookies
    assert Draft.objects.count() == 1


def old_draft(owner_id, days: int) -> Draft:
    draft = Draft.objects.create(owner_id=owner_id, form_key=f"days-{days}", data={"note": "sensitive"})
    Draft.objects.filter(pk=draft.pk).update(updated_at=timezone.now() - timedelta(days=days))
    return draft


@pytest.fixture
def of_two_owners(desk_operator):
    other = uuid7()
    return [old_draft(owner, days) for owner in (desk_operator.pk, other) for days in (1, 29, 31)]


def days_left(owner_id) -> set[str]:
    return set(Draft.objects.filter(owner_id=owner_id).values_list("form_key", flat=True))


def test_an_old_draft_is_not_shown_and_ends_when_its_owner_types_again(two, desk_operator, of_two_owners):
    mine, _other = two
    assert kept(mine, "days-31") is None
    post(mine, "k", {"a": "1"})
    assert days_left(desk_operator.pk) == {"days-1", "days-29", "k"}
    assert days_left(of_two_owners[-1].owner_id) == {"days-1", "days-29", "days-31"}


def test_the_nightly_job_ends_everybodys_old_drafts(desk_operator, of_two_owners, capsys):
    call_command("purge_drafts")
    assert capsys.readouterr().out == "2 old drafts deleted.\n"
    assert days_left(desk_operator.pk) == days_left(of_two_owners[-1].owner_id) == {"days-1", "days-29"}


def test_signing_out_or_timing_out_keeps_the_draft(two, desk_operator):
    mine, _other = two
    post(mine, "k", {"a": "1"})
    mine.logout()
    mine.post("/somewhere", {"_draft": "k"})
    assert drafts.get_draft(owner_id=desk_operator.pk, form_key="k")
