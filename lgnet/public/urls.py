"""Addresses of the public site."""

from django.urls import path

from lgnet.desks.screen_views import queue_screen_seen
from lgnet.public import kiosk_views, service_views, views

urlpatterns = [
    path("help", views.help_cities, name="help_cities"),
    path("help/<slug:slug>", views.help_city, name="help_city"),
    path("help/<slug:slug>.json", views.help_city_data, name="help_city_data"),
    path("help/<slug:slug>/services", service_views.help_services, name="help_services"),
    path("help/<slug:slug>/services/<uuid:service>", service_views.help_service, name="help_service"),
    path("help/<slug:slug>/hsds.json", service_views.help_hsds, name="help_hsds"),
    path("directory/<uuid:pk>/sheet", service_views.offer_sheet, name="offer_sheet"),
    # the queue of a desk, for who waits
    path("queue/kiosk/<str:secret>", kiosk_views.queue_kiosk, name="queue_kiosk"),
    path("queue/kiosk/<str:secret>/tickets", kiosk_views.queue_kiosk_tickets, name="queue_kiosk_tickets"),
    path("queue/kiosk/<str:secret>/seen", queue_screen_seen, {"kind": "kiosk"}, name="kiosk_seen"),
    path("queue/tickets/<uuid:ticket>", kiosk_views.queue_ticket, name="queue_ticket"),
]
