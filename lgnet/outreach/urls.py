"""Addresses of the street work."""

from django.urls import path

from lgnet.outreach import alike_views, app_views, sync_api, sync_views, views

urlpatterns = [
    path("street", views.contact_list, name="contact_list"),
    path("street/new", views.contact_new, name="contact_new"),
    path("street/people", views.contact_people, name="contact_people"),
    path("street/<uuid:pk>", views.contact_detail, name="contact_detail"),
    path("street/<uuid:pk>/identify", views.contact_identify, name="contact_identify"),
    path("street/<uuid:pk>/refer", views.contact_refer, name="contact_refer"),
    path("street/<uuid:pk>/change", sync_views.contact_change, name="contact_change"),
    path("street/devices", sync_views.device_list, name="device_list"),
    path("street/devices/<uuid:pk>", sync_views.device_detail, name="device_detail"),
    path("street/devices/<uuid:pk>/wipe", sync_views.device_wipe, name="device_wipe"),
    path("street/attention", sync_views.attention_list, name="attention_list"),
    path("street/attention/<uuid:pk>", sync_views.operation_detail, name="operation_detail"),
    path("street/attention/<uuid:pk>/mend", sync_views.operation_mend, name="operation_mend"),
    path("street/attention/<uuid:pk>/set-aside", sync_views.operation_set_aside, name="operation_set_aside"),
    path("street/conflicts", sync_views.conflict_list, name="conflict_list"),
    path("street/conflicts/<uuid:pk>", sync_views.conflict_detail, name="conflict_detail"),
    path("street/alike", alike_views.alike_list, name="alike_list"),
    path("street/alike/decide", alike_views.alike_decide, name="alike_decide"),
    path("street/alike/<uuid:pk>/undo", alike_views.alike_undo, name="alike_undo"),
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
