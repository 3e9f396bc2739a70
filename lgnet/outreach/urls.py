"""Addresses of the street work."""

from django.urls import path

from lgnet.outreach import app_views, sync_api, views

urlpatterns = [
    path("street", views.contact_list, name="contact_list"),
    path("street/new", views.contact_new, name="contact_new"),
    path("street/people", views.contact_people, name="contact_people"),
    path("street/<uuid:pk>", views.contact_detail, name="contact_detail"),
    path("street/<uuid:pk>/identify", views.contact_identify, name="contact_identify"),
    path("street/<uuid:pk>/refer", views.contact_refer, name="contact_refer"),
    # the street app under its own scope
    path("street/app/", app_views.street_app, name="street_app"),
    path("street/app/sw.js", app_views.street_app_worker, name="street_app_worker"),
    path("street/app/manifest.webmanifest", app_views.street_app_manifest, name="street_app_manifest"),
    # what it talks to; an address of a version stays as long as there may be a phone that knows it
    path("api/street/v1/devices", sync_api.street_devices, name="street_devices"),
    path("api/street/v1/sync", sync_api.street_sync, name="street_sync"),
    path("api/street/v1/wiped", sync_api.street_wiped, name="street_wiped"),
    path("api/street/v1/bundle", sync_api.street_bundle, name="street_bundle"),
    path("api/street/v1/key", sync_api.street_key, name="street_key"),
    path("api/street/v1/status", sync_api.street_status, name="street_status"),
    path("api/street/v1/openapi.json", sync_api.street_openapi, name="street_openapi"),
]
