"""How busy the engines of a program are."""

from __future__ import annotations

from slotweave.analysis.utilisation import EngineUse, counted_bundles, utilisation
from slotweave.ir.program import Program
from slotweave.machine import MINIMAL

ADD = ("+", 0, 0, 0)
PROGRAM = Program(
    "minimal",
    (
        {"scalar": (ADD, ADD), "memory": (("load", 1, 0),)},
        {"debug": (("comment", "nothing"),)},
        {},
        {"scalar": (), "vector": (ADD,)},
        {"scalar": (ADD,), "debug": (("comment", "more"),)},
    ),
)


def test_a_bundle_counts_if_it_names_an_engine_that_is_not_debug():
    assert counted_bundles(PROGRAM) == 3


def test_each_engine_is_used_in_part_of_its_slots():
    assert utilisation(PROGRAM, MINIMAL) == {
        "scalar": EngineUse(3, 6),
        "vector": EngineUse(1, 3),
        "memory": EngineUse(1, 3),
        "control": EngineUse(0, 3),
    }
    assert utilisation(PROGRAM, MINIMAL)["scalar"].share == 0.5


def test_a_program_without_bundles_uses_no_share_of_anything():
    assert [use.share for use in utilisation(Program("minimal", ()), MINIMAL).values()] == [0.0] * 4
