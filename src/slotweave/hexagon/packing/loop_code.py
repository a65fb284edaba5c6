"""The packets of a pipelined loop: what comes before its kernel, the kernel, and what comes after.

A pass starts each `period` packets. Packets of `stages - 1` periods start the first passes, the
kernel repeats, and the rest of the last passes comes after it; no pass is begun that the loop does
not make. A packet in which nothing is left to do is left out: what has to be in different packets
stays in different ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from slotweave.hexagon.assembly.grammar import Instruction, parse_instruction
from slotweave.hexagon.assembly.listing import Packet
from slotweave.hexagon.dependence.edges import Dependences
from slotweave.hexagon.packing.pipelining import LoopSchedule
from slotweave.hexagon.packing.stepping import made_up

END_OF_LOOP = "endloop0"


@dataclass(frozen=True)
class LoopCode:
    """A loop of `stages` stages as packets; the kernel ends with `:endloop0`. `setup` stands before
    the prologue where the number of passes is in a register."""

    stages: int
    prologue: tuple[Packet, ...]
    kernel: tuple[Packet, ...]
    epilogue: tuple[Packet, ...]
    setup: tuple[Packet, ...] = ()


def loop_code(found: Dependences, schedule: LoopSchedule) -> LoopCode:
    """The packets of a schedule of the loop with these dependences of a pass."""
    period, stages = schedule.period, schedule.stages
    spots: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for passed in range(stages):
        for number, packet in enumerate(schedule.packets):
            spots[packet + passed * period].append((passed, number))
    begin, end = (stages - 1) * period, stages * period
    parts = [
        tuple(_packet(found, schedule, spot, spots[spot]) for spot in sorted(spots) if spot in span)
        for span in (range(begin), range(begin, end), range(end, max(spots) + 1))
    ]
    last = parts[1][-1]
    kernel = (*parts[1][:-1], Packet(0, 0, last.instructions, (END_OF_LOOP, *last.flags)))
    return LoopCode(stages, parts[0], kernel, parts[2])


def _packet(
    found: Dependences, schedule: LoopSchedule, spot: int, row: Iterable[tuple[int, int]]
) -> Packet:
    """The packet at `spot` with these operations of passes, the earlier pass first."""
    spots = sorted(row)
    inside = set(spots)
    marked = any(
        (passed, store) in inside and (passed, load) in inside
        for passed, _ in spots
        for store, load in found.unshuffled
    )
    instructions = tuple(_form(schedule, spot, passed, number) for passed, number in spots)
    return Packet(0, 0, instructions, ("mem_noshuf",) if marked else ())


def _form(schedule: LoopSchedule, spot: int, passed: int, number: int) -> Instruction:
    """An instruction of a pass with a constant that makes up for steps that it passed."""
    form = schedule.forms[number]
    for step in schedule.steps:
        user = step.users.get(number)
        if user is not None:
            ahead = spot - schedule.packets[step.writer]
            made = min(schedule.stages, max(0, -(-ahead // schedule.period)))
            missing = passed + user.steps - made
            if missing:
                form = made_up(form, user.place, missing * step.amount)
    return form


def setup_code(
    register: str, free: str, stages: int, least: int, label: str, original: str
) -> tuple[Packet, ...]:
    """Go to the loop at `original` where the number of passes in `register` leaves no more than
    `least` for the kernel; else set up the kernel's loop at `label`, with the register `free`."""
    guard = (
        f"{free} = add({register},#{1 - stages})",
        f"if (!cmp.gt({free}.new,#{least})) jump:nt {original}",
    )
    return tuple(
        Packet(0, 0, tuple(map(parse_instruction, row)))
        for row in (guard, (f"loop0({label},{free})",))
    )
