"""Columns and filters of the lists of documents."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lgnet.core.addresses import address_of
from lgnet.core.tables import Column, FilterForm
from lgnet.network.models import User
from lgnet.people.document_models import Document
from lgnet.people.document_selectors import SOON, pressing
from lgnet.people.selectors import search_persons

ANY = ("", _("all"))


def _document_url(document: Document) -> str:
    return address_of("document_detail", document.pk)


def _person_url(document: Document) -> str:
    return address_of("person_detail", document.person_id)


def expiring_columns() -> tuple[Column, ...]:
    """What ends when, and whose it is."""
    return (
        Column("until", _("Valid until"), lambda d: d.expires_on, sort="expires_on"),
        Column("left", _("Time left"), time_left, badge=urgency),
        Column("kind", _("Document"), lambda d: d.get_kind_display(), link=_document_url, sort="kind"),
        Column("person", _("Person"), lambda d: d.person.name_as_used, link=_person_url, sort="person__family_names"),
        Column("code", _("Code"), lambda d: d.person.pseudonym, code=True),
        Column("title", _("Title"), lambda d: d.title or None),
    )


def destruction_columns() -> tuple[Column, ...]:
    """What is proposed to be destroyed, by whom and why."""
    return (
        Column("at", _("Proposed on"), lambda d: d.proposed_at, sort="proposed_at"),
        Column("kind", _("Document"), lambda d: d.get_kind_display(), link=_document_url, sort="kind"),
        Column("person", _("Person"), lambda d: d.person.name_as_used, link=_person_url, sort="person__family_names"),
        Column("code", _("Code"), lambda d: d.person.pseudonym, code=True),
        Column("who", _("Who"), lambda d: d.proposed_by.full_name if d.proposed_by else None),
        Column("reason", _("Reason"), lambda d: d.proposed_reason),
    )


def time_left(document: Any) -> str:
    """How long a document is still good, in words; nothing when it has no end."""
    if document.expires_on is None:
        return ""
    days = (document.expires_on - timezone.localdate()).days
    if days < 0:
        return ngettext("expired %(days)s day ago", "expired %(days)s days ago", -days) % {"days": -days}
    if days == 0:
        return _now("ends today")
    return ngettext("ends in %(days)s day", "ends in %(days)s days", days) % {"days": days}


def urgency(document: Any) -> str:
    """The colour word of `time_left`."""
    if document.expires_on is None:
        return "neutral"
    days = (document.expires_on - timezone.localdate()).days
    return "danger" if days < 0 else "warning" if days <= 30 else "neutral"


class _PersonAndKind(FilterForm):
    q = forms.CharField(label=_("Name, birth, code, number"), required=False, max_length=200)
    kind = forms.ChoiceField(label=_("Type"), choices=[ANY, *Document.Kind.choices], required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def apply(self, rows: QuerySet[Document]) -> QuerySet[Document]:
        """Documents of this type, of persons found in any spelling."""
        data = self.cleaned_data
        if data.get("kind"):
            rows = rows.filter(kind=data["kind"])
        if data.get("q"):
            found = search_persons(self.user, data["q"])
            self.more = found.cut
            rows = rows.filter(person__in=list(found.keys))
        return rows


class ExpiringFilter(_PersonAndKind):
    """Documents that end in so many days, or have expired."""

    within = forms.ChoiceField(
        label=_("Valid until"), required=False,
        choices=[
            ("", _("90 days, and just expired")), ("30", _("the next 30 days")), ("60", _("the next 60 days")),
            ("90", _("the next 90 days")), ("expired", _("expired")), ("all", _("all")),
        ],
    )  # fmt: skip

    def apply(self, rows: QuerySet[Document]) -> QuerySet[Document]:
        """Documents asked for."""
        return super().apply(rows.filter(window(self.cleaned_data.get("within") or "")))


def window(within: str) -> Q:
    """For a queryset of documents: those that end when the filter says."""
    today = timezone.localdate()
    if within == "expired":
        return Q(expires_on__lt=today)
    if within == "all":
        return Q()
    if within:
        return Q(expires_on__gte=today, expires_on__lte=today + min(timedelta(days=int(within)), SOON))
    return pressing()


class DestructionFilter(_PersonAndKind):
    """Documents proposed to be destroyed, by type and person."""
