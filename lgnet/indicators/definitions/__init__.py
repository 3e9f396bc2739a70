"""The indicators, one function each; importing this package fills the register."""

from lgnet.indicators.definitions import (
    counted_apart,
    counts,
    desk,
    housing,
    integration,
    referrals,
    street,
    timeliness,
)

__all__ = ["counted_apart", "counts", "desk", "housing", "integration", "referrals", "street", "timeliness"]
