"""Addresses of pages that need several apps at once."""

from django.urls import path

from lgnet.workspace import audit_log, gallery, home, person_page, tonight_page, week_page

urlpatterns = [
    path("", home.home, name="home"),
    path("week", week_page.week, name="week"),
    path("people/<uuid:pk>", person_page.person_detail, name="person_detail"),
    path("tonight", tonight_page.tonight, name="tonight"),
    path("log", audit_log.audit_list, name="audit_list"),
    path("components", gallery.component_gallery, name="component_gallery"),
]
