"""Lower bounds, with their certificates, and certificates that were checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from slotweave.anatomy.json_rows import bound_json
from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.base.wording import plural
from slotweave.bounds import Bound, best_bound
from slotweave.results.shown import Shown

if TYPE_CHECKING:
    from rich.console import RenderableType

    from slotweave.bounds.plans import PlansBound
    from slotweave.ir.problem import Problem


@dataclass(frozen=True, repr=False)
class Bounds(Shown):
    """The ladder of lower bounds, weakest argument first.

    `about` says what they are bounds of, `plans` bounds all plans of a kernel that says what its
    plans may choose from, and `notes` what could not be done and why. `problem` is what was
    bounded, if it was a kernel.
    """

    ladder: tuple[Bound, ...]
    about: Mapping[str, Any] = field(default_factory=dict)
    plans: PlansBound | None = None
    notes: tuple[str, ...] = ()
    problem: Problem | None = field(default=None, compare=False)

    @property
    def best(self) -> Bound:
        """The highest of them; of equals the first."""
        return best_bound(self.ladder)

    @property
    def cycles(self) -> int:
        """No schedule of the same operations has fewer."""
        return self.best.cycles

    def __repr__(self) -> str:
        return f"<bounds: at least {plural(self.cycles, 'cycle')}, by {self.best.name}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave bound --json` prints."""
        from slotweave.views.plans.bound import plans_json

        offered = {} if self.plans is None else {"plans": plans_json(self.plans)}
        rungs = [bound_json(rung) for rung in self.ladder]
        return {**self.about, "bound": bound_json(self.best), "ladder": rungs, **offered}

    def certificates(self) -> str:
        """A file of certificates of all bounds, which `check_bounds` checks.

        Raises InputError (SW212) for bounds of a program, which have none.
        """
        from slotweave.ir.text.certificate_json import (
            CertifiedBound,
            CertifiedBounds,
            certified_to_json,
            problem_hash,
        )

        if self.problem is None:
            reason = "only bounds of a kernel have certificates; these are of a program"
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

        rows = [f"{rung.cycles:>9,}  {rung.name:<16} {rung.why}" for rung in self.ladder]
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
