"""What a run shows: memory and trace at each pause and in the end, or that it faults."""

from __future__ import annotations

from dataclasses import dataclass

from slotweave.base.diagnostics import CheckFailed
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.simulate.reference import run
from slotweave.simulate.run import Memory, Run, RunState

#: More runs than any program here has pauses.
_MOST_RUNS = 64


@dataclass(frozen=True)
class Outcome:
    """(memory, trace) at each stop; `faults` if the run after the last of them faults."""

    stops: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    faults: bool


def outcome(
    program: Program, machine: Machine, memory: Memory, *, strict: bool = False, pauses: bool = True
) -> Outcome:
    """What a run of `program` shows.

    Which of several faults is found first is none of it.
    """
    stops: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    state: Memory | Run = memory
    for _ in range(_MOST_RUNS):
        try:
            state = run(program, machine, state, strict=strict, enable_pause=pauses)
        except CheckFailed:
            return Outcome(tuple(stops), True)
        stops.append((tuple(state.memory.tolist()), state.trace))
        if state.state is RunState.STOPPED:
            return Outcome(tuple(stops), False)
    raise AssertionError("more pauses than expected")
