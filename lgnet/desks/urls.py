"""Addresses of the desks."""

from django.urls import path

from lgnet.desks import views

urlpatterns = [
    path("desk", views.desk_today, name="desk_today"),
    path("desk/arrivals", views.visit_list, name="visit_list"),
    path("desk/arrivals/new", views.visit_new, name="visit_new"),
    path("desk/people", views.visit_people, name="visit_people"),
]
