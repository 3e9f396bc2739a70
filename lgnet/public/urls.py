"""Addresses of the public site."""

from django.urls import path

from lgnet.public import views

urlpatterns = [
    path("help", views.help_cities, name="help_cities"),
    path("help/<slug:slug>", views.help_city, name="help_city"),
    path("help/<slug:slug>.json", views.help_city_data, name="help_city_data"),
]
