"""What the rules, and after them the laws, make of the blocks of a kernel.

Sums are put into other shapes where a block waits for its dependences longer than for its slots,
and gains by it: a loop that is to be pipelined a shorter least period, any other block a shorter
schedule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from slotweave.analysis.counted_loops import CountedLoop, constant_variables, loops_of
from slotweave.analysis.used_part import used_part
from slotweave.backend.fit import Effort
from slotweave.backend.lower import lower, share_constants
from slotweave.base.budget import UNLIMITED
from slotweave.base.diagnostics import NoSchedule
from slotweave.driver.job import Job
from slotweave.driver.search_blocks import search_block
from slotweave.ir.flow import Block, Flow
from slotweave.ir.graph import Graph
from slotweave.ir.plan import ScheduleOptions
from slotweave.machine import Machine
from slotweave.rewrite import GroupMemory, Rewritten, rewrite
from slotweave.rewrite.reassociate import Shaped, earlier_shapes, reassociated
from slotweave.rewrite.sums import sums_of
from slotweave.rewrite.timing import cycles_in_turn, paths_of

#: How many parts of a sum may begin with a product of their own (None: as many as gain by it).
_PARTS = (None, 2)

#: No more variables of a loop are tried as the one that is known last.
_MOST_VARIABLES = 8


def rewritten_blocks(
    flow: Flow, job: Job, memory: GroupMemory | None = None
) -> tuple[Rewritten, ...]:
    """The blocks of the traced `flow`, rewritten if the plan has the rules.

    With the `memory` of its machine, the groups of items of a kernel that does not jump are
    rewritten one by one, those that it knows not again; then it is not told what was derived how.
    """
    if not job.plan.rewrite:
        return tuple(Rewritten(block.graph) for block in flow.blocks)
    if memory is not None and len(flow.blocks) == 1:
        graph = memory.rewritten(flow.blocks[0].graph)
        if graph is not None and not any(_earlier_shapes(graph, job.machine)):
            return (Rewritten(graph),)
    return _by_rules_and_laws(flow, job.machine, job.plan.schedule)


def _by_rules_and_laws(
    flow: Flow, machine: Machine, options: ScheduleOptions
) -> tuple[Rewritten, ...]:
    done = [rewrite(block.graph, machine) for block in flow.blocks]
    whole = flow.with_graphs([each.graph for each in done])
    loops = {loop.block: loop for loop in loops_of(whole) if isinstance(loop, CountedLoop)}
    for number in range(len(done)):
        if number in loops and options.pipeline:
            done[number] = _shorter_period(done[number], number, whole, machine)
        else:
            done[number] = _shorter_schedule(done[number], number, whole, machine, options)
    return tuple(done)


def rewritten_graph(graph: Graph, job: Job) -> Rewritten:
    """A traced `graph`, the only block of its kernel, rewritten in the same way."""
    (done,) = rewritten_blocks(Flow(graph.name, (), (Block(graph),)), job)
    return done


def rewritten_alone(graph: Graph, machine: Machine) -> Rewritten:
    """A `graph` of unknown origin, rewritten as the only block of a kernel.

    Quick schedules are made by the usual options.
    """
    width = {node.imm: node.width for node in graph.nodes if node.op == "variable"}
    for node in graph.nodes:
        if node.op == "assign":
            width[node.imm] = graph.nodes[node.args[0]].width
    variables = tuple(width.get(number, 0) for number in range(max(width, default=-1) + 1))
    flow = Flow(graph.name, variables, (Block(graph),))
    (done,) = _by_rules_and_laws(flow, machine, ScheduleOptions())
    return done


def _shorter_schedule(
    done: Rewritten, number: int, flow: Flow, machine: Machine, options: ScheduleOptions
) -> Rewritten:
    """Block `number` with sums that end earlier, if a quick schedule is shorter by it."""
    tried = _earlier_shapes(done.graph, machine)
    return _shortest(
        done, tried, machine, lambda g: _quick_cycles(g, number, flow, machine, options)
    )


def _earlier_shapes(graph: Graph, machine: Machine) -> Iterator[Sequence[Shaped]]:
    """Shapes that end earlier of those sums of a block that it waits for longer than for slots."""
    paths = paths_of(graph, machine)
    sums = sums_of(graph) if paths.longest > paths.slots else ()
    waited = [each for each in sums if paths.head[each.root] + paths.tail[each.root] > paths.slots]
    if not waited:
        return
    ready = cycles_in_turn(graph, machine)
    for parts in _PARTS:
        yield earlier_shapes(graph, machine, waited, ready, parts)


def _quick_cycles(
    graph: Graph, number: int, flow: Flow, machine: Machine, options: ScheduleOptions
) -> int | None:
    """The cycles of block `number` if it is `graph`, by a quick schedule; None if none fits."""
    shared = share_constants(_with_block(flow, number, graph))
    try:
        within = options.within(len(flow.blocks))
        lowered = lower(shared.blocks[number].graph, machine, within)
        quick = search_block(lowered, shared, machine, options, Effort.FAST)
        fitted, _ = UNLIMITED.best(quick)
    except NoSchedule:
        return None
    return fitted.cycles


def _shorter_period(done: Rewritten, number: int, flow: Flow, machine: Machine) -> Rewritten:
    """The loop of block `number` with sums that take last what an iteration leaves for the next
    one, if its least period is shorter by it."""
    graph = done.graph
    sums = sums_of(graph)
    late = _late_variables(graph, machine) if sums else ()
    tried = (earlier_shapes(graph, machine, sums, ready) for ready in late)
    return _shortest(done, tried, machine, lambda g: _least_period(g, number, flow, machine))


def _shortest(
    done: Rewritten,
    tried: Iterable[Sequence[Shaped]],
    machine: Machine,
    cycles: Callable[[Graph], int | None],
) -> Rewritten:
    """`done` with the shapes among those `tried` with which it takes the fewest `cycles`; as it is
    if they gain nothing, or it is not known how many it takes."""
    best, fewest = done, None
    for shapes in tried:
        if not shapes:
            continue
        if fewest is None:
            fewest = cycles(done.graph)
        other = reassociated(done, machine, shapes)
        found = cycles(other.graph)
        if found is not None and fewest is not None and found < fewest:
            best, fewest = other, found
    return best


def _late_variables(graph: Graph, machine: Machine) -> Iterator[list[int]]:
    """When each node is known if one of the variables that the block assigns is known last."""
    nodes = graph.nodes
    assigned = {node.imm for node in nodes if node.op == "assign"}
    end = max(cycles_in_turn(graph, machine), default=0) + 1
    carried = sorted({node.imm for node in nodes if node.op == "variable"} & assigned)
    for variable in carried[:_MOST_VARIABLES]:
        late = {at: end for at, node in enumerate(nodes)
                if node.op == "variable" and node.imm == variable}  # fmt: skip
        yield cycles_in_turn(graph, machine, late)


def _least_period(graph: Graph, number: int, flow: Flow, machine: Machine) -> int | None:
    """The least period of the loop of block `number` if that is `graph`, as bounds say."""
    from slotweave.backend.lower.lower_loop import lower_loop  # much that only loops need
    from slotweave.backend.pipeline import control_units, least_period

    shared = share_constants(_with_block(flow, number, graph))
    loop = next(one for one in loops_of(shared) if one.block == number)
    assert isinstance(loop, CountedLoop)
    body = used_part(shared.blocks[number].graph, loop.counter if loop.free else None)
    try:
        lowered = lower_loop(body, machine, constant_variables(shared))
    except NoSchedule:
        return None
    return least_period(lowered, control_units(loop.decrement, machine))


def _with_block(flow: Flow, number: int, graph: Graph) -> Flow:
    graphs = [block.graph for block in flow.blocks]
    graphs[number] = graph
    return flow.with_graphs(graphs)
