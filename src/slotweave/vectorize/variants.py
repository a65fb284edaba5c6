"""Variants of a graph: other graphs that do the same to memory, by the passes of this package.

Guarantees: the same graph, machine, facts and options give the same variants in the same order, so
that a variant is found again by its name alone. Nothing here is proved: who returns a program made
of a variant proves the variant first (`check.refinement`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from slotweave.analysis.graph_words import GraphWords
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph
from slotweave.machine import Machine
from slotweave.vectorize.answer_loads import answer_loads
from slotweave.vectorize.compute_choices import compute_choices
from slotweave.vectorize.drop_dead_stores import drop_dead_stores
from slotweave.vectorize.forward_stores import forward_stores
from slotweave.vectorize.label_items import label_items
from slotweave.vectorize.load_together import load_together
from slotweave.vectorize.pack_isomorphic import pack_isomorphic, pack_lanes

#: Loads that can read only this many words are answered by selects among them; of the loads with
#: the most words only this share. Each entry is tried in turn.
ANSWERED = (
    (2, Fraction(1)), (4, Fraction(1)), (8, Fraction(1)),
    (16, Fraction(1, 8)), (16, Fraction(1, 4)), (16, Fraction(1, 2)), (16, Fraction(1)),
)  # fmt: skip

#: What the names of variants begin with in which operations on words are packed into vectors.
IN_VECTORS = "in vectors"

#: What the names begin with where only lanes of vectors were put together again.
LANES_TOGETHER = "lanes together"

#: The graph with nothing but its items labelled.
AS_IT_STANDS = "as it stands"

#: A graph of more nodes has fewer variants: those in vectors alone, where there are any.
_LARGE = 50_000

_Pack = Callable[[Graph], Graph]
_Wanted = Callable[[str], bool]


@dataclass(frozen=True)
class Variant:
    """A graph that does the same, by name.

    Those of one `family` follow each other, each with more loads answered by selects than the one
    before; in none ("") there is but one.
    """

    name: str
    graph: Graph
    family: str = ""


def graph_variants(
    graph: Graph,
    machine: Machine,
    facts: Facts,
    *,
    vectorize: bool | None = None,
    wanted: Callable[[str], bool] = lambda _family: True,
) -> Iterator[Variant]:
    """Variants of `graph`: in vectors, without detours over memory, and as it stands.

    With `vectorize` operations on words are packed into vectors, also where that changes no more
    than lanes; without it they are not. None packs them where there are any to pack, and where
    the graph is not large also goes through the variants without. Before another one of a family is
    made, `wanted` is asked for it; if it is not wanted, the rest of the family is left out.
    """
    for variant in _variants(graph, machine, facts, vectorize, wanted):
        exists = facts.memory_words is not None
        together = load_together(variant.graph) if exists else variant.graph
        yield replace(variant, graph=label_items(together))
    if len(graph.nodes) <= _LARGE:
        yield Variant(AS_IT_STANDS, label_items(graph))


def _variants(
    graph: Graph, machine: Machine, facts: Facts, vectorize: bool | None, wanted: _Wanted
) -> Iterator[Variant]:
    """Variants without detours over memory, those in vectors first."""
    straight = drop_dead_stores(forward_stores(graph))
    large = len(graph.nodes) > _LARGE
    lanes = pack_lanes(straight, machine)
    packed = straight if vectorize is False else pack_isomorphic(straight, machine)
    packs = packed != straight and (vectorize is True or packed != lanes)
    if packs:
        yield Variant(IN_VECTORS, packed)
    if packs or vectorize is True:
        yield from _packed(
            straight, facts, IN_VECTORS, lambda one: pack_isomorphic(one, machine), wanted
        )
        if packs and large:
            return
    if lanes != straight:
        yield Variant(LANES_TOGETHER, lanes)
    if vectorize is not True and not large:
        kind = LANES_TOGETHER if packs else ""
        yield from _packed(straight, facts, kind, lambda one: pack_lanes(one, machine), wanted)
    yield Variant("forwarded", straight)


def _packed(
    graph: Graph, facts: Facts, kind: str, pack: _Pack, wanted: _Wanted
) -> Iterator[Variant]:
    """What `pack` makes of each way to answer loads; names begin with `kind` where it does."""
    for variant in _answered(graph, facts, lambda family: wanted(f"{kind}{family}")):
        packed = pack(variant.graph)
        name = f"{kind}, {variant.name}" if kind and packed != variant.graph else variant.name
        yield Variant(name, packed, f"{kind}{variant.family}")


def _answered(graph: Graph, facts: Facts, wanted: _Wanted) -> Iterator[Variant]:
    """Ways to answer loads by selects, with choices between known words computed and selected."""
    computed = compute_choices(graph, GraphWords(graph, facts))
    if computed != graph:
        yield from _each_share(computed, facts, ", choices computed", wanted)
    yield from _each_share(graph, facts, "", wanted)


def _each_share(graph: Graph, facts: Facts, how: str, wanted: _Wanted) -> Iterator[Variant]:
    known, family = GraphWords(graph, facts), f"selected{how}"
    for most, share in ANSWERED:
        if not wanted(family):
            return
        answered = answer_loads(graph, known, most, share)
        if answered != graph:
            part = f" ({share} of {most})" if share < 1 else ""
            yield Variant(f"{most} words selected{part}{how}", answered, family)
