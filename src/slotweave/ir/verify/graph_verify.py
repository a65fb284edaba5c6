"""Graphs are well formed; no faults guarantee the invariants below.

sizes-are-bounded       vectors, blocks and memory are no longer than any machine could use
widths-are-known        the width of a node follows from its operation and its operands
args-precede            arguments come earlier and have a value; those of `after` come earlier
regions-are-disjoint    regions have names of their own and lie in memory, apart from each other
known-words-are-held    what a region is known to hold are words, no more than it has
accesses-name-regions   a memory access names a region that exists, and nothing else does
inputs-are-kept         nothing is stored to a read-only region
waits-are-accesses      `after` lists memory accesses, joins, pauses and writes to the trace buffer
addresses-are-inside    known addresses lie in the region, and whole vectors in memory
order-is-complete       two accesses of a region that may alias, one a store, are ordered by a path

Words of a vector load that reach no effect count for nothing but the length of memory. A message
begins with the name of the invariant and quotes the nodes concerned in the text form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from slotweave.base.diagnostics import Diagnostic
from slotweave.ir.access_order import accessed_words, missing_paths
from slotweave.ir.graph import STRUCTURAL, Graph, Node
from slotweave.ir.known_words import value_options
from slotweave.ir.text.graph_text import node_text
from slotweave.ir.verify.invariants import fault, require_none
from slotweave.isa import OPERATIONS, WORD_MASK, Effect
from slotweave.machine import MAX_VECTOR_LENGTH

#: A block has words side by side in scratch, and each of them is looked at.
MAX_BLOCK_WORDS = 1 << 16

_WAITED_FOR = frozenset({Effect.LOAD, Effect.STORE, Effect.TRACE})


def verify_graph(graph: Graph) -> None:
    """Raise CheckFailed (SW501) with the first fault of `graph`, if it has one."""
    require_none(graph_faults(graph))


def graph_faults(graph: Graph) -> Iterator[Diagnostic]:
    """The breaches of the invariants; the later invariants are only looked at if the first hold."""
    for group in _INVARIANTS:
        broken = [found for invariant in group for found in invariant(graph)]
        yield from broken
        if broken:
            return


def _fault(graph: Graph, invariant: str, reason: str, *nodes: int) -> Diagnostic:
    """A fault that quotes `nodes` and, under the last of them, its operands."""
    quoted = dict.fromkeys(nodes)
    if nodes:
        quoted.update(dict.fromkeys(graph.nodes[nodes[-1]].args))
    lines = [
        f"\n    {node_text(i, graph.nodes[i])}" for i in sorted(quoted) if 0 <= i < len(graph.nodes)
    ]
    return fault(invariant, reason + "".join(lines))


def _sizes_are_bounded(graph: Graph) -> Iterator[Diagnostic]:
    if not 1 <= graph.vector_length <= MAX_VECTOR_LENGTH:
        reason = f"a vector length of {graph.vector_length}, not 1 to {MAX_VECTOR_LENGTH}"
        yield fault("sizes-are-bounded", reason)
    if not 0 <= graph.memory_words <= WORD_MASK + 1:
        yield fault("sizes-are-bounded", f"a memory of {graph.memory_words} words")
    for index, node in enumerate(graph.nodes):
        if not 0 <= node.width <= MAX_BLOCK_WORDS:
            reason = f"%{index} has {node.width} words, not 0 to {MAX_BLOCK_WORDS}"
            yield _fault(graph, "sizes-are-bounded", reason, index)


def _args_precede(graph: Graph) -> Iterator[Diagnostic]:
    for index, node in enumerate(graph.nodes):
        for earlier in dict.fromkeys((*node.args, *node.after)):
            if not 0 <= earlier < index:
                reason = f"%{index} uses %{earlier}, which does not come before it"
                yield _fault(graph, "args-precede", reason, index)
            elif earlier in node.args and not graph.nodes[earlier].width:
                reason = f"%{index} uses %{earlier}, which has no value"
                yield _fault(graph, "args-precede", reason, index)


def _widths_are_known(graph: Graph) -> Iterator[Diagnostic]:
    for index, node in enumerate(graph.nodes):
        reason = _wrong_form(graph, node)
        if reason:
            yield _fault(graph, "widths-are-known", f"%{index} {reason}", index)


def _wrong_form(graph: Graph, node: Node) -> str:
    """What is wrong with the operands and the width of `node`; empty if nothing is."""
    widths = [graph.nodes[arg].width for arg in node.args]
    if node.op in STRUCTURAL:
        return _wrong_structure(node, widths)
    if node.op not in OPERATIONS:
        return f"is {node.op!r}, which is not an operation"
    operation = OPERATIONS[node.op]
    if len(widths) != operation.arity:
        return f"has {len(widths)} operands, not {operation.arity}"
    if node.offsets:
        return "has offsets, but is not an overlay"
    expected = _expected_widths(node.op, node.width, widths, graph.vector_length)
    if expected != (node.width, *widths):
        return f"has width {node.width} and operands of widths {widths}, which does not fit"
    return ""


def _expected_widths(op: str, width: int, widths: list[int], lanes: int) -> tuple[int, ...]:
    """The widths of result and operands of an operation, of which at least one is right."""
    if op == "vload":
        return (lanes, 1)
    if op == "vstore":
        return (0, 1, lanes)
    if op == "broadcast":
        return (lanes, 1)
    if not OPERATIONS[op].has_result:
        shape = widths[0] if widths and op == "store" and widths[0] == lanes else 1
        return (0, *(shape for _ in widths))
    either = op not in ("const", "core_id", "add_immediate") and width == lanes
    shape = lanes if either else 1
    return (shape, *(shape for _ in widths))


def _wrong_structure(node: Node, widths: list[int]) -> str:
    if node.op == "join":
        return "is a join with a value" if node.width or widths else ""
    if node.op == "variable":
        return "is a variable made of others" if widths or not node.width else ""
    if node.op == "zeros":
        return "are zeros made of others" if widths or not node.width else ""
    if node.op == "assign":
        return "" if len(widths) == 1 and not node.width else "assigns not one value"
    if node.op == "slice":
        if len(widths) != 1:
            return f"is a slice of {len(widths)} values"
        inside = node.imm >= 0 and node.width > 0 and node.imm + node.width <= widths[0]
        last = node.imm + node.width - 1
        return "" if inside else f"slices words {node.imm} to {last} of {widths[0]}"
    if len(node.offsets) != len(widths):
        return f"lays {len(widths)} parts at {len(node.offsets)} offsets"
    covered: set[int] = set()
    for offset, width in zip(node.offsets, widths, strict=True):
        covered.update(range(offset, offset + width))
    if not widths or covered != set(range(node.width)):
        return f"is an overlay of {node.width} words, but its parts do not cover just these"
    return ""


def _known_words_are_held(graph: Graph) -> Iterator[Diagnostic]:
    for region in graph.regions:
        if len(region.words) > region.length:
            reason = f"region {region.name!r} has {region.length} words, {len(region.words)} known"
            yield fault("known-words-are-held", reason)
        for word in region.words:
            if not 0 <= word <= WORD_MASK:
                yield fault("known-words-are-held", f"region {region.name!r} holds {word}, no word")


def _regions_are_disjoint(graph: Graph) -> Iterator[Diagnostic]:
    if len(graph.region_by_name) != len(graph.regions):
        yield fault("regions-are-disjoint", "two regions have one name")
    end, before = 0, "memory's start"
    for region in sorted(graph.regions, key=lambda region: (region.start, region.stop)):
        if region.start < end or region.length < 0:
            reason = f"region {region.name!r} starts at {region.start}, before {before} ends"
            yield fault("regions-are-disjoint", reason)
        if region.stop > graph.memory_words:
            reason = f"region {region.name!r} ends at {region.stop}, past the end of memory"
            yield fault("regions-are-disjoint", reason)
        if region.length > 0:
            end, before = max(end, region.stop), f"region {region.name!r}"


def _accesses_name_regions(graph: Graph) -> Iterator[Diagnostic]:
    for index, node in enumerate(graph.nodes):
        accesses = node.effect in (Effect.LOAD, Effect.STORE)
        if accesses and node.region not in graph.region_by_name:
            reason = f"%{index} accesses region {node.region!r}, which does not exist"
            yield _fault(graph, "accesses-name-regions", reason, index)
        if node.region and not accesses:
            reason = f"%{index} names a region, but accesses no memory"
            yield _fault(graph, "accesses-name-regions", reason, index)


def _inputs_are_kept(graph: Graph) -> Iterator[Diagnostic]:
    for index, node in enumerate(graph.nodes):
        if node.effect is Effect.STORE and graph.region_by_name[node.region].read_only:
            reason = f"%{index} stores to read-only region {node.region!r}"
            yield _fault(graph, "inputs-are-kept", reason, index)


def _waits_are_accesses(graph: Graph) -> Iterator[Diagnostic]:
    for index, node in enumerate(graph.nodes):
        for earlier in node.after:
            other = graph.nodes[earlier]
            if other.op not in ("join", "pause") and other.effect not in _WAITED_FOR:
                reason = f"%{index} waits for %{earlier}, which accesses no memory"
                yield _fault(graph, "waits-are-accesses", reason, earlier, index)


def _addresses_are_inside(graph: Graph) -> Iterator[Diagnostic]:
    options, demand = value_options(graph), graph.demand
    for index, node in enumerate(graph.nodes):
        if node.effect not in (Effect.LOAD, Effect.STORE) or node.args[0] not in options:
            continue
        region = graph.region_by_name[node.region]
        first = max(options[node.args[0]][0])
        words = accessed_words(graph, index, options[node.args[0]], demand[index])
        wide = node.op == "vload"
        if any(not region.start <= word < region.stop for word in words):
            reason = f"%{index} accesses word {first} or one near it, outside {node.region!r}"
            yield _fault(graph, "addresses-are-inside", reason, index)
        elif wide and first + node.width > graph.memory_words:
            reason = f"%{index} reads a vector from {first} on, past memory's end"
            yield _fault(graph, "addresses-are-inside", reason, index)


def _order_is_complete(graph: Graph) -> Iterator[Diagnostic]:
    for earlier, later in missing_paths(graph):
        reason = f"%{later} must wait for %{earlier}, but no path says so"
        yield _fault(graph, "order-is-complete", reason, earlier, later)


Invariant = Callable[[Graph], Iterator[Diagnostic]]

#: Each group relies on the ones before it.
_INVARIANTS: tuple[tuple[Invariant, ...], ...] = (
    (_sizes_are_bounded, _args_precede),
    (_widths_are_known, _regions_are_disjoint, _known_words_are_held),
    (_accesses_name_regions,),
    (_inputs_are_kept, _waits_are_accesses, _addresses_are_inside, _order_is_complete),
)
