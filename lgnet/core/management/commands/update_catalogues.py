from typing import Any

from django.core.management.base import BaseCommand

from lgnet.core.catalogues import LANGUAGES, PACKAGE, update_catalogue


class Command(BaseCommand):
    help = "Bring the catalogues up to the texts in code and templates; print what still needs a translation."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for part, languages in LANGUAGES.items():
            for language in languages:
                missing = update_catalogue(language, part)
                for text in missing:
                    self.stdout.write(f"  {text}")
                self.stdout.write(
                    f"{part.relative_to(PACKAGE.parent)}, {language}: {len(missing)} without a translation."
                )
