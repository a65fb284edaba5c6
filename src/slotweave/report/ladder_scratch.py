"""How much scratch a number of batches in registers at once takes, found by scheduling.

The plan `multi-batch` is scheduled with so many batches open and ever less scratch. A number of
batches fits if a schedule in which so many are on their way at once is found and allocated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from slotweave.diagnostics import NoSchedule
from slotweave.fit import Effort
from slotweave.frontend.kernel import Kernel
from slotweave.kernels.tree_hash.ladder_plans import SMALL_BATCH
from slotweave.machine import Machine
from slotweave.pipeline import Result, compile_kernel
from slotweave.report.stage_cycles import batches_alive

#: How many batches at once are tried.
BATCHES = (5, 6, 7, 8)


@dataclass(frozen=True)
class Target:
    """What is compiled, and for what."""

    kernel: Kernel
    machine: Machine
    parameters: Mapping[str, int]
    contract: str


def batches_in_scratch(target: Target) -> Iterator[dict[str, Any]]:
    """For each number of batches: cycles and peak in all of scratch, and the fewest words.

    `fewest_words` comes from bisection: with one word fewer the batches are not found to fit. It
    is None where they do not fit into the machine's scratch, or the workload has fewer batches.
    """
    for batches in BATCHES:
        result = _with_batches(target, batches, target.machine.scratch_words)
        if result is None:
            yield {"batches": batches, "fewest_words": None, "peak": None, "cycles": None}
            continue
        words, least = _bisect(target, batches, result)
        yield {
            "batches": batches, "cycles": result.cycles, "peak": result.allocation.peak,
            "fewest_words": words, "cycles_there": least.cycles,
        }  # fmt: skip


def _bisect(target: Target, batches: int, fits: Result) -> tuple[int, Result]:
    too_few, enough = 0, target.machine.scratch_words
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        result = _with_batches(target, batches, middle)
        if result is None:
            too_few = middle
        else:
            enough, fits = middle, result
    return enough, fits


def _with_batches(target: Target, batches: int, scratch_words: int) -> Result | None:
    """The program with so many batches at once in so much scratch; None if there is none."""
    plan = target.kernel.plan("multi-batch", target.parameters, target.contract)
    plan = replace(plan, schedule=replace(plan.schedule, windows_open=batches))
    machine = replace(target.machine, scratch_words=scratch_words)
    try:
        result = compile_kernel(target.kernel, machine, target.parameters, target.contract, plan,
                                instances=1, effort=Effort.FAST)  # fmt: skip
    except NoSchedule:
        return None
    return result if batches_alive(result, SMALL_BATCH) >= batches else None
