"""A rung that jumps as the ladder shows it; what it does is counted where it runs.

`runs` says what its cycles depend on: the median over random inputs, and a run in which all items
have one value and so walk one path.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

import numpy as np

from slotweave.anatomy.executed import Executed, slots_bound
from slotweave.anatomy.json_rows import bound_json, engine_rows
from slotweave.challenge.ladder.ladder import (
    BATCH_ITEMS,
    THRESHOLDS,
    counters_of_run,
    live_json,
    rung_summary,
)
from slotweave.challenge.ladder.rung_run import RungRun, watched_run
from slotweave.challenge.ladder.stage_cycles import SETUP, flow_stages
from slotweave.challenge.tree_hash.plans.ladder_plans import Rung
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.check.runs.execution import instance_memory
from slotweave.driver.compiled import Compiled
from slotweave.simulate.compiled import encode, run_compiled
from slotweave.simulate.run import Words

#: Random inputs of which the median is taken.
SEEDS = 20


def rung_run(result: Compiled) -> RungRun:
    """The program run on one random input, watched."""
    return watched_run(result, _random_memory(result, 0))


def any_rung_summary(
    rung: Rung, result: Compiled, run: RungRun, scalar_cycles: int | None
) -> dict[str, Any]:
    """The JSON form of a rung, whether it jumps or not, of which `run` is a run."""
    if result.jumps:
        return flow_rung_summary(rung, result, run, scalar_cycles)
    return rung_summary(rung, result, run, scalar_cycles)


def flow_rung_summary(
    rung: Rung, result: Compiled, run: RungRun, scalar_cycles: int | None
) -> dict[str, Any]:
    """The JSON form of a rung that jumps: the entries of `rung_summary`.

    Its cycles are the median of random inputs.
    """
    runs = measured_runs(result)
    cycles = runs["random_median"]
    use = run.engine_use(result.job.machine)
    labels = flow_stages(result)
    ran = [labels[bundle] for bundle in run.bundles.tolist() if bundle >= 0]
    return {
        "name": rung.plan,
        "changes": rung.changes,
        "against": rung.against,
        "cycles": cycles,
        "projected": rung.projected,
        "speedup": round(scalar_cycles / cycles, 2) if scalar_cycles else None,
        "bound": bound_json(slots_bound(Executed(run.cycles, use, {}), result.job.machine)),
        "engines": engine_rows(use),
        "idle": run.idle,
        "scratch": {"peak": result.scratch_peak, "size": result.job.machine.scratch_words},
        "bundles": len(result.program.bundles),
        "thresholds": [limit for limit in THRESHOLDS if cycles < limit],
        "stages": dict(Counter(stage for stages in ran for stage in sorted(stages))),
        "live": live_json(run.live),
        "counters": _counters(result, run, ran),
        "runs": runs,
        "verified": result.verified.to_json(),
    }  # fmt: skip


def measured_runs(result: Compiled) -> dict[str, int]:
    """Cycles on random inputs (median of `seeds`) and with all items on one path."""
    encoded = encode(result.program, result.job.machine)
    random = [run_compiled(encoded, _random_memory(result, seed)).cycles for seed in range(SEEDS)]
    together = _random_memory(result, 0)
    values = slice(Shape.of(result.job.parameters).values, None)
    together[values] = together[values][0]
    return {
        "seeds": SEEDS,
        "random_median": round(median(random)),
        "one_path": run_compiled(encoded, together).cycles,
    }


def _random_memory(result: Compiled, seed: int) -> Words:
    job = result.job
    kernel, parameters, contract = job.kernel, job.parameters, job.contract
    return instance_memory(lambda rng: kernel.memory(parameters, contract, rng), seed, 0)


def _counters(result: Compiled, run: RungRun, ran: Sequence[set[str]]) -> dict[str, Any]:
    """What one run does; a trip's vectors are on their way at once."""
    shape, lanes = Shape.of(result.job.parameters), result.job.machine.vector_length
    vectors = min(int(result.job.plan.choices["vectors"]), shape.batch // lanes)
    return {
        **counters_of_run(run),
        "overlapping_bundles": sum(len(stages - {SETUP}) > 1 for stages in ran),
        "batches_alive": int(np.ceil(vectors * lanes / BATCH_ITEMS)),
        "vectors_alive": vectors,
        "spills": 0,  # blocks are fitted without
        "reloads": 0,
        "made_anew": 0,
    }
