"""The command line of the bench: which parts, on which engine, how large, and whether the figures are kept."""

import argparse
import importlib
import sys
import time
from types import ModuleType

from bench.engines import ENGINES, has_server, say
from bench.report import Table, show, write

# In the order in which they run; each is a module that can also be run alone.
PARTS = {
    "pages": "pages, figures and search on a large database",
    "devices": "many devices that set up and synchronise for the first time, at once",
    "sync": "a queue of 500 operations, and calls that ask for too much",
    "schedules": "randomised schedules of the synchronisation",
    "street-app": "the street app in a slowed-down browser, offline and on slow 3G",
}
WITHOUT_ENGINE = {"street-app"}  # serves itself, as a newcomer does


def main(arguments: list[str] | None = None) -> int:
    """Measure the parts asked for, print a table for each, and write them down if asked; 1 when a bar was missed."""
    modules = {name: _module(name) for name in PARTS}
    asked = _parser(modules).parse_args(arguments)
    begin, tables = time.monotonic(), []
    for name in [name for name in PARTS if name in asked.only]:
        for engine in ENGINES if name not in WITHOUT_ENGINE else ("",):
            if engine and asked.engine not in (None, engine):
                continue
            if engine == "postgres" and not has_server():
                say("PostgreSQL: no server given in DATABASE_URL, left out.")
                continue
            tables += _measured(name, modules[name], engine, asked)
    print(f"\n{time.monotonic() - begin:,.0f} s in all")
    missed = [table.title for table in tables if table.missed]
    if missed:
        print("Missed a bar: " + "; ".join(missed))
    return int(bool(missed))


def alone(part: str) -> int:
    """One part, with the other arguments of the command line."""
    return main(["--only", part, *sys.argv[1:]])


def _measured(name: str, module: ModuleType, engine: str, asked: argparse.Namespace) -> list[Table]:
    say(f"\n{name} {engine}: {PARTS[name]}")
    tables: list[Table] = module.measure(engine, asked)
    for table in tables:
        show(table)
    if asked.write:
        write(tables)
    return tables


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"bench.{name.replace('-', '_')}")


def _parser(modules: dict[str, ModuleType]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='make bench ARGS="..."', description=__doc__)
    parser.add_argument("--only", type=_parts, default=list(PARTS), help=f"comma-separated, of: {', '.join(PARTS)}")
    parser.add_argument("--engine", choices=ENGINES, help="only on this one")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/measurements.md")
    for module in modules.values():
        module.options(parser)
    return parser


def _parts(text: str) -> list[str]:
    names = text.split(",")
    if unknown := sorted(set(names) - set(PARTS)):
        raise argparse.ArgumentTypeError(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return names
