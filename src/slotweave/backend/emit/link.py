"""Blocks -> program: their bundles one after the other, jumps in the last bundle of each.

Guarantees: when a block's jump is decided, and when another block begins, all that the block wrote
has landed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from slotweave.base.diagnostics import Diagnostic, NoSchedule
from slotweave.ir.flow import Flow, Jump
from slotweave.ir.problem import Problem
from slotweave.ir.program import Bundle, Program, Slot
from slotweave.ir.schedule import Schedule
from slotweave.isa import Shape
from slotweave.machine import Machine

if TYPE_CHECKING:
    from slotweave.backend.emit.pipelined import PipelinedCode


@dataclass(frozen=True)
class EmittedBlock:
    """The bundles of a block without its jump.

    `landed` is the first bundle that sees all it wrote, `assigned[v]` the first that sees what it
    wrote to variable v. A loop that is `pipelined` as well is this block in its plain form.
    """

    bundles: tuple[Bundle, ...]
    landed: int
    assigned: Mapping[int, int]
    pipelined: PipelinedCode | None = None


def emitted_block(
    program: Program, problem: Problem, schedule: Schedule, pinned: Mapping[int, int]
) -> EmittedBlock:
    """The block of which `program` are the bundles; `pinned` maps storages to variables."""
    latency = problem.mode_latency[problem.mode_offset[:-1] + schedule.mode].tolist()
    offset, cycle = schedule.cycle_offset.tolist(), schedule.cycle.tolist()
    landed, assigned = 0, {}
    for op, storage in enumerate(problem.writes.tolist()):
        if offset[op] == offset[op + 1]:
            continue
        landing = max(cycle[offset[op] : offset[op + 1]]) + latency[op]
        landed = max(landed, landing)
        if storage in pinned:
            assigned[pinned[storage]] = landing
    return EmittedBlock(program.bundles, landed, assigned)


def link(flow: Flow, blocks: Sequence[EmittedBlock], machine: Machine) -> Program:
    """The program of all blocks. Raises NoSchedule (SW302) if the machine cannot jump.

    That of one block without a jump is its bundles: nothing comes after it that would have to wait.
    """
    if _is_straight(flow):
        return Program(machine.name, blocks[0].bundles)
    jumps, starts = _jumps_left(flow, blocks), block_starts(flow, blocks, machine)
    bundles: list[Bundle] = []
    for number, (block, jump) in enumerate(zip(blocks, jumps, strict=True)):
        plain = starts[number] + _front_length(block, machine)
        if block.pipelined is not None:
            ends = starts[number + 1]
            bundles += _front(flow, block.pipelined, machine, starts[number], plain, ends)
        length = starts[number + 1] - plain
        if not length:
            continue
        wait: Bundle = {next(iter(machine.slots)): ()}
        filled = [*block.bundles, *[wait] * (length - len(block.bundles))]
        if jump is not None:
            target = plain if jump.target == number else starts[min(jump.target, len(blocks))]
            filled[-1] = _with_slot(filled[-1], *_slot(flow, jump, target, machine))
        bundles += filled
    return Program(machine.name, tuple(bundles))


def block_starts(flow: Flow, blocks: Sequence[EmittedBlock], machine: Machine) -> list[int]:
    """The first bundle of each block in the program, and the program's end."""
    if _is_straight(flow):
        return [0, len(blocks[0].bundles)]
    pairs = zip(blocks, _jumps_left(flow, blocks), strict=True)
    lengths = (
        _front_length(block, machine)
        + (block_length(block, jump, machine) if _has_plain_form(block) else 0)
        for block, jump in pairs
    )
    return list(accumulate(lengths, initial=0))


def plain_start(start: int, block: EmittedBlock, machine: Machine) -> int:
    """The first bundle of the plain form of a block that begins at bundle `start`."""
    return start + _front_length(block, machine)


def _has_plain_form(block: EmittedBlock) -> bool:
    return block.pipelined is None or block.pipelined.control.plain_follows


def _front(
    flow: Flow, code: PipelinedCode, machine: Machine, start: int, plain: int, end: int
) -> list[Bundle]:
    """What comes before the plain form of a pipelined block that begins at bundle `start`.

    Jumps lead to `plain` where too few iterations are wanted, and past `end` where none are left.
    """
    control, first = code.control, []
    if control.short is not None:
        engine, slot = _slot(flow, Jump(0, control.short), plain, machine)
        first = [{engine: (slot,)}]
    begin, stop = code.kernel
    bundles = [*first, *code.bundles]
    again = _slot(flow, Jump(0, control.counter), start + len(first) + begin, machine)
    bundles[len(first) + stop - 1] = _with_slot(bundles[len(first) + stop - 1], *again)
    if control.short is not None:
        if not _has_room_for_exit(code, machine):
            bundles.append({next(iter(machine.slots)): ()})
        leave = _slot(flow, Jump(0, control.whole), end, machine)
        bundles[-1] = _with_slot(bundles[-1], *leave)
    return bundles


def _front_length(block: EmittedBlock, machine: Machine) -> int:
    code = block.pipelined
    if code is None:
        return 0
    if code.control.short is None:
        return len(code.bundles)
    return 1 + len(code.bundles) + (not _has_room_for_exit(code, machine))


def _has_room_for_exit(code: PipelinedCode, machine: Machine) -> bool:
    """Whether a jump fits into the last bundle of the epilogue."""
    engine = _engine(Jump(0, code.control.whole), machine)
    used = len(code.bundles[-1].get(engine, ()))
    return code.kernel[1] < len(code.bundles) and used < machine.slots[engine]


def _is_straight(flow: Flow) -> bool:
    """Whether there is one block, which ends the program."""
    return len(flow.blocks) == 1 and flow.blocks[0].jump is None


def _jumps_left(flow: Flow, blocks: Sequence[EmittedBlock]) -> list[Jump | None]:
    """The jump of each block, unless it leads forward over nothing: over blocks without bundles.

    A block that does nothing may still have to jump, and takes a bundle then. Only jumps forward
    are ever left out, so going from the last block to the first decides all of them.
    """
    left: list[Jump | None] = [None] * len(blocks)
    first_bundle = len(blocks)  # the next block that takes a bundle
    for number in reversed(range(len(blocks))):
        jump = flow.blocks[number].jump
        if jump is not None and not number < min(jump.target, len(blocks)) <= first_bundle:
            left[number] = jump
        if blocks[number].bundles or blocks[number].landed or left[number] is not None:
            first_bundle = number
    return left


def block_length(block: EmittedBlock, jump: Jump | None, machine: Machine) -> int:
    """How many bundles the block takes, its jump in the last one."""
    length = max(len(block.bundles), block.landed)
    if jump is None:
        return length
    decided = 0 if jump.condition is None else block.assigned.get(jump.condition, 0)
    length = max(length, decided + 1)
    engine = _engine(jump, machine)
    last = block.bundles[-1] if block.bundles and len(block.bundles) == length else {}
    return length + (len(last.get(engine, ())) >= machine.slots[engine])


def _engine(jump: Jump, machine: Machine) -> str:
    name = "jump" if jump.condition is None else "cond_jump"
    for mode in machine.modes_of(name, Shape.WORD):
        if machine.slots[mode.engine]:
            return mode.engine
    reason = f"no engine of machine {machine.name!r} runs {name!r}; give it one, or do without"
    raise NoSchedule(Diagnostic("SW302", reason))


def _slot(flow: Flow, jump: Jump, target: int, machine: Machine) -> tuple[str, Slot]:
    engine = _engine(jump, machine)
    if jump.condition is None:
        return engine, ("jump", target)
    return engine, ("cond_jump", flow.first_words[jump.condition], target)


def _with_slot(bundle: Bundle, engine: str, slot: Slot) -> Bundle:
    """`bundle` with one more slot."""
    last = {name: slots for name, slots in bundle.items() if slots}
    return {**last, engine: (*last.get(engine, ()), slot)}
