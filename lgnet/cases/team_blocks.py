"""What the page of a case shows of its household, of handovers and of other cities."""

from typing import Any

from lgnet.cases.handover_selectors import open_handover_of
from lgnet.cases.household_cases import relatives_of
from lgnet.cases.models import Case, TransferCopy
from lgnet.cases.transfer_selectors import open_transfer_of
from lgnet.cases.visibility import Sees
from lgnet.network.models import User
from lgnet.people.policies import is_in_team_of_file


def team_blocks(user: User, case: Case, sees: Sees) -> dict[str, Any]:
    """Context of the blocks of a case whose file the caller has opened; what is for its team only for that."""
    transfer = open_transfer_of(case) if sees.whole else None
    copies = list(TransferCopy.objects.filter(case=case).select_related("from_partner")) if sees.whole else []
    if (transfer or copies) and not is_in_team_of_file(user, case.person):
        transfer, copies = None, []
    return {
        "transfer": transfer, "transfer_copies": copies,
        "relatives": relatives_of(user, case) if sees.whole else [],
        "handover_line": open_handover_of(case) if sees.is_member else None,
        "may_hand_over": sees.is_member and case.is_open,
    }  # fmt: skip
