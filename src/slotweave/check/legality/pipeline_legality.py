"""Legality of a pipelined loop: its iterations, laid over each other, are one legal schedule.

Guarantees, if no fault is returned: what iterations of the loop have to do with each other by what
is read of earlier ones, and by memory, is in the edges of the loop; and so many iterations as fill
the pipeline and go through the kernel twice, each a period after the one before, are a legal
schedule with a legal allocation of the problem that they are together. From there on everything is
repeated: an iteration later by as many as the kernel unrolls does the same, in the same words, so
many periods later. Variables lie in their homes before and after, which nothing else is put into.

Which accesses may touch one word is worked out again here; what lowering thought is not asked. The
order of accesses within an iteration is the business of `order`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from slotweave.analysis.access_lags import Access, safe_lag
from slotweave.analysis.iteration_order import iteration_conflicts
from slotweave.analysis.liveness import live_ranges, live_words
from slotweave.base.diagnostics import Diagnostic
from slotweave.check.legality.allocation_legality import allocation_violations
from slotweave.check.legality.schedule_legality import schedule_violations
from slotweave.ir.allocation import Allocation, Layout
from slotweave.ir.graph import Graph
from slotweave.ir.loop_problem import CarriedEdge, LoopProblem, LoopSchedule
from slotweave.ir.problem import DATA, Problem
from slotweave.ir.schedule import Schedule
from slotweave.isa import OPERATIONS, Effect


def pipeline_faults(
    wanted: Graph,
    graph: Graph,
    layout: Layout,
    pinned: Mapping[int, int],
    loop: LoopProblem,
    schedule: LoopSchedule,
    constants: Mapping[int, int],
    first_words: Sequence[int],
    scratch_words: int,
) -> Iterator[Diagnostic]:
    """What is wrong (SW401, SW402) with `schedule` for a loop of which `wanted` is one iteration.

    `graph` is what was lowered for it, `pinned` the variables that storages of it are, `constants`
    the words of variables that hold the same in all iterations.
    """
    yield from _missing_reads(graph, layout, pinned, loop)
    yield from _missing_orders(wanted, graph, loop, constants)
    yield from _misplaced_homes(loop, schedule, first_words)
    problem, placed, allocation = _expanded(loop, schedule, scratch_words)
    yield from schedule_violations(placed, problem)
    yield from allocation_violations(allocation, placed, problem)


def _missing_reads(
    graph: Graph, layout: Layout, pinned: Mapping[int, int], loop: LoopProblem
) -> Iterator[Diagnostic]:
    """Operands that are of an earlier iteration, and neither waited for nor known to be read."""
    homes = {home.variable: home for home in loop.homes}
    reads = {(read.operation, read.storage, read.distance) for read in loop.reads}
    data = {(e.before, e.after, e.distance) for e in loop.edges if e.kind == DATA}
    makers: dict[int, list[int]] = {}
    for operation, storage in enumerate(loop.problem.writes.tolist()):
        makers.setdefault(storage, []).append(operation)
    offset, storages = layout.offset.tolist(), layout.storage.tolist()
    for operation, index in enumerate(loop.problem.nodes.tolist()):
        for arg in graph.nodes[index].args:
            for storage in dict.fromkeys(storages[offset[arg] : offset[arg + 1]]):
                home = homes.get(pinned.get(storage, -1))
                if home is None:
                    continue
                waits = all((maker, operation, home.distance) in data
                            for maker in makers[home.storage])  # fmt: skip
                if not waits or (operation, home.storage, home.distance) not in reads:
                    yield Diagnostic(
                        "SW401",
                        f"operation {operation} (node {index}) reads variable {home.variable}, "
                        f"and does not wait for what makes it {home.distance} iterations earlier",
                        file=graph.nodes[index].where,
                    )


def _missing_orders(
    wanted: Graph, graph: Graph, loop: LoopProblem, constants: Mapping[int, int]
) -> Iterator[Diagnostic]:
    """Accesses of different iterations that may touch one word and are in no order."""
    number = {node: op for op, node in enumerate(loop.problem.nodes.tolist())}
    mine, theirs = ([i for i, node in enumerate(g.nodes) if _is_access(node.effect)]
                    for g in (graph, wanted))  # fmt: skip
    if len(mine) != len(theirs):
        yield Diagnostic("SW401", "an iteration lacks accesses of memory of the loop's body")
        return
    lowered = dict(zip(theirs, mine, strict=True))
    given: dict[tuple[int, int], list[CarriedEdge]] = {}
    for edge in loop.edges:
        given.setdefault((edge.before, edge.after), []).append(edge)
    for one in iteration_conflicts(wanted, constants):
        before, after = number[lowered[one.earlier]], number[lowered[one.later]]
        lag = safe_lag(_access(loop.problem, graph, before), _access(loop.problem, graph, after))
        kept = (
            edge.distance <= one.distance and (edge.kind == DATA or edge.lag >= (lag or 0))
            for edge in given.get((before, after), ())
        )  # fmt: skip
        if lag is not None and not any(kept):
            first, second = wanted.nodes[one.earlier], wanted.nodes[one.later]
            yield Diagnostic(
                "SW401",
                f"the loop lacks an order: {second.op} ({second.where}) may touch what {first.op} "
                f"({first.where}) does {one.distance} iterations earlier, and does not wait for it",
                file=second.where,
            )


def _is_access(effect: Effect) -> bool:
    return effect in (Effect.LOAD, Effect.STORE)


def _access(problem: Problem, graph: Graph, operation: int) -> Access:
    row = slice(problem.mode_offset[operation], problem.mode_offset[operation + 1])
    latencies = problem.mode_latency[row].tolist()
    node = graph.nodes[int(problem.nodes[operation])]
    return Access(OPERATIONS[node.op], min(latencies), max(latencies))


def _misplaced_homes(
    loop: LoopProblem, schedule: LoopSchedule, first_words: Sequence[int]
) -> Iterator[Diagnostic]:
    """Homes that are not where their variables lie, and other values that are put there."""
    if schedule.ahead % schedule.unroll or schedule.ahead < schedule.stages - 1:
        yield Diagnostic("SW401", "the prologue does not fill the pipeline by whole passes")
    at_home: set[tuple[int, int]] = set()
    for home in loop.homes:
        count = schedule.copies[home.storage]
        if home.distance > count or schedule.unroll % count:
            yield Diagnostic("SW402", f"variable {home.variable} needs {home.distance} copies")
            continue
        copy = -home.distance % count
        at_home.add((home.storage, copy))
        if schedule.address[home.storage][copy] != first_words[home.variable]:
            yield Diagnostic("SW402", f"variable {home.variable} is not left in its words")
    if len(at_home) != len(loop.homes):
        yield Diagnostic("SW402", "two variables have one home")
    for storage, addresses in enumerate(schedule.address):
        for copy, address in enumerate(addresses):
            if (storage, copy) not in at_home and address < first_words[-1]:
                reason = f"copy {copy} of storage {storage} lies among the variables"
                yield Diagnostic("SW402", reason)


def _expanded(
    loop: LoopProblem, schedule: LoopSchedule, scratch_words: int
) -> tuple[Problem, Schedule, Allocation]:
    """Iterations enough to go through the kernel twice, as one problem with its schedule."""
    iterations = schedule.ahead + 2 * schedule.unroll
    one, problem = schedule.schedule, loop.problem
    into: dict[int, list[CarriedEdge]] = {}
    for edge in loop.edges:
        into.setdefault(edge.after, []).append(edge)
    extra: dict[int, list[tuple[int, int]]] = {}
    for read in loop.reads:
        extra.setdefault(read.operation, []).append((read.storage, read.distance))
    preds: list[list[tuple[int, int, int]]] = []
    reads: list[list[int]] = []
    rows = list(pairwise(problem.pred_offset.tolist()))
    read_rows = list(pairwise(problem.read_offset.tolist()))
    storages = len(problem.storage_words)
    for iteration in range(iterations):
        base, first = iteration * problem.size, iteration * storages
        for operation, (begin, end) in enumerate(rows):
            columns = (problem.pred, problem.pred_kind, problem.pred_lag)
            row = [(base + p, k, g) for p, k, g in zip(*(c[begin:end].tolist() for c in columns),
                                                       strict=True)]  # fmt: skip
            row += [
                (base - edge.distance * problem.size + edge.before, edge.kind, edge.lag)
                for edge in into.get(operation, ())
                if edge.distance <= iteration
            ]
            preds.append(row)
            begin, end = read_rows[operation]
            reads.append(
                [first + storage for storage in problem.read[begin:end].tolist()]
                + [first + storage - distance * storages
                   for storage, distance in extra.get(operation, ()) if distance <= iteration]
            )  # fmt: skip
    whole = Problem(
        engines=problem.engines, slots=problem.slots,
        **_tiled(problem, iterations), **_ragged(preds, reads),
        writes=np.concatenate([np.where(problem.writes < 0, -1, problem.writes + i * storages)
                               for i in range(iterations)]).astype(np.int32),
        storage_words=np.tile(problem.storage_words, iterations),
    )  # fmt: skip
    cycles = [one.cycle + iteration * schedule.period for iteration in range(iterations)]
    offsets = [one.cycle_offset[1:] + i * len(one.cycle) for i in range(iterations)]
    last = (iterations - 1) * schedule.period + one.makespan
    placed = Schedule(
        np.tile(one.mode, iterations),
        np.concatenate(([0], *offsets)).astype(np.int32),
        np.concatenate(cycles).astype(np.int32), last,
    )  # fmt: skip
    address = [
        schedule.address[s][i % count] if count else -1
        for i in range(iterations) for s, count in enumerate(schedule.copies)
    ]  # fmt: skip
    ranges = live_ranges(whole, placed)
    end = max(last, int(ranges.last.max(initial=0)))  # what nobody reads may land after `last`
    peak = int(live_words(whole, ranges, end).max(initial=0))
    return whole, placed, Allocation(np.array(address, np.int32), peak, scratch_words)


def _tiled(problem: Problem, times: int) -> dict[str, np.ndarray]:
    """The columns of operations and modes, repeated."""
    names = ("nodes", "items", "mode_engine", "mode_slots", "mode_latency", "mode_source")
    columns = {name: np.tile(getattr(problem, name), times) for name in names}
    modes = int(problem.mode_offset[-1])
    offsets = [problem.mode_offset[1:] + time * modes for time in range(times)]
    columns["mode_offset"] = np.concatenate(([0], *offsets)).astype(np.int32)
    return columns


def _ragged(
    preds: Sequence[Sequence[tuple[int, int, int]]], reads: Sequence[Sequence[int]]
) -> dict[str, np.ndarray]:
    """The columns of edges and reads."""
    flat = np.array([edge for row in preds for edge in row], np.int32).reshape(-1, 3)
    names = ("pred", "pred_kind", "pred_lag")
    columns = {name: np.ascontiguousarray(flat[:, at]) for at, name in enumerate(names)}
    columns["read"] = np.array([storage for row in reads for storage in row], np.int32)
    for name, rows in (("pred_offset", preds), ("read_offset", reads)):
        sizes = np.cumsum([len(row) for row in rows])
        columns[name] = np.concatenate(([0], sizes)).astype(np.int32)
    return columns
