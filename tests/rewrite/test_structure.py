"""The structural rules: for every value of up to 16 words, a simpler slice has the same words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from slotweave.ir.graph import Graph, Node
from slotweave.ir.known_words import known_words
from slotweave.machine import MINIMAL
from slotweave.rewrite.structure import STRUCTURAL_RULES, simpler_slice
from slotweave.rewrite.workspace import Workspace

MOST_WORDS = 16


class _Words:
    """Values in a workspace, and which words they hold; each word of a load is one of its own."""

    def __init__(self) -> None:
        self.work = Workspace(Graph("g", MOST_WORDS, 0, (), ()), MINIMAL)
        self.words: list[tuple[int, ...]] = []
        self.fresh = iter(range(10**9))

    def load(self, width: int) -> int:
        name = self.work.add(Node("load", width, region="memory"), 0)
        self.words.append(tuple(next(self.fresh) for _ in range(width)))
        return name

    def add(
        self, op: str, width: int, *args: int, imm: int = 0, offsets: tuple[int, ...] = ()
    ) -> int:
        name = self.work.add(Node(op, width, args, imm, offsets), 0)
        self.extend()
        return name

    def extend(self) -> None:
        """Compute the words of the nodes that are new."""
        for node in self.work.nodes[len(self.words) :]:
            words = known_words(node, [self.words[arg] for arg in node.args])
            assert words is not None
            self.words.append(words)

    def slices_are_kept(self, source: int) -> Counter[str]:
        """Simplify each slice of `source`; which rules applied."""
        applied: Counter[str] = Counter()
        width = self.work.nodes[source].width
        for first in range(width):
            for size in range(1, width - first + 1):
                name = self.add("slice", size, source, imm=first)
                found = simpler_slice(self.work, name)
                if found is not None:
                    self.extend()
                    applied[found[0]] += 1
                    assert self.work.nodes[found[1]].width == size
                    assert self.words[found[1]] == self.words[name], (found, first, size)
        return applied


@pytest.mark.parametrize("width", range(1, MOST_WORDS + 1))
def test_slices_of_the_whole_and_of_slices(width: int) -> None:
    values = _Words()
    block = values.load(width)
    assert values.slices_are_kept(block) == {"slice_of_all": 1}
    for first in range(width):
        for size in range(1, width - first + 1):
            part = values.add("slice", size, block, imm=first)
            applied = values.slices_are_kept(part)
            assert applied["slice_of_slice"] + applied["slice_of_all"] == size * (size + 1) // 2


@pytest.mark.parametrize("lanes", range(2, MOST_WORDS + 1))
def test_slices_of_broadcasts(lanes: int) -> None:
    values = _Words()
    vector = values.add("broadcast", lanes, values.load(1))
    assert values.slices_are_kept(vector) == {"slice_of_broadcast": lanes, "slice_of_all": 1}


def two_parts(width: int) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """(offset, words) of two parts that cover `width` words, the later one on top."""
    for first in range(1, width + 1):
        for offset in range(first + 1):
            for size in range(1, width - offset + 1):
                if first == width or offset + size == width:
                    yield (0, first), (offset, size)
                    yield (offset, size), (0, first)


@pytest.mark.parametrize("width", range(1, MOST_WORDS + 1))
def test_slices_of_overlays_of_two_parts(width: int) -> None:
    for parts in dict.fromkeys(two_parts(width)):
        values = _Words()
        loads = [values.load(size) for _, size in parts]
        offsets = tuple(offset for offset, _ in parts)
        block = values.add("overlay", width, *loads, offsets=offsets)
        top_size = parts[1][1]
        applied = values.slices_are_kept(block)
        assert applied["slice_of_overlay"] + applied["slice_of_all"] >= top_size


@pytest.mark.parametrize("lanes", range(1, MOST_WORDS + 1))
def test_lanes_of_packed_words_are_the_words(lanes: int) -> None:
    values = _Words()
    words = [values.load(1) for _ in range(lanes)]
    packed = values.add("overlay", lanes, *words, offsets=tuple(range(lanes)))
    for lane, word in enumerate(words):
        name = values.add("slice", 1, packed, imm=lane)
        rule = "slice_of_all" if lanes == 1 else "slice_of_overlay"
        expected = packed if lanes == 1 else word
        assert simpler_slice(values.work, name) == (rule, expected)


def test_these_are_all_structural_rules() -> None:
    assert set(STRUCTURAL_RULES) == {
        "slice_of_all", "slice_of_slice", "slice_of_broadcast", "slice_of_overlay",
    }  # fmt: skip
