from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "lgnet.people"
    label = "people"
