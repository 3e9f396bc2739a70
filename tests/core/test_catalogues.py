"""Catalogues compiled late in a process are read by that process: a first start loads the demo after it compiles."""

from pathlib import Path

from django.core.management import call_command
from django.utils import translation
from django.utils.translation.reloader import translation_file_changed

PO = """msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "A text only of this test"
msgstr "Un testo solo di questa prova"
"""


def test_what_was_read_before_compiling_is_read_again(settings, tmp_path):
    catalogue = tmp_path / "it" / "LC_MESSAGES" / "django.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(PO, "utf-8")
    settings.LOCALE_PATHS = [tmp_path]
    try:
        with translation.override("it"):
            assert translation.gettext("A text only of this test") == "A text only of this test"
        call_command("compile_catalogues", verbosity=0)
        with translation.override("it"):
            assert translation.gettext("A text only of this test") == "Un testo solo di questa prova"
    finally:
        translation_file_changed(None, Path("django.mo"))
