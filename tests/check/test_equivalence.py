"""Program = graph on symbols: equal programs are proved equal, every planted error is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slotweave.check.symbolic.equivalence import Equivalence, program_equals_graph
from slotweave.check.symbolic.witness import random_memory
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph, Node, Region
from slotweave.ir.program import Program, Slot
from slotweave.machine import CHALLENGE, MINIMAL, Machine
from slotweave.simulate.graph import run_graph
from slotweave.simulate.reference import run

IN, OUT, WORK = (
    Region("in", 0, 8, read_only=True),
    Region("out", 8, 8, output=True),
    Region("work", 16, 8),
)
FACTS = Facts(24, {}, (IN, OUT, WORK), {"in": (0, 7), "work": (16, 23)})

# out[0..3] = in[0..3] - in[4..7], lane by lane; out[4] = lane 2 of that, xored with 5.
SUBTRACT = Graph(
    "subtract",
    4,
    24,
    (IN, OUT, WORK),
    (
        Node("const", 1, imm=0),
        Node("const", 1, imm=4),
        Node("vload", 4, (0,), region="in"),
        Node("vload", 4, (1,), region="in"),
        Node("sub", 4, (2, 3)),
        Node("const", 1, imm=8),
        Node("vstore", 0, (5, 4), region="out"),
        Node("slice", 1, (4,), imm=2),
        Node("const", 1, imm=5),
        Node("xor", 1, (7, 8)),
        Node("const", 1, imm=12),
        Node("store", 0, (10, 9), region="out"),
    ),
)


def program_of(text: str, machine: Machine = MINIMAL) -> Program:
    """One bundle a line, `engine mnemonic operand ...`, slots separated by semicolons."""
    bundles = []
    for line in text.strip().splitlines():
        bundle: dict[str, tuple[Slot, ...]] = {}
        for slot in line.split(";"):
            engine, mnemonic, *operands = slot.split()
            entry = (mnemonic, *map(int, operands))
            bundle[engine] = (*bundle.get(engine, ()), entry)
        bundles.append(bundle)
    return Program(machine.name, tuple(bundles))


SUBTRACTED = """
scalar const 0 0; scalar const 1 4
memory vload 4 0; scalar const 2 8; scalar const 3 5
memory vload 8 1
vector - 12 4 8
memory vstore 2 12; scalar ^ 16 14 3
scalar const 2 12
memory store 2 16
"""


def verdict(text: str, graph: Graph = SUBTRACT, facts: Facts = FACTS) -> Equivalence:
    return program_equals_graph(program_of(text), MINIMAL, graph, facts)


def assert_refuted(text: str, graph: Graph = SUBTRACT, facts: Facts = FACTS) -> Equivalence:
    """The verdict on `text` is false, and the simulator agrees with its witness."""
    found = verdict(text, graph, facts)
    assert found.answer is False, found
    assert found.evidence is not None
    assert found.evidence.seed is not None
    memory = random_memory(facts, graph.memory_words, found.evidence.seed)
    expected = run_graph(graph, memory)
    got = run(program_of(text), MINIMAL, memory, strict=False).memory.tolist()
    region, _, index = found.evidence.place.partition(" ")[0].rstrip("]").partition("[")
    address = graph.region_by_name[region].start + int(index)
    assert expected[address] == found.evidence.expected_word
    assert got[address] == found.evidence.got_word
    assert expected[address] != got[address]
    return found


def test_a_right_program_is_proved():
    found = verdict(SUBTRACTED)
    assert found.answer is True
    assert found.evidence is None
    assert found.assumptions == ()


def test_work_in_another_order_and_other_registers_is_still_equal():
    other = """
    scalar const 60 4; scalar const 61 0
    memory vload 20 60
    memory vload 28 61; scalar const 62 8; scalar const 63 12
    scalar - 40 28 20; scalar - 41 29 21
    scalar - 42 30 22; scalar const 1 5
    scalar - 43 31 23; scalar ^ 0 1 42
    memory store 63 0
    memory vstore 62 40
    control halt
    memory vstore 61 40
    """
    assert verdict(other).answer is True


@pytest.mark.parametrize(
    ("line", "planted", "place"),
    [
        ("vector - 12 4 8", "vector - 12 8 4", "out[0] (address 8)"),
        ("vector - 12 4 8", "vector + 12 4 8", "out[0] (address 8)"),
        ("scalar ^ 16 14 3", "scalar ^ 16 13 3", "out[4] (address 12)"),
        ("scalar const 3 5", "scalar const 3 6", "out[4] (address 12)"),
        ("memory vload 8 1", "memory vload 8 1; scalar const 5 9", "out[1] (address 9)"),
        ("memory vload 8 1", "memory vload 7 1", "out[0] (address 8)"),
        ("memory vstore 2 12;", "", "out[0] (address 8)"),
        ("memory store 2 16", "memory store 0 16", "in[0] (address 0)"),
        ("scalar const 2 12", "scalar const 2 11", "out[3] (address 11)"),
        ("scalar const 2 12", "scalar const 2 12; control halt", "out[4] (address 12)"),
    ],
    ids=["swapped operands", "another operation", "wrong lane", "wrong constant", "clobbered word",
         "shifted vector", "missing store", "store into an input", "wrong address", "early halt"],
)  # fmt: skip
def test_planted_errors_are_refuted_with_a_witness(line, planted, place):
    assert line in SUBTRACTED
    found = assert_refuted(SUBTRACTED.replace(line, planted, 1))
    assert found.evidence is not None
    assert found.evidence.place == place


@pytest.mark.parametrize(
    ("line", "harmless"),
    [
        ("vector - 12 4 8", "vector - 12 4 8; scalar const 5 9; scalar const 50 1"),
        ("memory store 2 16", "control halt; memory store 2 16"),
    ],
    ids=["a word overwritten as it is read", "a halt beside the last store"],
)
def test_changes_without_effect_stay_proved(line, harmless):
    assert line in SUBTRACTED
    assert verdict(SUBTRACTED.replace(line, harmless, 1)).answer is True


def test_the_difference_shows_both_expressions():
    difference = assert_refuted(SUBTRACTED.replace("- 12 4 8", "- 12 8 4")).evidence
    assert difference is not None
    assert difference.expected == "(memory[0] - memory[4])"
    assert difference.got == "(memory[4] - memory[0])"


def test_what_working_memory_holds_in_the_end_does_not_matter():
    text = SUBTRACTED + "scalar const 2 16\nmemory store 2 16\n"
    assert verdict(text).answer is True
    assert verdict(text, facts=FACTS).answer is True


def test_without_regions_all_of_memory_is_compared():
    nodes = (Node("const", 1, imm=3), Node("store", 0, (0, 0)))
    graph = Graph("three", 4, 8, (), nodes)
    store = "scalar const 0 3\nmemory store 0 0\n"
    assert verdict(store, graph, Facts()).answer is True
    wrong = verdict(store + "scalar const 1 5\nmemory store 1 0\n", graph, Facts())
    assert wrong.answer is False
    assert wrong.evidence is not None
    assert wrong.evidence.place == "memory[5]"


def test_known_words_make_addresses_known():
    pointer = Graph(
        "pointer", 4, 24, (IN, OUT),
        (Node("const", 1, imm=0), Node("load", 1, (0,), region="in"),
         Node("store", 0, (1, 0), region="out")),
    )  # fmt: skip
    text = "scalar const 0 0; scalar const 1 9\nmemory store 1 0"
    known = Facts(24, {0: 9}, (IN, OUT))
    assert verdict(text, pointer, known).answer is True
    assert verdict(text, pointer, Facts(24, {0: 10}, (IN, OUT))).answer is False


# out[0] = in[in[0]]; then work is written at a computed address, read, and written again.
def computed(*nodes: Node) -> Graph:
    return Graph("computed", 4, 24, (IN, OUT, WORK), (Node("const", 1, imm=0), *nodes))


GATHER = computed(
    Node("load", 1, (0,), region="in"),
    Node("load", 1, (1,), region="in"),
    Node("const", 1, imm=8),
    Node("store", 0, (3, 2), region="out"),
)
GATHERED = """
scalar const 0 0; scalar const 1 8
memory load 2 0
memory load 3 2
memory store 1 3
"""


def test_a_load_at_a_computed_address_is_a_term_and_an_assumption():
    found = verdict(GATHERED, GATHER)
    assert found.answer is True
    assert found.assumptions == ("1 words at computed addresses lie in region 'in'",)


def test_a_computed_address_that_is_wrong_is_refuted():
    assert_refuted(GATHERED.replace("load 3 2", "load 3 1"), GATHER)
    assert_refuted(GATHERED.replace("store 1 3", "store 1 2"), GATHER)
    wild = "memory load 2 0\nscalar + 2 2 2"
    assert_refuted(GATHERED.replace("memory load 2 0", wild), GATHER)


def test_an_access_that_names_no_region_may_meet_anything_and_is_proved_in_order():
    anywhere = computed(
        Node("load", 1, (0,), region="in"),
        Node("load", 1, (1,)),
        Node("const", 1, imm=8),
        Node("store", 0, (3, 2), region="out", after=(2,)),
    )
    found = verdict(GATHERED, anywhere)
    assert (found.answer, found.assumptions) == (True, ())
    again = GATHERED + "memory load 3 2\nmemory store 1 3\n"
    assert verdict(again, anywhere).answer == "unknown"


def test_an_address_said_to_lie_in_two_regions_proves_nothing():
    torn = computed(
        Node("load", 1, (0,), region="in"),
        Node("load", 1, (1,), region="in"),
        Node("load", 1, (1,), region="out"),
        Node("const", 1, imm=8),
        Node("store", 0, (4, 2), region="out"),
    )
    assert verdict(GATHERED, torn).answer == "unknown"


def test_a_store_at_an_unknown_address_may_have_hit_anything():
    wild = GATHERED.replace("memory store 1 3", "memory store 1 3\nmemory store 3 0")
    found = verdict(wild, GATHER, FACTS)
    assert found.answer is False


ORDERED = computed(
    Node("load", 1, (0,), region="in"),  # 1: an index 0..7
    Node("const", 1, imm=16),  # 2
    Node("add", 1, (1, 2)),  # 3: an address in work
    Node("store", 0, (3, 2), region="work"),  # 4: work[index] = 16
    Node("load", 1, (2,), region="work", after=(4,)),  # 5: work[0]
    Node("store", 0, (2, 0), region="work", after=(5,)),  # 6: work[0] = 0
    Node("load", 1, (3,), region="work", after=(6,)),  # 7: work[index]
    Node("const", 1, imm=8),  # 8
    Node("store", 0, (8, 5), region="out"),
    Node("const", 1, imm=9),
    Node("store", 0, (10, 7), region="out"),
)
IN_ORDER = """
scalar const 0 0; scalar const 2 16
memory load 1 0; scalar const 8 8; scalar const 9 9
scalar + 3 2 1
memory store 3 2
memory load 5 2
memory store 2 0
memory load 7 3
memory store 8 5
memory store 9 7
"""


def test_stores_and_loads_that_may_meet_are_proved_in_their_order():
    found = verdict(IN_ORDER, ORDERED)
    assert found.answer is True
    assert found.assumptions == ("2 words at computed addresses lie in region 'work'",)


def swapped(text: str, first: str, second: str) -> str:
    assert first in text
    assert second in text
    return text.replace(first, "?").replace(second, first).replace("?", second)


def test_a_load_that_passes_a_store_it_may_meet_is_refuted():
    facts = Facts(24, {}, (IN, OUT, WORK), {"in": (0, 1)})
    assert_refuted(swapped(IN_ORDER, "memory store 3 2", "memory load 5 2"), ORDERED, facts)
    assert_refuted(swapped(IN_ORDER, "memory store 2 0", "memory load 7 3"), ORDERED, facts)


def two_stores(first_word: int) -> tuple[Graph, str]:
    """out[in[0]] = a word, then out[0] = in[0], as a graph and as a program."""
    graph = computed(
        Node("load", 1, (0,), region="in"),
        Node("const", 1, imm=8),
        Node("add", 1, (1, 2)),
        Node("store", 0, (3, first_word), region="out"),
        Node("store", 0, (2, 1), region="out", after=(4,)),
    )
    return (
        graph,
        f"""
    scalar const 0 0; scalar const 2 8
    memory load 1 0
    scalar + 3 1 2
    memory store 3 {first_word}
    memory store 2 1
    """,
    )


def test_stores_that_may_meet_and_change_places_are_refuted():
    graph, text = two_stores(2)
    facts = Facts(24, {}, (IN, OUT, WORK), {"in": (0, 1)})
    assert verdict(text, graph, facts).answer is True
    assert_refuted(swapped(text, "memory store 3 2", "memory store 2 1"), graph, facts)


def test_stores_that_change_places_and_end_alike_are_unknown():
    graph, text = two_stores(0)
    found = verdict(swapped(text, "memory store 3 0", "memory store 2 1"), graph)
    assert found.answer == "unknown"
    assert "no input was found that shows it" in found.why


def test_stores_to_known_words_may_change_places():
    two = computed(
        Node("const", 1, imm=8), Node("store", 0, (1, 0), region="out"),
        Node("const", 1, imm=9), Node("store", 0, (3, 1), region="out"),
    )  # fmt: skip
    text = "scalar const 0 0; scalar const 1 8\nscalar const 2 9\n"
    for stores in ("memory store 1 0\nmemory store 2 1", "memory store 2 1\nmemory store 1 0"):
        assert verdict(text + stores, two).answer is True


def test_a_way_to_compute_that_is_equal_but_different_is_unknown():
    found = verdict(SUBTRACTED.replace("scalar ^ 16 14 3", "scalar + 20 14 3; scalar & 21 14 3") +
                    "scalar + 21 21 21\nscalar - 16 20 21\nmemory store 2 16\n")  # fmt: skip
    assert found.answer == "unknown"
    assert found.evidence is not None
    assert found.evidence.place == "out[4] (address 12)"


def test_words_of_a_block_that_nothing_determines_prove_nothing_and_refute_nothing():
    hole = computed(
        Node("overlay", 4, (0,), offsets=(1,)), Node("const", 1, imm=8),
        Node("vstore", 0, (2, 1), region="out"),
    )  # fmt: skip
    found = verdict("scalar const 1 0; scalar const 8 8\nmemory vstore 8 0", hole)
    assert found.answer == "unknown"
    wrong = verdict("scalar const 1 7; scalar const 8 8\nmemory vstore 8 0", hole)
    assert wrong.answer is False
    assert wrong.evidence is not None
    assert wrong.evidence.place == "out[1] (address 9)"


def test_division_by_zero_stays_as_it_is():
    divide = computed(
        Node("const", 1, imm=8), Node("div", 1, (1, 0)), Node("store", 0, (1, 2), region="out")
    )
    text = "scalar const 0 0; scalar const 1 8\nscalar // 2 1 0\nmemory store 1 2"
    assert verdict(text, divide).answer is True
    assert verdict(text.replace("// 2 1 0", "% 2 1 0"), divide).answer == "unknown"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("memory load 0 0\ncontrol cond_jump 0 0", "cond_jump in bundle 1 depends on data"),
        ("memory load 0 0\ncontrol jump_indirect 0", "jump_indirect in bundle 1 depends on data"),
        ("control jump 0", "more than 1,000 bundles"),
        ("scalar warp 0 0", "the machine refuses the program"),
        ("scalar const 0 0; scalar const 0 1", "SW104"),
    ],
)
def test_what_cannot_be_followed_is_unknown(text, reason):
    found = program_equals_graph(program_of(text), MINIMAL, SUBTRACT, max_bundles=1000)
    assert found.answer == "unknown"
    assert reason in found.why


def test_loops_that_constants_decide_are_followed():
    count = computed(
        Node("const", 1, imm=3), Node("const", 1, imm=8), Node("store", 0, (2, 1), region="out")
    )
    loop = """
    scalar const 1 1; scalar const 2 3
    scalar + 0 0 1
    scalar < 3 0 2
    control cond_jump_rel 3 -3
    control jump 6
    scalar const 0 9
    scalar const 4 8; control pause
    memory store 4 0
    """
    assert verdict(loop, count).answer is True


def test_an_indirect_jump_to_a_constant_is_followed():
    eight = computed(Node("const", 1, imm=8), Node("store", 0, (1, 1), region="out"))
    text = "scalar const 0 3; scalar const 1 8\ncontrol jump_indirect 0\nscalar const 1 9\n"
    assert verdict(text + "memory store 1 1", eight).answer is True


def test_debug_slots_do_nothing():
    program = program_of(SUBTRACTED)
    noted = [{**bundle, "debug": (("compare", 4, "key"),)} for bundle in program.bundles]
    found = program_equals_graph(replace(program, bundles=tuple(noted)), MINIMAL, SUBTRACT, FACTS)
    assert found.answer is True


def test_an_immediate_is_added_on_both_sides():
    added = computed(
        Node("load", 1, (0,), region="in"),
        Node("add_immediate", 1, (1,), imm=-3),
        Node("const", 1, imm=8),
        Node("store", 0, (3, 2), region="out"),
    )
    for immediate, expected in ((-3, True), (2**32 - 3, True), (3, False)):
        text = f"load load 1 0; load const 3 8\nflow add_imm 2 1 {immediate}\nstore store 3 2"
        found = program_equals_graph(program_of(text, CHALLENGE), CHALLENGE, added, FACTS)
        assert found.answer is expected


def test_traces_are_compared():
    traced = computed(Node("core_id", 1), Node("pause", 0), Node("trace_write", 0, (1,)))
    text = "control coreid 1\ncontrol trace_write 1"
    assert verdict(text, traced).answer is True
    assert verdict("control coreid 1", traced).why == "0 words are traced instead of 1"
    other = verdict("scalar const 1 4\ncontrol trace_write 1", traced)
    assert other.answer is False
    assert other.evidence is not None
    assert other.evidence.place == "trace[0]"


def test_a_graph_with_jumps_is_unknown():
    found = verdict("control halt", computed(Node("halt", 0)))
    assert (found.answer, found.why) == ("unknown", "node 1 of the graph is a halt")


SLOW = Machine(
    "slow", 4, 64, MINIMAL.engines,
    tuple(replace(mode, latency=3 if mode.operation in ("sub", "store") else 1)
          for mode in MINIMAL.modes),
)  # fmt: skip


def test_results_of_long_latency_land_later():
    graph = computed(
        Node("load", 1, (0,), region="in"), Node("sub", 1, (0, 1)), Node("const", 1, imm=8),
        Node("store", 0, (3, 2), region="out"),
    )  # fmt: skip
    text = """
    scalar const 0 0; scalar const 3 8
    memory load 1 0
    scalar - 2 0 1
    scalar + 4 4 4
    scalar + 5 5 5
    memory store 3 2
    """
    assert program_equals_graph(program_of(text), SLOW, graph, FACTS).answer is True
    early = text.replace("    scalar + 5 5 5\n", "")
    assert program_equals_graph(program_of(early), SLOW, graph, FACTS).answer is False


# work[in[k] - 16] = in[in[k]] for eight lanes; then out = the first eight words of work.
MOVED = Graph(
    "moved",
    8,
    24,
    (IN, OUT, WORK),
    (
        Node("const", 1, imm=0),
        Node("vload", 8, (0,), region="in"),
        Node("load", 8, (1,), region="in"),
        Node("const", 1, imm=16),
        Node("broadcast", 8, (3,)),
        Node("add", 8, (1, 4)),
        Node("store", 0, (5, 2), region="work"),
        Node("vload", 8, (3,), region="work", after=(6,)),
        Node("const", 1, imm=8),
        Node("vstore", 0, (8, 7), region="out"),
    ),
)


def test_a_gather_and_a_scatter_go_lane_by_lane():
    text = (
        "load const 0 0; load const 1 16\n"
        "load vload 10 0; load const 2 8; valu vbroadcast 40 1\n"
        "valu + 30 40 10\n"
        + "".join(f"load load_offset 20 10 {lane}\n" for lane in range(8))
        + "".join(f"store store {30 + lane} {20 + lane}\n" for lane in range(8))
        + "load vload 50 1\nstore vstore 2 50"
    )
    found = program_equals_graph(program_of(text, CHALLENGE), CHALLENGE, MOVED, FACTS)
    assert found.answer is True
    assert found.assumptions == (
        "8 words at computed addresses lie in region 'in'",
        "8 words at computed addresses lie in region 'work'",
    )
    wrong = program_of(text.replace("load_offset 20 10 3", "load_offset 19 10 3"), CHALLENGE)
    assert program_equals_graph(wrong, CHALLENGE, MOVED, FACTS).answer is False


# Failures of the program alone


def stored_at(first: str, second: str) -> Equivalence:
    """A bundle that stores at two words of `out`, and the graph that stores there in turn."""
    text = (
        "load const 0 1; load const 1 8\n"
        "load load 2 0; load load 3 1\n"
        f"alu + 4 2 1; alu + 5 {second} {first}\n"
        "store store 4 0; store store 5 1"
    )
    nodes = (
        Node("const", 1, imm=1), Node("const", 1, imm=8),
        Node("load", 1, (0,), region="in"), Node("load", 1, (1,), region="out"),
        Node("add", 1, (2, 1)),
        Node("add", 1, (int(second), int(first))),
        Node("store", 0, (4, 0), region="out", after=(3,)),
        Node("store", 0, (5, 1), region="out", after=(6,)),
    )  # fmt: skip
    graph = Graph("twice", 8, 24, (IN, OUT, WORK), nodes)
    return program_equals_graph(program_of(text, CHALLENGE), CHALLENGE, graph, FACTS)


def test_stores_of_one_bundle_that_may_be_one_word_prove_nothing():
    """Strict mode refuses such a bundle, where the graph has a meaning."""
    found = stored_at("2", "3")
    assert found.answer == "unknown"
    assert found.why.startswith("bundle 3 stores at ")
    assert found.why.endswith("which may be one word")


def test_stores_of_one_bundle_that_differ_by_a_constant_are_proved():
    assert stored_at("2", "0").answer is True


#: What a word stores lands a bundle after what a vector does.
SLOW_STORES = replace(CHALLENGE, modes=tuple(
    replace(mode, latency=2) if mode.operation == "store" else mode for mode in CHALLENGE.modes
))  # fmt: skip


@pytest.mark.parametrize(
    ("stores", "verdict"),
    [("store store 2 0\nstore vstore 3 16\n", "unknown"),
     ("store vstore 3 16; store store 2 0\n", True)],
    ids=["one lands with the other", "one lands after the other"],
)  # fmt: skip
def test_stores_are_together_where_they_land(stores: str, verdict: object) -> None:
    text = (
        "load const 0 1; load const 1 8\n"
        "load load 2 0; load load 3 1; valu vbroadcast 16 1\n" + stores
    )
    store, vector = ("store", (2, 0), (3,)), ("vstore", (3, 4), (3,))
    first, second = (store, vector) if verdict == "unknown" else (vector, store)
    nodes = (
        Node("const", 1, imm=1), Node("const", 1, imm=8),
        Node("load", 1, (0,), region="in"), Node("load", 1, (1,), region="out"),
        Node("broadcast", 8, (1,)),
        Node(first[0], 0, first[1], region="out", after=(3,)),
        Node(second[0], 0, second[1], region="out", after=(5,)),
    )  # fmt: skip
    graph = Graph("landing", 8, 24, (IN, OUT, WORK), nodes)
    found = program_equals_graph(program_of(text, SLOW_STORES), SLOW_STORES, graph, FACTS)
    assert found.answer == verdict, found


def test_a_load_that_nobody_needs_must_not_pass_the_end_of_memory():
    inside = GATHERED + "scalar const 5 23\nmemory load 4 5\n"
    assert verdict(inside, GATHER).answer is True
    outside = verdict(GATHERED + "scalar const 5 24\nmemory load 4 5\n", GATHER)
    assert outside.answer is False
    assert outside.why == "the word at 24 is touched, and memory has 24"


def test_a_load_that_nobody_needs_at_an_address_of_its_own_proves_nothing():
    found = verdict(GATHERED + "scalar + 2 2 2\nmemory load 4 2\n", GATHER)
    assert found.answer == "unknown"
    assert "may be past the end of memory" in found.why
    assert verdict(GATHERED + "memory load 4 2\n", GATHER).answer is True


GATHERED_AND_DIVIDED = """
load const 0 0; load const 1 8
load load 2 0
load load 3 2
store store 1 3
alu // 4 1 {divisor}
"""


@pytest.mark.parametrize(("divisor", "expected"), [(1, True), (2, "unknown"), (60, "unknown")])
def test_a_quotient_that_nobody_needs_must_not_divide_by_zero(
    divisor: int, expected: bool | str
) -> None:
    program = program_of(GATHERED_AND_DIVIDED.format(divisor=divisor), CHALLENGE)
    found = program_equals_graph(program, CHALLENGE, GATHER, FACTS)
    assert found.answer == expected
    assert ("may divide by zero" in found.why) == (expected == "unknown")
