from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "lgnet.public"
    label = "public"
