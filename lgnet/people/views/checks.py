"""Title to stay: a new look with what the rules propose, the history of all looks, and the same on paper."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.core.addresses import safe_next
from lgnet.core.forms import done
from lgnet.core.papers import paper_pdf, pdf_response
from lgnet.network.access import can
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people import check_history, checks, selectors
from lgnet.people.check_forms import EligibilityForm
from lgnet.people.closed_files import asks_for_closed_file, only_posts
from lgnet.people.document_selectors import documents_of, documents_still_read
from lgnet.people.models import Person


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def eligibility_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A dated look at the title to stay: without a verdict, the page says what the rules propose."""
    person = selectors.get_person_to_change(request.user, pk, Permission.CHECK_ELIGIBILITY)
    form = EligibilityForm(request.POST or None, documents=documents_of(request.user, person))
    if form.is_valid() and done(form, checks.record_eligibility, by=request.user, person=person, **form.cleaned_data):
        messages.success(request, _("The title to stay is recorded, with the day it was seen."))
        return HttpResponseRedirect(safe_next(request, reverse("person_detail", args=[person.pk])))
    context = {"form": form, "person": person, "proposal": form.proposal(person)}
    return render(request, "people/eligibility_new.html", context, status=422 if form.is_bound else 200)


@require_POST
@asks_for_closed_file
@only_posts
def eligibility_proposal(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """What the rules say of what is typed so far; nothing is written. Posted, so that no address tells it."""
    person = selectors.get_person_to_change(request.user, pk, Permission.CHECK_ELIGIBILITY)
    form = EligibilityForm(request.POST, documents=documents_of(request.user, person))
    context = {"proposal": form.proposal(person), "person": person}
    return render(request, "people/_eligibility_proposal.html", context)


@require_GET
@asks_for_closed_file
def eligibility_history(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Every check of a person, with what it rests on and what is new in it."""
    person = selectors.get_whole_person(request.user, pk)
    told = check_history.history(person)
    context = {
        "person": person, "told": told, "today": check_history.standing_today(person),
        "documents": documents_still_read(request.user, [one.check.document_id for one in told]),
        "may_check": can(request.user, Permission.CHECK_ELIGIBILITY, partner=person.partner_id),
    }  # fmt: skip
    return render(request, "people/eligibility_history.html", context)


@require_GET
@asks_for_closed_file
def eligibility_paper(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The same as a PDF, with the code of the person and no number in full."""
    person = selectors.get_whole_person(request.user, pk)
    name = f"{person.pseudonym}-{timezone.localdate():%Y-%m-%d}.pdf"
    return pdf_response(paper_pdf("people/papers/eligibility.typ", _paper(request, person)), name)


def _paper(request: StaffRequest, person: Person) -> dict[str, object]:
    rows = []
    for one in check_history.history(person):
        check = one.check
        facts = [*one.facts, (_("Seen by"), check.checked_by.full_name), (_("What was seen"), check.evidence)]
        if one.rule:
            facts.append((_("What the rules say"), f"{check.get_proposed_display()}: {one.rule} ({one.source})"))
        facts.append((_("Why it is decided otherwise"), check.decided_reason))
        day = date_format(check.checked_on, "SHORT_DATE_FORMAT")
        rows.append({
            "heading": f"{day} · {check.get_verdict_display()}",
            "facts": [[label, words] for label, words in facts if words],
            "changes": [
                _("%(what)s: before %(before)s, now %(now)s") % {"what": what, "before": before, "now": now}
                for what, before, now in one.changes
            ],
        })  # fmt: skip
    language = translation.get_language() or "it"
    return {
        "title": _("History of the title to stay"), "language": language[:2], "code": person.pseudonym,
        "lead": _("%(name)s · printed on %(day)s by %(who)s") % {
            "name": person.name_as_used, "day": date_format(timezone.localdate(), "SHORT_DATE_FORMAT"),
            "who": request.user.full_name,
        },
        "changed": _("What is new"), "nothing": _("No check was made yet."), "checks": rows,
    }  # fmt: skip
