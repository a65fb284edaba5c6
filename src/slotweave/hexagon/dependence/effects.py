"""What an instruction reads and writes: registers by name, and memory by base and offset."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from slotweave.hexagon.assembly.grammar import (
    EXTENDED,
    IMMEDIATE,
    PREDICATE,
    Instruction,
    Operand,
)
from slotweave.hexagon.machine.opcodes import Opcode

_MEMORY = re.compile(r"\bmem(?:b|ub|h|uh|w|d)\((?P<inside>[^()]*)\)")
_SIZES = {"b": 1, "ub": 1, "h": 2, "uh": 2, "w": 4, "d": 8}
_CONDITION = re.compile(r"^if \((?P<not>!?)P(?P<new>\.new)?\) ")
_BRANCH = re.compile(r"\b(jump|jumpr|call|callr|dealloc_return)\b")
#: Instructions whose destination is read though they assign with `=`.
_MERGES = re.compile(r"^(if \(!?P(\.new)?\) )?(R = insert\(|D = insert\(|R\.[hl] = )")
_UPDATES = re.compile(r"^(?:if \(!?P(?:\.new)?\) )?[RDP] (?:[-+&|^]=) ")
#: What is read or written without a name.
_FRAME = {
    "allocframe": ("r29", "r30", "r31"),
    "dealloc": ("r30",),
}


@dataclass(frozen=True, slots=True)
class Read:
    """A register that is read, the cycle in which it is (modelled), and whether as `.new`."""

    register: str
    cycle: int
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Write:
    """A register that is written, and the cycle in which it is there (modelled)."""

    register: str
    cycle: int


@dataclass(frozen=True, slots=True)
class Access:
    """An access of memory: `size` bytes at base + offset; the offset is None where it is not a
    number that is known. `base` is a register, or the text of what stands for one."""

    base: str
    offset: int | None
    size: int
    is_load: bool
    is_store: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """`if (!p0.new)`: the instruction does something only where the predicate is so."""

    predicate: str
    is_true: bool
    is_new: bool


@dataclass(frozen=True, slots=True)
class Effects:
    """All that an instruction does to registers and memory."""

    reads: tuple[Read, ...]
    writes: tuple[Write, ...]
    condition: Condition | None
    access: Access | None
    is_branch: bool

    @property
    def written(self) -> frozenset[str]:
        return frozenset(write.register for write in self.writes)


@cache
def effects(instruction: Instruction, opcode: Opcode) -> Effects:
    """The effects of `instruction`, which is one of `opcode`."""
    template, operands = instruction.template, instruction.operands
    condition = _condition(instruction)
    keeps_old = condition is not None or _merges_old(template)
    reads: list[Read] = []
    writes: list[Write] = []
    inner = _produced_inside(instruction)
    for place, operand in enumerate(operands):
        is_written = place in opcode.writes
        is_new = instruction.text.startswith(".new", operand.end)
        within = _is_within(instruction, operand)
        for register in operand.registers:
            if is_written and place not in inner:
                writes.append(Write(register, opcode.written(place)))
            if (not is_written or keeps_old or within) and place not in inner:
                reads.append(Read(register, opcode.read(place), is_new))
    named = {write.register for write in writes}
    writes += [Write(one, opcode.written(-1)) for one in opcode.also if one not in named]
    for word, registers in _FRAME.items():
        if word in template:
            reads += [Read(one, opcode.read(-1)) for one in registers]
    if condition is not None:
        reads += [Read(one, opcode.read(-1)) for one in opcode.also]
    return Effects(
        tuple(dict.fromkeys(reads)),
        tuple(dict.fromkeys(writes)),
        condition,
        _access(instruction),
        _BRANCH.search(template) is not None,
    )


def in_place(instruction: Instruction, opcode: Opcode) -> frozenset[int]:
    """Places of operands that are read and written as one register: `+=`, a base that is stepped,
    a write under a condition."""
    keeps_old = _condition(instruction) is not None or _merges_old(instruction.template)
    inner = _produced_inside(instruction)
    return frozenset(
        place
        for place, operand in enumerate(instruction.operands)
        if place in opcode.writes and place not in inner
        and (keeps_old or _is_within(instruction, operand))
    )  # fmt: skip


def _is_within(instruction: Instruction, operand: Operand) -> bool:
    """Whether an operand is written in parentheses: a base that is stepped is read first, but not
    one that an address is assigned to."""
    if instruction.text.startswith("=", operand.end):
        return False
    head = instruction.text[: operand.begin]
    return head.count("(") > head.count(")")


def _condition(instruction: Instruction) -> Condition | None:
    match = _CONDITION.match(instruction.template)
    if match is None:
        return None
    predicate = instruction.operands[0]
    assert predicate.kind == PREDICATE
    return Condition(predicate.text, not match["not"], bool(match["new"]))


def _merges_old(template: str) -> bool:
    return _MERGES.match(template) is not None or _UPDATES.match(template) is not None


def _produced_inside(instruction: Instruction) -> frozenset[int]:
    """Places of a compound's `.new` operands, which its own first clause writes."""
    clause = instruction.text.find("; ")
    if clause < 0:
        return frozenset()
    return frozenset(
        place
        for place, operand in enumerate(instruction.operands)
        if operand.begin > clause and instruction.text[operand.end : operand.end + 4] == ".new"
    )


def _access(instruction: Instruction) -> Access | None:
    template = instruction.template
    if template.startswith("allocframe"):
        return Access("r29", -8, 8, False, True)
    if "dealloc" in template:
        return Access("r30", 0, 8, True, False)
    match = _MEMORY.search(instruction.text)
    if match is None:
        return None
    size = _SIZES[match[0][3 : match[0].index("(")]]
    head = re.sub(r"^if \(.*?\) ", "", instruction.text)
    is_store = head.startswith("mem")
    is_load = not is_store or re.search(r"\) [-+&|]= ", head) is not None
    base, offset = _place(match["inside"], match.start("inside"), instruction.operands)
    return Access(base, offset, size, is_load, is_store)


def _place(inside: str, begin: int, operands: tuple[Operand, ...]) -> tuple[str, int | None]:
    within = [one for one in operands if begin <= one.begin < begin + len(inside)]
    kinds = [one.kind for one in within]
    if kinds == ["R", IMMEDIATE] and "++" in inside:
        return within[0].text, 0
    if "=" in inside:
        return inside, None
    if kinds in (["R", IMMEDIATE], ["R", EXTENDED]) and within[1].value is not None:
        return within[0].text, within[1].value
    if kinds and kinds[0] == "R" and "++" in inside:
        return within[0].text, 0
    return inside, None
