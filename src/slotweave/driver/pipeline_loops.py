"""Pipeline the loops of a flow: a schedule for each that gains by it, and what steers it.

Guarantees: the flow returned does the same, and differs in nothing but the blocks before pipelined
loops, which set their counters. Each loop has a report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from slotweave.analysis.counted_loops import CountedLoop, OtherLoop, constant_variables, loops_of
from slotweave.analysis.used_part import used_part
from slotweave.backend.emit.link import block_length, emitted_block
from slotweave.backend.emit.pipelined import LoopControl, PipelinedCode, emit_pipelined
from slotweave.backend.fit import Effort
from slotweave.backend.lower import lower
from slotweave.backend.lower.copy_variables import renumbered
from slotweave.backend.lower.lower_loop import LoopBody, lower_loop
from slotweave.backend.lower.repeat_body import repeat_body
from slotweave.backend.pipeline import (
    ControlUnit,
    Pipelining,
    control_units,
    least_period,
    pipeline_loop,
)
from slotweave.base.budget import UNLIMITED
from slotweave.base.diagnostics import NoSchedule
from slotweave.base.wording import plural
from slotweave.driver.job import Job
from slotweave.driver.search_blocks import search_block
from slotweave.ir.flow import Flow
from slotweave.ir.graph import Graph, Node
from slotweave.ir.loop_problem import LoopReport, LoopSchedule
from slotweave.ir.program import Slot
from slotweave.isa import Shape, forms_of
from slotweave.machine import Machine

#: A pipelined loop needs no more variables of its own: its counter, and two conditions.
_MOST_VARIABLES = 3

#: An iteration of the pipeline is of no more rounds of the loop than this. Several rounds can share
#: what a period of whole cycles leaves unused, so they are of no use to loops of a long period or
#: of long bodies.
MOST_ROUNDS, _LONGEST_PERIOD, _MOST_NODES = 4, 16, 250


@dataclass(frozen=True)
class PipelinedLoop:
    """The loop of block `block`: an iteration of the pipeline, its schedule, and what steers it.

    An iteration is `rounds`, which is one round of the loop or several written out. They leave out
    what counts variable `without`, if there is one.
    """

    block: int
    without: int | None
    rounds: Graph
    body: LoopBody
    units: tuple[ControlUnit, ControlUnit]
    schedule: LoopSchedule
    control: LoopControl


@dataclass(frozen=True)
class Pipelined:
    """`flow` with the counters of the pipelined loops, and a report for each loop."""

    flow: Flow
    loops: Mapping[int, PipelinedLoop]
    reports: tuple[LoopReport, ...]


@dataclass(frozen=True)
class _Way:
    """What pipelining iterations of so many rounds came to."""

    without: int | None
    rounds: Graph
    body: LoopBody
    made: Pipelining


@dataclass(frozen=True)
class _Found:
    loop: CountedLoop
    way: _Way
    schedule: LoopSchedule
    units: tuple[ControlUnit, ControlUnit]


def pipeline_loops(flow: Flow, job: Job) -> Pipelined:
    """The loops of `flow`, each pipelined if that is shorter."""
    loops = loops_of(flow) if len(flow.blocks) > 1 else ()
    counted = [loop for loop in loops if isinstance(loop, CountedLoop)]
    words = flow.first_words[-1] + _MOST_VARIABLES * len(counted)
    first_words = (*flow.first_words[:-1], words)
    found: dict[int, PipelinedLoop] = {}
    reports: list[LoopReport] = []
    steered = flow
    for loop in loops:
        if isinstance(loop, OtherLoop):
            reports.append(LoopReport(loop.block, loop.where, None, None, loop.why))
            continue
        report, one = _pipelined(flow, loop, job, first_words)
        reports.append(report)
        if one is not None:
            steered, control = _steered(steered, one, job.machine)
            way = one.way
            found[loop.block] = PipelinedLoop(
                loop.block, way.without, way.rounds, way.body, one.units, one.schedule, control
            )
    return Pipelined(steered, found, tuple(reports))


def pipelined_code(
    loop: PipelinedLoop, machine: Machine, first_words: Sequence[int]
) -> PipelinedCode:
    """The bundles of a pipelined loop; `first_words` are those of the variables of its flow."""
    lowered = loop.body.body
    return emit_pipelined(
        lowered.graph, machine, loop.body.loop, lowered.layout, lowered.pinned,
        loop.schedule, first_words, loop.control,
    )  # fmt: skip


def _pipelined(
    flow: Flow, loop: CountedLoop, job: Job, first_words: Sequence[int]
) -> tuple[LoopReport, _Found | None]:
    machine = job.machine
    report = LoopReport(loop.block, loop.where, loop.trips, None, "")
    lacking = _lacking(machine) if loop.trips is None else ""
    if lacking:
        why = f"the machine has no {lacking} to split a number of rounds found at run time"
        return replace(report, why=why), None
    if loop.trips is not None and loop.trips < 2:
        return replace(report, why="it runs once"), None
    try:
        plain = _plain_cycles(flow, loop.block, job)
    except NoSchedule as failure:
        return replace(report, why=failure.diagnostic.message), None
    report = replace(report, plain=plain)
    tries = _Tries(flow, loop, machine, control_units(loop.decrement, machine), plain, first_words)
    way = tries.of_rounds(1)
    made = way.made
    report = replace(report, bounds=made.bounds, tried=made.tried, why=made.why)
    if made.schedule is None:
        return report, None
    why = _no_gain(made, loop, plain)
    several = tries.of_several_rounds(made)
    if several is not None and (why or _is_shorter(several.made, made)):
        way, made, why = several, several.made, ""
        single = min(one.period for one in report.tried if one.found)
        report = replace(report, bounds=made.bounds, tried=made.tried, single=single)
    if why:
        return replace(report, why=why), None
    assert made.schedule is not None
    return replace(report, schedule=made.schedule), _Found(loop, way, made.schedule, tries.units)


@dataclass(frozen=True)
class _Tries:
    """Ways to pipeline `loop`, a round of which takes `plain` cycles in its plain form."""

    flow: Flow
    loop: CountedLoop
    machine: Machine
    units: tuple[ControlUnit, ControlUnit]
    plain: int
    first_words: Sequence[int]

    def of_rounds(self, rounds: int) -> _Way:
        """An iteration is that many rounds."""
        loop = self.loop
        way = self._way(rounds, loop.counter if loop.free else None)
        schedule = way.made.schedule
        if way.without is None or loop.trips is not None or schedule is None:
            return way
        if schedule.pass_trips == 1:
            return way
        return self._way(rounds, None)  # the body has to count, for rounds may be left over

    def _way(self, rounds: int, without: int | None) -> _Way:
        graph, body = self._lowered(rounds, without)
        made = pipeline_loop(
            body, self.units, self.loop.trips, self.plain, self.first_words,
            self.machine.scratch_words, rounds,
        )  # fmt: skip
        return _Way(without, graph, body, made)

    def _lowered(self, rounds: int, without: int | None) -> tuple[Graph, LoopBody]:
        constants = constant_variables(self.flow)
        graph = used_part(self.flow.blocks[self.loop.block].graph, without)
        if rounds > 1:
            graph = repeat_body(graph, rounds, constants)
        return graph, lower_loop(graph, self.machine, constants)

    def of_several_rounds(self, single: Pipelining) -> _Way | None:
        """The way that bounds say might have the least cycles a round, if there are fewer than by
        `single` rounds and it gains something."""
        period = min(one.period for one in single.tried if one.found)
        nodes = len(self.flow.blocks[self.loop.block].graph.nodes)
        if period > _LONGEST_PERIOD or nodes > _MOST_NODES:
            return None
        without = self.loop.counter if self.loop.free and self.loop.trips is not None else None
        best, rounds = Fraction(period), 1
        for several in range(2, MOST_ROUNDS + 1):
            least = least_period(self._lowered(several, without)[1], self.units)
            if least is not None and Fraction(least, several) < best:
                best, rounds = Fraction(least, several), several
        way = self.of_rounds(rounds) if rounds > 1 else None
        gains = way is not None and way.made.schedule is not None
        return way if way and gains and not _no_gain(way.made, self.loop, self.plain) else None


def _is_shorter(several: Pipelining, single: Pipelining) -> bool:
    """Whether iterations of several rounds take fewer cycles in all; a round, if the number of
    rounds is unknown."""
    if several.cycles is not None and single.cycles is not None:
        return several.cycles < single.cycles
    assert several.schedule is not None
    assert single.schedule is not None
    each = Fraction(several.schedule.period, several.schedule.rounds)
    return each < single.schedule.period


def _no_gain(made: Pipelining, loop: CountedLoop, plain: int) -> str:
    schedule, trips = made.schedule, loop.trips
    assert schedule is not None
    if trips is None:
        return ""
    if trips < schedule.least_trips:
        return (f"it runs {plural(trips, 'time')}, and the pipeline of {schedule.stages} stages "
                f"needs {schedule.least_trips}")  # fmt: skip
    if made.cycles is not None and made.cycles >= trips * plain:
        pipelined = f"{plural(made.cycles, 'cycle')} pipelined"
        return f"its {plural(trips, 'iteration')} take {trips * plain:,} cycles, and {pipelined}"
    return ""


def _plain_cycles(flow: Flow, number: int, job: Job) -> int:
    """The cycles of an iteration in the plain form, by a quick schedule."""
    block = flow.blocks[number]
    lowered = lower(block.graph, job.machine, job.plan.schedule.within(len(flow.blocks)))
    quick = search_block(lowered, flow, job.machine, job.plan.schedule, Effort.FAST)
    fitted, _ = UNLIMITED.best(quick)
    program = fitted.emitted(job.machine)
    emitted = emitted_block(program, fitted.problem, fitted.schedule, fitted.lowered.pinned)
    return block_length(emitted, block.jump, job.machine)


def _lacking(machine: Machine) -> str:
    """An operation on words that splitting a number of rounds needs and the machine has not."""
    for name in ("div", "mod", "sub", "lt", "eq", "const"):
        if not any(machine.slots[mode.engine] for mode in machine.modes_of(name, Shape.WORD)):
            return repr(name)
    return ""


def _steered(flow: Flow, found: _Found, machine: Machine) -> tuple[Flow, LoopControl]:
    """`flow` with the counter of the loop set before it."""
    loop, schedule = found.loop, found.schedule
    number, before = len(flow.variables), _Appended(flow.blocks[loop.block - 1].graph)
    short = whole = None
    left = 0
    if loop.trips is not None:
        before.assign(number, before.constant(schedule.passes(loop.trips) - schedule.decided))
        left = loop.trips % schedule.pass_trips
        if left and loop.free:
            before.reassign(loop.counter, before.constant(left))
    else:
        trips, unroll = before.assigned(loop.counter), schedule.pass_trips
        short = number + 1
        before.assign(short, before.operation("lt", trips, before.constant(schedule.least_trips)))
        passes = trips
        if unroll > 1:
            passes = before.operation("div", trips, before.constant(unroll))
            rest = before.operation("mod", trips, before.constant(unroll))
            whole = number + 2
            before.assign(whole, before.operation("eq", rest, before.constant(0)))
        less = schedule.ahead // schedule.unroll + schedule.decided
        before.assign(number, before.operation("sub", passes, before.constant(less)))
    widths = (1,) * (1 + (short is not None) + (whole is not None))
    blocks = list(flow.blocks)
    blocks[loop.block - 1] = replace(blocks[loop.block - 1], graph=before.graph())
    steered = replace(flow, variables=flow.variables + widths, blocks=tuple(blocks))
    slot = _decrement(found, flow, steered.first_words, number)
    engines = list(machine.slots)
    control = LoopControl(
        number, short, whole, loop.trips is None or left > 0, slot,
        (engines[schedule.counter.engine], engines[schedule.jump.engine]),
    )  # fmt: skip
    return steered, control


def _decrement(found: _Found, flow: Flow, first_words: Sequence[int], counter: int) -> Slot:
    """The slot by which the loop's own counter counts, in the form of the decrement of the body."""
    made, nodes = found.loop.decrement, flow.blocks[found.loop.block].graph.nodes
    word = first_words[counter]
    form = forms_of(made.op, Shape.WORD)[0]
    step = made.imm if made.op == "add_immediate" else first_words[nodes[made.args[1]].imm]
    return (form.mnemonic, word, word, step)


class _Appended:
    """A graph that gets more nodes at its end."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._nodes = list(graph.nodes)

    def graph(self) -> Graph:
        return self._graph.with_nodes(tuple(self._nodes))

    def _add(self, node: Node) -> int:
        self._nodes.append(node)
        return len(self._nodes) - 1

    def constant(self, word: int) -> int:
        return self._add(Node("const", 1, imm=word))

    def operation(self, name: str, *args: int) -> int:
        return self._add(Node(name, 1, args))

    def assign(self, variable: int, node: int) -> None:
        self._add(Node("assign", 0, (node,), imm=variable))

    def assigned(self, variable: int) -> int:
        """The node that the graph assigns to `variable`."""
        return next(node.args[0] for node in self._nodes
                    if node.op == "assign" and node.imm == variable)  # fmt: skip

    def reassign(self, variable: int, node: int) -> None:
        """Let the graph assign another node to `variable`."""
        at = next(at for at, each in enumerate(self._nodes)
                  if each.op == "assign" and each.imm == variable)  # fmt: skip
        self.assign(variable, node)
        number = [old - (old > at) for old in range(len(self._nodes))]
        self._nodes = [
            renumbered(each, number) for old, each in enumerate(self._nodes) if old != at
        ]
