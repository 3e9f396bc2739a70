"""The texts of the platform: found in code and templates, kept in gettext catalogues. Needs no GNU gettext.

There are two sets of catalogues, each beside its sources: of the pages for staff, and of the public site, which speaks
more languages. A part is named by its folder.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from django.utils.translation import template

PACKAGE = Path(__file__).resolve().parent.parent
STAFF, PUBLIC = PACKAGE, PACKAGE / "public"
# The languages that each part is translated into; its sources are English.
LANGUAGES: dict[Path, tuple[str, ...]] = {STAFF: ("it",), PUBLIC: ("it", "fr", "es", "ar", "uk", "bn", "ur")}
HEADER = "# Texts of LGNet; `lgnet update_catalogues` adds new ones. Licence: EUPL-1.2."
# function name -> (position of the context, of the text, of the plural)
CALLS: dict[str, tuple[int | None, int, int | None]] = {
    "gettext": (None, 0, None), "gettext_lazy": (None, 0, None), "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1), "ngettext_lazy": (None, 0, 1), "pgettext": (0, 1, None), "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
}  # fmt: skip


@dataclass(frozen=True)
class Message:
    """A text to translate: `context` and `plural` may be empty; `where` is a file of the package."""

    text: str
    plural: str
    context: str
    where: str


def messages(part: Path = STAFF) -> list[Message]:
    """Every text of a part of the platform, in the order of its files."""
    found: list[Message] = []
    for path in sorted(part.rglob("*.py")):
        if "migrations" not in path.parts and _is_of(path, part):
            where = path.relative_to(PACKAGE).as_posix()
            found += _in_code(path.read_text(encoding="utf-8"), where)
    for path in sorted(part.rglob("templates/**/*")):
        if path.suffix in {".html", ".txt"} and _is_of(path, part):
            where = path.relative_to(PACKAGE).as_posix()
            found += _in_template(path.read_text(encoding="utf-8"), where)
    return found


def _is_of(path: Path, part: Path) -> bool:
    """Whether a file below a part is its own, and not of the part within it."""
    return part == PUBLIC or not path.is_relative_to(PUBLIC)


def catalogue_path(language: str, part: Path = STAFF) -> Path:
    """Where the catalogue of a language is kept."""
    return part / "locale" / language / "LC_MESSAGES" / "django.po"


def read_catalogue(language: str, part: Path = STAFF) -> Catalog:
    """Read a catalogue; an empty one if there is none yet."""
    path = catalogue_path(language, part)
    if not path.exists():
        return Catalog(locale=language, project="LGNet", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update_catalogue(language: str, part: Path = STAFF) -> list[str]:
    """Add new texts, drop those no longer used, keep translations; return the texts still without one."""
    old = read_catalogue(language, part)
    new = Catalog(locale=language, project="LGNet", version="0", header_comment=HEADER, charset="utf-8", fuzzy=False)
    for message in messages(part):
        key = (message.text, message.plural) if message.plural else message.text
        known = old.get(message.text, context=message.context or None)
        translated: Any = known.string if known and not known.fuzzy else ""
        if message.plural and not isinstance(translated, tuple):
            translated = (translated, "")
        where: Any = [(message.where, None)]  # babel's type asks for a line, its writer does without
        new.add(key, translated, locations=where, context=message.context or None)
    path = catalogue_path(language, part)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, new, width=118, sort_output=True, include_lineno=False, omit_header=False)
    return untranslated(new)


def untranslated(catalogue: Catalog) -> list[str]:
    """Texts of a catalogue that have no translation, or a fuzzy one, in all their plural forms."""
    missing = []
    for message in catalogue:
        if not message.id:
            continue
        strings = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        if message.fuzzy or not all(strings):
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return missing


def _in_code(source: str, where: str) -> Iterator[Message]:
    tree = ast.parse(source)
    calls = _imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := _name(node.func)) in calls:
            context, text, plural = (
                "" if position is None else _constant(node.args, position) for position in calls[name]
            )
            if text:
                yield Message(text, plural or "", context or "", where)
        elif isinstance(node, ast.FunctionDef) and any(
            isinstance(decorator, ast.Call) and _name(decorator.func) == "indicator"
            for decorator in node.decorator_list
        ):  # the docstring of an indicator is its definition, printed on the methodology page
            yield Message(inspect.cleandoc(ast.get_docstring(node) or ""), "", "", where)


def _imported(tree: ast.Module) -> dict[str, tuple[int | None, int, int | None]]:
    """The gettext functions that a module imports, by the name it uses for each."""
    return {
        alias.asname or alias.name: CALLS[alias.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in CALLS
    }


def _name(function: ast.expr) -> str:
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )


def _constant(arguments: list[ast.expr], position: int) -> str:
    if len(arguments) > position:
        argument = arguments[position]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            return argument.value
    return ""


# What Django's templatize leaves of a template: calls of gettext functions among filler.
_TEMPLATE_CALL = re.compile(
    r"\b(_|gettext|ngettext|pgettext|npgettext)\(\s*((?:u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\"|[\s,])+)"
)


def _in_template(source: str, where: str) -> Iterator[Message]:
    for name, arguments in _TEMPLATE_CALL.findall(template.templatize(source)):
        values = ast.literal_eval(f"({arguments.strip().rstrip(',')},)")
        places = CALLS["gettext" if name == "_" else name]
        context, text, plural = ("" if position is None else values[position] for position in places)
        yield Message(text, plural, context, where)
