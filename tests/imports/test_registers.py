"""Past contacts and outings from the registers of the units."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Team
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.imports.kinds import kind_of
from lgnet.imports.selectors import examined
from lgnet.imports.services import carry_out, start_import, undo_import
from lgnet.network.roles import Role
from lgnet.outreach.alike import decide_likeness
from lgnet.outreach.corrections import change_contact
from lgnet.outreach.models import Contact, Outing
from lgnet.outreach.pictures import add_picture
from lgnet.outreach.registers import Met, record_contacts
from lgnet.outreach.services import Sighting, identify_contact, record_contact, refer_contact
from lgnet.people.models import JourneyEvent
from tests.conftest import team_of
from tests.files.images import a_picture
from tests.imports.conftest import workbook

HEADINGS = ["Data", "Ora", "Zona", "Soprannome", "N. persone", "Sesso", "Età", "Lingua", "Bisogni", "Dato", "In strada",
            "Da fare", "Note"]  # fmt: skip


def register_of(zone, *rows):
    return workbook(HEADINGS, *([*row[:2], zone.name, *row[2:]] for row in rows))


FULL = ["5/3/2025", "21.30", "Radio", 1, "M", 25, "arabo", "salute; documenti", "coperta", "x", "visita", "tosse"]


def wrong(user, run):
    _grid, rows, _known = examined(user, run)
    return [(line.number, problem.heading, problem.reason) for line in rows.wrong for problem in line.problems]


def test_a_row_becomes_a_contact_like_any_other(loaded, outreach_operator, zone, unit, blanket):
    before = timezone.now()
    run = carry_out(by=outreach_operator, run=loaded(outreach_operator, "contacts", register_of(zone, FULL)))
    contact = Contact.objects.get()
    assert timezone.localtime(contact.occurred_at).strftime("%d/%m/%Y %H:%M") == "05/03/2025 21:30"
    assert (contact.team, contact.zone, contact.nickname, contact.gender, contact.age_band) == (
        unit, zone, "Radio", "m", "18-29",
    )  # fmt: skip
    assert (contact.language, contact.needs, contact.given, contact.sleeping_rough) == (
        "ar", ["health", "legal"], ["blanket"], True,
    )  # fmt: skip
    assert (contact.next_step, contact.note, contact.recorded_by) == ("visita", "tosse", outreach_operator)
    event = JourneyEvent.objects.get()
    assert (event.source_id, event.occurred_at, event.trace) == (contact.pk, contact.occurred_at, contact.trace)
    assert event.recorded_at >= before  # the network knows it from now on
    assert AuditEntry.objects.get(object_type="outreach.contact").object_id == contact.pk
    assert run.made == 1


def test_a_name_in_a_register_is_one_person_and_the_unnamed_are_nobody(loaded, outreach_operator, zone, blanket):
    rows = [
        ["05/03/2025", "21:30", "Radio"], ["06/03/2025", "21:30", "RADIO"], ["06/03/2025", None, None, 4],
        ["06/03/2025", None, None, 1], ["06/03/2025", None, None, 1],
    ]  # fmt: skip
    carry_out(by=outreach_operator, run=loaded(outreach_operator, "contacts", register_of(zone, *rows)))
    traces = list(Contact.objects.exclude(nickname="").values_list("trace", flat=True))
    assert len(traces) == 2
    assert len(set(traces)) == 1
    unnamed = Contact.objects.filter(nickname="")
    assert sorted(unnamed.values_list("head_count", flat=True)) == [1, 1, 4]
    assert {timezone.localtime(one.occurred_at).hour for one in unnamed} == {12}  # of the day only the day is known


def test_what_cannot_be_is_told_row_by_row(loaded, outreach_operator, zone, blanket):
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    rows = [
        [tomorrow, "21:30"], ["05/03/1999", None], ["05/03/2025", "21:30", "Radio", 3], ["05/03/2025", "99", "x", 0, "boh", "boh"],
        ["05/03/2025", None, None, None, None, None, "marziano", "voli", "oro", "forse"], [None, "21:30", "y"],
    ]  # fmt: skip
    told = wrong(outreach_operator, loaded(outreach_operator, "contacts", register_of(zone, *rows)))
    assert [(number, heading) for number, heading, _why in told] == [
        (2, "Data"), (3, "Data"), (4, "Soprannome"), (5, "Ora"), (5, "N. persone"), (5, "Sesso"), (5, "Età"), (6, "Lingua"),
        (6, "Bisogni"), (6, "Dato"), (6, "In strada"), (7, "Data"),
    ]  # fmt: skip
    assert all(why for *_where, why in told)


def test_loaded_again_nothing_doubles_and_twins_stay_twins(loaded, outreach_operator, zone, blanket):
    twins = [["05/03/2025", "21:30", None, 1], ["05/03/2025", "21:30", None, 1]]
    carry_out(by=outreach_operator, run=loaded(outreach_operator, "contacts", register_of(zone, FULL, *twins)))
    assert Contact.objects.count() == 3
    _grid, rows, _known = examined(
        outreach_operator, loaded(outreach_operator, "contacts", register_of(zone, *twins, FULL, twins[0]))
    )
    assert [line.number for line in rows.existing] == [2, 3, 4]
    assert [line.number for line in rows.good] == [5]


def test_of_two_units_each_row_says_which_and_only_the_own_ones(
    loaded, outreach_operator, zone, partner, unit, make_user
):
    other = Team.objects.create(partner=partner, kind=Team.Kind.MOBILE_UNIT, name="Seconda unità")
    head = ["Data", "Zona", "Unità"]
    day = "05/03/2025"
    content = workbook(head, [day, zone.name, unit.name], [day, zone.name, other.name], [day, zone.name, None])
    run = loaded(outreach_operator, "contacts", content)
    assert [(number, heading) for number, heading, _why in wrong(outreach_operator, run)] == [(3, "Unità")]
    other.memberships.create(user=outreach_operator)
    del outreach_operator._own_teams
    told = wrong(outreach_operator, run)
    assert [(number, why) for number, _heading, why in told] == [(4, "Write which unit it was.")]
    carry_out(by=outreach_operator, run=run)
    assert {contact.team for contact in Contact.objects.all()} == {unit, other}


def test_undo_voids_the_journey_and_keeps_what_was_built_on(
    loaded, outreach_operator, zone, unit, partner, person, make_user, blanket
):
    names = ["Uno", "Due", "Tre", "Quattro"]
    rows = [[f"0{at + 1}/03/2025", "21:30", name] for at, name in enumerate(names)]
    run = carry_out(by=outreach_operator, run=loaded(outreach_operator, "contacts", register_of(zone, *rows)))
    one, two, three, four = (Contact.objects.get(nickname=name) for name in names)
    change_contact(by=outreach_operator, contact=one, changes={"note": "x"})
    refer_contact(by=outreach_operator, contact=two, to_team=team_of(partner, Team.Kind.DESK))
    identify_contact(by=outreach_operator, contact=three, person=person)
    undone = undo_import(by=outreach_operator, run=run)
    assert (undone.taken, undone.kept) == (1, 3)
    assert set(Contact.objects.standing()) == {one, two, three}
    four.refresh_from_db()
    assert (four.voided_by, four.void_reason) == (outreach_operator, "the import was undone")
    event = JourneyEvent.objects.get(source_id=four.pk)
    assert event.voided_at is not None
    assert JourneyEvent.objects.filter(source_id__in=[one.pk, three.pk], voided_at=None).count() == 2
    why = dict(run.records.exclude(kept_why="").values_list("number", "kept_why"))
    assert "changed it since" in why[2]
    assert "card" in why[3]
    assert why[4]
    assert AuditEntry.objects.filter(object_id=four.pk, action="update").count() == 1


def test_undo_keeps_contacts_with_a_picture_or_linked_with_another(loaded, outreach_operator, zone, unit, blanket):
    names = ["Uno", "Due", "Tre", "Quattro"]
    rows = [[f"0{at + 1}/03/2025", "21:30", name] for at, name in enumerate(names)]
    run = carry_out(by=outreach_operator, run=loaded(outreach_operator, "contacts", register_of(zone, *rows)))
    one, two, three, four = (Contact.objects.get(nickname=name) for name in names)
    add_picture(by=outreach_operator, contact=one, picture_id=uuid7(), content=a_picture(), agreed=True)
    decide_likeness(by=outreach_operator, one=two, other=three, is_same=True)
    decide_likeness(by=outreach_operator, one=two, other=four, is_same=False)
    undone = undo_import(by=outreach_operator, run=run)
    assert (undone.taken, undone.kept) == (1, 3)
    assert set(Contact.objects.standing()) == {one, two, three}
    why = dict(run.records.exclude(kept_why="").values_list("number", "kept_why"))
    assert "picture" in why[2]
    assert "linked" in why[3]
    assert "linked" in why[4]


def test_a_colleague_of_another_unit_undoes_nothing_and_is_told(
    loaded, outreach_operator, zone, make_user, unit, blanket
):
    run = carry_out(by=outreach_operator, run=loaded(outreach_operator, "contacts", register_of(zone, FULL)))
    colleague = make_user(Role.OUTREACH_OPERATOR, zone.partner)
    unit.memberships.filter(user=colleague).delete()
    other = Team.objects.create(partner=zone.partner, kind=Team.Kind.MOBILE_UNIT, name="Seconda unità")
    other.memberships.create(user=colleague)
    undone = undo_import(by=colleague, run=run)
    assert (undone.taken, undone.kept) == (0, 1)
    assert run.records.get().kept_why == "You may not change it."
    run.refresh_from_db()
    assert (run.state.value, run.undone_at, run.undone_by) == ("done", None, None)


def test_signs_are_no_name_and_years_no_moment_can_have_are_told(loaded, outreach_operator, zone, blanket):
    rows = [["05/03/2025", "21:30", name] for name in ("?", "??", "***", "Radio")]
    rows += [["01/01/0001", "00:10"], ["31/12/9999", "23:50"]]
    run = loaded(outreach_operator, "contacts", register_of(zone, *rows))
    assert wrong(outreach_operator, run) == [(6, "Data", "Check the year."), (7, "Data", "Check the year.")]
    carry_out(by=outreach_operator, run=run)
    assert Contact.objects.filter(nickname="", trace=None).count() == 3
    assert Contact.objects.exclude(trace=None).get().nickname == "Radio"


def test_contacts_of_others_are_not_imported(coordinator, stranger, partner, zone, unit):
    for user in (coordinator, stranger):
        with pytest.raises(PermissionDenied):
            start_import(
                by=user,
                kind=kind_of("contacts"),
                partner=partner,
                file_name="x.csv",
                content=b"Data;Zona\n5/3/2025;Uno",
            )
        with pytest.raises(PermissionDenied):
            record_contacts(by=user, team=unit, rows=[Met(zone, timezone.now(), Sighting())])


def test_many_contacts_cost_few_queries_and_join_their_outings(loaded, outreach_operator, zone, unit, blanket):
    shifts = workbook(["Data", "Dalle", "Alle"], ["05/03/2025", "20:00", "01:00"], ["06/03/2025", "20:00", "23:00"])
    carry_out(by=outreach_operator, run=loaded(outreach_operator, "outings", shifts))
    first, second = Outing.objects.order_by("starts_at")
    rows = [["05/03/2025", "21:30", f"Nick {number}"] for number in range(300)]
    rows += [["06/03/2025", "00:30"], ["06/03/2025", "22:00"], ["06/03/2025", "23:30"], ["05/03/2025", "19:00"]]
    run = loaded(outreach_operator, "contacts", register_of(zone, *rows))
    with CaptureQueriesContext(connection) as queries:
        carry_out(by=outreach_operator, run=run)
    assert len(queries) < 60
    assert (first.contacts.count(), second.contacts.count()) == (301, 1)
    record_contact(by=outreach_operator, team=unit, zone=zone, occurred_at=first.starts_at, sighting=Sighting())
    assert first.contacts.count() == 302  # the same rule as of one contact


# -- outings -------------------------------------------------------------------------------------------------------------


def test_outings_of_the_past_are_done_and_those_to_come_are_planned(loaded, outreach_operator, zone, partner, unit):
    carry_out(
        by=outreach_operator, run=loaded(outreach_operator, "stops", workbook(["Nome", "Zona"], ["Piazza", zone.name]))
    )
    coming = timezone.localdate() + timedelta(days=9)
    content = workbook(
        ["Giorno", "Dalle", "Alle", "Tappe", "Equipaggio"],
        [date(2025, 3, 5), "20.00", "01.00", "Piazza 21:00; Piazza 00:30", f"{outreach_operator.full_name}, Ada Prova"],
        [coming, "20:00", "23:00", "piazza", None],
    )  # fmt: skip
    run = carry_out(by=outreach_operator, run=loaded(outreach_operator, "outings", content))
    past, planned = Outing.objects.order_by("starts_at")
    assert (past.state.value, planned.state.value) == ("over", "planned")
    assert past.ends_at - past.starts_at == timedelta(hours=5)
    assert [timezone.localtime(row.arrives_at).strftime("%d %H:%M") for row in past.stops.all()] == [
        "05 21:00",
        "06 00:30",
    ]
    assert planned.stops.get().arrives_at == planned.starts_at
    # on that day the colleague was in the unit already (the fixture: 400 days), the other is a volunteer
    assert {str(member) for member in past.crew.all()} == {outreach_operator.full_name, "Ada Prova"}
    record_contact(
        by=outreach_operator, team=unit, zone=zone, occurred_at=past.starts_at + timedelta(hours=1), sighting=Sighting()
    )
    undone = undo_import(by=outreach_operator, run=run)
    assert (undone.taken, undone.kept) == (1, 1)
    assert list(Outing.objects.all()) == [past]
    assert "Contacts belong" in run.records.get(undone_at=None).kept_why


def test_more_outings_than_one_request_can_plan_are_loaded_in_parts(loaded, outreach_operator, unit):
    head, day = ["Giorno", "Dalle", "Alle"], ["5/3/2025", "20", "23"]
    with pytest.raises(DomainError, match="more than 300 rows"):
        loaded(outreach_operator, "outings", workbook(head, *[day] * 301))
    assert loaded(outreach_operator, "outings", workbook(head, *[day] * 300)).total == 300


def test_outings_that_cannot_be(loaded, outreach_operator, zone, street):
    head = ["Giorno", "Dalle", "Alle", "Tappe"]
    run = carry_out(
        by=outreach_operator, run=loaded(outreach_operator, "outings", workbook(head, ["5/3/2025", "20", "23", None]))
    )
    assert run.made == 1
    content = workbook(
        head, ["5/3/2025", "20", "23"], ["5/3/2025", "22", "23:30"], ["7/3/2025", "20", "23"], ["7/3/2025", "22", "01"],
        ["8/3/2025", "20", "23", "Luna"], ["8/3/2199", "20", "23"], ["9/3/2025", "20", "20"],
        ["31/12/9999", "20", "01"],
    )  # fmt: skip
    run = loaded(outreach_operator, "outings", content)
    _grid, rows, _known = examined(outreach_operator, run)
    assert [line.number for line in rows.existing] == [2]
    assert [line.number for line in rows.good] == [4]
    assert [(number, heading) for number, heading, _why in wrong(outreach_operator, run)] == [
        (3, "Giorno"), (5, "Giorno"), (6, "Tappe"), (7, "Giorno"), (8, "Alle"), (9, "Giorno"),
    ]  # fmt: skip
    street.post(reverse("import_preview", args=[run.pk]))
    assert Outing.objects.count() == 2
