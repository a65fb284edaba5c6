"""Why slots of a straight program, or of a run, are idle, by engine: the one definition.

A slot of bundle t is idle for the first of these reasons that holds for its engine:

    free        an operation of a later bundle of its block needs nothing that is not there at t
    jump        one of a later block needs nothing else: only jumps lie between
    scratch     one has its operands and memory, and waits for the word that it writes
    memory      one has its operands, and waits for an access that it may alias in memory
    elsewhere   an operand of one could have been computed at t, and the engine for it is full
    dependence  operations are still to come, and wait for operands that are not ready yet
    nothing     no operation for the engine is left, or none that does not keep its place

A block is what runs from one jump, or place that a jump may lead to, to the next; a program that
does not jump is one block. Pauses, halts and jumps keep their place, and are no work that a slot
could wait for. No more slots of a bundle are `free` than operations could move there, nor for a
`jump`; the others are idle for the first reason that holds for other operations.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slotweave.anatomy.causes.placements import Placements
from slotweave.anatomy.words.edges import NO_SOURCE
from slotweave.anatomy.words.slot_columns import Longs
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.simulate.legality import costs_a_cycle

IDLE_CAUSES = ("free", "jump", "scratch", "memory", "elsewhere", "dependence", "nothing")


@dataclass(frozen=True, eq=False)
class IdleSlots:
    """The idle slots of an engine, by bundle; those of a bundle that costs no cycle do not count.

    Of the `spare` ones `free` could hold an operation of a later bundle, `jump` one that only a
    jump keeps from moving there; the others are idle for the cause `rest` (its place in
    IDLE_CAUSES).
    """

    spare: Longs
    free: Longs
    jump: Longs
    rest: Longs

    def table(self) -> Longs:
        """The number of slots, a row for each bundle, a column for each of IDLE_CAUSES."""
        bundles = np.arange(len(self.spare))
        found = np.zeros((len(self.spare), len(IDLE_CAUSES)), np.int64)
        found[bundles, self.rest] = self.spare - self.free - self.jump
        found[:, 0], found[:, 1] = self.free, self.jump
        return found

    def by_cause(self, first: int = 0, end: int | None = None) -> dict[str, int]:
        """The number of slots of each cause that there is, from bundle `first` to before `end`."""
        counts = self.table()[first:end].sum(axis=0).tolist()
        return {cause: number for cause, number in zip(IDLE_CAUSES, counts, strict=True) if number}


def idle_slots(program: Program, machine: Machine, placed: Placements) -> dict[str, IdleSlots]:
    """engine -> its idle slots in each bundle, with their causes."""
    table = _cases(program, machine, placed)
    inside, beyond = movers(program, machine, placed)
    result = {}
    for engine, spare in _spare(program, machine, placed).items():
        free = np.minimum(spare, inside[engine])
        jump = np.minimum(spare - free, beyond[engine])
        waits = np.arange(len(spare)) < _spans(placed, machine, engine)[0].max(initial=0)
        rest = np.select([*table[engine][2:5], waits], range(2, 6), 6).astype(np.int64)
        result[engine] = IdleSlots(spare, free, jump, rest)
    return result


def idle_causes(
    program: Program, machine: Machine, placed: Placements
) -> dict[str, dict[str, int]]:
    """engine -> cause -> number of idle slots, in the bundles that cost a cycle."""
    return {
        engine: slots.by_cause() for engine, slots in idle_slots(program, machine, placed).items()
    }


def could_move(program: Program, machine: Machine, placed: Placements) -> dict[str, int]:
    """engine -> how many of its operations could each move to a free slot of an earlier bundle.

    Each for itself, all others staying where they are.
    """
    result = {}
    for engine, spare in _spare(program, machine, placed).items():
        first, end = _spans(placed, machine, engine)
        before = np.concatenate(([0], np.cumsum(spare > 0)))
        result[engine] = int((before[end] > before[np.minimum(first, end)]).sum())
    return result


@dataclass(frozen=True, slots=True)
class WordWaits:
    """`operations` operations have all they need but the `words` from `first` on, to write to."""

    first: int
    words: int
    operations: int

    def to_json(self) -> dict[str, Any]:
        return {"first": self.first, "words": self.words, "operations": self.operations}


def word_waits(placed: Placements) -> tuple[WordWaits, ...]:
    """The words of scratch that operations wait for alone; the most waited for come first."""
    writes = placed.columns.writes
    ordered = np.maximum(placed.earliest["operand"], placed.earliest["memory"])
    waiting = np.flatnonzero(placed.free > ordered)
    begin, end = writes.first[waiting], writes.first[waiting + 1]
    spans = zip(writes.word[begin].tolist(), (end - begin).tolist(), strict=True)
    most = sorted(Counter(spans).items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(WordWaits(first, words, number) for (first, words), number in most)


def _spare(program: Program, machine: Machine, placed: Placements) -> dict[str, Longs]:
    """engine -> its idle slots in each bundle; one that costs no cycle has none."""
    counted = np.array([costs_a_cycle(bundle) for bundle in program.bundles], bool)
    used = _used(program, machine, placed)
    return {engine: counted * (slots - used[engine]) for engine, slots in machine.engines}


def _used(program: Program, machine: Machine, placed: Placements) -> dict[str, Longs]:
    """engine -> its used slots in each bundle; those after a halt are never run."""
    columns, engine_of = placed.columns, _engines(placed, machine)
    return {
        engine: np.bincount(columns.bundle[engine_of == number], minlength=len(program.bundles))
        for number, engine in enumerate(machine.slots)
    }


def _spans(placed: Placements, machine: Machine, engine: str) -> tuple[Longs, Longs]:
    """Since when each operation of `engine` that may move is free, and where it stands."""
    columns = placed.columns
    works = np.array([not kind.breaks for kind in columns.kinds], bool)[columns.kind]
    of_engine = works & (_engines(placed, machine) == list(machine.slots).index(engine))
    return placed.free[of_engine], columns.bundle[of_engine]


def movers(
    program: Program, machine: Machine, placed: Placements
) -> tuple[dict[str, Longs], dict[str, Longs]]:
    """engine -> how many operations of its block could move to each bundle; and how many of blocks
    after it could, but for jumps."""
    size = len(program.bundles)
    inside, beyond = {}, {}
    for engine in machine.slots:
        first, end = _spans(placed, machine, engine)
        begin = placed.begins[end]
        inside[engine] = _covering(np.maximum(first, begin), end, size)
        beyond[engine] = _covering(first, begin, size)
    return inside, beyond


def _cases(
    program: Program, machine: Machine, placed: Placements
) -> dict[str, list[NDArray[np.bool_]]]:
    """engine -> for each cause but the last one the bundles in which it holds."""
    size = len(program.bundles)
    columns = placed.columns
    works = np.array([not kind.breaks for kind in columns.kinds], bool)[columns.kind]
    engine_of = _engines(placed, machine)
    operands = placed.earliest["operand"]
    ordered = np.maximum(operands, placed.earliest["memory"])
    begin = placed.begins[columns.bundle]
    spans = (
        (np.maximum(placed.free, begin), columns.bundle),
        (placed.free, begin),
        (ordered, placed.free),
        (operands, ordered),
    )
    elsewhere = _elsewhere(program, machine, placed)
    bundles = np.arange(size)
    table = {}
    for number, engine in enumerate(machine.slots):
        of_engine = works & (engine_of == number)
        waiting = [_covered(first[of_engine], end[of_engine], size) for first, end in spans]
        last = columns.bundle[of_engine].max(initial=-1)
        table[engine] = [*waiting, elsewhere[engine], bundles < last]
    return table


def _engines(placed: Placements, machine: Machine) -> Longs:
    """The number of the engine of each operation."""
    number = {engine: at for at, engine in enumerate(machine.slots)}
    return np.array([number[engine] for engine in placed.columns.engines])[placed.columns.kind]


def _covered(first: Longs, end: Longs, size: int) -> NDArray[np.bool_]:
    """Which of the bundles 0 .. size - 1 lie in one of the spans from `first` up to before `end`"""
    covered: NDArray[np.bool_] = _covering(first, end, size) > 0
    return covered


def _covering(first: Longs, end: Longs, size: int) -> Longs:
    """In how many of these spans each of the bundles lies."""
    filled = first < end
    change = np.bincount(first[filled], minlength=size + 1)
    change -= np.bincount(end[filled], minlength=size + 1)
    count: Longs = np.cumsum(change)[:size]
    return count


def _elsewhere(
    program: Program, machine: Machine, placed: Placements
) -> dict[str, NDArray[np.bool_]]:
    """engine -> bundles in which an operand for it was held back by a full engine alone."""
    size = len(program.bundles)
    columns = placed.columns
    engine_of = _engines(placed, machine)
    read = placed.maker != NO_SOURCE
    user = engine_of[columns.reads.owner[read]]
    made = placed.maker[read]
    used = _used(program, machine, placed)
    full = {engine: used[engine] >= slots for engine, slots in machine.engines}
    found = {engine: np.zeros(size, bool) for engine in machine.slots}
    for number, engine in enumerate(machine.slots):
        makers = np.unique(made[user == number])
        for other, name in enumerate(machine.slots):
            held = makers[engine_of[makers] == other]
            found[engine] |= _covered(placed.free[held], columns.bundle[held], size) & full[name]
    return found
