"""Lists of staff and invitations: filters, exports that leave a trace, the same cost for 3 and 30 rows; roles."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from lgnet.audit.models import AuditEntry
from lgnet.network.invitations import invite_colleague
from lgnet.network.models import Membership, User
from lgnet.network.roles import ROLES, Permission, Role
from tests.network.signing_in import signed_in, words
from tests.queries import count_queries

STAFF, INVITATIONS = reverse("staff_list"), reverse("invitation_list")
LISTS = pytest.mark.parametrize("url", [STAFF, INVITATIONS])


@pytest.fixture
def many(boss, partner):
    """Return `many(count)`, which adds so many colleagues and invitations."""

    def add(count):
        at = User.objects.count()
        for number in range(at, at + count):
            user = User.objects.create(username=f"u{number}", full_name=f"Persona {number}", language="en")
            Membership.objects.create(user=user, partner=partner, role=Role.DESK_OPERATOR)
            invite_colleague(
                by=boss, partner=partner, role=Role.DPO, email=f"i{number}@example.org", full_name=f"Invitato {number}",
                site_url="http://testserver/",
            )  # fmt: skip

    return add


@LISTS
def test_thirty_rows_cost_what_three_do(url, boss, many):
    client = signed_in(boss)
    many(3)
    few = count_queries(client, url)
    many(27)
    assert count_queries(client, url) == few


def test_a_page_of_a_colleague_costs_the_same_with_many_posts(boss, worker, partner):
    client, url = signed_in(boss), reverse("staff_detail", args=[worker.pk])
    few = count_queries(client, url)
    for role in (Role.DPO, Role.AUDITOR, Role.FINANCE_OFFICER, Role.DESK_OPERATOR):
        Membership.objects.create(user=worker, partner=partner, role=role)
    assert count_queries(client, url) == few


def test_filters(boss, worker, make_user, partner):
    ended, planned = make_user(Role.DPO, partner), make_user(Role.AUDITOR, partner)
    Membership.objects.filter(user=ended).update(ends_on=timezone.localdate() - timedelta(days=1))
    Membership.objects.filter(user=planned).update(starts_on=timezone.localdate() + timedelta(days=1))
    everybody = {boss.full_name, worker.full_name, ended.full_name, planned.full_name}
    client = signed_in(boss)

    def names(**asked):
        page = words(client.get(STAFF, asked, headers={"HX-Request": "true", "HX-Target": "table"}))
        return {name for name in everybody if name in page}

    assert names() == everybody - {ended.full_name}
    assert names(state="all") == everybody
    assert names(state="ended") == {ended.full_name}
    assert names(state="planned") == {planned.full_name}
    assert names(state="current") == {boss.full_name, worker.full_name}
    assert names(role="case_worker") == {worker.full_name}
    assert names(q=worker.username[:-1].upper()) == {worker.full_name}
    assert names(state="nonsense") == names(q="\x00") == set(), "a filter that makes no sense shows nobody"
    for asked in (
        {"q": "🦊"},
        {"q": "x" * 10_000},
        {"sort": "'; --"},
        {"page": "-1"},
        {"role": "\x00"},
        {"partner": "x"},
    ):
        assert client.get(STAFF, asked).status_code == 200
        assert client.get(INVITATIONS, asked).status_code == 200


@LISTS
def test_exports_are_logged_where_the_rows_come_from(url, boss, worker, partner, many):
    many(2)
    client = signed_in(boss)
    sheet = load_workbook(BytesIO(client.get(url, {"format": "xlsx"}).content)).active
    rows = list(sheet.values)
    assert {"E-mail", "Name", "Role"} <= set(rows[0])
    entry = AuditEntry.objects.get(action="export")
    assert (entry.actor_id, entry.partner_id, entry.detail["rows"]) == (boss.pk, partner.pk, len(rows) - 1)
    assert client.get(url, {"format": "csv", "role": "auditor"}).status_code == 200
    assert AuditEntry.objects.filter(action="export", detail__rows=0).count() == 1
    assert signed_in(worker).get(url, {"format": "csv"}).status_code == 403


def test_an_export_by_the_network_is_in_the_log_of_the_cities(boss, other_boss, support, partner, other_partner):
    content = signed_in(support).get(STAFF, {"format": "csv"}).content.decode("utf-8-sig")
    assert boss.full_name in content
    assert other_boss.full_name in content
    logged = set(AuditEntry.objects.filter(action="export").values_list("partner_id", flat=True))
    assert {partner.pk, other_partner.pk} <= logged


@LISTS
def test_lists_are_for_managers_of_the_city(url, boss, worker, other_boss, many):
    many(2)
    assert ("Persona" if url == STAFF else "Invitato") in words(signed_in(boss).get(url))
    assert signed_in(worker).get(url).status_code == 403
    abroad = words(signed_in(other_boss).get(url))
    assert "Persona" not in abroad
    assert "Invitato" not in abroad
    assert Client().get(url).status_code == 302


def test_an_empty_list_says_what_to_do(boss):
    page = words(signed_in(boss).get(INVITATIONS))
    assert "Nobody was invited yet." in page
    assert "Invite somebody" in page


def test_roles_are_told_to_everybody_ones_own_first(worker):
    page = signed_in(worker).get(reverse("role_list"))
    shown = [entry["role"] for entry in page.context["described"]]
    assert shown[0] == Role.CASE_WORKER
    assert set(shown) == set(ROLES) == set(Role)
    text = words(page)
    assert text.count("yours") == 1
    for role, spec in ROLES.items():
        assert Role(role).label.capitalize()[:8] in text
        assert str(spec.purpose) in text
    assert all(str(p.label) in text for p in Permission if any(p in spec.permissions for spec in ROLES.values()))


def test_every_permission_is_held_by_some_role():
    assert set(Permission) == frozenset().union(*(spec.permissions for spec in ROLES.values()))


def test_network_roles_see_no_personal_data():
    personal = {Permission.VIEW_PEOPLE, Permission.OPEN_FILE, Permission.VIEW_CASES, Permission.VIEW_CONTACTS}
    for role, spec in ROLES.items():
        assert spec.scope in {"partner", "network"}
        if spec.scope == "network" or not spec.sees_personal_data:
            assert not personal & spec.permissions, role
            assert not spec.sees_personal_data, role
