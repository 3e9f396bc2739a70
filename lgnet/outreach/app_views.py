"""Pages of the street app under its own scope: the shell, its worker, its manifest."""

import json

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from lgnet.network.requests import StaffRequest
from lgnet.outreach.app_shell import WORKER, plain_url, render_shell, shell_manifest
from lgnet.outreach.sync_policies import may_use_app


@never_cache
@require_GET
def street_app(request: StaffRequest) -> HttpResponse:
    """The shell of the app, for who records in the street, or did and has a queue still to deliver."""
    if not may_use_app(request.user):
        raise PermissionDenied
    return HttpResponse(render_shell(request.user))


@never_cache
@require_GET
def street_app_worker(request: StaffRequest) -> HttpResponse:
    """The service worker, with the list of what it keeps; a new version of anything makes another text of it."""
    if not may_use_app(request.user):
        raise PermissionDenied
    shell = json.dumps(shell_manifest(request.user), indent=1)
    script = f"const SHELL = {shell};\n{WORKER.read_text(encoding='utf-8')}"
    return HttpResponse(
        script, content_type="text/javascript", headers={"Service-Worker-Allowed": reverse("street_app")}
    )


@login_not_required
@require_GET
def street_app_manifest(request: HttpRequest) -> HttpResponse:
    """How the app is installed on a phone; the browser asks for it without its cookies."""
    app = reverse("street_app")
    icon = {"src": plain_url("lgnet/mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    manifest = {
        "id": app, "name": _("LGNet street"), "short_name": _("LGNet street"), "start_url": app, "scope": app,
        "display": "standalone", "background_color": "#00264d", "theme_color": "#00264d", "icons": [icon],
        "lang": request.LANGUAGE_CODE,
    }  # fmt: skip
    return JsonResponse(manifest, content_type="application/manifest+json")
