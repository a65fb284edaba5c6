"""The lag of each pair of accesses is the least that keeps their order: one less, and it shows.

Judged by the simulator alone: two operations that far apart, in each listing order of a bundle.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from slotweave.analysis.access_lags import Access, least_lag, safe_lag
from slotweave.backend.lower import lower
from slotweave.ir.facts import NOTHING_KNOWN
from slotweave.ir.graph import Graph, Node, Region
from slotweave.ir.problem import DATA, ORDER
from slotweave.ir.program import Bundle, Program, Slot
from slotweave.isa import OPERATIONS
from slotweave.lift import lift
from slotweave.machine import CHALLENGE, MINIMAL, Machine
from slotweave.machine.toml import machine_from_toml, machine_to_toml
from slotweave.repacking import RepackOptions, repack
from slotweave.simulate.reference import run
from slotweave.simulate.run import Run
from strategies.problems import edges_of

#: Two of each operation, which touch word 0: (mnemonic, operands), and the engine it runs on.
FIRST: dict[str, tuple[str, Slot]] = {
    "load": ("load", ("load", 10, 0)),
    "store": ("store", ("store", 0, 1)),
    "trace_write": ("flow", ("trace_write", 1)),
    "pause": ("flow", ("pause",)),
}
THEN: dict[str, tuple[str, Slot]] = {
    "load": ("load", ("load", 11, 0)),
    "store": ("store", ("store", 0, 2)),
    "trace_write": ("flow", ("trace_write", 2)),
    "pause": ("flow", ("pause",)),
    "halt": ("flow", ("halt",)),
}


PAIRS = [(first, then) for first in FIRST for then in THEN]
FAR = 6


def machine_with(store: int) -> Machine:
    """The challenge machine with two flow slots and stores that take so long."""
    text = machine_to_toml(CHALLENGE).replace("flow = 1", "flow = 2")
    return machine_from_toml(f"{text}\n[latency]\nstore.store = {store}\n")


def programs(first: str, then: str, distance: int) -> list[Program]:
    """The two that far apart; beside each other in each order in which a bundle can list them."""
    placed = [(FAR, FIRST[first]), (FAR + distance, THEN[then])]
    found = []
    for order in permutations(placed):
        bundles: list[dict[str, tuple[Slot, ...]]] = [{"alu": ()} for _ in range(3 * FAR)]
        bundles[0] = {"load": (("const", 1, 7), ("const", 2, 8))}
        for at, (engine, slot) in order:
            bundles[at][engine] = (*bundles[at].get(engine, ()), slot)
        found.append(Program("challenge", tuple(bundles)))
    return found


def shown(program: Program, machine: Machine) -> list[object]:
    """Memory and trace at each stop, where memory is changed, and what loads read."""
    seen: list[object] = []
    state: Run | list[int] = [5, 5, 5]
    for _stop in range(3):
        found = run(program, machine, state, strict=False, enable_pause=True)
        seen += [
            found.state,
            found.memory.tolist(),
            list(found.trace),
            found.scratch[10:12].tolist(),
        ]
        state = replace(found, memory=found.memory ^ np.array([64, 0, 0], np.uint32))
    return seen


@pytest.mark.parametrize("latency", [1, 3])
@pytest.mark.parametrize(("first", "then"), PAIRS)
def test_each_lag_is_the_least_that_keeps_the_order(first: str, then: str, latency: int) -> None:
    machine = machine_with(latency)
    (apart, _same) = programs(first, then, FAR)
    meant = shown(apart, machine)
    of = {"store": latency}
    lag = safe_lag(*(
        Access(OPERATIONS[name], of.get(name, 1), of.get(name, 1)) for name in (first, then)
    ))  # fmt: skip
    alike = first == then == "pause"  # which comes first makes no difference
    for distance in range(0 if alike else -FAR + 1, FAR):
        kept = all(shown(each, machine) == meant for each in programs(first, then, distance))
        assert kept == (lag is None or distance >= lag), distance


def test_a_choice_of_modes_is_taken_into_account() -> None:
    store, load = OPERATIONS["store"], OPERATIONS["load"]
    assert safe_lag(Access(store, 1, 4), Access(load)) == 4
    assert least_lag(Access(store, 1, 4), Access(load)) == 1
    assert safe_lag(Access(store, 1, 4), Access(store, 1, 4)) == 4
    assert least_lag(Access(store, 1, 4), Access(store, 1, 4)) == -3


def order(*nodes: Node) -> list[tuple[int, int, int]]:
    """The edges of the last of `nodes`, after a constant 0."""
    graph = Graph("g", MINIMAL.vector_length, 9, (Region("r", 0, 9),), (Node("const", 1), *nodes))
    problem = lower(graph, MINIMAL).problem
    return [edge for edge in edges_of(problem, problem.size - 1) if edge[0]]


STORE, LOAD = Node("store", 0, (0, 0), region="r"), Node("load", 1, (0,), region="r")
TRACE, PAUSE = Node("trace_write", 0, (0,)), Node("pause", 0)


def test_a_pause_stands_beside_what_it_comes_after() -> None:
    for earlier in (STORE, LOAD, TRACE):
        assert order(earlier, replace(PAUSE, after=(1,))) == [(1, ORDER, 0)]
        assert order(PAUSE, replace(earlier, after=(1,))) == [(1, ORDER, 1)]


def test_an_edge_to_a_join_is_as_long_as_what_waits_for_it_needs() -> None:
    def first_edge(*waiting: Node) -> tuple[int, int, int]:
        join = Node("join", 0, after=(1,))
        graph = Graph("g", MINIMAL.vector_length, 9, (Region("r", 0, 9),),
                      (Node("const", 1), STORE, join, *waiting))  # fmt: skip
        return edges_of(lower(graph, MINIMAL).problem, 2)[0]

    assert first_edge(replace(PAUSE, after=(2,))) == (1, ORDER, 0)
    assert first_edge(replace(LOAD, after=(2,))) == (1, DATA, 0)
    assert first_edge(Node("join", 0, after=(2,)), replace(PAUSE, after=(3,))) == (1, ORDER, 0)
    assert first_edge(replace(PAUSE, after=(2,)), replace(LOAD, after=(2,))) == (1, DATA, 0)


def test_a_store_beside_a_pause_is_seen_there_wherever_it_is_listed() -> None:
    for bundle in (
        {"flow": (("pause",),), "store": (("store", 2, 1),)},
        {"store": (("store", 2, 1),), "flow": (("pause",),)},
    ):
        given = Program("challenge", (
            {"load": (("const", 1, 7), ("const", 2, 1))}, bundle, {"store": (("store", 2, 2),)},
        ))  # fmt: skip
        graph = lift(given, CHALLENGE, NOTHING_KNOWN)
        ops = [node.op for node in graph.nodes if node.op != "const"]
        assert ops == ["store", "pause", "store"]
        made = repack(given, CHALLENGE, NOTHING_KNOWN, RepackOptions(rewrite=False)).program
        paused = run(made, CHALLENGE, [0, 0, 0], strict=False, enable_pause=True)
        assert paused.memory.tolist() == [0, 7, 0]


def test_a_pause_costs_no_bundle_of_its_own() -> None:
    """A constant, then store and pause together, then the second store."""
    bundles: tuple[Bundle, ...] = (
        {"load": (("const", 1, 1),)}, {"store": (("store", 1, 1),)}, {"flow": (("pause",),)},
        {"store": (("store", 1, 0),)},
    )  # fmt: skip
    made = repack(Program("challenge", bundles), CHALLENGE, NOTHING_KNOWN)
    assert made.cycles == 3
