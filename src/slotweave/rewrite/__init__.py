"""One driver for all rewrite rules; common subexpressions and dead code go along the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slotweave.base.first_use import loaded_at_first_use

if TYPE_CHECKING:
    from slotweave.rewrite.by_groups import GroupMemory
    from slotweave.rewrite.driver import Fired, Rewritten, rewrite

__all__ = ["Fired", "GroupMemory", "Rewritten", "rewrite"]

__getattr__ = loaded_at_first_use(
    __name__,
    {
        "GroupMemory": "slotweave.rewrite.by_groups",
        **dict.fromkeys(("Fired", "Rewritten", "rewrite"), "slotweave.rewrite.driver"),
    },
)
