"""Scratch addresses for live ranges, and which of them to split where there are too few."""

from slotweave.backend.allocate.first_fit import NoRoom, allocate
from slotweave.backend.allocate.splits import propose_splits

__all__ = ["NoRoom", "allocate", "propose_splits"]
