"""Addresses of the street work."""

from django.urls import path

from lgnet.outreach import views

urlpatterns = [
    path("street", views.contact_list, name="contact_list"),
    path("street/new", views.contact_new, name="contact_new"),
    path("street/people", views.contact_people, name="contact_people"),
    path("street/<uuid:pk>", views.contact_detail, name="contact_detail"),
    path("street/<uuid:pk>/identify", views.contact_identify, name="contact_identify"),
    path("street/<uuid:pk>/refer", views.contact_refer, name="contact_refer"),
]
