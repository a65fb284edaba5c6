"""The operations of a straight program, and what keeps each of them from an earlier bundle.

A program that jumps counts as straight once it is unrolled (see `unrolled`).

An operation may be held by three causes, each with the bundle from which on it would be free:

    operand   a word that it reads lands in that bundle
    memory    it reads or writes memory after an operation that it may alias there
    scratch   the word that it writes still holds a value that is read, or is written, before that

Two accesses to memory are apart only if facts about memory say so, or if their addresses are a
known distance from each other. A pause or halt keeps its place among accesses to memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from slotweave.anatomy.causes.access_conflicts import Touched, memory_edges, touched_words
from slotweave.anatomy.causes.unused import unused_operations
from slotweave.anatomy.unrolled import Unrolled
from slotweave.anatomy.words.edges import NO_SOURCE, Edge, Edges, latest_edges
from slotweave.anatomy.words.issued import Issued
from slotweave.anatomy.words.known_accesses import KnownAccesses
from slotweave.anatomy.words.scratch_flow import ScratchFlow, scratch_flow
from slotweave.anatomy.words.slot_columns import Longs, SlotColumns, slot_columns
from slotweave.anatomy.words.word_values import WordValues, word_values
from slotweave.ir.program import Program
from slotweave.machine import Machine

CAUSES = ("operand", "memory", "scratch")


@dataclass(frozen=True, eq=False)
class Placements:
    """Every operation in listing order; `edges[cause].of(i)` is the latest edge of `issued[i]`.

    `columns` has the same operations by columns, `maker` the operation that wrote each word that
    they read (NO_SOURCE: none), `live` the number of live words of scratch in each bundle; `known`
    is what facts say of accesses to memory, `touched` which words loads and stores touch. `begins`
    is the first bundle of the block that each bundle belongs to.
    """

    issued: tuple[Issued, ...]
    columns: SlotColumns
    maker: Longs
    live: Longs
    edges: Mapping[str, Edges]
    values: WordValues
    touched: Mapping[int, Touched]
    known: KnownAccesses
    begins: Longs

    @cached_property
    def earliest(self) -> Mapping[str, Longs]:
        """For each cause the bundle from which on it does not hold an operation."""
        return {cause: np.maximum(edges.earliest, 0) for cause, edges in self.edges.items()}

    @cached_property
    def free(self) -> Longs:
        """The first bundle in which nothing holds an operation."""
        free: Longs = np.maximum.reduce([self.earliest[cause] for cause in CAUSES])
        return free

    def free_from(self, number: int, *causes: str) -> int:
        """The first bundle in which none of `causes` (all if none is given) holds `number`."""
        return max(int(self.earliest[cause][number]) for cause in causes or CAUSES)

    def binding(self, number: int) -> tuple[str, Edge] | None:
        """The cause that holds `number` longest, and its edge."""
        found = [(cause, edge) for cause in CAUSES if (edge := self.edges[cause].of(number))]
        return max(found, key=lambda pair: pair[1].earliest, default=None)

    @cached_property
    def unused(self) -> frozenset[int]:
        """Operations whose results reach no output, trace or jump (see `unused`)."""
        return self.unused_of([one.producers for one in self.issued])

    def unused_of(self, makers: Sequence[tuple[int, ...]]) -> frozenset[int]:
        """The same if each operation reads the results of those of its `makers`."""
        return unused_operations(self.issued, makers, self.touched, self.known)


def run_placements(run: Unrolled, machine: Machine) -> Placements:
    """What holds each operation of a run, whose program must be legal on `machine`."""
    return placements(run.program, machine, run.known, run.begins)


def placements(
    program: Program, machine: Machine, known: KnownAccesses, begins: Sequence[int] | None = None
) -> Placements:
    """What holds each operation of `program`, which must be straight and legal on `machine`.

    `known` is what is known of its accesses to memory, `begins` where the block of each bundle
    begins (see `unrolled`); without it there is one block.
    """
    blocks = np.zeros(len(program.bundles), np.int64) if begins is None else np.array(begins, int)
    columns = slot_columns(program, machine)
    flow = scratch_flow(columns)
    issued = _issued(columns, flow)
    values = word_values(issued, columns, flow, known)
    touched = touched_words(issued, columns, values, known)
    edges = {
        "operand": _operand_edges(columns, flow),
        "memory": memory_edges(issued, columns, touched, known),
        "scratch": flow.reuse,
    }
    return Placements(issued, columns, flow.maker, flow.live, edges, values, touched, known, blocks)


def _operand_edges(columns: SlotColumns, flow: ScratchFlow) -> Edges:
    return latest_edges(columns.size, columns.reads.owner, columns.lands[flow.maker], flow.maker)


def _issued(columns: SlotColumns, flow: ScratchFlow) -> tuple[Issued, ...]:
    if not columns.size:
        return ()
    bundle, engine, position = zip(*columns.places, strict=True)
    kinds = [columns.kinds[kind] for kind in columns.kind.tolist()]
    makers = _makers(columns, flow)
    return tuple(map(Issued, bundle, engine, position, kinds, columns.slots, makers))


def _makers(columns: SlotColumns, flow: ScratchFlow) -> Iterator[tuple[int, ...]]:
    """The operations that wrote what each one reads, each once."""
    there = flow.maker != NO_SOURCE
    first = np.concatenate(([0], np.cumsum(there)))[columns.reads.first].tolist()
    maker = flow.maker[there].tolist()
    for begin, end in pairwise(first):
        makers = maker[begin:end]
        yield tuple(dict.fromkeys(makers) if end - begin > 1 else makers)
