"""Passes on lifted graphs that find again what a scalar program hides, one pass a file.

Each is a function Graph -> Graph that keeps what every word of memory is at the end, as an
expression of words before the run; `check.refinement` proves that of each result.
"""

from slotweave.vectorize.answer_loads import answer_loads
from slotweave.vectorize.compute_choices import compute_choices
from slotweave.vectorize.drop_dead_stores import drop_dead_stores
from slotweave.vectorize.forward_stores import forward_stores
from slotweave.vectorize.label_items import label_items
from slotweave.vectorize.load_together import load_together
from slotweave.vectorize.pack_isomorphic import pack_isomorphic, pack_lanes

__all__ = [
    "answer_loads",
    "compute_choices",
    "drop_dead_stores",
    "forward_stores",
    "label_items",
    "load_together",
    "pack_isomorphic",
    "pack_lanes",
]
