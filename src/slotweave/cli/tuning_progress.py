"""How a search for a plan goes: a live view on a terminal, gains as lines, the best plan in a file.

The file is written at each gain and holds the best plan of all seeds, with where it came from. On
stdout the plan is written once, at the end.
"""

from __future__ import annotations

import json
import sys
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import TYPE_CHECKING, Any

from slotweave.base.wording import KEPT_ORDER, plural
from slotweave.cli.output import STDOUT, write_output
from slotweave.cli.terminal import PATIENCE, Terminal

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

    from slotweave.names import Job
    from slotweave.results.searched import Tuned
    from slotweave.tuning.run import Keeping, Step
    from slotweave.tuning.search import State

#: The median is that of so many plans.
LAST = 50

#: Pictures a second.
_REFRESHED = 4


class TuningProgress:
    """The searches so far; what is told of them, and the file that holds the best plan."""

    def __init__(
        self,
        job: Job,
        plan: str,
        output: str,
        terminal: Terminal,
        time_limit: float | None,
        further: str,
        replaced: Mapping[str, Any] | None = None,
    ) -> None:
        """`further` are the commands to type where no plan is shorter, and `replaced` the origin of
        the plan that the output file holds before, if that is the one that the search begins with.
        """
        self.replaced = replaced
        self.job, self.plan, self.output, self.terminal = job, plan, output, terminal
        #: What each seed's search began with, as it was told then; "" if that is not known.
        self._begun_with: dict[int, str] = {}
        self.further = further
        self.step: Step | None = None
        self.keeping: Keeping | None = None
        self.concluded = False
        self.began = self._told = time.monotonic()
        self.ends = None if time_limit is None else self.began + time_limit
        self._recent: deque[int] = deque(maxlen=LAST)
        self._moves: dict[str, int] = {}
        self._tried = 0
        self._live: Live | None = None

    def __enter__(self) -> TuningProgress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Whatever ended the search: the best plan stays."""
        if self._live is not None:
            self._live.stop()
        if self.step is not None and not self.concluded:
            self._keep()
            self._say_how_it_ended()

    def note(self, step: Step, keeping: Keeping) -> None:
        """A search has come so far: keep what is better than all before, and say so."""
        before = None if self.step is None else _best(self.step)[1].best_score
        self.step, self.keeping = step, keeping
        if step.trial is None:
            if not step.state.evaluations:
                keeping.store.keep_begun_by(keeping.study, step.seed, self.plan)
            told = keeping.store.begun_by(keeping.study, step.seed)
            self._begun_with[step.seed] = told
        self._count(step)
        best = _best(step)[1].best_score
        is_better = before is None or best < before
        if is_better and self.output != STDOUT:
            self._keep()
        if before is None:
            self._begin(step.state)
        elif is_better and self._live is None:
            self.terminal.note(f"{_standing(step.state)}{self._place(': kept in ')}")
        self._show()

    def conclude(self, found: Tuned) -> None:
        """Write the best plan and say what all the searches came to."""
        self.concluded = True
        self._keep(found.outcome())
        if self._live is not None:
            self._live.stop()
        self._say_how_it_ended()

    def _begin(self, state: State) -> None:
        assert self.keeping is not None
        assert self.step is not None
        first = self._begun_with[self.step.seed]
        if not state.evaluations:
            begins = f"begins with plan {state.current.name}{self._otherwise(state)}"
            self.terminal.note(f"{begins}: {_cycles(state)}")
        else:
            self.terminal.note(f"goes on from {_standing(state)}")
            if first not in ("", self.plan):
                self.terminal.note(f"this study began with --plan {first}, and goes on from there")
        self.terminal.detail(f"study {self.keeping.study} in {self.keeping.store.name}")
        if sys.stderr.isatty() and not self.terminal.quiet:
            from rich.live import Live

            console = self.terminal.console(sys.stderr)
            self._live = Live(console=console, refresh_per_second=_REFRESHED, transient=True)
            self._live.start()

    def _otherwise(self, state: State) -> str:
        """How constants are made, if not as the plan said."""
        begun, given = state.current.schedule, self.job.plan.schedule
        made = [
            f"{name}={json.dumps(getattr(begun, name))}"
            for name in _OF_CONSTANTS
            if getattr(begun, name) != getattr(given, name)
        ]
        return f" with {', '.join(made)}" if made else ""

    def _count(self, step: Step) -> None:
        if step.trial is None:
            return
        self._tried += 1
        move = step.trial.candidate.move
        self._moves[move] = self._moves.get(move, 0) + 1
        if step.trial.score is not None:
            self._recent.append(step.trial.score.cycles)

    def _show(self) -> None:
        """How it goes without a gain is shown on a terminal alone, now and then without a view."""
        assert self.step is not None
        if self._live is not None:
            self._live.update(self._table())
        elif time.monotonic() - self._told > PATIENCE:
            self._told = time.monotonic()
            left = "" if self.ends is None else f", {max(0.0, self.ends - self._told):.0f} s left"
            self.terminal.going_on(f"{_standing(self.step.state)} of seed {self.step.seed}{left}")

    def _table(self) -> Table:
        from rich.table import Table

        assert self.step is not None
        seed, state = _best(self.step)
        now = time.monotonic()
        table = Table.grid(padding=(0, 2))
        moves = ", ".join(f"{count} {move}" for move, count in sorted(self._moves.items()))
        rate = self._tried / max(now - self.began, 1e-3) * 60
        recent = f"{median(self._recent):g}" if self._recent else "-"
        rows = [
            ("best", f"{_cycles(state)}, seed {seed}"),
            (f"median of the last {len(self._recent)}", recent),
            ("rate", f"{rate:,.0f} plans a minute"),
            ("tried", f"{plural(self._tried, 'plan')}: {moves}" if moves else "nothing yet"),
        ]
        if self.ends is not None:
            rows.append(("left", f"{max(0.0, self.ends - now):.0f} s"))
        for name, value in rows:
            table.add_row(name, value)
        return table

    def _keep(self, outcome: Mapping[str, Any] | None = None) -> None:
        """Write the best plan, with where it came from."""
        from slotweave.ir.text.plan_json import plan_to_json

        write_output(self.output, plan_to_json(self._signed(outcome)))

    def _place(self, words: str) -> str:
        """Which file the plan is in, after `words`; nothing if it is on stdout."""
        return "" if self.output == STDOUT else f"{words}{self.output}"

    def _say_how_it_ended(self) -> None:
        assert self.step is not None
        tried = plural(sum(state.evaluations for state in self.step.states.values()), "plan")
        state = _best(self.step)[1]
        self.terminal.note(f"{_cycles(state)} after {tried}{self._place(', in ')}")
        if self.step.proof:
            reason = f"no schedule of its operations takes fewer cycles, {KEPT_ORDER}"
            reason = f"{reason}: {self.step.proof}"
            self.terminal.note(f"the search ends here, for {reason}")
            self.terminal.note(f"a program of other operations may take fewer: {self.further}")

    def _signed(self, outcome: Mapping[str, Any] | None) -> Any:
        """The best plan, with the command that finds it again, if one began the study."""
        from slotweave.tuning.report import command_of

        assert self.step is not None
        seed, state = _best(self.step)
        job, first = self.job, self._begun_with[seed]
        search = job.kernel.name, job.parameters, job.contract, job.machine.name
        told = command_of(search, first, seed, state.evaluations, Path(self.output).name)
        hours = round((time.monotonic() - self.began) / 3600, 2)
        best = state.best_score
        so_far = {
            "cycles": best.cycles, "bound": best.bound, "evaluations": state.evaluations,
            "seed": seed,
        }  # fmt: skip
        known = {key: value for key, value in (outcome or {}).items() if key not in _PLACES}
        command = {"command": told} if first else {}
        earlier = {} if self.replaced is None else {"replaced": dict(self.replaced)}
        origin = {**command, **so_far, **known, "hours": hours, **earlier}
        return replace(state.best, name="tuned", origin=origin)


#: What a search may change of a plan before it begins: how constants are made.
_OF_CONSTANTS = ("outright", "derived", "zeros")

#: Where a search is kept, and what is proved, is no part of where a plan came from.
_PLACES = ("study", "store", "proof")


def _best(step: Step) -> tuple[int, State]:
    """The seed with the best plan, the first one of those alike, and its state."""
    from slotweave.tuning.run import best_of

    seed = best_of(step.states)
    return seed, step.states[seed]


def _standing(state: State) -> str:
    return f"{_cycles(state)} after {plural(state.evaluations, 'plan')}"


def _cycles(state: State) -> str:
    best = state.best_score
    return f"{best.cycles:,} cycles (its slots take {best.bound:,} at least)"
