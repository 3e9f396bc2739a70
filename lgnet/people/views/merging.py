"""Two files of one person: the list of likely pairs, the comparison, joining, and undoing it."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.core.forms import done
from lgnet.core.tables import Table
from lgnet.network.access import can
from lgnet.network.models import User
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people import duplicates, merge_selectors, merging, moving, selectors
from lgnet.people.closed_files import asks_for_closed_file, only_posts
from lgnet.people.lists import person_table_response
from lgnet.people.merge_forms import MergeForm, UndoForm
from lgnet.people.merge_tables import MergeFilter, PairFilter, merge_columns, pair_columns
from lgnet.people.models import Person, PersonMerge
from lgnet.people.wording import language_words, object_words, record_words

FOUND = 10  # persons of a search for the other file


@require_GET
def duplicate_list(request: StaffRequest) -> HttpResponse:
    """Pairs of the city that may be one person, likeliest first."""
    user = _joiner(request.user)
    rows = merge_selectors.visible_pairs(user) if request.GET.get("status") else merge_selectors.open_pairs(user)
    table = Table(
        request, rows, pair_columns(), title=_("Perhaps registered twice"), filters=PairFilter(request.GET or None),
        empty_text=_("Nobody of the city looks like somebody else. Who is new is compared every night."),
    )  # fmt: skip
    response = person_table_response(
        request, table, "people/duplicate_list.html", object_type="people.personpair",
        permission=Permission.MERGE_PERSONS,
    )  # fmt: skip
    pairs = table.page_rows if not table.format else list(table.rows)
    action = "export" if table.format else "list"
    persons = {person.pk: person for pair in pairs for person in (pair.one, pair.other)}
    selectors.log_listing(user, persons.values(), action=action, query=request.GET.get("q", ""))
    return response


@require_GET
@asks_for_closed_file
def person_alike(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Who may have another file of this person: those proposed, and whoever is searched."""
    user = _joiner(request.user)
    person = selectors.get_whole_person(user, pk)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    said = duplicates.different_from(person)
    identity = selectors.identity_of(person)
    likely = selectors.likely_duplicates(user, person.partner, identity, exclude=person.pk)
    found = selectors.search_persons(user, text, within=_others(user, person), limit=FOUND) if text else []
    selectors.log_listing(user, [*found, *(other for other, _match in likely)], query=text)
    proposed = [
        (other, merge_selectors.reasons_in_words(match.reasons)) for other, match in likely if other.pk not in said
    ]
    context = {"person": person, "proposed": proposed, "found": found, "q": text}
    return render(request, "people/person_alike.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def person_join(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Two files side by side: which values are kept, what moves, why; joined in one go."""
    other, one = _uuid(request.GET.get("other")), selectors.get_listed_person(_joiner(request.user), pk)
    if other is None:
        return redirect("person_alike", one.pk)
    if selectors.get_listed_person(request.user, other) == one:  # joined already: the button was pressed twice
        return redirect("person_detail", one.pk)
    kept, absorbed = merge_selectors.get_two_to_merge(request.user, pk, other)
    reasons = merge_selectors.reasons_of(kept, absorbed)
    form = MergeForm(request.POST or None, kept=kept, absorbed=absorbed, reasons=reasons)
    if form.is_valid() and done(
        form, merging.merge_persons, by=request.user, kept=kept, absorbed=absorbed,
        reason=form.cleaned_data["reason"], choices=form.choices(), seen=form.seen(),
    ):  # fmt: skip
        messages.success(
            request, _("Joined: everything is in one file now. It can be undone from the page of the person.")
        )
        return redirect("person_detail", kept.pk)
    context = {"form": form, "kept": kept, "absorbed": absorbed, "reasons": reasons} | _side_by_side(kept, absorbed)
    return render(request, "people/person_join.html", context, status=422 if form.is_bound else 200)


@require_POST
@asks_for_closed_file
@only_posts
def person_different(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep that these are two people."""
    other = _uuid(request.POST.get("other"))
    if other is None:
        raise Http404
    one, two = merge_selectors.get_two_to_merge(_joiner(request.user), pk, other)
    duplicates.say_different(by=request.user, one=one, other=two)
    messages.success(request, _("Kept: they are two people. They are not proposed again."))
    return redirect("duplicate_list")


@require_GET
def merge_list(request: StaffRequest) -> HttpResponse:
    """Files that were joined in the city, and whether it was undone."""
    user = _joiner(request.user)
    table = Table(
        request, merge_selectors.visible_merges(user), merge_columns(), title=_("Joined files"),
        filters=MergeFilter(request.GET or None), person_of=lambda merge: merge.kept,
        empty_text=_("No files were joined yet."),
    )  # fmt: skip
    return person_table_response(
        request, table, "people/merge_list.html", object_type="people.personmerge", permission=Permission.MERGE_PERSONS
    )


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def merge_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """What was done when two files were joined, and undoing it."""
    merge = merge_selectors.get_merge(_joiner(request.user), pk)
    since = [] if merge.undone_at else [(key, record_words(row)) for key, row in merging.recorded_since(merge)]
    form = UndoForm(request.POST or None, since=since)
    if form.is_valid() and done(
        form, merging.undo_merge, by=request.user, merge=merge, reason=form.cleaned_data["reason"],
        given_back=form.cleaned_data.get("given_back", ()),
    ):  # fmt: skip
        messages.success(request, _("Undone: they are two files again, and are not proposed any more."))
        return redirect("merge_detail", pk)
    context = {"merge": merge, "form": form, "moved": _counts(merge.moved), "left": _left(merge)}
    return render(request, "people/merge_detail.html", context, status=422 if form.is_bound else 200)


def _joiner(user: User) -> User:
    if not can(user, Permission.MERGE_PERSONS):
        raise PermissionDenied(_("Your role does not join files."))
    return user


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def _others(user: User, person: Person) -> Any:
    return selectors.visible_persons(user).filter(partner=person.partner_id).exclude(pk=person.pk)


def _side_by_side(kept: Person, absorbed: Person) -> dict[str, Any]:
    """What goes together without a choice, what moves, what stands in the way, and who has the file afterwards."""
    moves = moving.plan_moves(kept, absorbed)
    both = [
        (_("Languages"), *([language_words(one) for one in who.languages.all()] for who in (kept, absorbed))),
        (_("How to reach the person"), *(_reached(who) for who in (kept, absorbed))),
        (_("Documents and codes"), *(
            [f"{one.get_kind_display()}: {one.value}" for one in who.identifiers.all()] for who in (kept, absorbed)
        )),
    ]  # fmt: skip
    members = [str(m.team or m.user) for who in (kept, absorbed) for m in selectors.file_members(who)]
    return {
        "both": [row for row in both if row[1] or row[2]],
        "moves": sorted((object_words(label), count) for label, count in moves.counts().items()),
        "clashes": [merging.clash_words(clash) for clash in moves.clashes],
        "members": sorted(set(members)),
        "differ_in_restriction": kept.restricted != absorbed.restricted,
        "pair": merge_selectors.pair_of(kept, absorbed),
        "swapped": f"{reverse('person_join', args=[absorbed.pk])}?other={kept.pk}",
    }


def _reached(person: Person) -> list[str]:
    points = person.contact_points.filter(ended_on__isnull=True).order_by("created_at")
    return [f"{point.value} ({point.get_safe_display()})" for point in points]


def _counts(ids: dict[str, Any]) -> list[tuple[str, int]]:
    return sorted((object_words(label), count) for label, count in merge_selectors.by_label(ids).items())


def _left(merge: PersonMerge) -> list[tuple[str, int]]:
    return _counts(merge.left)
