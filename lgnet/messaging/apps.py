from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "lgnet.messaging"
    label = "messaging"
