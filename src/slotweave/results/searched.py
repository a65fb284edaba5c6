"""Results of verbs that search: for a plan, and over machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from slotweave.anatomy import explored as _explored
from slotweave.base.wording import plural
from slotweave.ir.plan import Plan
from slotweave.ir.text.plan_json import plan_to_json
from slotweave.results.shown import Shown
from slotweave.tuning.outcome import SeedOutcome, outcome_of_seeds

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass(frozen=True, repr=False)
class Tuned(Shown):
    """The best plan of a search: `seed` found it, `seeds` says what each seed came to.

    `gains` are the evaluations of that seed in this run after which there was a shorter one, with
    its cycles. The searches are kept in the `store` as `study`, to be gone on with. `proof` says
    why no schedule of its operations takes fewer cycles, if that is known, accesses to memory and
    constants in the order that it keeps.
    """

    plan: Plan
    cycles: int
    bound: int
    evaluations: int
    seed: int = 0
    seeds: Mapping[int, SeedOutcome] = field(default_factory=dict)
    gains: Sequence[tuple[int, int]] = ()
    study: str = ""
    store: str = ""
    proof: str = ""

    def __repr__(self) -> str:
        return f"<tuned: {plural(self.cycles, 'cycle')} after {plural(self.evaluations, 'plan')}>"

    @property
    def history(self) -> Sequence[int]:
        """The cycles of the best plan after each evaluation of this run, and before the first."""
        ends = [*(evaluations for evaluations, _ in self.gains[1:]), self.evaluations + 1]
        spans = zip(self.gains, ends, strict=True)
        return [cycles for (first, cycles), end in spans for _ in range(first, end)]

    def to_json(self) -> dict[str, Any]:
        """The outcome; `plan` is the text of the plan's file."""
        return {**self.outcome(), "plan": plan_to_json(self.plan)}

    def outcome(self) -> dict[str, Any]:
        """The same without the plan."""
        return {
            "cycles": self.cycles, "bound": self.bound, "evaluations": self.evaluations,
            "seed": self.seed, **outcome_of_seeds(self.seeds), "study": self.study,
            "store": self.store, "proof": self.proof or None,
        }  # fmt: skip

    def _view(self) -> RenderableType:
        from rich.text import Text

        return Text(
            f"{plural(self.cycles, 'cycle')} (its slots take {self.bound:,} at least) after "
            f"{plural(self.evaluations, 'plan')}"
        )


class Explored(Shown, _explored.Explored):
    """A kernel on many machines: `points` in the order of the grid, `front` the best of them."""

    def __repr__(self) -> str:
        fits = sum(point.cycles is not None for point in self.points)
        return f"<{self.kernel} on {plural(len(self.points), 'machine')}: {fits} fit>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave explore --json` prints."""
        return _explored.Explored.to_json(self)

    def html(self) -> str:
        """A page with the table, the heat maps and the plot, which fetches nothing."""
        from slotweave.views.exploring import exploration_html

        return exploration_html(self)

    def svg(self) -> str:
        """The plot of cycles against cost, or the heat maps where no costs are known."""
        from slotweave.views.exploring import exploration_svg

        return exploration_svg(self)

    def _view(self) -> RenderableType:
        from slotweave.views.exploring import exploration_table

        return exploration_table(self)
