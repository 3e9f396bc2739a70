"""What the quantity of an event says when it carries a value (journey_models.VALUED); a number never changes its sense.

So that figures about what people said are as bitemporal as all others: what was known on a past day can be read again.
"""

from typing import Final

HELP: Final = {"not": 1, "some": 2, "much": 3, "refused": 4}  # answers to whether it helped
# Areas of the catalogue of services, for goals.
AREAS: Final = {
    "first_help": 1, "orientation": 2, "legal": 3, "health": 4, "psychological": 5, "language": 6, "work": 7,
    "housing": 8, "social": 9, "practical": 10,
}  # fmt: skip
HOUSED: Final = 1  # adequate housing; the thirteen situations of ETHOS follow


def housing_number(code: str) -> int:
    """The number of a housing situation (codes.HousingSituation): one more than its code, because 0 is no quantity."""
    return int(code) + 1
