"""Messages that nobody presses a button for: a city turns each kind of them off, and on again."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.functional import Promise

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.messaging.models import KindSwitch
from lgnet.messaging.wording import name_kind
from lgnet.network.access import access_of
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission

_SWITCHES: dict[str, Promise] = {}


def name_switch(kind: str, words: Promise) -> None:
    """Let cities turn a kind of messages off; the app that writes them says so when it is loaded."""
    _SWITCHES[kind] = words
    name_kind(kind, words)


def switches_of(partner: Partner) -> list[tuple[str, Promise, bool]]:
    """The kinds, each with its words and whether the city sends them."""
    known = dict(KindSwitch.objects.filter(partner=partner).values_list("kind", "is_on"))
    return [(kind, words, known.get(kind, True)) for kind, words in _SWITCHES.items()]


def is_on(partner: Partner, kind: str) -> bool:
    """Whether the city sends messages of this kind; it does until it says otherwise."""
    return not KindSwitch.objects.filter(partner=partner, kind=kind, is_on=False).exists()


@transaction.atomic
def set_switches(*, by: User, partner: Partner, on: Iterable[str]) -> None:
    """Send the kinds of `on`, and no other."""
    if partner.pk not in access_of(by).partner_ids(Permission.SET_MESSAGING):
        raise PermissionDenied
    wanted = set(on)
    for kind, _words, was in switches_of(partner):
        if was == (kind in wanted):
            continue
        row, _is_new = KindSwitch.objects.update_or_create(
            partner=partner, kind=kind, defaults={"is_on": kind in wanted}
        )
        audit.record(
            AuditEntry.Action.UPDATE, by=by, object_type="messaging.kindswitch", object_id=row.pk,
            partner_id=partner.pk, detail={"kind": kind, "changes": {"is_on": [was, not was]}},
        )  # fmt: skip
