"""Control flow: blocks of dataflow joined by jumps, and the variables that live across them.

A block is a graph, run from its first node to its last; after it the next block runs, unless its
jump says otherwise. Nothing passes from block to block but memory and variables. In a graph the
node `variable` (imm its number) is what the variable holds when the block begins, wherever the node
stands; `assign` says what it holds when the block ends. The first block runs once, before all
others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from slotweave.ir.graph import Graph


@dataclass(frozen=True, slots=True)
class Jump:
    """Go on with block `target` if variable `condition` is not 0 at the block's end (None: always).

    A target after the last block stops the program.
    """

    target: int
    condition: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Dataflow, and where to go on (None: with the next block)."""

    graph: Graph
    jump: Jump | None = None


@dataclass(frozen=True)
class Flow:
    """Blocks in the order in which they stand in the program; `variables` are widths in words.

    `sources` has the text of the kernel's lines that nodes name as `where`, as far as it is known.
    It changes nothing of what the flow is.
    """

    name: str
    variables: tuple[int, ...]
    blocks: tuple[Block, ...]
    sources: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def first_words(self) -> tuple[int, ...]:
        """The first scratch word of each variable; one more number, the words of all together."""
        return tuple(accumulate(self.variables, initial=0))

    def with_graphs(self, graphs: Sequence[Graph]) -> Flow:
        """The same jumps around other graphs."""
        pairs = zip(self.blocks, graphs, strict=True)
        return replace(self, blocks=tuple(replace(block, graph=graph) for block, graph in pairs))
