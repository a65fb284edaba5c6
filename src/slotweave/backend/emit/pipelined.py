"""A pipelined loop -> bundles: prologue, kernel and epilogue, iterations laid over each other.

Guarantees: bundle t, counted from the first that is not empty, holds what the schedule has for
iteration i in cycle t - i * period, counted from its first slot, for all iterations of the prologue
and of one pass of the kernel; each operand is read where the iteration that made it put it. After
the last bundle all has landed, and variables lie in their homes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from slotweave.backend.emit.emit import emit, slot_lines
from slotweave.ir.allocation import Allocation, Layout
from slotweave.ir.graph import Graph
from slotweave.ir.loop_problem import LoopProblem, LoopSchedule
from slotweave.ir.program import Bundle, Slot
from slotweave.machine import Machine


@dataclass(frozen=True)
class LoopControl:
    """Which variables steer a pipelined loop, by number, and the words that its slots name.

    `counter` holds the passes of the kernel that are left. The plain form runs instead where
    `short` is not 0, and after the pipelined one unless `whole` is not 0 or is None. Without
    `short` the trips are known, and `plain_follows` says whether some are left for the plain form.
    `decrement` is the slot that counts, `engines` those of it and of the jump.
    """

    counter: int
    short: int | None
    whole: int | None
    plain_follows: bool
    decrement: Slot
    engines: tuple[str, str]


@dataclass(frozen=True)
class PipelinedCode:
    """The bundles, of which kernel[0] up to before kernel[1] are the kernel; its jump is left out.

    `lines` are the kernel's lines of the slots, by bundle and engine.
    """

    bundles: tuple[Bundle, ...]
    kernel: tuple[int, int]
    control: LoopControl
    lines: tuple[Mapping[str, Sequence[str]], ...]


def emit_pipelined(
    graph: Graph,
    machine: Machine,
    loop: LoopProblem,
    layout: Layout,
    pinned: Mapping[int, int],
    schedule: LoopSchedule,
    first_words: Sequence[int],
    control: LoopControl,
) -> PipelinedCode:
    """The code of `schedule`; `pinned` are the storages of variables, `first_words` their words."""
    iterations = schedule.ahead + schedule.unroll
    landed = (iterations - 1) * schedule.period + _landed(loop, schedule)
    length = max(landed, iterations * schedule.period)
    rows: list[dict[str, list[Slot]]] = [{} for _ in range(length)]
    lines: list[dict[str, list[str]]] = [{} for _ in range(length)]
    places = slot_lines(graph, machine, loop.problem, schedule.schedule)
    bodies = [
        emit(graph, machine, loop.problem, layout, schedule.schedule,
             _allocation(loop, pinned, schedule, first_words, residue, machine)).bundles
        for residue in range(schedule.unroll)
    ]  # fmt: skip
    for iteration in range(iterations):
        body = bodies[iteration % schedule.unroll]
        for at, (bundle, where) in enumerate(zip(body, places, strict=True)):
            row = rows[iteration * schedule.period + at]
            line = lines[iteration * schedule.period + at]
            for engine, slots in bundle.items():
                row.setdefault(engine, []).extend(slots)
                line.setdefault(engine, []).extend(where.get(engine, ()))
    start = schedule.ahead * schedule.period
    engine = control.engines[0]
    rows[start + schedule.counter.row].setdefault(engine, []).append(control.decrement)
    lines[start + schedule.counter.row].setdefault(engine, []).append("")
    empty = min(start, int(schedule.schedule.cycle.min(initial=start)))  # before the first slot
    kernel = start - empty, start - empty + schedule.unroll * schedule.period
    bundles = tuple(_bundles(rows[empty:], machine))
    return PipelinedCode(bundles, kernel, control, tuple(lines[empty:]))


def _bundles(rows: Sequence[Mapping[str, Sequence[Slot]]], machine: Machine) -> Iterator[Bundle]:
    engines = list(machine.slots)
    for row in rows:
        filled = {engine: tuple(row[engine]) for engine in engines if row.get(engine)}
        yield filled or {engines[0]: ()}


def _landed(loop: LoopProblem, schedule: LoopSchedule) -> int:
    """The cycles of an iteration until all that it wrote has landed."""
    problem, one = loop.problem, schedule.schedule
    latency = problem.mode_latency[problem.mode_offset[:-1] + one.mode]
    writes = problem.writes >= 0
    landing = one.cycle + np.repeat(np.where(writes, latency, 1), np.diff(one.cycle_offset))
    return max(one.makespan, int(landing.max(initial=0)))


def _allocation(
    loop: LoopProblem,
    pinned: Mapping[int, int],
    schedule: LoopSchedule,
    first_words: Sequence[int],
    residue: int,
    machine: Machine,
) -> Allocation:
    """Where each storage lies for an iteration of this number modulo the unrolling."""
    homes = {home.variable: home for home in loop.homes}
    words = np.full(len(loop.problem.storage_words), -1, np.int32)
    for storage, count in enumerate(schedule.copies):
        if count:
            words[storage] = schedule.address[storage][residue % count]
    for storage, variable in pinned.items():
        home = homes.get(variable)
        if home is None:
            words[storage] = first_words[variable]
        else:
            count = schedule.copies[home.storage]
            words[storage] = schedule.address[home.storage][(residue - home.distance) % count]
    return Allocation(words, schedule.peak, machine.scratch_words)
