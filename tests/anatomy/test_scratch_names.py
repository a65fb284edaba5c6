"""Names that a program brings for its words of scratch appear where numbers would."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from slotweave.anatomy.causes.why_here import explain_bundle
from slotweave.anatomy.inspect import inspect_program
from slotweave.anatomy.words.scratch_names import scratch_names
from slotweave.ir.program import Bundle, Program
from slotweave.machine import CHALLENGE
from slotweave.views.explain_text import explanation_lines
from slotweave.views.inspect_table import inspect_view

PROGRAM = Program(
    "challenge",
    (
        {"load": (("const", 0, 8), ("const", 1, 1))},
        {"load": (("vload", 16, 0),)},
        {"valu": (("+", 24, 16, 16),), "load": (("load_offset", 40, 16, 3),)},
        {"alu": (("+", 2, 43, 1),)},
        {"store": (("store", 0, 2),)},
    ),
    names={0: ("at", 1), 1: ("one", 1), 16: ("values", 16), 40: ("nodes", 8), 42: ("inner", 1)},
)
NAMES = scratch_names(PROGRAM, CHALLENGE)


def test_a_word_of_a_longer_variable_has_its_place_in_it() -> None:
    assert (NAMES.of(0), NAMES.of(17), NAMES.of(31)) == ("at", "values[1]", "values[15]")
    assert (NAMES.of(32), NAMES.of(2)) == (None, None)


def test_words_side_by_side_are_a_slice_unless_they_are_the_whole() -> None:
    assert (NAMES.of(16, 8), NAMES.of(24, 8)) == ("values[0:8]", "values[8:16]")
    assert NAMES.of(16, 16) == "values"
    assert NAMES.of(28, 8) is None, "it goes on behind the variable"


def test_the_nearest_of_several_names_counts() -> None:
    assert (NAMES.of(41), NAMES.of(42), NAMES.of(43)) == ("nodes[1]", "inner", "nodes[3]")


def test_the_number_stands_in_brackets() -> None:
    assert (NAMES.with_number(17), NAMES.with_number(2)) == ("values[1] (17)", "2")


def test_only_operands_that_are_words_are_named() -> None:
    assert NAMES.text("load", ("const", 0, 1)) == "const at 1"
    assert NAMES.text("valu", ("+", 24, 16, 16)) == "+ values[8:16] values[0:8] values[0:8]"
    assert NAMES.text("store", ("store", 0, 2)) == "store at 2"
    assert (
        NAMES.text("load", ("load_offset", 16, 24, 1)) == "load_offset values[0:8] values[8:16] 1"
    )


def test_what_cannot_be_printed_or_is_out_of_range_is_no_name() -> None:
    odd = Program("challenge", (), names={
        0: ("\x1b[31m", 1), 1: ("\n", 1), 2: ("none", 0), 3: ("long", 10**12), 10**12: ("far", 1),
    })  # fmt: skip
    names = scratch_names(odd, CHALLENGE)
    assert [names.of(word) for word in range(3)] == ["[31m", None, None]
    assert names.of(1535) == "long[1532]"


def test_explain_names_the_words_and_has_the_numbers_in_brackets() -> None:
    lines = list(explanation_lines(explain_bundle(PROGRAM, CHALLENGE, 2, "valu", 0)))
    assert lines[0] == ("2:valu:0 `+ values[8:16] values[0:8] values[0:8]` (`+ 24 16 16`)")
    assert lines[1] == "    until 2: its operand is computed by 1:load:0 `vload values[0:8] at`"
    (one,) = explain_bundle(PROGRAM, CHALLENGE, 4).to_json()["operations"]
    assert (one["text"], one["named"]) == ("store 0 2", "store at 2")


def test_without_names_nothing_changes() -> None:
    plain = Program("challenge", PROGRAM.bundles)
    lines = list(explanation_lines(explain_bundle(plain, CHALLENGE, 2, "valu", 0)))
    assert lines[0] == "2:valu:0 `+ 24 16 16`"
    assert "named" not in explain_bundle(plain, CHALLENGE, 4).to_json()["operations"][0]


def test_inspect_names_the_words_that_are_waited_for_and_those_never_written() -> None:
    """Word 2 is written again while its first value is still to be read; word 4 never was."""
    rows: tuple[Bundle, ...] = (
        {"load": (("const", 2, 1), ("const", 3, 2))},
        {"alu": (("+", 5, 4, 3),)},
        {"store": (("store", 3, 2),)},
        {"load": (("const", 2, 7),)},
        {"store": (("store", 5, 2),)},
    )
    program = Program("challenge", rows, names={2: ("value", 1), 4: ("pair", 2)})
    found = inspect_program(program, CHALLENGE)
    assert found.view is not None
    (waits,) = found.view.word_waits
    assert (waits.first, waits.words, waits.operations) == (2, 1, 1)
    console = Console(file=StringIO(), width=200, no_color=True)
    console.print(inspect_view(found))
    assert isinstance(console.file, StringIO)
    text = console.file.getvalue()
    assert "waiting only for a word in use: 1 operation for value (2)" in text
    assert "the first of pair[0] (4) in bundle 1, alu[0]" in text
