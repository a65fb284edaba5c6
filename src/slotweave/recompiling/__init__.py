"""Compile results kept by content, and a kernel compiled for many machines through them."""

from slotweave.anatomy.explored import Explored, Point
from slotweave.recompiling.explore import explored_over
from slotweave.recompiling.kept_results import Kept, KeptResults, compiled_or_kept, result_entries
from slotweave.recompiling.machines import Change, Variant, machines_of, settings_of

__all__ = [
    "Change",
    "Explored",
    "Kept",
    "KeptResults",
    "Point",
    "Variant",
    "compiled_or_kept",
    "explored_over",
    "machines_of",
    "result_entries",
    "settings_of",
]
