"""A hardware loop of one block as a modulo schedule: passes that overlap, every `period` packets.

A pass starts each `period` packets; its packets fall into stages of so many. Without other
registers all dependences hold, those of registers that are used again among them, so no value lives
longer than until the next pass writes its register. With them a value that is made and used up
within a pass has a register of its own, and lives for `period` packets at most: no copies of the
loop's body are needed. Schedules are found by iterative modulo scheduling and then by CP-SAT,
period by period from the bound on, for few stages first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from slotweave.backend.allocate.registers import LiveRange, allocate_registers
from slotweave.backend.schedule.exact import Outcome, Status, has_solver, modulo_model, run_model
from slotweave.backend.schedule.modulo import iterative_schedule
from slotweave.base.diagnostics import CheckFailed
from slotweave.bounds.projects import period_bounds
from slotweave.bounds.projects.chains import chains
from slotweave.check.legality.project_bounds import bound_faults
from slotweave.check.legality.project_legality import project_violations
from slotweave.driver.solving.solve import Limits
from slotweave.hexagon.assembly.grammar import Instruction
from slotweave.hexagon.assembly.listing import Block
from slotweave.hexagon.dependence.edges import Dependences
from slotweave.hexagon.dependence.passes import (
    PASSES,
    Carried,
    Named,
    loop_dependences,
)
from slotweave.hexagon.machine.opcodes import VERSION
from slotweave.hexagon.packing.problem import PacketProblem, packet_problem
from slotweave.hexagon.packing.stalls import stall_cycles
from slotweave.hexagon.packing.stepping import Step, past_steps, steps_of
from slotweave.hexagon.packing.webs import (
    OLD,
    WRITTEN,
    Use,
    Webs,
    groups_beside,
    live_ranges,
    names_of,
    value_spans,
    webs_of,
    with_names,
)
from slotweave.ir.project import Lag, Project, ProjectSchedule

#: Stages at most, of what is tried in turn.
_STAGES = (2, PASSES)
#: Attempts of iterative modulo scheduling at a period.
_ATTEMPTS = 24
#: The share of what is left of the limits that a search takes.
_SHARE = 0.5
#: Exact searches of a loop that may end undecided; after them iterative modulo scheduling goes on.
_MOST_UNDECIDED = 4
#: Passes of which stalls are counted, and what a pass of them takes in the long run.
_FEW, _MANY = 8, 16


@dataclass(frozen=True)
class LoopProblem:
    """The modulo project of a loop, and what its activities mean.

    `packets` has one pass; `waits` are the modelled latencies as (activity, activity, distance,
    cycles); `webs` say where values may lie, None where registers stay as they are.
    """

    packets: PacketProblem
    found: Dependences
    project: Project
    waits: tuple[tuple[int, int, int, int], ...]
    webs: Webs | None
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class LoopSchedule:
    """A schedule of a loop: the packet of each operation in its pass, and its instruction; stalls
    are those of a pass, as modelled."""

    period: int
    packets: tuple[int, ...]
    forms: tuple[Instruction, ...]
    stalls: int
    steps: tuple[Step, ...]

    @property
    def stages(self) -> int:
        return max(self.packets) // self.period + 1


@dataclass(frozen=True)
class Found:
    """The shortest schedule found of a loop, None if none is shorter than it is; no schedule has
    fewer than `least` packets for a pass, which is so for the reason `why`."""

    schedule: LoopSchedule | None
    least: int
    why: str


def loop_problem(
    block: Block,
    live: frozenset[str] | None,
    *,
    version: int = VERSION,
    facts: tuple[str, ...] = (),
) -> LoopProblem | None:
    """The problem of the loop whose pass is `block`; None where it holds an instruction that is not
    known, or a branch.

    Registers stay as they are, unless those are given that are `live` after a pass.
    """
    found = loop_dependences(block, version=version, facts=facts)
    if found is None or not found.one.operations:
        return None
    if any(one.effects.is_branch for one in found.one.operations):
        return None
    webs = None
    if live is not None:
        webs = webs_of(found.one, live)
        found = loop_dependences(block, version=version, facts=facts, named=_names(webs))
        assert found is not None
    steps = steps_of(found.one)
    found = past_steps(found, steps)
    packets = packet_problem(found.one, fixed=True)
    of = packets.activity_of
    carried = [*found.carried, *([] if webs is None else _short_lives(webs))]
    lags = _lags(carried, of)
    project = replace(packets.project, lags=(*packets.project.lags, *lags), is_modulo=True)
    waits = [(before, after, 0, latency) for before, after, latency in packets.waits]
    waits += [
        (of[one.before], of[one.after], one.distance, one.latency)
        for one in found.carried
        if one.latency
    ]
    return LoopProblem(packets, found.one, project, tuple(waits), webs, steps)


def _names(webs: Webs) -> Named:
    def named(number: int, register: str, how: str) -> str:
        web = webs.of.get((number, register, how))
        return register if web is None or webs.stays[web] else f"web {web}"

    return named


def _short_lives(webs: Webs) -> Iterator[Carried]:
    """A value that may lie anywhere is read for the last time before the next pass writes it."""
    uses: dict[int, list[Use]] = {}
    for use, web in webs.of.items():
        if not webs.stays[web]:
            uses.setdefault(web, []).append(use)
    for _, row in sorted(uses.items()):
        writers = [number for number, _, how in row if how == WRITTEN]
        for number, register, how in row:
            lag = 0 if how == OLD else 1
            yield from (Carried(number, writer, lag, 1, 0, register) for writer in writers)


def _lags(carried: Sequence[Carried], of: dict[int, int]) -> list[Lag]:
    longest: dict[tuple[int, int, int], int] = {}
    for one in carried:
        key = of[one.before], of[one.after], one.distance
        longest[key] = max(one.lag, longest.get(key, 0))
    return [
        Lag(before, after, lag, distance)
        for (before, after, distance), lag in sorted(longest.items())
    ]


def loop_bound(problem: LoopProblem) -> tuple[int, str]:
    """The least period that no search is needed for, with its reason."""
    bounds = period_bounds(problem.project)
    for bound in bounds:
        for fault in bound_faults(bound, problem.project):
            raise CheckFailed(fault)
    best = max(bounds, key=lambda one: one.value or 0)
    return best.value or 0, best.why


def schedule_loop(
    problem: LoopProblem,
    before: int,
    limits: Limits,
    *,
    most_stalls: Callable[[int], int] | None = None,
    is_exact: bool = True,
) -> Found:
    """The shortest schedule found of fewer than `before` packets for each pass, which stalls no
    longer for each pass, as modelled, than `most_stalls` of its packets (None is any number); by
    CP-SAT, too, if `is_exact` and it is there, each search with a half of what is left of
    `limits`."""
    least, why = loop_bound(problem)
    undecided = 0
    for period in range(least, before):
        refuted = False
        for project, stages, exactly in _tries(problem, most_stalls is not None, is_exact):
            if exactly and undecided >= _MOST_UNDECIDED:
                continue
            outcome = _schedule(project, period, stages, limits.share(_SHARE), exactly)
            limits = limits.after(outcome.seconds, outcome.work)
            is_last = project is problem.project and stages == PASSES
            refuted = is_last and outcome.status is Status.INFEASIBLE
            undecided += exactly and outcome.status is Status.UNKNOWN
            done, spent = _fitted(problem, project, outcome.schedule, stages, limits.share(_SHARE))
            limits = limits.after(spent.seconds, spent.work)
            if done is not None and (most_stalls is None or done.stalls <= most_stalls(period)):
                return Found(done, least, why)
        if refuted and least == period:
            least = period + 1
            why = f"no schedule of {period} packets has {PASSES} stages or fewer (CP-SAT)"
    return Found(None, least, why)


def _tries(
    problem: LoopProblem, is_prompt: bool, is_exact: bool
) -> list[tuple[Project, int, bool]]:
    """What is tried in turn for a period: if `is_prompt` first schedules that do not stall."""
    projects = [*([_without_stalls(problem)] if is_prompt else []), problem.project]
    return [
        (project, stages, exactly)
        for exactly in (False, *([True] if is_exact and has_solver() else []))
        for stages in _STAGES
        for project in projects
    ]


def _schedule(project: Project, period: int, stages: int, limits: Limits, exactly: bool) -> Outcome:
    """A schedule of `stages` stages, if one is found."""
    longest = chains(project, period)
    if longest is None or longest.longest > stages * period:
        return Outcome(Status.INFEASIBLE)
    if not exactly:
        return Outcome(Status.UNKNOWN, _by_heuristic(project, period, stages))
    search = modulo_model(project, period, longest, stages * period, workers=limits.workers)
    return run_model(search, limits.seconds, work=limits.work)


def _fitted(
    problem: LoopProblem,
    project: Project,
    schedule: ProjectSchedule | None,
    stages: int,
    limits: Limits,
) -> tuple[LoopSchedule | None, Outcome]:
    """The schedule with registers; where they are too few, one in which values live shorter, and
    what the search for it came to."""
    if schedule is None:
        return None, Outcome(Status.UNKNOWN)
    done = _with_registers(problem, schedule)
    if done is not None or problem.webs is None or not has_solver():
        return done, Outcome(Status.UNKNOWN)
    assert schedule.period is not None
    longest = chains(project, schedule.period)
    assert longest is not None
    values = [one for one in value_spans(problem.webs, problem.packets.activity_of)
              if not one.enters and not one.leaves]  # fmt: skip
    search = modulo_model(
        project, schedule.period, longest, stages * schedule.period, schedule, limits.workers,
        values=values,
    )  # fmt: skip
    outcome = run_model(search, limits.seconds, work=limits.work)
    shorter = outcome.schedule
    return None if shorter is None else _with_registers(problem, shorter), outcome


def _by_heuristic(project: Project, period: int, stages: int) -> ProjectSchedule | None:
    for made, state in enumerate(iterative_schedule(project, period)):
        schedule = state.schedule
        is_found = schedule is not None and schedule.period == period
        if schedule is not None and is_found and schedule.makespan(project) <= stages * period:
            return schedule
        if made >= _ATTEMPTS or state.period > period:
            break
    return None


def _without_stalls(problem: LoopProblem) -> Project:
    """The project in which all that is read is there, as modelled."""
    lags = [Lag(before, after, latency, distance)
            for before, after, distance, latency in problem.waits
            if before != after or distance]  # fmt: skip
    return replace(problem.project, lags=(*problem.project.lags, *dict.fromkeys(lags)))


def input_stalls(problem: LoopProblem, packets: int) -> int:
    """Modelled stall cycles of a pass in the long run, of the input with so many packets."""
    operations = problem.packets.operations
    starts = [operations[row[0]].packet for row in problem.packets.members]
    return pass_stalls(problem, starts, packets)


def pass_stalls(problem: LoopProblem, packets: Sequence[int], period: int) -> int:
    """Modelled stall cycles of a pass in the long run, for these packets of the activities."""

    def stalled(passes: int) -> int:
        spots = [start + number * period for number in range(passes) for start in packets]
        used = {spot: place for place, spot in enumerate(sorted(set(spots)))}
        size = len(packets)
        waits = [
            (number * size + before, (number + distance) * size + after, latency)
            for before, after, distance, latency in problem.waits
            for number in range(passes - distance)
        ]
        return stall_cycles([used[spot] for spot in spots], waits)

    return -((stalled(_FEW) - stalled(_MANY)) // (_MANY - _FEW))


def _with_registers(problem: LoopProblem, schedule: ProjectSchedule) -> LoopSchedule | None:
    """The schedule with its instructions, in other registers if there are some to allocate; None
    where there are too few."""
    for fault in project_violations(schedule, problem.project):
        raise CheckFailed(fault)
    period = schedule.period
    assert period is not None
    of = problem.packets.activity_of
    operations = problem.packets.operations
    packets = tuple(schedule.starts[of[one.number]] for one in operations)
    first = min(packets) // period * period
    packets = tuple(packet - first for packet in packets)
    forms = [one.instruction for one in operations]
    webs = problem.webs
    if webs is not None:
        placed = list(zip(packets, operations, forms, strict=True))
        ranges = [
            part
            for web, one in live_ranges(webs, placed, max(packets) + 1)
            if not webs.stays[web]
            for part in _turned(one, 2 * period)
        ]
        bases = allocate_registers(ranges, groups_beside(webs))
        if bases is None:
            return None
        names = names_of(webs, bases)
        forms = [with_names(webs, names, one, one.instruction) for one in operations]
    stalls = pass_stalls(problem, schedule.starts, period)
    return LoopSchedule(period, packets, tuple(forms), stalls, problem.steps)


def _turned(one: LiveRange, turn: int) -> Iterator[LiveRange]:
    """A live range around the circle of a period: in two parts where it passes its end."""
    first, last = one.first % turn, one.first % turn + one.last - one.first
    yield replace(one, first=first, last=min(last, turn - 1))
    if last >= turn:
        yield replace(one, first=0, last=last - turn)
