"""Instructions that read a register as the new value of its packet, and as it was before it."""

from __future__ import annotations

from collections.abc import Iterator

from slotweave.hexagon.assembly.grammar import Instruction, parse_instruction
from slotweave.hexagon.machine.opcodes import opcode


def new_form(instruction: Instruction, register: str) -> Instruction | None:
    """`instruction` with `register` read as `.new`, where such an instruction is known."""
    return next(_forms(instruction, register, "", ".new"), None)


def old_form(instruction: Instruction, register: str) -> Instruction | None:
    """`instruction` with `register` read as it is, where such an instruction is known."""
    return next(_forms(instruction, register, ".new", ""), None)


def _forms(instruction: Instruction, register: str, old: str, new: str) -> Iterator[Instruction]:
    for operand in instruction.operands:
        rest = instruction.text[operand.end :]
        if operand.text == register and rest.startswith(old) and not (new and rest.startswith(new)):
            text = instruction.text[: operand.end] + new + rest[len(old) :]
            made = parse_instruction(text)
            if opcode(made) is not None:
                yield made
