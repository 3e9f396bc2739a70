from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "lgnet.imports"
    label = "imports"
