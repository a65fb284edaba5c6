"""The quick yes to legality: never said of a program in which something is wrong."""

import pytest

from slotweave.ir.program import Program
from slotweave.machine import CHALLENGE
from slotweave.simulate.legality import static_faults
from slotweave.simulate.screening import surely_legal
from slotweave.simulate.slots import slot_kinds

LEGAL = (
    {"load": (("const", 0, 5), ("const", 1, 7)), "debug": (("compare", 0, "x"),)},
    {"valu": (("vbroadcast", 8, 0), ("^", 16, 16, 16)), "alu": (("+", 2, 0, 1),)},
    {"load": (("load_offset", 24, 8, 7),), "flow": (("add_imm", 3, 0, -1),)},
    {"store": (("store", 0, 1), ("vstore", 0, 8))},
)
END = CHALLENGE.scratch_words


def screened(*bundles) -> bool:
    return surely_legal(Program("challenge", bundles), CHALLENGE, slot_kinds(CHALLENGE))


def test_a_legal_program_is_surely_legal():
    assert screened(*LEGAL)
    assert screened()


@pytest.mark.parametrize(
    "bundle",
    [
        {"alu": (("+", 2, 0, END),)},
        {"alu": (("+", 2, 0, -1),)},
        {"alu": (("+", 2, 0),)},
        {"alu": (("+", 2, 0, True),)},
        {"alu": (("+", 2, 0, 1.0),)},
        {"alu": (("no such", 2, 0, 1),)},
        {"alu": ((),)},
        {"alu": (((1,), 2),)},
        {"valu": (("+", END - 7, 0, 8),)},
        {"load": (("load_offset", END - 1, 8, 7),)},
        {"flow": (("cond_jump_rel", 0, -9),)},
        {"flow": (("jump", 0), ("jump", 0))},
        {"no such": (("+", 2, 0, 1),)},
        {"alu": (("+", 2, 0, 1), ("-", 2, 0, 1))},
        {"valu": (("+", 40, 8, 8),), "alu": (("+", 47, 0, 1),)},
    ],
)
def test_what_the_machine_refuses_is_not_surely_legal(bundle):
    bundles = (*LEGAL, bundle)
    assert not screened(*bundles)
    assert list(static_faults(Program("challenge", bundles), CHALLENGE))
