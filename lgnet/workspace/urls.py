"""Addresses of pages that need several apps at once."""

from django.urls import path

from lgnet.workspace import gallery, home

urlpatterns = [
    path("", home.home, name="home"),
    path("components", gallery.component_gallery, name="component_gallery"),
]
