"""Addresses of the public site."""

from django.urls import path

from lgnet.desks.screen_views import queue_screen_seen
from lgnet.public import (
    answer_views,
    asking_views,
    kiosk_views,
    message_views,
    own_appointment_views,
    own_say_views,
    own_views,
    service_views,
    views,
)

urlpatterns = [
    path("help", views.help_cities, name="help_cities"),
    path("help/<slug:slug>", views.help_city, name="help_city"),
    path("help/<slug:slug>.json", views.help_city_data, name="help_city_data"),
    path("help/<slug:slug>/answers", answer_views.help_answers, name="help_answers"),
    path("help/<slug:slug>/answers/<uuid:answer>", answer_views.help_answer, name="help_answer"),
    path("help/<slug:slug>/services", service_views.help_services, name="help_services"),
    path("help/<slug:slug>/services/<uuid:service>", service_views.help_service, name="help_service"),
    path("help/<slug:slug>/hsds.json", service_views.help_hsds, name="help_hsds"),
    path("directory/<uuid:pk>/sheet", service_views.offer_sheet, name="offer_sheet"),
    path("cases/<uuid:pk>/helpfulness/ask", asking_views.helpfulness_ask, name="helpfulness_ask"),
    # the queue of a desk, for who waits
    path("queue/kiosk/<str:secret>", kiosk_views.queue_kiosk, name="queue_kiosk"),
    path("queue/kiosk/<str:secret>/tickets", kiosk_views.queue_kiosk_tickets, name="queue_kiosk_tickets"),
    path("queue/kiosk/<str:secret>/seen", queue_screen_seen, {"kind": "kiosk"}, name="kiosk_seen"),
    path("queue/tickets/<uuid:ticket>", kiosk_views.queue_ticket, name="queue_ticket"),
    # the person's own page; the cookie that keeps it open is sent to these addresses alone
    path("me", own_views.own_enter, name="own_enter"),
    path("me/page", own_views.own_home, name="own_home"),
    path("me/appointments", own_appointment_views.own_appointments, name="own_appointments"),
    path(
        "me/appointments/<uuid:appointment>/cannot",
        own_appointment_views.own_appointment_cannot,
        name="own_appointment_cannot",
    ),
    path(
        "me/appointments/<uuid:appointment>/answer",
        own_appointment_views.own_appointment_answer,
        name="own_appointment_answer",
    ),
    path(
        "me/appointments/<uuid:appointment>/calendar",
        own_appointment_views.own_appointment_calendar,
        name="own_appointment_calendar",
    ),
    path("me/book", own_appointment_views.own_book, name="own_book"),
    path("me/book/<uuid:chosen>", own_appointment_views.own_book_time, name="own_book_time"),
    path("me/plan", own_views.own_plan, name="own_plan"),
    path("me/services", own_views.own_services, name="own_services"),
    path("me/looks", own_views.own_looks, name="own_looks"),
    path("me/rights", own_views.own_rights, name="own_rights"),
    path("me/messages", own_say_views.own_messages, name="own_messages"),
    path("me/helped", own_say_views.own_helped, name="own_helped"),
    path("me/close", own_views.own_close, name="own_close"),
    path("me/<str:code>", own_views.own_enter, name="own_enter_code"),
    path("messages/stop/<str:token>", message_views.messages_stop, name="messages_stop"),
]
