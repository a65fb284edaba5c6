"""`holds_under` against all memories of few words: what it says follows, does follow."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from slotweave.analysis.implied_facts import holds_under
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Region

#: Random facts are about memories of so many words, each one of so many values.
WORDS, VALUES = 3, 3


@st.composite
def small_facts(draw: st.DrawFn) -> Facts:
    ends = sorted(draw(st.sets(st.integers(0, WORDS))))
    regions = tuple(
        Region(f"r{start}", start, end - start, draw(st.booleans()), draw(st.booleans()))
        for start, end in pairwise(ends)
    )
    bounds = st.tuples(st.integers(0, VALUES - 1), st.integers(0, VALUES - 1)).map(sorted)
    ranges = {one.name: tuple(draw(bounds)) for one in regions if draw(st.booleans())}
    words = draw(st.dictionaries(st.integers(0, WORDS - 1), st.integers(0, VALUES - 1)))
    return Facts(draw(st.sampled_from([None, WORDS - 1, WORDS])), words, regions, ranges)  # type: ignore[arg-type]


def memories() -> Iterator[tuple[int, ...]]:
    for length in range(WORDS + 1):
        yield from product(range(VALUES), repeat=length)


def allows(facts: Facts, memory: tuple[int, ...]) -> bool:
    if facts.memory_words not in (None, len(memory)):
        return False
    if any(a >= len(memory) or memory[a] != word for a, word in facts.words.items()):
        return False
    for region in facts.regions:
        lowest, highest = facts.ranges.get(region.name, (0, VALUES))
        if any(not lowest <= word <= highest for word in memory[region.start : region.stop]):
            return False
    return True


def judged(facts: Facts, length: int) -> set[int]:
    if not facts.regions:
        return set(range(length))
    named = [range(r.start, r.stop) for r in facts.regions if r.output or r.read_only]
    return {address for one in named for address in one if address < length}


@given(small_facts(), small_facts())
def test_what_holds_under_the_one_holds_under_the_other(proved: Facts, wanted: Facts) -> None:
    follows = holds_under(proved, wanted)
    event(f"follows: {follows}")
    if not follows:
        return
    for memory in memories():
        if allows(wanted, memory):
            assert allows(proved, memory)
            assert judged(wanted, len(memory)) <= judged(proved, len(memory))


@given(small_facts())
def test_what_holds_holds_and_what_always_holds_holds_under_all(facts: Facts) -> None:
    assert holds_under(facts, facts)
    assert holds_under(Facts(), facts)


OUTPUT = (Region("out", 2, 2, output=True),)
TABLE = (Region("table", 0, 2), *OUTPUT)


@pytest.mark.parametrize(
    ("proved", "wanted", "follows"),
    [
        (Facts(words={0: 5}), Facts(), False),
        (Facts(words={0: 5}), Facts(words={0: 5, 1: 6}), True),
        (Facts(words={0: 5}), Facts(words={0: 6}), False),
        (Facts(memory_words=4), Facts(), False),
        (Facts(4, regions=OUTPUT), Facts(4), False),
        (Facts(4), Facts(4, regions=OUTPUT), True),
        (Facts(4, {}, TABLE, {"table": (0, 9)}), Facts(4, {}, TABLE, {"table": (3, 4)}), True),
        (Facts(4, {}, TABLE, {"table": (0, 9)}), Facts(4, {}, TABLE, {"table": (3, 10)}), False),
        (Facts(4, {}, TABLE, {"table": (0, 9)}), Facts(4, {0: 1, 1: 9}, TABLE), True),
        (Facts(4, {}, TABLE, {"table": (0, 9)}), Facts(4, {0: 1}, TABLE), False),
        (Facts(4, regions=OUTPUT), Facts(4, regions=(Region("in", 2, 1, True),)), True),
        (Facts(4, regions=OUTPUT), Facts(4, regions=(Region("in", 1, 2, True),)), False),
    ],
)
def test_facts_that_follow(proved: Facts, wanted: Facts, follows: bool) -> None:
    assert holds_under(proved, wanted) is follows
