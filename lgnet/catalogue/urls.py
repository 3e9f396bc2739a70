"""Addresses of the project and its partners."""

from django.urls import path

from lgnet.catalogue import views

urlpatterns = [
    path("project", views.project_page, name="project_page"),
    path("partners", views.partner_list, name="partner_list"),
    path("partners/<slug:slug>", views.partner_detail, name="partner_detail"),
]
