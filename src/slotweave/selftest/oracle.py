"""The oracle: does a mutant do anything else than it should? It runs it, and knows no checker.

A program or graph differs if on one of a few full-range random memories it fails, or ends with
another word than the workload's plain reference in a region that is output, or with another than
before in one that is read-only, or, where the workload says what is traced, with another trace
buffer. Programs run in compatible mode, which obeys whatever the machine
would: what only strict mode refuses is no difference. Some programs are run on the reference
simulator as well, and the two must end alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slotweave.base.diagnostics import CheckFailed, Diagnostic
from slotweave.frontend.kernel import Kernel
from slotweave.ir.graph import Graph
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.simulate.compiled import encode, run_compiled
from slotweave.simulate.graph import graph_end
from slotweave.simulate.reference import run
from slotweave.simulate.run import MAX_CYCLES

Words = NDArray[np.uint32]

#: Memory and the trace buffer after a run.
_End = tuple[Words, tuple[int, ...]]

#: Memories on which a mutant is run before it is said to do what it should.
MEMORIES = 12


@dataclass(frozen=True, eq=False)
class Oracle:
    """Memories before a run, what memory must be after it, and which words are judged.

    `traces` is what the trace buffer must hold after each; None if that is not judged.
    """

    before: tuple[Words, ...]
    expected: tuple[Words, ...]
    judged: NDArray[np.bool_]
    traces: tuple[tuple[int, ...], ...] | None
    max_cycles: int = MAX_CYCLES

    def program_differs(self, program: Program, machine: Machine, *, both: bool = False) -> str:
        """How `program` differs from what it should do; "" if it does not.

        With `both` the reference simulator runs it as well, on the first memory.
        """
        encoded = encode(program, machine)

        def fast(memory: Words) -> _End:
            run = run_compiled(encoded, memory, strict=False, max_cycles=self.max_cycles)
            return run.memory, run.trace

        if both:
            _expect_agreement(program, machine, self.before[0], fast, self.max_cycles)
        return self._first_difference(fast)

    def graph_differs(self, graph: Graph) -> str:
        """How a run of `graph`, node by node, differs from what it should do; "" if not."""

        def after(memory: Words) -> _End:
            end = graph_end(graph, memory.tolist())
            return np.array(end.memory, dtype=np.uint32), end.trace

        return self._first_difference(after)

    def _first_difference(self, after: Callable[[Words], _End]) -> str:
        for number, (before, expected) in enumerate(zip(self.before, self.expected, strict=True)):
            try:
                found, traced = after(before)
            except CheckFailed as failure:
                return str(failure)
            wrong = np.flatnonzero((found != expected) & self.judged)
            if len(wrong):
                address = int(wrong[0])
                return f"memory[{address}] is {found[address]} instead of {expected[address]}"
            if self.traces is not None and traced != self.traces[number]:
                return f"the trace buffer holds {traced} instead of {self.traces[number]}"
        return ""


def oracle_for(
    kernel: Kernel,
    parameters: Mapping[str, int],
    contract: str,
    seed: int,
    count: int = MEMORIES,
    extra: Sequence[Words] = (),
    max_cycles: int = MAX_CYCLES,
) -> Oracle:
    """What `kernel` must do, by its reference, on `count` memories of `seed`, and on those `extra`
    ones on which the reference does not fail."""
    before, expected, traces = [], [], []
    drawn = [
        kernel.memory(parameters, contract, np.random.default_rng([seed, number]))
        for number in range(count)
    ]
    for number, memory in enumerate([*drawn, *extra]):
        try:
            after = kernel.reference(memory, parameters, contract).copy()
        except CheckFailed:
            if number < count:
                raise
            continue
        for region in kernel.facts(parameters, contract).regions:
            if region.read_only:
                after[region.start : region.stop] = memory[region.start : region.stop]
        before.append(memory)
        expected.append(after)
        if kernel.trace is not None:
            traces.append(tuple(kernel.trace(memory, parameters, contract)))
    judged = _judged(kernel, parameters, contract, before[0])
    traced = None if kernel.trace is None else tuple(traces)
    return Oracle(tuple(before), tuple(expected), judged, traced, max_cycles)


def _judged(
    kernel: Kernel, parameters: Mapping[str, int], contract: str, memory: Words
) -> NDArray[np.bool_]:
    """The words of regions that are output or read-only; without regions, all words."""
    regions = kernel.facts(parameters, contract).regions
    judged = np.full(len(memory), not regions)
    for region in regions:
        judged[region.start : region.stop] = region.output or region.read_only
    return judged


def _expect_agreement(
    program: Program,
    machine: Machine,
    memory: Words,
    fast: Callable[[Words], _End],
    max_cycles: int,
) -> None:
    """Raise CheckFailed (SW403) unless both simulators end alike, with memory and trace or with an
    error."""

    def slow(words: Words) -> _End:
        end = run(program, machine, words, strict=False, max_cycles=max_cycles)
        return end.memory, end.trace

    ends: list[object] = []
    for simulate in (slow, fast):
        try:
            words, traced = simulate(memory)
            ends.append((words.tolist(), traced))
        except CheckFailed as failure:
            ends.append(failure.diagnostic)
    if ends[0] != ends[1]:
        reason = "the two simulators end differently; this is a fault of theirs, please report it"
        raise CheckFailed(Diagnostic("SW403", reason))
