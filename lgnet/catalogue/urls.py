"""Addresses of the project, its partners and the teams."""

from django.urls import path

from lgnet.catalogue import views

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
]
