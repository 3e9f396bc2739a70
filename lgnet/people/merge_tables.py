"""Columns and filters of the pairs that may be one person, and of the files that were joined."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from lgnet.core.addresses import address_of
from lgnet.core.tables import Column, FilterForm
from lgnet.people.merge_selectors import reasons_in_words
from lgnet.people.models import Person, PersonMerge, PersonPair
from lgnet.people.tables import ANY, birth_in_words

NAMES = ("nickname", "given_names", "family_names")


def pair_columns() -> tuple[Column, ...]:
    """Both persons, enough to tell them apart, and why they may be one."""
    return (
        Column("one", _("Person"), lambda p: _called(p.one), link=_compare_url),
        Column("one_born", _("Born, or age"), lambda p: birth_in_words(p.one)),
        Column("one_code", _("Code"), lambda p: p.one.pseudonym, code=True),
        Column("other", _("Perhaps the same as"), lambda p: _called(p.other), link=_compare_url),
        Column("other_born", _("Born, or age"), lambda p: birth_in_words(p.other)),
        Column("other_code", _("Code"), lambda p: p.other.pseudonym, code=True),
        Column("why", _("Why"), lambda p: ", ".join(reasons_in_words(p.reasons))),
        Column("state", _("State"), _state, badge=lambda p: "warning" if p.status == "open" else "neutral"),
        Column("found", _("Proposed on"), lambda p: p.created_at, sort="created_at", export_only=True),
    )


def _called(person: Person) -> str:
    return f"{person.nickname} ({person.full_name})" if person.nickname and person.full_name else person.name_as_used


def _compare_url(pair: PersonPair) -> str:
    """The older file is proposed to be kept."""
    return f"{address_of('person_join', pair.one_id)}?other={pair.other_id}"


def _state(pair: PersonPair) -> str:
    if pair.decided_by is None:
        return str(pair.get_status_display())
    return _now("two different people, says %(name)s") % {"name": pair.decided_by.full_name}


class PairFilter(FilterForm):
    """Pairs by a name or code of one of the two, by what is the same, and by what was said of them."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=80)
    same = forms.ChoiceField(
        label=_("What is the same"), required=False,
        choices=[
            ANY, ("same_identifier", _("document number")), ("same_phone", _("phone number")),
            ("same_birth_date", _("date of birth")),
        ],
    )  # fmt: skip
    status = forms.ChoiceField(label=_("State"), required=False, choices=[ANY, *PersonPair.Status.choices])

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the pairs asked for."""
        data = self.cleaned_data
        for word in (data.get("q") or "").split():
            rows = rows.filter(_about(word, "one") | _about(word, "other"))
        if same := data.get("same"):
            rows = rows.filter(reasons__icontains=f'"{same}"')
        if status := data.get("status"):
            rows = rows.filter(status=status)
        return rows


def _about(word: str, whose: str) -> Q:
    found = Q(**{f"{whose}__pseudonym__iexact": word})
    for name in NAMES:
        found |= Q(**{f"{whose}__{name}__icontains": word})
    return found


def merge_columns() -> tuple[Column, ...]:
    """Who joined which files, when and why, and whether it was undone."""
    return (
        Column("at", _("Joined on"), lambda m: m.created_at, sort="created_at"),
        Column("kept", _("Kept"), lambda m: m.kept.name_as_used, link=_merge_url),
        Column("kept_code", _("Code"), lambda m: m.kept.pseudonym, code=True),
        Column("absorbed", _("Joined with it"), lambda m: m.absorbed.name_as_used),
        Column("absorbed_code", _("Code"), lambda m: m.absorbed.pseudonym, code=True),
        Column("who", _("Who"), lambda m: m.merged_by.full_name, sort="merged_by__full_name"),
        Column("why", _("Why"), lambda m: m.reason),
        Column("undone", _("Undone on"), lambda m: m.undone_at, sort="undone_at"),
        Column("undone_why", _("Why it was undone"), lambda m: m.undo_reason, export_only=True),
    )


def _merge_url(merge: PersonMerge) -> str:
    return address_of("merge_detail", merge.pk)


class MergeFilter(FilterForm):
    """Joined files by a name, a code or the colleague; undone or not."""

    q = forms.CharField(label=_("Name, code or colleague"), required=False, max_length=80)
    undone = forms.ChoiceField(
        label=_("Undone"), required=False, choices=[ANY, ("no", _("still joined")), ("yes", _("undone"))]
    )

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the joinings asked for."""
        data = self.cleaned_data
        for word in (data.get("q") or "").split():
            rows = rows.filter(
                _about(word, "kept") | _about(word, "absorbed") | Q(merged_by__full_name__icontains=word)
            )
        if data.get("undone"):
            rows = rows.filter(undone_at__isnull=data["undone"] == "no")
        return rows
