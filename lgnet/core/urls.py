"""Addresses of the plumbing."""

from django.urls import path

from lgnet.core import views

urlpatterns = [
    path("drafts/<slug:form_key>", views.draft, name="draft"),
    path("language", views.set_language, name="set_language"),
]
