from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "lgnet.cases"
    label = "cases"
