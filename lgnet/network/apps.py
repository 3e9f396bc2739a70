from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "lgnet.network"
    label = "network"

    def ready(self) -> None:
        from lgnet.network import sign_in_log  # noqa: PLC0415  needs every model to be loaded

        sign_in_log.connect()
