"""Random loops of one block: recurrences, aliasing between iterations, trips known or not.

A body is a tuple of statements, which prints as it is, and `write_loop` traces it. Places of memory
are a multiple of the round's number plus a constant, or masked words; so accesses of different
iterations alias at every distance, always or never.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from hypothesis import strategies as st

from slotweave.frontend.tracer import Tracer, Variable, Word

WORDS = 64
MEMORY_WORDS = 2 * WORDS + 1
VARIABLES = 3
MOST_TRIPS = 15
_OPERATORS = ("+", "-", "*", "&", "^", "<", "==")

#: ("round",), ("left",), ("variable", number), ("constant", word), ("load", region, place), or
#: (operator, left, right)
Expression: TypeAlias = tuple[object, ...]
#: ("affine", factor, constant) or ("masked", expression)
Place: TypeAlias = tuple[object, ...]
#: ("store", region, place, value), ("assign", number, value), ("exchange", a, b), ("trace", value)
Statement: TypeAlias = tuple[object, ...]


@dataclass(frozen=True)
class Loop:
    """`trips` rounds, found at run time if `is_read`."""

    trips: int
    is_read: bool
    body: tuple[Statement, ...]


_leaves: st.SearchStrategy[Expression] = st.one_of(
    st.just(("round",)), st.just(("left",)),
    st.tuples(st.just("variable"), st.integers(0, VARIABLES - 1)),
    st.tuples(st.just("constant"), st.sampled_from([0, 1, 2, 3, 2**32 - 1])),
)  # fmt: skip
_affine: st.SearchStrategy[Place] = st.tuples(
    st.just("affine"), st.sampled_from([0, 1, 1, 2, 3, -1]), st.integers(15, 20)
)


def _places(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Place]:
    return st.one_of(_affine, _affine, st.tuples(st.just("masked"), inner))


_expressions: st.SearchStrategy[Expression] = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.tuples(st.just("load"), st.integers(0, 1), _places(inner)),
        st.tuples(st.sampled_from(_OPERATORS), inner, inner),
    ),
    max_leaves=4,
)
_numbers = st.integers(0, VARIABLES - 1)
_statements: st.SearchStrategy[Statement] = st.one_of(
    st.tuples(st.just("store"), st.integers(0, 1), _places(_leaves), _expressions),
    st.tuples(st.just("store"), st.integers(0, 1), _affine, _expressions),
    st.tuples(st.just("assign"), _numbers, _expressions),
    st.tuples(st.just("assign"), _numbers, _expressions),
    st.tuples(st.just("exchange"), _numbers, _numbers),
    st.tuples(st.just("trace"), _leaves),
)

#: Loops of no more than MOST_TRIPS rounds.
loops: st.SearchStrategy[Loop] = st.builds(
    Loop, st.integers(0, MOST_TRIPS), st.booleans(),
    st.lists(_statements, min_size=1, max_size=5).map(tuple),
)  # fmt: skip


def write_loop(k: Tracer, loop: Loop) -> None:
    """Trace the loop between reading its variables from memory and leaving them there."""
    a, b = (k.region(name, at * WORDS, WORDS, output=True) for at, name in enumerate("ab"))
    trips = k.region("trips", 2 * WORDS, 1, read_only=True)
    writer = _Writer(k, (a, b))
    times = trips[0] & MOST_TRIPS if loop.is_read else loop.trips
    with k.loop(times) as left:
        for statement in loop.body:
            writer.write(statement, left)
        writer.round.value = writer.round.value + 1
    for number, variable in enumerate(writer.variables):
        b.store(number, variable.value)
    b.store(VARIABLES, writer.round.value)


class _Writer:
    def __init__(self, k: Tracer, regions: tuple[object, ...]) -> None:
        self.k, self.regions = k, regions
        self.round: Variable[Word] = k.variable(0)
        self.variables = [k.variable(regions[0][i]) for i in range(VARIABLES)]  # type: ignore[index]

    def write(self, statement: Statement, left: Variable[Word]) -> None:
        match statement:
            case ("store", int(region), place, value):
                self.regions[region].store(self.place(place, left), self.value(value, left))
            case ("assign", int(number), value):
                self.variables[number].value = self.value(value, left)
            case ("exchange", int(first), int(second)):
                a, b = self.variables[first], self.variables[second]
                a.value, b.value = b.value, a.value
            case ("trace", value):
                self.k.trace_write(self.value(value, left))

    def place(self, place: Place, left: Variable[Word]) -> Word:
        match place:
            case ("affine", int(factor), int(constant)):
                return self.round.value * factor + constant
            case ("masked", expression):
                return self.value(expression, left) & 3
        raise ValueError(place)

    def value(self, expression: Expression, left: Variable[Word]) -> Word:
        match expression:
            case ("round",):
                return self.round.value
            case ("left",):
                return left.value
            case ("variable", int(number)):
                return self.variables[number].value
            case ("constant", int(word)):
                return self.k.literal(word)
            case ("load", int(region), place):
                return self.regions[region][self.place(place, left)]
        operator, one, other = expression
        a, b = self.value(one, left), self.value(other, left)
        return {"+": a.__add__, "-": a.__sub__, "*": a.__mul__, "&": a.__and__, "^": a.__xor__,
                "<": a.__lt__, "==": a.__eq__}[operator](b)  # fmt: skip
