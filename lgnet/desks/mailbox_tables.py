"""Columns and filters of the list of mailboxes."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.catalogue.models import Team
from lgnet.core.addresses import address_of
from lgnet.core.tables import Column, FilterForm
from lgnet.desks.mailbox_models import RENEWED_BEFORE
from lgnet.desks.mailbox_selectors import mail_desks
from lgnet.desks.models import Mailbox
from lgnet.desks.tables import ALL
from lgnet.network.models import User

STATES = {
    "open": (pgettext_lazy("mailbox", "open"), "success"),
    "ending": (_("to renew soon"), "warning"),
    "expired": (_("expired: to renew"), "danger"),
    "closed": (pgettext_lazy("mailbox", "closed"), "neutral"),
}


class MailboxFilter(FilterForm):
    """Name or number of the box, kind, desk, state, mail that waits."""

    q = forms.CharField(label=_("Name or number"), required=False, max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[ALL, *Mailbox.Kind.choices])
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Desk"), required=False, empty_label=_("all"))
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[ALL, *((key, words) for key, (words, _kind) in STATES.items())]
    )
    mail = forms.ChoiceField(
        label=_("Mail"), required=False, choices=[ALL, ("waits", _("waits")), ("late", _("waits after the term"))]
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["team"].queryset = mail_desks(user)  # type: ignore[attr-defined]

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the mailboxes asked for."""
        data = self.cleaned_data
        if text := data.get("q"):
            found = Q(number__iexact=text)
            for name in ("nickname", "given_names", "family_names", "pseudonym"):
                found |= Q(**{f"person__{name}__icontains": text})
            rows = rows.filter(found)
        if state := data.get("state"):
            rows = rows.filter(_in_state(state))
        if mail := data.get("mail"):
            rows = rows.filter(oldest__lt=timezone.localdate()) if mail == "late" else rows.filter(waiting__gt=0)
        exact = {"kind": data.get("kind"), "team": data.get("team")}
        return rows.filter(**{name: value for name, value in exact.items() if value})


def _in_state(state: str) -> Q:
    today = timezone.localdate()
    soon = today + RENEWED_BEFORE - timedelta(days=1)
    if state == "closed":
        return Q(closed_on__isnull=False)
    days = {"expired": Q(ends_on__lt=today), "ending": Q(ends_on__gte=today, ends_on__lte=soon)}
    return Q(closed_on__isnull=True) & days.get(state, Q(ends_on__gt=soon))


def state_words(box: Mailbox) -> Any:
    """The state of a mailbox in words."""
    return STATES[box.state][0]


def mailbox_columns() -> list[Column]:
    """Whose, which kind and number, until when, and what waits."""
    return [
        Column(
            "person", _("Person"), lambda b: b.person.name_as_used, sort="person__family_names",
            link=lambda b: address_of("mailbox_detail", b.pk),
        ),
        Column("pseudonym", _("Code"), lambda b: b.person.pseudonym, code=True, export_only=True),
        Column("kind", _("Kind"), lambda b: b.get_kind_display(), sort="kind"),
        Column("number", pgettext_lazy("mailbox", "Number"), lambda b: b.number, sort="number", code=True),
        Column("waiting", _("Letters waiting"), lambda b: b.waiting, sort="waiting"),
        Column("oldest", _("First kept until"), lambda b: b.oldest, sort="oldest"),
        Column("ends_on", _("Last day"), lambda b: b.ends_on, sort="ends_on"),
        Column("state", _("State"), state_words, badge=lambda b: STATES[b.state][1]),
        Column("team", _("Desk"), lambda b: b.team.name, sort="team__name"),
        Column("starts_on", _("First day"), lambda b: b.starts_on, export_only=True),
        Column("signed_on", _("Agreement signed on"), lambda b: b.signed_on, export_only=True),
        Column("closed_on", _("Closed on"), lambda b: b.closed_on, export_only=True),
    ]  # fmt: skip
