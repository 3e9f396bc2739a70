"""The shell of the street app: who gets it, what is in it, that a phone can trust its files; the key of a device."""

import base64
import gzip
import json
import re
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone, translation

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import ServiceType, Team
from lgnet.network.models import Membership
from lgnet.network.roles import Role
from lgnet.outreach.app_shell import FILES, MODULES, render_shell, shell_manifest
from lgnet.outreach.app_words import words
from lgnet.outreach.sync.devices import ask_wipe, give_keys, record_receipt
from tests.conftest import team_of
from tests.outreach.street import a_device, contact, post, results

STATIC = Path(__file__).resolve().parents[2] / "lgnet" / "outreach" / "static" / "street"


def just_signed_in(client: Client, user, seconds: float = 0) -> None:
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - seconds}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


# -- the shell -------------------------------------------------------------------------------------------------------


def test_the_app_is_for_who_records_in_the_street(street, sign_in, make_user, partner):
    for name in ("", "sw.js"):
        assert street.get(f"/street/app/{name}").status_code == 200
        for role in (Role.DESK_OPERATOR, Role.FINANCE_OFFICER):
            assert sign_in(make_user(role, partner)).get(f"/street/app/{name}").status_code == 403


def test_who_has_no_role_any_more_and_a_device_still_gets_the_app_from_the_worker(street, phone, outreach_operator):
    Membership.objects.update(ends_on=timezone.localdate())
    assert street.get("/street/app/").status_code in {200, 302}


def test_the_shell_has_the_form_of_the_page_and_nothing_of_anybody(street, outreach_operator, partner, person):
    ServiceType.objects.create(code="blanket", area="first_help", name_it="Coperta", name_en="Blanket")
    page = street.get("/street/app/").content.decode()
    for name in ("who", "zone", "needs", "given", "sleeping_rough", "next_step", "note", "occurred_at"):
        assert f'name="{name}"' in page
    assert "Blanket" in page
    for secret in (outreach_operator.full_name, "Provaltina", person.family_names, "csrf", "record_id"):
        assert secret not in page
    assert page == street.get("/street/app/").content.decode()


def test_the_worker_names_every_file_with_the_hash_of_its_content(street):
    answer = street.get("/street/app/sw.js")
    assert answer["Service-Worker-Allowed"] == "/street/app/"
    assert answer["Content-Type"] == "text/javascript"
    shell = json.loads(answer.content.decode().split(";\n", 1)[0].removeprefix("const SHELL = "))
    assert [file["url"] for file in shell["files"]] == [f"/static/{name}" for name in FILES]
    for name, file in zip(FILES, shell["files"], strict=True):
        content = Path(finders.find(name)).read_bytes()
        assert file["integrity"] == f"sha256-{base64.b64encode(sha256(content).digest()).decode()}"


def test_the_shell_keeps_every_module_and_every_file_that_it_asks_for(outreach_operator):
    assert set(MODULES) | {"worker"} == {path.stem for path in STATIC.glob("*.js")}
    asked = re.findall(r'(?:src|href)="/static/([^"#]+)', render_shell(outreach_operator))
    assert set(asked) <= set(FILES)
    for path in STATIC.glob("*.js"):
        for name in re.findall(r'from "\./(\w+)\.js"', path.read_text(encoding="utf-8")):
            assert name in MODULES, path.name
    fonts = re.findall(r'url\("\.\./([^"]+\.woff2)"\)', Path(finders.find("lgnet/lgnet.css")).read_text())
    assert set(fonts) <= set(FILES)


def test_a_change_of_the_form_or_of_the_language_makes_another_version(outreach_operator, db):
    before = shell_manifest(outreach_operator)["version"]
    assert shell_manifest(outreach_operator)["version"] == before
    with translation.override("it"):
        assert shell_manifest(outreach_operator)["version"] != before
    ServiceType.objects.create(code="blanket", area="first_help", name_it="Coperta", name_en="Blanket")
    assert shell_manifest(outreach_operator)["version"] != before


def test_the_manifest_makes_it_installable(client, db):
    manifest = client.get("/street/app/manifest.webmanifest").json()
    assert (manifest["scope"], manifest["start_url"], manifest["display"]) == (*["/street/app/"] * 2, "standalone")
    assert manifest["name"] == "LGNet street"
    assert manifest["icons"][0]["src"] == "/static/lgnet/mark.svg"


def test_every_text_of_the_scripts_is_there_and_used():
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in STATIC.glob("*.js"))
    asked = set(re.findall(r'\bword\(\s*"(\w+)"', scripts)) | set(re.findall(r'button\("(\w+)"', scripts))
    counted = set(re.findall(r'\bcount\("(\w+)"', scripts))
    names = set(words())
    assert asked | counted | {f"{name}_one" for name in counted} <= names
    known = asked | counted | {f"{name}_one" for name in counted} | {name for name in names if f'"{name}"' in scripts}
    built = {name for name in names if name.startswith("state_")}
    assert names - known - built - {"trouble_offline", "trouble_server"} == set()


def test_scripts_are_small_and_have_nothing_that_the_policy_forbids():
    for path in STATIC.glob("*.js"):
        source = path.read_text(encoding="utf-8")
        assert len(source.splitlines()) < 300, path.name
        for forbidden in (
            "innerHTML",
            "eval(",
            "new Function",
            "http://",
            "https://",
            "localStorage",
            "document.write",
        ):
            assert forbidden not in source, f"{path.name}: {forbidden}"


# -- the key of a device ---------------------------------------------------------------------------------------------


def test_the_key_is_given_to_the_owner_just_after_signing_in(street, phone, outreach_operator):
    just_signed_in(street, outreach_operator)
    first, again = (post(street, "key", {"device": str(phone.pk)}).json()["keys"] for _time in range(2))
    assert first == again
    assert re.fullmatch(r"[0-9a-f]{64}", first[0])
    logged = AuditEntry.objects.filter(object_id=phone.pk, detail__key="given")
    assert logged.count() == 2
    assert first[0] not in str(list(logged.values()))


@pytest.mark.parametrize("seconds", [400, None])
def test_an_older_sign_in_has_to_be_confirmed(street, phone, outreach_operator, seconds):
    if seconds:
        just_signed_in(street, outreach_operator, seconds)
    answer = post(street, "key", {"device": str(phone.pk)})
    assert (answer.status_code, answer.json()["error"]) == (403, "confirm")


def test_nobody_else_gets_the_key(sign_in, make_user, partner, other_partner, phone):
    for city in (partner, other_partner):
        user = make_user(Role.OUTREACH_OPERATOR, city)
        client = sign_in(user)
        just_signed_in(client, user)
        assert post(client, "key", {"device": str(phone.pk)}).status_code == 404
    assert post(Client(), "key", {"device": str(phone.pk)}).status_code == 401
    assert not AuditEntry.objects.filter(detail__key="given").exists()


def test_a_phone_to_be_emptied_may_still_open_its_queue_and_an_emptied_one_not(
    street, phone, outreach_operator, coordinator
):
    just_signed_in(street, outreach_operator)
    ask_wipe(by=coordinator, device=phone, reason="perso in tram")
    assert post(street, "key", {"device": str(phone.pk)}).status_code == 200
    record_receipt(by=outreach_operator, device=phone, unsent=0)
    answer = post(street, "key", {"device": str(phone.pk)})
    assert (answer.status_code, answer.json()["error"]) == (403, "wiped")


def test_keys_differ_by_device_and_live_on_when_the_secret_key_is_replaced(phone, outreach_operator, partner, settings):
    other = a_device(outreach_operator, team_of(partner, Team.Kind.MOBILE_UNIT))
    before = give_keys(by=outreach_operator, device=phone)
    assert before != give_keys(by=outreach_operator, device=other)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-secret"
    after = give_keys(by=outreach_operator, device=phone)
    assert after[0] not in before
    assert after[1:] == before


def test_status_names_the_units_where_a_device_can_be_set_up(street, partner):
    unit = team_of(partner, Team.Kind.MOBILE_UNIT)
    assert street.get("/api/street/v1/status").json()["units"] == [{"id": str(unit.pk), "name": unit.name}]


# -- a slow link -----------------------------------------------------------------------------------------------------


def packed(client: Client, body: bytes) -> Any:
    return client.post(
        "/api/street/v1/sync", body, content_type="application/json", headers={"Content-Encoding": "gzip"}
    )


def test_a_batch_may_be_packed_and_so_is_its_answer(street, phone):
    unit = phone.team
    batch = {"device": str(phone.pk), "operations": [contact(unit, note=f"n {n}") for n in range(20)]}
    assert results(packed(street, gzip.compress(json.dumps(batch).encode())).json()["answers"]) == ["applied"] * 20
    asked = street.post(
        "/api/street/v1/sync", json.dumps(batch), content_type="application/json", headers={"Accept-Encoding": "gzip"}
    )
    assert asked["Content-Encoding"] == "gzip"
    assert results(json.loads(gzip.decompress(asked.content))["answers"]) == ["applied"] * 20


def test_packed_nonsense_and_what_unpacks_without_end_are_refused(street, phone, settings):
    good = gzip.compress(json.dumps({"device": str(phone.pk), "operations": []}).encode())
    for odd in (b"", b"{}", good[:-9], good[5:], gzip.compress(b"[]"), gzip.compress(b"\xff")):
        answer = packed(street, odd)
        assert (answer.status_code, answer.json()["error"]) == (400, "malformed")
    bomb = packed(street, gzip.compress(b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)))
    assert (bomb.status_code, bomb.json()["error"]) == (413, "too_large")
