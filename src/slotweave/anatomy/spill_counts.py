"""How often values leave scratch and come back: spills, reloads, recomputed constants."""

from __future__ import annotations

from slotweave.backend.lower.split_ranges import REMATERIALIZE, SPILL
from slotweave.ir.graph import Graph


def spill_counts(graph: Graph) -> dict[str, int]:
    """Stores and loads of spilled vectors, and constants that were made once more."""
    spilled = [node for node in graph.nodes if node.stage == SPILL]
    again = [node for node in graph.nodes if node.stage == REMATERIALIZE]
    return {
        "spills": sum(node.op == "vstore" for node in spilled),
        "reloads": sum(node.op == "vload" for node in spilled),
        # a recomputed vector is a word and a broadcast of it
        "made_anew": sum(node.op != "broadcast" for node in again),
    }
