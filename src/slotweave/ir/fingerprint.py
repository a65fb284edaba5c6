"""The fingerprint of a graph under facts: what a recorded proof is known by.

Two graphs have one fingerprint only if they do the same operations in the same order on the same
memory, under the same facts; names, labels and source lines of nodes do not count.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph
from slotweave.ir.text.facts_json import facts_to_json
from slotweave.ir.text.graph_text import graph_to_text


def fingerprint(graph: Graph, facts: Facts) -> str:
    """The SHA-256 of `graph` and `facts` as text."""
    text = graph_to_text(replace(graph, name=""), labels=False)
    text = facts_to_json(facts, by_range=False) + text
    return hashlib.sha256(text.encode()).hexdigest()
