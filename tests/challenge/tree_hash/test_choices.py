"""Choices: what a plan may say of tree hash, and each complaint about one that cannot be used."""

from __future__ import annotations

from typing import Any

import pytest

from slotweave.base.diagnostics import InputError
from slotweave.challenge.tree_hash.plans.choices import Choices
from slotweave.challenge.tree_hash.plans.read_choices import read_choices
from slotweave.challenge.tree_hash.walks.groups import groups_of
from slotweave.challenge.tree_hash.workload import Shape
from support.tree_hash import plan_with

SMALL = Shape(height=5, rounds=9, batch=64)
RECORDS = {
    "levels": ["select", "select", "select", "record", "record", "gather"],
    "tables": [3, 4],
}


def read(choices: dict[str, Any], shape: Shape = SMALL, contract: str = "values") -> Choices:
    return read_choices(plan_with(choices), shape, contract, 8)


def ways(choices: Choices, group: int = 0) -> list[str]:
    return [choices.way(group, number) for number in range(choices.shape.rounds)]


def test_without_choices_every_level_but_the_root_is_gathered() -> None:
    choices = read({})
    assert choices.style == "vector"
    assert ways(choices) == ["select", *["gather"] * 5, "select", "gather", "gather"]


def test_the_last_way_of_levels_goes_for_all_deeper_ones() -> None:
    choices = read({"levels": ["select", "select", "gather"]})
    assert ways(choices)[:6] == ["select", "select", *["gather"] * 4]


def test_the_root_is_selected_whatever_the_plan_says() -> None:
    assert ways(read({"levels": ["gather"]}))[0] == "select"


def test_the_round_behind_a_record_takes_the_child() -> None:
    """Whatever was said of its level."""
    assert ways(read(RECORDS))[3:6] == ["record", "child", "gather"]


def test_records_may_follow_one_another() -> None:
    shape = Shape(height=7, rounds=8, batch=256)
    levels = ["select", "select", "select", "record", "gather", "record", "gather"]
    choices = read({"levels": levels, "tables": [3, 5]}, shape)
    assert ways(choices)[3:] == ["record", "child", "record", "child", "gather"]


def test_an_exception_for_rounds_goes_for_all_groups() -> None:
    choices = read({"levels_but": [{"rounds": [1, 2], "way": "select"}]})
    for group in range(8):
        assert ways(choices, group)[:4] == ["select", "select", "select", "gather"]


def test_an_exception_for_groups_goes_for_those_and_has_the_last_word() -> None:
    exceptions = [
        {"rounds": [1], "groups": [2], "way": "gather"},
        {"rounds": [1], "way": "select"},
    ]
    choices = read({"levels_but": exceptions})
    assert [choices.way(group, 1) for group in range(4)] == ["select", "select", "gather", "select"]


def test_of_two_exceptions_the_later_one_stands() -> None:
    first, second = ({"rounds": [1], "way": way} for way in ("gather", "select"))
    assert read({"levels_but": [first, second]}).way(0, 1) == "select"
    assert read({"levels_but": [second, first]}).way(0, 1) == "gather"


def test_the_root_behind_a_child_of_the_last_level_is_the_root() -> None:
    shape = Shape(height=4, rounds=7, batch=64)
    choices = read({"levels": ["select"] * 3 + ["record", "gather"], "tables": [3]}, shape)
    assert ways(choices)[3:6] == ["record", "child", "select"]


def test_groups_under_a_table_or_another_group_do_not_own_their_words() -> None:
    judged = read({"tables": [6, 4, 3]}, Shape(10, 16, 256))
    assert owners(judged) == [False] + [True] * 31
    odd = read({}, Shape(5, 3, 61))
    assert owners(odd) == [True] * 6 + [False] * 2


def owners(choices: Choices) -> list[bool]:
    """For each group, whether it owns its words."""
    return [choices.owns_words(group) for group in groups_of(choices.shape, 8)]


def test_children_go_through_memory_only_where_words_are_owned_and_records_read() -> None:
    choices = read({**RECORDS, "children": "memory"})
    # The tables take 24 + 48 words: the 64 of the indices, and those of the first vector.
    assert [choices.through_memory(group) for group in range(8)] == [False] + [True] * 7
    assert [choices.children_way(group, 4) for group in range(2)] == ["both", "memory"]
    for other in (read(RECORDS), read({**RECORDS, "children": "scalar"}), read({})):
        assert not any(other.through_memory(group) for group in range(8))


def test_how_children_are_taken_may_differ_from_group_to_group() -> None:
    others = [{"groups": [2, 3], "way": "memory"}, {"groups": [3], "way": "scalar"}]
    choices = read({**RECORDS, "children": "both", "children_but": others})
    ways_of_groups = [choices.children_way(group, 4) for group in range(5)]
    assert ways_of_groups == ["both", "both", "memory", "scalar", "both"]


def test_how_constants_are_chosen_may_differ_from_round_to_round() -> None:
    others = [{"rounds": [3], "way": "select-two"}, {"rounds": [4], "way": "arithmetic"}]
    choices = read({**RECORDS, "bias_but": others})
    assert [choices.bits_selected(0, number) for number in (3, 4, 5)] == [2, 0, 1]


def test_two_rounds_behind_a_family_take_their_nodes_from_it() -> None:
    levels = ["select", "select", "select", "family", "gather"]
    assert ways(read({"levels": levels, "families": [3]}))[3:6] == ["family", "child", "grandchild"]


def test_a_hash_is_finished_where_the_plan_says_so() -> None:
    ways = [{"rounds": [2], "groups": [1], "way": "whole"}, {"rounds": [3], "way": "beside"}]
    choices = read({"constant_but": ways})
    found = {(g, n): choices.constant_way(g, n) for g in range(8) for n in range(9)}
    assert {at: way for at, way in found.items() if way != "carried"} == {
        (1, 2): "whole",
        **{(group, 3): "beside" for group in range(8)},
    }


def test_groups_take_turns_in_the_places_where_they_store_children() -> None:
    stored = {**RECORDS, "children_but": [{"rounds": [4], "way": "stored"}], "buffers": 3}
    choices = read(stored, Shape(height=6, rounds=5, batch=256))
    assert [choices.places(8)[group, 4] for group in range(5)] == [0, 1, 2, 0, 1]
    assert len(choices.borrowed_words(8)) == 3 * 16
    assert not read({}).borrowed_words(8)


def test_an_entry_whose_vector_would_pass_memorys_end_is_refused() -> None:
    levels = ["select"] * 3 + ["gather"] * 3 + ["record", "gather"]
    with pytest.raises(InputError, match="the tables take 192 words, 192 are free"):
        read({"levels": levels, "tables": [6]}, Shape(height=7, rounds=8, batch=96))


@pytest.mark.parametrize("contract", ["values", "full"])
@pytest.mark.parametrize(
    ("choices", "complaint"),
    [
        ({"level": ["gather"]}, "unknown choice 'level' (known: style, together, kept, loop,"),
        ({"levels": []}, "'levels' must name at least one way"),
        ({"levels": "gather"}, "'levels' must be a list of words"),
        ({"levels": [1]}, "'levels' must be a list of words"),
        ({"levels": ["guess"]}, "'levels' has 'guess', not one of select, blend, gather"),
        ({"levels": ["child"]}, "'levels' has 'child', not one of select, blend, gather"),
        ({"style": "tensor"}, "'style' has 'tensor', not one of scalar, grouped, vector"),
        (
            {"children": "flow"},
            "'children' has 'flow', not one of both, memory, stored, strided, scalar",
        ),
        (
            {"children_but": [{"groups": [1]}]},
            "an entry of 'children_but' has 'way' and 'rounds', 'groups' or both",
        ),
        ({"children_but": [{"groups": [1], "way": "all"}]}, "'children_but' has 'all', not one"),
        ({"children_but": [{"groups": "1", "way": "both"}]}, "'groups' in 'children_but' must be"),
        ({"bias": 6}, "'bias' has 6, not one of arithmetic, select"),
        ({"bias": []}, "'bias' has [], not one of arithmetic, select"),
        ({"constant": "half"}, "'constant' has 'half', not one of carried, whole"),
        ({"buffers": 0}, "'buffers' must be a number of places, at least 1"),
        ({"copies": [6]}, "no table of copies can be made for level 6 of this tree"),
        ({"families": [4]}, "no table of families can be made for level 4 of this tree"),
        ({"levels": ["copy"]}, "round 1 reads copies of level 1: no such table"),
        (
            {**RECORDS, "children": "stored", "levels_but": [{"rounds": [8], "way": "gather"}]},
            "round 8 reads level 2, where children are stored (16 nodes): take fewer 'buffers'",
        ),
        ({"tables": [True]}, "'tables' must be a list of integers"),
        ({"summands": [2**32]}, "'summands' must be a list of words of 32 bits"),
        ({"tables": 4}, "'tables' must be a list of integers"),
        ({"tables": [5]}, "no table of records can be made for level 5 of this tree"),
        ({"tables": [-1]}, "no table of records can be made for level -1 of this tree"),
        ({"tables": [2]}, "no table of records can be made for level 2 of this tree"),
        ({"tables": [3, 3]}, "the tables take 48 words, 128 are free (each table once;"),
        ({"levels": ["record"]}, "round 1 reads records of level 1: no such table"),
        (
            {"levels_but": [{"rounds": [3], "groups": [7], "way": "record"}], "tables": [4]},
            "round 3 reads records of level 3: no such table",
        ),
        ({"levels_but": ["gather"]}, "'levels_but' must be a list of objects"),
        ({"levels_but": [{"way": "gather"}]}, "an entry of 'levels_but' has 'way' and 'rounds'"),
        (
            {"levels_but": [{"rounds": [1], "way": "gather", "group": [1]}]},
            "an entry of 'levels_but' has 'way' and 'rounds'",
        ),
        ({"levels_but": [{"rounds": 1, "way": "gather"}]}, "'rounds' in 'levels_but' must be"),
        (
            {"levels_but": [{"rounds": [1], "groups": ["a"], "way": "gather"}]},
            "'groups' in 'levels_but' must be a list of numbers",
        ),
        ({"levels_but": [{"rounds": [1], "way": "jump"}]}, "'levels_but' has 'jump', not one of"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said(
    contract: str, choices: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(InputError) as refused:
        read(choices, contract=contract)
    assert refused.value.diagnostic.code == "SW209"
    assert refused.value.diagnostic.message.startswith("plan 'mine': ")
    assert complaint in refused.value.diagnostic.message


def test_tables_that_take_too_much_memory_are_refused() -> None:
    with pytest.raises(InputError, match="the tables take 168 words, 112 are free"):
        read({"tables": [3, 4, 5]}, Shape(height=6, rounds=2, batch=56))
    with pytest.raises(InputError, match="the tables take 24 words, 16 are free"):
        read({"tables": [3]}, Shape(height=5, rounds=2, batch=31))


def test_groups_begin_once_each_and_share_what_is_spare() -> None:
    with pytest.raises(InputError, match="'begins' has 3 numbers for 8 groups"):
        read({"begins": [0, 5, 10]})
    with pytest.raises(InputError, match="'begins' must be a list of integers"):
        read({"begins": [0.5] * 8})
    with pytest.raises(InputError, match="places taken in turn"):
        read({"begins": [0] * 8, "spare": 3})


def test_any_start_needs_no_tables_and_asks_for_none() -> None:
    assert read({"levels": ["record"]}, contract="any-start").style == "vector"
