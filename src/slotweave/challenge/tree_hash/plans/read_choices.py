"""The choices of a plan for tree hash, read from it and checked against shape and contract."""

from __future__ import annotations

from collections.abc import Sequence

from slotweave.challenge.tree_hash.plans.choice_table import KNOWN, choice, values_of
from slotweave.challenge.tree_hash.plans.choice_values import (
    Exceptions,
    bad_plan,
    exceptions,
    flag,
    list_of,
    number_from,
    one_of,
    unknown_choice,
    words_of,
)
from slotweave.challenge.tree_hash.plans.choices import Choices
from slotweave.challenge.tree_hash.tables.memory_map import (
    COPY_WORDS,
    FAMILY_WORDS,
    RECORD_WORDS,
    IndexTable,
    Table,
    index_table,
    room_for_tables,
    tables_fit,
    tables_over_values,
)
from slotweave.challenge.tree_hash.walks.groups import groups_of, overlapping_groups
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.ir.plan import Plan

#: Ways that read a table, and the words of its entries.
TABLE_WORDS = {"copy": COPY_WORDS, "record": RECORD_WORDS, "family": FAMILY_WORDS}


def read_choices(plan: Plan, shape: Shape, contract: str, lanes: int) -> Choices:
    """The choices in `plan`; raises InputError (SW209) naming what is wrong with them."""
    for key in plan.choices:
        if key not in KNOWN:
            raise bad_plan(plan, unknown_choice(key, KNOWN))
    levels = list_of(plan, "levels", choice("levels").default, str)
    if not levels:
        raise bad_plan(plan, "'levels' must name at least one way")
    tables = _read_tables(plan, shape, lanes)
    index = _index_table(plan, shape, contract, tables, lanes)
    choices = Choices(
        shape=shape,
        style=_word(plan, "style"),
        together=number_from(plan, "together", "a number of vectors", 1),
        kept=flag(plan, "kept", choice("kept").default),
        levels=tuple(one_of(plan, "levels", way, values_of("levels")) for way in levels),
        levels_but=_exceptions(plan, "levels_but"),
        tables=tables,
        children=_word(plan, "children"),
        children_but=_exceptions(plan, "children_but"),
        buffers=number_from(plan, "buffers", "a number of places", 1),
        spare=number_from(plan, "spare", "a number of words", 0),
        begins=tuple(list_of(plan, "begins", [], int)),
        over=_word(plan, "over"),
        restore=flag(plan, "restore", choice("restore").default),
        indexed=index is not None,
        bias=_word(plan, "bias"),
        bias_but=_exceptions(plan, "bias_but"),
        constant=_word(plan, "constant"),
        constant_but=_exceptions(plan, "constant_but"),
        sharing=_groups_sharing_words(shape, tables_over_values(tables, index), lanes),
        loop=number_from(plan, "loop", "a number of vectors", 0),
        summands=words_of(plan, "summands"),
    )
    if contract != "any-start" and choices.style == "vector":
        _check_tables(plan, choices, lanes)
        _check_begins(plan, choices, lanes)
        _check_borrowing(plan, choices, lanes)
        _check_loop(plan, choices, contract, lanes)
    return choices


def _check_loop(plan: Plan, choices: Choices, contract: str, lanes: int) -> None:
    """The vectors of a trip share no words, and take no child by words of their own."""
    if not choices.loop:
        return
    groups = groups_of(choices.shape, lanes)[: choices.loop]
    if contract == "full":
        raise bad_plan(plan, "a loop over vectors leaves no indices: contracts values and judged")
    if choices.sharing or choices.shape.batch % lanes:
        raise bad_plan(plan, "in a loop no vector may share its words with a table or another one")
    if choices.borrowed_words(lanes) or any(choices.through_memory(g.number) for g in groups):
        raise bad_plan(plan, "in a loop children are taken by 'both' or 'scalar'")


def _word(plan: Plan, name: str) -> str:
    """The word that the choice called `name` holds, or its default."""
    return one_of(plan, name, plan.choices.get(name, choice(name).default), values_of(name))


def _exceptions(plan: Plan, name: str) -> Exceptions:
    return exceptions(plan, name, values_of(name))


def _read_tables(plan: Plan, shape: Shape, lanes: int) -> tuple[Table, ...]:
    """The tables to be built: of levels that exist, in whole vectors."""
    tables = []
    for key, words in (
        ("tables", RECORD_WORDS), ("families", FAMILY_WORDS), ("copies", COPY_WORDS)
    ):  # fmt: skip
        for depth in list_of(plan, key, [], int):
            table = Table(depth, words)
            deepest = shape.height + 1 - table.levels
            if not 0 <= depth <= deepest or 2**depth % lanes:
                what = table.name.split()[0]
                raise bad_plan(
                    plan, f"no table of {what} can be made for level {depth} of this tree"
                )
            tables.append(table)
    return tuple(tables)


def _groups_sharing_words(shape: Shape, tables: Sequence[Table], lanes: int) -> frozenset[int]:
    """Groups whose value words a table or another group lies over."""
    groups = groups_of(shape, lanes)
    first_free = sum(table.size for table in tables) - shape.batch
    under_tables = [group for group in groups if group.first < first_free]
    sharing = (*overlapping_groups(shape, lanes), *under_tables)
    return frozenset(group.number for group in sharing)


def _index_table(
    plan: Plan, shape: Shape, contract: str, tables: Sequence[Table], lanes: int
) -> IndexTable | None:
    """The table whose addresses are indices, if the plan wants one and the contract indices."""
    if not flag(plan, "indexed", choice("indexed").default) or contract != "full":
        return None
    index = index_table(shape, lanes)
    if index is None:
        raise bad_plan(
            plan, "'indexed': no records fit over the nodes such that addresses are indices"
        )
    if index.table not in tables:
        raise bad_plan(plan, f"'indexed' is of {index.table.name}: give that among 'tables'")
    return index


def _check_tables(plan: Plan, choices: Choices, lanes: int) -> None:
    """Tables must exist for what is read from them, hold whole vectors, and fit into memory."""
    shape = choices.shape
    twice = len(set(choices.tables)) < len(choices.tables)
    laid = tables_over_values(choices.tables, choices.index_table(lanes))
    if twice or not tables_fit(laid, shape, lanes):
        words, room = sum(table.size for table in laid), room_for_tables(shape, lanes)
        most = f"{room} are free (each table once; a vector from its last entry on must fit)"
        raise bad_plan(plan, f"the tables take {words} words, {most}")
    for group in groups_of(shape, lanes):
        for number in range(shape.rounds):
            depth = shape.level_of_round(number)
            way = choices.way(group.number, number)
            if way in TABLE_WORDS and Table(depth, TABLE_WORDS[way]) not in choices.tables:
                what = Table(depth, TABLE_WORDS[way]).name.split()[0]
                raise bad_plan(plan, f"round {number} reads {what} of level {depth}: no such table")


def _check_begins(plan: Plan, choices: Choices, lanes: int) -> None:
    """There is one number for each group, and places taken in turn have their spare words in
    common."""
    groups = len(groups_of(choices.shape, lanes))
    if choices.begins and len(choices.begins) != groups:
        raise bad_plan(plan, f"'begins' has {len(choices.begins)} numbers for {groups} groups")
    if choices.begins and choices.spare:
        raise bad_plan(plan, "places taken in turn ('begins') have no 'spare' of their own")
    if choices.over == "start" and not choices.begins and choices.places(lanes):
        raise bad_plan(plan, "places from the start of memory on are taken in turn: give 'begins'")


def _check_borrowing(plan: Plan, choices: Choices, lanes: int) -> None:
    """Nobody may read nodes whose words are borrowed, and there must be enough of them."""
    shape = choices.shape
    groups = groups_of(shape, lanes)
    words, index = choices.borrowed_words(lanes), choices.index_table(lanes)
    borrowed = max(0, (words if index is None else index.words).stop - shape.tree)
    places = [choices.place_words(place, lanes) for place in choices.places(lanes).values()]
    if index is not None and any(each.stop > words.stop for place in places for each in place):
        raise bad_plan(
            plan, "'indexed': not all places fit before that table: take fewer 'buffers'"
        )
    if borrowed > shape.nodes:
        raise bad_plan(plan, f"children are stored over {borrowed} nodes, the tree has fewer")
    for group in groups if borrowed else ():
        for number in range(shape.rounds):
            depth = shape.level_of_round(number)
            read = choices.way(group.number, number) in ("gather", "window")
            if read and 2**depth - 1 < borrowed:
                reason = f"round {number} reads level {depth}, where children are stored"
                raise bad_plan(plan, f"{reason} ({borrowed} nodes): take fewer 'buffers'")
