"""Lower bounds, with their certificates, and certificates that were checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from slotweave.anatomy.json_rows import bound_json, unknown_run_json
from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.base.wording import (
    EVERY_RUN,
    KEPT_ORDER,
    OF_BLOCK_DATAFLOW,
    OF_DATAFLOW,
    plural,
)
from slotweave.bounds import Bound, best_bound
from slotweave.results.shown import Shown

if TYPE_CHECKING:
    from rich.console import RenderableType

    from slotweave.anatomy.timing.block_bounds import BoundedBlock
    from slotweave.bounds.plans import PlansBound
    from slotweave.ir.loop_problem import LoopReport
    from slotweave.ir.problem import Problem


@dataclass(frozen=True, repr=False)
class Bounds(Shown):
    """The ladder of lower bounds, weakest argument first.

    `about` says what they are bounds of, `plans` bounds all plans of a kernel that says what its
    plans may choose from, and `notes` what could not be done and why. `problem` is what was
    bounded, if it was a kernel that does not jump.

    Of a kernel that jumps they are what `compile` says of one run (`cycles_of` says of which), and
    `of` says of what in that run; `loops` is what pipelining its loops came to. Of a program whose
    run is not known each of the `blocks` counts once, and `refusal` says why. Of both, the `blocks`
    have bounds of their own.
    """

    ladder: tuple[Bound, ...]
    about: Mapping[str, Any] = field(default_factory=dict)
    plans: PlansBound | None = None
    notes: tuple[str, ...] = ()
    problem: Problem | None = field(default=None, compare=False)
    cycles_of: str = EVERY_RUN
    of: str = ""
    blocks: tuple[BoundedBlock, ...] = ()
    loops: tuple[LoopReport, ...] = ()
    refusal: Diagnostic | None = None

    @property
    def best(self) -> Bound:
        """The highest of them; of equals the first."""
        return best_bound(self.ladder)

    @property
    def cycles(self) -> int:
        """No schedule of the same operations has fewer; each block taken once, or as often as one
        run enters it, if there are `blocks`."""
        return self.best.cycles

    @property
    def claim(self) -> str:
        """What exactly `best` says, in a sentence."""
        cycles = plural(self.cycles, "cycle")
        if self.refusal is not None:
            return (
                f"no schedule of the operations of these blocks (those {OF_BLOCK_DATAFLOW}) has "
                f"fewer than {cycles}, {self.cycles_of}; how many a run takes is not bounded"
            )
        if self.blocks:
            which = "" if self.cycles_of == EVERY_RUN else f", {self.cycles_of}"
            return f"at least {cycles} {self.of}{which}"
        of = f"of this plan, {KEPT_ORDER}" if "kernel" in self.about else OF_DATAFLOW
        return f"no schedule of these operations (those {of}) has fewer than {cycles}"

    def __repr__(self) -> str:
        once = "" if self.refusal is None else ", each counted once"
        return f"<bounds: at least {plural(self.cycles, 'cycle')}, by {self.best.name}{once}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave bound --json` prints."""
        from slotweave.views.plans.bound import plans_json

        offered = {} if self.plans is None else {"plans": plans_json(self.plans)}
        rungs = [bound_json(rung) for rung in self.ladder]
        told = {**self.about, "cycles_of": self.cycles_of, "bound": bound_json(self.best)}
        return {**told, "ladder": rungs, **self._blocks_json(), **offered}

    def _blocks_json(self) -> dict[str, Any]:
        from slotweave.ir.text.loop_json import loop_json

        found: dict[str, Any] = {}
        if self.blocks:
            found["blocks"] = [block.to_json() for block in self.blocks]
        if self.refusal is not None:
            found["run"] = unknown_run_json(self.refusal)
        elif self.blocks:
            found["loops"] = [loop_json(report) for report in self.loops]
        return found

    def certificates(self) -> str:
        """A file of certificates of all bounds, which `check_bounds` checks.

        Raises InputError (SW212) for bounds of a program, or of a kernel that jumps: they have
        none.
        """
        from slotweave.ir.text.certificate_json import (
            CertifiedBound,
            CertifiedBounds,
            certified_to_json,
            problem_hash,
        )

        if self.problem is None:
            reason = "only bounds of a kernel have certificates; these are of a program"
            if "kernel" in self.about:
                jumps = f"{self.about['kernel']} jumps (plan {self.about['plan']})"
                reason = f"{jumps}, so it has no single problem that certificates could be about"
                reason += "; take a plan without loops and branches"
            raise InputError(Diagnostic("SW212", reason))
        bounds = tuple(
            CertifiedBound(bound.name, bound.cycles, bound.certificate)
            for bound in self.ladder
            if bound.certificate is not None
        )
        return certified_to_json(
            CertifiedBounds(problem=problem_hash(self.problem), bounds=bounds, **self.about)
        )

    def svg(self, name: str = "program") -> str:
        """The ladder as a picture."""
        from slotweave.views.svg.program_svg import ladder_svg

        rungs = [(rung.name, rung.cycles) for rung in self.ladder]
        return ladder_svg(f"Lower bounds of {name}", rungs)

    def _view(self) -> RenderableType:
        from rich.text import Text

        from slotweave.views.bound_text import block_lines

        rows = [f"{rung.cycles:>9,}  {rung.name:<16} {rung.why}" for rung in self.ladder]
        if self.blocks:
            rows += [*block_lines(self.blocks, self.loops), self.claim]
        return Text("\n".join(rows))


@dataclass(frozen=True, repr=False)
class CheckedBounds(Shown):
    """Bounds whose certificates were checked against the rebuilt problem.

    `bounds` has names and cycles; `faults` says which certificates show too little, and why.
    """

    about: Mapping[str, Any]
    bounds: Sequence[tuple[str, int]]
    faults: Sequence[str]

    def __repr__(self) -> str:
        holds = "all hold" if not self.faults else plural(len(self.faults), "fault")
        return f"<{plural(len(self.bounds), 'certificate')}: {holds}>"

    def expect_none(self, file: str) -> None:
        """Raise CheckFailed (SW412) if there is a fault."""
        if self.faults:
            reason = "; ".join(self.faults)
            raise CheckFailed(Diagnostic("SW412", reason, file=file), self.to_json())

    def to_json(self) -> dict[str, Any]:
        """What `slotweave bound --check --json` prints."""
        rows = [{"name": name, "cycles": cycles} for name, cycles in self.bounds]
        return {**self.about, "bounds": rows, "faults": list(self.faults)}

    def _view(self) -> RenderableType:
        from rich.text import Text

        rows = [f"{name}: at least {plural(cycles, 'cycle')}, as its certificate shows"
                for name, cycles in self.bounds]  # fmt: skip
        return Text("\n".join([*rows, *self.faults]))
