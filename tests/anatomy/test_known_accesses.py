"""What facts about memory change of what is said about a program."""

from __future__ import annotations

import random
from itertools import combinations

from slotweave.anatomy.causes.idle_causes import idle_causes
from slotweave.anatomy.inspect import inspect_program
from slotweave.anatomy.timing.what_if import what_if
from slotweave.anatomy.unrolled import unrolled
from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.graph import Region
from slotweave.ir.program import Bundle, Program
from slotweave.machine import CHALLENGE
from slotweave.simulate.run import Event
from support.event_facts import ran, random_memories
from support.placed import placed_under

#: Words 0 and 1 point to two regions of memory.
POINTERS = Facts(
    memory_words=24,
    words={0: 8, 1: 16},
    regions=(
        Region("header", 0, 8, read_only=True),
        Region("x", 8, 8, read_only=True),
        Region("y", 16, 8, output=True),
    ),
)
#: The pointers are loaded; then y[0] is stored, and behind it x[0] is loaded twice.
BUNDLES: tuple[Bundle, ...] = (
    {"load": (("const", 0, 0), ("const", 1, 1))},
    {"load": (("load", 2, 0), ("load", 3, 1))},
    {"store": (("store", 3, 3),)},
    {"load": (("load", 4, 2),)},
    {"store": (("store", 3, 4),)},
    {"load": (("load", 5, 2),)},
    {"store": (("store", 3, 5),)},
)
TEXT = Program("challenge", BUNDLES)


def test_addresses_read_from_known_words_are_known() -> None:
    known = unrolled(TEXT, CHALLENGE, POINTERS).known
    assert known[2, "store", 0].first == 16
    assert (known[3, "load", 0].regions, known[3, "load", 0].read_only) == (("x",), True)
    unknown = unrolled(TEXT, CHALLENGE, NOTHING_KNOWN).known
    assert {one.regions for one in unknown.values()} == {("memory",)}
    assert [unknown[at].first for at in ((1, "load", 1), (2, "store", 0))] == [1, None]


def test_a_load_waits_for_a_store_only_where_facts_do_not_part_them() -> None:
    load = 5
    assert placed_under(TEXT, CHALLENGE).free_from(load, "memory") == 3
    assert placed_under(TEXT, CHALLENGE, POINTERS).free_from(load, "memory") == 0


def test_stores_to_one_known_word_keep_their_order() -> None:
    placed = placed_under(TEXT, CHALLENGE, POINTERS)
    assert [placed.free_from(number, "memory") for number in (4, 6, 8)] == [0, 3, 5]


def test_a_slot_said_to_wait_for_memory_is_free_where_facts_say_so() -> None:
    without = idle_causes(TEXT, CHALLENGE, placed_under(TEXT, CHALLENGE))["load"]
    known = idle_causes(TEXT, CHALLENGE, placed_under(TEXT, CHALLENGE, POINTERS))["load"]
    assert without["memory"] == 5
    assert "memory" not in known
    assert sum(without.values()) == sum(known.values())


def test_what_is_only_read_reads_the_same_again_behind_a_store() -> None:
    assert placed_under(TEXT, CHALLENGE).values.redundant == frozenset()
    assert placed_under(TEXT, CHALLENGE, POINTERS).values.redundant == {7}


def test_a_load_beside_a_store_reads_what_was_there_before() -> None:
    """It is no repetition of a load behind that store, in whatever order the bundle lists them."""
    both: Bundle = {"store": (("store", 8, 9),), "load": (("load", 0, 8),)}
    text = Program("challenge", (both, {"load": (("load", 1, 8),)}))
    assert placed_under(text, CHALLENGE).values.redundant == frozenset()


def test_an_access_that_may_lie_anywhere_meets_all_regions() -> None:
    words = {address: word for address, word in POINTERS.words.items() if address != 1}
    facts = Facts(POINTERS.memory_words, words, POINTERS.regions)
    assert placed_under(TEXT, CHALLENGE, facts).free_from(5, "memory") == 3


#: A store to one of words 32 to 39, loads of word 1 and of one of words 8 to 11.
MASKED: tuple[Bundle, ...] = (
    {"load": (("const", 1, 1), ("const", 2, 7))},
    {"load": (("load", 0, 1), ("const", 3, 3))},
    {"alu": (("&", 4, 0, 2), ("&", 5, 0, 3))},
    {"flow": (("add_imm", 4, 4, 32),)},
    {"flow": (("add_imm", 5, 5, 8),)},
    {"store": (("store", 4, 4),)},
    {"load": (("load", 6, 1), ("load", 7, 5))},
)


def test_accesses_at_addresses_whose_ranges_do_not_meet_are_apart() -> None:
    placed = placed_under(Program("challenge", MASKED), CHALLENGE)
    assert [placed.free_from(number, "memory") for number in (9, 10)] == [0, 0]
    near = ({"flow": (("add_imm", 4, 4, 4),)} if at == 3 else one for at, one in enumerate(MASKED))
    placed = placed_under(Program("challenge", tuple(near)), CHALLENGE)  # words 4 to 11
    assert [placed.free_from(number, "memory") for number in (9, 10)] == [0, 6]


def test_words_of_a_load_that_nobody_uses_meet_nothing() -> None:
    """The vector begins at one of words 8 to 11; a store goes to one of 14 to 17."""
    for lane, free in ((16, 0), (19, 6)):
        text = Program("challenge", (
            *MASKED[:3], {"flow": (("add_imm", 4, 4, 14),)}, *MASKED[4:6],
            {"load": (("vload", 16, 5),)}, {"alu": (("+", 30, lane, lane),)},
        ))  # fmt: skip
        placed = placed_under(text, CHALLENGE)
        assert placed.free_from(9, "memory") == free


def test_what_was_loaded_for_nobody_is_no_word_to_repeat() -> None:
    """Words 9 and 10 at once, 10 unused; then something is stored to 10, and 10 is loaded."""
    text = Program("challenge", (
        {"load": (("const", 1, 1), ("const", 2, 0))},
        {"load": (("load", 0, 2),)},
        {"alu": (("&", 3, 0, 1),)},
        {"flow": (("add_imm", 3, 3, 8),)},
        {"flow": (("add_imm", 4, 3, 3),)},
        {"store": (("store", 3, 0),)},
        {"load": (("vload", 16, 3),)},
        {"alu": (("+", 5, 16, 16),), "store": (("store", 4, 0),)},
        {"load": (("load", 6, 4),)},
    ))  # fmt: skip
    assert placed_under(text, CHALLENGE).values.redundant == frozenset()


def test_a_known_word_is_loaded_again_behind_stores_to_other_words() -> None:
    def repeated(stored: int) -> bool:
        load: Bundle = {"load": (("load", 3, 1),)}
        start: Bundle = {"load": (("const", 1, 4), ("const", 2, stored))}
        store: Bundle = {"store": (("store", 2, 2),)}
        text = Program("challenge", (start, load, store, load))
        return 4 in placed_under(text, CHALLENGE).values.redundant

    assert (repeated(5), repeated(4)) == (True, False)


def drawn(seed: int) -> Program:
    """Loads and stores at sums of masked words, all of whose words are used."""
    rng = random.Random(seed)
    bundles: list[Bundle] = [
        {"load": (("const", 1, 1), ("const", 2, 2))},
        {"load": (("load", 3, 1), ("load", 4, 2))},
    ]
    for _ in range(rng.randint(2, 8)):
        mask, offset = rng.choice((0, 1, 3, 7)), rng.randrange(48)
        bundles += [
            {"load": (("const", 5, mask),)},
            {"alu": (("&", 6, rng.choice((3, 4)), 5),)},
            {"flow": (("add_imm", 6, 6, offset),)},
            rng.choice((
                {"load": (("load", 8, 6),)}, {"store": (("store", 6, 8),)},
                {"load": (("vload", 8, 6),)}, {"store": (("vstore", 6, 8),)},
            )),
            {"valu": (("+", 16, 8, 16),)},
        ]  # fmt: skip
    return Program("challenge", (*bundles, {"valu": (("+", 24, 8, 16),)}))


def place(event: Event) -> tuple[int, str, int]:
    return event.bundle, event.engine, event.slot


def test_accesses_that_met_in_a_run_are_in_one_region() -> None:
    met = 0
    for seed in range(150):
        text = drawn(seed)
        runs = ran(text, CHALLENGE, random_memories(80))
        known = unrolled(text, CHALLENGE, NOTHING_KNOWN).known
        numbers = [n for n, words in enumerate(runs.memory_words[0]) if words]
        for a, b in combinations(numbers, 2):
            if any(set(rows[a]) & set(rows[b]) for rows in runs.memory_words):
                first, second = (known[place(runs.events[n])] for n in (a, b))
                assert set(first.regions) & set(second.regions), (seed, a, b)
                met += 1
    assert met > 300


def test_a_store_to_one_of_several_words_may_change_each() -> None:
    load: Bundle = {"load": (("load", 6, 9),)}
    begin = (*MASKED[:3], {"flow": (("add_imm", 9, 9, 8),)}, MASKED[4])  # words 8 to 11
    text = Program("challenge", (*begin, load, {"store": (("store", 5, 5),)}, load))
    assert placed_under(text, CHALLENGE).values.redundant == frozenset()


#: y is words 0 to 11, z is words 12 to 23. Word 0 is stored, then words 9 to 16 are loaded.
SPLIT = Facts(24, {}, (Region("y", 0, 12, output=True), Region("z", 12, 12, output=True)))
ACROSS: tuple[Bundle, ...] = (
    {"load": (("const", 2, 0), ("const", 0, 9))},
    {"store": (("store", 2, 0),)},
    {"load": (("vload", 16, 0),)},
    {"store": (("vstore", 2, 16),)},
)


def test_known_words_are_apart_even_of_an_access_that_lies_in_two_regions() -> None:
    text = Program("challenge", ACROSS)
    assert placed_under(text, CHALLENGE, SPLIT).free_from(3, "memory") == 0
    found = inspect_program(text, CHALLENGE, SPLIT)
    assert found.bound is not None
    assert found.bound.cycles == 3
    assert what_if(text, CHALLENGE, {}, SPLIT).cycles == 3


def test_an_access_that_lies_in_two_regions_meets_what_is_stored_in_each() -> None:
    for stored, free in ((8, 0), (9, 2), (12, 2), (16, 2), (17, 0)):
        start: Bundle = {"load": (("const", 2, stored), ("const", 0, 9))}
        text = Program("challenge", (start, *ACROSS[1:3]))
        assert placed_under(text, CHALLENGE, SPLIT).free_from(3, "memory") == free, stored


def test_an_access_that_lies_in_two_regions_meets_a_computed_address_in_either() -> None:
    """One of four words is stored before words 9 to 16 are loaded."""
    for first, free in ((0, 0), (8, 5), (13, 5), (16, 5), (20, 0)):
        text = Program("challenge", (
            {"load": (("const", 0, 23), ("const", 1, 3))},
            {"load": (("load", 2, 0),)},
            {"alu": (("&", 2, 2, 1),)},
            {"flow": (("add_imm", 2, 2, first),), "load": (("const", 0, 9),)},
            {"store": (("store", 2, 1),)},
            {"load": (("vload", 16, 0),)},
            {"store": (("vstore", 0, 16),)},
        ))  # fmt: skip
        placed = placed_under(text, CHALLENGE, SPLIT)
        assert placed.free_from(7, "memory") == free, first
        retimed = what_if(text, CHALLENGE, {}, SPLIT).cycles
        assert retimed == (7 if free else 5), (first, retimed)
