"""The result of the verb that solves scheduling problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slotweave.driver.solving import solution as _solution
from slotweave.results.shown import Shown

if TYPE_CHECKING:
    from rich.console import RenderableType


class Solved(Shown, _solution.Solution):
    """The best schedule of a problem, bounds, and what shows them."""

    def __repr__(self) -> str:
        from slotweave.views.solution import status_of

        best = "no schedule" if self.makespan is None else f"makespan {self.makespan:,}"
        period = "" if self.period is None else f"period {self.period:,}, "
        return f"<solved by {self.method}: {period}{best}, {status_of(self)}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave solve --json` prints, but for `file`, the file with the problem."""
        from slotweave.views.solution import solution_json

        return solution_json(self)

    def svg(self) -> str:
        """The schedule as a Gantt chart; "" if there is none."""
        from slotweave.views.gantt_svg import gantt_svg

        return "" if self.schedule is None else gantt_svg(self.project, self.schedule)

    def _view(self) -> RenderableType:
        from rich.text import Text

        from slotweave.views.solution import solution_lines

        return Text("\n".join(solution_lines(self)))
