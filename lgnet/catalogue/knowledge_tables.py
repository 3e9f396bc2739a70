"""Columns and filters of the list of pages of answers."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.catalogue.knowledge_models import KnowledgeVersion
from lgnet.catalogue.knowledge_policies import partners_read
from lgnet.catalogue.knowledge_selectors import found_by_words, review_due, usable_today
from lgnet.catalogue.models import ServiceType
from lgnet.core.addresses import address_of
from lgnet.core.tables import Column, FilterForm
from lgnet.network.models import Partner, User

ALL = ("", _("all"))
STATES: dict[str, Any] = {
    "usable": pgettext_lazy("page of answers", "approved"), "due": _("to be looked at again"),
    "over": _("no longer true"),
    "in_review": _("waiting for review"), "draft": _("draft"), "outdated": _("outdated"),
}  # fmt: skip
STATE_KINDS = {
    "usable": "success", "due": "warning", "over": "danger", "in_review": "info", "draft": "neutral",
    "outdated": "neutral",
}  # fmt: skip


def state_of(version: KnowledgeVersion) -> str:
    """The key in STATES of a version today."""
    today = timezone.localdate()
    if version.status != KnowledgeVersion.Status.APPROVED:
        return str(version.status)
    if version.valid_until and version.valid_until < today:
        return "over"
    return "due" if version.review_by <= today else "usable"


def knowledge_columns() -> tuple[Column, ...]:
    """What a page answers, for whom, in which state."""
    return (
        Column("title", _("Page"), lambda v: v.shown_title, link=_url, sort="shown_title"),
        Column("topic", _("Topic"), lambda v: v.get_topic_display(), sort="topic"),
        Column("service", _("Service"), lambda v: v.service_type.name if v.service_type else None, export_only=True),
        Column("scope", _("For"), lambda v: v.page.scope, sort="page__partner__short_name"),
        Column("languages", _("Languages"), lambda v: ", ".join(v.languages)),
        Column(
            "state", _("State"), lambda v: STATES[state_of(v)], badge=lambda v: STATE_KINDS[state_of(v)], sort="status"
        ),
        Column("reports", _("Reports"), lambda v: v.reports or None, sort="-reports"),
        Column("review", _("To be looked at again by"), lambda v: v.review_by, sort="review_by"),
        Column("public", _("On the public site"), lambda v: v.is_public, export_only=True),
    )


def _url(version: Any) -> str:
    return address_of("knowledge_detail", version.pk)


class KnowledgeFilter(FilterForm):
    """Words, topic, language, city, state."""

    topic = forms.ChoiceField(label=_("Topic"), choices=[ALL, *ServiceType.Area.choices], required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[ALL, *STATES.items(), ("reported", _("with reports"))]
    )
    language = forms.ChoiceField(label=_("Language"), choices=[ALL, *settings.PUBLIC_LANGUAGES], required=False)
    scope = forms.ChoiceField(label=_("For"), required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        partners = Partner.objects.filter(pk__in=partners_read(user)).order_by("short_name")
        cities = [(str(partner.pk), partner.short_name) for partner in partners]
        self.fields["scope"].choices = [ALL, ("network", _("the whole network")), *cities]  # type: ignore[attr-defined]

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Pages asked for; a search gives those with every word, or else with one of them, the best first."""
        data = self.cleaned_data
        if data.get("topic"):
            rows = rows.filter(topic=data["topic"])
        if data.get("language"):
            rows = rows.filter(texts__language=data["language"])
        if scope := data.get("scope"):
            rows = rows.filter(page__partner__isnull=True) if scope == "network" else rows.filter(page__partner=scope)
        if state := data.get("state"):
            rows = _in_state(rows, state)
        if not data.get("q"):
            return rows
        found = found_by_words(rows, data["q"], every=True)
        return found if found.exists() else found_by_words(rows, data["q"])


def _in_state(rows: QuerySet[Any], state: str) -> QuerySet[Any]:
    match state:
        case "usable":
            return rows.filter(usable_today())
        case "due":
            return rows.filter(review_due())
        case "over":
            return rows.filter(status="approved").exclude(usable_today())
        case "reported":
            return rows.filter(reports__gt=0)
    return rows.filter(status=state)
