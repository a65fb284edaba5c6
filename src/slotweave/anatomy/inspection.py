"""What `inspect` finds: where the cycles of a program go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from slotweave.analysis.utilisation import EngineUse
from slotweave.anatomy.causes.idle_causes import WordWaits
from slotweave.anatomy.fault_json import fault_json
from slotweave.anatomy.json_rows import bound_json, engine_rows, unknown_run_json
from slotweave.anatomy.phases import Phase, Slice, Spans, UnderWay
from slotweave.anatomy.words.double_writes import double_writes_json
from slotweave.anatomy.words.live_scratch import LiveScratch
from slotweave.anatomy.words.never_written import NeverWritten, never_written_json
from slotweave.anatomy.words.scratch_names import ScratchNames
from slotweave.base.diagnostics import Diagnostic
from slotweave.base.wording import EACH_BUNDLE_ONCE, EVERY_RUN, plural
from slotweave.bounds import Bound, best_bound

#: Most of the words that operations wait for in the JSON form.
WORDS_LISTED = 8


@dataclass(frozen=True)
class RunView:
    """What can be said of bundles that run one after the other, each as it stands.

    `idle` has for each engine its idle slots by cause (see `idle_causes`), `could_move` how many
    of its operations could each move to a free slot of an earlier bundle. `unused`
    and `repeated` operations could be left out; `movable` says how many operations of an engine
    could run on which other one, `word_waits` which words of scratch operations wait for. `widest`
    is the most operations in a bundle, `most_engines` the most engines that one uses.
    """

    idle: Mapping[str, Mapping[str, int]]
    spans: Spans
    phases: Sequence[Phase]
    under_way: UnderWay
    slices: Sequence[Slice]
    unused: int
    repeated: int
    movable: Mapping[str, Mapping[str, int]]
    could_move: Mapping[str, int]
    word_waits: Sequence[WordWaits]
    widest: int
    most_engines: int

    def to_json(self) -> dict[str, Any]:
        return {
            "idle": {engine: dict(causes) for engine, causes in self.idle.items()},
            "spans": self.spans.to_json(),
            "phases": [phase.to_json() for phase in self.phases],
            "under_way": self.under_way.to_json(),
            "slices": [one.to_json() for one in self.slices],
            "unused": self.unused,
            "repeated": self.repeated,
            "movable": {engine: dict(others) for engine, others in self.movable.items()},
            "could_move": dict(self.could_move),
            "word_waits": [waits.to_json() for waits in self.word_waits[:WORDS_LISTED]],
        }


@dataclass(frozen=True, repr=False)
class Inspection:
    """Where the cycles of a program go.

    `straight`: it does not jump. `run_bundles` is the length of its run, if that is known and is
    not just its text; `refusal` says why the run is not known. Then `view` and `dataflow` are None
    and `ladder` is empty, for each bundle of the text was counted `once`, for a reason.

    `ladder` has the bounds for the slots of the run, each on its engine, and `dataflow` the one for
    its operations on any engine, repeated ones once. `double_writes` are slots that write what
    another one writes, `read_only_store` is a store that the facts forbid. `origin` is what the
    program says of itself.
    """

    machine: str
    cycles: int
    bundles: int
    straight: bool
    engines: Mapping[str, EngineUse]
    scratch: LiveScratch
    double_writes: Sequence[Diagnostic]
    never_written: NeverWritten | None = None
    read_only_store: Diagnostic | None = None
    run_bundles: int | None = None
    refusal: Diagnostic | None = None
    once: str = EACH_BUNDLE_ONCE
    ladder: Sequence[Bound] = ()
    dataflow: Bound | None = None
    view: RunView | None = None
    origin: Mapping[str, Any] = field(default_factory=dict)
    names: ScratchNames | None = None

    @cached_property
    def bound(self) -> Bound | None:
        """The highest of the ladder; of equals the first."""
        return best_bound(tuple(self.ladder)) if self.ladder else None

    @property
    def waits_for_memory(self) -> bool:
        """Is a slot idle because the next operation waits for memory?"""
        return self.view is not None and any(idle.get("memory") for idle in self.view.idle.values())

    @property
    def cycles_of(self) -> str:
        """Of which runs `cycles` are."""
        return EVERY_RUN if self.refusal is None else self.once

    def __repr__(self) -> str:
        kernel = self.origin.get("kernel", "program")
        least = "" if self.bound is None else f", at least {self.bound.cycles:,}"
        return f"<Inspection of {kernel} on {self.machine}: {plural(self.cycles, 'cycle')}{least}>"

    def to_json(self) -> dict[str, Any]:
        """What `inspect --json` prints, but for the name of the facts."""
        bounds: dict[str, Any] = {}
        if self.bound is not None:
            rungs = [bound_json(rung) for rung in self.ladder]
            bounds = {"bound": bound_json(self.bound), "ladder": rungs}
        return {
            "cycles": self.cycles,
            "cycles_of": self.cycles_of,
            "straight": self.straight,
            **self._run_json(),
            **bounds,
            "engines": engine_rows(self.engines),
            "scratch": self.scratch.to_json(),
            "never_written": never_written_json(self.never_written),
            "double_writes": double_writes_json(self.double_writes),
            "read_only_store": fault_json(self.read_only_store),
            **({} if self.view is None else self.view.to_json()),
            **({} if self.dataflow is None else {"dataflow": bound_json(self.dataflow)}),
            "machine": self.machine,
            "bundles": self.bundles,
            **self.origin,
        }

    def _run_json(self) -> dict[str, Any]:
        if self.refusal is not None:
            return {"run": unknown_run_json(self.refusal)}
        if self.run_bundles is not None:
            return {"run": {"known": True, "bundles": self.run_bundles}}
        return {}
