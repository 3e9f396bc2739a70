"""Addresses of the public site."""

from django.urls import path

from lgnet.desks.screen_views import queue_screen_seen
from lgnet.public import kiosk_views, message_views, views

urlpatterns = [
    path("help", views.help_cities, name="help_cities"),
    path("help/<slug:slug>", views.help_city, name="help_city"),
    path("help/<slug:slug>.json", views.help_city_data, name="help_city_data"),
    # the queue of a desk, for who waits
    path("queue/kiosk/<str:secret>", kiosk_views.queue_kiosk, name="queue_kiosk"),
    path("queue/kiosk/<str:secret>/tickets", kiosk_views.queue_kiosk_tickets, name="queue_kiosk_tickets"),
    path("queue/kiosk/<str:secret>/seen", queue_screen_seen, {"kind": "kiosk"}, name="kiosk_seen"),
    path("queue/tickets/<uuid:ticket>", kiosk_views.queue_ticket, name="queue_ticket"),
    path("messages/stop/<str:token>", message_views.messages_stop, name="messages_stop"),
]
