"""A run that can be stepped through, forward and back, and stopped at breakpoints.

What each bundle changed is kept, so going back is undoing. Bundles are run as the reference
simulator runs them; a run that faults ends with the fault, at the bundle that it is in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.ir.program import Program
from slotweave.isa import WORD_MASK
from slotweave.machine import Machine
from slotweave.simulate.reference import Execution, ExecutionOptions, Write
from slotweave.simulate.run import MAX_CYCLES, Event, Memory, RunState, Space, ready

#: Bundles that a run goes on for at most: what each of them changed is kept, about a KiB.
MOST_STEPS = 500_000


@dataclass(frozen=True, slots=True)
class Change:
    """A word that became another one, or was written with the same."""

    space: Space
    address: int
    before: int
    after: int


@dataclass(frozen=True)
class Step:
    """One bundle that ran: from `cycle` on, then the next one is `then`.

    `changes` are of what landed after it, `events` of its slots. `traced` is the length of the
    trace after it. A bundle with a `fault` changed nothing.
    """

    bundle: int
    cycle: int
    cycles_after: int
    then: int
    events: tuple[Event, ...]
    changes: tuple[Change, ...]
    traced: int
    state: RunState | None
    fault: Diagnostic | None = None


class _Recorded(Execution):
    """An execution that keeps what lands."""

    def __init__(self, program: Program, machine: Machine, memory: Memory, strict: bool) -> None:
        self.events: list[Event] = []
        self.changes: list[Change] = []
        options = ExecutionOptions(strict, False, None, MAX_CYCLES, self.events.append)
        super().__init__(program, machine, ready(machine, memory, program.zeros), options)

    def land(self, writes: list[Write]) -> None:
        for write in writes:
            words = self.memory if write.access.space is Space.MEMORY else self.scratch
            for address, after in enumerate(write.access.words, write.access.address):
                before = words[address]
                self.changes.append(Change(write.access.space, address, before, after))
            super().land([write])


class Stepper:
    """A run and the place in it that is looked at: `at` bundles have run.

    `scratch`, `memory`, `trace`, `cycle` and `bundle` (the one that is next) are those of that
    place. Pauses stop `run_to`, and change nothing: results in flight land in their time. It goes
    no further than `max_cycles`, nor than MOST_STEPS.
    """

    def __init__(
        self,
        program: Program,
        machine: Machine,
        memory: Memory,
        strict: bool = True,
        max_cycles: int = MAX_CYCLES,
    ) -> None:
        self._max_cycles = max_cycles
        self._execution = _Recorded(program, machine, memory, strict)
        self.machine = machine
        self._bundles = program.bundles
        self._steps: list[Step] = []
        self.at = 0
        self.scratch = list(self._execution.scratch)
        self.memory = list(self._execution.memory)

    @property
    def last(self) -> Step | None:
        """The bundle that ran last; None at the beginning."""
        return self._steps[self.at - 1] if self.at else None

    @property
    def bundle(self) -> int:
        """The bundle that is next."""
        return self.last.then if self.last else 0

    @property
    def cycle(self) -> int:
        """The cycles that are over."""
        return self.last.cycles_after if self.last else 0

    @property
    def trace(self) -> Sequence[int]:
        """The words of the trace buffer so far."""
        return self._execution.trace[: self.last.traced if self.last else 0]

    @property
    def ended(self) -> bool:
        """Whether nothing is next: the run stopped, or a bundle has a fault."""
        last = self.last
        if last is None:
            return not self._bundles
        stopped = last.state is RunState.STOPPED or last.then >= len(self._bundles)
        return stopped or last.fault is not None

    def forward(self) -> bool:
        """Run the next bundle; False if there is none, or if it is one too many."""
        if self.ended or self._limit():
            return False
        if self.at == len(self._steps):
            self._steps.append(self._run())
        for change in self._steps[self.at].changes:
            self._words(change.space)[change.address] = change.after
        self.at += 1
        return True

    def back(self) -> bool:
        """Undo the last bundle; False if there is none."""
        if not self.at:
            return False
        self.at -= 1
        for change in reversed(self._steps[self.at].changes):
            self._words(change.space)[change.address] = change.before
        return True

    def run_to(self, breakpoints: Iterable[Breakpoint] = (), forward: bool = True) -> str:
        """Run, or undo, until a breakpoint holds after a bundle; what it was that stopped it."""
        points = tuple(breakpoints)
        while (why := self.run_some(points, 1 << 20, forward)) is None:
            pass
        return why

    def run_some(self, points: Sequence[Breakpoint], most: int, forward: bool = True) -> str | None:
        """As `run_to`, for at most so many bundles; None if nothing has stopped it by then."""
        for _ in range(most):
            if not (self.forward() if forward else self.back()):
                return self._why_ended()
            last = self.last
            if last is None:
                return self._why_ended()
            found = next((point for point in points if point.holds(last)), None)
            if found:
                return str(found)
            if forward and self._pauses(last.bundle):
                return "a pause"
        return None

    def _limit(self) -> str:
        """Which limit the run has come to; "" before that."""
        if self.cycle >= self._max_cycles:
            return f"the limit of {self._max_cycles:,} cycles (--max-cycles)"
        if self.at >= MOST_STEPS:
            return f"the limit of {MOST_STEPS:,} bundles, which is as far as steps are kept"
        return ""

    def _pauses(self, bundle: int) -> bool:
        slots = (slot for row in self._bundles[bundle].values() for slot in row)
        return any(slot[0] == "pause" for slot in slots)

    def _why_ended(self) -> str:
        last = self.last
        if last is None:
            return "the beginning"
        if last.fault:
            return f"a fault: {last.fault}"
        return "the end" if self.ended else self._limit()

    def _words(self, space: Space) -> list[int]:
        return self.memory if space is Space.MEMORY else self.scratch

    def _run(self) -> Step:
        run = self._execution
        bundle, cycle = run.pc, run.cycles
        run.events.clear()
        run.changes.clear()
        run.state = None
        fault = None
        try:
            run.step(self._bundles[bundle])
            if run.state is not None or run.pc >= len(self._bundles):
                for time in sorted(run.in_flight):  # a stop lets everything land
                    run.land_all(time)
        except CheckFailed as error:
            fault = error.diagnostic
            run.changes.clear()
        return Step(bundle, cycle, run.cycles, run.pc, tuple(run.events), tuple(run.changes),
                    len(run.trace), run.state, fault)  # fmt: skip


@dataclass(frozen=True)
class Breakpoint:
    """Stops a run after a bundle: `kind` says what `number` is compared with.

    Of the kind `op` are `bundles`, those with an operation called `name`.
    """

    kind: str
    number: int = 0
    name: str = ""
    bundles: frozenset[int] = frozenset()

    def __str__(self) -> str:
        return f"{self.kind} {self.name or self.number}"

    def holds(self, step: Step) -> bool:
        """Whether the run stops after this step."""
        match self.kind:
            case "cycle":
                return step.cycle <= self.number < max(step.cycles_after, step.cycle + 1)
            case "bundle":
                return step.bundle == self.number
            case "scratch" | "memory":
                where = Space(self.kind)
                return any(c.space is where and c.address == self.number for c in step.changes)
            case "value":
                return any(c.after == self.number for c in step.changes)
            case _:
                return step.bundle in self.bundles


#: Kinds of breakpoints with the form in which each is written.
KINDS = {
    "cycle": "cycle N", "bundle": "bundle N", "scratch": "scratch ADDRESS or NAME",
    "memory": "memory ADDRESS", "value": "value WORD", "op": "op NAME",
}  # fmt: skip


def parse_breakpoint(text: str, names: dict[str, int], program: Program) -> Breakpoint:
    """The breakpoint that `text` writes: a kind and a number, a scratch name or an operation.

    Raises InputError (SW212) for what is none.
    """
    kind, _, rest = text.strip().partition(" ")
    rest = rest.strip()
    if kind == "op" and rest:
        having = frozenset(
            number
            for number, bundle in enumerate(program.bundles)
            if any(slot[0] == rest for slots in bundle.values() for slot in slots)
        )
        if not having:
            raise InputError(Diagnostic("SW212", f"no operation of the program is called {rest!r}"))
        return Breakpoint(kind, name=rest, bundles=having)
    if kind == "scratch" and rest in names:
        return Breakpoint(kind, names[rest])
    if kind not in KINDS or kind == "op":
        raise _no_breakpoint(text)
    try:
        number = int(rest, 0)
    except ValueError:
        raise _no_breakpoint(text) from None
    if number < 0 and kind != "value":
        raise _no_breakpoint(text)
    return Breakpoint(kind, number & WORD_MASK if kind == "value" else number)


def _no_breakpoint(text: str) -> InputError:
    forms = ", ".join(KINDS.values())
    return InputError(Diagnostic("SW212", f"{text!r} is no breakpoint; there are: {forms}"))
