"""Addresses of the desks."""

from django.urls import path

from lgnet.desks import (
    appointment_urls,
    counted_views,
    mailbox_views,
    mediation_desk_views,
    mediation_views,
    queue_views,
    report_views,
    request_views,
    screen_views,
    views,
    visit_views,
)

TICKET_ACTS = ("call", "served", "absent", "left", "back", "priority")
COUNTER_ACTS = ("take", "leave", "next")

urlpatterns = [
    *appointment_urls.urlpatterns,
    path("desk", views.desk_today, name="desk_today"),
    path("desk/arrivals", views.visit_list, name="visit_list"),
    path("desk/arrivals/new", views.visit_new, name="visit_new"),
    path("desk/report", report_views.desks_report, name="desk_report"),
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
    path("desk/requests/<uuid:pk>/pages", request_views.request_pages, name="request_pages"),
    path("desk/requests/<uuid:pk>/mistake", request_views.request_void, name="request_void"),
    path("desk/requests/<uuid:pk>/documents", request_views.request_documents, name="request_documents"),
    path("desk/counted", counted_views.counted_panel, name="counted_panel"),
    path("desk/counted/tap", counted_views.counted_tap, name="counted_tap"),
    path("desk/counted/list", counted_views.counted_list, name="counted_list"),
    path("desk/counted/setup", counted_views.counted_setup, name="counted_setup"),
    path("desk/counted/setup/<slug:slug>/<slug:code>", counted_views.counted_change, name="counted_change"),
    path("desk/counted/<uuid:pk>/undo", counted_views.counted_undo, name="counted_undo"),
    path("desk/mail", mailbox_views.mailbox_list, name="mailbox_list"),
    path("desk/mail/new", mailbox_views.mailbox_new, name="mailbox_new"),
    path("desk/mail/<uuid:pk>", mailbox_views.mailbox_detail, name="mailbox_detail"),
    path("desk/mail/<uuid:pk>/renew", mailbox_views.mailbox_renew, name="mailbox_renew"),
    path("desk/mail/<uuid:pk>/close", mailbox_views.mailbox_close, name="mailbox_close"),
    path("desk/mail/<uuid:pk>/print", mailbox_views.mailbox_print, name="mailbox_print"),
    path("desk/mail/<uuid:pk>/letters/new", mailbox_views.letter_new, name="letter_new"),
    path("desk/mail/<uuid:pk>/handover", mailbox_views.mail_handover, name="mail_handover"),
    path("desk/mail/handovers/<uuid:pk>/undo", mailbox_views.handover_undo, name="handover_undo"),
    path("desk/mail/letters/<uuid:pk>/return", mailbox_views.letter_return, name="letter_return"),
    path("desk/documents", request_views.needed_document_list, name="needed_document_list"),
    path("desk/documents/new", request_views.needed_document_new, name="needed_document_new"),
    path("desk/documents/<uuid:pk>", request_views.needed_document_edit, name="needed_document_edit"),
    path("desk/people/likely", views.visit_likely, name="visit_likely"),
    path("desk/queue", queue_views.queue_panel, name="queue_panel"),
    path("desk/queue/tickets", queue_views.ticket_list, name="ticket_list"),
    path("desk/queue/tickets/<uuid:pk>", queue_views.ticket_detail, name="ticket_detail"),
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
    path("desk/queue/tickets/<uuid:pk>/mediator", mediation_desk_views.ticket_mediator, name="ticket_mediator"),
    path("desk/queue/<uuid:pk>/mediator", mediation_desk_views.mediator_here, name="mediator_here"),
    path("desk/queue/mediators/<uuid:pk>/gone", mediation_desk_views.mediator_gone, name="mediator_gone"),
    path("mediators", mediation_views.mediation_now, name="mediation_now"),
    path("mediators/bookings", mediation_views.mediation_list, name="mediation_list"),
    path("mediators/bookings/<uuid:pk>", mediation_views.mediation_booking, name="mediation_booking"),
    path("mediators/bookings/<uuid:pk>/cancel", mediation_views.mediation_cancel, name="mediation_cancel"),
    path("mediators/bookings/<uuid:pk>/close", mediation_views.mediation_close, name="mediation_close"),
    path("mediators/calendar", mediation_views.mediation_calendar, name="mediation_calendar"),
    path("mediators/counts", mediation_views.mediation_counted, name="mediation_counted"),
    path("mediators/offers", mediation_views.mediation_offers, name="mediation_offers"),
    path("mediators/offers/new", mediation_views.mediation_offer_new, name="mediation_offer_new"),
    path("mediators/offers/<uuid:pk>", mediation_views.mediation_offer_detail, name="mediation_offer_detail"),
    path("mediators/offers/<uuid:pk>/book", mediation_views.mediation_book, name="mediation_book"),
    *(
        path(
            f"mediators/offers/<uuid:pk>/{act}",
            mediation_views.mediation_offer_act,
            {"act": act},
            name=f"mediation_offer_{act}",
        )
        for act in ("stop", "skip")
    ),
    # the screens of the waiting room, opened by a secret in the address
    path("queue/display/<str:secret>", screen_views.queue_display, name="queue_display"),
    path("queue/display/<str:secret>/now", screen_views.queue_display_now, name="queue_display_now"),
    path("queue/display/<str:secret>/seen", screen_views.queue_screen_seen, {"kind": "display"}, name="display_seen"),
]
