"""Every part pages are made of, with its states."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from lgnet.core.forms import LgForm
from lgnet.core.tables import Column, FilterForm, Table


class SampleForm(LgForm):
    """One field of every kind."""

    name = forms.CharField(label=_("Text"), help_text=_("One line that helps."), max_length=40)
    day = forms.DateField(label=_("Day"), required=False)
    one = forms.ChoiceField(label=_("One of a list"), choices=[("a", _("first")), ("b", _("second"))])
    radio = forms.ChoiceField(
        label=_("One of a few"), choices=[("a", _("first")), ("b", _("second"))], widget=forms.RadioSelect
    )
    some = forms.MultipleChoiceField(
        label=_("Some of a few"), choices=[("a", _("first")), ("b", _("second"))], widget=forms.CheckboxSelectMultiple,
        required=False,
    )  # fmt: skip
    yes = forms.BooleanField(label=_("Yes or no"), required=False)
    text = forms.CharField(label=_("Long text"), widget=forms.Textarea(attrs={"rows": 3}), required=False)


SAMPLE_COLUMNS = (
    Column("name", _("Name"), lambda row: row["name"], link=lambda row: "#table"),
    Column("day", _("Day"), lambda row: row["day"]),
    Column("state", _("State"), lambda row: row["state"], badge=lambda row: row["kind"]),
    Column("sure", _("Yes or no"), lambda row: row["sure"]),
    Column("number", _("Number"), lambda row: row["number"]),
)


@require_GET
def component_gallery(request: HttpRequest) -> HttpResponse:
    """The gallery: for whoever builds pages, and for whoever wants to see that all of them obey."""
    now = timezone.now()
    rows: list[dict[str, Any]] = [
        {"name": "Prova Uno", "day": now.date(), "state": _("open"), "kind": "info", "sure": True, "number": 12345},
        {"name": "Prova Due", "day": None, "state": _("late"), "kind": "danger", "sure": False, "number": 0.5},
    ]
    events = [
        {"at": now, "title": _("taken in charge"), "icon": "it-folder", "text": _("One line of text."), "by": "Prova"},
        {"at": now - timedelta(days=3), "title": _("met in the street"), "icon": "it-map-marker"},
    ]
    context = {
        "form": SampleForm(),
        "invalid": SampleForm({"name": "x" * 50, "day": "31/02/2026"}, auto_id="invalid_%s"),
        "table": Table(request, rows, SAMPLE_COLUMNS, title=_("A list"), filters=FilterForm(request.GET or None)),
        "events": events,
        "facts": [(_("Citizenship"), "Marocco"), (_("Left out"), "")],
        "badges": ["info", "success", "warning", "danger", "neutral"],
        "icons": [
            "it-user",
            "it-search",
            "it-folder",
            "it-map-marker",
            "it-calendar",
            "it-check-circle",
            "it-warning-circle",
        ],
    }
    return render(request, "workspace/gallery.html", context)
