"""Addresses of messages."""

from django.urls import path

from lgnet.messaging import views

urlpatterns = [
    path("messages", views.message_list, name="message_list"),
    path("messages/setup", views.messaging_setup, name="messaging_setup"),
    path("messages/setup/test", views.messaging_test, name="messaging_test"),
    path("messages/setup/switches", views.messaging_switches, name="messaging_switches"),
    path("messages/<uuid:pk>", views.message_detail, name="message_detail"),
    path("messages/<uuid:pk>/again", views.message_again, name="message_again"),
    path("people/<uuid:pk>/messages", views.person_messages, name="person_messages"),
    path("people/<uuid:pk>/messages/wishes", views.person_wishes, name="person_wishes"),
    path("messages/receipts/<str:secret>", views.message_receipts, name="message_receipts"),
]
