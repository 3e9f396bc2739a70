"""From a file to records and back, through the pages: for who does the work, not for colleagues' files, never elsewhere."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Zone
from lgnet.core.errors import DomainError
from lgnet.imports.kinds import every_kind, kind_of, register
from lgnet.imports.models import ImportedRecord, ImportFile, ImportRun
from lgnet.imports.services import carry_out, drop_old_files, start_import, undo_import
from lgnet.network.roles import Role
from lgnet.outreach.models import Stop
from lgnet.outreach.stops import change_stop, create_stop
from tests.imports.conftest import sheet_of, workbook
from tests.queries import count_queries


def at(name, run):
    return reverse(name, args=[run.pk])


def upload(client, content, kind="stops", name="fermate.xlsx"):
    return client.post(reverse("import_new", args=[kind]), {"file": SimpleUploadedFile(name, content)})


def stops_of(zone, *names):
    return workbook(["Fermate dell'unità"], [], ["Nome fermata", "Quartiere", "Note", "Foto"],
                    *([name, zone.name, "Tram 3", "x"] for name in names))  # fmt: skip


def test_the_whole_way_with_wrong_rows_that_come_back_mended(street, zone, outreach_operator):
    content = workbook(
        ["Fermata", "Zona", "Pubblicata"], ["Piazza Uno", zone.name, "sì"], ["Piazza Due", "Luna", "forse"],
        [None, zone.name, "no"], ["PIAZZA UNO", zone.name, ""], ["Piazza Tre", zone.name.upper(), "x"],
    )  # fmt: skip
    run = ImportRun.objects.get(pk=upload(street, content).url.split("/")[2])
    page = street.get(at("import_columns", run))
    assert [bound.value() for bound in page.context["form"].columns()] == ["name", "zone", "is_published"]
    answer = street.post(
        at("import_columns", run), {"column_0": "name", "column_1": "zone", "column_2": "is_published"}
    )
    assert answer.url == at("import_preview", run)
    preview = street.get(answer.url)
    told = [(number, problem.heading, problem.value) for number, problem in preview.context["problems"]]
    assert told == [(3, "Zona", "Luna"), (3, "Pubblicata", "forse"), (4, "Fermata", ""), (5, "Fermata", "PIAZZA UNO")]
    assert (preview.context["good"], preview.context["shown"][0][1]) == (2, ["Piazza Uno", zone.name, "yes"])
    assert not Stop.objects.exists()
    done = street.post(at("import_preview", run), follow=True)
    assert "2 rows are imported." in done.content.decode()
    assert dict(Stop.objects.values_list("name", "is_published")) == {"Piazza Uno": True, "Piazza Tre": True}
    run.refresh_from_db()
    assert (run.made, run.wrong, run.existing, run.total, run.mapping[0]) == (2, 3, 0, 5, "name")
    assert {row.actor_id for row in AuditEntry.objects.filter(object_type="outreach.stop")} == {outreach_operator.pk}

    mend = street.get(at("import_to_mend", run))
    rows = sheet_of(mend)
    assert rows[0] == ("Why", "Fermata", "Zona", "Pubblicata")
    assert rows[1][1:] == ("Piazza Due", "Luna", "forse")
    assert "not known" in rows[1][0]
    assert AuditEntry.objects.filter(action="export", object_id=run.pk).exists()
    mended = workbook(rows[0], [rows[1][0], "Piazza Due", zone.name, "no"], [None, "Piazza Uno", zone.name, None])
    second = ImportRun.objects.get(pk=upload(street, mended).url.split("/")[2])
    form = street.get(at("import_columns", second)).context["form"]
    assert [bound.value() for bound in form.columns()] == ["", "name", "zone", "is_published"]
    street.post(at("import_columns", second), {"column_1": "name", "column_2": "zone", "column_3": "is_published"})
    there = street.get(at("import_preview", second)).context
    assert (there["good"], there["existing"], there["there"]) == (1, 1, [(3, "Piazza Uno")])
    street.post(at("import_preview", second))
    assert Stop.objects.count() == 3
    assert not ImportFile.objects.filter(run=second).exists()  # nothing was wrong: nothing is kept


def test_headings_are_found_below_a_title_and_what_was_chosen_is_remembered(street, zone, loaded, outreach_operator):
    run = ImportRun.objects.get(pk=upload(street, stops_of(zone, "Uno")).url.split("/")[2])
    form = street.get(at("import_columns", run)).context["form"]
    assert [bound.label for bound in form.columns()] == ["Nome fermata", "Quartiere", "Note", "Foto"]
    assert [bound.value() for bound in form.columns()] == ["name", "zone", "directions", ""]
    assert form.columns()[0].help_text == "Uno"
    street.post(
        at("import_columns", run), {"column_0": "name", "column_1": "zone", "column_2": "", "column_3": "directions"}
    )
    later = ImportRun.objects.get(pk=upload(street, stops_of(zone, "Due")).url.split("/")[2])
    form = street.get(at("import_columns", later)).context["form"]
    assert [bound.value() for bound in form.columns()] == ["name", "zone", "", "directions"]


def test_columns_that_make_no_sense_are_told_and_nothing_is_lost(street, zone):
    run = ImportRun.objects.get(pk=upload(street, stops_of(zone, "Uno")).url.split("/")[2])
    twice = street.post(at("import_columns", run), {"column_0": "name", "column_1": "zone", "column_2": "name"})
    assert twice.status_code == 422
    assert twice.context["form"].errors["column_2"] == ["“Name” is chosen for two columns."]
    missing = street.post(at("import_columns", run), {"column_0": "name", "column_3": "directions"})
    assert "Say which column is: Zone." in missing.content.decode()
    assert missing.context["form"]["column_3"].value() == "directions"
    assert street.get(at("import_preview", run)).url == at("import_columns", run)
    assert street.post(at("import_columns", run), {"column_0": "nonsense"}).status_code == 422


def test_another_sheet_can_be_chosen(street, zone):
    content = workbook(["Istruzioni"], ["leggere bene"], more=[("Elenco", [["Nome", "Zona"], ["Uno", zone.name]])])
    run = ImportRun.objects.get(pk=upload(street, content).url.split("/")[2])
    page = street.get(at("import_columns", run))
    assert page.context["sheet"].name == "Elenco"  # it has the headings
    assert [one.name for one in page.context["sheets"]] == ["Sheet", "Elenco"]
    assert street.get(at("import_columns", run), {"sheet": "Sheet"}).context["sheet"].name == "Sheet"
    street.post(at("import_columns", run), {"sheet": "Elenco", "column_0": "name", "column_1": "zone"})
    street.post(at("import_preview", run))
    assert Stop.objects.get().name == "Uno"


def test_files_that_cannot_be_read_are_told_at_the_field(street):
    for content, name, words in (
        (b"%PDF-1.7", "elenco.xlsx", "neither"), (b"", "x.xlsx", "empty"), (b"PK\x03\x04", "x.csv", "damaged"),
        (b"Nome;Zona\n", "x.csv", "no rows"), (b"x" * (5 * 1024 * 1024 + 1), "x.csv", "larger"),
    ):  # fmt: skip
        answer = upload(street, content, name=name)
        assert answer.status_code == 422
        assert words in str(answer.context["form"].errors["file"]), name
    assert "Choose the file." in street.post(reverse("import_new", args=["stops"])).content.decode()
    assert not ImportRun.objects.exists()


def test_undo_takes_away_what_nobody_has_built_on(street, zone, loaded, outreach_operator, coordinator):
    run = carry_out(by=outreach_operator, run=loaded(outreach_operator, "stops", stops_of(zone, "Uno", "Due", "Tre")))
    mine = create_stop(by=outreach_operator, zone=zone, name="Mia")
    two = Stop.objects.get(name="Due")
    change_stop(
        by=coordinator,
        stop=two,
        zone=zone,
        name="Due bis",
        directions="",
        is_published=False,
        is_active=True,
        position=None,
    )
    answer = street.post(at("import_undo", run), follow=True)
    text = answer.content.decode()
    assert "2 records are taken away." in text
    assert f"{coordinator.full_name} changed it since." in text
    assert set(Stop.objects.all()) == {mine, two}
    run.refresh_from_db()
    assert (run.undone, run.state.value, run.undone_by) == (2, "partly", outreach_operator)
    assert AuditEntry.objects.filter(object_type="outreach.stop", action="delete").count() == 2
    assert set(ImportedRecord.objects.filter(undone_at=None).values_list("record_id", flat=True)) == {two.pk}


def test_an_import_is_carried_out_and_undone_once(street, zone, loaded, outreach_operator):
    run = loaded(outreach_operator, "stops", stops_of(zone, "Uno"))
    for _press in range(2):
        assert street.post(at("import_preview", run)).url == at("import_detail", run)
    assert Stop.objects.count() == 1
    for _press in range(2):
        assert street.post(at("import_undo", run)).status_code == 302
    assert AuditEntry.objects.filter(object_type="outreach.stop", action="delete").count() == 1
    with pytest.raises(DomainError, match="decided"):
        carry_out(by=outreach_operator, run=run)
    with pytest.raises(DomainError, match="nothing to undo"):
        undo_import(by=outreach_operator, run=run)


def test_the_same_file_again_is_told(street, zone, loaded, outreach_operator):
    content = stops_of(zone, "Uno")
    carry_out(by=outreach_operator, run=loaded(outreach_operator, "stops", content))
    again = ImportRun.objects.get(pk=upload(street, content).url.split("/")[2])
    assert "This very file was imported already" in street.get(at("import_columns", again)).content.decode()
    street.post(at("import_columns", again), {"column_0": "name", "column_1": "zone"})
    page = street.get(at("import_preview", again))
    assert (page.context["good"], page.context["existing"]) == (0, 1)
    assert street.post(at("import_preview", again), follow=True).status_code == 200
    assert Stop.objects.count() == 1


def test_the_same_file_is_told_as_long_as_some_of_it_stands(street, zone, loaded, outreach_operator, coordinator):
    content = stops_of(zone, "Uno", "Due")
    run = carry_out(by=outreach_operator, run=loaded(outreach_operator, "stops", content))
    change = {"zone": zone, "directions": "", "is_published": False, "is_active": True, "position": None}
    change_stop(by=coordinator, stop=Stop.objects.get(name="Due"), name="Due bis", **change)
    undo_import(by=outreach_operator, run=run)
    again = ImportRun.objects.get(pk=upload(street, content).url.split("/")[2])
    assert "This very file was imported already" in street.get(at("import_columns", again)).content.decode()


def test_a_register_without_headings_gives_nobodys_row_for_them(street, zone, outreach_operator):
    people = [["Ada Prova", zone.name], ["Bruno Prova", zone.name]]
    answer = upload(street, workbook(*people))
    assert answer.status_code == 422
    assert "No headings are known" in str(answer.context["form"].errors["file"])
    content = workbook(*people, more=[("Altro", [["Nome", "Zona", "Riservata a Carla"], ["Uno", "Luna", None]])])
    run = ImportRun.objects.get(pk=upload(street, content).url.split("/")[2])
    refused = street.post(at("import_columns", run), {"sheet": "Sheet", "column_0": "name", "column_1": "zone"})
    assert "No headings are known" in refused.content.decode()
    street.post(at("import_columns", run), {"sheet": "Altro", "column_0": "name", "column_1": "zone"})
    assert sheet_of(street.get(at("import_to_mend", run)))[0][1:] == ("Nome", "Zona", "Riservata a Carla")
    assert "Carla" not in str(ImportRun.objects.filter(pk=run.pk).values())


def test_rows_are_sealed_and_kept_no_longer_than_needed(street, zone, loaded, outreach_operator):
    run = loaded(outreach_operator, "stops", stops_of(zone, "Segretissima"))
    assert b"Segretissima" not in bytes(run.file.sealed)
    assert street.post(at("import_leave", run)).url == reverse("import_list")
    assert not ImportFile.objects.exists()
    run.refresh_from_db()
    assert run.state.value == "left"
    old = loaded(outreach_operator, "stops", stops_of(zone, "Uno"))
    ImportFile.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert street.get(at("import_preview", old)).url == at("import_detail", old)
    assert street.post(at("import_preview", old), follow=True).redirect_chain[-1][0] == at("import_detail", old)
    assert drop_old_files() == 1


def test_a_template_explains_itself_and_can_be_loaded_back(street, zone, outreach_operator):
    for kind in every_kind():
        if kind.key in {"zones", "services", "cases"}:  # those of others
            continue
        answer = street.get(reverse("import_template", args=[kind.key]))
        headings, *rows = sheet_of(answer)
        assert list(headings) == [str(field.label) for field in kind.fields]
        assert rows == []
        told = sheet_of(answer, "How to fill it")
        assert len(told) == len(kind.fields) + 1
    assert zone.name in {
        row[3] for row in sheet_of(street.get(reverse("import_template", args=["stops"])), "How to fill it")
    }
    run = start_import(
        by=outreach_operator, kind=kind_of("stops"), partner=zone.partner, file_name="x.xlsx",
        content=workbook(["Name", "Zone", "How to get there", "Published"], ["Uno", zone.name, None, None]),
    )  # fmt: skip
    form = street.get(at("import_columns", run)).context["form"]
    assert [bound.value() for bound in form.columns()] == ["name", "zone", "directions", "is_published"]


def test_who_sees_what(street, office, elsewhere, sign_in, make_user, partner, loaded, outreach_operator, zone):
    run = loaded(outreach_operator, "stops", stops_of(zone, "Uno"))
    colleague = sign_in(make_user(Role.OUTREACH_OPERATOR, partner))
    for client in (colleague, office):  # a colleague knows of it, and does not read the rows
        assert client.get(at("import_detail", run)).status_code == 200
        for name in ("import_columns", "import_preview", "import_to_mend"):
            assert client.get(at(name, run)).status_code == 403
        assert client.post(at("import_preview", run)).status_code == 403
        assert client.post(at("import_leave", run)).status_code == 403
    for name in ("import_detail", "import_columns", "import_preview", "import_to_mend", "import_undo"):
        assert elsewhere.get(at(name, run)).status_code == 404
    assert elsewhere.get(reverse("import_list")).context["table"].count == 0
    assert street.post(at("import_preview", run)).status_code == 302
    colleague.post(at("import_undo", run))  # who keeps the stops of the city takes them away too
    assert not Stop.objects.exists()
    workers = sign_in(make_user(Role.CASE_WORKER, partner))  # they import cases, and know of no other imports
    assert workers.get(reverse("import_list")).context["table"].count == 0
    team = sign_in(make_user(Role.HOUSING_MANAGER, partner))
    assert {
        team.get(reverse("import_list")).status_code,
        team.get(reverse("import_new", args=["stops"])).status_code,
    } == {403}
    assert street.get(reverse("import_new", args=["zones"])).status_code == 403  # zones are the coordinator's
    assert street.get(reverse("import_new", args=["nothing"])).status_code == 404


def test_zones(office, coordinator, partner, loaded):
    content = (
        "Quartiere;Latitudine;Longitudine\nProva alta;44,41234567;8,93\nProva bassa;8,93;44,41\nSola;44,4;\nTerza;;\n"
    )
    run = loaded(coordinator, "zones", content.encode("cp1252"), "zone.csv")
    problems = office.get(at("import_preview", run)).context["problems"]
    assert [(number, problem.heading) for number, problem in problems] == [
        (3, "Latitudine"), (3, "Longitudine"), (4, "Latitudine"),
    ]  # fmt: skip
    office.post(at("import_preview", run))
    high = Zone.objects.get(name="Prova alta")
    assert (high.partner, high.latitude, high.longitude) == (partner, 44.412, 8.93)  # coarse on purpose
    create_stop(by=coordinator, zone=high, name="Qui")
    answer = office.post(at("import_undo", run), follow=True)
    assert "Stops or contacts are in this zone." in answer.content.decode()
    assert set(Zone.objects.filter(partner=partner).values_list("name", flat=True)) == {
        high.name,
        "Stazione Provaltina",
    }


def test_the_list_is_found_from_the_pages_of_the_work(street, office):
    for client, name, kinds in (
        (street, "stop_list", ["stops"]), (office, "stop_list", ["stops", "zones"]), (street, "contact_list", ["contacts"]),
        (street, "outing_list", ["outings"]),
    ):  # fmt: skip
        text = client.get(reverse(name)).content.decode()
        for kind in kinds:
            assert reverse("import_new", args=[kind]) in text
    assert reverse("import_new", args=["contacts"]) not in office.get(reverse("contact_list")).content.decode()


def test_a_key_is_taken_once():
    with pytest.raises(ValueError, match="there already"):
        register(type(kind_of("stops"))(**{**vars(kind_of("stops")), "order": 1}))


def test_how_many_queries_the_pages_cost(street, zone, loaded, outreach_operator):
    few = loaded(outreach_operator, "stops", stops_of(zone, "Uno"))
    many = loaded(outreach_operator, "stops", stops_of(zone, *(f"Fermata {number}" for number in range(200))))
    for name in ("import_columns", "import_preview", "import_detail"):
        assert count_queries(street, at(name, few)) == count_queries(street, at(name, many)) <= 16


def test_odd_texts_in_a_file_are_harmless(street, zone, outreach_operator):
    odd = ["<script>alert(1)</script>", "=1+1", "😀\u202e", "a\x00b", "'; DROP TABLE", "x" * 40_000]
    lines = ["Nome;Zona"] + [f'"{name}";{zone.name}' for name in odd]
    run = ImportRun.objects.get(pk=upload(street, "\n".join(lines).replace("\x00", "").encode()).url.split("/")[2])
    street.post(at("import_columns", run), {"column_0": "name", "column_1": "zone"})
    page = street.get(at("import_preview", run)).content.decode()
    assert "<script>alert(1)</script>" not in page
    street.post(at("import_preview", run))
    assert Stop.objects.filter(name="=1+1").exists()
    text = street.get(reverse("stop_list"), {"format": "csv"}).content.decode("utf-8-sig")
    assert "'=1+1" in text
    assert io.StringIO(text).readline()
