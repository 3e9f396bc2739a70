"""Titles that end and follow-ups that are due, in the day of who looks after the people."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lgnet.cases import after, titles
from lgnet.cases.title_tables import left, left_kind
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.selectors import log_listing
from lgnet.workspace.day import Day, Figure, Item, Section

SHOWN, WITHIN = 6, 60  # things of one kind on the page; days before the end of a title


def add_after(user: User, day: Day) -> None:
    """Whose title ends and is to be told, whom to ask how it goes: one's own first. The persons named are logged."""
    permissions = access_of(user).permissions
    if Permission.REGISTER_PERSON in permissions:
        _titles(user, day)
    if Permission.WORK_ON_CASE in permissions:
        _follow_ups(user, day)


def _titles(user: User, day: Day) -> None:
    waiting = titles.to_tell(titles.pressing(titles.ending_titles(user), days=WITHIN))
    rows = list(waiting.filter(mine=True).order_by("last_day", "pk")[:SHOWN])
    log_listing(user, [row.person for row in rows])
    items = [
        Item(
            row.person.name_as_used, str(titles.next_thing(row, row.last_day)),
            reverse("title_detail", args=[row.pk]), left(row), left_kind(row),
        )
        for row in rows
    ]  # fmt: skip
    listed = f"{reverse('title_list')}?within=60&state=none"
    if items:
        day.sections.append(Section(_("Titles that end, in your cases"), items, "", listed, _("All of them"), True))
    number = waiting.count()
    text = ngettext("title that ends: to be told", "titles that end: to be told", number)
    day.add_figures(Figure(number, text, f"{reverse('title_list')}?state=none"))


def _follow_ups(user: User, day: Day) -> None:
    rows = list(after.due_now(user).filter(case__manager=user)[:SHOWN])
    if not rows:
        return
    log_listing(user, [row.case.person for row in rows])
    items = [
        Item(
            row.case.person.name_as_used, _("%(months)s months after the end") % {"months": row.months},
            reverse("follow_up", args=[row.pk]),
            _("by %(day)s") % {"day": date_format(row.due_on, "SHORT_DATE_FORMAT")},
            "danger" if row.is_late else "info",
        )
        for row in rows
    ]  # fmt: skip
    day.sections.append(Section(_("Ask how it goes"), items, "", reverse("follow_up_list"), _("All follow-ups"), True))
