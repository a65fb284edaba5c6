"""Results of verbs that look at a program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from slotweave.anatomy import inspection as _inspection
from slotweave.anatomy.causes import explanation as _explanation
from slotweave.anatomy.compare import program_diff as _program_diff
from slotweave.anatomy.timing import what_if as _what_if
from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.results.shown import Shown
from slotweave.results.warned import warnings_of

if TYPE_CHECKING:
    from rich.console import RenderableType

    from slotweave.anatomy.causes.placements import Placements
    from slotweave.anatomy.unrolled import Unrolled
    from slotweave.ir.facts import Facts
    from slotweave.ir.program import Program
    from slotweave.machine import Machine


@dataclass(frozen=True, repr=False)
class Inspection(Shown, _inspection.Inspection):
    """Where the cycles of a program go; `print` begins with the one sentence that matters.

    `facts` is the name of the facts it was inspected under, `target` the machine, `run` the run
    that was inspected and its placements; None if the run is not known.
    """

    facts: str = "none"
    target: Machine | None = field(default=None, compare=False)
    run: tuple[Unrolled, Placements] | None = field(default=None, compare=False)

    @property
    def headline(self) -> str:
        """The one sentence that matters."""
        from slotweave.anatomy.headline import headline

        return headline(self)

    def to_json(self) -> dict[str, Any]:
        """What `slotweave inspect --json` prints, but for the command to type next."""
        told = _inspection.Inspection.to_json(self)
        return {**told, "headline": self.headline, "facts": self.facts}

    def warnings(self, file: str) -> Iterator[Diagnostic]:
        """What is suspicious about the program, which is in `file`."""
        return warnings_of(self.never_written, self.double_writes, file)

    def svg(self, name: str = "program", span: tuple[int, int] | None = None) -> str:
        """The pictures of the program called `name`, or of the cycles of `span` alone.

        Raises InputError (SW219) if its run is not known.
        """
        from slotweave.views.drawn import program_drawn
        from slotweave.views.inspect_table import title_of
        from slotweave.views.svg.program_svg import program_svg

        if self.run is None or self.target is None:
            assert self.refusal is not None
            raise InputError(self.refusal)
        heading = f"{title_of(self).plain}. {self.headline}"
        return program_svg(heading, [program_drawn(name, self.target, self, self.run)], span)

    def blocks(self, width: int, span: tuple[int, int], color: bool) -> RenderableType | None:
        """Slots by cycles in half blocks, `width` columns wide; None if there is nothing to draw.

        Drawn are the cycles from the first to before the last of `span`.
        """
        from rich.console import Group

        from slotweave.anatomy.timeline import timeline
        from slotweave.views.blocks import block_picture

        if self.run is None or self.target is None or span[0] >= span[1]:
            return None
        ran, placed = self.run
        drawn = timeline(ran.program, self.target, placed)
        picture = block_picture(drawn, ran.cycles, width, span, color)
        return Group("", *picture.lines, picture.legend)

    def _picture(self) -> str:
        from slotweave.views.svg.program_svg import ladder_svg

        rungs = [(rung.name, rung.cycles) for rung in self.ladder]
        taken = self.cycles if self.refusal is None else None
        return ladder_svg(self.headline, rungs, taken) if rungs else ""

    def _view(self) -> RenderableType:
        from slotweave.views.inspect_table import inspect_view

        return inspect_view(self)


@dataclass(frozen=True, repr=False)
class Explanation(Shown, _explanation.Explanation):
    """Why each operation of a cycle is not earlier, and why its other slots are empty.

    `given` is the program that was explained, its machine, and the facts.
    """

    given: tuple[Program, Machine, Facts] | None = field(default=None, compare=False)

    def svg(self, name: str = "program") -> str:
        """The slots around the place, with arrows from what is waited for."""
        from slotweave.views.svg.explained import explanation_svg

        assert self.given is not None  # `explain` gives it
        return explanation_svg(name, *self.given, self)

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


@dataclass(frozen=True, repr=False)
class WhatIf(Shown, _what_if.WhatIf):
    """The same operations on other slots, and what one more slot of each engine would save.

    `facts` is the name of the facts under which they were timed, `given` the program that was,
    its machine and those facts.
    """

    facts: str = "none"
    given: tuple[Program, Machine, Facts] | None = field(default=None, compare=False)

    def to_json(self) -> dict[str, Any]:
        """What `slotweave what-if --json` prints."""
        return {**_what_if.WhatIf.to_json(self), "facts": self.facts}

    def svg(self, name: str = "program") -> str:
        """Cycles by slots of each engine, one engine at a time, of the program called `name`."""
        from slotweave.analysis.utilisation import counted_bundles
        from slotweave.anatomy.causes.placements import placements
        from slotweave.anatomy.timing.slot_curves import slot_curves
        from slotweave.anatomy.unrolled import unrolled
        from slotweave.views.svg.program_svg import curves_svg

        assert self.given is not None  # `what_if` gives it
        program, machine, facts = self.given
        run = unrolled(program, machine, facts)
        placed = placements(run.program, machine, run.known)
        curves = slot_curves(placed, machine, counted_bundles(run.program))
        return curves_svg(f"{name}: what other numbers of slots bring", curves, machine.slots)

    def _view(self) -> RenderableType:
        from rich.text import Text

        from slotweave.views.what_if_text import what_if_lines

        return Text("\n".join(what_if_lines(self, self.facts)))


@dataclass(frozen=True, repr=False)
class Difference(Shown, _program_diff.ProgramDiff):
    """Two programs, operation by operation: what both compute, and what only one does.

    `facts` is the name of the facts under which they were compared, `known` those of each.
    """

    facts: str = "none"
    known: tuple[Facts, ...] = field(default=(), compare=False)

    def svg(self, names: tuple[str, str] = ("A", "B")) -> str:
        """The slots of both programs, by what both compute."""
        from slotweave.views.svg.compared import diff_svg

        return diff_svg(self, names, self.known)

    def to_json(self) -> dict[str, Any]:
        """What `slotweave diff --json` prints, but for the names of the files."""
        return {"facts": self.facts, **_program_diff.ProgramDiff.to_json(self)}

    def _view(self) -> RenderableType:
        from rich.text import Text

        from slotweave.views.diff_text import diff_lines

        return Text("\n".join(diff_lines(self, ("A", "B"))))
