"""Pages of assessments with instruments, and of the instruments themselves."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.cases import selectors as cases
from lgnet.cases.instrument_models import AssessmentSheet
from lgnet.cases.instruments import selectors, services
from lgnet.cases.instruments.forms import FinishForm, InstrumentForm, SheetForm, sheet_form
from lgnet.cases.instruments.reading import BadInstrument
from lgnet.cases.instruments.showing import example, figures_of, parts_of, table_of, told
from lgnet.cases.policies import works_on
from lgnet.core.errors import DomainError
from lgnet.core.forms import done
from lgnet.core.tables import EXPORTS
from lgnet.network.access import access_of, can
from lgnet.network.models import Partner
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.closed_files import asks_for_closed_file, only_posts


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def sheet_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Choose the instrument with which to assess; one begun already is gone on with."""
    case = cases.get_case_to_work_on(request.user, pk)
    versions = list(selectors.instruments_for(case))
    if request.method == "POST":
        version = next((one for one in versions if str(one.pk) == request.POST.get("version")), None)
        if version is None:
            messages.error(request, _("Choose an instrument of the list."))
        elif sheet := _try(request, services.start_sheet, case=case, version=version):
            return redirect("sheet_edit", sheet.pk)
    begun = {sheet.version_id: sheet for sheet in selectors.sheets_of(case) if sheet.status == sheet.Status.DRAFT}
    context = {"case": case, "person": case.person, "versions": [(one, begun.get(one.pk)) for one in versions]}
    return render(request, "cases/sheet_new.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def sheet_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Fill in a sheet: saved as it is written, in parts, by several people."""
    sheet = selectors.get_sheet_to_work_on(request.user, pk)
    if sheet.status == AssessmentSheet.Status.DONE:
        return redirect("sheet_detail", pk)
    asked, clashes, status = sheet.version.definition, [], 200
    form = sheet_form(asked, sheet.answers, request.POST if request.method == "POST" else None)
    if form.is_bound:
        form.is_valid()
        seen = form.cleaned_data.get("seen", 0)
        clashes = services.save_answers(by=request.user, sheet=sheet, answers=form.answered(), seen=seen)
        sheet.refresh_from_db()
        status = 422 if form.errors or clashes else 200
        if status == 200 and not request.htmx:
            return redirect("sheet_finish" if "finish" in request.POST else "sheet_edit", pk)
        form = _again(form, sheet)
    parts = parts_of(asked, sheet.answers, form)
    context = {"sheet": sheet, "case": sheet.case, "person": sheet.case.person, "form": form, "parts": parts}
    template = "cases/_sheet_questions.html" if request.htmx else "cases/sheet_edit.html"
    return render(request, template, context | {"clashes": told(clashes)}, status=200 if request.htmx else status)


def _again(form: SheetForm, sheet: AssessmentSheet) -> SheetForm:
    """The form as it stands now, with what could not be read still in it."""
    fresh = sheet_form(sheet.version.definition, sheet.answers)
    for name, errors in form.errors.items():
        fresh.initial[name] = form.data.get(name, "")
        fresh.fields[name].help_text = " ".join(str(error) for error in errors)
    return fresh


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def sheet_finish(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Say that the assessment is done, and when."""
    sheet = selectors.get_sheet_to_work_on(request.user, pk)
    form = FinishForm(request.POST or None)
    if form.is_valid() and done(form, services.finish_sheet, by=request.user, sheet=sheet, **form.cleaned_data):
        messages.success(request, _("The assessment is recorded."))
        return redirect("sheet_detail", pk)
    context = {"sheet": sheet, "case": sheet.case, "person": sheet.case.person, "form": form}
    return render(request, "cases/sheet_finish.html", context, status=422 if form.is_bound else 200)


@require_GET
@asks_for_closed_file
def sheet_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """What was answered, the points, and how they changed since the assessments before."""
    sheet = selectors.get_sheet(request.user, pk)
    comparison, may_work = selectors.comparison_with(sheet), works_on(request.user, sheet.case)
    context = {
        "sheet": sheet, "case": sheet.case, "person": sheet.case.person, "figures": figures_of(sheet),
        "answers": parts_of(sheet.version.definition, sheet.answers, hides=not may_work), "table": table_of(comparison),
        "may_work": may_work,
        "may_review": may_work and sheet.status == sheet.Status.DONE and sheet.reviewed_at is None
        and sheet.done_by_id != request.user.pk,
    }  # fmt: skip
    return render(request, "cases/sheet_detail.html", context)


@only_posts
@require_POST
@asks_for_closed_file
def sheet_review(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Somebody else of the team has read the assessment."""
    sheet = selectors.get_sheet_to_work_on(request.user, pk)
    if _try(request, services.review_sheet, sheet=sheet):
        messages.success(request, _("Noted that you have read it."))
    return redirect("sheet_detail", pk)


@require_GET
def instrument_list(request: StaffRequest) -> HttpResponse:
    """The instruments of the network and of the city, with their versions."""
    if not can(request.user, Permission.VIEW_CASES):
        raise PermissionDenied
    context = {"versions": selectors.visible_instruments(request.user), "may_load": _keeps(request)}
    return render(request, "cases/instrument_list.html", context)


@require_GET
def instrument_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """What a version asks; as a spreadsheet, to make another one of it."""
    version = selectors.get_version(request.user, pk)
    if (kind := request.GET.get("format")) in EXPORTS:
        return EXPORTS[kind](version.instrument.code, *example(version))
    may_withdraw = version.instrument.partner_id in _keeps(request) and version.withdrawn_at is None
    context = {"version": version, "asked": version.definition, "may_withdraw": may_withdraw}
    return render(request, "cases/instrument_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def instrument_new(request: StaffRequest) -> HttpResponse:
    """Load an instrument of the city from a spreadsheet."""
    partner = next(iter(_keeps(request).values()), None)
    if partner is None:
        raise PermissionDenied
    form, wrong = InstrumentForm(request.POST or None, request.FILES or None), []
    if form.is_valid():
        kind, content = form.cleaned_data["kind"], form.cleaned_data["file"]
        try:
            version = services.load_instrument(by=request.user, partner=partner, kind=kind, content=content)
        except DomainError as error:
            wrong = error.wrong if isinstance(error, BadInstrument) else []
            form.add_error("file", _("Nothing was loaded.") if wrong else str(error))
        else:
            messages.success(request, _("The instrument is loaded: version %(n)s.") % {"n": version.number})
            return redirect("instrument_detail", version.pk)
    context = {"form": form, "wrong": wrong, "examples": selectors.visible_instruments(request.user)[:6]}
    return render(request, "cases/instrument_new.html", context, status=422 if form.is_bound else 200)


@require_POST
def version_withdraw(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Nobody begins with this version any more."""
    version = selectors.get_version(request.user, pk)
    services.withdraw_version(by=request.user, version=version)
    messages.success(request, _("Withdrawn. What was assessed with it stays readable."))
    return redirect("instrument_detail", pk)


def _keeps(request: StaffRequest) -> dict[uuid.UUID, Any]:
    """The partners for which the reader loads instruments."""
    partners = access_of(request.user).partner_ids(Permission.KEEP_INSTRUMENTS)
    return {one.pk: one for one in Partner.objects.filter(pk__in=partners)}


def _try(request: StaffRequest, service: Any, **arguments: Any) -> Any:
    """Call the service; a broken rule becomes a message."""
    try:
        return service(by=request.user, **arguments)
    except DomainError as error:
        messages.error(request, str(error))
        return None
