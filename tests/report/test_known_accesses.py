"""What facts about memory change of what is said about a program."""

from __future__ import annotations

from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.graph import Region
from slotweave.ir.program import Bundle, Program
from slotweave.machine import CHALLENGE
from slotweave.report.idle_causes import idle_causes
from slotweave.report.known_accesses import known_accesses
from slotweave.report.placements import placements

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
    known = known_accesses(TEXT, CHALLENGE, POINTERS)
    assert known[2, "store", 0].first == 16
    assert (known[3, "load", 0].region, known[3, "load", 0].read_only) == ("x", True)
    unknown = known_accesses(TEXT, CHALLENGE, NOTHING_KNOWN)
    assert {one.region for one in unknown.values()} == {"memory"}
    assert [unknown[at].first for at in ((1, "load", 1), (2, "store", 0))] == [1, None]


def test_a_load_waits_for_a_store_only_where_facts_do_not_part_them() -> None:
    load = 5
    assert placements(TEXT, CHALLENGE).free_from(load, "memory") == 3
    assert placements(TEXT, CHALLENGE, POINTERS).free_from(load, "memory") == 0


def test_stores_to_one_known_word_keep_their_order() -> None:
    placed = placements(TEXT, CHALLENGE, POINTERS)
    assert [placed.free_from(number, "memory") for number in (4, 6, 8)] == [0, 3, 5]


def test_a_slot_said_to_wait_for_memory_is_free_where_facts_say_so() -> None:
    without = idle_causes(TEXT, CHALLENGE, placements(TEXT, CHALLENGE))["load"]
    known = idle_causes(TEXT, CHALLENGE, placements(TEXT, CHALLENGE, POINTERS))["load"]
    assert without["memory"] == 5
    assert "memory" not in known
    assert sum(without.values()) == sum(known.values())


def test_what_is_only_read_reads_the_same_again_behind_a_store() -> None:
    assert placements(TEXT, CHALLENGE).values.again == frozenset()
    assert placements(TEXT, CHALLENGE, POINTERS).values.again == {7}


def test_a_load_beside_a_store_reads_what_was_there_before() -> None:
    """It is no repetition of a load behind that store, in whatever order the bundle lists them."""
    both: Bundle = {"store": (("store", 8, 9),), "load": (("load", 0, 8),)}
    text = Program("challenge", (both, {"load": (("load", 1, 8),)}))
    assert placements(text, CHALLENGE).values.again == frozenset()


def test_an_access_that_may_lie_anywhere_meets_all_regions() -> None:
    words = {address: word for address, word in POINTERS.words.items() if address != 1}
    facts = Facts(POINTERS.memory_words, words, POINTERS.regions)
    assert placements(TEXT, CHALLENGE, facts).free_from(5, "memory") == 3
