"""The JSON form of a result of `compile`, whether the program jumps or not.

Cycles, engines, jumps and bound of a program that jumps are those of one run: on the random input,
of those that it was verified on, that takes longest. Idle slots are those of one schedule, and left
out.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from slotweave.anatomy.executed import executed, slots_bound
from slotweave.anatomy.inspection import bound_json, engine_rows
from slotweave.check.runs.execution import instance_memory
from slotweave.driver.flow_pipeline import FlowResult
from slotweave.driver.pipeline import Result
from slotweave.simulate.compiled import encode, run_compiled
from slotweave.simulate.run import Words
from slotweave.views.summary import result_summary

_DEFINITION = (
    "`slotweave verify PROGRAM --against KERNEL --prove` tries it on the program itself, "
    "where no jump depends on data"
)


def summary_of(result: Result | FlowResult) -> dict[str, Any]:
    """`result` as plain values, with the names that the JSON of all commands shares."""
    return result_summary(result) if isinstance(result, Result) else flow_summary(result)


def flow_summary(result: FlowResult) -> dict[str, Any]:
    """The same for a program that jumps."""
    rules: Counter[str] = Counter()
    for rewritten in result.rewritten:
        rules.update(rewritten.counts())
    run = executed(result.program, result.machine, _longest(result))
    jumps = {name: count for (_engine, name), count in run.slots.items() if "jump" in name}
    return {
        "kernel": result.kernel.name,
        "params": dict(result.parameters),
        "contract": result.contract,
        "machine": result.machine.name,
        "plan": result.plan.name,
        "seed": result.seed,
        "evaluations": result.evaluations,
        "cycles": run.cycles,
        "bundles": len(result.program.bundles),
        "bound": (bound := bound_json(slots_bound(run, result.machine))),
        "ladder": [bound],
        "engines": engine_rows(dict(run.engines)),
        "idle": {},
        "jumps": jumps,
        "scratch": {"peak": result.scratch_peak, "size": result.machine.scratch_words},
        "proved": {
            "program": result.equivalence.answer,
            "definition": "unknown",
            "why": f"program: {result.equivalence.why}; definition: {_DEFINITION}",
            "facts": result.contract,
        },
        "promises": [promise.to_json() for promise in result.promises],
        "verified": result.verified.to_json(),
        "rules": dict(rules),
        "seconds": dict(result.seconds),
    }


def _longest(result: FlowResult) -> Words:
    """The memory on which the program takes longest, of those that it was verified on."""
    kernel, encoded = result.kernel, encode(result.program, result.machine)

    def random(instance: int) -> Words:
        return instance_memory(
            lambda rng: kernel.memory(result.parameters, result.contract, rng),
            result.seed,
            instance,
        )

    instances = range(max(1, result.verified.instances))
    return random(max(instances, key=lambda one: run_compiled(encoded, random(one)).cycles))
