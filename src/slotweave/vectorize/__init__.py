"""Passes on lifted graphs that find again what a scalar program hides, one pass a file.

Each is a function Graph -> Graph that keeps what every word of memory is at the end, as an
expression of words before the run; `check.refinement` proves that of each result.
"""

from slotweave.vectorize.answer_loads import answer_loads
from slotweave.vectorize.compute_choices import compute_choices
from slotweave.vectorize.drop_dead_stores import (
    DeadStores,
    dead_stores,
    drop_dead_stores,
    without_stores,
)
from slotweave.vectorize.forward_stores import forward_stores
from slotweave.vectorize.label_items import label_items
from slotweave.vectorize.load_together import load_together
from slotweave.vectorize.pack_isomorphic import pack_isomorphic, pack_lanes
from slotweave.vectorize.variants import AS_IT_STANDS, IN_VECTORS, Variant, graph_variants

__all__ = [
    "AS_IT_STANDS",
    "IN_VECTORS",
    "DeadStores",
    "Variant",
    "answer_loads",
    "compute_choices",
    "dead_stores",
    "drop_dead_stores",
    "forward_stores",
    "graph_variants",
    "label_items",
    "load_together",
    "pack_isomorphic",
    "pack_lanes",
    "without_stores",
]
