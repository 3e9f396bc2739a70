from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "lgnet.core"
    label = "core"
