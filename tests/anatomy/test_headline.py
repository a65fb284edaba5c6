"""The first sentence of `inspect` on programs small enough to see that it is true."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from slotweave.anatomy.headline import headline
from slotweave.anatomy.inspect import inspect_program
from slotweave.ir.program import Bundle, Program
from slotweave.ir.text.program_files import program_to_json
from slotweave.machine import CHALLENGE
from support.command_line import slotweave

NOTHING: Bundle = {"flow": ()}


def said_of(*bundles: Bundle) -> str:
    return headline(inspect_program(Program("challenge", bundles), CHALLENGE))


def const(*words: int) -> Bundle:
    return {"load": tuple(("const", word, word) for word in words)}


def test_of_nothing_there_is_nothing_to_say() -> None:
    assert said_of() == "It takes no cycle: there is nothing to do."


def test_one_operation_at_a_time_could_be_put_side_by_side() -> None:
    """Two chains of a constant and a sum each; side by side they take two cycles."""
    said = said_of(const(0), const(1), {"alu": (("+", 2, 0, 0),)}, {"alu": (("+", 3, 1, 1),)})
    save = "running them in parallel would save up to 2 of its 4 cycles"
    assert said == f"No bundle holds two operations; {save}."


def test_engines_that_never_run_together_could_overlap() -> None:
    said = said_of(const(0, 1), {"alu": (("+", 2, 0, 0), ("+", 3, 1, 1))}, NOTHING, const(4, 5))
    assert said == "No bundle uses two engines; overlapping would save up to 2 of its 4 cycles."


def test_one_engine_alone_has_none_to_overlap_with() -> None:
    said = said_of(const(0, 1), const(2), const(4, 5), NOTHING)
    assert "two engines" not in said


def test_a_full_engine_is_what_no_order_makes_shorter() -> None:
    why = "its 5 slots on load take this long in any order"
    said = said_of(const(0, 1), const(2, 3), const(4))
    assert said == f"It cannot be shorter than 3 cycles unless load does less work: {why}."


def test_a_chain_is_what_no_order_makes_shorter() -> None:
    said = said_of(const(0), {"alu": (("+", 1, 0, 0),)}, {"alu": (("+", 2, 1, 1),)})
    why = "its longest chain of operations takes this long"
    assert said == f"It cannot be shorter than 3 cycles without different operations: {why}."


def test_an_engine_that_is_nearly_full_leaves_little_to_other_orders() -> None:
    rows = [const(2 * at, 2 * at + 1) for at in range(19)]
    said = said_of(*rows, NOTHING)
    assert said == (
        "load uses 95.0 % of its slots: no other order saves more than 1 cycle, "
        "only fewer operations on load would."
    )


def test_what_another_order_saves_at_most_is_what_the_highest_bound_leaves() -> None:
    """The loads fill 20 of the 22 cycles, and a chain takes 21."""
    chain = [("+", 100 + at, 99 + at if at else 0, 1) for at in range(20)]
    rows: list[Bundle] = [{**const(2 * at, 2 * at + 1), **({"alu": (chain[at - 1],)} if at else {})}
                          for at in range(20)]  # fmt: skip
    said = said_of(*rows, {"alu": (chain[19],)}, NOTHING)
    assert "90.9 % of its slots: no other order saves more than 1 cycle, " in said


def test_otherwise_the_cause_of_most_idle_slots_of_the_busiest_engine_is_named() -> None:
    """In bundles 1 and 2 both slots of load wait for the sum; in 3 and 4 one has the next load."""
    both: Bundle = {"alu": (("+", 1, 0, 0),), "flow": (("add_imm", 2, 0, 1),)}
    loads: list[Bundle] = [{"load": (("load", 4 + at, 1),)} for at in range(3)]
    stores: Bundle = {"store": (("store", 1, 4),)}
    found = inspect_program(
        Program("challenge", (const(0, 3), NOTHING, both, *loads, stores)), CHALLENGE
    )
    assert found.view is not None
    assert found.view.idle["load"] == {"free": 2, "dependence": 4, "nothing": 3}
    assert headline(found) == (
        "Of 9 idle slots of load, the busiest engine, 4 wait for operands; "
        "with these operations on their engines at most 3 cycles can be saved."
    )


def test_where_the_run_is_not_known_that_comes_first() -> None:
    said = said_of({"load": (("load", 0, 0),)}, {"flow": (("cond_jump", 0, 0),)})
    assert said == "How long it runs is not known: cond_jump depends on data (bundle 1)."


#: What is known costs no cycle in a dataflow: these constants could be folded.
FOLDED: list[Bundle] = [const(3, 4), {"alu": (("+", 2, 3, 4),)}, {"store": (("store", 2, 2),)}]
#: The second load repeats the first one.
REPEATED: list[Bundle] = [
    {"load": (("load", 0, 1), ("load", 2, 1))}, {"store": (("store", 1, 0),)},
    {"store": (("store", 0, 2),)},
]  # fmt: skip


def test_the_bound_comes_first_where_no_order_is_shorter_and_nothing_superfluous() -> None:
    for bundles, first in ((FOLDED, "bound"), (REPEATED, "repack")):
        text = program_to_json(Program("challenge", tuple(bundles)))
        told = slotweave("inspect", "-", "--json", stdin=text).json
        assert told["bound"]["cycles"] == told["cycles"] > told["dataflow"]["cycles"]
        assert told["next"].startswith(f"slotweave {first} -"), told["next"]


COMMANDS = [
    (const(0), const(1)),
    (const(0, 1),),
    (),
    ({"load": (("load", 0, 0),)}, {"flow": (("cond_jump", 0, 0),)}),
]


@pytest.mark.parametrize("bundles", COMMANDS)
@pytest.mark.parametrize("options", [(), ("--facts", "none"), ("--machine", "challenge")])
def test_the_command_to_type_next_can_be_typed(
    bundles: tuple[Bundle, ...], options: tuple[str, ...], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path("it is.json").write_text(program_to_json(Program("challenge", bundles)), encoding="utf-8")
    answer = slotweave("inspect", "it is.json", *options)
    last = answer.out.splitlines()[-1]
    assert last.startswith("next: slotweave ")
    words = shlex.split(last.removeprefix("next: "))
    assert slotweave(*words[1:]).code == 0
    assert slotweave("inspect", "it is.json", *options, "--json").json["next"] == shlex.join(words)


def test_under_facts_of_another_program_the_commands_are_those_that_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stores where the challenge has its tree."""
    monkeypatch.chdir(tmp_path)
    Path("k.py").write_text(
        "def f(k, n=64):\n"
        "    a, b = k.region('a', 0, n, read_only=True), k.region('b', n, n, output=True)\n"
        "    for i in range(0, n, 8):\n"
        "        b.vstore(i, a.vload(i) + 1)\n"
    )
    assert slotweave("compile", "k.py:f", "-o", "p.json", "-q").code == 0
    answer = slotweave("inspect", "p.json", "--facts", "challenge")
    assert "the program names k.py:f, and --facts challenge describes memory of tree-hash" in (
        answer.err
    )
    commands = [line.split(": ")[1] for line in answer.out.splitlines()[-2:]]
    assert commands == [
        "slotweave facts show k.py:f -p n=64 -o facts.json",
        "slotweave inspect p.json --facts none",
    ]
    for command in commands:
        assert slotweave(*shlex.split(command)[1:]).code == 0
    assert slotweave("inspect", "p.json", "--facts", "facts.json").err == ""


def test_a_store_that_the_facts_forbid_asks_for_others(tmp_path: Path) -> None:
    program = tmp_path / "p.json"
    stores = (const(0, 20), {"store": (("store", 20, 0),)})
    program.write_text(program_to_json(Program("challenge", stores)))
    answer = slotweave("inspect", program, "--facts", "challenge")
    assert "which is read-only under these facts" in answer.err
    command = answer.out.splitlines()[-1].removeprefix("next: ")
    assert command == shlex.join(["slotweave", "inspect", str(program), "--facts", "none"])
    assert slotweave(*shlex.split(command)[1:]).code == 0


def test_one_idle_slot_is_told_of_as_one() -> None:
    """It stands before the jump and the halt, which keep their place."""
    said = said_of(
        const(5), {**const(6), "flow": (("jump", 2),)},
        {"store": (("store", 5, 6),), "flow": (("halt",),)},
    )  # fmt: skip
    assert said.startswith("The only idle slot of flow, the busiest engine, has no work left; ")


def test_the_busiest_engine_is_the_one_that_fills_most_of_its_slots() -> None:
    """load fills 3 slots and store 4, which both fit into two cycles."""
    said = said_of(
        const(5, 7), {**const(9), "store": (("store", 5, 7),)},
        {"alu": (("+", 3, 5, 7),), "store": (("store", 5, 9),)}, {"alu": (("+", 4, 5, 7),)},
        {"store": (("store", 9, 3),)}, {"store": (("store", 7, 4),)},
    )  # fmt: skip
    assert said.startswith("Of 8 idle slots of store, the busiest engine, ")
