"""A loop to be pipelined: one iteration as a problem, and what binds iterations together.

Iterations are numbered from 0 and start `period` cycles after each other. What operation b of
iteration i + distance needs of operation a of iteration i is an edge with that distance; a distance
of 0 is an edge of the problem of one iteration. A value that is read in a later iteration than the
one that makes it, or that lives longer than a period, lies in several *copies* of its storage:
iteration i writes copy i modulo their number (modulo variable expansion; Lam, PLDI 1988). The
*home* of a variable is where it lies before and after the loop.
"""

from __future__ import annotations

from dataclasses import dataclass

from slotweave.ir.problem import Problem
from slotweave.ir.schedule import Schedule


@dataclass(frozen=True, slots=True)
class CarriedEdge:
    """Operation `after` waits for what operation `before` did `distance` iterations earlier.

    `kind` and `lag` are those of the edges of a problem.
    """

    before: int
    after: int
    kind: int
    lag: int
    distance: int


@dataclass(frozen=True, slots=True)
class CarriedRead:
    """Operation `operation` reads what `storage` held `distance` iterations earlier."""

    operation: int
    storage: int
    distance: int


@dataclass(frozen=True, slots=True)
class Home:
    """Before iteration i variable `variable` is what `storage` of iteration i - distance holds."""

    variable: int
    storage: int
    distance: int


@dataclass(frozen=True)
class LoopProblem:
    """`problem` is one iteration, `reads` what it reads of earlier ones, which it does not list."""

    problem: Problem
    edges: tuple[CarriedEdge, ...]
    reads: tuple[CarriedRead, ...]
    homes: tuple[Home, ...]


@dataclass(frozen=True, slots=True)
class ControlSlot:
    """A slot that is issued once in each pass of the kernel: in cycle `row` of the pass."""

    engine: int
    row: int


@dataclass(frozen=True)
class LoopSchedule:
    """An iteration as a schedule, of which one starts every `period` cycles.

    `unroll` iterations make one pass of the kernel; `copies[s]` divides it and says how many copies
    storage s has. `address[s]` are their scratch words, one after the other. `counter` and `jump`
    are issued in each pass, the jump in its last cycle. `decided` passes run after the one in which
    the counter was decremented to 0, before the jump sees it. An iteration is `rounds` rounds of
    the loop, written out.
    """

    period: int
    schedule: Schedule
    unroll: int
    copies: tuple[int, ...]
    address: tuple[tuple[int, ...], ...]
    peak: int
    counter: ControlSlot
    jump: ControlSlot
    decided: int
    rounds: int = 1

    @property
    def stages(self) -> int:
        """How many periods an iteration takes."""
        return -(-self.schedule.makespan // self.period)

    @property
    def ahead(self) -> int:
        """Iterations started by the prologue: whole passes, at least one iteration less than there
        are stages."""
        return -(-(self.stages - 1) // self.unroll) * self.unroll

    @property
    def least_trips(self) -> int:
        """A loop of fewer rounds runs in its plain form."""
        return (self.ahead + self.unroll * (1 + self.decided)) * self.rounds

    @property
    def pass_trips(self) -> int:
        """The rounds of the loop that a pass of the kernel makes."""
        return self.unroll * self.rounds

    def passes(self, trips: int) -> int:
        """How often the kernel runs, for at least `least_trips`."""
        return (trips // self.rounds - self.ahead) // self.unroll


@dataclass(frozen=True, slots=True)
class PeriodTried:
    """What came of one period: found, or why not."""

    period: int
    found: bool
    why: str = ""


@dataclass(frozen=True)
class LoopReport:
    """What pipelining a loop came to.

    `block` is its number. `trips` is None where their number is found when the loop runs, or was
    not looked for. `plain` are the cycles of an iteration in the plain form, None where they were
    not; `why` says why it runs in that form, and is empty where it is pipelined. `bounds` says for
    each lower bound of the period its name, value, and what shows it. Periods are those of an
    iteration of `schedule`; where that is of several rounds, `single` is the period of one round by
    itself, None where that was not found.
    """

    block: int
    where: str
    trips: int | None
    plain: int | None
    why: str
    bounds: tuple[tuple[str, int, str], ...] = ()
    tried: tuple[PeriodTried, ...] = ()
    schedule: LoopSchedule | None = None
    single: int | None = None
