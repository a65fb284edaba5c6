"""Scratch addresses for live ranges, and which of them to split where there are too few."""

from slotweave.allocate.first_fit import NoRoom, allocate
from slotweave.allocate.splits import propose_splits

__all__ = ["NoRoom", "allocate", "propose_splits"]
