"""Addresses of the project, its partners and the teams."""

from django.urls import path

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
]
