"""The compiled simulator: as exact as the reference, some thousand times as fast.

Debug slots are notes here; to compare values with a trace, or to watch events, run the reference.
Numba is loaded with the first run, and its compiled code is kept on disk.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from slotweave.base.diagnostics import CheckFailed, Diagnostic
from slotweave.isa import OPERATIONS, Effect
from slotweave.simulate import faults
from slotweave.simulate.code import MEMORY, Work
from slotweave.simulate.encode import Encoded, encode
from slotweave.simulate.legality import double_write
from slotweave.simulate.run import MAX_CYCLES, Memory, Run, RunState, Words, ready

__all__ = ["Encoded", "Runs", "encode", "run_compiled", "run_many"]


def run_compiled(
    encoded: Encoded,
    memory: Memory | Run,
    *,
    strict: bool = True,
    runs: int = 1,
    enable_pause: bool = False,
    max_cycles: int = MAX_CYCLES,
) -> Run:
    """What `reference.run` gives for the same program, memory and options, faults included."""
    if strict and encoded.refusal:
        raise CheckFailed(encoded.refusal)
    state = memory
    if not isinstance(state, Run):
        state = ready(encoded.machine, state, encoded.program.zeros)
    if len(state.scratch) != encoded.machine.scratch_words:
        raise ValueError(f"a run of {encoded.machine.name} cannot go on from another machine's")
    for _ in range(runs):
        if state.state is not RunState.STOPPED:
            state = _run_on(encoded, state, strict, enable_pause, max_cycles)
    return state


@dataclass(frozen=True, eq=False)
class Runs:
    """The ends of many runs: row i of each array belongs to memory i."""

    memories: NDArray[np.uint32]
    cycles: NDArray[np.int64]


def run_many(
    encoded: Encoded,
    memories: Words,
    *,
    strict: bool = True,
    max_cycles: int = MAX_CYCLES,
) -> Runs:
    """Run on each row of `memories`, shape (instances, words), which is left as it is.

    Pauses are not enabled. Raises CheckFailed for the first instance that fails, naming it.
    """
    ends = np.empty_like(memories)
    cycles = np.zeros(len(memories), dtype=np.int64)
    for instance, memory in enumerate(memories):
        try:
            end = run_compiled(encoded, memory, strict=strict, max_cycles=max_cycles)
        except CheckFailed as error:
            message = f"{error.diagnostic.message} (instance {instance})"
            raise CheckFailed(replace(error.diagnostic, message=message)) from None
        ends[instance], cycles[instance] = end.memory, end.cycles
    return Runs(ends, cycles)


def bundle_counts(encoded: Encoded, memory: Memory) -> tuple[Run, NDArray[np.int64]]:
    """A run to its end without pauses, and how often it runs each bundle.

    Raises CheckFailed as `run_compiled` does.
    """
    if encoded.refusal:
        raise CheckFailed(encoded.refusal)
    work = _work(encoded)
    end = _run_on(
        encoded,
        ready(encoded.machine, memory, encoded.program.zeros),
        True,
        False,
        MAX_CYCLES,
        work,
    )
    return end, work.visits


def _run_on(
    encoded: Encoded,
    start: Run,
    strict: bool,
    pauses: bool,
    max_cycles: int,
    work: Work | None = None,
) -> Run:
    """From `start` to the next stop or pause; `work` is fresh, if given."""
    from slotweave.simulate import interpreter as loop

    memory, scratch, written = start.memory.copy(), start.scratch.copy(), start.written.copy()
    registers = np.zeros(loop.REGISTERS, dtype=np.int64)
    registers[loop.PC], registers[loop.CYCLES] = start.pc, start.cycles
    registers[loop.TIME], registers[loop.TRACED] = start.executed_bundles, len(start.trace)
    work = _work(encoded) if work is None else work
    trace = np.array(start.trace, dtype=np.uint32)
    reason = loop.TRACE_FULL
    while reason == loop.TRACE_FULL:
        reason = loop.run_bundles(
            encoded.code, work, memory, scratch, written, trace, registers,
            max_cycles, strict, pauses,
        )  # fmt: skip
        if reason == loop.TRACE_FULL:
            room = np.zeros(len(trace) + encoded.most_slots, dtype=np.uint32)
            trace = np.concatenate((trace, room))
    if reason not in (loop.STOPPED, loop.PAUSED):
        raise CheckFailed(_fault(encoded, reason, registers.tolist(), len(memory), max_cycles))
    return Run(
        cycles=int(registers[loop.CYCLES]),
        memory=memory,
        scratch=scratch,
        trace=tuple(trace[: registers[loop.TRACED]].tolist()),
        state=RunState.PAUSED if reason == loop.PAUSED else RunState.STOPPED,
        pc=min(int(registers[loop.PC]), len(encoded.program.bundles)),
        executed_bundles=int(registers[loop.TIME]),
        written=written,
    )


def _work(encoded: Encoded) -> Work:
    depth, rows = encoded.depth, encoded.most_slots
    return Work(
        value=np.zeros(depth * encoded.block_words, dtype=np.uint32),
        address=np.zeros(rows, dtype=np.uint64),
        due=np.zeros((depth, depth * rows, 3), dtype=np.int64),
        due_count=np.zeros(depth, dtype=np.int64),
        seen=encoded.code.proved.copy(),
        visits=np.zeros(len(encoded.code.counts), dtype=np.int64),
    )


def _fault(
    encoded: Encoded, reason: int, registers: list[int], memory_words: int, max_cycles: int
) -> Diagnostic:
    """What the loop stopped at, as the reference says it."""
    from slotweave.simulate import interpreter as loop

    if reason == loop.AT_LIMIT:
        return faults.cycle_limit(max_cycles, registers[loop.PC])
    row, word = registers[loop.SLOT], registers[loop.WORD]
    if reason == loop.CANNOT_RUN and row in encoded.faults:
        return encoded.faults[row]
    bundle, engine, slot = encoded.place(row)
    if reason == loop.COLLIDES:
        space = "memory" if encoded.code.space[row] == MEMORY else "scratch"
        other = encoded.place(registers[loop.OTHER])
        return double_write(space, word, other, (bundle, engine, slot))
    if reason == loop.NOT_WRITTEN:
        fault = faults.never_written(word)
    else:
        mnemonic = encoded.program.bundles[bundle][engine][slot][0]
        form, _ = encoded.machine.forms[(engine, mnemonic)]
        width = int(encoded.code.width[row])
        match OPERATIONS[form.operation].effect:
            case Effect.LOAD:
                fault = faults.load_out_of_range(word, width, memory_words)
            case Effect.STORE:
                fault = faults.store_out_of_range(word, width, memory_words)
            case _:
                fault = faults.zero_divisor(mnemonic)
    code, message = fault
    return Diagnostic(code, message, bundle=bundle, engine=engine, slot=slot)
