"""What the page of a case shows of its household, of handovers and of other cities."""

from typing import Any

from lgnet.cases.handover_selectors import open_handover_of
from lgnet.cases.household_cases import relatives_of
from lgnet.cases.models import Case, TransferCopy
from lgnet.cases.transfer_selectors import open_transfer_of
from lgnet.cases.visibility import sees_case
from lgnet.network.models import User
from lgnet.people.policies import is_in_team_of_file


def team_blocks(user: User, case: Case) -> dict[str, Any]:
    """Context of the blocks of a case whose file the caller has opened; what is for its team only for that."""
    whole = sees_case(user, case).whole
    in_team = whole and is_in_team_of_file(user, case.person)
    copies = TransferCopy.objects.filter(case=case).select_related("from_partner") if in_team else ()
    mine = case.members.filter(user=user, ends_at__isnull=True).exists()
    return {
        "transfer": open_transfer_of(case) if in_team else None, "transfer_copies": list(copies),
        "relatives": relatives_of(user, case) if whole else [],
        "handover_line": open_handover_of(case) if mine else None, "may_hand_over": mine and case.is_open,
    }  # fmt: skip
