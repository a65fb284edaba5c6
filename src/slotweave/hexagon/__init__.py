"""A compiler's assembly for Hexagon: its packets looked at, packed again, and run.

    from slotweave import hexagon

    print(hexagon.inspect(Path("kernels.s").read_text()))

The functions are those of `slotweave.hexagon.api`; they are loaded when the first of them is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slotweave.base.first_use import loaded_at_first_use

if TYPE_CHECKING:
    from slotweave.hexagon.api import bound, count, inspect, repack, verify

__all__ = ["bound", "count", "inspect", "repack", "verify"]

__getattr__ = loaded_at_first_use(__name__, dict.fromkeys(__all__, "slotweave.hexagon.api"))
