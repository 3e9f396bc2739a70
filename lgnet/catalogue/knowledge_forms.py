"""Forms about pages of answers."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.knowledge import LOOKED_AT_EVERY, Answer
from lgnet.catalogue.knowledge_models import KnowledgeFeedback, KnowledgeVersion
from lgnet.catalogue.models import ServiceType
from lgnet.core.forms import DayField, LgForm, LongTextField
from lgnet.core.once import RecordIdField
from lgnet.network.models import Partner

NETWORK = "network"
HOW = _(
    "An empty line begins a paragraph, “- ” an item of a list, “1. ” a numbered one, “## ” a heading; **so** is bold."
)


class AnswerForm(LgForm):
    """A page in Italian, and what is known about it."""

    record_id = RecordIdField()
    seen = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-draft-keep": ""}))
    scope = forms.ChoiceField(label=_("For whom"), widget=forms.RadioSelect)
    title = forms.CharField(
        label=_("Title"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("As people ask it: How do I renew my permit to stay?"),
    )  # fmt: skip
    body = LongTextField(label=_("Text, in Italian"), rows=14, help_text=HOW)
    topic = forms.ChoiceField(label=_("Topic"), choices=[("", _("Choose")), *ServiceType.Area.choices])
    service_type = forms.ModelChoiceField(
        ServiceType.objects.none(), label=_("Service"), required=False, empty_label=_("any of the topic")
    )
    sources = forms.CharField(
        label=_("Sources"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("One a line: the law or the office, and after a bar its address. D.lgs. 286/1998, art. 5 | https://…"),
    )  # fmt: skip
    review_by = DayField(label=_("To be looked at again by"), initial=lambda: timezone.localdate() + LOOKED_AT_EVERY)
    valid_until = DayField(
        label=_("True until"), required=False, help_text=_("Only if it is known to end: a call, a summer timetable.")
    )
    is_public = forms.BooleanField(label=_("On the public site too, once it is approved"), required=False)

    def __init__(self, *args: Any, partners: list[Partner], network: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        choices: list[tuple[str, Any]] = [(str(partner.pk), partner.short_name) for partner in partners]
        choices += [(NETWORK, _("the whole network"))] if network else []
        cast(forms.ChoiceField, self.fields["scope"]).choices = choices
        self.partners = {str(partner.pk): partner for partner in partners}
        if len(choices) == 1:
            self.fields["scope"].initial = choices[0][0]
            self.fields["scope"].widget = forms.HiddenInput()
        services = ServiceType.objects.filter(is_active=True)
        cast(forms.ModelChoiceField, self.fields["service_type"]).queryset = services

    def clean_scope(self) -> Partner | None:
        """The city, or None for the network."""
        return self.partners.get(self.cleaned_data["scope"])

    def answer(self) -> Answer:
        """What was typed, as the services take it."""
        data = self.cleaned_data
        lines = [line.partition("|") for line in data["sources"].splitlines() if line.strip()]
        return Answer(
            title=data["title"], body=data["body"], topic=data["topic"], service_type=data["service_type"],
            sources=[(label.strip(), url.strip()) for label, _bar, url in lines], review_by=data["review_by"],
            valid_until=data["valid_until"], is_public=data["is_public"],
        )  # fmt: skip

    def seen_moment(self) -> datetime | None:
        """Which state of the draft the writer saw."""
        try:
            return parse_datetime(self.cleaned_data["seen"])
        except ValueError:
            return None

    def show_as_of(self, version: KnowledgeVersion) -> None:
        """What is typed is kept; the next time it is saved, it takes the place of what is there now."""
        typed = cast(QueryDict, self.data).copy()
        typed["seen"] = version.changed_at.isoformat()
        self.data = typed


def initial_of(version: KnowledgeVersion) -> dict[str, Any]:
    """What the form shows of a draft."""
    names = ("topic", "service_type", "review_by", "valid_until", "is_public")
    text = version.text_in("it")
    sources = [" | ".join(part for part in (one["label"], one.get("url", "")) if part) for one in version.sources]
    partner = version.page.partner_id
    return {name: getattr(version, name) for name in names} | {
        "title": text.title, "body": text.body, "sources": "\n".join(sources), "seen": version.changed_at.isoformat(),
        "scope": str(partner) if partner else NETWORK,
    }  # fmt: skip


class TextForm(LgForm):
    """A draft in one more language."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.PUBLIC_LANGUAGES[1:])
    title = forms.CharField(
        label=_("Title"), max_length=150, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    body = LongTextField(label=_("Text"), rows=14, required=False, help_text=HOW)


class FeedbackForm(LgForm):
    """Whether an answer helped."""

    verdict = forms.ChoiceField(
        label=_("Did it help?"), choices=KnowledgeFeedback.Verdict.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("What is missing or wrong"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}), help_text=_("Nothing about a person."),
    )  # fmt: skip


class WhyForm(LgForm):
    """Why something is done."""

    reason = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}))


class ReviewDayForm(LgForm):
    """Until when a page counts as looked at."""

    review_by = DayField(label=_("To be looked at again by"), initial=lambda: timezone.localdate() + LOOKED_AT_EVERY)
