"""The JSON form of a result of `repack`; it shares its names with those of other commands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from slotweave.analysis.idle import idle_slots
from slotweave.analysis.utilisation import utilisation
from slotweave.anatomy.json_rows import bound_json, engine_rows
from slotweave.anatomy.kept_control import kept_control
from slotweave.anatomy.timing.program_bounds import program_bounds
from slotweave.anatomy.words.double_writes import double_writes_json, double_writes_of
from slotweave.anatomy.words.live_scratch import live_words
from slotweave.anatomy.words.never_written import NeverWritten, never_written, never_written_json
from slotweave.base.diagnostics import Diagnostic
from slotweave.bounds import Bound, best_bound
from slotweave.ir.text.facts_json import facts_to_json
from slotweave.repacking import Repacked, Tried

_FROM_META = ("kernel", "params", "contract")


def repack_summary(
    result: Repacked,
    facts_name: str,
    seed: int,
    unwritten: NeverWritten | None,
    doubled: Sequence[Diagnostic],
) -> dict[str, Any]:
    """`result` as plain values; `facts_name` is what the user called the facts.

    `unwritten` is what the given program reads of scratch never written, `doubled` which words it
    writes twice in a bundle.
    """
    best, program, machine = result.best, result.program, result.machine
    bounds = _bounds(result)
    summary: dict[str, Any] = {
        **{key: program.meta[key] for key in _FROM_META if key in program.meta},
        "machine": machine.name,
        "seed": seed,
        "evaluations": result.evaluations,
        "before": result.before,
        "cycles": result.cycles,
        "way": "unchanged" if best is None else best.way,
        "bundles": len(program.bundles),
        "engines": engine_rows(utilisation(program, machine)),
        "scratch": {
            "peak": int(live_words(program, machine).max(initial=0)),
            "size": machine.scratch_words,
        },
        "never_written": never_written_json(
            unwritten if best is None else never_written(program, machine, result.facts)
        ),
        "double_writes": double_writes_json(
            doubled if best is None else double_writes_of(program, machine)
        ),
        **kept_control(result),
        "dropped_stores": dict(result.dropped),
        "vectorized": result.vectorized,
        "rounds": [_variants_json(tried) for tried in result.rounds],
        "verified": result.verified.to_json(),
        "proved": {
            "program": True,
            "definition": "unknown",
            "why": result.why,
            "facts": {"name": facts_name, **json.loads(facts_to_json(result.facts))},
        },
        "seconds": {"repack": result.seconds},
    }
    if bounds:
        summary["ladder"] = [bound_json(bound) for bound in bounds]
        summary["bound"] = bound_json(best_bound(bounds))
    if best is not None:
        summary["idle"] = idle_slots(best.problem, best.schedule)
        summary["rules"] = dict(best.rules)
    return summary


def _variants_json(tried: Sequence[Tried]) -> list[dict[str, Any]]:
    """The variants that were looked at, in order; no cycles where the bound said enough."""
    return [{"way": one.name, "bound": one.least, "cycles": one.cycles} for one in tried]


def _bounds(result: Repacked) -> tuple[Bound, ...]:
    """Those of the writing that can be shortest; of the given program's own dataflow if it is
    shorter than any schedule of a writing."""
    if not result.bounds or best_bound(result.bounds).cycles <= result.cycles:
        return result.bounds
    return program_bounds(result.given, result.machine, result.facts)
