from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "lgnet.audit"
    label = "audit"
