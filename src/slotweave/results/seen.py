"""Results of verbs that look at a program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slotweave.anatomy import inspection as _inspection
from slotweave.anatomy.causes import explanation as _explanation
from slotweave.anatomy.compare import program_diff as _program_diff
from slotweave.anatomy.json_rows import bound_json
from slotweave.anatomy.timing import what_if as _what_if
from slotweave.base.wording import plural
from slotweave.bounds import Bound, best_bound
from slotweave.results.shown import Shown

if TYPE_CHECKING:
    from rich.console import RenderableType


class Inspection(Shown, _inspection.Inspection):
    """Where the cycles of a program go; `print` begins with the one sentence that matters."""

    def to_json(self) -> dict[str, Any]:
        """What `slotweave inspect --json` prints of the program."""
        return _inspection.Inspection.to_json(self)

    def _picture(self) -> str:
        from slotweave.anatomy.headline import headline
        from slotweave.views.svg.program_svg import ladder_svg

        rungs = [(rung.name, rung.cycles) for rung in self.ladder]
        taken = self.cycles if self.refusal is None else None
        return ladder_svg(headline(self), rungs, taken) if rungs else ""

    def _view(self) -> RenderableType:
        from slotweave.views.inspect_table import inspect_view

        return inspect_view(self)


class Explanation(Shown, _explanation.Explanation):
    """Why each operation of a cycle is not earlier, and why its other slots are empty."""

    def to_json(self) -> dict[str, Any]:
        """What `slotweave explain --json` prints."""
        return _explanation.Explanation.to_json(self)

    def _view(self) -> RenderableType:
        from rich.text import Text

        from slotweave.views.explain_text import explanation_lines

        return Text("\n".join(explanation_lines(self)))


@dataclass(frozen=True, repr=False)
class CodeMeaning(Shown):
    """What the code of a message stands for."""

    code: str
    title: str
    text: str

    def __repr__(self) -> str:
        return f"<{self.code}: {self.title}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave explain CODE --json` prints."""
        return {"code": self.code, "title": self.title, "text": self.text}

    def _view(self) -> RenderableType:
        return f"{self.code}: {self.title}\n\n{self.text}"


class WhatIf(Shown, _what_if.WhatIf):
    """The same operations on other slots, and what one more slot of each engine would save."""

    def to_json(self) -> dict[str, Any]:
        """What `slotweave what-if --json` prints."""
        return _what_if.WhatIf.to_json(self)

    def _view(self) -> RenderableType:
        from rich.text import Text

        from slotweave.views.what_if_text import what_if_lines

        return Text("\n".join(what_if_lines(self, "as given")))


class Difference(Shown, _program_diff.ProgramDiff):
    """Two programs, operation by operation: what both compute, and what only one does."""

    def to_json(self) -> dict[str, Any]:
        """What `slotweave diff --json` prints."""
        return _program_diff.ProgramDiff.to_json(self)

    def _view(self) -> RenderableType:
        from rich.text import Text

        from slotweave.views.diff_text import diff_lines

        return Text("\n".join(diff_lines(self, ("A", "B"))))


@dataclass(frozen=True, repr=False)
class Bounds(Shown):
    """The ladder of lower bounds, weakest argument first."""

    ladder: tuple[Bound, ...]

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
        """`bound` and `ladder` as `slotweave bound --json` prints them."""
        rungs = [bound_json(rung) for rung in self.ladder]
        return {"bound": bound_json(self.best), "ladder": rungs}

    def _view(self) -> RenderableType:
        from rich.text import Text

        rows = [f"{rung.cycles:>9,}  {rung.name:<16} {rung.why}" for rung in self.ladder]
        return Text("\n".join(rows))
