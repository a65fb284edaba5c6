"""Ways to write the graph of a program, each rewritten, lowered, and ready to be scheduled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from slotweave.analysis.topological_order import topological_order
from slotweave.backend.lower import Lowered, lower
from slotweave.backend.schedule import Urgency
from slotweave.bounds import Bound, best_bound
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph
from slotweave.ir.problem import Problem
from slotweave.lift import Lifted
from slotweave.machine import Machine
from slotweave.repacking.options import RepackOptions
from slotweave.rewrite import Rewritten, rewrite
from slotweave.rules.registry import RULES
from slotweave.vectorize import AS_IT_STANDS, Variant, graph_variants, label_items

_BUNDLE = re.compile(r"bundle (\d+)")


@dataclass(frozen=True)
class GraphVariant:
    """A way to write what a program does: the graph, what the rules made of it, its problem.

    `bounds` are those of the problem; `given` are the priorities under which each operation goes
    where it stood in the program.
    """

    way: str
    graph: Graph
    rewritten: Rewritten
    lowered: Lowered
    bounds: tuple[Bound, ...]
    given: Urgency

    @property
    def problem(self) -> Problem:
        return self.lowered.problem

    @property
    def least(self) -> int:
        """No schedule of it takes fewer cycles."""
        return best_bound(self.bounds).cycles


def variants_of(
    lifted: Lifted,
    machine: Machine,
    facts: Facts,
    options: RepackOptions,
    wanted: Callable[[str], bool] = lambda _family: True,
) -> Iterator[Variant]:
    """The variants of the graph of a program, the most promising first, of families `wanted`."""
    if not options.rewrite:
        return iter((Variant(AS_IT_STANDS, label_items(lifted.graph)),))
    return graph_variants(lifted.graph, machine, facts, vectorize=options.vectorize, wanted=wanted)


def graph_variant_of(
    variant: Variant, lifted: Lifted, machine: Machine, rewriting: bool
) -> GraphVariant:
    """`variant` of the graph of a program, rewritten by the rules if `rewriting`, and lowered."""
    rewritten = rewrite(variant.graph, machine, RULES if rewriting else ())
    lowered = lower(rewritten.graph, machine)
    bounds = lowered.ladder
    scale = best_bound(bounds).cycles / max(lifted.cycles, 1)
    given = -scale * _places(lowered)
    return GraphVariant(variant.name, variant.graph, rewritten, lowered, bounds, given)


def _places(lowered: Lowered) -> Urgency:
    """The bundle in which each operation stood; for new ones that of the first that needs them."""
    problem = lowered.problem
    places = np.full(problem.size, np.inf)
    for op, node in enumerate(problem.nodes.tolist()):
        if found := _BUNDLE.match(lowered.graph.nodes[node].where):
            places[op] = int(found[1])
    new = np.isinf(places)
    offset, preds = problem.pred_offset.tolist(), problem.pred.tolist()
    for op in topological_order(problem)[::-1].tolist():
        for before in preds[offset[op] : offset[op + 1]]:
            if new[before]:
                places[before] = min(places[before], places[op])
    places[np.isinf(places)] = 0.0
    return places
