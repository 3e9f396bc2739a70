"""Forms, filters and columns of the notes on a case."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.cases.note_models import CaseNote, NoteWords
from lgnet.cases.notes import NoteDraft
from lgnet.core.addresses import address_of
from lgnet.core.forms import DayField, LgForm, LongTextField
from lgnet.core.once import RecordIdField
from lgnet.core.tables import Column, FilterForm
from lgnet.network.models import User

ALL = ("", _("all"))


class WordsForm(LgForm):
    """What happened, when and how."""

    record_id = RecordIdField()
    words = LongTextField(label=_("Note"), rows=4)
    occurred_on = DayField(label=_("Day"), initial=timezone.localdate)
    way = forms.ChoiceField(label=_("How"), choices=NoteWords.Way.choices, initial=NoteWords.Way.TALK)

    def draft(self) -> NoteDraft:
        """The note as typed."""
        data = self.cleaned_data
        return NoteDraft(words=data["words"], occurred_on=data["occurred_on"], way=data["way"])


class NoteForm(WordsForm):
    """A new note, and for whose eyes it is."""

    visibility = forms.ChoiceField(
        label=_("Who reads it"), choices=NoteWords.Visibility.choices, initial=NoteWords.Visibility.TEAM
    )
    for_bodies = forms.BooleanField(label=_("also the bodies that work on a part of the case"), required=False)

    def arguments(self) -> dict[str, Any]:
        """Arguments of `notes.write_note`, apart from `by` and `case`."""
        data = self.cleaned_data
        return {"draft": self.draft(), **{name: data[name] for name in ("visibility", "for_bodies", "record_id")}}


class EditForm(WordsForm):
    """A note written anew, with the version that the writer read."""

    base = forms.IntegerField(min_value=1, widget=forms.HiddenInput(attrs={"data-draft-keep": ""}))


class ShowForm(LgForm):
    """For whose eyes a note is from now on."""

    visibility = NoteForm.base_fields["visibility"]
    for_bodies = NoteForm.base_fields["for_bodies"]
    confirmed = forms.BooleanField(
        label=_("Yes, from now on these people read it"), required=False,
        help_text=_("What was written before stays readable for those it was written for, and for nobody else."),
    )  # fmt: skip


class TakeBackForm(LgForm):
    """Why a note is taken back."""

    reason = forms.CharField(label=_("Why"), max_length=300)


class NoteFilter(FilterForm):
    """Words, for whose eyes, by whom, and how."""

    q = forms.CharField(label=_("Words"), required=False, max_length=80)
    visibility = forms.ChoiceField(
        label=_("Who reads it"), required=False, choices=[ALL, *NoteWords.Visibility.choices]
    )
    author = forms.ModelChoiceField(User.objects.none(), label=_("By"), required=False, empty_label=_("all"))
    way = forms.ChoiceField(label=_("How"), required=False, choices=[ALL, *NoteWords.Way.choices])

    def __init__(self, *args: Any, notes: QuerySet[CaseNote], **options: Any) -> None:
        super().__init__(*args, **options)
        writers = User.objects.filter(pk__in=notes.order_by().values("author")).order_by("full_name")
        cast(forms.ModelChoiceField, self.fields["author"]).queryset = writers

    def apply(self, rows: QuerySet[CaseNote]) -> QuerySet[CaseNote]:
        """Keep the notes asked for."""
        data = self.cleaned_data
        if text := data.get("q"):
            rows = rows.filter(words__icontains=text)
        for name in ("visibility", "author", "way"):
            if data.get(name):
                rows = rows.filter(**{name: data[name]})
        return rows


def note_columns() -> list[Column]:
    """When, how, what, by whom, and who reads it."""
    return [
        Column("day", _("Day"), lambda n: n.occurred_on, sort="-occurred_on",
               link=lambda n: address_of("note_detail", n.pk)),
        Column("way", _("How"), lambda n: n.get_way_display(), sort="way"),
        Column("words", _("Note"), lambda n: n.words),
        Column("author", _("By"), lambda n: n.author.full_name, sort="author__full_name"),
        Column("visibility", _("Who reads it"), lambda n: n.readers, sort="visibility"),
        Column("written_by", _("Last written by"), lambda n: n.written_by.full_name, export_only=True),
        Column("written_at", _("Last written"), lambda n: n.written_at, export_only=True),
    ]  # fmt: skip
