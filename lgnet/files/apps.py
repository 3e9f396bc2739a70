from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "lgnet.files"
    label = "files"
