"""The JSON form of a result of `compile`: what scripts rely on, and what the table is made from."""

from __future__ import annotations

from typing import Any

from slotweave.analysis.idle import idle_slots
from slotweave.analysis.utilisation import utilisation
from slotweave.anatomy.inspection import bound_json, engine_rows
from slotweave.bounds import best_bound
from slotweave.driver.pipeline import Result


def result_summary(result: Result) -> dict[str, Any]:
    """`result` as plain values, with the names that the JSON of all commands shares."""
    return {
        "kernel": result.kernel.name,
        "params": dict(result.parameters),
        "contract": result.contract,
        "machine": result.machine.name,
        "plan": result.plan.name,
        "seed": result.seed,
        "evaluations": result.evaluations,
        "cycles": result.cycles,
        "bundles": len(result.program.bundles),
        "bound": bound_json(best_bound(result.bounds)),
        "ladder": [bound_json(bound) for bound in result.bounds],
        "engines": engine_rows(utilisation(result.program, result.machine)),
        "idle": idle_slots(result.problem, result.schedule),
        "scratch": {"peak": result.allocation.peak, "size": result.allocation.size},
        "proved": {
            "program": result.equivalence.answer,
            "definition": result.definition.answer,
            "why": f"program: {result.equivalence.why}; definition: {result.definition.why}",
            "facts": result.contract,
        },
        "promises": [promise.to_json() for promise in result.promises],
        "verified": result.verified.to_json(),
        "rules": result.rewritten.counts(),
        "seconds": dict(result.seconds),
    }
