"""Addresses of the project, its partners, the teams and the directory of services."""

from django.urls import path

from lgnet.catalogue import directory_place_views as places
from lgnet.catalogue import directory_views as directory
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
