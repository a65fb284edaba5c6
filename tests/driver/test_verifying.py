"""Two programs of which one fails on an input: a difference, unless the kernel excludes it."""

from __future__ import annotations

import pytest

from slotweave.base.diagnostics import CheckFailed
from slotweave.check.symbolic.witness import random_memory
from slotweave.driver.comparison import Subject, prove_same
from slotweave.driver.job import Use
from slotweave.driver.verifying import (
    Trial,
    verified_by_program,
    verified_under_facts,
)
from slotweave.frontend.load import CONTRACT, kernel_of_function
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Region
from slotweave.ir.program import Bundle, Program
from slotweave.machine import CHALLENGE


def seven_by(k, n=1):
    """out[0] = 7 // in[0], which means nothing where in[0] is 0."""
    source = k.region("in", 0, n, read_only=True)
    out = k.region("out", n, n, output=True)
    out.store(0, 7 // source[0])


def program(*divisor: Bundle) -> Program:
    return Program("challenge", (
        {"load": (("const", 0, 0), ("const", 1, 1))}, {"load": (("load", 2, 0), ("const", 3, 7))},
        *divisor, {"alu": (("//", 4, 3, 2),)}, {"store": (("store", 1, 4),)},
    ))  # fmt: skip


FAILS = Subject(program(), CHALLENGE, "fails.json")
#: Divides by 1 instead of by 0.
ENDS = Subject(
    program({"alu": (("==", 5, 2, 0),)}, {"alu": (("+", 2, 2, 5),)}), CHALLENGE, "ends.json"
)
USE = Use(kernel_of_function(seven_by, "k.py:f", CHALLENGE.vector_length), {"n": 1}, CONTRACT)
TRIAL = Trial(instances=5, seed=0)


def told(_memory: object) -> str:
    raise AssertionError("no ends differ")


@pytest.mark.parametrize(("first", "second"), [(FAILS, ENDS), (ENDS, FAILS)])
def test_an_input_that_the_kernel_excludes_is_not_compared(first: Subject, second: Subject) -> None:
    alike = verified_by_program(FAILS, FAILS, USE, TRIAL, told)
    verified = verified_by_program(first, second, USE, TRIAL, told)
    assert (verified.mismatches, verified.against) == (0, second.name)
    assert verified.directed == alike.directed > 0


@pytest.mark.parametrize(("first", "second"), [(FAILS, ENDS), (ENDS, FAILS)])
def test_facts_that_allow_the_input_make_it_a_difference(first: Subject, second: Subject) -> None:
    with pytest.raises(CheckFailed) as caught:
        verified_under_facts(first, second, USE.facts, 2, TRIAL, told)
    found = caught.value.diagnostic
    assert (found.code, found.bundle, found.engine, found.slot) == ("SW108", 2, "alu", 0)
    assert found.file == ("fails.json" if first is ENDS else "")  # callers name the first
    assert "// by zero; the other program ends on this input (directed input " in found.message


WORDS = 3
#: 0 or 1 in word 0; the first memory that a proof tries has 0.
BIT = Facts(WORDS, {}, (Region("bit", 0, 1, read_only=True), Region("out", 1, 1, output=True)),
            {"bit": (0, 1)})  # fmt: skip
#: Stores 7; the others divide by the bit and use that for nothing.
SEVEN, UNUSED, EIGHT = (
    Subject(Program("challenge", (*begin, {"store": (("store", 1, 3),)})), CHALLENGE)
    for begin in (
        ({"load": (("const", 1, 1), ("const", 3, 7))},),
        (*FAILS.program.bundles[:3],),
        (*FAILS.program.bundles[:3], {"load": (("const", 3, 8),)}),
    )
)


def test_a_refutation_says_if_it_is_the_other_program_that_fails() -> None:
    assert random_memory(BIT, WORDS, 0)[0] == 0
    found = prove_same(SEVEN, EIGHT, BIT)
    assert found.answer is False
    assert found.why.startswith("the other program fails on the memory of seed 0: SW108 bundle 2")
    assert found.evidence is not None
    assert found.evidence.other_fails
    swapped = prove_same(EIGHT, SEVEN, BIT)
    assert swapped.answer is False
    assert swapped.why.startswith("the run fails on the memory of seed 0: SW108 bundle 2")


def test_a_memory_on_which_both_fail_refutes_nothing() -> None:
    assert prove_same(UNUSED, EIGHT, BIT).answer == "unknown"


def test_a_proof_speaks_of_memories_on_which_neither_fails() -> None:
    assert prove_same(SEVEN, UNUSED, BIT).answer is True
