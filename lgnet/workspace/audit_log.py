"""The log of writes and reads, for coordinators and data protection officers."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.http import HttpResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.core.forms import DayField
from lgnet.core.periods import midnight
from lgnet.core.tables import Column, FilterForm, Table, table_response
from lgnet.network.access import access_of, can
from lgnet.network.exports import log_export
from lgnet.network.models import User
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.models import Person
from lgnet.people.policies import in_team_of_file, logged_not_hidden_from
from lgnet.people.selectors import ids_of
from lgnet.people.wording import object_words

LOG = "audit.auditentry"


def visible_entries(user: User) -> QuerySet[Any]:
    """Log rows of the partners that the user oversees, with `code`, the person's pseudonym; latest first.

    Rows about a restricted file are shown to its team and to who may see the log of restricted files.
    """
    access = access_of(user)
    whole = access.partner_ids(Permission.VIEW_RESTRICTED_AUDIT)
    return (
        AuditEntry.objects.filter(partner_id__in=access.partner_ids(Permission.VIEW_AUDIT))
        .filter(Q(partner_id__in=whole) | logged_not_hidden_from(user))
        .annotate(code=Subquery(Person.objects.filter(pk=OuterRef("person_id")).values("pseudonym")[:1]))
        .order_by("-created_at", "-id")
    )


@require_GET
def audit_list(request: StaffRequest) -> HttpResponse:
    """Who read and wrote what, when and why. Looking at the log is logged too."""
    user = request.user
    if not can(user, Permission.VIEW_AUDIT):
        raise PermissionDenied
    table = Table(
        request, visible_entries(user), audit_columns(user), title=_("Log"),
        filters=AuditFilter(request.GET or None, user=user),
        empty_text=_("Nothing was read or written yet."),
    )  # fmt: skip
    if "format" not in request.GET:
        for partner_id in access_of(user).partner_ids(Permission.VIEW_AUDIT):
            audit.note_read(
                by=user, action=AuditEntry.Action.LIST, object_type=LOG, object_id=None, partner_id=partner_id
            )
    return table_response(
        request, table, "workspace/audit_list.html",
        on_export=lambda count: log_export(user, LOG, Permission.VIEW_AUDIT, count),
    )  # fmt: skip


# What the log says of two files of one person, with the code of the other.
JOINING = {
    "joined": gettext_noop("joined with %(code)s"), "parted": gettext_noop("parted from %(code)s"),
    "different": gettext_noop("not the same person as %(code)s"),
}  # fmt: skip


class AuditFilter(FilterForm):
    """Name of who acted or code of the person; kind of action; days."""

    q = forms.CharField(label=_("Colleague, or code of a person"), required=False, max_length=80)
    action = forms.ChoiceField(label=_("Action"), required=False, choices=[("", _("all")), *AuditEntry.Action.choices])
    first = DayField(label=pgettext_lazy("first day", "From"), required=False)
    last = DayField(label=pgettext_lazy("last day", "To"), required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def _about(self, text: str, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Rows of a colleague, or about the person with this code: also lists and files in which she or he was."""
        access = access_of(self.user)
        whole = access.partner_ids(Permission.VIEW_RESTRICTED_AUDIT)
        coded = Person.objects.filter(pseudonym__iexact=text).filter(
            Q(partner__in=whole) | Q(restricted=False) | Q(in_team_of_file(self.user))
        )
        wanted = Q(actor_name__icontains=text)
        if person := coded.first():
            rows = rows.annotate(told=Cast("detail", TextField()))
            for pk in ids_of(person.pk):  # the log keeps the id a file had when it was read or written
                wanted |= Q(person_id=pk) | Q(told__contains=str(pk))
        return rows.filter(wanted)

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows asked for."""
        data = self.cleaned_data
        if text := data.get("q"):
            rows = self._about(text, rows)
        if action := data.get("action"):
            rows = rows.filter(action=action)
        if first := data.get("first"):
            rows = rows.filter(created_at__gte=midnight(first))
        if last := data.get("last"):
            rows = rows.filter(created_at__lt=midnight(last, days_later=1))
        return rows


def _detail(entry: AuditEntry, *, with_searches: bool) -> str:
    """What the row tells besides: reason, number of persons listed, fields changed; never what was in them."""
    detail, told = entry.detail, [entry.reason] if entry.reason else []
    if "persons" in detail:
        count = len(detail["persons"])
        told.append(ngettext("%(count)s person", "%(count)s persons", count) % {"count": count})
    if detail.get("query") and with_searches:
        told.append(_now("searched: %(text)s") % {"text": detail["query"]})
    if "rows" in detail:
        told.append(ngettext("%(count)s row", "%(count)s rows", detail["rows"]) % {"count": detail["rows"]})
    if detail.get("changes"):
        told.append(", ".join(sorted(detail["changes"])))
    told += [_now(words) % {"code": detail[name]} for name, words in JOINING.items() if detail.get(name)]
    told += [str(detail[name]) for name in ("user", "what", "ip") if detail.get(name)]
    return " · ".join(told)


def audit_columns(user: User) -> tuple[Column, ...]:
    """When, who, what, about whom; what was typed in a search names people, so it is for data protection only."""
    with_searches = can(user, Permission.VIEW_RESTRICTED_AUDIT)
    return (
        Column("at", _("When"), lambda entry: entry.created_at, sort="created_at"),
        Column("who", _("Who"), lambda entry: entry.actor_name, sort="actor_name"),
        Column("action", _("Action"), lambda entry: entry.get_action_display(), sort="action"),
        Column("object", _("What"), lambda entry: object_words(entry.object_type), sort="object_type"),
        Column("code", _("Person"), lambda entry: entry.code, code=True),
        Column("detail", _("Reason and details"), lambda entry: _detail(entry, with_searches=with_searches)),
    )
