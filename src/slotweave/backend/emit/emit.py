"""Schedule and allocation -> program: each slot written in the form that its mode has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from slotweave.ir.allocation import Allocation, Layout
from slotweave.ir.graph import Graph, Node
from slotweave.ir.known_words import word_constants
from slotweave.ir.problem import Problem
from slotweave.ir.program import Bundle, Program, Slot
from slotweave.ir.schedule import Schedule
from slotweave.isa import WORD_MASK, Form, Role, Shape, forms_of
from slotweave.machine import Machine, Mode

_READS = frozenset({Role.SOURCE, Role.SOURCE_VECTOR})
_WRITES = frozenset({Role.DEST, Role.DEST_VECTOR})


def emit(
    graph: Graph,
    machine: Machine,
    problem: Problem,
    layout: Layout,
    schedule: Schedule,
    allocation: Allocation,
) -> Program:
    """The program that does each operation of `graph` in its cycle and mode, on its addresses."""
    addresses = _Addresses(layout, allocation)
    constants = word_constants(graph)
    cycles: list[dict[str, list[Slot]]] = [{} for _ in range(schedule.makespan)]
    for index, mode, issued in chosen_modes(problem, schedule, machine):
        node = graph.nodes[index]
        shape = Shape.WORD if mode.per_lane else mode.shape
        form = forms_of(mode.operation, shape)[0]
        if mode.operation != node.op:
            node = _constant_as(mode.operation, node, index, constants)
        for lane, at in enumerate(issued):
            slot = _slot(form, node, index, lane if mode.per_lane else 0, addresses)
            cycles[at].setdefault(mode.engine, []).append(slot)
    order = list(machine.slots)
    bundles = tuple(_in_engine_order(bundle, order) for bundle in cycles)
    return Program(machine.name, bundles)


def slot_lines(
    graph: Graph, machine: Machine, problem: Problem, schedule: Schedule
) -> tuple[Mapping[str, Sequence[str]], ...]:
    """For each cycle and engine the kernel's lines ("walk.py:31", or "") of the slots of `emit`."""
    cycles: list[dict[str, list[str]]] = [{} for _ in range(schedule.makespan)]
    for index, mode, issued in chosen_modes(problem, schedule, machine):
        for at in issued:
            cycles[at].setdefault(mode.engine, []).append(graph.nodes[index].where)
    return tuple(cycles)


def chosen_modes(
    problem: Problem, schedule: Schedule, machine: Machine
) -> Iterator[tuple[int, Mode, Sequence[int]]]:
    """The node of each operation that takes slots, its mode, and the cycle of each slot."""
    chosen = (problem.mode_offset[:-1] + schedule.mode).tolist()
    sources = problem.mode_source.tolist()
    offset, cycle = schedule.cycle_offset.tolist(), schedule.cycle.tolist()
    for op, index in enumerate(problem.nodes.tolist()):
        if offset[op] < offset[op + 1]:
            mode = machine.modes[sources[chosen[op]]]
            yield index, mode, cycle[offset[op] : offset[op + 1]]


def _constant_as(operation: str, node: Node, index: int, constants: Mapping[int, int]) -> Node:
    """What is made of constants as the constant itself, or as its first operand plus an
    immediate."""
    if operation == "const":
        return replace(node, args=(), imm=constants[index])
    first = node.args[0]
    return replace(node, args=(first,), imm=(constants[index] - constants[first]) & WORD_MASK)


def _in_engine_order(bundle: dict[str, list[Slot]], order: list[str]) -> Bundle:
    """`bundle` in listing order; one that only waits names an engine: else it costs no cycle."""
    if not bundle:
        return {order[0]: ()}
    return {engine: tuple(bundle[engine]) for engine in order if engine in bundle}


class _Addresses:
    """The scratch address of each word of each value: `word[offset[node] + lane]`."""

    def __init__(self, layout: Layout, allocation: Allocation) -> None:
        self.offset: list[int] = layout.offset.tolist()
        self.word: list[int] = (allocation.address[layout.storage] + layout.word).tolist()


def _slot(form: Form, node: Node, index: int, lane: int, addresses: _Addresses) -> Slot:
    args = iter(node.args)
    word, offset = addresses.word, addresses.offset
    slot: list[str | int] = [form.mnemonic]
    for role in form.roles:
        if role in _READS:
            slot.append(word[offset[next(args)] + lane])
        else:
            slot.append(word[offset[index] + lane] if role in _WRITES else node.imm)
    return tuple(slot)
