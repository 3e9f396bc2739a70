"""The indicators, one function each; importing this package fills the register."""

from lgnet.indicators.definitions import counts, desk, housing, integration, referrals, street, timeliness

__all__ = ["counts", "desk", "housing", "integration", "referrals", "street", "timeliness"]
