"""Addresses of figures."""

from django.http import HttpResponse
from django.urls import path

urlpatterns = [
    path("indicators", lambda request: HttpResponse(""), name="indicator_list"),
    path("indicators/methodology", lambda request: HttpResponse(""), name="methodology"),
]
