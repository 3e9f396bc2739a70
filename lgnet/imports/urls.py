"""Addresses of imports."""

from django.urls import path

from lgnet.imports import views

urlpatterns = [
    path("imports", views.import_list, name="import_list"),
    path("imports/new/<slug:kind>", views.import_new, name="import_new"),
    path("imports/template/<slug:kind>", views.import_template, name="import_template"),
    path("imports/<uuid:pk>", views.import_detail, name="import_detail"),
    path("imports/<uuid:pk>/columns", views.import_columns, name="import_columns"),
    path("imports/<uuid:pk>/preview", views.import_preview, name="import_preview"),
    path("imports/<uuid:pk>/to-mend", views.import_to_mend, name="import_to_mend"),
    path("imports/<uuid:pk>/leave", views.import_leave, name="import_leave"),
    path("imports/<uuid:pk>/undo", views.import_undo, name="import_undo"),
]
