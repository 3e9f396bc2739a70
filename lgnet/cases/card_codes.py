"""Codes of cards: made one by one, or given out ahead to a phone that makes cards with no signal."""

import uuid
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.cases.models import CardCode, Referral
from lgnet.core.errors import DomainError
from lgnet.core.ids import short_code
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission
from lgnet.people.services import require

AHEAD = 12  # cards in one night with no signal


def new_code() -> str:
    """A code that no card has, and that was given out to nobody."""
    while Referral.objects.filter(code=(code := short_code())).exists() or CardCode.objects.filter(code=code).exists():
        pass
    return code


def free_codes(holder: uuid.UUID, besides: Collection[str] = ()) -> list[str]:
    """Codes that this device may still use, without those `besides`: it has shown them to somebody."""
    codes = CardCode.objects.filter(holder=holder, used_at=None).values_list("code", flat=True)
    return [code for code in codes if code not in besides]


@transaction.atomic
def reserve_codes(*, by: User, partner: Partner, holder: uuid.UUID, besides: Collection[str] = ()) -> int:
    """Give a device codes until it has AHEAD, when half of them are gone; return how many were made.

    Raises PermissionDenied for whoever sends nobody to other teams.
    """
    require(by, Permission.SEND_REFERRAL, partner)
    missing = AHEAD - len(free_codes(holder, besides))
    if missing < AHEAD // 2:
        return 0
    made = [CardCode(partner=partner, holder=holder, code=new_code()) for _each in range(missing)]
    CardCode.objects.bulk_create(made)
    audit.record(
        AuditEntry.Action.CREATE, by=by, object_type="cases.card_code", object_id=holder, partner_id=partner.pk,
        detail={"codes": [one.code for one in made]},
    )  # fmt: skip
    return missing


@transaction.atomic
def use_code(*, holder: uuid.UUID, code: str) -> str:
    """Take a code that was given out to this device, once. Raises DomainError for any other."""
    row = CardCode.objects.select_for_update().filter(code=code, holder=holder).first()
    if row is None:
        raise DomainError(_("The code of this card was not given to this phone. Make a new card."), field="code")
    if row.used_at:
        raise DomainError(_("The code of this card was used for another card. Make a new card."), field="code")
    row.used_at = timezone.now()
    row.save(update_fields=["used_at"])
    return row.code
