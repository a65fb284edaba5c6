"""The graph verifier: sound graphs have no fault; each breach is found under its name."""

from __future__ import annotations

import pytest
from hypothesis import given

from slotweave.base.diagnostics import CheckFailed
from slotweave.ir.graph import Graph
from slotweave.ir.known_words import known_values
from slotweave.ir.text.graph_text import graph_from_text
from slotweave.ir.verify.graph_verify import graph_faults, verify_graph
from strategies.kernels import memory_kernels

HEADER = """\
graph "g" vector_length=4 memory_words=16
region "in" start=0 length=8 read_only
region "out" start=8 length=8 output
"""


def faults_of(nodes: str, header: str = HEADER) -> list[str]:
    """The invariants that the graph breaks, by name."""
    graph = graph_from_text(header + nodes)
    return [found.message.partition(":")[0] for found in graph_faults(graph)]


SOUND = """\
%0 : 1 = const imm=8
%1 : 4 = vload %0 region="out"
%2 : 1 = slice %1 imm=2
%3 : 1 = add_immediate %2 imm=1
%4 : 4 = broadcast %3
%5 : 8 = overlay %1 %4 offsets=0,4
%6 : 4 = slice %5 imm=3
%7 = vstore %0 %6 region="out" after=%1
%8 : 4 = load %6 region="in"
%9 = store %6 %8 region="out" after=%7
%10 = join after=%7,%9
%11 = pause after=%10
%12 : 1 = core_id
%13 = trace_write %12 after=%11
"""


def test_a_sound_graph_has_no_fault() -> None:
    assert faults_of(SOUND) == []


@given(memory_kernels())
def test_every_traced_kernel_is_sound(graph: Graph) -> None:
    assert list(graph_faults(graph)) == []


@pytest.mark.parametrize(
    ("invariant", "nodes"),
    [
        ("sizes-are-bounded", "%0 : 65537 = const"),
        ("args-precede", "%0 : 1 = add %0 %0"),
        ("args-precede", "%0 = join\n%1 : 1 = add %0 %0"),
        ("args-precede", "%0 = join after=%3"),
        ("widths-are-known", "%0 : 1 = conts imm=1"),
        ("widths-are-known", "%0 : 4 = const imm=1"),
        ("widths-are-known", "%0 : 1 = const\n%1 : 1 = add %0"),
        ("widths-are-known", "%0 : 1 = const\n%1 : 4 = add %0 %0"),
        ("widths-are-known", "%0 : 1 = const\n%1 : 4 = broadcast %0\n%2 : 1 = add %0 %1"),
        ("widths-are-known", "%0 : 1 = const offsets=1"),
        ("widths-are-known", "%0 : 1 = join"),
        ("widths-are-known", "%0 : 1 = const\n%1 : 1 = slice %0 imm=1"),
        ("widths-are-known", "%0 : 1 = const\n%1 : 1 = slice %0 %0"),
        ("widths-are-known", "%0 : 1 = const\n%1 : 2 = overlay %0 %0 offsets=0"),
        ("widths-are-known", "%0 : 1 = const\n%1 : 3 = overlay %0 %0 offsets=0,2"),
        ("widths-are-known", "%0 : 1 = const\n%1 : 1 = overlay %0 %0 offsets=0,1"),
        ("accesses-name-regions", '%0 : 1 = const\n%1 : 1 = load %0 region="inn"'),
        ("accesses-name-regions", '%0 : 1 = const region="in"'),
        ("inputs-are-kept", '%0 : 1 = const\n%1 = store %0 %0 region="in"'),
        ("waits-are-accesses", "%0 : 1 = const\n%1 = join after=%0"),
        ("addresses-are-inside", '%0 : 1 = const imm=8\n%1 : 1 = load %0 region="in"\n'
                                 '%2 = store %0 %1 region="out"'),
        ("addresses-are-inside", '%0 : 1 = const imm=7\n%1 = store %0 %0 region="out"'),
        ("addresses-are-inside", '%0 : 1 = const imm=13\n%1 : 4 = broadcast %0\n'
                                 '%2 = vstore %0 %1 region="out"'),
        ("addresses-are-inside", '%0 : 1 = const imm=13\n%1 : 4 = vload %0 region="out"'),
    ],
)  # fmt: skip
def test_a_breach_is_found_under_its_name(invariant: str, nodes: str) -> None:
    assert faults_of(nodes) == [invariant]


@pytest.mark.parametrize(
    "regions",
    [
        'region "a" start=0 length=4\nregion "a" start=4 length=4',
        'region "a" start=0 length=5\nregion "b" start=4 length=4',
        'region "a" start=0 length=17',
    ],
)
def test_regions_lie_apart_and_in_memory(regions: str) -> None:
    header = f'graph "g" vector_length=4 memory_words=16\n{regions}\n'
    assert faults_of("", header) == ["regions-are-disjoint"]


@pytest.mark.parametrize("words", ["1,2,3", "4294967296"])
def test_known_words_of_a_region_are_words_that_it_has(words: str) -> None:
    header = 'graph "g" vector_length=4 memory_words=16\nregion "a" start=0 length=2'
    assert faults_of("", f"{header} words=1,2\n") == []
    assert faults_of("", f"{header} words={words}\n") == ["known-words-are-held"]


KNOWN = "%0 : 1 = const imm=9\n%1 : 1 = const imm=10\n"
UNKNOWN = '%0 : 1 = const imm=9\n%1 : 1 = load %0 region="out"\n'


@pytest.mark.parametrize(
    ("nodes", "ordered"),
    [
        (KNOWN + '%2 = store %0 %0 region="out"\n%3 = store %0 %1 region="out"', False),
        (KNOWN + '%2 = store %0 %0 region="out"\n%3 = store %1 %1 region="out"', True),
        (KNOWN + '%2 = store %0 %0 region="out"\n%3 = store %0 %1 region="out" after=%2', True),
        (
            KNOWN + '%2 : 4 = vload %0 region="out"\n%3 = store %1 %1 region="out"\n'
            '%4 = vstore %0 %2 region="out" after=%2,%3',
            False,
        ),
        (
            KNOWN + '%2 = store %0 %0 region="out"\n%3 = join after=%2\n'
            '%4 = store %0 %1 region="out" after=%3',
            True,
        ),
        (UNKNOWN + '%2 = store %1 %0 region="out" after=%1', True),
        (UNKNOWN + '%2 = store %0 %0 region="out"\n%3 = trace_write %1', False),
        (
            UNKNOWN + '%2 = store %1 %0 region="out" after=%1\n%3 = store %1 %1 region="out"',
            False,
        ),
        # That the load gives its address, or its value, does not order a store.
        (UNKNOWN + '%2 = store %1 %0 region="out"', False),
        (UNKNOWN + '%2 = store %0 %1 region="out"', False),
        (UNKNOWN + '%2 : 1 = load %1 region="in"\n%3 = store %1 %2 region="out" after=%1', True),
    ],
)
def test_accesses_that_may_meet_need_a_path(nodes: str, ordered: bool) -> None:
    assert faults_of(nodes) == ([] if ordered else ["order-is-complete"])


def test_words_that_nobody_uses_are_in_no_order() -> None:
    nodes = (
        '%0 : 1 = const imm=8\n%1 : 1 = const imm=11\n%2 : 4 = vload %0 region="out"\n'
        '%3 : 1 = slice %2 imm={word}\n%4 = store %1 %0 region="out"\n%5 = trace_write %3'
    )
    assert faults_of(nodes.format(word=2)) == []
    assert faults_of(nodes.format(word=3)) == ["order-is-complete"]


@given(memory_kernels())
def test_no_traced_order_is_more_than_it_must_be(graph: Graph) -> None:
    """Two accesses at known addresses with a direct edge touch a common word."""
    known = known_values(graph)

    def words(index: int) -> set[int] | None:
        node = graph.nodes[index]
        if node.op == "join" or node.args[0] not in known:
            return None
        address = known[node.args[0]][0]
        wide = node.op in ("vload", "vstore")
        return set(range(address, address + (graph.vector_length if wide else 1)))

    for index, node in enumerate(graph.nodes):
        for earlier in node.after:
            mine, other = words(index), words(earlier)
            assert mine is None or other is None or mine & other


def test_a_message_quotes_the_nodes_concerned() -> None:
    graph = graph_from_text(HEADER + KNOWN + '%2 : 4 = add %0 %1 where="k.py:3"')
    with pytest.raises(CheckFailed) as caught:
        verify_graph(graph)
    message = caught.value.diagnostic.message
    assert caught.value.diagnostic.code == "SW501"
    assert "%0 : 1 = const imm=9" in message
    assert '%2 : 4 = add %0 %1 where="k.py:3"' in message


@pytest.mark.parametrize(
    "header",
    [
        'graph "g" vector_length=0 memory_words=16\n',
        'graph "g" vector_length=1025 memory_words=16\n',
        'graph "g" vector_length=4 memory_words=4294967297\n',
    ],
)
def test_sizes_that_no_machine_has_are_faults(header: str) -> None:
    assert faults_of("", header) == ["sizes-are-bounded"]
