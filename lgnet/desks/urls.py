"""Addresses of the desks."""

from django.urls import path

from lgnet.desks import (
    queue_views,
    request_views,
    screen_views,
    views,
    visit_views,
)

TICKET_ACTS = ("call", "served", "absent", "left", "back", "priority")
COUNTER_ACTS = ("take", "leave", "next")

urlpatterns = [
    path("desk", views.desk_today, name="desk_today"),
    path("desk/arrivals", views.visit_list, name="visit_list"),
    path("desk/arrivals/new", views.visit_new, name="visit_new"),
    path("desk/people", views.visit_people, name="visit_people"),
    path("desk/visits/<uuid:pk>", visit_views.visit_detail, name="visit_detail"),
    path("desk/visits/<uuid:pk>/close", visit_views.visit_close, name="visit_close"),
    path("desk/visits/<uuid:pk>/who", visit_views.visit_identify, name="visit_identify"),
    path("desk/visits/<uuid:pk>/requests/new", request_views.request_new, name="request_new"),
    path("desk/requests", request_views.request_list, name="request_list"),
    path("desk/requests/promised", request_views.promise_list, name="promise_list"),
    path("desk/requests/<uuid:pk>", request_views.request_edit, name="request_edit"),
    path("desk/requests/<uuid:pk>/words", request_views.request_words, name="request_words"),
    path("desk/requests/<uuid:pk>/answer", request_views.request_answer, name="request_answer"),
    path("desk/requests/<uuid:pk>/mistake", request_views.request_void, name="request_void"),
    path("desk/requests/<uuid:pk>/documents", request_views.request_documents, name="request_documents"),
    path("desk/documents", request_views.needed_document_list, name="needed_document_list"),
    path("desk/documents/new", request_views.needed_document_new, name="needed_document_new"),
    path("desk/documents/<uuid:pk>", request_views.needed_document_edit, name="needed_document_edit"),
    path("desk/queue", queue_views.queue_panel, name="queue_panel"),
    path("desk/queue/tickets", queue_views.ticket_list, name="ticket_list"),
    path("desk/queue/<uuid:pk>/tickets/new", queue_views.ticket_new, name="ticket_new"),
    *(
        path(f"desk/queue/tickets/<uuid:pk>/{act}", queue_views.ticket_act, {"act": act}, name=f"ticket_{act}")
        for act in TICKET_ACTS
    ),
    *(
        path(f"desk/queue/counters/<uuid:pk>/{act}", queue_views.counter_act, {"act": act}, name=f"counter_{act}")
        for act in COUNTER_ACTS
    ),
    path("desk/queue/setup", queue_views.queue_setup, name="queue_setup"),
    path("desk/queue/<uuid:pk>/counters/new", queue_views.counter_new, name="counter_new"),
    path("desk/queue/counters/<uuid:pk>", queue_views.counter_edit, name="counter_edit"),
    path("desk/queue/<uuid:pk>/screens/new", queue_views.screen_new, name="screen_new"),
    path("desk/queue/screens/<uuid:pk>/stop", queue_views.screen_stop, name="screen_stop"),
    # the screens of the waiting room, opened by a secret in the address
    path("queue/display/<str:secret>", screen_views.queue_display, name="queue_display"),
    path("queue/display/<str:secret>/now", screen_views.queue_display_now, name="queue_display_now"),
    path("queue/display/<str:secret>/seen", screen_views.queue_screen_seen, {"kind": "display"}, name="display_seen"),
]
