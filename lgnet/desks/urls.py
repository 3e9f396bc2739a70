"""Addresses of the desks."""

from django.urls import path

from lgnet.desks import queue_views, screen_views, views

TICKET_ACTS = ("call", "served", "absent", "left", "back", "priority")
COUNTER_ACTS = ("take", "leave", "next")

urlpatterns = [
    path("desk", views.desk_today, name="desk_today"),
    path("desk/arrivals", views.visit_list, name="visit_list"),
    path("desk/arrivals/new", views.visit_new, name="visit_new"),
    path("desk/people", views.visit_people, name="visit_people"),
    path("desk/people/likely", views.visit_likely, name="visit_likely"),
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
