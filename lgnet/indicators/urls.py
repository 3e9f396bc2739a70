"""Addresses of figures."""

from django.urls import path

from lgnet.indicators import groups_views, views, waits_views

urlpatterns = [
    path("indicators", views.indicator_list, name="indicator_list"),
    path("indicators/methodology", views.methodology, name="methodology"),
    path("indicators/waits", waits_views.indicator_waits, name="indicator_waits"),
    path("indicators/<slug:code>", views.indicator_detail, name="indicator_detail"),
    path("indicators/<slug:code>/groups", groups_views.indicator_groups, name="indicator_groups"),
    path("indicators/<slug:code>/evidence", views.indicator_evidence, name="indicator_evidence"),
    path("indicators/<slug:code>/chart", views.indicator_chart, name="indicator_chart"),
]
