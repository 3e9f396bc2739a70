"""What was promised at the desk and the mail that waits, in the day of who keeps them."""

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lgnet.desks import mailbox_selectors, request_selectors
from lgnet.desks.mailbox_models import RENEWED_BEFORE
from lgnet.desks.models import Request
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.selectors import log_listing
from lgnet.workspace.day import Day, Figure, Item, Section

SHOWN = 6


def add_promises(user: User, day: Day) -> None:
    """The promises of this user, the first due on top; how many letters and agreements wait at the user's desks."""
    permissions = access_of(user).permissions
    if Permission.RECORD_REQUESTS in permissions:
        mine = list(request_selectors.promised(user).filter(owner=user)[: SHOWN + 1])
        log_listing(user, {row.person_id: row.person for row in mine if row.person}.values())
        if mine:
            day.sections.append(
                Section(
                    _("Promised by you"), [_item(row) for row in mine[:SHOWN]], more_label=_("All that is promised"),
                    more=f"{reverse('promise_list')}?whose=mine", more_always=True,
                )
            )  # fmt: skip
    if Permission.COUNT_SERVICES in permissions:
        mail, today = reverse("mailbox_list"), timezone.localdate()
        boxes = mailbox_selectors.open_mailbox_clocks(user)
        late = sum(oldest is not None and oldest < today for _last, oldest in boxes)
        ending = sum(today <= last < today + RENEWED_BEFORE for last, _oldest in boxes)
        expired = sum(last < today for last, _oldest in boxes)
        day.add_figures(
            Figure(late, _("mailboxes with letters past their term"), f"{mail}?mail=late", "danger"),
            Figure(expired, _("mailboxes expired, to renew"), f"{mail}?state=expired", "danger"),
            Figure(ending, _("mailboxes to renew soon"), f"{mail}?state=ending"),
        )


def _item(row: Request) -> Item:
    when = date_format(row.due_on, "SHORT_DATE_FORMAT") if row.due_on else ""
    name = row.person.name_as_used if row.person else _("does not say who it is")
    badge, kind = (_("overdue"), "danger") if row.is_overdue else (_("by %(day)s") % {"day": when}, "info")
    return Item(name, row.service_type.name, reverse("request_edit", args=[row.pk]), badge, kind)
