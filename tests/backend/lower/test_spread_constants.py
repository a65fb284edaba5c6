"""Constants from any engine: sums of earlier ones, added immediates, or loaded outright."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from slotweave.backend.lower import Lowered, lower
from slotweave.backend.lower.lower import lower_as_it_stands
from slotweave.backend.lower.spread_constants import LONGEST_CHAIN, spread_constants
from slotweave.bounds.critical_path import critical_path_bound
from slotweave.ir.graph import Graph, Node, Region
from slotweave.ir.known_words import word_constants
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.verify.graph_verify import graph_faults
from slotweave.machine import CHALLENGE, MINIMAL, Machine
from slotweave.simulate.reference import run
from strategies.problems import schedule_of
from support.compiled import compiled
from support.examples import examples

values = st.lists(st.one_of(st.integers(0, 40), st.integers(2**32 - 9, 2**32 - 1)), max_size=20)


def constants_stored(constants: list[int]) -> Graph:
    """A graph that stores each constant in a word of its own; the addresses are constants too."""
    nodes: list[Node] = []
    for address, value in enumerate(constants):
        nodes += [
            Node("const", 1, imm=value),
            Node("const", 1, imm=address),
            Node("store", 0, (len(nodes), len(nodes) + 1), region="out"),
        ]
        nodes[-1] = replace(nodes[-1], args=(len(nodes) - 2, len(nodes) - 3))
    return Graph("test", 8, 64, (Region("out", 0, 64, output=True),), tuple(nodes))


def stored(graph: Graph) -> list[tuple[int, int]]:
    """(address, value) of each store, in order."""
    words = word_constants(graph)
    stores = [node for node in graph.nodes if node.op == "store"]
    return [(words[node.args[0]], words[node.args[1]]) for node in stores]


#: What makes constants of others besides sums.
OTHER_OPERATIONS = {"sub", "mul", "and", "or", "xor", "shl", "shr", "div", "mod", "lt", "eq"}


def depths(graph: Graph) -> list[int]:
    """Behind how many operations on constants each node stands."""
    found: list[int] = []
    for node in graph.nodes:
        behind = max((found[arg] for arg in node.args), default=0)
        found.append(behind + (node.op in {"add", "add_immediate", *OTHER_OPERATIONS}))
    return found


@examples(100)
@given(values)
def test_constants_keep_their_values_behind_short_chains(constants):
    graph = constants_stored(constants)
    spread = spread_constants(graph, CHALLENGE)
    # Which addresses are constants is still known, so the order of accesses is still complete.
    assert list(graph_faults(spread)) == []
    assert stored(spread) == list(enumerate(constants))
    assert max(depths(spread), default=0) <= LONGEST_CHAIN


@examples(100)
@given(values, st.integers(1, 3))
def test_operations_of_any_kind_keep_the_values_too(constants, derived):
    graph = constants_stored(constants)
    spread = spread_constants(graph, CHALLENGE, derived=derived)
    assert list(graph_faults(spread)) == []
    assert stored(spread) == list(enumerate(constants))
    words, behind = word_constants(spread), depths(spread)
    made: dict[int, int] = {}  # how many operations are behind each constant so far
    for at, node in enumerate(spread.nodes):
        if at in words:
            if node.op in OTHER_OPERATIONS:
                assert behind[at] <= derived
                pairs = [(one, (words[at] - one) % 2**32) for one in made]
                sums = [1 + max(made[x], made[y]) for x, y in pairs if y in made]
                assert min(sums, default=99) > behind[at]
            made.setdefault(words[at], behind[at])


@examples(60)
@given(values, st.integers(0, 2))
def test_programs_store_the_constants_whichever_mode_they_come_from(constants, derived):
    graph = constants_stored(constants)
    lowered = lower(graph, CHALLENGE, ScheduleOptions(derived=derived))
    program = compiled(graph, CHALLENGE, lowered=lowered).program
    memory = run(program, CHALLENGE, np.zeros(64, np.uint32)).memory
    assert memory.tolist() == constants + [0] * (64 - len(constants))


def _spread(graph: Graph, machine: Machine) -> Lowered:
    return lower_as_it_stands(spread_constants(graph, machine), machine)


def _engines(graph: Graph, machine: Machine, node: int) -> list[tuple[str, str]]:
    """(operation, engine) of the modes of a node."""
    problem = _spread(graph, machine).problem
    op = problem.nodes.tolist().index(node)
    rows = problem.mode_source[problem.mode_offset[op] : problem.mode_offset[op + 1]].tolist()
    return [(machine.modes[row].operation, machine.modes[row].engine) for row in rows]


ONE_TWO = Graph(
    "test", 8, 64, (Region("out", 0, 64, output=True),),
    (Node("const", 1, imm=1), Node("const", 1, imm=2),
     Node("store", 0, (0, 1), region="out")),
)  # fmt: skip


def test_a_sum_may_be_added_added_to_or_loaded():
    assert _engines(ONE_TWO, CHALLENGE, 0) == [("const", "load")]
    assert _engines(ONE_TWO, CHALLENGE, 1) == [
        ("const", "load"),
        ("add_immediate", "flow"),
        ("add", "alu"),
    ]


def test_what_another_operation_makes_may_be_added_to_or_loaded_as_well():
    graph = constants_only(7, 12, 4)
    free = spread_constants(graph, CHALLENGE, outright=1, derived=1)
    lowered = lower_as_it_stands(free, CHALLENGE)
    slots = []
    for mode in range(3):
        schedule = schedule_of([[0], [0], [1], [2]], [0, 0, mode, 0])
        result = compiled(graph, CHALLENGE, schedule, lowered)
        ((slot,),) = result.program.bundles[1].values()
        slots.append(slot)
    seven, twelve, four = result.allocation.address[lowered.problem.writes[:3]].tolist()
    assert slots == [
        ("const", four, 4),
        ("add_imm", four, seven, 2**32 - 3),
        ("&", four, seven, twelve),
    ]


def test_what_is_no_sum_is_an_immediate_away_from_the_first():
    graph = constants_stored([7, 100])
    assert spread_constants(graph, CHALLENGE).nodes[3] == Node("add_immediate", 1, (0,), imm=93)


def test_the_first_constants_are_loaded_outright_if_so_many_are_wanted():
    graph = constants_stored([7, 100, 200])  # with their addresses: 7, 0, 100, 1, 200, 2
    for outright, loaded in ((0, [7]), (1, [7, 0]), (2, [7, 0, 100]), (9, [7, 0, 100, 1, 200, 2])):
        spread = spread_constants(graph, CHALLENGE, outright=outright)
        assert [node.imm for node in spread.nodes if node.op == "const"] == loaded
        assert stored(spread) == stored(graph)


def test_a_constant_that_is_loaded_outright_is_a_summand_of_later_ones():
    spread = spread_constants(constants_stored([7, 100, 107]), CHALLENGE, outright=2)
    last = spread.nodes[spread.nodes[-1].args[1]]
    assert (last.op, [spread.nodes[arg].imm for arg in last.args]) == ("add", [7, 100])


def constants_only(*constants: int) -> Graph:
    """A graph of these constants, of which it stores the second one where the first one says."""
    nodes = [Node("const", 1, imm=value) for value in constants]
    store = Node("store", 0, (0, 1), region="out")
    return Graph("test", 8, 64, (Region("out", 0, 64, output=True),), (*nodes, store))


def test_another_operation_makes_what_sums_make_later():
    graph = constants_only(7, 2310, 6, 1, 14)
    sums = spread_constants(graph, CHALLENGE, outright=1)
    assert [node.op for node in sums.nodes] == [
        "const", "const", "add_immediate", "add_immediate", "add", "store",
    ]  # fmt: skip
    spread = spread_constants(graph, CHALLENGE, outright=1, derived=1)
    made = [(node.op, node.args) for node in spread.nodes[2:5]]
    assert made == [("and", (0, 1)), ("div", (0, 0)), ("add", (0, 0))]


def test_a_machine_that_can_do_nothing_else_sums():
    modes = tuple(mode for mode in CHALLENGE.modes if mode.operation not in OTHER_OPERATIONS)
    machine = replace(CHALLENGE, modes=modes)
    graph = constants_only(7, 2310, 6, 1, 14)
    assert spread_constants(graph, machine, derived=3) == spread_constants(graph, machine)


def test_a_row_of_constants_becomes_one_constant_and_steps():
    graph = constants_stored([1000 + 48 * i for i in range(6)])
    spread = spread_constants(graph, CHALLENGE)
    words = word_constants(spread)
    assert 48 in {words[node] for node in range(1, 4)}  # right behind the first constant
    values = [node.args[1] for node in spread.nodes if node.op == "store"]
    assert [spread.nodes[value].op for value in values[1:]] == ["add"] * 5
    assert [words[value] for value in values] == [1000 + 48 * i for i in range(6)]


def test_a_long_row_needs_no_long_chain():
    spread = spread_constants(constants_stored([1000 + 48 * i for i in range(60)]), CHALLENGE)
    made_otherwise = [node for node in spread.nodes if node.op in ("const", "add_immediate")]
    assert len(made_otherwise) < 12
    assert max(depths(spread)) <= LONGEST_CHAIN


def test_a_step_that_serves_few_is_not_added():
    graph = constants_stored([1000, 1048, 1096])
    assert len(spread_constants(graph, CHALLENGE).nodes) == len(graph.nodes)


def test_a_machine_without_immediates_still_sums():
    modes = tuple(mode for mode in CHALLENGE.modes if mode.operation != "add_immediate")
    machine = replace(CHALLENGE, modes=modes)
    assert _engines(ONE_TWO, machine, 1) == [("const", "load"), ("add", "alu")]


def test_constants_stay_where_no_other_engine_could_make_them():
    assert spread_constants(ONE_TWO, MINIMAL) == ONE_TWO


def test_each_mode_is_written_in_its_own_form():
    lowered = _spread(ONE_TWO, CHALLENGE)
    problem = lowered.problem
    slots = []
    for mode in range(3):
        schedule = schedule_of([[0], [1], [2]], [0, mode, 0])
        result = compiled(ONE_TWO, CHALLENGE, schedule, lowered)
        ((slot,),) = result.program.bundles[1].values()
        slots.append(slot)
    one, two = result.allocation.address[problem.writes[:2]].tolist()
    assert slots == [("const", two, 2), ("add_imm", two, one, 1), ("+", two, one, one)]


def test_no_chain_of_sums_makes_a_short_problem_longer():
    """Of a row of constants the last is wanted first: what is behind it waits for its sums."""
    row = [Node("const", 1, imm=100 + step) for step in range(12)]
    chain = [Node("xor", 1, (10 + step, 11 - step)) for step in range(1, 12)]
    store = Node("store", 0, (0, 22), region="out")
    graph = Graph("test", 8, 128, (Region("out", 0, 128, output=True),), (*row, *chain, store))

    def path(lowered: Lowered) -> int:
        return critical_path_bound(lowered.problem).cycles

    least = path(lower_as_it_stands(graph, CHALLENGE))
    assert path(_spread(graph, CHALLENGE)) > least
    assert path(lower(graph, CHALLENGE)) == least


def test_where_slots_are_what_is_scarce_chains_are_long():
    graph = constants_stored([100 + address for address in range(300)])
    assert max(depths(lower(graph, CHALLENGE).graph)) > 4


def test_a_graph_without_constants_stays_as_it_is():
    graph = Graph("test", 8, 0, (), ())
    assert spread_constants(graph, CHALLENGE) is graph
