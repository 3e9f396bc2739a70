"""Every address of the platform, app by app."""

from django.urls import include, path

urlpatterns = [
    path("", include("lgnet.core.urls")),
    path("", include("lgnet.network.urls")),
    path("", include("lgnet.imports.urls")),
    path("", include("lgnet.catalogue.urls")),
    path("", include("lgnet.people.urls")),
    path("", include("lgnet.messaging.urls")),
    path("", include("lgnet.cases.urls")),
    path("", include("lgnet.outreach.urls")),
    path("", include("lgnet.desks.urls")),
    path("", include("lgnet.indicators.urls")),
    path("", include("lgnet.workspace.urls")),
    path("", include("lgnet.public.urls")),
]

handler400 = "lgnet.workspace.errors.bad_request"
handler403 = "lgnet.workspace.errors.forbidden"
handler404 = "lgnet.workspace.errors.not_found"
handler429 = "lgnet.network.sign_in_pages.too_many_requests"  # looked up by django-allauth
