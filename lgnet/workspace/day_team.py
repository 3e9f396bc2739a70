"""Handovers and transfers in the day of who has to answer them, and of the coordinator."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lgnet.cases import handover_selectors, transfer_selectors
from lgnet.cases.models import Handover, Transfer
from lgnet.core.languages import language_name
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.selectors import log_listing
from lgnet.workspace.day import Day, Figure, Item, Section

SHOWN = 6


def add_team(user: User, day: Day) -> None:
    """What colleagues and other cities wait for; nothing where nothing does."""
    permissions = access_of(user).permissions
    if not permissions & {Permission.WORK_ON_CASE, Permission.ASSIGN_CASE}:
        return
    handovers = list(handover_selectors.to_accept(user)[:SHOWN])
    if handovers:
        day.sections.append(Section(_("Handed over to you"), [_handover(one) for one in handovers]))
    waiting = list(transfer_selectors.waiting_here(user)[: SHOWN + 1])
    if waiting:
        more = f"{reverse('transfer_list')}?direction=in&state=sent"
        items = [_incoming(one) for one in waiting[:SHOWN]]
        day.sections.append(Section(_("From other cities, to answer"), items, more=more, more_label=_("All of them")))
    late = list(transfer_selectors.late_there(user)[:SHOWN])
    log_listing(user, [one.person for one in late])
    if late:
        day.sections.append(Section(_("Other cities have not answered"), [_outgoing(one) for one in late]))
    if Permission.ASSIGN_CASE in permissions:
        day.add_figures(*_figures(user))


def _figures(user: User) -> list[Figure]:
    alone = handover_selectors.left_alone(user).count()
    old = handover_selectors.open_too_long(handover_selectors.visible_handovers(user)).count()
    url = reverse("case_handover_list")
    text = ngettext(
        "open case whose manager does not work here any more", "open cases whose manager does not work here any more",
        alone,
    )  # fmt: skip
    long = ngettext("handover open for too long", "handovers open for too long", old)
    return [Figure(alone, text, url, "danger"), Figure(old, long, f"{url}?state=long")]


def _handover(one: Handover) -> Item:
    number = ngettext("%(n)s case", "%(n)s cases", one.cases) % {"n": one.cases}  # type: ignore[attr-defined]
    until = _("until %(day)s") % {"day": date_format(one.until, "SHORT_DATE_FORMAT")} if one.until else ""
    return Item(
        _("from %(who)s") % {"who": one.giver.full_name}, " · ".join(part for part in (number, until) if part),
        reverse("case_handover", args=[one.pk]), _("accept?"), "warning",
    )  # fmt: skip


def _incoming(one: Transfer) -> Item:
    spoken = ", ".join(language_name(code) for code in one.languages)
    who = one.shown_initials or _("somebody")
    return Item(
        _("%(who)s from %(city)s") % {"who": who, "city": one.partner.short_name}, spoken,
        reverse("transfer_incoming", args=[one.pk]), *_due(one),
    )  # fmt: skip


def _outgoing(one: Transfer) -> Item:
    text = _("transfer to %(city)s") % {"city": one.to_partner.short_name}
    return Item(one.person.name_as_used, text, reverse("transfer_detail", args=[one.pk]), *_due(one))


def _due(one: Transfer) -> tuple[str, str]:
    day = date_format(one.due_on, "SHORT_DATE_FORMAT") if one.due_on else ""
    return (_("overdue"), "danger") if one.is_late else (_("by %(day)s") % {"day": day}, "info")
