"""The meaning of a graph, node by node: what any program compiled from it must do to memory.

Nodes run in the order in which they stand. Memory accesses past the end of memory, accesses that
matter and leave their region (see `analysis.promises`), scatters of which two lanes have one
address, and zero divisors raise CheckFailed with the user's source line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from slotweave.base.diagnostics import CheckFailed, Diagnostic
from slotweave.ir.flow import Flow
from slotweave.ir.graph import Graph, Node, Region
from slotweave.isa import WORD_MASK, Effect
from slotweave.isa.codegen import word_function
from slotweave.simulate import faults
from slotweave.simulate.slots import Fault

_Value = tuple[int, ...]

#: Runs of more blocks than this are given up.
MAX_BLOCKS = 1_000_000


@dataclass(frozen=True, slots=True)
class FlowEnd:
    """Memory after a run, and the words that it wrote to the trace buffer, in order."""

    memory: list[int]
    trace: tuple[int, ...]


def run_graph(graph: Graph, memory: Sequence[int]) -> list[int]:
    """Memory after `graph` has run on `memory`, which is left as it is."""
    return graph_end(graph, memory).memory


def graph_end(graph: Graph, memory: Sequence[int]) -> FlowEnd:
    """How `graph` ends that runs on `memory`, which is left as it is."""
    end = _State([int(word) for word in memory])
    _run(graph, end)
    return FlowEnd(end.words, tuple(end.trace))


def run_flow(flow: Flow, memory: Sequence[int], max_blocks: int = MAX_BLOCKS) -> list[int]:
    """Memory after the blocks of `flow` have run on `memory` (see `flow_end`)."""
    return flow_end(flow, memory, max_blocks).memory


def flow_end(flow: Flow, memory: Sequence[int], max_blocks: int = MAX_BLOCKS) -> FlowEnd:
    """How the blocks of `flow` end that run on `memory`, which is left as it is.

    Raises CheckFailed (SW114) if more than `max_blocks` blocks are run.
    """
    state = _State([int(word) for word in memory])
    at = 0
    for _ in range(max_blocks):
        if at >= len(flow.blocks):
            return FlowEnd(state.words, tuple(state.trace))
        block = flow.blocks[at]
        state.variables.update(_run(block.graph, state))
        jump = block.jump
        if jump and (jump.condition is None or any(state.variables[jump.condition])):
            at = jump.target
        else:
            at += 1
    reason = (
        f"still running after {max_blocks:,} blocks: a loop here may never stop, or run for long"
    )
    cure = "mask the count (`n & 1023`) if it may be any word"
    where = next((node.where for node in reversed(block.graph.nodes) if node.where), "")
    raise CheckFailed(Diagnostic("SW114", f"{reason}; {cure}", file=where))


@dataclass
class _State:
    """What passes from node to node but values: memory, the trace buffer, and variables."""

    words: list[int]
    trace: list[int] = field(default_factory=list)
    variables: dict[int, _Value] = field(default_factory=dict)


def _run(graph: Graph, state: _State) -> dict[int, _Value]:
    """Run `graph` on memory; what it assigns to variables."""
    values: list[_Value] = []
    assigned: dict[int, _Value] = {}
    words = state.words
    for index, node in enumerate(graph.nodes):
        args = [values[arg] for arg in node.args]
        fault = _fault(graph, index, args, len(words))
        if fault:
            raise _failure(node, index, fault)
        try:
            if node.op == "variable":
                values.append(state.variables[node.imm])
            else:
                values.append(_value(node, args, words))
        except ZeroDivisionError:
            code, message = faults.zero_divisor(node.op)
            cure = "make sure that the divisor is never 0, as by k.select(d, d, 1)"
            raise _failure(node, index, (code, f"{message}: {cure}")) from None
        if node.effect is Effect.STORE:
            _store(node, args, words)
        elif node.op == "trace_write":
            state.trace.append(args[0][0])
        elif node.op == "assign":
            assigned[node.imm] = args[0]
    return assigned


def _failure(node: Node, index: int, fault: Fault) -> CheckFailed:
    code, message = fault
    return CheckFailed(Diagnostic(code, f"{message} (node {index}, {node.op})", file=node.where))


def _value(node: Node, args: list[_Value], memory: list[int]) -> _Value:
    match node.op:
        case "join" | "assign":
            return ()
        case "zeros":
            return (0,) * node.width
        case "slice":
            return args[0][node.imm : node.imm + node.width]
        case "overlay":
            return _overlay(node, args)
        case "load":
            return tuple(memory[address] for address in args[0])
        case "vload":
            return tuple(memory[args[0][0] : args[0][0] + node.width])
        case "core_id":
            return (0,)
        case "store" | "vstore" | "pause" | "trace_write":
            return ()
    if node.effect is not Effect.NONE:
        raise ValueError(f"{node.op} is not an operation of a dataflow graph")
    return _compute(node, args)


def _overlay(node: Node, args: list[_Value]) -> _Value:
    """The arguments laid into one block; where two cover a word the later one stands."""
    block = [0] * node.width
    for offset, words in zip(node.offsets, args, strict=True):
        block[offset : offset + len(words)] = words
    return tuple(block)


def _compute(node: Node, args: list[_Value]) -> _Value:
    """The meaning of the operation on each lane; `broadcast` takes one word for all of them."""
    function = word_function(node.op)
    if node.op == "broadcast":
        args = [args[0] * node.width]
    if node.op in ("const", "add_immediate"):
        args = [*args, (node.imm & WORD_MASK,) * node.width]
    return tuple(function(*lane) for lane in zip(*args, strict=True))


def _store(node: Node, args: list[_Value], memory: list[int]) -> None:
    addresses, words = args
    for lane, word in enumerate(words):
        memory[addresses[0] + lane if node.op == "vstore" else addresses[lane]] = word


def _fault(graph: Graph, index: int, args: list[_Value], memory_words: int) -> Fault | None:
    """What is wrong with the addresses of node `index`."""
    node = graph.nodes[index]
    if node.effect not in (Effect.LOAD, Effect.STORE):
        return None
    load = node.effect is Effect.LOAD
    wide = node.op in ("vload", "vstore")
    span = (node.width if load else len(args[1])) if wide else 1
    region = graph.region_by_name.get(node.region)
    for lane, address in enumerate(args[0]):
        if region and not region.start <= address <= region.stop - span:
            demand = graph.demand[index] if load else -1
            found = _outside(region, address, span, demand if wide else demand >> lane & 1)
            if found is not None:
                return faults.outside_region("load" if load else "store", found, region)
        if address + span > memory_words:
            out_of_range = faults.load_out_of_range if load else faults.store_out_of_range
            return out_of_range(address, span, memory_words)
    if node.op == "store" and len(set(args[0])) < len(args[0]):
        return faults.lanes_alias(args[0])
    return None


def _outside(region: Region, address: int, span: int, demand: int) -> int | None:
    """The first word from `address` on that matters (bit k for word k) and is not in `region`."""
    words = range(address, address + span)
    matter = (word for word in words if demand >> (word - address) & 1)
    return next((word for word in matter if not region.start <= word < region.stop), None)
