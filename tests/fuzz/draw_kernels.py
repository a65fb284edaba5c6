"""Random kernels as statements, and the machines and options to compile them with."""

from __future__ import annotations

from hypothesis import strategies as st

from fuzz.statements import Statement, Statements
from fuzz.writing import BINARY, VARIABLE

#: Statements and how often they are drawn: name, count of numbers.
_SIMPLE = {
    "binary": 3, "vbinary": 3, "select": 3, "vselect": 3, "multiply_add": 3, "vmultiply_add": 3,
    "add_immediate": 2, "core_id": 0, "broadcast": 1, "lane": 2, "pack": 1, "shift": 3, "load": 4,
    "vload": 4, "gather": 4, "store": 5, "vstore": 5, "scatter": 5, "set": 2, "vset": 2,
    "trace": 1, "pause": 0,
}  # fmt: skip
_OFTEN = ("binary", "load", "load", "store", "store", "store", "set", "set", "vstore", "scatter",
          "vload", "gather", "trace", "vset", "vbinary")  # fmt: skip
_NAMES = (*_SIMPLE, *_OFTEN)

#: Mostly what lies near; negative numbers are literals (~1 is 1).
numbers = st.one_of(
    st.integers(0, 3),
    st.integers(0, 20),
    st.integers(-6, -1),
    st.integers(VARIABLE, VARIABLE + 2),
    st.sampled_from([~15, ~31, ~32, ~0x80000000, ~0xFFFFFFFF, ~7]),
)


@st.composite
def simple_statements(draw: st.DrawFn) -> Statement:
    name = draw(st.sampled_from(_NAMES))
    if name in ("binary", "vbinary"):
        op = draw(st.integers(0, len(BINARY) - 1))
        return Statement(name, (op, draw(numbers), draw(numbers)))
    return Statement(name, tuple(draw(numbers) for _ in range(_SIMPLE[name])))


@st.composite
def exchanges(draw: st.DrawFn) -> Statements:
    """A variable stored and loaded again, perhaps from elsewhere, or with something between."""
    wide = "v" * draw(st.booleans())
    region, variable = draw(st.integers(0, 2)), draw(st.integers(0, 1))
    steps = [
        Statement(f"{wide}store", (region, *draw(_places()), VARIABLE + variable)),
        Statement(f"{wide}load", (region + 1, *draw(_places()))),
        Statement(f"{wide}set", (variable, 0)),
    ]
    if draw(st.booleans()):
        steps.insert(draw(st.integers(0, 3)), draw(simple_statements()))
    if draw(st.booleans()):
        steps.append(Statement(f"{wide}store", (region, *draw(_places()), VARIABLE + variable)))
    return tuple(steps)


def _places() -> st.SearchStrategy[tuple[int, int, int]]:
    return st.tuples(st.sampled_from([0, 1, 2, 2, 3, 4, 5]), numbers, numbers)


@st.composite
def statements(draw: st.DrawFn, depth: int = 3, most: int = 16) -> Statements:
    """At most `most` statements, loops and branches `depth` deep among them."""
    found = []
    for _ in range(draw(st.integers(0, most))):
        kind = draw(st.integers(0, 11 if depth else 7))
        if kind < 7:
            found.append(draw(simple_statements()))
        elif kind == 7:
            found.extend(draw(exchanges()))
        elif kind < 10:
            sides = tuple(draw(_body(depth)) for _ in range(2))
            found.append(Statement("branch", (draw(numbers),), sides))
        elif kind == 10:
            times = (draw(st.integers(0, 3)), draw(numbers))
            found.append(Statement("loop", times, (draw(_body(depth)),)))
        else:
            found.append(Statement("item", (draw(st.integers(0, 3)),), (draw(_body(depth)),)))
    return tuple(found)


def _body(depth: int) -> st.SearchStrategy[Statements]:
    """Often empty, or only one statement."""
    return st.one_of(
        st.just(()),
        simple_statements().map(lambda one: (one,)),
        statements(depth - 1, 5),
    )
