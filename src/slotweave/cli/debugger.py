"""`slotweave run --debug`: a program stepped through in the terminal, forward and back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Footer, Input, Static

from slotweave.base.diagnostics import InputError
from slotweave.ir.program import Program
from slotweave.simulate.stepping import Breakpoint, Stepper, parse_breakpoint
from slotweave.views.stepping_text import (
    events_text,
    listing_text,
    memory_text,
    names_in_scratch,
    scratch_text,
    status_text,
)

_LINES = 60

#: Bundles that run between two looks at the keys.
_PART = 2_000

_HELP = (
    "break cycle|bundle|scratch|memory|value|op X · delete N · watch NAME|ADDRESS · "
    "memory ADDRESS · go CYCLE · breaks · quit"
)


class Debugger(App[None]):
    """The screen: the program, what its last bundle did, scratch by name, and memory."""

    CSS = """
    #listing { text-wrap: nowrap; text-overflow: ellipsis; }
    #program { width: 3fr; border: round $primary; }
    #side { width: 2fr; }
    #events, #scratch, #memory { border: round $primary; }
    #events { height: 1fr; } #scratch { height: 2fr; } #memory { height: 1fr; }
    #status { height: 1; background: $boost; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s,right", "step", "Step"),
        Binding("b,left", "undo", "Back"),
        Binding("c", "run_on", "Continue"),
        Binding("r", "run_back", "Continue back"),
        Binding("colon,slash", "command", "Command"),
        Binding("escape", "leave_command", "Leave", show=False),
        Binding("q", "quit", "Quit"),
    ]

    def __init__(self, program: Program, stepper: Stepper, title: str) -> None:
        super().__init__()
        self.title = title
        self.program, self.stepper = program, stepper
        self.names = names_in_scratch(program, stepper.machine)
        self.addresses = {
            name: word for word in range(len(stepper.scratch)) if (name := self.names.of(word))
        }
        self.breakpoints: list[Breakpoint] = []
        self.watched: list[int] = []
        self.first_word = 0
        self.said = ""

    def compose(self) -> ComposeResult:
        """The panels, the line for commands, and the keys."""
        with Horizontal():
            yield VerticalScroll(Static(id="listing"), id="program")
            with Vertical(id="side"):
                yield VerticalScroll(Static(id="did"), id="events")
                yield VerticalScroll(Static(id="words"), id="scratch")
                yield VerticalScroll(Static(id="held"), id="memory")
        yield Static(id="status")
        yield Input(placeholder=_HELP, id="line")
        yield Footer()

    def on_mount(self) -> None:
        """Show the beginning; keys are for stepping until a command is wanted."""
        for name, title in (("program", "program"), ("events", "the last bundle"),
                            ("scratch", "scratch"), ("memory", "memory")):  # fmt: skip
            self.query_one(f"#{name}").border_title = title
        self.query_one("#program").focus()
        self._show()

    def _show(self, said: str = "") -> None:
        self.said = said
        step = self.stepper
        shown = {
            "listing": listing_text(self.program, step, _LINES),
            "did": events_text(step, self.names),
            "words": scratch_text(step, self.names, self.watched),
            "held": memory_text(step, self.first_word, _LINES, self._width()),
            "status": status_text(step, said),
        }
        for name, text in shown.items():
            self.query_one(f"#{name}", Static).update(text)

    def on_resize(self) -> None:
        """Memory has other lines in a panel of another width."""
        self._show(self.said)

    def _width(self) -> int:
        """Columns of the panel of memory."""
        return self.query_one("#memory").content_size.width

    def _run(self, part: Callable[[], str | None]) -> None:
        """Run on, a part at a time, so that keys are heard; each says what stopped it, if it did.

        What a short run comes to is shown at once.
        """
        why = part()
        if why is None:
            self.run_worker(self._run_on(part), exclusive=True)
        else:
            self._show(why)

    async def _run_on(self, part: Callable[[], str | None]) -> None:
        while (why := part()) is None:
            self._show("running; Esc stops it")
            await asyncio.sleep(0)
        self._show(why)

    def _to(self, breakpoints: Sequence[Breakpoint], forward: bool) -> Callable[[], str | None]:
        """A part of a run to a breakpoint, and what it stopped at."""
        points = tuple(breakpoints)

        def part() -> str | None:
            why = self.stepper.run_some(points, _PART, forward)
            return why and f"stopped at {why}"

        return part

    def action_step(self) -> None:
        """Run one bundle."""
        self.workers.cancel_all()
        if not self.stepper.forward():
            self._show(f"stopped at {self.stepper.run_to()}")
            return
        last = self.stepper.last
        self._show(str(last.fault) if last and last.fault else "")

    def action_undo(self) -> None:
        """Undo one bundle."""
        self.workers.cancel_all()
        self._show("" if self.stepper.back() else "this is the beginning")

    def action_run_on(self) -> None:
        """Run to the next breakpoint, pause, fault, or the end."""
        self._run(self._to(self.breakpoints, forward=True))

    def action_run_back(self) -> None:
        """Undo to the breakpoint before, or to the beginning."""
        self._run(self._to(self.breakpoints, forward=False))

    def action_command(self) -> None:
        """Take a command."""
        self.query_one("#line", Input).focus()

    def action_leave_command(self) -> None:
        """Let keys step again; what runs stops."""
        if any(worker.is_running for worker in self.workers):
            self.workers.cancel_all()
            self._show("stopped by Esc")
        self.query_one("#program").focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do the command, or say what is wrong with it."""
        event.input.value = ""
        try:
            self._do(event.value.strip())
        except InputError as error:
            self._show(error.diagnostic.message)

    def _do(self, line: str) -> None:
        name, _, rest = line.partition(" ")
        commands: Mapping[str, Callable[[str], None]] = {
            "break": self._break, "delete": self._delete, "watch": self._watch,
            "memory": self._memory, "go": self._go, "breaks": self._breaks,
            "quit": lambda _rest: self.exit(),
        }  # fmt: skip
        if name in commands:
            commands[name](rest.strip())
        elif name:
            self._show(f"{name!r} is no command; there are: {_HELP}")

    def _break(self, rest: str) -> None:
        point, step = parse_breakpoint(rest, self.addresses, self.program), self.stepper
        there = {"bundle": self.program.bundles, "scratch": step.scratch, "memory": step.memory}
        most = len(there[point.kind]) if point.kind in there else point.number + 1
        if point.number >= most:
            self._show(f"there is no {point}; the last one is {most - 1:,}")
            return
        self.breakpoints.append(point)
        self._breaks("")

    def _breaks(self, _rest: str) -> None:
        points = [f"{at}: {point}" for at, point in enumerate(self.breakpoints)]
        self._show("breakpoints: " + (", ".join(points) or "none"))

    def _delete(self, rest: str) -> None:
        at = self._number(rest, len(self.breakpoints))
        if at is not None:
            del self.breakpoints[at]
            self._breaks("")

    def _watch(self, rest: str) -> None:
        at = self.addresses.get(rest)
        at = self._number(rest, len(self.stepper.scratch)) if at is None else at
        if at is not None:
            self.watched.append(at)
            self._show(f"watching scratch {at}")

    def _memory(self, rest: str) -> None:
        at = self._number(rest, max(len(self.stepper.memory), 1))
        if at is not None:
            self.first_word = at
            self._show(f"memory from {at} on")

    def _go(self, rest: str) -> None:
        cycle = self._number(rest, 2**62)
        if cycle is None:
            return
        step, ahead = self.stepper, self.stepper.cycle < cycle

        def part() -> str | None:
            for _ in range(_PART):
                if step.cycle >= cycle if ahead else step.cycle <= cycle:
                    return ""
                if not (step.forward() if ahead else step.back()):
                    return f"stopped at {step.run_to()}" if ahead else ""
            return None

        self._run(part)

    def _number(self, text: str, below: int) -> int | None:
        """The number that `text` writes; None, and a complaint, if it is none below `below`."""
        try:
            number = int(text, 0)
        except ValueError:
            number = -1
        if 0 <= number < below:
            return number
        least = f"from 0 to {below - 1:,}" if below else "of any there is"
        self._show(f"{text!r} is no number {least}")
        return None
