from django.apps import AppConfig


class DesksConfig(AppConfig):
    name = "lgnet.desks"
    label = "desks"
