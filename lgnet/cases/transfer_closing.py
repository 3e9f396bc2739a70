"""Transfers under way of a case that is to be closed: told there, and taken back with it if that is ticked."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lgnet.cases.closing import Obstacle, Open, register
from lgnet.cases.models import Case, Transfer
from lgnet.cases.policies import works_on
from lgnet.cases.transfers import withdraw_transfer
from lgnet.network.models import User

TRANSFER = "transfer"  # the code of this obstacle


def _under_way(user: User, case: Case) -> list[Open]:
    """Transfers that are being prepared or wait for an answer."""
    rows = Transfer.objects.filter(case=case, status__in=Transfer.OPEN).select_related("to_partner")
    may = works_on(user, case)
    return [
        Open(
            _("to %(city)s: %(state)s") % {"city": row.to_partner.short_name, "state": row.get_status_display()},
            reverse("transfer_detail", args=[row.pk]), str(row.pk) if may else "",
        )
        for row in rows
    ]  # fmt: skip


def _withdraw(user: User, case: Case, key: str) -> None:
    withdraw_transfer(by=user, transfer=Transfer.objects.get(pk=key, case=case))


register(
    Obstacle(
        TRANSFER, gettext_lazy("Transfers to another city"), _under_way, settle=_withdraw,
        settle_label=gettext_lazy("Take it back"),
    )
)  # fmt: skip
