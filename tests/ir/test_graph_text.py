"""Graphs as text: what is printed parses back to the same graph; a wrong line is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.base.diagnostics import InputError
from slotweave.ir.graph import Graph, Node, Region
from slotweave.ir.text.graph_text import graph_from_text, graph_to_text

_naturals = st.integers(0, 2**33)
_names = st.text(max_size=6)

_nodes = st.builds(
    Node,
    op=st.sampled_from(["add", "const", "slice", "overlay", "join", "made_up"]),
    width=st.integers(0, 9),
    args=st.lists(_naturals, max_size=3).map(tuple),
    imm=st.integers(-(2**33), 2**33),
    offsets=st.lists(_naturals, max_size=3).map(tuple),
    region=_names,
    after=st.lists(_naturals, max_size=3).map(tuple),
    item=st.integers(-1, 9),
    stage=_names,
    where=_names,
)
_regions = st.builds(Region, _names, _naturals, _naturals, st.booleans(), st.booleans())
_graphs = st.builds(
    Graph,
    _names,
    _naturals,
    _naturals,
    st.lists(_regions, max_size=2).map(tuple),
    st.lists(_nodes, max_size=4).map(tuple),
)

EXAMPLE = """\
graph "dot" vector_length=4 memory_words=16
region "x" start=0 length=8 read_only
region "out" start=8 length=1 output
%0 : 1 = const
%1 : 4 = vload %0 region="x" item=2 stage="read" where="dot.py:7"
%2 : 1 = slice %1 imm=3
%3 = store %0 %2 region="out" after=%1
"""


@given(_graphs)
def test_any_graph_is_what_its_text_says(graph: Graph) -> None:
    assert graph_from_text(graph_to_text(graph)) == graph


def test_the_text_is_as_a_person_would_write_it() -> None:
    graph = graph_from_text(EXAMPLE)
    assert graph_to_text(graph) == EXAMPLE
    assert graph.nodes[3] == Node("store", 0, (0, 2), region="out", after=(1,))


def test_comments_and_empty_lines_are_skipped() -> None:
    spaced = "# a dot product\n\n" + EXAMPLE.replace("\n", "\n  # and\n\n")
    assert graph_from_text(spaced) == graph_from_text(EXAMPLE)


@pytest.mark.parametrize(
    ("line", "wrong", "reason"),
    [
        (1, "graph dot vector_length=4 memory_words=16", "a graph begins with"),
        (1, 'graph "dot" vector_length=4', "memory_words is missing"),
        (2, 'region "x" start=0 length=x read_only', "length must be 0 or more, not 'x'"),
        (2, 'region "x" start=0 length=8 read_only=1', "read_only takes no value"),
        (4, "%7 : 1 = const", "%7 stands where %0 is due"),
        (4, "% : 1 = const", "a node reads"),
        (5, '%1 : 4 = vload %0 region="x" region="x"', "region is given twice"),
        (5, "%1 : 4 = vload %0 region=x", "region must be a quoted string"),
        (6, "%2 : 1 = slice %1 colour=3", "unknown attribute 'colour'"),
        (6, "%2 : 1 = slice %1 imm=3.5", "imm must be an integer"),
        (6, "%2 : 1 = slice %1 !", "cannot read '!'"),
        (6, "%2 : 1 = slice %1 imm=" + "9" * 5000, "imm must be an integer"),
        (7, 'region "late" start=9 length=1', "regions come before the first node"),
    ],
)
def test_a_wrong_line_is_named(line: int, wrong: str, reason: str) -> None:
    lines = EXAMPLE.splitlines()
    lines[line - 1] = wrong
    with pytest.raises(InputError) as caught:
        graph_from_text("\n".join(lines), file="dot.txt")
    found = caught.value.diagnostic
    assert (found.code, found.file, found.line) == ("SW213", "dot.txt", line)
    assert reason in found.message


@pytest.mark.parametrize("text", ["", "\n# nothing\n"])
def test_a_text_without_a_graph_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="there is no graph in it"):
        graph_from_text(text)
