from importlib import import_module

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "lgnet.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        """Register what this app tells of tonight, tells anybody and imports: it needs the models."""
        for name in ("tonight", "public_sites", "directory_public", "zone_imports", "directory_imports"):
            import_module(f"lgnet.catalogue.{name}")
