from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "lgnet.outreach"
    label = "outreach"
