"""Registers that a pass of a loop steps by a constant, and instructions that may pass the step.

An instruction that adds a constant to such a register, or accesses memory so far away from it, may
be issued a step too early or too late if its constant makes up for it: `memw(r3+#8)` before
`r3 = add(r3,#16)` is `memw(r3+#-8)` after it. (LLVM's pipeliner for Hexagon does the same.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from slotweave.hexagon.assembly.grammar import IMMEDIATE, Instruction, parse_instruction
from slotweave.hexagon.dependence.edges import Dependences, Edge, Operation
from slotweave.hexagon.dependence.passes import Carried, LoopDependences

_STEP = "R = add(R,I)"
_PLAIN = re.compile(r"^(?:[RD] = )?mem(?:b|ub|h|uh|w|d)\(R\+I\)(?: = (?:R|D|R\.new))?$")
_STEPPING = re.compile(r"^(?:[RD] = )?mem(?:b|ub|h|uh|w|d)\(R\+\+I\)(?: = (?:R|D|R\.new))?$")
_CHANGED = re.compile(r"^mem[bhw]\(R\+I\) [-+&|]= ")


@dataclass(frozen=True, slots=True)
class User:
    """An instruction that may pass the step: the place of its constant, the steps made when it is
    issued where it stood (from its own pass, 0 or 1), and whether it may go a step further up
    (`early`) and down (`late`)."""

    place: int
    steps: int
    early: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Step:
    """The operation `writer` adds `amount` to `register` once in a pass; `users` may pass it."""

    writer: int
    register: str
    amount: int
    users: Mapping[int, User]


def steps_of(found: Dependences) -> tuple[Step, ...]:
    """The steps of a pass that some instruction may pass."""
    writers: dict[str, list[Operation]] = {}
    for one in found.operations:
        for register in one.effects.written:
            writers.setdefault(register, []).append(one)
    steps = (_step(found, row[0], name) for name, row in sorted(writers.items()) if len(row) == 1)
    return tuple(step for step in steps if step is not None and step.users)


def _step(found: Dependences, writer: Operation, register: str) -> Step | None:
    amount = _amount(writer.instruction, register)
    if amount is None:
        return None
    tied = {one for tie in found.ties if writer.number in tie for one in tie}
    users = {}
    for one in found.operations:
        place = _place(one.instruction, register)
        if place is None or one.number in tied:
            continue
        value = one.instruction.operands[place].value or 0
        early, late = (_fits(one.instruction, value + more) for more in (amount, -amount))
        users[one.number] = User(place, int(one.packet > writer.packet), early, late)
    return Step(writer.number, register, amount, users)


def _amount(instruction: Instruction, register: str) -> int | None:
    """The constant that an instruction adds to `register`: an addition, or an access that steps
    its base after it."""
    template, operands = instruction.template, instruction.operands
    if template == _STEP and operands[0].text == operands[1].text == register:
        return operands[2].value
    if _STEPPING.match(template):
        place = next(k for k, one in enumerate(operands) if one.kind == IMMEDIATE)
        return operands[place].value if operands[place - 1].text == register else None
    return None


def _place(instruction: Instruction, register: str) -> int | None:
    """The place of the constant that an instruction adds to `register`, which it names once."""
    operands = instruction.operands
    if sum(register in one.registers for one in operands) != 1:
        return None
    template = instruction.template
    known = template == _STEP or _PLAIN.match(template) or _CHANGED.match(template)
    places = [k for k, one in enumerate(operands) if one.text == register]
    if not known or not places or places[0] + 1 >= len(operands):
        return None
    place = places[0] + 1
    return place if operands[place].kind == "I" and operands[place].value is not None else None


def _fits(instruction: Instruction, value: int) -> bool:
    """Whether the word of an instruction has room for a constant (Programmer's Reference Manual:
    s16 of an addition, s11 of a load or store in its size, u6 of a change of memory)."""
    if instruction.template == _STEP:
        return -(1 << 15) <= value < 1 << 15
    size = _size(instruction)
    low, high = (-1024, 1023) if _PLAIN.match(instruction.template) else (0, 63)
    return value % size == 0 and low * size <= value <= high * size


def _size(instruction: Instruction) -> int:
    width = re.search(r"\bmemu?(?P<width>[bhwd])\(", instruction.text)
    assert width is not None
    return {"b": 1, "h": 2, "w": 4, "d": 8}[width["width"]]


def past_steps(found: LoopDependences, steps: Sequence[Step]) -> LoopDependences:
    """The dependences with those of steps a pass wider, for the instructions that may pass them."""
    loose = {
        (step.writer, number, step.register): user
        for step in steps
        for number, user in step.users.items()
    }

    def is_loose(one: Edge | Carried) -> bool:
        down = loose.get((one.before, one.after, one.why))
        up = loose.get((one.after, one.before, one.why))
        return (down is not None and down.early) or (up is not None and up.late)

    one = found.one
    edges = tuple(edge for edge in one.edges if not is_loose(edge))
    carried = [each for each in found.carried if not is_loose(each)]
    carried += list(_wider(steps))
    return LoopDependences(replace(one, edges=edges), tuple(carried))


def _wider(steps: Sequence[Step]) -> Iterator[Carried]:
    """A pass later, or earlier, than where it stood: after the step of one pass, before another."""
    for step in steps:
        for number, user in step.users.items():
            if user.early:
                yield Carried(step.writer, number, 1, 2 - user.steps, 0, step.register)
            if user.late:
                yield Carried(number, step.writer, 0, 1 + user.steps, 0, step.register)


def made_up(form: Instruction, place: int, amount: int) -> Instruction:
    """An instruction with `amount` more in the constant at `place`."""
    operand = form.operands[place]
    assert operand.value is not None
    text = f"{form.text[: operand.begin]}#{operand.value + amount}{form.text[operand.end :]}"
    return parse_instruction(text)
