"""The network file: the facts of the project page, read with care and loaded once."""

import re
import shutil
from collections import Counter
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from lgnet.catalogue.models import ServiceType, Site, Team, Zone
from lgnet.catalogue.network_file import FOLDER, NetworkFileError, read_network
from lgnet.catalogue.network_loader import load_network
from lgnet.catalogue.services import change_team, create_team
from lgnet.network.models import Aim, Membership, Partner, PartnerFigure, Project, User

TABLES = (Project, Aim, Partner, PartnerFigure, Zone, Site, Team, ServiceType)
# As the page of the project names them, in its order.
PAGE = [
    "Comune di Aosta", "Comune di Bari", "Comune di Bologna", "ASSB - Azienda Servizi Sociali Bolzano",
    "Comune di Cagliari", "Comune di Campobasso", "Comune di Caserta", "Comune di Catanzaro",
    "Comune di Firenze", "Comune di Genova", "Comune di Latina", "Comune di Milano", "Comune di Napoli",
    "Comune di Palermo", "Comune di Perugia", "Comune di Potenza", "Comune di Roma Capitale",
    "Comune di Sassari", "Comune di Torino", "Comune di Trieste", "Comune di Venezia", "ANCI Liguria", "ANCI",
    "CITTALIA - Fondazione ANCI", "Comune di Taranto",
]  # fmt: skip
ISTAT = {
    "aosta": "007003", "bari": "072006", "bologna": "037006", "bolzano": "021008", "cagliari": "092009",
    "campobasso": "070006", "caserta": "061022", "catanzaro": "079023", "firenze": "048017", "genova": "010025",
    "latina": "059011", "milano": "015146", "napoli": "063049", "palermo": "082053", "perugia": "054039",
    "potenza": "076063", "roma": "058091", "sassari": "090064", "taranto": "073027", "torino": "001272",
    "trieste": "032006", "venezia": "027042",
}  # fmt: skip


def rows():
    return {(row.__class__, row.pk): vars(row) | {"_state": None} for table in TABLES for row in table.objects.all()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the files, to spoil."""
    return Path(shutil.copytree(FOLDER, tmp_path / "data"))


def spoil(folder: Path, old: str, new: str, name: str = "network.toml") -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


# -- the facts -------------------------------------------------------------------------------------------------------


def test_the_project_is_as_the_page_says():
    project = read_network().project
    assert (project.code, project.programme, project.months) == ("LGNet3", "FAMI 2021-2027", 36)
    assert project.specific_objective == "O.S. 2 - Migrazione legale/Integrazione"
    assert (project.prog_code, project.cup) == ("PROG-993", "F81J24000000007")
    assert project.cost == Decimal("38480630.04")
    assert (project.starts_on, project.ends_on) == (date(2024, 1, 17), date(2027, 1, 16))
    assert project.target_persons == 9000
    assert project.lead_name == "Ministero dell'Interno"
    assert project.lead_department == "Dipartimento per le Libertà Civili e l'Immigrazione"
    assert project.goal_it.startswith("Il progetto, in linea con il Programma FAMI 2021-2027")


def test_eight_objectives_and_eight_results_in_both_languages():
    aims = read_network().aims
    for kind in Aim.Kind.values:
        assert [aim.number for aim in aims if aim.kind == kind] == list(range(1, 9))
    assert all(aim.text_it.endswith(".") and aim.text_en.endswith(".") and aim.text_it != aim.text_en for aim in aims)


def test_the_25_partners_of_the_page_by_name_and_kind():
    partners = [partner for partner in read_network().partners if partner.kind != Partner.Kind.LEAD]
    assert [partner.name for partner in partners] == PAGE
    assert Counter(partner.kind for partner in partners) == {
        Partner.Kind.MUNICIPALITY: 21,
        Partner.Kind.AGENCY: 1,
        Partner.Kind.ASSOCIATION: 2,
        Partner.Kind.FOUNDATION: 1,
    }


def test_istat_codes_are_text_of_six_digits():
    found = {partner.slug: partner.istat_code for partner in read_network().partners if partner.istat_code}
    assert found == ISTAT


def test_every_source_is_used_and_every_fact_has_one():
    network = read_network()
    used = set(network.project.sources).union(*(partner.sources for partner in network.partners))
    assert used == set(network.sources)
    assert [key for key, source in network.sources.items() if not source.url] == ["page"]


def test_public_targets_of_genova_and_results_of_latina():
    partners = {partner.slug: partner for partner in read_network().partners}
    genova = {figure.measure: figure.value for figure in partners["genova"].figures if figure.is_target}
    assert genova == {"reached": 400, "psychosocial_intake": 200, "housing_autonomy": 120}
    latina = {(figure.measure, figure.period): figure.value for figure in partners["latina"].figures}
    assert latina["taken_in_charge", "LGNet3, 2025-02"] == 476
    assert latina["taken_in_charge_men", "LGNet3, 2025-02"] + latina["taken_in_charge_women", "LGNet3, 2025-02"] == 476


def test_cities_without_public_detail_say_so():
    noted = {partner.slug for partner in read_network().partners if partner.modules_note == "common_steps"}
    assert noted == {"cagliari", "campobasso", "catanzaro", "firenze", "perugia"}


def test_every_city_has_coarse_zones_near_its_middle():
    network = read_network()
    middles = {partner.slug: partner for partner in network.partners if partner.is_city}
    count = Counter(zone.partner for zone in network.zones)
    assert set(count) == set(middles)
    assert all(4 <= number <= 8 for number in count.values())
    for zone in network.zones:
        middle = middles[zone.partner]
        assert abs(zone.latitude - middle.latitude) < 0.2, zone
        assert abs(zone.longitude - middle.longitude) < 0.25, zone


def test_every_area_of_the_catalogue_has_services():
    services = read_network().service_types
    assert {service.area for service in services} == set(ServiceType.Area.values)


# -- loading ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_loading_twice_changes_nothing():
    first = load_network(demo=True)
    before = rows()
    second = load_network(demo=True)
    assert (first.created, first.changed, first.unchanged) == (len(before), 0, 0)
    assert (second.created, second.changed, second.unchanged) == (0, 0, len(before))
    assert rows() == before


@pytest.mark.django_db
def test_loaded_partner_shows_its_sources_and_figures():
    load_network()
    assert Project.objects.get().cost == Decimal("38480630.04")
    assert Partner.objects.exclude(kind=Partner.Kind.LEAD).count() == 25
    genova = Partner.objects.get(slug="genova")
    assert {"title", "url"} == set(genova.sources[0])
    figure = genova.figures.get(measure="reached")
    assert (figure.value, figure.is_target) == (400, True)
    assert figure.source_url.startswith("https://integrazionemigranti.gov.it/")
    desk = genova.teams.get(kind=Team.Kind.DESK)
    assert (desk.site.name, desk.site.is_published) == ("Centro diurno One Stop Shop", True)
    assert Partner.objects.get(slug="firenze").modules_note.startswith("No public detail")


@pytest.mark.django_db
def test_a_changed_fact_is_loaded_and_the_rest_left_alone(folder):
    load_network()
    zone = Zone.objects.create(partner=Partner.objects.get(slug="genova"), name="Voltri")
    Zone.objects.filter(name="Marassi").update(is_active=False)
    spoil(folder, "value = 400", "value = 450")
    report = load_network(folder=folder)
    assert (report.created, report.changed) == (0, 1)
    assert PartnerFigure.objects.get(partner__slug="genova", measure="reached").value == 450
    assert Zone.objects.filter(pk=zone.pk).exists()
    assert not Zone.objects.get(name="Marassi").is_active


@pytest.mark.django_db
def test_a_team_that_its_city_has_changed_is_neither_undone_nor_doubled(folder):
    load_network(demo=True)
    genova = Partner.objects.get(slug="genova")
    boss = User.objects.create(username="boss", full_name="Boss")
    Membership.objects.create(user=boss, partner=genova, role="coordinator")
    desk, unit, made_up = (genova.teams.get(kind=kind) for kind in ("desk", "mobile_unit", "multidisciplinary"))
    kept = {"site": None, "schedule": "lun-ven 9-19", "crew": "", "is_active": True}
    for team, name in ((desk, "Sportello di via Prè"), (unit, unit.name), (made_up, "La nostra équipe")):
        change_team(by=boss, team=team, name=name, kind=team.kind, **kept)
    own = create_team(by=boss, partner=genova, kind="housing", name="Casa Ponte")
    before = rows()
    report = load_network(demo=True)
    assert (report.created, report.changed) == (0, 0)
    assert rows() == before
    spoil(folder, '"Unità mobile di strada"', '"Casa Ponte"')
    report = load_network(demo=True, folder=folder)
    assert (report.created, report.changed) == (0, 0), "a public name that the city uses is its own team"
    assert Team.objects.get(pk=own.pk).kind == "housing"


@pytest.mark.django_db
def test_a_public_fact_of_a_team_is_corrected_as_long_as_its_city_leaves_it(folder):
    load_network()
    spoil(folder, 'schedule = "pomeriggio"', 'schedule = "mattina"')
    report = load_network(folder=folder)
    assert (report.created, report.changed) == (0, 1)
    assert Team.objects.get(partner__slug="genova", kind="desk").schedule == "mattina"


@pytest.mark.django_db
def test_the_made_up_organisation_is_only_for_the_demo_and_apart_from_facts():
    load_network()
    published = set(Team.objects.values_list("pk", flat=True))
    assert not Team.objects.filter(source_url="").exists()
    assert not Site.objects.filter(is_published=False).exists()
    load_network(demo=True)
    made_up = Team.objects.exclude(pk__in=published)
    assert made_up.exists()
    assert all(team.source_url == "" and "dimostrativ" in team.crew + team.reach for team in made_up)
    for partner in Partner.objects.filter(kind__in=[Partner.Kind.MUNICIPALITY, Partner.Kind.AGENCY]):
        kinds = set(partner.teams.values_list("kind", flat=True))
        assert Team.Kind.MULTIDISCIPLINARY in kinds
        for module, kind in (("outreach", Team.Kind.MOBILE_UNIT), ("desk", Team.Kind.DESK)):
            assert (kind in kinds) == (module in partner.modules), partner.slug


@pytest.mark.django_db
def test_the_command_prints_one_line(settings):
    settings.DEMO = False
    output = StringIO()
    call_command("load_network", stdout=output)
    assert re.fullmatch(r"Network loaded: \d+ created, 0 changed, 0 unchanged\.\n", output.getvalue())


@pytest.mark.django_db
def test_the_command_says_what_is_wrong(monkeypatch):
    def refuse(**_options):
        raise NetworkFileError("network.toml, partner roma: unknown key 'x'")

    monkeypatch.setattr("lgnet.catalogue.management.commands.load_network.load_network", refuse)
    with pytest.raises(CommandError, match="partner roma: unknown key 'x'"):
        call_command("load_network")


# -- bad files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('cup = "F81J24000000007"', 'cap = "x"', "network.toml, project: unknown key 'cap'"),
        ('cup = "F81J24000000007"\n', "", "network.toml, project: missing key 'cup'"),
        ('cost = "38480630.04"', "cost = 38480630.04", "project: cost: 38480630.04 is not what belongs here (Decimal)"),
        ('cost = "38480630.04"', 'cost = "much"', "project: cost: 'much' is not a number"),
        ("months = 36", 'months = "36"', "project: months: '36' is not what belongs here (int)"),
        ('istat_code = "007003"', 'istat_code = "7003"', "partner aosta: a city has an ISTAT code of 6 digits"),
        ('istat_code = "007003"', 'istat_code = "072006"', "ISTAT code '072006' is there 2 times"),
        (
            'istat_code = "007003"',
            "istat_code = 7003",
            "partner aosta: istat_code: 7003 is not what belongs here (str)",
        ),
        ('slug = "aosta"', 'slug = "bari"', "partner 'bari' is there 2 times"),
        ('slug = "cittalia"', 'slug = "cit talia"', "partner cit talia: slug: "),
        ('kind = "municipality"', 'kind = "city"', "partner aosta: unknown kind 'city'"),
        ('kind = "lead"', 'kind = "foundation"', "there must be one partner of the kind 'lead'"),
        ('["page", "aosta-ansa",', '["page", "aosta-asna",', "partner aosta: unknown source 'aosta-asna'"),
        ('["housing", "information"]', '["hosting"]', "partner aosta: unknown module 'hosting'"),
        ('note = "common_steps"', 'note = "nothing"', "partner cagliari: unknown note 'nothing'"),
        ("latitude = 45.737", "latitude = 7.320", "partner aosta: 7.32, 7.32 is not a point in Italy"),
        ('kind = "day_centre"', 'kind = "centre"', "partner genova, site Centro diurno One Stop Shop: kind: "),
        ('site = "Centro diurno', 'site = "Centro', "partner genova: unknown site 'Centro One Stop Shop'"),
        ('source = "genova-centre"', 'source = "bari-anci"', "partner genova: unknown source 'bari-anci'"),
        (
            'measure = "families_housed"',
            'measure = "housed"',
            "figure of bolzano ('housed', '2021 - 2026-01') is there 2",
        ),
        (
            'url = "https://ancicomunicare.it/lgnet3"',
            'url = "nowhere"',
            "source anci-comunicare: 'nowhere' is not an add",
        ),
        ('name = "Comune di Bari"', 'name = "' + "B" * 151 + '"', "network.toml, partner bari: name: "),
        ("[sources]", "sources = 1\n[x]", "network.toml: unknown table 'x'"),
        ("[[partner.figure]]", "[partner.figure]", "partner bari, figure: must be a list of tables"),
        ("[[partner.figure]]", "[[partner.figures]]", "network.toml, partner bari: unknown key 'figures'"),
        ("[project]", "[projects]", "network.toml: missing table 'project'"),
        ("[project]", "[project", "network.toml: "),
    ],
)
def test_a_bad_network_file_is_refused(folder, old, new, message):
    spoil(folder, old, new)
    with pytest.raises(NetworkFileError) as refused:
        read_network(folder)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("zones.toml", "[aosta]", "[ivrea]", "zones.toml: 'ivrea' is not a city of the network"),
        (
            "zones.toml",
            "[45.737, 7.320]",
            "[45.737]",
            "zones.toml, aosta, Centro storico: must be [latitude, longitude]",
        ),
        ("zones.toml", "[45.737, 7.320]", "[7.320, 45.737]", "aosta, Centro storico: 7.32, 45.737 is not a point"),
        ("service_types.toml", "[orientation]", "[guidance]", "service_types.toml, orientation_interview: area: "),
        ("service_types.toml", 'name_en = "Shower", ', "", "service_types.toml, shower: missing key 'name_en'"),
        (
            "service_types.toml",
            "[first_help]",
            "first_help = 1\n[x]",
            "service_types.toml, first_help: must be a table",
        ),
        (
            "service_types.toml",
            "shower = {",
            'shower = { code = "x",',
            "service_types.toml, shower: unknown key 'code'",
        ),
        ("demo_organisation.toml", '"outreach"', '"outraech"', "unknown module 'outraech'"),
        ("demo_organisation.toml", 'kind = "desk"', 'kind = "disk"', "team Sportello unico di {city}: kind: "),
    ],
)
def test_the_other_files_are_checked_too(folder, name, old, new, message):
    spoil(folder, old, new, name)
    with pytest.raises(NetworkFileError) as refused:
        read_network(folder)
    assert message in str(refused.value)


def test_a_missing_file_is_named(folder):
    (folder / "zones.toml").unlink()
    with pytest.raises(NetworkFileError, match=r"^zones\.toml: "):
        read_network(folder)


@pytest.mark.django_db
def test_a_bad_file_writes_nothing(folder):
    spoil(folder, "[first_help]", "[other_help]", "service_types.toml")
    with pytest.raises(NetworkFileError):
        load_network(folder=folder)
    assert not any(table.objects.exists() for table in TABLES)
