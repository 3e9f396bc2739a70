"""Addresses of persons and their files."""

from django.urls import path

from lgnet.people.views import documents, files, merging, own_cards, persons, records

urlpatterns = [
    path("people", persons.person_list, name="person_list"),
    path("people/new", persons.person_new, name="person_new"),
    path("people/duplicates", persons.person_duplicates, name="person_duplicates"),
    path("people/twice", merging.duplicate_list, name="duplicate_list"),
    path("people/joined", merging.merge_list, name="merge_list"),
    path("people/joined/<uuid:pk>", merging.merge_detail, name="merge_detail"),
    path("people/<uuid:pk>/alike", merging.person_alike, name="person_alike"),
    path("people/<uuid:pk>/join", merging.person_join, name="person_join"),
    path("people/<uuid:pk>/different", merging.person_different, name="person_different"),
    path("people/openings", files.file_openings, name="file_openings"),
    path("people/openings/<uuid:pk>", files.file_opening, name="file_opening"),
    path("people/<uuid:pk>/edit", persons.person_edit, name="person_edit"),
    path("people/<uuid:pk>/open", files.file_open, name="file_open"),
    path("people/<uuid:pk>/restrict", files.file_restrict, name="file_restrict"),
    path("people/<uuid:pk>/eligibility", records.eligibility_new, name="eligibility_new"),
    path("people/<uuid:pk>/notice", records.notice_new, name="notice_new"),
    path("people/<uuid:pk>/contact", records.contact_point_new, name="contact_point_new"),
    path("people/<uuid:pk>/identifier", records.identifier_new, name="identifier_new"),
    path("people/<uuid:pk>/household", records.household_edit, name="household_edit"),
    path("people/<uuid:pk>/household/leave", records.household_leave, name="household_leave"),
    path("people/<uuid:pk>/documents/new", documents.document_new, name="document_new"),
    path("people/documents", documents.document_list, name="document_list"),
    path("people/documents/destroy", documents.document_destruction_list, name="document_destruction_list"),
    path("people/documents/<uuid:pk>", documents.document_detail, name="document_detail"),
    path("people/documents/<uuid:pk>/replace", documents.document_replace, name="document_replace"),
    path("people/documents/<uuid:pk>/edit", documents.document_edit, name="document_edit"),
    path("people/documents/<uuid:pk>/propose", documents.document_propose, name="document_propose"),
    path("people/documents/<uuid:pk>/keep", documents.document_keep, name="document_keep"),
    path("people/documents/<uuid:pk>/destroy", documents.document_destroy, name="document_destroy"),
    path("people/documents/pages/<uuid:pk>", documents.document_page, name="document_page"),
    path("people/documents/pages/<uuid:pk>/small", documents.document_page_small, name="document_page_small"),
    path("people/<uuid:pk>/own-card", own_cards.own_card_new, name="own_card_new"),
    path("own-cards/<uuid:pk>", own_cards.own_card_detail, name="own_card_detail"),
    path("own-cards/<uuid:pk>/pin", own_cards.own_card_pin, name="own_card_pin"),
    path("own-cards/<uuid:pk>/stop", own_cards.own_card_stop, name="own_card_stop"),
    path("contact-points/<uuid:pk>/end", records.contact_point_end, name="contact_point_end"),
]
