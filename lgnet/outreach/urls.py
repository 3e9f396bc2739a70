"""Addresses of the street work."""

from django.urls import path

from lgnet.outreach import board_views, outing_log_views, outing_views, stop_views, views

urlpatterns = [
    path("street", views.contact_list, name="contact_list"),
    path("street/new", views.contact_new, name="contact_new"),
    path("street/people", views.contact_people, name="contact_people"),
    path("street/<uuid:pk>", views.contact_detail, name="contact_detail"),
    path("street/<uuid:pk>/identify", views.contact_identify, name="contact_identify"),
    path("street/<uuid:pk>/refer", views.contact_refer, name="contact_refer"),
    path("street/outings", outing_views.outing_calendar, name="outing_calendar"),
    path("street/outings/list", outing_views.outing_list, name="outing_list"),
    path("street/outings/board", board_views.outing_board, name="outing_board"),
    path("street/outings/not-met", board_views.not_met_list, name="not_met_list"),
    path("street/outings/new", outing_views.outing_new, name="outing_new"),
    path("street/outings/stops", stop_views.stop_list, name="stop_list"),
    path("street/outings/stops/new", stop_views.stop_new, name="stop_new"),
    path("street/outings/stops/<uuid:pk>", stop_views.stop_edit, name="stop_edit"),
    path("street/outings/units/<uuid:pk>", stop_views.unit_detail, name="unit_detail"),
    path("street/outings/units/<uuid:pk>/edit", stop_views.unit_edit, name="unit_edit"),
    path("street/outings/<uuid:pk>", outing_views.outing_detail, name="outing_detail"),
    path("street/outings/<uuid:pk>/edit", outing_views.outing_edit, name="outing_edit"),
    path("street/outings/<uuid:pk>/cancel", outing_views.outing_cancel, name="outing_cancel"),
    path("street/outings/<uuid:pk>/restore", outing_views.outing_restore, name="outing_restore"),
    path("street/outings/<uuid:pk>/start", outing_log_views.outing_start, name="outing_start"),
    path("street/outings/<uuid:pk>/end", outing_log_views.outing_end, name="outing_end"),
    path("street/outings/<uuid:pk>/log", outing_log_views.outing_log_page, name="outing_log"),
]
