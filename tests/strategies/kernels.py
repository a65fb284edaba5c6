"""Random kernels written through the tracer: accesses at any addresses, and arithmetic."""

from __future__ import annotations

from hypothesis import strategies as st

from slotweave.frontend.tracer import RegionHandle, Tracer, Vector, Word
from slotweave.ir.graph import Graph

REGION_WORDS = 16
MEMORY_WORDS = 2 * REGION_WORDS

#: Words on which rules are likely to match.
SPECIAL = (0, 1, 2, 3, 4, 8, 9, 16, 31, 32, 33, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF, 0xB55A4F09)

special_words = st.one_of(st.sampled_from(SPECIAL), st.integers(0, 2**32 - 1))


def pick(draw: st.DrawFn, values: list[Word] | list[Vector]) -> Word | Vector:
    """One of the values (they cannot be hashed, as `sampled_from` would)."""
    return values[draw(st.integers(0, len(values) - 1))]


def operate(draw: st.DrawFn, k: Tracer, values: list[Word] | list[Vector]) -> Word | Vector:
    """A new value from those that are there, with literals among the operands."""
    a, b = pick(draw, values), pick(draw, values)
    right = draw(special_words) if draw(st.booleans()) else b
    match draw(st.integers(0, 16)):
        case 0:
            return a + right
        case 1:
            return a - right
        case 2:
            return right - a
        case 3:
            return a * right
        case 4:
            return a ^ right
        case 5:
            return (a ^ draw(special_words)) ^ b
        case 6:
            return a & right
        case 7:
            return a | right
        case 8:
            return a << draw(st.integers(0, 33))
        case 9:
            return a >> right
        case 10:
            return a // draw(st.integers(1, 9))
        case 11:
            return a % draw(st.sampled_from((1, 2, 3, 2**31)))
        case 12:
            return a < right
        case 13:
            return a == right
        case 14:
            return k.select(a & 1, right, b)
        case 15:
            return k.select(a, a ^ right, b ^ right)
        case _:
            return k.multiply_add(a, right, b) if isinstance(a, Vector) else a * right + b


def access(draw: st.DrawFn, k: Tracer, region: RegionHandle, words: list[Word]) -> None:
    """A load or a store of a word or a vector, at a known or at a computed address."""
    lanes, wide = k.vector_length, draw(st.booleans())
    last = REGION_WORDS - (lanes if wide else 1)
    if draw(st.booleans()):
        index: Word | int = draw(st.integers(0, last))
    else:
        index = pick(draw, words) % (last + 1)
    match wide, draw(st.booleans()):
        case True, True:
            region.vstore(index, k.broadcast(pick(draw, words)))
        case True, False:
            words.append(region.vload(index).lane(draw(st.integers(0, lanes - 1))))
        case False, True:
            region.store(index, pick(draw, words))
        case _:
            words.append(region[index])


@st.composite
def memory_kernels(draw: st.DrawFn, lanes: int = 4, max_accesses: int = 12) -> Graph:
    """Graphs that are mostly memory accesses."""
    k = Tracer("accesses", lanes)
    k.memory(MEMORY_WORDS)
    inputs = k.region("in", 0, REGION_WORDS, read_only=True)
    region = k.region("out", REGION_WORDS, REGION_WORDS, output=True)
    words = [inputs[0], inputs[1]]
    for _ in range(draw(st.integers(0, max_accesses))):
        access(draw, k, region, words)
    region.store(0, words[-1])
    return k.graph()


@st.composite
def arithmetic_kernels(draw: st.DrawFn, lanes: int = 4, max_operations: int = 12) -> Graph:
    """Graphs of one vector and one word computation, with some of the values stored."""
    k = Tracer("arithmetic", lanes)
    k.memory(MEMORY_WORDS)
    inputs = k.region("in", 0, REGION_WORDS, read_only=True)
    region = k.region("out", REGION_WORDS, REGION_WORDS, output=True)
    vectors = [inputs.vload(0), inputs.vload(lanes), k.broadcast(inputs[9])]
    words = [inputs[0], inputs[1], vectors[0].lane(2)]
    for _ in range(draw(st.integers(1, max_operations))):
        with k.item(draw(st.integers(0, 2))):
            if draw(st.booleans()):
                vectors.append(operate(draw, k, vectors))
            else:
                words.append(operate(draw, k, words))
    region.vstore(0, vectors[-1])
    region.vstore(lanes, pick(draw, vectors))
    region.store(2 * lanes, words[-1])
    region.store(2 * lanes + 1, pick(draw, vectors).lane(1))
    return k.graph()
