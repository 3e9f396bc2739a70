from importlib import import_module

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "lgnet.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        """Register what this app tells of tonight and to anybody: it reads models, so they have to be there."""
        import_module("lgnet.catalogue.tonight")
        import_module("lgnet.catalogue.public_sites")
