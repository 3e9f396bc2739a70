"""Services from the spreadsheet of a city: read as people write, row by row, and undone again."""

import pytest
from django.urls import reverse

from lgnet.catalogue.models import Offer, ServiceType
from lgnet.imports.selectors import examined
from lgnet.imports.services import carry_out, undo_import

HEAD = "Servizio;Tipologia;Ente;Indirizzo;Orari;Lingue parlate;Destinatari;Accesso;Telefono;Sito web;Costo;Pubblicato"
ROWS = (
    "Scuola di italiano;italiano;Ente;Via Prova 1;lun-ven 9-13, gio anche 15-17;it, arabo, fr;tutti;libero;0105571234;x.it;;sì",
    "Mensa;pasti;;Via Esempio 2;tutti i giorni 12-14;;senza dimora, famiglie;su segnalazione;;;2 euro;no",
    "Orario strano;docce;;;feriali 9-13;;;;;;;",
    "Lingua strana;docce;;;;klingoniano;;;;;;",
    "Numero strano;docce;;;;;;;12;;;",
    "Tipo strano;astronave;;;;;;;;;;",
    "Scuola di italiano;italiano;Ente;;;;;;;;;",
)


@pytest.fixture
def load(loaded):
    """Return `load(user, rows)`: a file of services whose columns are told, as they are guessed."""
    return lambda user, rows=ROWS: loaded(user, "services", "\n".join([HEAD, *rows]).encode(), "servizi.csv")


def types():
    for code, area in (("food", "first_help"), ("shower", "practical")):
        ServiceType.objects.create(code=code, area=area, name_it=code, name_en=code)


def test_rows_are_read_as_people_write_them(load, partner, coordinator, service_type):
    types()
    run = load(coordinator)
    _grid, rows, _known = examined(coordinator, run)
    wrong = {line.number: line.problems[0].reason for line in rows.wrong}
    reasons = {4: "Saturday", 5: "not known", 6: "telephone", 7: "not known", 8: "twice"}
    assert {number: part for number, part in reasons.items() if part in wrong[number]} == reasons
    run = carry_out(by=coordinator, run=run)
    assert run.made == 2
    course, canteen = Offer.objects.get(name="Scuola di italiano"), Offer.objects.get(name="Mensa")
    assert course.codes("language") == ["it", "ar", "fr"]
    assert (course.phone, course.web, course.is_free) == ("+39 010 557 1234", "https://x.it", True)
    assert course.places.get().hours.count() == 6
    assert course.is_published
    assert canteen.codes("audience") == ["homeless", "families"]
    assert (canteen.cost, canteen.codes("access")) == ("2 euro", ["referral"])
    again = load(coordinator, ROWS[:2])
    assert len(examined(coordinator, again)[1].existing) == 2
    undone = undo_import(by=coordinator, run=run)
    assert undone.taken == 2
    assert not Offer.objects.exists()


def test_only_who_keeps_the_directory_imports(sign_in, desk_operator, outreach_operator, partner):
    assert sign_in(desk_operator).get(reverse("import_new", args=["services"])).status_code == 200
    assert sign_in(outreach_operator).get(reverse("import_new", args=["services"])).status_code == 403
