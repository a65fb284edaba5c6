"""Modulo scheduling of a loop, with its values allocated: period after period, until one is found.

Guarantees: what `pipeline_loop` returns keeps all edges of the loop between all iterations, asks in
no cycle for more slots than there are, and gives each live value words of its own. Or it says for
each period why not. Operations are named as the user knows them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from slotweave.backend.allocate.circular import allocate_circular
from slotweave.backend.lower.lower_loop import LoopBody
from slotweave.backend.schedule.modulo.expansion import copies, loop_ranges, unrolling
from slotweave.backend.schedule.modulo.modulo_schedule import ModuloSearch
from slotweave.base.wording import plural
from slotweave.bounds.projects.chains import chains
from slotweave.bounds.projects.ladder import contradiction, period_bounds
from slotweave.bounds.slots import slots_bound
from slotweave.instances.from_problem import LoopProject, loop_project
from slotweave.ir.graph import Node
from slotweave.ir.loop_problem import ControlSlot, LoopProblem, LoopSchedule, PeriodTried
from slotweave.ir.project import Activity, ActivityMode, ProjectSchedule, Use
from slotweave.ir.project_bound import CliqueProof, CycleProof, LoadProof, ProjectBound, RigidProof
from slotweave.ir.schedule import Schedule
from slotweave.isa import Shape
from slotweave.machine import Machine

#: Attempts at a period, and how long they go on: placements times activities, to find a schedule
#: and, once there is one, to find a better one.
_TRIES, _SEARCHING, _PRESSING = 24, 60_000_000, 6_000_000
#: Loops of more activities (operations, each lane for itself where lanes may be apart) are left in
#: their plain form: an attempt takes time by the square of their number.
MOST_ACTIVITIES = 3_000
#: Periods that are tried in vain.
_IN_VAIN = 20
#: Longer periods that are tried once there is a schedule, for loops of few rounds.
_LONGER = 6
#: Schedules of one period that are compared.
_COMPARED = 8
#: Loops are unrolled no further than this, for each copy of the kernel is code.
MOST_UNROLLED = 32


@dataclass(frozen=True)
class ControlUnit:
    """Where a slot of the loop's own may run: engines of the problem by number, with latencies."""

    name: str
    engines: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Pipelining:
    """The bounds of the period, what was tried, and the schedule if one was found, or why not.

    `cycles` are those of all iterations by that schedule, None if their number is unknown.
    """

    bounds: tuple[tuple[str, int, str], ...]
    tried: tuple[PeriodTried, ...]
    schedule: LoopSchedule | None
    why: str
    cycles: int | None = None


@dataclass(frozen=True)
class _Search:
    body: LoopBody
    made: LoopProject
    units: tuple[ControlUnit, ControlUnit]
    trips: int | None
    plain: int
    rounds: int
    first_words: Sequence[int]
    scratch_words: int

    @property
    def iterations(self) -> int | None:
        """How often an iteration runs, None if that is unknown."""
        return None if self.trips is None else self.trips // self.rounds

    def at_period(self, period: int, known: LoopSchedule | None = None) -> LoopSchedule | str:
        """The best of some schedules of this period, or why there is none.

        Where one is `known` of a shorter period, the loop must take fewer cycles than by that.
        """
        project = self.made.project
        search = ModuloSearch.of(project)
        at = search.at_period(period)
        if at is None:
            return "a cycle of waits is too long"
        taken_out = np.zeros(project.size, np.int64)
        best: LoopSchedule | None = None
        deadline = None if known is None else self._deadline(known, period)
        why, compared, work = "", 0, 0
        single = self.rounds == 1  # several rounds have a single one to fall back on
        for number in range(_TRIES):
            if work > (_SEARCHING if best is None and known is None and single else _PRESSING):
                break
            found, weight, placements = search.try_once(at, number, deadline)
            taken_out += weight
            work += placements * project.size
            if found is None:
                continue
            compared += 1
            expanded = self._expanded(found)
            if isinstance(expanded, str):
                why = expanded
            elif best is None or self.cost(expanded) < self.cost(best):
                best = expanded
                deadline = found.makespan(project) - 1
            if compared == _COMPARED:
                break
        if best is not None:
            return best
        if known is not None:
            return f"it takes no fewer cycles in all than II {known.period}"
        return why or _in_the_way(self.body, self.made, taken_out)

    def _deadline(self, known: LoopSchedule, period: int) -> int | None:
        """The makespan by which the loop of `period` is shorter than by `known`."""
        cycles = self.cycles(known)
        if cycles is None or self.iterations is None:
            return None
        return cycles - (self.iterations - 1) * period - 1

    def could_gain(self, best: LoopSchedule, period: int) -> bool:
        """Whether the loop might take fewer cycles than by `best` with a longer period."""
        cycles = self.cycles(best)
        if cycles is None or self.iterations is None:
            return False
        longest = chains(self.made.project, period)
        return longest is None or (self.iterations - 1) * period + longest.longest < cycles

    def cost(self, schedule: LoopSchedule) -> tuple[int, int, int]:
        """Cycles of the loop where the trips are known; then code, then scratch."""
        code = (schedule.ahead + schedule.unroll + schedule.stages - 1) * schedule.period
        return self.cycles(schedule) or 0, code, schedule.peak

    def cycles(self, schedule: LoopSchedule) -> int | None:
        """Cycles of all iterations, None if their number is unknown."""
        if self.trips is None:
            return None
        if self.trips < schedule.least_trips:
            return self.trips * self.plain
        left = self.trips % schedule.pass_trips
        one = schedule.schedule
        one_takes = one.makespan - int(one.cycle.min(initial=0))
        iterations = (self.trips - left) // self.rounds
        pipelined = (iterations - 1) * schedule.period + one_takes
        return pipelined + left * self.plain

    def _expanded(self, found: ProjectSchedule) -> LoopSchedule | str:
        """`found` with copies and addresses of all values, or why that cannot be."""
        assert found.period is not None
        period, loop = found.period, self.body.loop
        schedule, counter, jump = self._aligned(found)
        ranges = loop_ranges(loop, schedule, period)
        unroll = unrolling(ranges, self.iterations)
        if unroll > MOST_UNROLLED:
            storage = int(ranges.least.argmax())
            return f"{_maker(self.body, storage)} lives too long: {ranges.least[storage]} periods"
        (engine, latency), row = self.units[0].engines[counter[0]], counter[1]
        length = unroll * period
        if latency > length:
            return f"counting takes {latency} cycles, a pass of the kernel {length}"
        given = copies(ranges, unroll)
        homes = {
            (home.storage, -home.distance % given[home.storage]): self.first_words[home.variable]
            for home in loop.homes
        }
        live = [(first + 1, last + 1) for first, last in
                zip(ranges.first.tolist(), ranges.last.tolist(), strict=True)]  # fmt: skip
        room = self.first_words[-1], self.scratch_words
        placed = allocate_circular(
            loop.problem.storage_words, live, given, period, unroll, homes, room
        )
        if placed is None:
            words = int(loop.problem.storage_words @ np.array(given))
            return f"scratch: {words} words of values in flight, {room[1] - room[0]} are free"
        late = max(0, -(-(row + latency - (length - 1)) // length))
        return LoopSchedule(
            period, schedule, unroll, given, *placed, ControlSlot(engine, row),
            ControlSlot(self.units[1].engines[jump][0], length - 1), late, self.rounds,
        )  # fmt: skip

    def _aligned(self, found: ProjectSchedule) -> tuple[Schedule, tuple[int, int], int]:
        """The schedule of an iteration, mode and row of the counter, mode of the jump.

        The first slot is in the first period, and the jump in the last cycle of one.
        """
        assert found.period is not None
        problem, lanes = self.body.loop.problem, self.made.lanes
        counter, jump = self.made.control
        mode = np.zeros(problem.size, np.int32)
        rows: list[list[int]] = []
        for operation in range(problem.size):
            numbers = lanes.get(operation, ())
            mode[operation] = found.modes[numbers[0]] if numbers else 0
            slots = int(problem.mode_slots[problem.mode_offset[operation] + mode[operation]])
            rows.append([found.starts[number] for number in numbers[:slots]])
        first = min((start for row in rows for start in row), default=0)
        shift = (found.period - 1 - (found.starts[jump] - first)) % found.period - first
        cycle = np.array([start + shift for row in rows for start in row], np.int32)
        offset = np.concatenate(([0], np.cumsum([len(row) for row in rows]))).astype(np.int32)
        schedule = Schedule(mode, offset, cycle, int(cycle.max(initial=-1)) + 1)
        row = (found.starts[counter] + shift) % found.period
        return schedule, (found.modes[counter], row), found.modes[jump]


def pipeline_loop(
    body: LoopBody,
    units: tuple[ControlUnit, ControlUnit],
    trips: int | None,
    plain: int,
    first_words: Sequence[int],
    scratch_words: int,
    rounds: int = 1,
) -> Pipelining:
    """The shortest period found below what an iteration takes without pipelining.

    An iteration is of `rounds` rounds of the loop, of which `trips` are run in all, and each takes
    `plain` cycles without pipelining. `units` run the counter and the jump. Variable v lies from
    word `first_words[v]` on, the last of which is the first word after all of them.
    """
    if not body.loop.problem.mode_slots.any():
        return Pipelining((), (), None, "an iteration has nothing to do")
    made = modulo_project(body.loop, units)
    if made.project.size > MOST_ACTIVITIES:
        many = f"{made.project.size:,} activities, and up to {MOST_ACTIVITIES:,} are scheduled"
        return Pipelining((), (), None, f"its body is too long: {many} by a period")
    none = contradiction(made.project)
    if none is not None:
        return Pipelining((), (), None, _bound_text(body, made, none))
    listed = _listed(body, made)
    least = max(value for _name, value, _why in listed)
    if least >= plain * rounds:
        why = f"no period below {plain}, the cycles of an iteration in the plain form, is possible"
        name, _value, text = max(listed, key=lambda one: one[1])
        return Pipelining(listed, (), None, f"{why} ({name}: {text})")
    search = _Search(body, made, units, trips, plain, rounds, first_words, scratch_words)
    return _searched(search, listed, least)


def _listed(body: LoopBody, made: LoopProject) -> tuple[tuple[str, int, str], ...]:
    """The bounds of the period: name, value, and what shows it."""
    slots = slots_bound(body.loop.problem)
    shown = (
        (_bound_name(bound), bound.value or 0, _bound_text(body, made, bound))
        for bound in period_bounds(made.project)
    )
    return (*shown, ("slots", slots.cycles, slots.why))


def control_units(decrement: Node, machine: Machine) -> tuple[ControlUnit, ControlUnit]:
    """Where the loop's own counter and jump may run."""
    numbers = {name: number for number, name in enumerate(machine.slots)}
    counting, jumping = (
        tuple(
            (numbers[mode.engine], mode.latency)
            for mode in machine.modes_of(operation, Shape.WORD)
            if machine.slots[mode.engine]
        )
        for operation in (decrement.op, "cond_jump")
    )
    return ControlUnit("the loop's counter", counting), ControlUnit("the loop's jump", jumping[:1])


def least_period(body: LoopBody, units: tuple[ControlUnit, ControlUnit]) -> int | None:
    """The greatest bound of the period of a loop; None if it is too long to be pipelined, or no
    period is possible."""
    made = modulo_project(body.loop, units)
    if made.project.size > MOST_ACTIVITIES or contradiction(made.project) is not None:
        return None
    return max(value for _name, value, _why in _listed(body, made))


def modulo_project(loop: LoopProblem, units: tuple[ControlUnit, ControlUnit]) -> LoopProject:
    """The loop with its own counter and jump, as a project of which the least period is asked."""
    control = [
        Activity(unit.name, tuple(ActivityMode(1, (Use(e, 1, 0, 1),)) for e, _l in unit.engines))
        for unit in units
    ]
    return loop_project(loop, control)


def _searched(search: _Search, bounds: tuple[tuple[str, int, str], ...], least: int) -> Pipelining:
    """The best of the periods from `least` on: the first one, or a longer one for few trips."""
    tried: list[PeriodTried] = []
    best: LoopSchedule | None = None
    longer = 0
    end = search.plain * search.rounds
    for period in _periods(least, end):
        if best is not None and not search.could_gain(best, period):
            break
        longer += best is not None
        if longer > _LONGER or (best is None and len(tried) == _IN_VAIN):
            break
        found = search.at_period(period, best)
        if isinstance(found, str):
            tried.append(PeriodTried(period, found=False, why=found))
            continue
        tried.append(PeriodTried(period, found=True))
        if best is None or search.cost(found) < search.cost(best):
            best = found
    if best is None:
        why = f"no period below {end} was found: {tried[-1].why}"
        return Pipelining(bounds, tuple(tried), None, why)
    return Pipelining(bounds, tuple(tried), best, "", search.cycles(best))


def _periods(least: int, end: int) -> Iterator[int]:
    """From `least` on one by one, then in steps that grow."""
    period = least
    while period < end:
        yield period
        period += max(1, (period - least) // 4)


def _named(body: LoopBody, operation: int) -> str:
    """An operation as users know it."""
    node = body.body.graph.nodes[int(body.loop.problem.nodes[operation])]
    return f"{node.op} ({node.where})" if node.where else node.op


def _activity_names(body: LoopBody, made: LoopProject) -> dict[int, str]:
    names = {
        number: _named(body, operation)
        for operation, numbers in made.lanes.items()
        for number in numbers
    }
    names.update((number, made.project.activities[number].name) for number in made.control)
    return names


def _maker(body: LoopBody, storage: int) -> str:
    """What writes `storage`."""
    return _named(body, int(np.flatnonzero(body.loop.problem.writes == storage)[0]))


def _in_the_way(body: LoopBody, made: LoopProject, taken_out: np.ndarray) -> str:
    names, counts = _activity_names(body, made), dict[str, int]()
    for number in np.flatnonzero(taken_out).tolist():
        name = names.get(number, made.project.activities[number].name)
        counts[name] = counts.get(name, 0) + int(taken_out[number])
    often = sorted(counts, key=lambda name: -counts[name])[:3]
    return "most often in the way: " + ", ".join(often) if often else "nothing found a place"


def _bound_name(bound: ProjectBound) -> str:
    match bound.proof:
        case CycleProof():
            return "recurrence"
        case LoadProof():
            return "resource"
        case CliqueProof():
            return "activities in turn"
        case RigidProof():
            return "fixed distances"
    return "period"


def _bound_text(body: LoopBody, made: LoopProject, bound: ProjectBound) -> str:
    """What shows `bound`, in the user's words: the cycle of waits, the engine."""
    names, project = _activity_names(body, made), made.project
    match bound.proof:
        case CycleProof(lags):
            around = [project.lags[number] for number in lags]
            length = sum(
                lag.lag + (project.activities[lag.before].shortest if lag.from_end else 0)
                for lag in around
            )
            way = dict.fromkeys(names[lag.before] for lag in around if lag.before in names)
            distance = sum(lag.distance for lag in around)
            over = plural(distance, "iteration")
            return f"{' -> '.join(way)} and back: {plural(length, 'cycle')} over {over}"
        case LoadProof(resource):
            given = project.resources[resource]
            return f"{plural(given.capacity, 'slot')} of {given.name}"
    return bound.why
