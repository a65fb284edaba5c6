"""Scratch addresses for live ranges."""

from slotweave.allocate.first_fit import NoRoom, allocate

__all__ = ["NoRoom", "allocate"]
