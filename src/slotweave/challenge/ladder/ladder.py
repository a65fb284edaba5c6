"""One rung of the ladder as a compiled result shows it: cycles, engines, idle slots, counters.

Counters show that a rung is what it says: which levels of the tree are loaded node by node, how
many jumps a run takes, how many bundles hold two stages, how many batches are in registers at once.
Loads and jumps are counted over one run on the reference simulator, the rest in the schedule. Rungs
that jump have several schedules: see `ladder_flow`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from slotweave.analysis.liveness import live_ranges, live_words
from slotweave.analysis.utilisation import utilisation
from slotweave.anatomy.json_rows import bound_json, engine_rows
from slotweave.anatomy.spill_counts import spill_counts
from slotweave.bounds import best_bound
from slotweave.challenge.ladder.rung_run import RungRun
from slotweave.challenge.ladder.stage_cycles import SETUP, Counts, batches_alive, stage_slots
from slotweave.challenge.tree_hash.plans.ladder_plans import Rung
from slotweave.driver.compiled import Compiled

#: What the tests of the challenge ask for, in cycles: fewer than.
THRESHOLDS = (147_734, 18_532, 2_164, 1_790, 1_579, 1_548, 1_487, 1_363)

#: Items to a batch, in the counters of every rung.
BATCH_ITEMS = 48

#: Cycles between two of the numbers of live words that a result lists.
LIVE_EVERY = 64


def rung_summary(
    rung: Rung, result: Compiled, run: RungRun, scalar_cycles: int | None
) -> dict[str, Any]:
    """The JSON form of a rung; `scalar_cycles` is what the speed-up is measured by, if known."""
    cycles = result.cycles
    return {
        "name": rung.plan,
        "changes": rung.changes,
        "against": rung.against,
        "cycles": cycles,
        "projected": rung.projected,
        "speedup": round(scalar_cycles / cycles, 2) if scalar_cycles else None,
        "bound": bound_json(best_bound(result.block.bounds)),
        "engines": engine_rows(utilisation(result.program, result.job.machine)),
        "idle": run.idle,
        "scratch": {"peak": result.scratch_peak, "size": result.job.machine.scratch_words},
        "bundles": len(result.program.bundles),
        "thresholds": [limit for limit in THRESHOLDS if cycles < limit],
        "stages": {stage: int(np.count_nonzero(slots))
                   for stage, slots in stage_slots(result).items()},
        "live": _live(result),
        "counters": {**counters_of_run(run), **_counters_of_schedule(result)},
        "runs": {"seeds": 0, "random_median": cycles, "one_path": cycles},  # whatever the input
        "verified": result.verified.to_json(),
    }  # fmt: skip


def _live(result: Compiled) -> dict[str, Any]:
    fitted = result.block.fitted
    ranges = live_ranges(fitted.problem, fitted.schedule)
    return live_json(live_words(fitted.problem, ranges, fitted.cycles))


def live_json(words: NDArray[np.int64] | NDArray[np.int32]) -> dict[str, Any]:
    """Live words by cycle: the mean, and those of every 64th cycle."""
    return {
        "mean": round(float(words.mean()), 1),
        "every": LIVE_EVERY,
        "words": words[::LIVE_EVERY].tolist(),
    }


def counters_of_run(run: RungRun) -> dict[str, Any]:
    """Words loaded from each level of the tree, other loads, and jumps, in one run."""
    return {
        "loads_by_level": {str(level): count for level, count in run.loads.items()},
        "tree_row_loads": run.rows,
        "working_memory_loads": run.working,
        "jumps": run.jumps,
    }


def _counters_of_schedule(result: Compiled) -> dict[str, Any]:
    fitted, lanes = result.block.fitted, result.job.machine.vector_length
    problem, schedule = fitted.problem, fitted.schedule
    scalar = result.job.plan.choices.get("style") == "scalar"
    batch, vector = (BATCH_ITEMS, lanes) if scalar else (BATCH_ITEMS // lanes, 1)
    return {
        "overlapping_bundles": _overlapping_bundles(result),
        "batches_alive": batches_alive(problem, schedule, batch),
        "vectors_alive": batches_alive(problem, schedule, vector),
        **spill_counts(fitted.graph),
    }


def _overlapping_bundles(result: Compiled) -> int:
    """Bundles in which two stages have slots; the setup is none."""
    active: Counts = np.zeros(result.cycles, np.int64)
    for stage, slots in stage_slots(result).items():
        if stage != SETUP:
            active = active + (slots > 0)
    return int(np.count_nonzero(active > 1))
