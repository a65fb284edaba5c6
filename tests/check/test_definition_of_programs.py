"""Program = definition, with no graph between them: ours, other people's, and what stays open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.challenge.tree_hash.definition import definition
from slotweave.check.definition.counterexample import Refutable
from slotweave.check.definition.definition import program_meets_definition
from slotweave.driver.compile import compile_job
from slotweave.driver.job import Job
from slotweave.ir.program import Bundle, Program, Slot
from slotweave.machine import CHALLENGE

Parameters = dict[str, int]


def compiled(shape: Parameters, contract: str = "values") -> Program:
    plan = TREE_HASH.plan("default", shape, contract)
    return compile_job(Job(TREE_HASH, shape, contract, plan, CHALLENGE, instances=1)).program


SMALL: Parameters = {"height": 4, "rounds": 7, "batch": 16}


@pytest.mark.parametrize("contract", ["values", "full", "any-start"])
def test_a_program_is_proved_without_its_graph(contract: str) -> None:
    facts = TREE_HASH.facts(SMALL, contract)
    program = replace(compiled(SMALL, contract), meta={}, names={})
    found = program_meets_definition(program, CHALLENGE, definition(SMALL), facts)
    assert found.answer is True, found.why


def changed_slots(program: Program, change: Callable[[str, Slot], Slot]) -> Program:
    bundles = [
        {engine: tuple(change(engine, slot) for slot in slots) for engine, slots in bundle.items()}
        for bundle in program.bundles
    ]
    return replace(program, bundles=tuple(bundles))


def test_a_program_with_a_wrong_constant_is_refuted() -> None:
    def change(_engine: str, slot: Slot) -> Slot:
        return ("const", slot[1], 4096) if slot[0] == "const" and slot[2] == 4097 else slot

    program = changed_slots(compiled(SMALL), change)
    facts = TREE_HASH.facts(SMALL, "values")
    found = program_meets_definition(program, CHALLENGE, definition(SMALL), facts)
    assert found.answer is False
    assert found.evidence is not None


def unproved(program: tuple[dict[str, tuple[Slot, ...]], ...]) -> Refutable:
    """The verdict on a program that ends with what is right for a tree of one round."""
    right = compiled(SMALL)
    whole = replace(right, bundles=(*program, *right.bundles))
    facts = TREE_HASH.facts(SMALL, "values")
    return program_meets_definition(whole, CHALLENGE, definition(SMALL), facts)


def test_a_branch_on_data_leaves_the_question_open() -> None:
    jump = ({"load": (("const", 1535, 20),)}, {"load": (("load", 1535, 1535),)},
            {"flow": (("cond_jump", 1535, 4),)}, {"flow": (("jump", 4),)})  # fmt: skip
    found = unproved(jump)
    assert found.answer == "unknown"
    assert "depends on data" in found.why


def test_a_divisor_that_may_be_zero_leaves_the_question_open() -> None:
    found = unproved(({"load": (("const", 1535, 20),)}, {"load": (("load", 1535, 1535),)},
                      {"alu": (("//", 1534, 1535, 1535),)}))  # fmt: skip
    assert (found.answer, found.why) == ("unknown", "a div may divide by zero")


def test_a_store_at_a_computed_address_leaves_the_question_open() -> None:
    """To one of two words of the index region, which nothing reads and nobody judges."""
    indices = TREE_HASH.facts(SMALL, "values").regions[2].start
    found = unproved((
        {"load": (("const", 1535, 20), ("const", 1534, 1))},
        {"load": (("load", 1535, 1535), ("const", 1533, indices))},
        {"alu": (("&", 1535, 1535, 1534),)},
        {"alu": (("+", 1533, 1535, 1533),)},
        {"store": (("store", 1533, 1534),)},
    ))  # fmt: skip
    assert found.answer == "unknown"
    assert "stored at a computed address" in found.why


def test_a_program_that_the_machine_refuses_is_not_judged() -> None:
    found = unproved(({"alu": (("+", 5000, 0, 0),)},))
    assert found.answer == "unknown"
    assert "refuses" in found.why


class Assembly:
    """A program of one slot a bundle, as somebody would write it by hand."""

    def __init__(self) -> None:
        self.bundles: list[Bundle] = []
        self.words: dict[str, int] = {}

    def at(self, name: str) -> int:
        """The scratch word called `name`."""
        return self.words.setdefault(name, len(self.words))

    def slot(self, engine: str, *slot: int | str) -> None:
        operands = (self.at(part) if isinstance(part, str) else part for part in slot[1:])
        self.bundles.append({engine: ((slot[0], *operands),)})

    def alu(self, name: str, op: str, first: str, second: str) -> None:
        self.bundles.append({"alu": ((op, self.at(name), self.at(first), self.at(second)),)})

    def const(self, number: int) -> str:
        """The name of a word that holds `number`."""
        self.slot("load", "const", f"={number}", number)
        return f"={number}"


#: The stages as they are written where + and << are one multiplication by hand.
STAGES = (
    ("+", 0x7ED55D16, "+", "<<", 12), ("^", 0xC761C23C, "^", ">>", 19),
    ("+", 0x165667B1, "+", "<<", 5), ("+", 0xD3A2646C, "^", "<<", 9),
    ("+", 0xFD7046C5, "+", "<<", 3), ("^", 0xB55A4F09, "^", ">>", 16),
)  # fmt: skip


def loops(shift: int = 12) -> Program:
    """Two nested loops that read header, index, value and node, and write index and value."""
    asm = Assembly()
    for number in {0, 1, 2, *range(7), *(n for stage in STAGES for n in (stage[1], stage[4]))}:
        asm.const(number)
    asm.const(shift)
    for field, name in enumerate(("rounds", "n", "batch", "height", "tree", "indices", "values")):
        asm.slot("load", "load", name, f"={field}")
    asm.alu("round", "+", "=0", "=0")
    outer = len(asm.bundles)
    asm.alu("item", "+", "=0", "=0")
    inner = len(asm.bundles)
    for name, start in (("index", "indices"), ("value", "values")):
        asm.alu(f"&{name}", "+", start, "item")
        asm.slot("load", "load", name, f"&{name}")
    asm.alu("&node", "+", "index", "tree")
    asm.slot("load", "load", "node", "&node")
    asm.alu("value", "^", "node", "value")
    for number, (op1, constant, op2, op3, by) in enumerate(STAGES):
        asm.alu("left", op1, "value", f"={constant}")
        asm.alu("right", op3, "value", f"={by if number else shift}")
        asm.alu("value", op2, "right", "left")
    asm.alu("even", "%", "value", "=2")
    asm.alu("even", "==", "=0", "even")
    asm.slot("flow", "select", "step", "even", "=1", "=2")
    asm.alu("index", "<<", "index", "=1")
    asm.alu("index", "+", "step", "index")
    asm.alu("inside", "<", "index", "n")
    asm.alu("index", "*", "inside", "index")
    asm.slot("store", "store", "&index", "index")
    asm.slot("store", "store", "&value", "value")
    for counter, end, start in (("item", "batch", inner), ("round", "rounds", outer)):
        asm.slot("flow", "add_imm", counter, counter, 1)
        asm.alu("more", "<", counter, end)
        asm.slot("flow", "cond_jump", "more", start)
    return Program("challenge", tuple(asm.bundles))


LOOPED: Parameters = {"height": 3, "rounds": 9, "batch": 5}


@pytest.mark.parametrize("contract", ["values", "full", "any-start"])
def test_nested_loops_written_by_hand_are_proved(contract: str) -> None:
    facts = TREE_HASH.facts(LOOPED, contract)
    found = program_meets_definition(loops(), CHALLENGE, definition(LOOPED), facts)
    assert found.answer is True, found.why


def test_nested_loops_with_a_wrong_shift_are_refuted() -> None:
    facts = TREE_HASH.facts(LOOPED, "full")
    found = program_meets_definition(loops(13), CHALLENGE, definition(LOOPED), facts)
    assert found.answer is False


def test_loops_fit_another_number_of_rounds_and_unrolled_code_does_not() -> None:
    """The program reads how many rounds there are: it fits every shape that the header tells."""
    more = {**LOOPED, "rounds": 10}
    facts = TREE_HASH.facts(more, "full")
    assert program_meets_definition(loops(), CHALLENGE, definition(more), facts).answer is True
    unrolled = compiled(LOOPED, "full")
    found = program_meets_definition(unrolled, CHALLENGE, definition(more), facts)
    assert found.answer is False


def test_loops_longer_than_the_limit_leave_the_question_open() -> None:
    facts = TREE_HASH.facts(LOOPED, "full")
    found = program_meets_definition(loops(), CHALLENGE, definition(LOOPED), facts, max_bundles=100)
    assert found.answer == "unknown"
    assert "100 bundles" in found.why


def test_without_the_length_of_memory_nothing_is_proved() -> None:
    facts = replace(TREE_HASH.facts(LOOPED, "full"), memory_words=None)
    found = program_meets_definition(loops(), CHALLENGE, definition(LOOPED), facts)
    assert found.answer == "unknown"


@pytest.mark.parametrize(("other", "verdict"), [(0, "unknown"), (1, True)])
def test_stores_of_one_bundle_that_may_be_one_word_prove_nothing(
    other: int, verdict: object
) -> None:
    """The word is kept as it is, but strict mode refuses the bundle if both stores go to one."""
    right = compiled(SMALL)
    facts = TREE_HASH.facts(SMALL, "values")
    work = next(one for one in facts.regions if not one.output and not one.read_only)
    both: tuple[Bundle, ...] = (
        {"load": (("const", 0, work.start), ("const", 1, work.start + other))},
        {"store": (("store", 0, 0), ("store", 1, 0))},
    )
    whole = replace(right, bundles=(*both, *right.bundles))
    found = program_meets_definition(whole, CHALLENGE, definition(SMALL), facts)
    assert found.answer == verdict, found.why
    assert ("which may be one word" in found.why) == (verdict == "unknown")
