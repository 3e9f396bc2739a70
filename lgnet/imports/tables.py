"""Columns and filters of the list of imports."""

from typing import Any

from django import forms
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.core.addresses import address_of
from lgnet.core.forms import DayField
from lgnet.core.periods import midnight
from lgnet.core.tables import Column, FilterForm
from lgnet.imports.kinds import every_kind
from lgnet.imports.models import ImportRun, RunState

ALL = ("", _("all"))
RUN_KINDS = {
    RunState.OPEN: "info", RunState.LEFT: "neutral", RunState.DONE: "success", RunState.UNDONE: "neutral",
    RunState.PARTLY: "warning",
}  # fmt: skip
_IN_STATE = {
    RunState.OPEN: Q(imported_at=None, left_at=None),
    RunState.LEFT: Q(left_at__isnull=False),
    RunState.DONE: Q(imported_at__isnull=False, undone_at=None),
    RunState.UNDONE: Q(undone_at__isnull=False, undone=F("made")),
    RunState.PARTLY: Q(undone_at__isnull=False, undone__lt=F("made")),
}


class RunFilter(FilterForm):
    """File or colleague, kind, state, days."""

    q = forms.CharField(label=_("File or colleague"), required=False, max_length=80)
    kind = forms.ChoiceField(label=_("What"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[ALL, *RunState.choices])
    since = DayField(label=pgettext_lazy("first day", "From"), required=False)
    until = DayField(label=pgettext_lazy("last day", "To"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = [ALL, *((kind.key, kind.label) for kind in every_kind())]

    def apply(self, rows: QuerySet[ImportRun]) -> QuerySet[ImportRun]:
        """Keep the imports asked for."""
        data = self.cleaned_data
        if text := data.get("q"):
            rows = rows.filter(Q(file_name__icontains=text) | Q(started_by__full_name__icontains=text))
        if kind := data.get("kind"):
            rows = rows.filter(kind=kind)
        if state := data.get("state"):
            rows = rows.filter(_IN_STATE[state])
        if since := data.get("since"):
            rows = rows.filter(created_at__gte=midnight(since))
        if until := data.get("until"):
            rows = rows.filter(created_at__lt=midnight(until, days_later=1))
        return rows


def run_columns() -> list[Column]:
    """When, what, from which file, by whom, and what came of it."""
    return [
        Column(
            "created_at", _("When"), lambda run: run.created_at, sort="created_at",
            link=lambda run: address_of("import_detail", run.pk),
        ),
        Column("kind", _("What"), lambda run: run.kind_label, sort="kind"),
        Column("file_name", pgettext_lazy("spreadsheet", "File"), lambda run: run.file_name, sort="file_name"),
        Column("state", _("State"), lambda run: run.state.label, badge=lambda run: RUN_KINDS[run.state]),
        Column("made", _("Imported"), lambda run: run.made, sort="-made"),
        Column("wrong", _("To mend"), lambda run: run.wrong, sort="-wrong"),
        Column("existing", _("There already"), lambda run: run.existing, sort="-existing"),
        Column("undone", _("Taken away"), lambda run: run.undone, sort="-undone", export_only=True),
        Column("started_by", _("Who"), lambda run: run.started_by.full_name, sort="started_by__full_name"),
        Column("partner", _("City"), lambda run: run.partner.short_name, export_only=True),
        Column("sha256", _("Fingerprint of the file"), lambda run: run.sha256, export_only=True),
    ]  # fmt: skip
