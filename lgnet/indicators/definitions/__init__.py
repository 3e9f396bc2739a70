"""The indicators, one function each; importing this package fills the register."""

from lgnet.indicators.definitions import counts, street, timeliness

__all__ = ["counts", "street", "timeliness"]
