from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "lgnet.network"
    label = "network"
