"""Rows of a spreadsheet of people in charge, and what is wrong with those of a run."""

from lgnet.imports.selectors import examined
from lgnet.people.models import FileMember

HEAD = ["Codice", "Nominativo", "Data di nascita", "Presa in carico", "Provenienza", "Équipe", "Operatore", "Stato",
        "Chiusura", "Esito", "Destinazione", "Note"]  # fmt: skip


def row(who="", name=None, born=None, opened="5/3/2025", basis="sportello", **more):
    """A row under HEAD."""
    cells = {
        "team": None,
        "manager": None,
        "status": None,
        "closed": None,
        "outcome": None,
        "where": None,
        "note": None,
    }
    return [who, name, born, opened, basis, *(cells | more).values()]


def wrong(user, run):
    """What is wrong: row, heading and reason."""
    _grid, rows, _known = examined(user, run)
    return [(line.number, problem.heading, problem.reason) for line in rows.wrong for problem in line.problems]


def headings(user, run):
    return [(number, heading) for number, heading, _why in wrong(user, run)]


def files_of(person):
    return set(FileMember.objects.filter(person=person).values_list("user", "team", "basis", "ends_at"))
