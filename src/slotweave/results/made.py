"""Results of verbs that make something: a program, a shorter one, the end of a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from slotweave import repacking as _repacking
from slotweave.base.diagnostics import Diagnostic
from slotweave.base.wording import plural
from slotweave.bounds import Bound
from slotweave.driver import compiled as _compiled
from slotweave.results.shown import Shown
from slotweave.results.warned import warnings_of
from slotweave.simulate.run import Memory, RunState, Words

if TYPE_CHECKING:
    from rich.console import RenderableType

    from slotweave.anatomy.given_words import GivenWords
    from slotweave.anatomy.summaries.compiled import CompiledSummary
    from slotweave.anatomy.summaries.repacked import RepackedSummary


class Compiled(Shown, _compiled.Compiled):
    """A kernel as a checked program: `program`, `cycles`, `bound`, and all on the way to it."""

    @property
    def bound(self) -> Bound:
        """The highest lower bound: of the operations of its plan, or, of a kernel that jumps, of
        its longest verified run."""
        return self._summary(causes=False).bound

    def __repr__(self) -> str:
        job = self.job
        return (
            f"<{job.kernel.name} compiled for {job.machine.name}: {plural(self.cycles, 'cycle')}>"
        )

    def to_json(self) -> dict[str, Any]:
        """What `slotweave compile --json` prints."""
        return self._summary().to_json()

    def record(self) -> str:
        """What `slotweave compile --result` writes: the program, and the hashes of all it rests on.

        `rederive` checks it.
        """
        from slotweave.evidence.record import record_to_json

        return record_to_json(self.to_json(), self.program, self.job.machine, self.job.kernel)

    def _picture(self) -> str:
        from slotweave.views.svg.notebook import notebook_picture

        job = self.job
        facts = job.kernel.facts(job.parameters, job.contract)
        return notebook_picture(self.program, job.machine, facts)

    def _view(self) -> RenderableType:
        from slotweave.views.result_table import compiled_view

        return compiled_view(self._summary(causes=False))

    def _summary(self, *, causes: bool = True) -> CompiledSummary:
        from slotweave.anatomy.summaries.compiled import compiled_summary

        return compiled_summary(self, causes=causes)


@dataclass(frozen=True, repr=False)
class Repacked(Shown, _repacking.Repacked):
    """A shorter program, proved to do what the given one does; or that one, if none was found.

    `seed` is that of the search, `facts_name` what the facts are called, `words` what there is to
    say of the scratch of the program that was given; `rewrote` is false if operations were only
    placed again.
    """

    seed: int = 0
    facts_name: str = "given"
    rewrote: bool = True
    words: GivenWords | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return f"<repacked: {self.before:,} to {plural(self.cycles, 'cycle')}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave repack --json` prints."""
        return self.summary.to_json()

    def _picture(self) -> str:
        from slotweave.views.svg.notebook import notebook_picture

        return notebook_picture(self.program, self.machine, self.facts)

    def _view(self) -> RenderableType:
        from rich.console import Group
        from rich.text import Text

        from slotweave.views.repack_lines import search_lines
        from slotweave.views.result_table import repacked_view

        summary = self.summary
        before = f"{plural(self.before, 'cycle')} before, {self.cycles:,} now"
        lines = [before, self.why, *search_lines(summary)]
        return Group(repacked_view(summary), "", Text("\n".join(lines)))

    def warnings(self, file: str) -> Iterator[Diagnostic]:
        """What is suspicious about the program that was given, which is in `file`."""
        words = self._words
        return warnings_of(words.unwritten, words.doubled, file)

    @cached_property
    def summary(self) -> RepackedSummary:
        """The same in figures."""
        from slotweave.anatomy.summaries.repacked import repacked_summary

        return repacked_summary(self, self.facts_name, self.seed, self._words)

    @property
    def _words(self) -> GivenWords:
        assert self.words is not None  # `repack` gives them
        return self.words


@dataclass(frozen=True, repr=False, eq=False)
class Ended(Shown):
    """The end of a run: `memory` and `scratch` as NumPy arrays of uint32, `trace` as integers.

    `given` is memory before the run; `executed_bundles` counts also those that cost no cycle.
    """

    cycles: int
    memory: Words
    scratch: Words
    trace: tuple[int, ...]
    state: RunState
    bundle: int
    given: Memory
    executed_bundles: int

    def __repr__(self) -> str:
        state = self.state.value.lower()
        return f"<run: {plural(self.cycles, 'cycle')}, {state} at bundle {self.bundle:,}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave run --json` prints."""
        return {
            "cycles": self.cycles, "state": self.state.value, "pc": self.bundle,
            "trace": list(self.trace), "mem": self.memory.tolist(),
        }  # fmt: skip

    def lines(self) -> Iterator[str]:
        """How it ended, and which words of memory changed."""
        from slotweave.views.run_text import run_lines

        told = self.cycles, self.state, self.bundle, self.trace, self.given, self.memory
        return iter(run_lines(*told))

    def _view(self) -> RenderableType:
        from rich.text import Text

        return Text("\n".join(self.lines()))
