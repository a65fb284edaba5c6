"""What the front door gives back: each result with its JSON, one line, a text and an HTML form.

`repr` is a line, `print` the text that the command prints, `to_json()` what it prints with --json,
and notebooks show the text as HTML that fetches nothing.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, TypeVar

from slotweave import recompiling as _recompiling
from slotweave import repacking as _repacking
from slotweave.anatomy import inspection as _inspection
from slotweave.anatomy.causes import explanation as _explanation
from slotweave.anatomy.compare import program_diff as _program_diff
from slotweave.anatomy.json_rows import bound_json
from slotweave.anatomy.timing import what_if as _what_if
from slotweave.base.verdict import Verdict
from slotweave.base.wording import inputs_text, plural
from slotweave.bounds import Bound, best_bound
from slotweave.check.runs.execution import Verified
from slotweave.driver import compiled as _compiled
from slotweave.ir.plan import Plan
from slotweave.ir.text.plan_json import plan_to_json
from slotweave.simulate.run import Memory, RunState, Words
from slotweave.tuning.outcome import SeedOutcome, outcome_of_seeds

if TYPE_CHECKING:
    from rich.console import RenderableType

    from slotweave.anatomy.summaries.compiled import CompiledSummary
    from slotweave.anatomy.summaries.repacked import RepackedSummary

Kind = TypeVar("Kind")

_WIDTH = 100


class Shown:
    """A result that can be printed, turned into JSON, and shown in a notebook."""

    def to_json(self) -> dict[str, Any]:
        """Plain values, with the names that `--json` uses."""
        raise NotImplementedError

    def _view(self) -> RenderableType:
        """What `print` shows, as a rich view."""
        raise NotImplementedError

    def __str__(self) -> str:
        from rich.console import Console

        console = Console(width=_WIDTH, color_system=None, force_terminal=False)
        with console.capture() as captured:
            console.print(self._view())
        lines = (line.rstrip() for line in captured.get().rstrip().splitlines())
        return "\n".join(lines)

    def _picture(self) -> str:
        """What a notebook shows above the text, as SVG; "" if there is no picture."""
        return ""

    def _repr_html_(self) -> str:
        return f"{self._picture()}<pre>{html.escape(str(self))}</pre>"

    def __rich__(self) -> RenderableType:
        return self._view()


def shown_as(kind: type[Kind], value: object, **more: object) -> Kind:
    """`value`, a dataclass, as the class of this module that extends its own by `more`."""
    entries = fields(value)  # type: ignore[arg-type]
    return kind(**{each.name: getattr(value, each.name) for each in entries}, **more)


class Compiled(Shown, _compiled.Compiled):
    """A kernel as a checked program: `program`, `cycles`, `bound`, and all on the way to it."""

    @property
    def bound(self) -> Bound:
        """The highest lower bound of the operations of its plan, of a kernel without jumps."""
        return best_bound(self.block.bounds)

    def __repr__(self) -> str:
        job = self.job
        return (
            f"<{job.kernel.name} compiled for {job.machine.name}: {plural(self.cycles, 'cycle')}>"
        )

    def to_json(self) -> dict[str, Any]:
        """What `slotweave compile --json` prints."""
        return self._summary().to_json()

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

    `seed` is that of the search.
    """

    seed: int = 0

    def __repr__(self) -> str:
        return f"<repacked: {self.before:,} to {plural(self.cycles, 'cycle')}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave repack --json` prints."""
        return self._summary().to_json()

    def _picture(self) -> str:
        from slotweave.views.svg.notebook import notebook_picture

        return notebook_picture(self.program, self.machine, self.facts)

    def _view(self) -> RenderableType:
        from rich.console import Group
        from rich.text import Text

        from slotweave.views.repack_lines import search_lines
        from slotweave.views.result_table import repacked_view

        summary = self._summary()
        before = f"{plural(self.before, 'cycle')} before, {self.cycles:,} now"
        lines = [before, self.why, *search_lines(summary)]
        return Group(repacked_view(summary), "", Text("\n".join(lines)))

    def _summary(self) -> RepackedSummary:
        from slotweave.anatomy.given_words import given_words
        from slotweave.anatomy.summaries.repacked import repacked_summary

        words = given_words(self.given, self.machine, self.facts)
        return repacked_summary(self, "given", self.seed, words)


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


@dataclass(frozen=True, repr=False, eq=False)
class Ended(Shown):
    """The end of a run: `memory` and `scratch` as NumPy arrays of uint32, `trace` as integers.

    `given` is memory before the run.
    """

    cycles: int
    memory: Words
    scratch: Words
    trace: tuple[int, ...]
    state: RunState
    bundle: int
    given: Memory

    def __repr__(self) -> str:
        state = self.state.value.lower()
        return f"<run: {plural(self.cycles, 'cycle')}, {state} at bundle {self.bundle:,}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave run --json` prints."""
        return {
            "cycles": self.cycles, "state": self.state.value, "pc": self.bundle,
            "trace": list(self.trace), "mem": self.memory.tolist(),
        }  # fmt: skip

    def _view(self) -> RenderableType:
        from rich.text import Text

        from slotweave.views.run_text import run_lines

        told = self.cycles, self.state, self.bundle, self.trace, self.given, self.memory
        return Text("\n".join(run_lines(*told)))


@dataclass(frozen=True, repr=False)
class Verification(Shown):
    """What runs and proofs say of a program.

    `verified` are the runs, compared with `against`; none of them went wrong (that raises
    CheckFailed). `proved` says whether the program does for all inputs what `of` does, given its
    `assumptions`; "unknown" if that was not asked, or cannot be decided.
    """

    against: str
    verified: Verified
    proved: Verdict[Any]
    of: str = ""

    def __repr__(self) -> str:
        runs = plural(self.verified.instances + self.verified.directed, "run")
        return f"<verified against {self.against}: {runs}, proved: {self.proved.answer}>"

    def to_json(self) -> dict[str, Any]:
        """The runs and the proof, with the names that the commands use."""
        proved = {"program": self.proved.answer, "why": self.proved.why, "of": self.of,
                  "assumptions": list(self.proved.assumptions)}  # fmt: skip
        return {"verified": dict(self.verified.to_json()), "proved": proved}

    def _view(self) -> RenderableType:
        from rich.text import Text

        from slotweave.views.result_table import coverage_line

        runs = inputs_text(self.verified.instances, self.verified.directed)
        lines = [f"agrees with {self.against} on {runs}"]
        missing = coverage_line(self.verified.coverage)
        lines += [missing] if missing else []
        same = f"does what {self.of} does, for all inputs" if self.of else "proved for all inputs"
        lines.append(f"{same}: {self.proved.answer} ({self.proved.why})")
        return Text("\n".join(lines))


class Explored(Shown, _recompiling.Explored):
    """A kernel on many machines: `points` in the order of the grid, `front` the best of them."""

    def __repr__(self) -> str:
        fits = sum(point.cycles is not None for point in self.points)
        return f"<{self.kernel} on {plural(len(self.points), 'machine')}: {fits} fit>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave explore --json` prints."""
        return _recompiling.Explored.to_json(self)

    def html(self) -> str:
        """A page with the table, the heat maps and the plot, which fetches nothing."""
        from slotweave.views.exploration import exploration_html

        return exploration_html(self.to_json())

    def svg(self) -> str:
        """The plot of cycles against cost, or the heat maps where no costs are known."""
        from slotweave.views.exploration import exploration_svg

        return exploration_svg(self.to_json())

    def _view(self) -> RenderableType:
        from slotweave.views.exploration import exploration_table

        return exploration_table(self.to_json())


@dataclass(frozen=True, repr=False)
class Tuned(Shown):
    """The best plan of a search: `seed` found it, `seeds` says what each seed came to.

    `gains` are the evaluations of that seed in this run after which there was a shorter one, with
    its cycles. The searches are kept in the `store` as `study`, to be gone on with.
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
            "store": self.store,
        }  # fmt: skip

    def _view(self) -> RenderableType:
        from rich.text import Text

        return Text(
            f"{plural(self.cycles, 'cycle')} (bound {self.bound:,}) after "
            f"{plural(self.evaluations, 'plan')}"
        )
