"""Runs that show whether a program is right for more than what it has been tried on.

Guarantees, if `run_broadly` returns, besides what `run_against_reference` guarantees: the program
is also right on `FRESH` memories that depend on the program itself, so they cannot have been known
when it was written, and on memories made for what the program and its kernel speak of. If it
raises, the message says for what the program is right, if that is a class in itself: 30-bit words,
or the memory of one seed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np

from slotweave.base.diagnostics import CheckFailed, ReferenceDiffers
from slotweave.check.runs.execution import (
    Told,
    Verified,
    Words,
    instance_memory,
    run_against_reference,
)
from slotweave.check.runs.inputs import FOLLOWED, NOTHING_DIRECTED, Directed
from slotweave.check.runs.program_inputs import program_inputs
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.ir.text.program_files import program_to_json
from slotweave.machine import Machine
from slotweave.simulate.run import MAX_CYCLES

#: Memories tried that cannot be known in advance.
FRESH = 8

#: What the words of generated inputs are below; contracts speak of all 32-bit words.
_NARROW = np.uint32(2**30 - 1)


@dataclass(frozen=True)
class Workload:
    """What a program must do: random memories, the memory after each, and what is judged.

    `trace` are the words that it must write to the trace buffer; None if these are not judged.
    `directed` are memories made for what is rare. `against` names the reference, as results do.

    It must do so in strict mode if `strict`, else in compatible mode. If the reference is another
    program, `asked` says whether a directed memory means something, so that neither of the two may
    fail on it alone. `told` says more of a memory on which the ends differ.
    """

    facts: Facts
    memory: Callable[[np.random.Generator], Words]
    reference: Callable[[Words], Words]
    strict: bool = True
    trace: Callable[[Words], Sequence[int]] | None = None
    directed: Directed = NOTHING_DIRECTED
    against: str = "the reference"
    asked: Callable[[Words], bool] | None = None
    told: Callable[[Words], Told] | None = None


def run_broadly(
    program: Program,
    machine: Machine,
    workload: Workload,
    instances: int,
    seed: int,
    max_cycles: int = MAX_CYCLES,
) -> Verified:
    """Run `program` on `instances` memories of `seed`, and on fresh ones.

    Raises CheckFailed as `run_against_reference` does, its message followed by what the program is
    right for.
    """
    try:
        directed = _directed(program, machine, workload, instances, seed)
        verified = _run(program, machine, workload, instances, seed, directed=directed,
                        max_cycles=max_cycles)  # fmt: skip
        fresh = fresh_seed(program)
        _run(program, machine, workload, FRESH, fresh, both=False, max_cycles=max_cycles)
    except CheckFailed as error:
        if error.diagnostic.code == "SW114" or isinstance(error, ReferenceDiffers):
            raise
        narrow = what_it_is_right_for(program, machine, workload, seed)
        message = f"{error.diagnostic.message}; {narrow}" if narrow else error.diagnostic.message
        raise CheckFailed(replace(error.diagnostic, message=message)) from None
    return verified


def _directed(
    program: Program, machine: Machine, workload: Workload, instances: int, seed: int
) -> Directed:
    """The memories made for the workload and for the program, and what sides they reach of the
    jumps of both."""
    begun = [
        instance_memory(workload.memory, seed, number)
        for number in range(max(1, min(instances, FOLLOWED)))
    ]
    given = workload.directed
    found = program_inputs(program, machine, workload.facts, len(begun[0]), seed,
                           [*begun, *given.memories])  # fmt: skip
    return replace(found.joined(given), memories=(*given.memories, *found.memories))


def fresh_seed(program: Program) -> int:
    """A seed that follows from the program and cannot be foreseen in it."""
    return int(sha256(program_to_json(program).encode()).hexdigest()[:12], 16)


def what_it_is_right_for(program: Program, machine: Machine, workload: Workload, seed: int) -> str:
    """The class of memories for which a program that is mostly wrong is right, if any is."""
    fresh = fresh_seed(program)
    workload = replace(workload, told=None)
    right = _number_right(program, machine, workload, fresh)
    narrow = replace(workload, memory=lambda rng: _narrowed(workload, rng))
    if 2 * right < FRESH and _number_right(program, machine, narrow, fresh) == FRESH:
        return "right for 30-bit words, wrong for full-range words"
    recorded = program.meta.get("seed")
    known = {seed, recorded} if type(recorded) is int and recorded >= 0 else {seed}
    for tried in sorted(known) if right == 0 else ():
        if _is_right(program, machine, workload, tried):
            return f"right for the recorded seed only (seed {tried}, instance 0)"
    return ""


def _narrowed(workload: Workload, rng: np.random.Generator) -> Words:
    """A memory in which every word that the facts leave open is below 2^30."""
    memory = workload.memory(rng)
    fixed = np.zeros(len(memory), dtype=np.bool_)
    fixed[[address for address in workload.facts.words if address < len(memory)]] = True
    for region in workload.facts.regions:
        fixed[region.start : region.stop] |= region.name in workload.facts.ranges
    return np.where(fixed, memory, memory & _NARROW)


def _number_right(program: Program, machine: Machine, workload: Workload, seed: int) -> int:
    """Of `FRESH` memories, those on which the program is right."""
    return sum(_is_right(program, machine, workload, seed + k) for k in range(FRESH))


def _is_right(program: Program, machine: Machine, workload: Workload, seed: int) -> bool:
    """Is the program right on the first memory of `seed`?"""
    try:
        _run(program, machine, workload, 1, seed, both=False)
    except CheckFailed:
        return False
    return True


def _run(
    program: Program,
    machine: Machine,
    workload: Workload,
    instances: int,
    seed: int,
    *,
    directed: Directed = NOTHING_DIRECTED,
    both: bool = True,
    max_cycles: int = MAX_CYCLES,
) -> Verified:
    return run_against_reference(
        program,
        machine,
        facts=workload.facts,
        memory=workload.memory,
        reference=workload.reference,
        trace=workload.trace,
        instances=instances,
        directed=directed,
        seed=seed,
        both=both,
        strict=workload.strict,
        max_cycles=max_cycles,
        against=workload.against,
        asked=workload.asked,
        told=workload.told,
    )
