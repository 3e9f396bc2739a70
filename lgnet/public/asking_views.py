"""Whether the help was of use, asked at the end: a page in the person's language, on the screen of the operator."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lgnet.cases.after import record_helpfulness
from lgnet.cases.selectors import get_case
from lgnet.core.errors import DomainError
from lgnet.network.access import can
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.closed_files import asks_for_closed_file
from lgnet.people.models import Person
from lgnet.public.own_session import private, render_own
from lgnet.public.own_words import HELPED
from lgnet.public.pages import LANGUAGES


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def helpfulness_ask(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The question alone, turned to the person: four faces, nothing of the file, no words needed."""
    case = get_case(request.user, pk)
    if not can(request.user, Permission.WORK_ON_CASE, partner=case.partner_id):
        raise PermissionDenied
    if case.is_open:
        messages.error(request, _("It is asked when the case is closed."))
        return redirect("case_detail", pk)
    language = _language(request.GET.get("lang", ""), case.person)
    if request.method == "POST":
        answer = request.POST.get("answer", "")
        try:
            record_helpfulness(by=request.user, case=case, answer=answer, language=language)
        except DomainError:  # no button sends it
            raise Http404 from None
        return redirect(f"{request.path}?lang={language}&said={answer}")
    context = {
        "case": case, "answers": HELPED, "said": request.GET.get("said", ""),
        "staff": {"back": _("Back to the case"), "not_asked": _("Not asked"), "language": translation.get_language()},
    }  # fmt: skip
    with translation.override(language):
        return private(render_own(request, "public/helpfulness_ask.html", context))


def _language(asked: str, person: Person) -> str:
    """The language of the address, or the first one of the person that these pages speak."""
    spoken = [asked, *person.languages.values_list("language", flat=True)]
    return next((code for code in spoken if code in LANGUAGES), "it")
