"""Addresses of appointments."""

from django.urls import path

from lgnet.desks import (
    appointment_booking_views,
    appointment_paper_views,
    appointment_setup_views,
    appointment_views,
    appointment_waiting_views,
)

urlpatterns = [
    path("appointments", appointment_views.appointment_day, name="appointment_day"),
    path("appointments/list", appointment_views.appointment_list, name="appointment_list"),
    path("appointments/new", appointment_booking_views.appointment_new, name="appointment_new"),
    path("appointments/waiting", appointment_waiting_views.wish_list, name="wish_list"),
    path("appointments/waiting/new", appointment_waiting_views.wish_new, name="wish_new"),
    path("appointments/waiting/<uuid:pk>", appointment_waiting_views.wish_detail, name="wish_detail"),
    path("appointments/waiting/<uuid:pk>/end", appointment_waiting_views.wish_end, name="wish_end"),
    path("appointments/calendars", appointment_paper_views.appointment_feeds, name="appointment_feeds"),
    path("appointments/calendars/new", appointment_paper_views.feed_new, name="feed_new"),
    path("appointments/calendars/<uuid:pk>/stop", appointment_paper_views.feed_stop, name="feed_stop"),
    path("appointments/setup", appointment_setup_views.appointment_setup, name="appointment_setup"),
    path("appointments/setup/<uuid:pk>/rooms/new", appointment_setup_views.room_new, name="room_new"),
    path("appointments/setup/<uuid:pk>/kinds/new", appointment_setup_views.kind_new, name="kind_new"),
    path("appointments/setup/<uuid:pk>/openings/new", appointment_setup_views.opening_new, name="opening_new"),
    path("appointments/setup/<uuid:pk>/absences/new", appointment_setup_views.absence_new, name="absence_new"),
    path("appointments/setup/<uuid:pk>/days/new", appointment_setup_views.city_day_new, name="city_day_new"),
    path("appointments/rooms/<uuid:pk>", appointment_setup_views.room_edit, name="room_edit"),
    path("appointments/kinds/<uuid:pk>", appointment_setup_views.kind_edit, name="kind_edit"),
    path("appointments/openings/<uuid:pk>", appointment_setup_views.opening_edit, name="opening_edit"),
    path("appointments/openings/<uuid:pk>/end", appointment_setup_views.opening_end, name="opening_end"),
    path("appointments/absences/<uuid:pk>/back", appointment_setup_views.absence_withdraw, name="absence_withdraw"),
    path("appointments/days/<uuid:pk>/back", appointment_setup_views.city_day_withdraw, name="city_day_withdraw"),
    path("appointments/<uuid:pk>", appointment_views.appointment_detail, name="appointment_detail"),
    path("appointments/<uuid:pk>/move", appointment_booking_views.appointment_move, name="appointment_move"),
    path("appointments/<uuid:pk>/cancel", appointment_views.appointment_cancel, name="appointment_cancel"),
    path("appointments/<uuid:pk>/slip", appointment_paper_views.appointment_slip, name="appointment_slip"),
    path("appointments/<uuid:pk>/calendar", appointment_paper_views.appointment_ics, name="appointment_ics"),
    *(
        path(
            f"appointments/<uuid:pk>/{act}", appointment_views.appointment_act, {"act": act}, name=f"appointment_{act}"
        )
        for act in appointment_views.ACTS
    ),
    # read by calendar programs, opened by the secret in the address
    path("calendar/<str:secret>.ics", appointment_paper_views.appointment_feed, name="appointment_feed"),
]
