"""Where somebody slept when the case began and when it ended, and whether that is better: ETHOS in words."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lgnet.cases.models import Case
from lgnet.people.codes import HousingSituation as H

# The four groups of ETHOS from the worst, and adequate housing after them. Inside a group nothing is better or worse.
ROOFLESS = frozenset({H.PUBLIC_SPACE, H.EMERGENCY})
HOUSELESS = frozenset({
    H.HOMELESS_HOSTEL, H.WOMEN_SHELTER, H.IMMIGRANT_ACCOMMODATION, H.INSTITUTION, H.LONG_TERM_SUPPORT,
})  # fmt: skip
INSECURE = frozenset({H.INSECURE_TENURE, H.EVICTION, H.VIOLENCE})
INADEQUATE = frozenset({H.NON_CONVENTIONAL, H.UNFIT, H.OVERCROWDED})
GROUPS: tuple[frozenset[H], ...] = (ROOFLESS, HOUSELESS, INSECURE, INADEQUATE, frozenset({H.HOUSED}))


class Change(StrEnum):
    """From the group at the beginning to the one at the end."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    UNKNOWN = "unknown"

    @property
    def label(self) -> Promise:
        """In words."""
        return CHANGES[self]


CHANGES: dict[Change, Promise] = {
    Change.BETTER: _("lives better than at the beginning"), Change.SAME: _("lives as at the beginning"),
    Change.WORSE: _("lives worse than at the beginning"),
    Change.UNKNOWN: _("cannot be compared: one of the two is not known"),
}  # fmt: skip


def change_of_housing(before: str, after: str) -> Change:
    """Whether the housing changed for the better, by the groups of ETHOS."""
    if not before or not after:
        return Change.UNKNOWN
    first, last = _group(before), _group(after)
    return Change.SAME if first == last else Change.BETTER if last > first else Change.WORSE


def housing_at_entry(case: Case) -> str:
    """The housing of the first assessment of the case that says one."""
    found = case.assessments.exclude(housing="").order_by("done_on", "created_at").values_list("housing", flat=True)
    return found.first() or ""


def _group(code: str) -> int:
    return next(number for number, group in enumerate(GROUPS) if code in group)
