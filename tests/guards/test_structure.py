"""Conventions that keep the house in order."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

PACKAGE = Path(__file__).resolve().parents[2] / "lgnet"
SOURCES = [path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts]
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))
# Apps of the layer list that hold no models (DESIGN 2).
WITHOUT_MODELS = {"workspace", "public"}
# Templates whose name is put together elsewhere, or that a library looks up by name.
LOOKED_UP = {
    "404.html": "Django's handler",
    "403.html": "Django's handler",
    "400.html": "Django's handler",
    "500.html": "Django's handler",
}
LOOKED_UP_FOLDERS = ("account/", "mfa/", "allauth/", "django/forms/")


def relative(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_files_and_functions_stay_short(path):
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 400, "a file near 400 lines wants to become two"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            limit = (
                25
                if path.name.endswith("views.py") and node.args.args[:1] and node.args.args[0].arg == "request"
                else 40
            )
            assert length <= limit, f"{node.name} has {length} lines"


def test_models_live_only_in_their_layers():
    for model in apps.get_models():
        if model.__module__.startswith("lgnet."):
            app = model.__module__.split(".")[1]
            assert app not in WITHOUT_MODELS, f"{model.__name__} is in an app without models"
            file = model.__module__.split(".")[2]
            assert file == "models" or file.endswith("_models"), f"{model.__name__} is defined in {file}.py"


def test_services_never_see_a_request():
    for path in SOURCES:
        if path.name == "services.py" and path.parent.name != "core":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                assert not (isinstance(node, ast.arg) and node.arg == "request"), relative(path)


def test_no_signals_in_models_and_services():
    for path in SOURCES:
        if path.name in {"models.py", "services.py", "selectors.py"}:
            assert "signals" not in path.read_text(encoding="utf-8"), relative(path)


def template_name(path: Path) -> str:
    return path.as_posix().split("/templates/")[1]


def test_every_template_is_used():
    everything = "\n".join(path.read_text(encoding="utf-8") for path in [*SOURCES, *TEMPLATES])
    unused = [
        template_name(path)
        for path in TEMPLATES
        if template_name(path) not in LOOKED_UP
        and not template_name(path).startswith(LOOKED_UP_FOLDERS)
        and f'"{template_name(path)}"' not in everything
        and f"'{template_name(path)}'" not in everything
    ]
    assert unused == []


@pytest.mark.parametrize("path", TEMPLATES, ids=template_name)
def test_templates_are_short_and_have_nothing_inline(path):
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 150
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", source), "inline script"
    assert not re.search(r"<style|\sstyle=", source), "inline style"
    assert not re.search(r"\son[a-z]+=\"", source), "inline handler"
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", source), "third-party address"
