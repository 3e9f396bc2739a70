from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    name = "lgnet.workspace"
    label = "workspace"
