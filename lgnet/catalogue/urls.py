"""Addresses of the project, its partners, the teams and the directory of services."""

from django.urls import path

from lgnet.catalogue import directory_place_views as places
from lgnet.catalogue import directory_views as directory
from lgnet.catalogue import knowledge_views, views

ANSWER_ACTS = ("submit", "approve", "again")

urlpatterns = [
    path("project", views.project_page, name="project_page"),
    path("partners", views.partner_list, name="partner_list"),
    path("partners/<slug:slug>", views.partner_detail, name="partner_detail"),
    path("teams", views.team_list, name="team_list"),
    path("teams/new", views.team_new, name="team_new"),
    path("teams/<uuid:pk>", views.team_detail, name="team_detail"),
    path("teams/<uuid:pk>/edit", views.team_edit, name="team_edit"),
    path("teams/colleagues/<uuid:pk>", views.team_join, name="team_join"),
    path("teams/places/<uuid:pk>/leave", views.team_leave, name="team_leave"),
    path("teams/places/<uuid:pk>/stay", views.team_stay, name="team_stay"),
    path("knowledge", knowledge_views.knowledge_list, name="knowledge_list"),
    path("knowledge/new", knowledge_views.knowledge_new, name="knowledge_new"),
    path("knowledge/<uuid:pk>", knowledge_views.knowledge_detail, name="knowledge_detail"),
    path("knowledge/<uuid:pk>/read", knowledge_views.knowledge_read, name="knowledge_read"),
    path("knowledge/<uuid:pk>/changes", knowledge_views.knowledge_changes, name="knowledge_changes"),
    path("knowledge/<uuid:pk>/edit", knowledge_views.knowledge_edit, name="knowledge_edit"),
    path("knowledge/<uuid:pk>/text", knowledge_views.knowledge_text, name="knowledge_text"),
    path("knowledge/<uuid:pk>/send-back", knowledge_views.knowledge_send_back, name="knowledge_send_back"),
    path("knowledge/<uuid:pk>/outdated", knowledge_views.knowledge_outdate, name="knowledge_outdate"),
    path("knowledge/<uuid:pk>/confirm", knowledge_views.knowledge_confirm, name="knowledge_confirm"),
    path("knowledge/<uuid:pk>/feedback", knowledge_views.knowledge_feedback, name="knowledge_feedback"),
    *(
        path(f"knowledge/<uuid:pk>/{act}", knowledge_views.knowledge_act, {"act": act}, name=f"knowledge_{act}")
        for act in ANSWER_ACTS
    ),
    path("knowledge/feedback/<uuid:pk>/settle", knowledge_views.knowledge_settle, name="knowledge_settle"),
    # the directory of services
    path("directory", directory.offer_list, name="offer_list"),
    path("directory/new", directory.offer_new, name="offer_new"),
    path("directory/<uuid:pk>", directory.offer_detail, name="offer_detail"),
    path("directory/<uuid:pk>/edit", directory.offer_edit, name="offer_edit"),
    path("directory/<uuid:pk>/languages", directory.offer_texts, name="offer_texts"),
    path("directory/<uuid:pk>/confirm", directory.offer_confirm, name="offer_confirm"),
    path("directory/<uuid:pk>/suspend", directory.offer_suspend, name="offer_suspend"),
    path("directory/<uuid:pk>/resume", directory.offer_resume, name="offer_resume"),
    path("directory/<uuid:pk>/place", places.place_new, name="offer_place_new"),
    path("directory/places/<uuid:pk>", places.place_edit, name="offer_place_edit"),
    path("directory/places/<uuid:pk>/remove", places.place_remove, name="offer_place_remove"),
    path("directory/places/<uuid:pk>/season", places.place_season, name="offer_season"),
    path("directory/places/<uuid:pk>/season/remove", places.place_season_remove, name="offer_season_remove"),
    path("directory/places/<uuid:pk>/exception", places.place_exception, name="offer_exception"),
    path("directory/exceptions/<uuid:pk>/remove", places.exception_remove, name="offer_exception_remove"),
]
