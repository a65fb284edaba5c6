"""What `explain` and `inspect` say of a program, tested by doing it.

Runs of the program and of the program changed as advised are compared; no part of `report` judges.
What an answer says holds an operation is looked for in the slots, bundles and accesses of a run.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from slotweave.anatomy.causes.idle_causes import could_move
from slotweave.anatomy.causes.placements import Placements, placements
from slotweave.anatomy.causes.why_here import explain_placed
from slotweave.anatomy.unrolled import unrolled
from slotweave.anatomy.words.live_scratch import JUMPS
from slotweave.anatomy.words.scratch_names import scratch_names
from slotweave.base.diagnostics import CheckFailed, SlotweaveError
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.simulate.run import Memory
from slotweave.simulate.slots import BREAKS, slot_kinds
from strategies.tangled_programs import Tangle, small_memories
from support.moved import Place, has_room, moved, wider, without
from support.outcomes import Outcome, outcome
from support.placed import placed_under

#: At most so many bundles are tried for each operation.
_TRIED = 3


@dataclass(frozen=True, eq=False)
class Case:
    """A straight program, the facts under which it is looked at, and memories that they allow.

    Without `pauses` it does not stop at them: where results take longer they would land there.
    """

    program: Program
    machine: Machine
    facts: Facts
    memories: Sequence[Memory]
    pauses: bool

    @cached_property
    def expected(self) -> Sequence[tuple[Memory, bool, Outcome]]:
        """What it shows on each memory, and in strict mode where it runs there."""
        rows = []
        for memory in self.memories:
            for strict in (False, True):
                found = outcome(
                    self.program, self.machine, memory, strict=strict, pauses=self.pauses
                )
                if not (strict and found.faults):
                    rows.append((memory, strict, found))
        return rows

    def difference(self, program: Program, machine: Machine) -> str | None:
        """What another program shows otherwise."""
        for memory, strict, expected in self.expected:
            found = outcome(program, machine, memory, strict=strict, pauses=self.pauses)
            if found != expected:
                return f"strict={strict}, memory={list(memory)}: {expected} became {found}"
        return None


def case_of(one: Tangle, machine: Machine, rng: random.Random, memories: int = 4) -> Case:
    pauses = all(mode.latency == 1 for mode in machine.modes)
    drawn = small_memories(one.facts, rng, memories)
    return Case(one.program, machine, one.facts, drawn, pauses)


def false_advice(case: Case, rng: random.Random) -> Iterator[str]:
    """What is said of the program and is not so."""
    try:
        placed = placed_under(case.program, case.machine, case.facts)
    except CheckFailed:
        return  # an access is surely past memory: nothing is said
    yield from false_placements(case, placed, rng)


def false_of_run(
    program: Program, machine: Machine, facts: Facts, memories: Sequence[Memory], rng: random.Random
) -> Iterator[str]:
    """What is said of the run of a program that may jump, and is not so of its bundles in a row.

    Pauses that are not enabled, and so do nothing, stand in place of jumps. Nothing is said if the
    run is not known.
    """
    try:
        run = unrolled(program, machine, facts, max_bundles=24)
    except SlotweaveError:
        return
    placed = placements(run.program, machine, run.known)
    row = tuple(
        {
            engine: tuple(("pause",) if slot[0] in JUMPS else slot for slot in slots)
            for engine, slots in bundle.items()
        }
        for bundle in run.program.bundles
    )
    case = Case(replace(run.program, bundles=row), machine, facts, memories, pauses=False)
    yield from false_placements(case, placed, rng)


def false_placements(case: Case, placed: Placements, rng: random.Random) -> Iterator[str]:
    """What is said with these placements, and is not so."""
    could = Counter[str]()
    names = scratch_names(case.program, case.machine)
    last = max((one.bundle for one in placed.issued), default=-1)
    for bundle in range(last + 1):
        answer = explain_placed(case.program, case.machine, placed, names, bundle).to_json()
        for operation in answer["operations"]:
            could[operation["engine"]] += operation["room"] is not None and not _breaks(operation)
            yield from _false_of_operation(case, operation, rng)
        for empty in answer["empty"]:
            yield from _false_of_empty(case, bundle, empty)
    counted = could_move(case.program, case.machine, placed)
    if counted != {engine: could[engine] for engine in counted}:
        yield f"{counted} could move, but there is room for {could}"
    yield from _false_of_unused(case, placed)


def _place(entry: Mapping[str, Any]) -> Place:
    return entry["bundle"], entry["engine"], entry["slot"]


def _breaks(entry: Mapping[str, Any]) -> bool:
    return entry["text"].split()[0] in BREAKS


def _false_of_operation(
    case: Case, operation: Mapping[str, Any], rng: random.Random
) -> Iterator[str]:
    at, engine, _slot = place = _place(operation)
    if _breaks(operation):
        return  # what ends or pauses a run keeps its place
    free, room = operation["free_from"], operation["room"]
    bundles = range(free, at)
    rooms = [t for t in bundles if has_room(case.program.bundles[t], engine, case.machine)]
    if room != (rooms[0] if rooms else None):
        yield f"{place}: room in {room}, but free slots are in {rooms}"
    tried = {free, room, at - 1, *rng.sample(bundles, min(_TRIED, len(bundles)))}
    for t in sorted(tried & set(bundles), key=int):
        yield from _false_move(case, place, t)
    for held in operation["held"]:
        yield from _false_hold(case, operation, held)


def _false_move(case: Case, place: Place, bundle: int) -> Iterator[str]:
    machine = wider(case.machine)
    program = moved(case.program, place, bundle)
    if found := case.difference(program, machine):
        yield f"{place} moved to {bundle}: {found}"


def _false_of_empty(case: Case, bundle: int, empty: Mapping[str, Any]) -> Iterator[str]:
    operation = empty["next"]
    if (empty["could_move"] > 0) != (empty["cause"] == "free"):
        yield f"{bundle}:{empty['engine']}: {empty}"
    if empty["cause"] != "free":
        return
    if operation is None:
        yield f"{bundle}:{empty['engine']}: something could move here, and nothing is named"
        return
    yield from _false_move(case, _place(operation), bundle)


def _false_hold(case: Case, operation: Mapping[str, Any], held: Mapping[str, Any]) -> Iterator[str]:
    """Does what is said to hold an operation touch what it touches, and end when it is said?"""
    mine, other = _touched(case, operation), _touched(case, held["by"])
    said = f"{_place(operation)} held by {_place(held['by'])}, {held}"
    if held["until"] > operation["bundle"]:
        yield f"{said}: it stands before"
    match held["cause"]:
        case "operand":
            if not mine.reads & other.writes or held["until"] != other.lands:
                yield f"{said}: it reads nothing of that"
        case "scratch":
            if not mine.writes & (other.reads | other.writes):
                yield f"{said}: it writes nothing that is used there"


@dataclass(frozen=True)
class _Touched:
    reads: frozenset[int]
    writes: frozenset[int]
    lands: int


def _touched(case: Case, entry: Mapping[str, Any]) -> _Touched:
    at, engine, position = _place(entry)
    slot = case.program.bundles[at][engine][position]
    kind = slot_kinds(case.machine)[engine][slot[0]]
    reads = frozenset(word for words in kind.words_read(slot) for word in words)
    return _Touched(reads, frozenset(kind.words_written(slot)), at + kind.latency)


def _false_of_unused(case: Case, placed: Placements) -> Iterator[str]:
    """Without what is unused, or one of it and what reads that, is the output as it was?"""
    readers: dict[int, set[int]] = {}
    for number in sorted(placed.unused, reverse=True):
        row = [other for other in placed.unused if number in placed.issued[other].producers]
        readers[number] = {number}.union(*(readers[other] for other in row))
    for gone in [set(placed.unused), *readers.values()] if readers else []:
        places = [placed.issued[number].place for number in sorted(gone)]
        program = without(case.program, places)
        for memory in case.memories:
            expected = _judged(case, case.program, memory)
            if expected is not None and _judged(case, program, memory) != expected:
                yield f"{places} are unused, but without them {list(memory)} ends otherwise"
                break


def _judged(case: Case, program: Program, memory: Memory) -> object:
    """What is output, and the trace; None for a run that faults."""
    regions = case.facts.regions
    run = outcome(program, case.machine, memory, pauses=case.pauses and not regions)
    if run.faults:
        return None
    if not regions:
        return run
    ((end, trace),) = run.stops
    return trace, [end[one.start : one.stop] for one in regions if one.output or one.read_only]
