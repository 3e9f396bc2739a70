"""The log: who sees it, what it tells, and that nobody can change it."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Team
from lgnet.people.models import JourneyEvent
from lgnet.people.services import PersonDetails, restrict_file, update_person
from tests.conftest import team_of
from tests.queries import count_queries

URL = "audit_list"


def rows(client, **asked):
    response = client.get(reverse(URL), asked)
    assert response.status_code == 200
    return response.context["table"].page_rows


def test_coordinator_and_dpo_see_their_city_only(sign_in, coordinator, make_user, partner, other_partner, person):
    for user in (coordinator, make_user("dpo", partner)):
        assert person.pk in {row.person_id for row in rows(sign_in(user))}
    abroad = sign_in(make_user("coordinator", other_partner))
    assert person.pk not in {row.person_id for row in rows(abroad)}
    assert rows(abroad, q=person.pseudonym) == []


@pytest.mark.parametrize(
    "role", ["desk_operator", "case_worker", "finance_officer", "lead_authority", "network_support"]
)
def test_others_do_not_see_it(sign_in, make_user, partner, role):
    assert sign_in(make_user(role, partner)).get(reverse(URL)).status_code == 403


def test_it_tells_which_fields_changed_but_not_what_was_in_them(sign_in, coordinator, desk_operator, person):
    update_person(by=desk_operator, person=person, details=PersonDetails(given_names="Segretissimo"))
    page = sign_in(coordinator).get(reverse(URL)).content.decode()
    assert "given_names" in page
    assert "Segretissimo" not in page
    assert person.pseudonym in page
    text = sign_in(coordinator).get(reverse(URL), {"format": "csv"}).content.decode()
    assert "Segretissimo" not in text


def test_rows_of_a_restricted_file_are_for_its_team_and_the_dpo(sign_in, coordinator, make_user, partner, person):
    by = make_user("case_worker", partner, team=team_of(partner, Team.Kind.DESK))
    restrict_file(by=by, person=person, restricted=True, reason="at risk")
    assert person.pk not in {row.person_id for row in rows(sign_in(coordinator))}
    assert person.pk in {row.person_id for row in rows(sign_in(make_user("dpo", partner)))}


def test_filters(sign_in, coordinator, desk_operator, person):
    client = sign_in(coordinator)
    assert {row.actor_id for row in rows(client, q=desk_operator.full_name)} == {desk_operator.pk}
    assert {row.person_id for row in rows(client, q=person.pseudonym)} == {person.pk}
    assert {row.action for row in rows(client, action="create")} == {"create"}
    assert rows(client, first="2999-01-01") == []
    assert rows(client, last="2001-01-01") == []


def test_looking_at_the_log_is_logged(sign_in, coordinator, person):
    client = sign_in(coordinator)
    rows(client)
    client.get(reverse(URL), {"format": "xlsx"})
    own = AuditEntry.objects.filter(actor_id=coordinator.pk, object_type="audit.auditentry")
    assert sorted(own.values_list("action", flat=True)) == ["export", "list"]


@pytest.mark.parametrize(("table", "model"), [("audit_auditentry", AuditEntry), ("people_journeyevent", JourneyEvent)])
@pytest.mark.parametrize("statement", ["UPDATE {} SET created_at = created_at", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_it(person, table, model, statement):
    before = model.objects.count()
    assert before > 0
    if model is JourneyEvent and statement.startswith("UPDATE"):
        statement = "UPDATE {} SET quantity = quantity + 1"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert model.objects.count() == before


def test_the_queries_do_not_grow(sign_in, coordinator, desk_operator, person):
    client = sign_in(coordinator)
    few = count_queries(client, reverse(URL))
    for number in range(25):
        update_person(by=desk_operator, person=person, details=PersonDetails(given_names=f"Nome {number}"))
    assert count_queries(client, reverse(URL)) == few


def test_what_was_searched_is_for_data_protection_only(sign_in, coordinator, desk_operator, make_user, partner, person):
    sign_in(desk_operator).get(reverse("person_list"), {"q": "Mohammed"})
    assert "Mohammed" not in sign_in(coordinator).get(reverse(URL)).content.decode()
    assert "Mohammed" in sign_in(make_user("dpo", partner)).get(reverse(URL)).content.decode()


def test_what_was_written_of_a_person_is_not_kept_in_the_log(desk_operator, person):
    update_person(by=desk_operator, person=person, details=PersonDetails(nickname="x", note="riservatissimo"))
    update_person(by=desk_operator, person=person, details=PersonDetails(nickname="x", note="altro"))
    assert not any("riservatissimo" in str(entry.detail) for entry in AuditEntry.objects.filter(person_id=person.pk))


def test_the_log_of_a_person_tells_who_listed_and_exported_her(sign_in, coordinator, desk_operator, person):
    client = sign_in(desk_operator)
    client.get(reverse("person_list"))
    client.get(reverse("person_list"), {"format": "csv"})
    found = rows(sign_in(coordinator), q=person.pseudonym)
    assert {"list", "export", "create"} <= {row.action for row in found}


def test_far_away_days_give_a_page(sign_in, coordinator):
    for asked in ({"last": "9999-12-31"}, {"first": "0001-01-01"}, {"first": "9999-12-31", "last": "0001-01-01"}):
        assert sign_in(coordinator).get(reverse(URL), asked).status_code == 200
