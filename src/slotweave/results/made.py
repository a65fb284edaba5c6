"""Results of verbs that make something: a program, the end of a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slotweave.base.diagnostics import CheckFailed, Diagnostic
from slotweave.base.wording import plural
from slotweave.bounds import Bound
from slotweave.driver import compiled as _compiled
from slotweave.results.shown import Shown
from slotweave.simulate.run import Memory, RunState, Words

if TYPE_CHECKING:
    from rich.console import RenderableType

    from slotweave.anatomy.summaries.compiled import CompiledSummary


class Compiled(Shown, _compiled.Compiled):
    """A kernel as a checked program: `program`, `cycles`, `bound`, and all on the way to it."""

    @property
    def bound(self) -> Bound:
        """The highest lower bound: of the operations of its plan, or, of a kernel that jumps, of
        its longest run on random inputs."""
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

    def expect_proved(self) -> None:
        """Raise CheckFailed (SW414) unless the program is proved to do what its kernel says."""
        proof = self.equivalence
        if not proof.proved:
            reason = f"the program is not proved to do what its kernel says: {proof.why}"
            raise CheckFailed(Diagnostic("SW414", reason), self.to_json())

    def _summary(self, *, causes: bool = True) -> CompiledSummary:
        from slotweave.anatomy.summaries.compiled import compiled_summary

        return compiled_summary(self, causes=causes)


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
