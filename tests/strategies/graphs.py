"""Random graphs without faults: words, vectors, blocks, overlays that cover, ordered accesses."""

from __future__ import annotations

from hypothesis import strategies as st

from slotweave.ir.graph import Graph, Node, Region
from slotweave.machine import CHALLENGE

MEMORY_WORDS = 64
INPUT = Region("in", 0, 32, read_only=True)
OUTPUT = Region("out", 32, 32, output=True)

_BINARY = ("add", "sub", "mul", "xor", "and", "or", "shl", "shr", "lt", "eq")


class _Growing:
    """A graph that grows node by node; `after` of each access is complete and no more."""

    def __init__(self, draw: st.DrawFn, lanes: int) -> None:
        self.draw, self.lanes = draw, lanes
        self.nodes: list[Node] = []
        self.last_stores: list[int] = []
        self.loads_since: list[int] = []

    def add(self, op: str, width: int, *args: int, **rest: object) -> int:
        self.nodes.append(Node(op, width, args, item=len(self.nodes) % 3, **rest))  # type: ignore[arg-type]
        return len(self.nodes) - 1

    def access(self, op: str, width: int, *args: int, region: Region = OUTPUT) -> int:
        """A memory access; one of the output region waits for what it may meet."""
        after: tuple[int, ...] = ()
        stores = op in ("store", "vstore")
        if region is OUTPUT:
            after = (*self.last_stores, *(self.loads_since if stores else ()))
            if len(after) > 1 and self.draw(st.booleans()):
                after = (self.add("join", 0, after=after),)
        index = self.add(op, width, *args, region=region.name, after=after)
        if stores:
            self.last_stores, self.loads_since = [index], []
        elif region is OUTPUT:
            self.loads_since.append(index)
        return index

    def some(self, width: int) -> int:
        """A value of this width; a new one if there is none yet."""
        known = [i for i, node in enumerate(self.nodes) if node.width == width]
        if known:
            return self.draw(st.sampled_from(known))
        word = self.add("const", 1, imm=self.draw(st.integers(0, 2**32 - 1)))
        return word if width == 1 else self.add("broadcast", width, word)

    def address(self, region: Region, words: int) -> int:
        """A known address in `region`, `words` words from its end at least."""
        stop = region.stop - words
        return self.add("const", 1, imm=self.draw(st.integers(region.start, stop)))

    def addresses(self, region: Region) -> int:
        """A vector of computed addresses in `region`, whose length is a power of two."""
        mask = self.add("broadcast", self.lanes, self.add("const", 1, imm=region.length - 1))
        start = self.add("broadcast", self.lanes, self.add("const", 1, imm=region.start))
        inside = self.add("and", self.lanes, self.some(self.lanes), mask)
        return self.add("add", self.lanes, inside, start)


def _compute(g: _Growing) -> None:
    width = g.draw(st.sampled_from([1, g.lanes]))
    op = g.draw(st.sampled_from([*_BINARY, "select", "multiply_add"]))
    arity = 2 if op in _BINARY else 3
    g.add(op, width, *(g.some(width) for _ in range(arity)))


def _load(g: _Growing) -> None:
    region = g.draw(st.sampled_from([INPUT, OUTPUT]))
    match g.draw(st.integers(0, 2)):
        case 0:
            g.access("load", 1, g.address(region, 1), region=region)
        case 1:
            g.access("vload", g.lanes, g.address(region, g.lanes), region=region)
        case _:
            g.access("load", g.lanes, g.addresses(region), region=region)


def _store(g: _Growing) -> None:
    match g.draw(st.integers(0, 2)):
        case 0:
            value = g.some(1)
            g.access("store", 0, g.address(OUTPUT, 1), value)
        case 1:
            value = g.some(g.lanes)
            g.access("vstore", 0, g.address(OUTPUT, g.lanes), value)
        case _:
            value, words = g.some(g.lanes), range(OUTPUT.start, OUTPUT.stop)
            apart = st.lists(
                st.sampled_from(words), min_size=g.lanes, max_size=g.lanes, unique=True
            )
            addresses = [g.add("const", 1, imm=word) for word in g.draw(apart)]
            scattered = g.add("overlay", g.lanes, *addresses, offsets=tuple(range(g.lanes)))
            g.access("store", 0, scattered, value)


def _slice(g: _Growing) -> None:
    wide = [i for i, node in enumerate(g.nodes) if node.width > 1]
    source = g.draw(st.sampled_from(wide)) if wide else g.some(g.lanes)
    width = g.draw(st.sampled_from([1, g.lanes]))
    g.add("slice", width, source, imm=g.draw(st.integers(0, g.nodes[source].width - width)))


def _pack(g: _Growing) -> None:
    words = [g.some(1) for _ in range(g.lanes)]
    g.add("overlay", g.lanes, *words, offsets=tuple(range(g.lanes)))


def _fresh_vectors(g: _Growing) -> None:
    """An overlay of new vectors, each a little further on, of which later ones cover earlier."""
    start = g.draw(st.integers(0, INPUT.length - 3 * g.lanes))
    parts, offsets, end = [], [], 0
    for _ in range(g.draw(st.integers(2, 3))):
        offset = g.draw(st.integers(max(0, end - g.lanes + 1), end))
        address = g.add("const", 1, imm=start + offset)
        parts.append(g.access("vload", g.lanes, address, region=INPUT))
        if g.draw(st.integers(0, 3)) == 0:
            parts[-1] = g.add("slice", g.lanes, parts[-1])
        offsets.append(offset)
        end = max(end, offset + g.lanes)
    if g.draw(st.booleans()):  # a word that covers one of them
        parts.append(g.add("add", 1, g.some(1), g.some(1)))
        offsets.append(g.draw(st.integers(0, end - 1)))
    g.add("overlay", end, *parts, offsets=tuple(offsets))


_STEPS = (_compute, _compute, _load, _store, _slice, _pack, _fresh_vectors)


@st.composite
def graphs(draw: st.DrawFn, lanes: int, max_steps: int = 12) -> Graph:
    """Graphs for vectors of `lanes` words that end by storing their last word and vector."""
    growing = _Growing(draw, lanes)
    for step in draw(st.lists(st.sampled_from(_STEPS), max_size=max_steps)):
        step(growing)
    vector, word = growing.some(lanes), growing.some(1)
    growing.access("vstore", 0, growing.address(OUTPUT, lanes), vector)
    growing.access("store", 0, growing.address(OUTPUT, 1), word)
    return Graph("random", lanes, MEMORY_WORDS, (INPUT, OUTPUT), tuple(growing.nodes))


def graphs_for_challenge() -> st.SearchStrategy[Graph]:
    """Graphs that this machine can run: it multiplies and adds vectors at once, but no words."""
    return graphs(CHALLENGE.vector_length).filter(_runs_on_challenge)


def _runs_on_challenge(graph: Graph) -> bool:
    return not any(node.op == "multiply_add" and node.width == 1 for node in graph.nodes)
