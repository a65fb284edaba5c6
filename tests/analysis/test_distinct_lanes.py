"""Lanes that are said to differ do, whatever memory holds; the usual index vectors are seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.analysis.distinct_lanes import WordSums
from slotweave.frontend.tracer import Tracer, Vector
from slotweave.simulate.graph import run_graph
from support.examples import examples

LANES = 4
Index = Callable[[Tracer, Vector, Vector], Vector]


def iota(k: Tracer, step: int = 1) -> Vector:
    return k.pack([lane * step for lane in range(LANES)])


#: No two have a word in common, though they lie in each other.
PAIRS = ((0, 23), (4, 55), (9, 2**32 - 1), (24, 3))

DIFFERENT: dict[str, Index] = {
    "constants": lambda k, _v, _w: k.pack([3, 1, 2, 0]),
    "base and lane": lambda k, v, _w: k.broadcast(v.lane(0)) + iota(k),
    "lane and base": lambda k, v, _w: iota(k) - k.broadcast(v.lane(0)),
    "base, lane and constant": lambda k, v, _w: (k.broadcast(v.lane(0)) + 5) + iota(k),
    "rows": lambda k, v, _w: v * 4 + iota(k),
    "rows by shifts": lambda k, v, _w: (v << 2) | iota(k),
    "rows by masks": lambda k, v, _w: (v & -4) ^ iota(k),
    "rows by sums": lambda k, v, _w: k.multiply_add(v, 8, iota(k) * 2),
    "disjoint ranges": lambda k, v, _w: (v & 7) + iota(k, 8),
    "one of two": lambda k, v, _w: k.pack(
        [k.select(v.lane(lane) & 1, *pair) for lane, pair in enumerate(PAIRS)]
    ),
    "equal lanes of others": lambda k, v, _w: k.broadcast(v.lane(1) * v.lane(2)) + iota(k, 3),
}
ALIKE: dict[str, Index] = {
    "loaded": lambda _k, v, _w: v,
    "masked": lambda _k, v, _w: v & 3,
    "one twice": lambda k, _v, _w: k.pack([0, 1, 2, 1]),
    "overlapping ranges": lambda k, v, _w: (v & 8) + iota(k, 8),
    "rows that are too long": lambda k, v, _w: v * 2 + iota(k),
    "one of two that are alike": lambda k, v, _w: k.pack(
        [k.select(v.lane(lane) & 1, *pair) for lane, pair in enumerate((*PAIRS[:3], (9, 55)))]
    ),
    "all one": lambda k, v, _w: k.broadcast(v.lane(0)),
    "wrapped": lambda k, _v, _w: iota(k, 2**31),
    "wrapped rows": lambda k, v, _w: (v << 31) + iota(k, 2**30),
    "shifted out": lambda k, v, _w: (v << 32) + (iota(k) & 1),
}


def differ(index: Index) -> bool:
    k = Tracer("lanes", LANES)
    source = k.region("in", 0, 2 * LANES, read_only=True)
    value = index(k, source.vload(0), source.vload(LANES))
    return WordSums(k.graph().nodes).lanes_differ(value.index)


@pytest.mark.parametrize("name", DIFFERENT)
def test_lanes_that_differ_are_known_to(name: str) -> None:
    assert differ(DIFFERENT[name])


@pytest.mark.parametrize("name", ALIKE)
def test_lanes_that_may_be_alike_are_not_said_to_differ(name: str) -> None:
    assert not differ(ALIKE[name])


OPERATORS: dict[str, Callable[[Vector, Vector], Vector]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b,
    "|": lambda a, b: a | b, "^": lambda a, b: a ^ b, "&": lambda a, b: a & b,
    "<<": lambda a, b: a << b, ">>": lambda a, b: a >> b, "<": lambda a, b: a < b,
}  # fmt: skip
CONSTANTS = (0, 1, 2, 3, 4, 8, 30, 31, 32, 2**31, 2**32 - 4, 2**32 - 1)
trees = st.recursive(
    st.one_of(
        st.sampled_from(["v", "w", "first", "iota", "large iota"]), st.sampled_from(CONSTANTS)
    ),
    lambda inner: st.tuples(st.sampled_from(sorted(OPERATORS)), inner, inner),
    max_leaves=5,
)


def built(k: Tracer, tree: object, v: Vector, w: Vector) -> Vector:
    match tree:
        case (operator, left, right):
            return OPERATORS[operator](built(k, left, v, w), built(k, right, v, w))
        case int(word):
            return k.literal_vector(word)
        case "first":
            return k.broadcast(v.lane(0))
        case "iota":
            return iota(k)
        case "large iota":
            return iota(k, 2**30)
    return v if tree == "v" else w


@examples(400)
@given(trees, st.lists(st.sampled_from(CONSTANTS), min_size=2 * LANES, max_size=2 * LANES))
def test_what_is_said_to_differ_differs(tree: object, words: list[int]) -> None:
    k = Tracer("lanes", LANES)
    source = k.region("in", 0, 2 * LANES, read_only=True)
    value = built(k, tree, source.vload(0), source.vload(LANES))
    k.region("out", 2 * LANES, LANES, output=True).vstore(0, value)
    if WordSums(k.graph().nodes).lanes_differ(value.index):
        found = run_graph(k.graph(), [*words, *range(LANES)])[2 * LANES :]
        assert len(set(found)) == LANES
