"""The dataflow of a kernel: SSA values of one or more words, memory regions, and order edges.

A graph is a list of nodes in an order in which running them one after the other is right; a node is
named by its index. Values are scratch words: a *word* (width 1), a *vector* (width vector_length)
or a *block* (any other width; only sliced). Nodes are operations of `isa`, or one of the structural
ones, which cost no slot because they only say where words lie:

    slice     words imm .. imm+width-1 of its argument (width 1 is a lane)
    overlay   its arguments laid into one block, argument i from word offsets[i] on; where two cover
              a word the later argument stands. Words side by side are a vector ("pack").
    join      no value; a point in the order of memory accesses, after everything in `after`
    variable  what variable number imm holds before the graph runs
    zeros     words that hold 0 because nothing has been written there yet
    assign    no value; what variable number imm holds after it (see `flow`)

Memory accesses name a region. `load` of width 1 reads one word at an address; `load` of vector
width is a gather (its argument is a vector of addresses), `store` of a vector a scatter, whose
lanes must have different addresses (where they may not, the tracer writes words in turn); `vload`
and `vstore` access vector_length consecutive words from one address on. What must stay in order is
said by `after` and by nothing else: accesses of different regions, or of words known to differ,
have no edge. A store in `after` must have landed before this one loads, a load must have read
before this one lands, and what a pause comes after is done when it stops.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from slotweave.base.quickly_made import quickly_made
from slotweave.ir.shown import ShownAsText
from slotweave.isa import OPERATIONS, Effect, Shape

if TYPE_CHECKING:
    from slotweave.ir.columns import Columns
    from slotweave.ir.known_words import Words

STRUCTURAL = frozenset({"slice", "overlay", "join", "variable", "assign", "zeros"})

#: Operations with no memory access and no control.
PURE = STRUCTURAL - {"join", "assign"} | {
    name for name, operation in OPERATIONS.items() if operation.effect is Effect.NONE
}

_WORD, _VECTOR = Shape.WORD, Shape.VECTOR  # an Enum looks up its members slowly

_EFFECTS = {
    **dict.fromkeys(STRUCTURAL, Effect.NONE),
    **{name: operation.effect for name, operation in OPERATIONS.items()},
}


@dataclass(frozen=True, slots=True)
class Region:
    """`length` memory words from address `start` on; regions are disjoint.

    `read_only` regions are inputs that end as they began; `output` regions are what is judged. A
    region that is neither is working memory. `words` are the first ones that it holds before the
    run, as far as they are known.
    """

    name: str
    start: int
    length: int
    read_only: bool = False
    output: bool = False
    words: tuple[int, ...] = ()

    @property
    def stop(self) -> int:
        return self.start + self.length


def known_memory(regions: Iterable[Region]) -> dict[int, int]:
    """By address the words that memory is known to hold before the run."""
    return {
        address: word
        for region in regions
        for address, word in enumerate(region.words, region.start)
    }


@quickly_made
@dataclass(frozen=True, slots=True)
class Node:
    """One operation or structural node.

    `width` is the number of words of the result (0: none). `imm` is the constant, the added
    immediate, or the first word of a slice; `offsets` belong to an overlay. `item` is the group of
    items the node works for (-1: shared by several), `stage` a label for reports, `where` the
    user's source line. None of the last three changes what the node computes.
    """

    op: str
    width: int
    args: tuple[int, ...] = ()
    imm: int = 0
    offsets: tuple[int, ...] = ()
    region: str = ""
    after: tuple[int, ...] = ()
    item: int = -1
    stage: str = ""
    where: str = ""

    @property
    def structural(self) -> bool:
        return self.op in STRUCTURAL

    @property
    def effect(self) -> Effect:
        return _EFFECTS[self.op]

    @property
    def pure(self) -> bool:
        """No memory access, no control: may be merged, moved and dropped."""
        return self.op in PURE

    def with_edges(self, args: tuple[int, ...], after: tuple[int, ...]) -> Node:
        """The same node with other arguments, after others; `dataclasses.replace` is slower."""
        if after == self.after and args == self.args:
            return self
        return Node(self.op, self.width, args, self.imm, self.offsets, self.region, after,
                    self.item, self.stage, self.where)  # fmt: skip


@dataclass(frozen=True)
class Graph(ShownAsText):
    """A kernel as dataflow. `memory_words` is the length of memory, which nothing may pass."""

    name: str
    vector_length: int
    memory_words: int
    regions: tuple[Region, ...]
    nodes: tuple[Node, ...]

    def _text(self) -> str:
        from slotweave.ir.text.graph_text import graph_to_text

        return graph_to_text(self)

    @cached_property
    def region_by_name(self) -> dict[str, Region]:
        return {region.name: region for region in self.regions}

    @cached_property
    def demand(self) -> list[int]:
        """For each node the set of its words that matter (see `demand.demanded_words`)."""
        from slotweave.ir.demand import demanded_words  # which is about graphs

        return demanded_words(self.nodes)

    @cached_property
    def known(self) -> dict[int, Words]:
        """The known words of each node that has only known ones (see `known_words`)."""
        from slotweave.ir.known_words import known_values  # which are of graphs

        return known_values(self)

    @cached_property
    def columns(self) -> Columns:
        """The nodes as columns."""
        from slotweave.ir.columns import Columns  # which are of nodes

        return Columns.of(self.nodes)

    def shape(self, index: int) -> Shape:
        """The shape in which node `index` runs: that of its result, else of what it stores."""
        node = self.nodes[index]
        width = node.width or (self.nodes[node.args[-1]].width if node.args else 1)
        return _WORD if width == 1 else _VECTOR

    def with_nodes(self, nodes: tuple[Node, ...]) -> Graph:
        return replace(self, nodes=nodes)
