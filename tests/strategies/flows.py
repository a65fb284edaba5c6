"""Random kernels with loops, branches (often with an empty side), variables and traces.

A kernel is drawn as a tree of statements, which prints as it is, and `write` traces it. All of its
memory is output; addresses are masked, so that they alias often and stay inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from hypothesis import strategies as st

from slotweave.frontend.tracer import RegionHandle, Tracer, Variable, Vector, Word

WORDS = 16
VARIABLES = 3
MEMORY_WORDS = 2 * WORDS
_OPERATORS = ("+", "-", "&", "^", "<", "==")

#: ("variable", number), ("constant", word), ("load", region, index) or (operator, left, right)
Expression: TypeAlias = tuple[object, ...]


@dataclass(frozen=True)
class Store:
    """Writes a word, or a word and its successors in all lanes."""

    region: int
    index: Expression
    value: Expression


@dataclass(frozen=True)
class Assign:
    variable: int
    value: Expression


@dataclass(frozen=True)
class Exchange:
    """Two variables change places."""

    left: int
    right: int


@dataclass(frozen=True)
class Widen:
    """The vector variable takes a word, a shifted copy of itself, and what a region holds."""

    lane: Expression
    region: int


@dataclass(frozen=True)
class Narrow:
    """A word variable takes a lane of the vector variable."""

    variable: int
    lane: int


@dataclass(frozen=True)
class StoreVector:
    """The vector variable goes to memory."""

    region: int
    index: int


@dataclass(frozen=True)
class Trace:
    value: Expression


@dataclass(frozen=True)
class Loop:
    times: int
    body: tuple[Statement, ...]


@dataclass(frozen=True)
class Branch:
    condition: Expression
    yes: tuple[Statement, ...]
    no: tuple[Statement, ...]


Statement: TypeAlias = (
    "Store | Assign | Exchange | Widen | Narrow | StoreVector | Trace | Loop | Branch"
)

_leaves: st.SearchStrategy[Expression] = st.one_of(
    st.tuples(st.just("variable"), st.integers(0, VARIABLES - 1)),
    st.tuples(st.just("constant"), st.sampled_from([0, 1, 2, 3, 2**32 - 1])),
)
expressions: st.SearchStrategy[Expression] = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.tuples(st.just("load"), st.integers(0, 1), inner),
        st.tuples(st.sampled_from(_OPERATORS), inner, inner),
    ),
    max_leaves=3,
)
_variables = st.integers(0, VARIABLES - 1)
_plain: st.SearchStrategy[Statement] = st.one_of(
    st.builds(Store, st.integers(0, 1), expressions, expressions),
    st.builds(Store, st.integers(0, 1), expressions, expressions),
    st.builds(Assign, _variables, expressions),
    st.builds(Assign, _variables, expressions),
    st.builds(Exchange, _variables, _variables),
    st.builds(Widen, expressions, st.integers(0, 1)),
    st.builds(Narrow, _variables, st.integers(0, 3)),
    st.builds(StoreVector, st.integers(0, 1), st.integers(0, 3)),
    st.builds(Trace, expressions),
)


def _nested(inner: st.SearchStrategy[Statement]) -> st.SearchStrategy[Statement]:
    body = st.lists(inner, min_size=1, max_size=3).map(tuple)
    nothing: st.SearchStrategy[tuple[Statement, ...]] = st.just(())
    return st.one_of(
        st.builds(Loop, st.integers(1, 3), st.one_of(nothing, body, body)),
        st.builds(Branch, expressions, body, nothing),
        st.builds(Branch, expressions, nothing, body),
        st.builds(Branch, expressions, body, body),
        st.builds(Branch, expressions, nothing, nothing),
    )


def _statements(depth: int) -> st.SearchStrategy[Statement]:
    """Half of the statements are jumps around others, down to that depth."""
    if not depth:
        return _plain
    nested = _nested(_statements(depth - 1))
    return st.booleans().flatmap(lambda plain: _plain if plain else nested)


#: Kernels as trees of statements.
kernels: st.SearchStrategy[tuple[Statement, ...]] = st.lists(
    _statements(2), min_size=2, max_size=5
).map(tuple)


class _Writer:
    def __init__(self, k: Tracer) -> None:
        self.k = k
        self.regions = [k.region(name, at * WORDS, WORDS, output=True)
                        for at, name in enumerate("ab")]  # fmt: skip
        self.variables: list[Variable[Word]] = [
            k.variable(self.regions[0][i]) for i in range(VARIABLES)
        ]
        self.vector: Variable[Vector] = k.variable(self.regions[1].vload(0))

    def index(self, expression: Expression) -> Word:
        return self.value(expression) & 3

    def value(self, expression: Expression) -> Word:
        match expression:
            case ("variable", int(number)):
                return self.variables[number].value
            case ("constant", int(word)):
                return self.k.literal(word)
            case ("load", int(region), index):
                return self.regions[region][self.index(index)]  # type: ignore[arg-type]
        operator, left, right = expression
        a, b = self.value(left), self.value(right)  # type: ignore[arg-type]
        return {"+": a.__add__, "-": a.__sub__, "&": a.__and__, "^": a.__xor__,
                "<": a.__lt__, "==": a.__eq__}[operator](b)  # type: ignore[index]  # fmt: skip

    def run(self, statements: tuple[Statement, ...]) -> None:
        for statement in statements:
            self.write(statement)

    def write(self, statement: Statement) -> None:
        k, regions = self.k, self.regions
        match statement:
            case Store(region, index, value):
                regions[region].store(self.index(index), self.value(value))
            case Assign(variable, value):
                self.variables[variable].value = self.value(value)
            case Exchange(left, right):
                a, b = self.variables[left], self.variables[right]
                a.value, b.value = b.value, a.value
            case Widen(lane, region):
                self.widen(self.value(lane), regions[region])
            case Narrow(variable, lane):
                self.variables[variable].value = self.vector.value.lane(lane)
            case StoreVector(region, index):
                regions[region].vstore(index, self.vector.value)
            case Trace(value):
                k.trace_write(self.value(value))
            case Loop(times, body):
                with k.loop(times):
                    self.run(body)
            case Branch(condition, yes, no):
                k.branch(self.value(condition), lambda: self.run(yes), lambda: self.run(no))

    def widen(self, word: Word, region: RegionHandle) -> None:
        shifted = self.k.concat(word, self.vector.value).slice(0)
        assert isinstance(shifted, Vector)
        self.vector.value = shifted + region.vload(0) if region.start else shifted


def write(k: Tracer, statements: tuple[Statement, ...]) -> None:
    """Trace the kernel that `statements` are."""
    _Writer(k).run(statements)
