"""The body of a loop -> LoopProblem: values carried by edges with distances, not by variables.

Guarantees: in the graph of `body` each variable that an iteration assigns is the result of one
operation some iterations earlier, its *root*, which lies in a storage of its own; where an
assignment does not say so, a copy does. The problem of one iteration has the edges within it,
`edges` those between iterations: operands, and accesses of memory that may touch one word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from slotweave.analysis.access_lags import Access, safe_lag
from slotweave.analysis.iteration_order import iteration_conflicts
from slotweave.backend.lower.copy_variables import copy_of, renumbered
from slotweave.backend.lower.lower import Lowered, lower_operations
from slotweave.backend.lower.materialize import materialize
from slotweave.ir.graph import Graph, Node
from slotweave.ir.loop_problem import CarriedEdge, CarriedRead, Home, LoopProblem
from slotweave.ir.problem import DATA, ORDER
from slotweave.isa import OPERATIONS, Effect
from slotweave.machine import Machine

#: A variable is what the node made that many iterations earlier.
Root = tuple[int, int]


@dataclass(frozen=True)
class LoopBody:
    """`body` is the graph of one iteration, lowered; `roots` say what its variables are."""

    body: Lowered
    roots: Mapping[int, Root]
    loop: LoopProblem


def lower_loop(graph: Graph, machine: Machine, constants: Mapping[int, int]) -> LoopBody:
    """The problem of a loop of which `graph` is one iteration.

    `constants` are the words of variables that hold the same constant in all iterations. Raises
    NoSchedule (SW302) if no engine can run one of its operations.
    """
    conflicts = tuple(iteration_conflicts(graph, constants))
    placed, _ = materialize(graph, machine)
    assigned = {node.imm: node.args[0] for node in placed.nodes if node.op == "assign"}
    stripped, number = _without_assignments(placed)
    sources = {variable: number[node] for variable, node in assigned.items()}
    copied: frozenset[int] = frozenset()
    while True:
        body, roots = _rooted(stripped, sources, copied, machine)
        lowered = lower_operations(body, machine, {})
        unfit = frozenset(v for v, (node, _d) in roots.items() if not _is_alone(lowered, node))
        if not unfit - copied:
            break
        copied |= unfit
    accesses = dict(zip(_accesses(graph), _accesses(lowered.graph), strict=True))
    memory = ((accesses[one.earlier], accesses[one.later], one.distance) for one in conflicts)
    edges, reads = _carried(lowered, roots)
    edges += [*_ordered(lowered, memory), *_traced(lowered)]
    homes = tuple(
        Home(variable, _storage(lowered, node), distance)
        for variable, (node, distance) in roots.items()
    )
    loop = LoopProblem(lowered.problem, tuple(edges), tuple(reads), homes)
    return LoopBody(lowered, roots, loop)


def _without_assignments(graph: Graph) -> tuple[Graph, list[int]]:
    nodes: list[Node] = []
    number: list[int] = []
    for node in graph.nodes:
        number.append(len(nodes))
        if node.op != "assign":
            nodes.append(renumbered(node, number))
    return graph.with_nodes(tuple(nodes)), number


def _rooted(
    graph: Graph, sources: Mapping[int, int], copied: frozenset[int], machine: Machine
) -> tuple[Graph, dict[int, Root]]:
    """`graph` with copies, and the root of each variable that changes; `copied` get one anyway."""
    nodes = list(graph.nodes)
    changing = {
        variable: source
        for variable, source in sources.items()
        if not (nodes[source].op == "variable" and nodes[source].imm == variable)
    }
    made: set[int] = set()
    while True:
        roots: dict[int, Root] = {}
        for variable in changing:
            found = _root(nodes, changing, variable)
            forced = variable in copied and variable not in made
            if found is None or found in roots.values() or forced:
                break
            roots[variable] = found
        else:
            return graph.with_nodes(tuple(nodes)), roots
        source = changing[variable]
        nodes.append(copy_of(source, replace(nodes[source], stage=""), machine))
        changing[variable] = len(nodes) - 1
        made.add(variable)


def _root(nodes: list[Node], sources: Mapping[int, int], variable: int) -> Root | None:
    """The operation that makes what `variable` is, some iterations earlier; None if none does."""
    distance, seen = 1, {variable}
    while True:
        source = nodes[sources[variable]]
        if source.op != "variable":
            return None if source.structural else (sources[variable], distance)
        variable = source.imm
        if variable not in sources or variable in seen:
            return None
        seen.add(variable)
        distance += 1


def _is_alone(lowered: Lowered, node: int) -> bool:
    """Whether the result of `node` is all that its storage holds, from the first word on."""
    layout = lowered.layout
    first = int(layout.offset[node])
    storage = int(layout.storage[first])
    words = int(lowered.problem.storage_words[storage])
    return words == lowered.graph.nodes[node].width and int(layout.word[first]) == 0


def _storage(lowered: Lowered, node: int) -> int:
    return int(lowered.layout.storage[lowered.layout.offset[node]])


def _accesses(graph: Graph) -> list[int]:
    return [i for i, node in enumerate(graph.nodes) if node.effect in (Effect.LOAD, Effect.STORE)]


def _carried(
    lowered: Lowered, roots: Mapping[int, Root]
) -> tuple[list[CarriedEdge], list[CarriedRead]]:
    """What operations read of variables that change: of which operation, and where."""
    graph, layout = lowered.graph, lowered.layout
    offset, storage = layout.offset.tolist(), layout.storage.tolist()
    number = {node: op for op, node in enumerate(lowered.problem.nodes.tolist())}
    edges: dict[CarriedEdge, None] = {}
    reads: dict[CarriedRead, None] = {}
    for operation, index in enumerate(lowered.problem.nodes.tolist()):
        for arg in graph.nodes[index].args:
            for word in storage[offset[arg] : offset[arg + 1]]:
                root = roots.get(lowered.pinned.get(word, -1))
                if root is not None:
                    node, distance = root
                    edges[CarriedEdge(number[node], operation, DATA, 0, distance)] = None
                    reads[CarriedRead(operation, _storage(lowered, node), distance)] = None
    return list(edges), list(reads)


def _ordered(lowered: Lowered, conflicts: Iterator[tuple[int, int, int]]) -> Iterator[CarriedEdge]:
    """The edges between accesses of different iterations."""
    number = {node: op for op, node in enumerate(lowered.problem.nodes.tolist())}
    for earlier, later, distance in conflicts:
        first, then = (_access(lowered, number[node]) for node in (earlier, later))
        lag = safe_lag(first, then)
        if lag is not None:
            yield CarriedEdge(number[earlier], number[later], ORDER, lag, distance)


def _access(lowered: Lowered, operation: int) -> Access:
    problem = lowered.problem
    row = slice(problem.mode_offset[operation], problem.mode_offset[operation + 1])
    latencies = problem.mode_latency[row].tolist()
    node = lowered.graph.nodes[int(problem.nodes[operation])]
    return Access(OPERATIONS[node.op], min(latencies), max(latencies))


def _traced(lowered: Lowered) -> Iterator[CarriedEdge]:
    """The trace of an iteration comes after that of the one before it."""
    nodes = lowered.graph.nodes
    traces = [
        operation
        for operation, node in enumerate(lowered.problem.nodes.tolist())
        if nodes[node].op == "trace_write"
    ]
    if traces:
        yield CarriedEdge(traces[-1], traces[0], ORDER, 1, 1)
