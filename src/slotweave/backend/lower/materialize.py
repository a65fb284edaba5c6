"""Insert copies where an operation cannot read its operand where it lies.

Guarantees: in the graph returned, each operation has a mode of the machine that can read its
operands and write its result where `place` puts them. A copy is `x | x`, done lane by lane, or
`x + 0` for each word where no engine does that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from slotweave.backend.lower.placement import Placement, place
from slotweave.backend.lower.spread_constants import constant_modes
from slotweave.base.diagnostics import Diagnostic, NoSchedule
from slotweave.base.ragged import Ints
from slotweave.ir.graph import STRUCTURAL, Graph, Node
from slotweave.ir.known_words import word_constants
from slotweave.isa import Shape
from slotweave.machine import Machine, Mode

#: What decides in which modes a node can run: its operation and shape, whether it is a sum of
#: constants, and whether its words, or those of an operand, do not lie side by side.
ModeKind: TypeAlias = tuple[str, Shape, bool, bool]


@dataclass(frozen=True, eq=False)
class ModeKinds:
    """`kinds[of[i]]` is the kind of node i."""

    kinds: tuple[ModeKind, ...]
    of: Ints


def mode_kinds(graph: Graph, placement: Placement) -> ModeKinds:
    """The kinds of all nodes of `graph`, their words lying where they do."""
    columns = graph.columns
    args = columns.args
    width = columns.width.copy()  # of the result, else of what is stored
    stores = (width == 0) & (args.sizes > 0)
    width[stores] = columns.width[args.values[args.offset[1:][stores] - 1]]
    is_sum = np.zeros(len(width), np.bool_)
    is_sum[list(word_constants(graph))] = True
    is_sum &= ~columns.are({"const"})
    apart = ~placement.contiguous
    before = np.concatenate(([0], np.cumsum(apart[args.values])))
    apart = apart | (np.diff(before[args.offset]) > 0)
    code = ((columns.op * 2 + (width > 1)) * 2 + is_sum) * 2 + apart
    found, of = np.unique(code, return_inverse=True)
    kinds = [
        (columns.ops[one >> 3], Shape.VECTOR if one & 4 else Shape.WORD, one & 2 > 0, one & 1 > 0)
        for one in found.tolist()
    ]
    return ModeKinds(tuple(kinds), of.astype(np.int32))


def usable_modes(machine: Machine, kind: ModeKind) -> list[Mode]:
    """The modes in which nodes of a kind can run, their words lying where they do.

    A mode that works on whole vectors needs each vector operand, and the result, side by side.
    """
    op, shape, is_sum, scattered = kind
    able = (*(constant_modes(machine, op) if is_sum else ()), *machine.modes_of(op, shape))
    modes = [mode for mode in able if machine.slots[mode.engine] > 0]
    if shape is Shape.WORD or not scattered:
        return modes
    return [mode for mode in modes if mode.per_lane]


def _scattered(graph: Graph, placement: Placement, index: int) -> list[int]:
    """Operands (and the node itself) whose words do not lie side by side."""
    node = graph.nodes[index]
    return [v for v in (*node.args, index) if not placement.contiguous[v]]


def _stuck(graph: Graph, machine: Machine, placement: Placement) -> list[int]:
    """The nodes that can run in no mode."""
    found = mode_kinds(graph, placement)
    runs = [bool(usable_modes(machine, kind)) for kind in found.kinds]
    stuck = ~np.array(runs, np.bool_)[found.of] & ~graph.columns.are(STRUCTURAL)
    return np.flatnonzero(stuck).tolist()


def materialize(graph: Graph, machine: Machine) -> tuple[Graph, Placement]:
    """Place the words of `graph`, with copies of scattered operands where no mode can read them.

    Raises NoSchedule (SW302) if the machine cannot run an operation at all.
    """
    placement = place(graph, machine)
    stuck = _stuck(graph, machine, placement)
    if not stuck:
        return graph, placement
    for index in stuck:
        node = graph.nodes[index]
        if not any(machine.slots[m.engine] for m in machine.modes_of(node.op, graph.shape(index))):
            raise no_engine(graph, machine, index)
    repaired = _with_copies(graph, machine, placement, set(stuck))
    placement = place(repaired, machine)
    for index in _stuck(repaired, machine, placement):
        raise no_engine(repaired, machine, index)
    return repaired, placement


def _with_copies(graph: Graph, machine: Machine, placement: Placement, stuck: set[int]) -> Graph:
    """`graph` with the scattered operands of stuck nodes replaced by copies, one for all users."""
    nodes: list[Node] = []
    number: list[int] = []  # old index -> new index
    copies: dict[int, int] = {}
    for index, node in enumerate(graph.nodes):
        scattered = set(_scattered(graph, placement, index)) if index in stuck else set()
        args = []
        for arg in node.args:
            if arg in scattered and arg not in copies:
                labels = replace(node, args=(), imm=0, offsets=(), region="", after=())
                nodes += _copy(number[arg], graph.nodes[arg].width, labels, len(nodes), machine)
                copies[arg] = len(nodes) - 1
            args.append(copies[arg] if arg in scattered else number[arg])
        after = tuple(number[access] for access in node.after)
        nodes.append(replace(node, args=tuple(args), after=after))
        number.append(len(nodes) - 1)
    return graph.with_nodes(tuple(nodes))


def _copy(source: int, width: int, labels: Node, first: int, machine: Machine) -> list[Node]:
    """Nodes, numbered from `first` on, the last of which is a copy of `source`."""
    lane_by_lane = any(
        mode.per_lane and machine.slots[mode.engine]
        for mode in machine.modes_of("or", Shape.VECTOR)
    )
    if lane_by_lane or not machine.modes_of("add_immediate", Shape.WORD):
        return [replace(labels, op="or", width=width, args=(source, source))]
    words: list[Node] = []
    for lane in range(width):
        words += [
            replace(labels, op="slice", width=1, args=(source,), imm=lane),
            replace(labels, op="add_immediate", width=1, args=(first + 2 * lane,)),
        ]
    copied = tuple(first + 2 * lane + 1 for lane in range(width))
    return [*words, replace(labels, op="overlay", width=width, args=copied,
                            offsets=tuple(range(width)))]  # fmt: skip


def no_engine(graph: Graph, machine: Machine, index: int) -> NoSchedule:
    """What is raised for a node that no engine can run."""
    node = graph.nodes[index]
    shape = graph.shape(index).value
    reason = (
        f"no engine of machine {machine.name!r} runs {node.op!r} on a {shape}"
        f"{f' ({node.where})' if node.where else ''}; give it one, or write the kernel without it"
    )
    return NoSchedule(Diagnostic("SW302", reason))
