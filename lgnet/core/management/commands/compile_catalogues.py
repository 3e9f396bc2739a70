"""`lgnet compile_catalogues`: translations made ready for use, without GNU gettext."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation.reloader import translation_file_changed


class Command(BaseCommand):
    help = "Compile the translations (.po) that are newer than their compiled form (.mo)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="compile the fresh ones as well")

    def handle(self, *, force: bool, verbosity: int, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for catalogue in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                if force or is_stale(catalogue):
                    compile_catalogue(catalogue)
                    if verbosity > 0:
                        self.stdout.write(f"Compiled {catalogue.parent.parent.name}/{catalogue.name}")
                    # what this process has read without it, it reads again: the demo is loaded in the same process
                    translation_file_changed(None, catalogue.with_suffix(".mo"))


def is_stale(catalogue: Path) -> bool:
    """Say whether the .po file has no compiled form, or one that is older."""
    compiled = catalogue.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns <= catalogue.stat().st_mtime_ns


def compile_catalogue(catalogue: Path) -> None:
    """Write the .mo file of a .po file, whole or not at all. CommandError names a file that is not well-formed."""
    try:
        with catalogue.open("rb") as source:
            messages = read_po(source, locale=catalogue.parent.parent.name, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        raise CommandError(f"{catalogue}: {error}") from error
    unfinished = catalogue.with_suffix(".mo.new")
    with unfinished.open("wb") as target:
        write_mo(target, messages)
    unfinished.replace(catalogue.with_suffix(".mo"))
