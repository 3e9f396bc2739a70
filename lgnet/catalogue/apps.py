from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "lgnet.catalogue"
    label = "catalogue"
