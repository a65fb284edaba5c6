"""Known words are those that every run gives; words not demanded never matter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from slotweave.ir.demand import demanded_words
from slotweave.ir.known_words import MOST_OPTIONS, known_values, value_options
from slotweave.ir.text.graph_text import graph_from_text

GRAPH = """\
graph "g" vector_length=2 memory_words=8
region "m" start=0 length=8
%0 : 1 = const imm=6
%1 : 1 = const imm=-1
%2 : 1 = add %0 %1
%3 : 2 = broadcast %2
%4 : 2 = overlay %0 %2 offsets=0,1
%5 : 2 = mul %3 %4
%6 : 1 = slice %5 imm=1
%7 : 1 = add_immediate %6 imm=-5
%8 : 1 = const
%9 : 1 = div %0 %8
%10 : 1 = load %0 region="m"
%11 : 1 = add %10 %0
%12 : 3 = overlay %0 %2 %1 offsets=0,1,2
%13 = store %7 %12 region="m"
"""


def test_constants_and_what_is_computed_from_them_are_known() -> None:
    known = known_values(graph_from_text(GRAPH))
    assert {name: known[name] for name in (2, 3, 4, 5, 6, 7)} == {
        2: (5,), 3: (5, 5), 4: (6, 5), 5: (30, 25), 6: (25,), 7: (20,),
    }  # fmt: skip


def test_loads_and_undefined_quotients_are_not_known() -> None:
    known = known_values(graph_from_text(GRAPH))
    assert not {9, 10, 11} & known.keys()


OPTIONS = """\
graph "g" vector_length=2 memory_words=8
region "m" start=0 length=8
%0 : 1 = const imm=1
%1 : 1 = const imm=2
%2 : 1 = const imm=3
%3 : 1 = load %0 region="m"
%4 : 1 = select %3 %0 %1
%5 : 1 = select %3 %4 %2
%6 : 2 = overlay %5 %0 offsets=0,1
%7 : 1 = slice %6
%8 : 1 = select %3 %3 %0
%9 : 1 = add %4 %0
"""


def test_what_is_selected_among_constants_is_one_of_them() -> None:
    options = value_options(graph_from_text(OPTIONS))
    assert options[4] == (frozenset({1, 2}),)
    assert options[5] == options[7] == (frozenset({1, 2, 3}),)
    assert options[6] == (frozenset({1, 2, 3}), frozenset({1}))
    assert not {3, 8, 9} & options.keys()


def test_a_word_of_too_many_options_is_not_followed() -> None:
    lines = ['graph "g" vector_length=2 memory_words=8', 'region "m" start=0 length=8']
    lines += ["%0 : 1 = const imm=0", '%1 : 1 = load %0 region="m"']
    newest = 0
    for number in range(MOST_OPTIONS):
        name = 2 + 2 * number
        lines += [f"%{name} : 1 = const imm={number + 1}",
                  f"%{name + 1} : 1 = select %1 %{name} %{newest}"]  # fmt: skip
        newest = name + 1
    options = value_options(graph_from_text("\n".join(lines) + "\n"))
    assert len(options[newest - 2][0]) == MOST_OPTIONS
    assert newest not in options


DEMAND = """\
graph "g" vector_length=4 memory_words=64
region "m" start=0 length=64
%0 : 1 = const
%1 : 4 = vload %0 region="m"
%2 : 4 = vload %0 region="m"
%3 : 4 = xor %1 %2
%4 : 1 = slice %3 imm=2
%5 : 5 = overlay %1 %2 offsets=0,1
%6 : 2 = slice %5 imm=0
%7 : 1 = slice %6 imm=1
%8 : 4 = load %1 region="m"
%9 : 1 = slice %8 imm=3
{store}
"""


def _demand_if_stored(value: int) -> list[int]:
    text = DEMAND.format(store=f'%10 = store %0 %{value} region="m"')
    return demanded_words(graph_from_text(text).nodes)


def test_lane_wise_operations_want_the_lanes_that_are_wanted_of_them() -> None:
    assert _demand_if_stored(4)[1:4] == [0b0100, 0b0100, 0b0100]


def test_a_covered_word_is_wanted_of_the_part_that_covers_it() -> None:
    assert _demand_if_stored(7)[1:3] == [0b0000, 0b0001]


def test_a_gather_wants_only_the_addresses_of_wanted_lanes() -> None:
    assert _demand_if_stored(9)[1] == 0b1000


@given(st.integers(0, 9))
def test_without_an_effect_nothing_is_wanted(last: int) -> None:
    graph = graph_from_text(DEMAND.format(store=""))
    assert demanded_words(graph.nodes[: last + 1]) == [0] * (last + 1)
