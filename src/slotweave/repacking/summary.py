"""What is said of a repacked program: cycles before and now, engines, bounds, idle slots, proof."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slotweave.analysis.utilisation import EngineUse, utilisation
from slotweave.anatomy.given_words import GivenWords
from slotweave.anatomy.inspect import inspect_program
from slotweave.anatomy.json_rows import bound_json, engine_rows
from slotweave.anatomy.words.double_writes import double_writes_json, double_writes_of
from slotweave.anatomy.words.live_scratch import live_words
from slotweave.anatomy.words.never_written import NeverWritten, never_written, never_written_json
from slotweave.base.diagnostics import Diagnostic
from slotweave.base.wording import EACH_BUNDLE_ONCE, EACH_ONCE_OF_LONG, EVERY_RUN, longest_of
from slotweave.bounds import Bound, best_bound
from slotweave.ir.text.facts_json import facts_to_json
from slotweave.repacking import Repacked, RepackedBlock, Tried
from slotweave.repacking.control import KeptControl, kept_control

_FROM_META = ("kernel", "params", "contract")


@dataclass(frozen=True)
class RepackedSummary:
    """`result` in figures; `facts_name` is what the user called the facts, `seed` the search's.

    `ladder`, `dataflow` and `idle` are what `inspect` says of the program returned; of one whose
    jumps depend on data there is neither of them, and no `idle` of any program that jumps.
    The reads of scratch never written and the double writes are those of the program returned.
    """

    result: Repacked
    facts_name: str
    seed: int
    ladder: Sequence[Bound]
    dataflow: Bound | None
    engines: Mapping[str, EngineUse]
    idle: Mapping[str, Mapping[str, int]] | None
    scratch_peak: int
    never_written: NeverWritten | None
    double_writes: Sequence[Diagnostic]
    control: KeptControl

    @property
    def bound(self) -> Bound | None:
        """The highest of the ladder; of equals the first."""
        return best_bound(tuple(self.ladder)) if self.ladder else None

    @property
    def cycles_of(self) -> str:
        """Of which runs the cycles are, before and now."""
        if not self.result.blocks:
            return EVERY_RUN
        runs = self.result.verified.instances
        once = EACH_ONCE_OF_LONG if self.result.too_long else EACH_BUNDLE_ONCE
        return longest_of(runs) if runs else once

    @property
    def unchanged(self) -> bool:
        """Whether it is the program that was given."""
        return self.result.program is self.result.given

    @property
    def origin(self) -> Mapping[str, Any]:
        """What the program says of where it comes from."""
        meta = self.result.program.meta
        return {key: meta[key] for key in _FROM_META if key in meta}

    def to_json(self) -> dict[str, Any]:
        """What `repack --json` prints."""
        result, best = self.result, self.result.best
        summary: dict[str, Any] = {
            **self.origin,
            "machine": result.machine.name,
            "seed": self.seed,
            "evaluations": result.evaluations,
            "before": result.before,
            "cycles": result.cycles,
            "cycles_of": self.cycles_of,
            "way": result.way,
            "bundles": len(result.program.bundles),
            "engines": engine_rows(self.engines),
            "scratch": {"peak": self.scratch_peak, "size": result.machine.scratch_words},
            "never_written": never_written_json(self.never_written),
            "double_writes": double_writes_json(self.double_writes),
            **self.control.to_json(),
            "dropped_stores": dict(result.dropped),
            "vectorized": result.vectorized,
            "rounds": [_variants_json(tried) for tried in result.rounds],
            "verified": result.verified.to_json(),
            "proved": {
                "program": True,
                "definition": "unknown",
                "why": result.why,
                "facts": {"name": self.facts_name, **json.loads(facts_to_json(result.facts))},
            },
            "seconds": {"repack": result.seconds},
        }
        if result.blocks:
            summary["blocks"] = [_block_json(block) for block in result.blocks]
        if self.bound is not None:
            summary["ladder"] = [bound_json(bound) for bound in self.ladder]
            summary["bound"] = bound_json(self.bound)
        if self.dataflow is not None:
            summary["dataflow"] = bound_json(self.dataflow)
        if self.idle is not None:
            summary["idle"] = {engine: dict(causes) for engine, causes in self.idle.items()}
        if best is not None:
            summary["rules"] = dict(best.rules)
        return summary


def repacked_summary(
    result: Repacked,
    facts_name: str,
    seed: int,
    given: GivenWords,
) -> RepackedSummary:
    """`result` in figures; `given` is what there is to say of the words of the given program."""
    program, machine, facts = result.program, result.machine, result.facts
    same = program is result.given
    found = None if result.blocks else inspect_program(program, machine, facts)
    view = None if found is None or not found.straight else found.view
    return RepackedSummary(
        result,
        facts_name,
        seed,
        ladder=() if found is None else found.ladder,
        dataflow=None if found is None else found.dataflow,
        engines=utilisation(program, machine),
        idle=None if view is None else view.idle,
        scratch_peak=given.peak if same else int(live_words(program, machine).max(initial=0)),
        never_written=given.unwritten if same else never_written(program, machine, facts),
        double_writes=given.doubled if same else double_writes_of(program, machine),
        control=kept_control(result),
    )


def _variants_json(tried: Sequence[Tried]) -> list[dict[str, Any]]:
    """The variants that were looked at, in order; no cycles where the bound said enough."""
    return [{"way": one.name, "bound": one.least, "cycles": one.cycles} for one in tried]


def _block_json(block: RepackedBlock) -> dict[str, Any]:
    """A block of the given program, and what was made of it."""
    return {
        "start": block.start,
        "stop": block.stop,
        "before": block.before,
        "cycles": block.cycles,
        "bound": None if block.bound is None else bound_json(block.bound),
        "proved": True,
        "why": block_reason(block),
    }


def block_reason(block: RepackedBlock) -> str:
    """Why a block is as it was, or what was proved of what it became."""
    return block.why or "proved on symbols to do what it did"
