"""The generated part of the hot loop is what the operations say."""

from __future__ import annotations

from pathlib import Path

from slotweave.isa import OPERATIONS
from slotweave.simulate import interpreter, opcodes


def test_the_generated_code_is_up_to_date() -> None:
    text = Path(interpreter.__file__).read_text(encoding="utf-8")
    assert opcodes.with_generated_code(text) == text
    assert opcodes.generated_code() in text


def test_every_operation_has_a_number_of_its_own() -> None:
    assert set(opcodes.OPCODES) == set(OPERATIONS)
    assert len({*opcodes.OPCODES.values(), opcodes.FAULT}) == len(OPERATIONS) + 1
