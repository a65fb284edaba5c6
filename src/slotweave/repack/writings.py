"""Ways to write the graph of a program, each rewritten, lowered, and ready to be scheduled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from slotweave.analysis.graph_words import GraphWords
from slotweave.analysis.topological_order import topological_order
from slotweave.bound import Bound, best_bound, bound_ladder
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph
from slotweave.ir.problem import Problem
from slotweave.lift import Lifted
from slotweave.lower import Lowered, lower
from slotweave.machine import Machine
from slotweave.repack.options import RepackOptions
from slotweave.rewrite import Rewritten, rewrite
from slotweave.rules.registry import RULES
from slotweave.schedule import Urgency
from slotweave.vectorize import (
    answer_loads,
    compute_choices,
    drop_dead_stores,
    forward_stores,
    label_items,
    load_together,
    pack_isomorphic,
    pack_lanes,
)

#: Loads that can only read so many words are answered by selects among them, of those that choose
#: among the most words a share; each is tried in turn.
ANSWERED = (
    (2, Fraction(1)), (4, Fraction(1)), (8, Fraction(1)),
    (16, Fraction(1, 8)), (16, Fraction(1, 4)), (16, Fraction(1, 2)), (16, Fraction(1)),
)  # fmt: skip

#: How writings are called in which operations on words are packed into vectors.
IN_VECTORS = "in vectors"

#: A graph of more nodes is written in fewer ways: in vectors alone, where that is possible.
_LARGE = 50_000

_BUNDLE = re.compile(r"bundle (\d+)")


@dataclass(frozen=True)
class Writing:
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


def writings(
    lifted: Lifted, machine: Machine, facts: Facts, options: RepackOptions
) -> Iterator[Writing]:
    """The ways to write the graph of a program, the most promising first."""
    for way, graph in _graphs(lifted.graph, machine, facts, options):
        rewritten = rewrite(graph, machine, RULES if options.rewrite else ())
        lowered = lower(rewritten.graph, machine)
        bounds = bound_ladder(lowered.problem)
        scale = best_bound(bounds).cycles / max(lifted.cycles, 1)
        yield Writing(way, graph, rewritten, lowered, bounds, -scale * _places(lowered))


def _graphs(
    graph: Graph, machine: Machine, facts: Facts, options: RepackOptions
) -> Iterator[tuple[str, Graph]]:
    """Ways to write the graph: in vectors, without its detours over memory, as it stands."""
    if not options.rewrite:
        yield "as it stands", label_items(graph)
        return
    for way, written in _written(graph, machine, facts, options):
        exists = facts.memory_words is not None
        yield way, label_items(load_together(written) if exists else written)
    if len(graph.nodes) <= _LARGE:
        yield "as it stands", label_items(graph)


def _written(
    graph: Graph, machine: Machine, facts: Facts, options: RepackOptions
) -> Iterator[tuple[str, Graph]]:
    """Ways to write the graph without its detours over memory, in vectors first."""
    straight = drop_dead_stores(forward_stores(graph))
    large = len(graph.nodes) > _LARGE
    if options.vectorize:
        packed = pack_isomorphic(straight, machine)
        if packed != straight:
            yield IN_VECTORS, packed
        for way, answered in _answered(straight, facts):
            together = pack_isomorphic(answered, machine)
            yield f"{IN_VECTORS}, {way}" if together != answered else way, together
        if packed != straight and large:
            return
    lanes = pack_lanes(straight, machine)
    if lanes != straight:
        yield "lanes together", lanes
    for way, answered in () if options.vectorize or large else _answered(straight, facts):
        yield way, pack_lanes(answered, machine)
    yield "forwarded", straight


def _answered(graph: Graph, facts: Facts) -> Iterator[tuple[str, Graph]]:
    """Ways to answer loads by selects, with choices between known words selected and computed."""
    known = GraphWords(graph, facts)
    computed = compute_choices(graph, known)
    for base, how in ((graph, ""), (computed, ", choices computed")):
        if how and base == graph:
            return
        known = GraphWords(base, facts) if how else known
        for most, share in ANSWERED:
            answered = answer_loads(base, known, most, share)
            if answered != base:
                part = f" ({share} of {most})" if share < 1 else ""
                yield f"{most} words selected{part}{how}", answered


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
