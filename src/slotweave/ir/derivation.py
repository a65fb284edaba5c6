"""How a graph was rewritten, step by step: what a checker needs to follow without searching.

Nodes are named by the order in which they came up: first those of the source graph that were needed
(in its order, equal ones once), then those that the steps made. The arguments of a node are names,
as they were when the node came up; later steps may have put equal nodes in their place.
"""

from __future__ import annotations

from dataclasses import dataclass

from slotweave.ir.graph import Node


@dataclass(frozen=True, slots=True)
class Firing:
    """One step: at node `root` the rule fired with these bindings.

    They bind the rule's variables to nodes, those marked constant to words. A structural rule
    binds `source`, the value of which `root` is a slice, and `result`, the node that it equals.
    """

    rule: str
    root: int
    bindings: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Derivation:
    """The nodes by name, and the steps in order."""

    nodes: tuple[Node, ...] = ()
    steps: tuple[Firing, ...] = ()
