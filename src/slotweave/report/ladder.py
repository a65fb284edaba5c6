"""One rung of the ladder as a compiled result shows it: cycles, engines, idle slots, counters.

Counters show that a rung is what it says: which levels of the tree are loaded node by node, how
many jumps a run takes, how many bundles hold two stages, how many batches are on their way at once.
Loads and jumps are counted over one run on the reference simulator, the rest in the schedule.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from slotweave.analysis.idle import idle_slots
from slotweave.analysis.liveness import live_ranges, live_words
from slotweave.analysis.utilisation import utilisation
from slotweave.bound import best_bound
from slotweave.ir.graph import Graph
from slotweave.ir.program import Program
from slotweave.kernels.tree_hash.ladder_plans import Rung
from slotweave.kernels.tree_hash.workload import Shape
from slotweave.machine import Machine
from slotweave.pipeline import Result
from slotweave.report.inspect import engine_rows
from slotweave.report.stage_cycles import SETUP, Counts, batches_alive, stage_slots
from slotweave.simulate.reference import run
from slotweave.simulate.run import Event, Memory, Space

#: What the tests of the challenge ask for, in cycles: fewer than.
THRESHOLDS = (147_734, 18_532, 2_164, 1_790, 1_579, 1_548, 1_487, 1_363)

#: Items to a batch, in the counters of every rung.
BATCH_ITEMS = 48

#: Cycles between two of the numbers of live words that a result lists.
LIVE_EVERY = 64

_JUMPS = frozenset({"jump", "jump_indirect", "cond_jump", "cond_jump_rel"})


def rung_summary(rung: Rung, result: Result, scalar_cycles: int | None) -> dict[str, Any]:
    """The JSON form of a rung; `scalar_cycles` is what the speed-up is measured by, if known."""
    bound = best_bound(result.bounds)
    return {
        "name": rung.plan,
        "changes": rung.changes,
        "against": rung.against,
        "cycles": result.cycles,
        "projected": rung.projected,
        "speedup": round(scalar_cycles / result.cycles, 2) if scalar_cycles else None,
        "bound": {"cycles": bound.cycles, "name": bound.name, "why": bound.why},
        "engines": engine_rows(utilisation(result.program, result.machine)),
        "idle": idle_slots(result.problem, result.schedule),
        "scratch": {"peak": result.allocation.peak, "size": result.allocation.size},
        "bundles": len(result.program.bundles),
        "thresholds": [limit for limit in THRESHOLDS if result.cycles < limit],
        "stages": {stage: _cycles(slots) for stage, slots in stage_slots(result).items()},
        "live": _live(result),
        "counters": counters(result),
        "verified": {"instances": result.verified.instances,
                     "mismatches": result.verified.mismatches},
    }  # fmt: skip


def _cycles(slots_by_cycle: Counts) -> int:
    return int(np.count_nonzero(slots_by_cycle))


def _live(result: Result) -> dict[str, Any]:
    """Live words: the mean, and those of every 64th cycle."""
    ranges = live_ranges(result.problem, result.schedule)
    words = live_words(result.problem, ranges, result.cycles)
    return {
        "mean": round(float(words.mean()), 1),
        "every": LIVE_EVERY,
        "words": words[::LIVE_EVERY].tolist(),
    }


def counters(result: Result) -> dict[str, Any]:
    """What shows that a rung is what it says."""
    active = [slots > 0 for stage, slots in stage_slots(result).items() if stage != SETUP]
    overlaps = int(np.count_nonzero(sum(active, np.zeros(result.cycles, np.int64)) > 1))
    problem, schedule, lanes = result.problem, result.schedule, result.machine.vector_length
    scalar = result.plan.choices.get("style") == "scalar"
    batch = BATCH_ITEMS if scalar else BATCH_ITEMS // lanes
    rng = np.random.default_rng(result.seed)
    memory = result.kernel.memory(result.parameters, result.contract, rng)
    stores = [_stores(result.graph), _stores(result.traced)]
    return {
        **run_counters(result.program, result.machine, memory, Shape.of(result.parameters)),
        "overlapping_bundles": overlaps,
        "batches_alive": batches_alive(problem, schedule, batch),
        "vectors_alive": batches_alive(problem, schedule, lanes if scalar else 1),
        "spills": stores[0] - stores[1],
    }


def _stores(graph: Graph) -> int:
    return sum(node.op in ("store", "vstore") for node in graph.nodes)


def run_counters(
    program: Program, machine: Machine, memory: Memory, shape: Shape
) -> dict[str, Any]:
    """Words loaded from each level of the tree, other loads, and jumps, in one run."""
    levels: Counter[int] = Counter()
    others: Counter[str] = Counter()

    def count(event: Event) -> None:
        slot = program.bundles[event.bundle][event.engine][event.slot]
        if slot[0] in _JUMPS:
            others["jumps"] += 1
        for access in event.reads:
            if access.space is not Space.MEMORY:
                continue
            node = access.address - shape.tree
            if not 0 <= node < shape.nodes:
                others["working"] += 1
            elif len(access.words) > 1:
                others["rows"] += 1
            else:
                levels[(node + 1).bit_length() - 1] += 1

    run(program, machine, memory, strict=False, on_event=count)
    return {
        "loads_by_level": {str(level): levels[level] for level in sorted(levels)},
        "tree_row_loads": others["rows"],
        "working_memory_loads": others["working"],
        "jumps": others["jumps"],
    }
