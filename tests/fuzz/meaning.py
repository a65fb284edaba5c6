"""What a traced kernel means, in the most obvious way: an oracle of its own.

It shares nothing with the package but the form of a graph: the operations are written here once
more, as they stand in the description of the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from slotweave.ir.flow import Flow
from slotweave.ir.graph import Graph, Node

_MASK = 0xFFFFFFFF
#: The meaning of each operation on words.
MEANING: dict[str, Callable[..., int]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a // b,
    "cdiv": lambda a, b: (a + b - 1) // b,
    "mod": lambda a, b: a % b,
    "xor": lambda a, b: a ^ b,
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "shl": lambda a, b: a << b if b < 32 else 0,
    "shr": lambda a, b: a >> b if b < 32 else 0,
    "lt": lambda a, b: int(a < b),
    "eq": lambda a, b: int(a == b),
    "select": lambda c, a, b: a if c else b,
    "multiply_add": lambda a, b, c: a * b + c,
}


@dataclass
class Meaning:
    """What a kernel does to a memory: how it ends, the trace, and memory at each pause.

    `sides` are the conditional jumps that were met, each with whether it jumped.
    """

    memory: list[int]
    trace: list[int] = field(default_factory=list)
    pauses: list[list[int]] = field(default_factory=list)
    sides: set[tuple[int, bool]] = field(default_factory=set)


def meaning_of(flow: Flow, memory: Sequence[int]) -> Meaning:
    """Run the blocks of `flow` one after the other, node by node."""
    run = Meaning(list(memory))
    variables: dict[int, list[int]] = {}
    at = 0
    while at < len(flow.blocks):
        block = flow.blocks[at]
        variables |= _run_block(block.graph, run, variables)
        jump = block.jump
        if jump is not None and jump.condition is not None:
            run.sides.add((at, variables[jump.condition] != [0]))
        jumps = jump is not None and (jump.condition is None or variables[jump.condition] != [0])
        at = jump.target if jump is not None and jumps else at + 1
    return run


def _run_block(graph: Graph, run: Meaning, before: dict[int, list[int]]) -> dict[int, list[int]]:
    values: list[list[int]] = []
    assigned: dict[int, list[int]] = {}
    for node in graph.nodes:
        args = [values[arg] for arg in node.args]
        values.append(_run_node(node, args, run, before, assigned))
    return assigned


def _run_node(
    node: Node,
    args: list[list[int]],
    run: Meaning,
    before: dict[int, list[int]],
    assigned: dict[int, list[int]],
) -> list[int]:
    memory = run.memory
    match node.op:
        case "variable":
            return before[node.imm]
        case "assign":
            assigned[node.imm] = args[0]
        case "const":
            return [node.imm & _MASK]
        case "core_id":
            return [0]
        case "add_immediate":
            return [(args[0][0] + node.imm) & _MASK]
        case "broadcast":
            return args[0] * node.width
        case "slice":
            return args[0][node.imm : node.imm + node.width]
        case "overlay":
            block = [0] * node.width
            for offset, words in zip(node.offsets, args, strict=True):
                block[offset : offset + len(words)] = words
            return block
        case "load":
            return [memory[address] for address in args[0]]
        case "vload":
            return [memory[args[0][0] + lane] for lane in range(node.width)]
        case "store":
            for address, word in zip(args[0], args[1], strict=True):
                memory[address] = word
        case "vstore":
            for lane, word in enumerate(args[1]):
                memory[args[0][0] + lane] = word
        case "trace_write":
            run.trace.append(args[0][0])
        case "pause":
            run.pauses.append(list(memory))
        case "join":
            pass
        case _:
            return [MEANING[node.op](*lane) & _MASK for lane in zip(*args, strict=True)]
    return []
